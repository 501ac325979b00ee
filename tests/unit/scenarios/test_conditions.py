"""Conditions and scenarios read from JSON: every form, every mistake with its place."""

from __future__ import annotations

import pytest

from forecast.errors import InputError, ScenarioError, SchemaError
from forecast.months import Span, month
from forecast.scenarios.conditions import (
    Crisis,
    OilPercent,
    OilRamp,
    OilRealised,
    OilReplay,
    OilValues,
    condition_fields,
    parse_condition,
)
from forecast.scenarios.relative import first_month
from forecast.scenarios.scenario import parse_scenario, scenario_fields

PATH = {"kind": "path", "driver": "oil"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (PATH | {"hold": 45}, OilRamp(45.0)),
        (PATH | {"hold": 45, "start": "2019-03", "width": "none"}, OilRamp(45.0, 0, month(2019, 3), "none")),
        (PATH | {"ramp_to": 45, "over_months": 6, "start": "next-january"}, OilRamp(45.0, 6, "next-january")),
        (PATH | {"percent": -30, "over_months": 3}, OilPercent(-30.0, 3)),
        (PATH | {"replay": "2014-07/2016-01"}, OilReplay(Span(month(2014, 7), month(2016, 1)))),
        (PATH | {"realised": True}, OilRealised()),
        (PATH | {"values": [60, 61.5], "start": "2019-01"}, OilValues(month(2019, 1), (60.0, 61.5))),
        (PATH | {"values": {"2019-02": 61.5, "2019-01": 60}}, OilValues(month(2019, 1), (60.0, 61.5))),
        ({"kind": "crisis"}, Crisis("typical")),
        (
            {"kind": "crisis", "episode": "2008-09", "severity": 0.5, "start": "2019-01"},
            Crisis("2008-09", month(2019, 1), 0.5),
        ),
    ],
)
def test_every_form_is_read_and_written_back(given: dict[str, object], expected: object) -> None:
    found = parse_condition(given)
    assert found == expected
    assert parse_condition(condition_fields(found)) == found


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({}, SchemaError, "/c/kind"),
        ({"kind": "flood"}, SchemaError, "/c/kind"),
        (PATH, ScenarioError, "/c"),
        (PATH | {"hold": 45, "ramp_to": 60}, ScenarioError, "/c"),
        (PATH | {"hold": 45, "driver": "gas"}, SchemaError, "/c/driver"),
        (PATH | {"hold": 0.5}, SchemaError, "/c/hold"),
        (PATH | {"hold": 1001}, SchemaError, "/c/hold"),
        (PATH | {"hold": True}, SchemaError, "/c/hold"),
        (PATH | {"hold": "45"}, SchemaError, "/c/hold"),
        (PATH | {"hold": float("nan")}, SchemaError, "/c/hold"),
        (PATH | {"hold": 10**400}, SchemaError, "/c/hold"),
        (PATH | {"hold": 45, "width": "wide"}, SchemaError, "/c/width"),
        (PATH | {"hold": 45, "start": "soon"}, SchemaError, "/c/start"),
        (PATH | {"hold": 45, "start": 2019}, SchemaError, "/c/start"),
        (PATH | {"ramp_to": 45, "over_months": 2.5}, SchemaError, "/c/over_months"),
        (PATH | {"ramp_to": 45, "over_months": 121}, SchemaError, "/c/over_months"),
        (PATH | {"ramp_to": 45, "over_month": 6}, SchemaError, "/c/over_month"),
        (PATH | {"percent": -96}, SchemaError, "/c/percent"),
        (PATH | {"replay": "2014-07/2013-01"}, SchemaError, "/c/replay"),
        (PATH | {"realised": False}, SchemaError, "/c/realised"),
        (PATH | {"values": [60]}, ScenarioError, "/c/values"),
        (PATH | {"values": [60], "start": "next-january"}, ScenarioError, "/c/values"),
        (PATH | {"values": []}, SchemaError, "/c/values"),
        (PATH | {"values": 60, "start": "2019-01"}, SchemaError, "/c/values"),
        (PATH | {"values": {"2019-01": 60, "2019-03": 61}}, ScenarioError, "/c/values"),
        (PATH | {"values": {"2019": 60}}, SchemaError, "/c/values"),
        (PATH | {"values": [60.0] * 601, "start": "2019-01"}, SchemaError, "/c/values"),
        ({"kind": "crisis", "severity": -1}, SchemaError, "/c/severity"),
        ({"kind": "crisis", "severity": 5.1}, SchemaError, "/c/severity"),
        ({"kind": "crisis", "depth": 1}, SchemaError, "/c/depth"),
    ],
)
def test_mistakes_are_named_with_their_place(given: dict[str, object], error: type[InputError], pointer: str) -> None:
    with pytest.raises(error) as caught:
        parse_condition(given, pointer="/c")
    assert caught.value.pointer == pointer


def test_a_wrong_price_among_values_is_pointed_at() -> None:
    for values, start, where in (([60, 5000], "2019-01", "1"), ({"2019-01": 60, "2019-02": "x"}, None, "2019-02")):
        given = PATH | {"values": values} | ({"start": start} if start else {})
        with pytest.raises(SchemaError) as caught:
            parse_condition(given, pointer="/c")
        assert caught.value.pointer == f"/c/values/{where}"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (PATH | {"hold": 45, "over_months": 6}, "over_months"),
        (PATH | {"replay": "2014-07/2016-01", "over_months": 6}, "over_months"),
        (PATH | {"values": {"2019-01": 60}, "start": "2020-01"}, "start"),
        (PATH | {"realised": True, "start": "2020-01"}, "start"),
        (PATH | {"realised": True, "width": "none"}, "width"),
    ],
)
def test_fields_that_would_be_ignored_are_refused(given: dict[str, object], field: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_condition(given, pointer="/c")
    assert caught.value.pointer == f"/c/{field}"


def test_next_january() -> None:
    assert first_month("next-january", month(2018, 10)) == month(2019, 1)
    assert first_month("next-january", month(2019, 1)) == month(2019, 1)
    assert first_month(None, month(2018, 10)) == month(2018, 10)
    assert first_month(month(2020, 5), month(2018, 10)) == month(2020, 5)


# ---- scenarios ---------------------------------------------------------------------------------------


def test_scenario_is_read_and_written_back() -> None:
    given = {"name": "both", "title": "Both", "conditions": [PATH | {"hold": 45}, {"kind": "crisis"}]}
    found = parse_scenario(given)
    assert [type(c) for c in found.conditions] == [OilRamp, Crisis]
    assert found.story == "Both"
    assert parse_scenario(scenario_fields(found)) == found


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({}, SchemaError, "/s/name"),
        ({"name": "Two Words"}, SchemaError, "/s/name"),
        ({"name": "a" * 65}, SchemaError, "/s/name"),
        ({"name": "x", "condition": []}, SchemaError, "/s/condition"),
        ({"name": "x", "conditions": {}}, SchemaError, "/s/conditions"),
        ({"name": "x", "conditions": ["oil"]}, SchemaError, "/s/conditions/0"),
        ({"name": "x", "conditions": [PATH | {"hold": 45}, PATH | {"percent": 1}]}, ScenarioError, "/s/conditions"),
        ({"name": "x", "conditions": [{"kind": "crisis"}, {"kind": "crisis"}]}, ScenarioError, "/s/conditions"),
        ({"name": "x", "conditions": [PATH | {"hold": 0}]}, SchemaError, "/s/conditions/0/hold"),
    ],
)
def test_scenario_mistakes(given: dict[str, object], error: type[InputError], pointer: str) -> None:
    with pytest.raises(error) as caught:
        parse_scenario(given, pointer="/s")
    assert caught.value.pointer == pointer
