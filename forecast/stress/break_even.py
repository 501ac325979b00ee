"""break_even_of(): the flat oil prices at which a target has a stated chance."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from forecast.evaluation.stressed import BreakEven, Crossing
from forecast.prepared import draw
from forecast.scenarios.conditions.table import OIL_RANGE_USD
from forecast.stress.chances import Trial, flat
from forecast.stress.crossing import bisect, find_crossings

_GRID = 25  #: prices tried before the search, evenly in logs
_NEAR = 1e-4  #: log price


def break_even_of(trial: Trial, alpha: float) -> BreakEven:
    """Hold the oil price flat from the first month ahead and find where P(target) crosses ``alpha``.

    The chance need not rise or fall with the price throughout: dear oil may lift imports and press exports. All
    crossings of a grid of prices are found; two within one step of it (a third of a log point) may be missed.
    """

    @cache
    def known(log_price: float) -> tuple[float, float]:
        return trial.chance(flat(float(np.exp(log_price))))

    def chance(log_price: float) -> float:
        return known(log_price)[0]

    lowest, highest = OIL_RANGE_USD
    grid = np.linspace(np.log(lowest), np.log(highest), _GRID)
    crossings = []
    for found, rises in find_crossings(chance, grid, alpha, _NEAR):
        error = known(found)[1]
        edges = []
        for level in (alpha - 2.0 * error, alpha + 2.0 * error):
            edges.append(_edge(chance, found, level, rises, grid[0], grid[-1]))
        low, high = edges if rises else edges[::-1]
        judged = draw(trial.prepared, trial.scenario((flat(float(np.exp(found))),))).plausibility
        crossings.append(Crossing(float(np.exp(found)), low, high, rises, judged))
    today = trial.today_usd
    return BreakEven(
        crossings=tuple(crossings),
        today_usd=today,
        chance_today=chance(float(np.log(today))),
        lowest_usd=lowest,
        chance_lowest=chance(float(grid[0])),
        highest_usd=highest,
        chance_highest=chance(float(grid[-1])),
    )


def _edge(
    chance: Callable[[float], float], found: float, level: float, rises: bool, first: float, last: float
) -> float | None:
    """Price at which the chance crosses a level near a crossing; None where it does not before the ends."""
    up = (chance(found) < level) == rises
    step, here = 0.02, found
    while here != (end := last if up else first):
        there = min(here + step, end) if up else max(here - step, end)
        if (chance(there) >= level) != (chance(here) >= level):
            return float(np.exp(bisect(chance, min(here, there), max(here, there), level, _NEAR)))
        here, step = there, step * 1.6
    return None
