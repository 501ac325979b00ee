"""The chance of a target under a scenario that holds the oil price, or brings a crisis, on top of a base scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.likelihood import probability_of
from forecast.evaluation.reaching import reach_of
from forecast.months import month_of
from forecast.prepared import Prepared, draw
from forecast.scenarios.conditions.kinds import (
    CRISIS,
    OIL,
    Between,
    Condition,
    Crisis,
    Event,
    Hazard,
    Odds,
    Pinned,
    Ramp,
    Shock,
    Values,
)
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.relative import Start, first_month
from forecast.scenarios.scenario import Scenario

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """One target under variations of one base scenario, all on the same draws."""

    prepared: Prepared
    target: Target | Joint
    base: Scenario

    def chance(self, *conditions: Condition) -> tuple[float, float]:
        """P(target) and its Monte Carlo error with these conditions in place of the base's own on the same thing.

        Raises:
            ScenarioError: the conditions cannot hold.
            GapError: the target's span is neither known nor forecast.
        """
        return self.read(draw(self.prepared, self.scenario(conditions)).ensemble)

    def read(self, ensemble: Ensemble) -> tuple[float, float]:
        """P(target) and its error on paths that are drawn."""
        reached = reach_of(self.prepared.panel, ensemble, self.target, self.prepared.reporter, pointer="/target")
        return probability_of(ensemble, reached.reach)

    def scenario(self, conditions: Sequence[Condition]) -> Scenario:
        """The base with these conditions; what it says of oil or of crises gives way to what they say."""
        oil, crisis = any(map(about_oil, conditions)), any(map(about_crises, conditions))
        kept = [
            condition
            for condition in self.base.conditions
            if not (oil and about_oil(condition)) and not (crisis and about_crises(condition))
        ]
        return replace(self.base, conditions=(*kept, *conditions))

    def begins(self, start: Start) -> int:
        """The month meant by the ``start`` of a crisis."""
        common = self.prepared.common
        return first_month(start, max(common.record_end, month_of(common.as_of)) + 1)

    @property
    def today_usd(self) -> float:
        """The last oil price known."""
        return float(self.prepared.common.oil.values[-1])


def about_oil(condition: Condition) -> bool:
    """Whether a condition says anything of the oil price: pins it, moves it, bounds it, or gives odds on it."""
    match condition:
        case Pinned(driver=driver) | Shock(driver=driver) | Between(driver=driver):
            return driver == OIL
        case Odds(event=Event(what=what)):
            return what == OIL
    return False


def about_crises(condition: Condition) -> bool:
    """Whether a condition says anything of crises."""
    odds = isinstance(condition, Odds) and condition.event.what == CRISIS
    return odds or isinstance(condition, Crisis | Hazard)


def flat(price_usd: float) -> Pinned:
    """Oil held at a price from the first month ahead, with its own width."""
    return Pinned(OIL, Ramp(price_usd))


def along(log_path: FloatArray) -> Pinned:
    """Oil on a path (months) from the first month ahead, with its own width."""
    return Pinned(OIL, Values(tuple(float(price) for price in np.exp(log_path))))
