"""One family of kernels measured in a process of its own: ``python -m benchmarks.grid FAMILY FILE.json``."""

from __future__ import annotations

import importlib
import json
import math
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the peers' linear algebra, before numpy is first imported

from benchmarks.contest import Contest, Growth
from benchmarks.timing import interleaved

KERNELS = Path(__file__).with_name("kernels")
OURS = "tradewind"


def families() -> list[str]:
    """The modules of benchmarks/kernels that hold contests."""
    found = (path for path in KERNELS.glob("[a-z]*.py"))
    return sorted(path.stem for path in found if "def contests(" in path.read_text(encoding="utf-8"))


def measure(contest: Contest) -> list[dict[str, Any]]:
    """A row for each peer: seconds of both, their ratio, what was aimed for, and how well the results agree."""
    agreement = contest.agreement()
    contest.ours()
    clock = time.process_time if contest.threads == 1 else time.perf_counter
    everyone = {OURS: contest.ours, **contest.peers}
    seconds = interleaved(everyone, contest.rounds, clock=clock, repeat={OURS: contest.repeat}, warm=True)
    return [
        {
            "work": contest.work,
            "peer": peer,
            "ratio": seconds[peer] / seconds[OURS],
            "at_least": contest.at_least.get(peer),
            "ours": seconds[OURS],
            "threads": contest.threads,
            "agreement": agreement,
        }
        for peer in contest.peers
    ]


def grow(growth: Growth) -> dict[str, Any]:
    """Seconds at each size, and the exponent of cost in size over the upper half of the sizes."""
    seconds = []
    for size in growth.sizes:
        action = growth.at(size)
        once = interleaved({OURS: action}, 1)[OURS]
        repeat = max(1, min(200, int(0.02 / max(once, 1e-7))))
        seconds.append(interleaved({OURS: action}, 5, repeat={OURS: repeat})[OURS])
    half = len(seconds) // 2
    exponent = math.log(seconds[-1] / seconds[half]) / math.log(growth.sizes[-1] / growth.sizes[half])
    return {
        "work": growth.work,
        "of": growth.of,
        "sizes": list(growth.sizes),
        "seconds": seconds,
        "exponent": exponent,
    }


def main(family: str, out: Path) -> None:
    """Measure the family's contests and growths, and write them as JSON."""
    warnings.simplefilter("ignore")  # what peers say about their own fits
    module = importlib.import_module(f"benchmarks.kernels.{family}")
    rows = [row for contest in module.contests() for row in measure(contest)]
    growths = [grow(growth) for growth in getattr(module, "growths", list)()]
    out.write_text(json.dumps({"rows": rows, "growths": growths}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
