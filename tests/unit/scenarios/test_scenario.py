"""Scenarios read and written, their mistakes one by one and all at once."""

from __future__ import annotations

import pytest

from forecast.errors import InputError, ScenarioError, SchemaError
from forecast.scenarios.conditions.kinds import Crisis, Pinned
from forecast.scenarios.mistakes import find_mistakes
from forecast.scenarios.scenario import BASELINE, parse_scenario, scenario_fields

PATH = {"kind": "path", "driver": "oil"}


def test_scenario_is_read_and_written_back() -> None:
    given = {
        "version": 1,
        "name": "both",
        "title": "Both",
        "source": "a table",
        "odds": 0.25,
        "conditions": [PATH | {"hold": 45}, {"kind": "crisis"}],
    }
    found = parse_scenario(given)
    assert [type(c) for c in found.conditions] == [Pinned, Crisis]
    assert (found.story, found.source, found.odds, found.version) == ("Both", "a table", 0.25, 1)
    assert parse_scenario(scenario_fields(found)) == found


def test_a_document_of_before_reads_as_before() -> None:
    found = parse_scenario({"name": "old", "conditions": [PATH | {"ramp_to": 45, "over_months": 6, "width": "own"}]})
    assert (found.title, found.story, found.source, found.odds, found.version) == ("old", "old", "", None, 1)


def test_baseline_has_no_condition() -> None:
    assert BASELINE.conditions == ()
    assert parse_scenario(scenario_fields(BASELINE)).conditions == ()


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({}, SchemaError, "/name"),
        ({"name": "Two Words"}, SchemaError, "/name"),
        ({"name": "a" * 65}, SchemaError, "/name"),
        ({"name": "x\n"}, None, ""),
        ({"name": "x", "version": 2}, SchemaError, "/version"),
        ({"name": "x", "version": "1"}, SchemaError, "/version"),
        ({"name": "x", "version": True}, SchemaError, "/version"),
        ({"name": "x", "version": 2, "parts": []}, SchemaError, "/version"),
        ({"name": "x", "odds": 0}, SchemaError, "/odds"),
        ({"name": "x", "odds": 1.1}, SchemaError, "/odds"),
        ({"name": "x", "odds": None}, SchemaError, "/odds"),
        ({"name": "x", "source": ""}, SchemaError, "/source"),
        ({"name": "x", "condition": []}, SchemaError, "/condition"),
        ({"name": "x", "conditions": {}}, SchemaError, "/conditions"),
        ({"name": "x", "conditions": ["oil"]}, SchemaError, "/conditions/0"),
        ({"name": "x", "conditions": [{"kind": "crisis"}] * 51}, SchemaError, "/conditions"),
        ({"name": "x", "conditions": [PATH | {"hold": 45}, PATH | {"percent": 1}]}, ScenarioError, "/conditions/1"),
        ({"name": "x", "conditions": [{"kind": "crisis"}, {"kind": "crisis"}]}, ScenarioError, "/conditions/1"),
        ({"name": "x", "conditions": [PATH | {"hold": 0}]}, SchemaError, "/conditions/0/hold"),
    ],
)
def test_scenario_mistakes(given: dict[str, object], error: type[InputError] | None, pointer: str) -> None:
    if error is None:
        assert parse_scenario(given, pointer="/s").name == "x"
        return
    with pytest.raises(error) as caught:
        parse_scenario(given, pointer="/s")
    assert caught.value.pointer == f"/s{pointer}"
    assert find_mistakes(given, pointer="/s")[0].pointer == f"/s{pointer}"


def test_the_version_that_is_read_is_said() -> None:
    with pytest.raises(SchemaError, match="of version 1 are read; found 3"):
        parse_scenario({"name": "x", "version": 3})


def test_every_mistake_is_found_at_once() -> None:
    given = {
        "name": "No Name",
        "odds": 2,
        "subtitle": "x",
        "conditions": [
            PATH | {"ramp_to": "x", "over_months": 500, "driver": "oil", "width": "wide"},
            {"kind": "crisis"},
            "oil",
            {"kind": "flood"},
            {"kind": "shift", "flow": "imports"},
            {"kind": "crisis", "name": "x", "severity": 9, "start": "2019-01"},
        ],
    }
    assert {mistake.pointer for mistake in find_mistakes(given)} == {
        "/name",
        "/odds",
        "/subtitle",
        "/conditions/0/ramp_to",
        "/conditions/0/over_months",
        "/conditions/0/width",
        "/conditions/2",
        "/conditions/3/kind",
        "/conditions/4",
        "/conditions/5/name",
        "/conditions/5/severity",
    }


def test_every_contradiction_is_found_at_once() -> None:
    crisis = {"kind": "crisis"}
    given = {"name": "x", "conditions": [crisis, PATH | {"hold": 45}, crisis, PATH | {"hold": 60}]}
    assert [mistake.pointer for mistake in find_mistakes(given)] == ["/conditions/2", "/conditions/3"]


def test_what_is_right_has_no_mistakes() -> None:
    assert find_mistakes({"name": "x", "conditions": [PATH | {"hold": 45}, {"kind": "crisis"}]}) == ()
