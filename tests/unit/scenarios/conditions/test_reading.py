"""Conditions read from JSON: every form read and written back, every mistake with its place."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.errors import InputError, ScenarioError, SchemaError, UnitError
from forecast.months import Span, month
from forecast.scenarios.conditions.kinds import (
    Between,
    Condition,
    Crisis,
    Event,
    Hazard,
    Odds,
    Percent,
    Pinned,
    Quantile,
    Ramp,
    Realised,
    Replay,
    Sanctions,
    Shift,
    Shock,
    Tariff,
    Total,
    Uncertain,
    Values,
)
from forecast.scenarios.conditions.reading.condition import condition_fields, parse_condition
from forecast.scenarios.relative import first_month

PATH = {"kind": "path", "driver": "oil"}
OF_FLOW = {"kind": "path", "driver": "turnover"}
RANGE = {"kind": "range", "driver": "oil"}
SHOCK = {"kind": "shock", "driver": "oil"}
SHIFT = {"kind": "shift", "flow": "imports"}
TARIFF = {"kind": "tariff", "flow": "exports", "from_percent": 10, "to_percent": 25}
SANCTIONS = {"kind": "sanctions", "flow": "imports"}
ODDS = {"kind": "odds", "probability": 0.3}
JAN, DEC, YEAR = month(2019, 1), month(2019, 12), Span(month(2019, 1), month(2019, 12))

GOOD: list[tuple[dict[str, object], Condition]] = [
    ({"kind": "path", "hold": 45}, Pinned("oil", Ramp(45.0))),
    (PATH | {"hold": 45, "start": "2019-03", "width": "none"}, Pinned("oil", Ramp(45.0), month(2019, 3), width="none")),
    (PATH | {"hold": 45, "over_months": 0}, Pinned("oil", Ramp(45.0))),
    (PATH | {"ramp_to": 45, "over_months": 6, "start": "next-january"}, Pinned("oil", Ramp(45.0, 6), "next-january")),
    (PATH | {"ramp_to": 45, "over_months": 6.0, "until": "2019-12"}, Pinned("oil", Ramp(45.0, 6), until=DEC)),
    (PATH | {"percent": -30, "over_months": 3}, Pinned("oil", Percent(-30.0, 3))),
    (PATH | {"quantile": 0.1}, Pinned("oil", Quantile(0.1))),
    (PATH | {"replay": "2014-07/2016-01"}, Pinned("oil", Replay(Span(month(2014, 7), month(2016, 1))))),
    (PATH | {"realised": True}, Pinned("oil", Realised())),
    (PATH | {"values": [60, 61.5], "start": "2019-01"}, Pinned("oil", Values((60.0, 61.5)), JAN)),
    (PATH | {"values": [60]}, Pinned("oil", Values((60.0,)))),
    (PATH | {"values": {"2019-02": 61.5, "2019-01": 60}}, Pinned("oil", Values((60.0, 61.5)), JAN)),
    (PATH | {"hold": 45, "unit": "USD a barrel"}, Pinned("oil", Ramp(45.0))),
    (PATH | {"hold": 45, "adjust": ["oil", "common"]}, Pinned("oil", Ramp(45.0), adjust=("oil", "common"))),
    (OF_FLOW | {"hold": 9}, Pinned("turnover", Ramp(9.0), width="none")),
    (OF_FLOW | {"hold": 9, "width": "own"}, Pinned("turnover", Ramp(9.0))),
    (OF_FLOW | {"hold": 9000, "unit": "million USD"}, Pinned("turnover", Ramp(9.0), width="none")),
    (OF_FLOW | {"total": 110, "span": "2019"}, Pinned("turnover", Total(110.0, YEAR), width="none")),
    (OF_FLOW | {"percent": 10}, Pinned("turnover", Percent(10.0), width="none")),
    ({"kind": "path", "driver": "fx:RUS", "hold": 70}, Pinned("fx:RUS", Ramp(70.0))),
    ({"kind": "path", "driver": "activity", "hold": -20}, Pinned("activity", Ramp(-20.0))),
    (RANGE | {"low": 40, "high": 60}, Between("oil", 40.0, 60.0)),
    (RANGE | {"high": 60, "start": "2019-01", "until": "2019-12"}, Between("oil", None, 60.0, JAN, DEC)),
    (
        {"kind": "range", "driver": "exports", "low": 40_000, "span": "2019", "unit": "USD mn"},
        Between("exports", 40.0, None, span=YEAR),
    ),
    (SHOCK | {"sd": -2, "origin": "demand"}, Shock("oil", -2.0, "sd", "demand")),
    (
        {"kind": "shock", "driver": "exports", "percent": 10, "start": "2019-01"},
        Shock("exports", 10.0, "percent", "", JAN),
    ),
    ({"kind": "crisis"}, Crisis("typical")),
    ({"kind": "crisis", "episode": "2008-09", "severity": 0.5, "start": "2019-01"}, Crisis("2008-09", JAN, 0.5)),
    ({"kind": "crisis", "length_months": 24}, Crisis(length_months=24.0)),
    ({"kind": "crisis", "hazard": 0}, Hazard(0.0)),
    (
        SHIFT | {"percent": 10, "share": 0.2, "group": "soybeans", "sd": 3},
        Shift("imports", 10.0, None, 3.0, 0.2, "soybeans"),
    ),
    (
        SHIFT | {"usd_bn_a_year": 1.5, "start": "next-january", "over_months": 24, "until": "2030-01"},
        Shift("imports", None, 1.5, start="next-january", over_months=24, until=month(2030, 1)),
    ),
    (TARIFF, Tariff("exports", 10.0, 25.0)),
    (
        TARIFF | {"elasticity": {"mean": 1.5, "sd": 0.5}, "pass_through": 0.9, "share": 0.5, "over_months": 0},
        Tariff("exports", 10.0, 25.0, 0.5, Uncertain(0.9), Uncertain(1.5, 0.5), over_months=0),
    ),
    (
        TARIFF | {"diversion": 0.2, "lost_from_usd_bn_a_year": 200},
        Tariff("exports", 10.0, 25.0, diversion=Uncertain(0.2), lost_from_usd_bn_a_year=200.0),
    ),
    (SANCTIONS, Sanctions("imports")),
    (SANCTIONS | {"type": "secondary", "loss_percent": 20}, Sanctions("imports", "secondary", 1.0, Uncertain(20.0))),
    (ODDS | {"event": "crisis"}, Odds(Event("crisis"), 0.3)),
    (ODDS | {"event": {"what": "crisis"}}, Odds(Event("crisis"), 0.3)),
    (ODDS | {"event": "turnover <= 110000 USD mn over 2019"}, Odds(Event("turnover", at_most=110.0, span=YEAR), 0.3)),
    (ODDS | {"event": "oil >= 80 in 2019"}, Odds(Event("oil", 80.0, span=YEAR), 0.3)),
    (
        ODDS | {"event": {"flow": "turnover", "at_most": 110_000, "unit": "USD mn", "span": "2019"}},
        Odds(Event("turnover", at_most=110.0, span=YEAR), 0.3),
    ),
    (
        ODDS | {"event": {"driver": "fx:RUS", "at_least": 80, "span": "2019"}},
        Odds(Event("fx:RUS", 80.0, span=YEAR), 0.3),
    ),
]


@pytest.mark.parametrize(("given", "expected"), GOOD)
def test_every_form_is_read_and_written_back(given: dict[str, object], expected: Condition) -> None:
    found = parse_condition(given)
    assert found == expected
    assert parse_condition(condition_fields(found)) == found


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({}, SchemaError, "/kind"),
        ({"kind": "flood"}, SchemaError, "/kind"),
        (PATH, ScenarioError, ""),
        (PATH | {"hold": 45, "ramp_to": 60}, ScenarioError, ""),
        (PATH | {"hold": 45, "driver": "gas"}, SchemaError, "/driver"),
        (PATH | {"hold": 45, "driver": "fx:rus"}, SchemaError, "/driver"),
        (PATH | {"hold": 0.5}, SchemaError, "/hold"),
        (PATH | {"hold": 1001}, SchemaError, "/hold"),
        (PATH | {"hold": True}, SchemaError, "/hold"),
        (PATH | {"hold": None}, SchemaError, "/hold"),
        (PATH | {"hold": "45"}, SchemaError, "/hold"),
        (PATH | {"hold": float("nan")}, SchemaError, "/hold"),
        (PATH | {"hold": 10**400}, SchemaError, "/hold"),
        (PATH | {"hold": 45, "width": "wide"}, SchemaError, "/width"),
        (PATH | {"hold": 45, "start": "soon"}, SchemaError, "/start"),
        (PATH | {"hold": 45, "start": 2019}, SchemaError, "/start"),
        (PATH | {"hold": 45, "start": date(2019, 1, 1)}, SchemaError, "/start"),
        (PATH | {"hold": 45, "until": "next-january"}, SchemaError, "/until"),
        (PATH | {"hold": 45, "start": "2019-02", "until": "2019-01"}, ScenarioError, "/until"),
        (PATH | {"hold": 45, "unit": "USD bn"}, UnitError, "/unit"),
        (PATH | {"hold": 45, "adjust": []}, SchemaError, "/adjust"),
        (PATH | {"hold": 45, "adjust": ["oil", "wages"]}, SchemaError, "/adjust/1"),
        (PATH | {"hold": 45, "adjust": ["oil", "oil"]}, SchemaError, "/adjust/1"),
        (PATH | {"ramp_to": 45, "over_months": 2.5}, SchemaError, "/over_months"),
        (PATH | {"ramp_to": 45, "over_months": 121}, SchemaError, "/over_months"),
        (PATH | {"ramp_to": 45, "over_month": 6}, SchemaError, "/over_month"),
        (PATH | {"percent": -96}, SchemaError, "/percent"),
        (PATH | {"quantile": 1}, SchemaError, "/quantile"),
        (PATH | {"replay": "2014-07/2013-01"}, SchemaError, "/replay"),
        (PATH | {"realised": False}, SchemaError, "/realised"),
        (PATH | {"total": 45, "span": "2019"}, ScenarioError, "/total"),
        (PATH | {"values": []}, SchemaError, "/values"),
        (PATH | {"values": {}}, SchemaError, "/values"),
        (PATH | {"values": 60, "start": "2019-01"}, SchemaError, "/values"),
        (PATH | {"values": {"2019-01": 60, "2019-03": 61}}, ScenarioError, "/values"),
        (PATH | {"values": {"2019": 60}}, SchemaError, "/values"),
        (PATH | {"values": [60, 5000], "start": "2019-01"}, SchemaError, "/values/1"),
        (PATH | {"values": {"2019-01": 60, "2019-02": "x"}}, SchemaError, "/values/2019-02"),
        (PATH | {"values": [60.0] * 601, "start": "2019-01"}, SchemaError, "/values"),
        (PATH | {"values": [60, 61], "start": "2019-01", "until": "2019-01"}, ScenarioError, "/until"),
        (OF_FLOW | {"hold": 4500}, SchemaError, "/hold"),
        (OF_FLOW | {"hold": 9, "unit": "EUR bn"}, UnitError, "/unit"),
        (OF_FLOW | {"realised": True}, ScenarioError, "/realised"),
        (OF_FLOW | {"total": 110}, SchemaError, "/span"),
        (OF_FLOW | {"total": 110_000, "span": "2019"}, SchemaError, "/total"),
        ({"kind": "path", "driver": "activity", "percent": 5}, ScenarioError, "/percent"),
        ({"kind": "path", "driver": "fx:RUS", "hold": 70, "unit": "USD"}, UnitError, "/unit"),
        (RANGE, ScenarioError, ""),
        (RANGE | {"low": 60, "high": 60}, ScenarioError, "/low"),
        ({"kind": "range", "low": 60}, SchemaError, "/driver"),
        (SHOCK, ScenarioError, ""),
        (SHOCK | {"sd": 1, "percent": 1}, ScenarioError, ""),
        (SHOCK | {"sd": 11}, SchemaError, "/sd"),
        (SHOCK | {"sd": 1, "origin": "war"}, SchemaError, "/origin"),
        ({"kind": "shock", "driver": "exports", "sd": 1, "origin": "demand"}, ScenarioError, "/origin"),
        ({"kind": "shock", "driver": "activity", "sd": 1}, SchemaError, "/driver"),
        ({"kind": "crisis", "severity": -1}, SchemaError, "/severity"),
        ({"kind": "crisis", "severity": 5.1}, SchemaError, "/severity"),
        ({"kind": "crisis", "depth": 1}, SchemaError, "/depth"),
        ({"kind": "crisis", "length_months": 0}, SchemaError, "/length_months"),
        ({"kind": "crisis", "hazard": 3, "episode": "1998"}, ScenarioError, "/hazard"),
        (SHIFT, ScenarioError, ""),
        (SHIFT | {"percent": 1, "usd_bn_a_year": 1}, ScenarioError, ""),
        (SHIFT | {"percent": 1, "share": 0}, SchemaError, "/share"),
        (SHIFT | {"percent": 1, "sd": -1}, SchemaError, "/sd"),
        (SHIFT | {"usd_bn_a_year": 1, "share": 0.5}, ScenarioError, "/share"),
        ({"kind": "shift", "percent": 1}, SchemaError, "/flow"),
        (TARIFF | {"to_percent": 10}, ScenarioError, "/to_percent"),
        (TARIFF | {"elasticity": {"sd": 1}}, SchemaError, "/elasticity/mean"),
        (TARIFF | {"elasticity": {"mean": 1, "width": 1}}, SchemaError, "/elasticity/width"),
        (TARIFF | {"elasticity": "high"}, SchemaError, "/elasticity"),
        (TARIFF | {"diversion": 0.1}, ScenarioError, "/diversion"),
        (SANCTIONS | {"type": "moral"}, SchemaError, "/type"),
        (SANCTIONS | {"loss_percent": 101}, SchemaError, "/loss_percent"),
        (ODDS, SchemaError, "/event"),
        ({"kind": "odds", "event": "crisis"}, SchemaError, "/probability"),
        ({"kind": "odds", "event": "crisis", "probability": 1}, SchemaError, "/probability"),
        (ODDS | {"event": 5}, SchemaError, "/event"),
        (ODDS | {"event": "rain in 2019"}, SchemaError, "/event"),
        (ODDS | {"event": "oil > 80 in 2019"}, SchemaError, "/event"),
        (ODDS | {"event": "oil >= 8000 in 2019"}, SchemaError, "/event/at_least"),
        (ODDS | {"event": {}}, ScenarioError, "/event"),
        (ODDS | {"event": {"what": "crisis", "span": "2019"}}, ScenarioError, "/event/span"),
        (ODDS | {"event": {"what": "oil", "span": "2019"}}, ScenarioError, "/event"),
        (ODDS | {"event": {"what": "oil", "at_least": 80}}, SchemaError, "/event/span"),
        (ODDS | {"event": {"flow": "oil", "at_least": 80, "span": "2019"}}, SchemaError, "/event/flow"),
        (ODDS | {"event": {"what": "oil", "at_least": 80, "span": "2019", "unit": "USD bn"}}, UnitError, "/event/unit"),
    ],
)
def test_mistakes_are_named_with_their_place(given: dict[str, object], error: type[InputError], pointer: str) -> None:
    with pytest.raises(error) as caught:
        parse_condition(given, pointer="/c")
    assert caught.value.pointer == f"/c{pointer}"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (PATH | {"hold": 45, "over_months": 6}, "over_months"),
        (PATH | {"replay": "2014-07/2016-01", "over_months": 6}, "over_months"),
        (PATH | {"values": {"2019-01": 60}, "start": "2020-01"}, "start"),
        (PATH | {"realised": True, "start": "2020-01"}, "start"),
        (PATH | {"realised": True, "width": "none"}, "width"),
        (PATH | {"percent": 5, "unit": "USD/bbl"}, "unit"),
        (PATH | {"hold": 45, "span": "2019"}, "span"),
        (OF_FLOW | {"total": 110, "span": "2019", "start": "2019-01"}, "start"),
        (RANGE | {"low": 45, "span": "2019", "start": "2019-01"}, "start"),
    ],
)
def test_fields_that_would_be_passed_over_are_refused(given: dict[str, object], field: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_condition(given, pointer="/c")
    assert caught.value.pointer == f"/c/{field}"


def test_a_month_in_toml_needs_quotes_and_says_so() -> None:
    with pytest.raises(SchemaError, match="in quotes, as '2019-01'"):
        parse_condition(PATH | {"hold": 45, "start": date(2019, 1, 1)})


def test_amounts_of_flows_in_any_unit_are_the_same() -> None:
    units = {"USD bn": 1.0, "USD mn": 1e3, "USD th": 1e6, "USD": 1e9, "bn USD": 1.0}
    found = {parse_condition(OF_FLOW | {"hold": 8 * per, "unit": unit}) for unit, per in units.items()}
    assert found == {Pinned("turnover", Ramp(8.0), width="none")}


def test_an_amount_out_of_bounds_says_its_unit() -> None:
    with pytest.raises(SchemaError, match=r"between 1e-06 and 1000 USD bn a month; found 4500\. Name another unit"):
        parse_condition(OF_FLOW | {"hold": 4500})
    with pytest.raises(SchemaError, match=r"between 1 and 1000 USD a barrel; found 4500\.$"):
        parse_condition(PATH | {"hold": 4500})


def test_next_january() -> None:
    assert first_month("next-january", month(2018, 10)) == month(2019, 1)
    assert first_month("next-january", month(2019, 1)) == month(2019, 1)
    assert first_month(None, month(2018, 10)) == month(2018, 10)
    assert first_month(month(2020, 5), month(2018, 10)) == month(2020, 5)
