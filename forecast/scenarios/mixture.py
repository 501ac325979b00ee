"""Sets of scenarios with odds: weights that add up to 1, for a mixture of their answers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from forecast.errors import ScenarioError, SchemaError
from forecast.scenarios.scenario import Scenario

MIXTURE_NAME = "mixture"
_TOLERANCE = 1e-9


def scenario_set(odds: Mapping[Scenario, float]) -> tuple[Scenario, ...]:
    """Scenarios with their odds, as {baseline: .6, slump: .4}.

    Raises:
        SchemaError: odds that are not above 0 and up to 1.
        ScenarioError: two scenarios of one name, or odds that do not add up to 1.
    """
    for scenario in odds:
        if not isinstance(scenario, Scenario):
            raise SchemaError(
                f"A set of scenarios is {{scenario: odds}}; found {type(scenario).__name__} {scenario!r} for one. "
                "load_scenario(name) gives a shipped one."
            )
    scenarios = tuple(scenario.with_odds(weight) for scenario, weight in odds.items())
    names = [scenario.name for scenario in scenarios]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ScenarioError(f"Two scenarios are called {name!r}; rename one.", pointer=f"/scenarios/{i}")
    mixture_weights(scenarios)
    return scenarios


def mixture_weights(scenarios: Iterable[Scenario], *, pointer: str = "/scenarios") -> tuple[float, ...] | None:
    """The odds of a set of scenarios, None when none has any.

    Raises:
        ScenarioError: some have odds and some have none, or they do not add up to 1.
    """
    listed = tuple(scenarios)
    weights = tuple(scenario.odds for scenario in listed if scenario.odds is not None)
    if not weights:
        return None
    if len(weights) < len(listed):
        without = next(i for i, scenario in enumerate(listed) if scenario.odds is None)
        raise ScenarioError(
            f"The scenario {listed[without].name!r} has no odds, but others have; give odds to all or to none.",
            pointer=f"{pointer}/{without}/odds",
        )
    total = math.fsum(weights)
    if abs(total - 1.0) > _TOLERANCE:
        raise ScenarioError(
            f"The odds of the scenarios must add up to 1; {' + '.join(f'{w:g}' for w in weights)} is {total:.10g}.",
            pointer=pointer,
        )
    return weights
