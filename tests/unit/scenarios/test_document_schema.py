"""The JSON Schema and the readers agree: what the one lets through the other reads, field by field and in mixtures."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.data.scenario_files import load_scenario, scenario_names
from forecast.errors import InputError
from forecast.scenarios.conditions.table import EVENT, KINDS, event_pattern
from forecast.scenarios.document_schema import document_schema
from forecast.scenarios.scenario import parse_scenario, scenario_fields

jsonschema = pytest.importorskip("jsonschema")

NUMBERS = [0, 1, 0.5, 2.5, 6.0, 45, 50.0, -3, 700, 1500, 25_000, 10**400, True, None, "45", [], {}]
WORDS = [
    "oil",
    "exports",
    "turnover",
    "activity",
    "fx:RUS",
    "fx:rus",
    "crisis",
    "own",
    "none",
    "supply",
    "trade",
    "",
    5,
]
MONTHS = ["2019-01", "2019-13", "1899-01", "next-january", "soon", 2019, None]
SPANS = ["2019", "2019-03", "2019-01/2019-06", "2019/2020", "x", 2019]
LISTS = [
    [45],
    [45, 50.0],
    [],
    [0.5],
    ["45"],
    [700] * 3,
    {"2019-01": 45},
    {"2019-01": 45, "2019-02": 2000},
    {"x": 45},
    {},
]
POOLS: dict[str, list[Any]] = {
    "values": [*LISTS, 45, None],
    "low": [2, 40, 0.1, "x", None],
    "high": [50, 900, 5000, 90_000, True],
    "at_least": [2, 80, 0.1, 5000, "x"],
    "at_most": [50, 900, 5000, 90_000, None],
    "from_percent": [0, 10, -1, 1001, "x"],
    "to_percent": [25, 1000, 1001, None],
    "realised": [True, False, 1, "yes"],
    "unit": ["USD/bbl", "USD bn", "USD mn", "USD th", "USD", "EUR", "", 5],
    "until": ["2025-12", "next-january", "2025", 5, None],
    "start": MONTHS,
    "span": SPANS,
    "replay": SPANS,
    "width": ["own", "none", "wide", None],
    "adjust": [["oil"], ["oil", "common"], ["oil", "oil"], ["wages"], [], "oil"],
    "origin": ["supply", "demand", "war", None],
    "pass_through": [0.9, 2, {"mean": 0.9}, {"mean": 0.9, "sd": 0.1}, {"sd": 0.1}, {"mean": 0.9, "x": 1}, "x"],
    "event": [
        "crisis",
        "oil >= 80 in 2019",
        "turnover <= 90000 USD mn over 2019-01/2019-06",
        "fx:RUS >= 80.5 in 2019",
        "oil > 80 in 2019",
        "rain",
        5,
        None,
    ],
}
POOLS |= dict.fromkeys(("elasticity", "diversion", "loss_percent"), POOLS["pass_through"])
BASES: list[dict[str, Any]] = [
    {"kind": "path", "driver": "oil", "hold": 45},
    {"kind": "path", "values": [45, 50.0], "start": "2019-01"},
    {"kind": "path", "driver": "turnover", "total": 50.0, "span": "2019"},
    {"kind": "path", "driver": "exports", "ramp_to": 50.0, "over_months": 6, "unit": "USD mn"},
    {"kind": "path", "driver": "fx:RUS", "hold": 0.5},
    {"kind": "path", "driver": "activity", "hold": -3},
    {"kind": "path", "realised": True},
    {"kind": "range", "driver": "oil", "low": 40},
    {"kind": "range", "driver": "exports", "high": 5000, "span": "2019"},
    {"kind": "shock", "driver": "oil", "sd": 1},
    {"kind": "crisis", "episode": "1998"},
    {"kind": "crisis", "hazard": 0},
    {"kind": "shift", "flow": "exports", "percent": 45},
    {"kind": "shift", "flow": "exports", "usd_bn_a_year": 45},
    {"kind": "tariff", "flow": "exports", "from_percent": 10, "to_percent": 25},
    {"kind": "sanctions", "flow": "exports"},
    {"kind": "odds", "event": "crisis", "probability": 0.5},
]
EVENTS: list[dict[str, Any]] = [
    {"what": "crisis"},
    {"what": "oil", "at_least": 80, "span": "2019"},
    {"flow": "turnover", "at_most": 50, "span": "2019"},
    {"driver": "activity", "at_least": 2, "span": "2019"},
]


@cache
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(document_schema())
    return jsonschema.Draft202012Validator(document_schema())


def readable(document: dict[str, Any]) -> bool:
    try:
        parse_scenario(document)
    except InputError:
        return False
    return True


def pool(name: str) -> list[Any]:
    if name in POOLS:
        return POOLS[name]
    return WORDS if name in ("driver", "flow", "what", "episode", "group", "type", "kind") else NUMBERS


@st.composite
def changed(draw: st.DrawFn, base: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The base with some fields set to something, good or bad, and perhaps one left out."""
    fields = dict(base)
    for name in draw(st.lists(st.sampled_from(names), max_size=3)):
        fields[name] = draw(st.sampled_from(pool(name)))
    if draw(st.booleans()):
        fields.pop(draw(st.sampled_from(names)), None)
    return fields


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    base = draw(st.sampled_from(BASES))
    found = draw(changed(base, (*KINDS[base["kind"]].fields, "colour")))
    if base["kind"] == "odds" and draw(st.booleans()):
        found["event"] = draw(changed(draw(st.sampled_from(EVENTS)), (*EVENT.fields, "colour")))
    return found


@settings(max_examples=500, deadline=None, derandomize=True)
@given(conditions())
def test_schema_and_reader_agree_on_conditions(condition: dict[str, Any]) -> None:
    document = {"name": "x", "conditions": [condition]}
    good = readable(document)
    assert validator().is_valid(document) == good, json.dumps(condition, default=str)
    if good:
        scenario = parse_scenario(document)
        assert parse_scenario(scenario_fields(scenario)) == scenario
        assert validator().is_valid(scenario_fields(scenario))


@pytest.mark.parametrize("kind", KINDS)
def test_schema_and_reader_agree_on_every_field_alone(kind: str) -> None:
    both = [0, 0]
    for base in (base for base in BASES if base["kind"] == kind):
        for name in KINDS[kind].fields:
            for value in pool(name):
                document = {"name": "x", "conditions": [base | {name: value}]}
                good = readable(document)
                assert validator().is_valid(document) == good, document
                both[good] += 1
    assert min(both) >= 5


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"version": 1},
        {"version": 2},
        {"version": "1"},
        {"version": True},
        {"name": "Two Words"},
        {"name": "a" * 65},
        {"name": None},
        {"title": ""},
        {"title": 5},
        {"source": "x"},
        {"source": " "},
        {"odds": 0.5},
        {"odds": 1},
        {"odds": 0},
        {"odds": 1.5},
        {"odds": None},
        {"conditions": {}},
        {"conditions": [5]},
        {"conditions": [{}]},
        {"conditions": [{"kind": "flood"}]},
        {"conditions": [{"kind": "sanctions", "flow": "exports", "start": f"{y}-01"} for y in range(1950, 2001)]},
        {"conditions": [{"kind": "sanctions", "flow": "exports", "start": f"{y}-01"} for y in range(1950, 2000)]},
        {"colour": "red"},
    ],
)
def test_schema_and_reader_agree_on_the_rest(change: dict[str, Any]) -> None:
    document = {"name": "x", "conditions": []} | change
    assert validator().is_valid(document) == readable(document)


def test_what_is_written_is_valid() -> None:
    for name in scenario_names():
        written = json.loads(json.dumps(scenario_fields(load_scenario(name))))
        validator().validate(written)
        assert parse_scenario(written) == parse_scenario(scenario_fields(load_scenario(name)))


def test_other_spellings_are_read_and_written_plainly() -> None:
    spelled = {"kind": "path", "driver": " exports ", "hold": 5000, "unit": "million USD"}
    document = {"name": "x", "conditions": [spelled]}
    assert not validator().is_valid(document)
    validator().validate(scenario_fields(parse_scenario(document)))


def test_the_schema_is_json_with_a_meaning_for_every_field() -> None:
    schema = json.loads(json.dumps(document_schema(), allow_nan=False))
    for name in (*KINDS, "event"):
        fields = schema["$defs"][name]["properties"]
        assert all(field.get("description") for key, field in fields.items() if key != "kind"), name
    assert event_pattern() in json.dumps(schema).replace("\\\\", "\\")
