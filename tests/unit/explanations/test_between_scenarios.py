"""The difference between two scenarios of the flagship, in parts that add up."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.data.scenario_files import load_scenario
from forecast.explanations.between_scenarios import explain_scenarios, noise_ratio
from forecast.explanations.measures import MEAN, PROBABILITY, measure
from forecast.prepared import Prepared, draw
from forecast.question import Target
from forecast.scenarios.conditions.kinds import Crisis, Pinned, Ramp, Shift
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.simulate import simulate_on
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.law import StructuralLaw

OIL = Pinned("oil", Ramp(45.0, 6))
LATE = Shift("exports", percent=50.0, start=24240 + 12 * 30)  # long after the horizon


def total(parts, name: str) -> float:  # type: ignore[no-untyped-def]
    return sum(getattr(part.effect, name) for part in parts)


def test_parts_add_up_for_every_amount(ready: Prepared, hundred: Target) -> None:
    after = Scenario("worse", conditions=(OIL, Crisis("2008-09"), Shift("imports", percent=-10.0), LATE))
    found = explain_scenarios(ready, BASELINE, after, hundred)
    assert [part.name for part in found.parts] == ["oil path", "crisis", "shift of imports", "shift of exports"]
    for name in ("probability", "mean", "median"):
        ends = getattr(found.after.amounts, name) - getattr(found.before.amounts, name)
        assert total(found.parts, name) == pytest.approx(ends, abs=1e-9)
        assert getattr(found.total.effect, name) == pytest.approx(ends, abs=1e-12)
    null = found.parts[-1]
    assert null.effect.probability == pytest.approx(0.0, abs=1e-12)
    assert null.error.probability == 0.0
    assert all(part.error.probability > 0.0 for part in found.parts[:3])
    assert all(part.effect.mean < 0.0 for part in found.parts[:3])  # type: ignore[operator]


def test_two_conditions_by_hand(ready: Prepared, hundred: Target) -> None:
    oil, crisis = OIL, Crisis("2008-09")

    def chance(*conditions: object) -> float:
        drawn = draw(ready, Scenario("some", conditions=conditions))  # type: ignore[arg-type]
        return float(measure(ready.panel, drawn.ensemble, hundred, ready.reporter).values[PROBABILITY])

    found = explain_scenarios(ready, BASELINE, Scenario("both", conditions=(oil, crisis)), hundred)
    nobody, first, second, both = chance(), chance(oil), chance(crisis), chance(oil, crisis)
    by_hand = 0.5 * (first - nobody + both - second), 0.5 * (second - nobody + both - first)
    assert [part.effect.probability for part in found.parts] == pytest.approx(by_hand, abs=1e-12)


def test_the_same_scenario_differs_by_nothing(ready: Prepared, hundred: Target) -> None:
    found = explain_scenarios(ready, BASELINE, BASELINE, hundred)
    assert found.parts == ()
    assert found.total.effect.probability == 0.0
    assert found.total.error.probability == 0.0


def test_conditions_in_common_stay(ready: Prepared, hundred: Target) -> None:
    before, after = Scenario("a", conditions=(OIL,)), Scenario("b", conditions=(OIL, Crisis("2008-09")))
    found = explain_scenarios(ready, before, after, hundred)
    assert [part.name for part in found.parts] == ["crisis"]


def test_common_random_numbers_quiet_the_difference(ready: Prepared, hundred: Target) -> None:
    """Variance over seeds of the difference oil-slump less baseline, against that of independent seeds; and the
    estimate of the ratio from one seed."""
    law = ready.common.law
    assert isinstance(law, StructuralLaw)
    slump = load_scenario("oil-slump")
    ends = []
    for seed in range(24):
        common = structural_draws(law.stage, paths=256, seed=100 + seed)
        pair = [
            measure(
                ready.panel,
                simulate_on(common, scenario, realised_oil=ready.realised_oil).ensemble,
                hundred,
                ready.reporter,
            ).values[MEAN]
            for scenario in (BASELINE, slump)
        ]
        ends.append(pair)
    before, after = np.array(ends).T
    common_variance = (after - before).var(ddof=1)
    apart_variance = (np.roll(after, 1) - before).var(ddof=1)
    assert apart_variance > 10.0 * common_variance
    estimate = noise_ratio(ready, BASELINE, slump, hundred)
    assert estimate[MEAN] > 10.0
    assert estimate[PROBABILITY] > 1.0
