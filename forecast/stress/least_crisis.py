"""least_crisis_of(): the smallest crisis at which a target's chance falls to a stated one."""

from __future__ import annotations

from functools import cache

from forecast.evaluation.stressed import LeastCrisis
from forecast.months import format_month
from forecast.scenarios.conditions.kinds import Crisis
from forecast.scenarios.relative import Start
from forecast.stress.chances import Trial
from forecast.stress.crossing import bisect

MOST_SEVERE = 5.0
_NEAR = 1e-3


def least_crisis_of(trial: Trial, alpha: float, *, episode: str, start: Start) -> LeastCrisis:
    """Severity, 0 to 5 times the episode as measured, at which P(target) crosses ``alpha``.

    low, high: the severities at which the chance, give or take two Monte Carlo errors, crosses it.

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
    if (calm >= alpha) != (worst >= alpha):
        found = bisect(chance, 0.0, MOST_SEVERE, alpha, _NEAR)
        error = known(found)[1]
        edges = []
        for level in (alpha - 2.0 * error, alpha + 2.0 * error):
            crosses = (calm >= level) != (worst >= level)
            edges.append(bisect(chance, 0.0, MOST_SEVERE, level, _NEAR) if crosses else None)
        low, high = edges if worst >= alpha else edges[::-1]
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
