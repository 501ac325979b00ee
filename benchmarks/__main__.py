"""Measure, and write the tables of benchmarks/README.md: ``python -m benchmarks``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import forecast
from benchmarks.likelihood import contestants, flagship_system
from benchmarks.timing import interleaved, wall

_QUESTION = {
    "pair": "CHN-RUS",
    "as_of": "2018-10-12",
    "through": "2019-12",
    "targets": ["turnover >= 100 in 2018", "turnover >= 100 in 2019"],
}


def likelihood_table() -> list[str]:
    """One likelihood, against peers on the same matrices."""
    rows = [
        "| one likelihood of the flagship | figures | states | tradewind | statsmodels | dense density |",
        "|---|---|---|---|---|---|",
    ]
    for day in (date(2018, 10, 12), date(2026, 8, 5)):
        system, coef, var = flagship_system(day)
        seen = interleaved(contestants(system, coef, var), 15)
        ours = seen["tradewind"]
        ratios = " | ".join(f"{seen[name] / ours:.0f}x" for name in ("statsmodels", "dense density"))
        rows.append(f"| known on {day} | {len(system.y)} | {len(system.a0)} | 1 ({1e3 * ours:.2f} ms) | {ratios} |")
    return rows


def question_table() -> list[str]:
    """From a question to its answer: wall seconds, to show the order; and where the time goes."""
    question = forecast.parse_question(_QUESTION)
    panel, background = forecast.load_panel("CHN-RUS", as_of=question.as_of), forecast.load_background()
    answered = wall(lambda: forecast.ask(question), 7)
    fitted = wall(lambda: forecast.fit(panel, background, seed=7), 5)
    command = [sys.executable, "-m", "forecast"]
    ask = [*command, "forecast", "CHN-RUS", "--as-of", "2018-10-12", "--target", "turnover >= 100 in 2018", "--quiet"]
    rows = ["| from a question to its answer | wall seconds |", "|---|---|"]
    rows.append(f"| 10,000 paths, one scenario, two targets, on a fitted model | {answered:.2f} |")
    rows.append(f"| the fit, 512 posterior draws included | {fitted:.2f} |")
    rows.append(f"| `tradewind forecast ...` from start to answer, kernels cached | {wall(lambda: _run(ask), 3):.1f} |")
    rows.append(f"| `tradewind --help` | {wall(lambda: _run([*command, '--help']), 5):.2f} |")
    with tempfile.TemporaryDirectory() as cold:
        start = time.perf_counter()
        _run(ask, cache=cold)
        rows.append(f"| `tradewind forecast ...`, every kernel compiled anew | {time.perf_counter() - start:.0f} |")
    return rows


def _run(command: list[str], cache: str | None = None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    if cache:
        environment["TRADEWIND_CACHE_DIR"] = cache
    subprocess.run(command, check=True, capture_output=True, env=environment)


def main() -> None:
    """Print the tables and put them between the markers of README.md."""
    text = "\n".join([*likelihood_table(), "", *question_table()])
    print(text)
    readme = Path(__file__).with_name("README.md")
    before, _, rest = readme.read_text(encoding="utf-8").partition("<!-- tables -->\n")
    _, _, after = rest.partition("<!-- end -->")
    readme.write_text(f"{before}<!-- tables -->\n{text}\n<!-- end -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
