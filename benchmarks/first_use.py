"""Cold, cached and warm: what the flagship's first question costs before, and after, its kernels are compiled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

_PROGRAM = """
import json, time
start = time.perf_counter()
import forecast
from forecast.kernels import _jit
from numba.core import caching, event
busy, depth, loading = [0.0], [], [0.0]
load = caching.FunctionCache.load_overload
def timed(self, *arguments):
    began = time.perf_counter()
    try:
        return load(self, *arguments)
    finally:
        loading[0] += time.perf_counter() - began
caching.FunctionCache.load_overload = timed
class Compiling(event.Listener):
    def on_start(self, _): depth.append(time.perf_counter())
    def on_end(self, _):
        began = depth.pop()
        if not depth: busy[0] += time.perf_counter() - began
event.register("numba:compile", Compiling())
question = forecast.parse_question({
    "pair": "CHN-RUS", "as_of": "2018-10-12", "through": "2019-12",
    "targets": ["turnover >= 100 in 2018"], "scenarios": ["baseline", "oil-slump"],
})
ready = time.perf_counter()
forecast.ask(question)
first = time.perf_counter()
forecast.fit(forecast.load_panel("CHN-RUS", as_of=question.as_of), forecast.load_background(), seed=7)
refitted = time.perf_counter()
forecast.ask(question)
end = time.perf_counter()
print(json.dumps({
    "imports": ready - start, "first": first - ready, "compiling": busy[0], "loading": loading[0],
    "fit": refitted - first, "warm": end - refitted,
}))
"""


def first_use_table() -> list[str]:
    """Wall seconds of the first question in a fresh process, without and with compiled kernels, and of the next."""
    with tempfile.TemporaryDirectory() as folder:
        cold, cached = (_run(folder) for _ in range(2))
    rows = ["| the flagship's first question in a process | cold | cached | warm |", "|---|---|---|---|"]
    rows.append(f"| imports | {cold['imports']:.1f} s | {cached['imports']:.1f} s | 0 |")
    rows.append(
        f"| the question, its fit included | {cold['first']:.1f} s | {cached['first']:.1f} s "
        f"| {cached['fit'] + cached['warm']:.1f} s |"
    )
    kernels = f"{cold['compiling']:.1f} s | {cached['loading']:.2f} s"
    rows.append(f"| of which kernels: compiled, loaded, there | {kernels} | 0 |")
    return rows


def _run(cache: str) -> dict[str, float]:
    environment = os.environ | {"TRADEWIND_CACHE_DIR": cache}
    run = subprocess.run([sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))
