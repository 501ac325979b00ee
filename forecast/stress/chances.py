"""The chance of a target under a scenario that holds the oil price, or brings a crisis, on top of a base scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.likelihood import probability_of
from forecast.evaluation.reaching import reach_of
from forecast.prepared import Prepared, draw
from forecast.scenarios.conditions.kinds import OIL, Condition, Crisis, Hazard, Pinned, Ramp, Shock, Values
from forecast.scenarios.ensemble import Ensemble
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
        reached = reach_of(self.prepared.panel, ensemble, self.target, self.prepared.reporter)
        return probability_of(ensemble, reached.reach)

    def scenario(self, conditions: Sequence[Condition]) -> Scenario:
        """The base with these conditions; what it says of oil or of crises gives way to what they say."""
        oil = any(about_oil(condition) for condition in conditions)
        crisis = any(isinstance(condition, Crisis | Hazard) for condition in conditions)
        kept = [
            condition
            for condition in self.base.conditions
            if not (oil and about_oil(condition)) and not (crisis and isinstance(condition, Crisis | Hazard))
        ]
        return replace(self.base, conditions=(*kept, *conditions))

    @property
    def today_usd(self) -> float:
        """The last oil price known."""
        return float(self.prepared.common.oil.values[-1])


def about_oil(condition: Condition) -> bool:
    """Whether a condition moves the oil price."""
    return isinstance(condition, Pinned | Shock) and condition.driver == OIL


def flat(price_usd: float) -> Pinned:
    """Oil held at a price from the first month ahead, with its own width."""
    return Pinned(OIL, Ramp(price_usd))


def along(log_path: FloatArray) -> Pinned:
    """Oil on a path (months) from the first month ahead, with its own width."""
    return Pinned(OIL, Values(tuple(float(price) for price in np.exp(log_path))))
