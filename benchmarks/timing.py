"""Interleaved medians, so that a drifting machine slows all contestants alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

Action = Callable[[], object]


def interleaved(
    contestants: Mapping[str, Action],
    rounds: int,
    *,
    clock: Callable[[], float] = time.process_time,
    repeat: Mapping[str, int] | None = None,
    warm: bool = False,
) -> dict[str, float]:
    """Median seconds of a call of each contestant over ``rounds``, one after the other in each round.

    clock: processor time unless told otherwise. repeat: how often a contestant is called in a round, once if not told.
    warm: each has been called before; else each is called once first.
    """
    for contestant in () if warm else contestants.values():
        contestant()
    seen: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            times = (repeat or {}).get(name, 1)
            start = clock()
            for _ in range(times):
                contestant()
            seen[name].append((clock() - start) / times)
    return {name: statistics.median(values) for name, values in seen.items()}


def wall(action: Action, rounds: int) -> float:
    """Median wall seconds of an action after one warm-up."""
    return interleaved({"": action}, rounds, clock=time.perf_counter)[""]
