"""Interleaved medians of processor time, so that a drifting machine slows all contestants alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def interleaved(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median processor seconds of each contestant over ``rounds``, one after the other in each round."""
    for contestant in contestants.values():
        contestant()
    seen: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            start = time.process_time()
            contestant()
            seen[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seen.items()}


def wall(action: Callable[[], object], rounds: int) -> float:
    """Median wall seconds of an action after one warm-up."""
    action()
    seen = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        seen.append(time.perf_counter() - start)
    return statistics.median(seen)
