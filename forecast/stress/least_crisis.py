"""least_crisis_of(): the smallest crisis at which a target's chance falls to a stated one."""

from __future__ import annotations

from functools import cache

import numpy as np

from forecast.evaluation.stressed import LeastCrisis
from forecast.months import format_month
from forecast.scenarios.conditions.kinds import Crisis
from forecast.scenarios.relative import Start
from forecast.stress.chances import Trial
from forecast.stress.crossing import find_crossings

MOST_SEVERE = 5.0
_NEAR = 1e-3
_GRID = 26


def least_crisis_of(trial: Trial, alpha: float, *, episode: str, start: Start) -> LeastCrisis:
    """Least severity, up to 5 times the episode as measured, at which P(target) crosses ``alpha``.

    The chance need not fall throughout (of a target with a floor and a ceiling): it is looked at on a grid of a fifth.
    low, high: the severities at which it, give or take two Monte Carlo errors, crosses about there.

    Raises:
        ScenarioError: there is no such episode, or it would begin in months that are known.
    """

    @cache
    def known(severity: float) -> tuple[float, float]:
        return trial.chance(Crisis(episode, start, severity))

    def chance(severity: float) -> float:
        return known(severity)[0]

    calm, worst = chance(0.0), chance(MOST_SEVERE)
    found: float | None = None
    low = high = None
    grid = np.linspace(0.0, MOST_SEVERE, _GRID)
    crossings = find_crossings(chance, grid, alpha, _NEAR)
    if crossings:
        found, rises = crossings[0]
        error = known(found)[1]
        edges = [_nearest(find_crossings(chance, grid, alpha + by, _NEAR), found) for by in (-2 * error, 2 * error)]
        low, high = edges if rises else edges[::-1]
    return LeastCrisis(
        episode=episode,
        start=format_month(trial.begins(start)),
        severity=found,
        low=low,
        high=high,
        calm=calm,
        most=MOST_SEVERE,
        worst=worst,
    )


def _nearest(crossings: list[tuple[float, bool]], to: float) -> float | None:
    return min((point for point, _ in crossings), key=lambda point: abs(point - to), default=None)
