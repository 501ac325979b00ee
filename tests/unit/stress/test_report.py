"""reverse_stress(): all of it on one law, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forecast.errors import GapError, InputError, ScenarioError, SchemaError
from forecast.evaluation.target_reading import parse_target
from forecast.months import month
from forecast.scenarios.conditions.kinds import Between, Crisis, Event, Hazard, Odds, Pinned, Ramp, Shift, Shock
from forecast.scenarios.scenario import Scenario
from forecast.stress.chances import about_crises, about_oil, flat
from forecast.stress.report import reverse_stress
from tests.unit.stress.linear import LAST, last_month, trial_of, weights_of

READY = trial_of(weights_of((0.4,)), last_month(9.0)).prepared
SMALL = {"prices_usd": (50.0, 60.0), "severities": (0.0, 1.0)}


def test_all_parts_speak_of_one_target() -> None:
    said: list[str] = []
    found = reverse_stress(READY, last_month(9.0), **SMALL, progress=said.append)
    assert found.target_words == "exports of at least 9 bn USD over 2019-06"
    assert (found.pair, found.reporter, found.as_of, found.model) == ("AAA-BBB", "AAA", "2018-12-31", "linear")
    assert found.map.price_usd == (50.0, 60.0)
    assert found.least_crisis.start == found.map.start == "2019-01"
    assert found.break_even.today_usd == 60.0
    assert found.warnings == ()
    assert len(said) == 4


@pytest.mark.parametrize(
    ("options", "error", "pointer"),
    [
        ({"alpha": 0.0}, SchemaError, "/alpha"),
        ({"alpha": 1.0}, SchemaError, "/alpha"),
        ({"alpha": float("nan")}, SchemaError, "/alpha"),
        ({"prices_usd": tuple(range(1, 60)), "severities": tuple(range(60))}, SchemaError, "/oil"),
        ({"episode": "1929"}, ScenarioError, "/episode"),
        ({"start": month(2018, 12)}, ScenarioError, "/start"),
    ],
)
def test_what_cannot_be_drawn_is_refused_at_once(options: dict[str, object], error: type, pointer: str) -> None:
    said: list[str] = []
    with pytest.raises(InputError) as found:
        reverse_stress(READY, last_month(9.0), **options, progress=said.append)  # type: ignore[arg-type]
    assert isinstance(found.value, error)
    assert found.value.pointer == pointer
    assert said == []


def test_a_target_beyond_the_horizon_is_refused() -> None:
    with pytest.raises(GapError) as found:
        reverse_stress(READY, parse_target("exports >= 9 in 2030"), **SMALL)
    assert found.value.pointer == "/target/span"


def test_a_crisis_after_the_horizon_is_warned_of() -> None:
    found = reverse_stress(READY, last_month(9.0), start=LAST.end + 1, **SMALL)
    assert "after the horizon" in found.warnings[0]
    assert found.least_crisis.severity is None


def test_what_the_base_says_of_oil_and_crises_gives_way() -> None:
    oil = (
        Pinned("oil", Ramp(90.0)),
        Shock("oil", 1.0),
        Between("oil", 40.0, 70.0),
        Odds(Event("oil", at_least=80.0, span=LAST), 0.3),
    )
    crises = (Crisis("2020"), Hazard(2.0), Odds(Event("crisis"), 0.5))
    rest = (Shift("exports", percent=5.0), Shock("exports", 1.0), Odds(Event("exports", at_least=9.0, span=LAST), 0.5))
    assert all(map(about_oil, oil))
    assert all(map(about_crises, crises))
    assert not any(about_oil(each) or about_crises(each) for each in rest)
    trial = replace(
        trial_of(weights_of((0.4,)), last_month(9.0)), base=Scenario("all", conditions=(*oil, *crises, *rest))
    )
    assert trial.scenario((flat(50.0),)).conditions == (*crises, *rest, flat(50.0))
    assert trial.scenario((Crisis("2008-09"),)).conditions == (*oil, *rest, Crisis("2008-09"))


def test_a_crisis_begins_after_the_day_of_knowledge() -> None:
    trial = trial_of(weights_of((0.4,)), last_month(9.0))
    later = replace(trial.prepared, common=replace(trial.prepared.common, as_of=date(2019, 2, 3)))
    assert replace(trial, prepared=later).begins(None) == month(2019, 3)
    assert trial.begins("next-january") == month(2019, 1)
    assert trial.begins(month(2019, 5)) == month(2019, 5)
