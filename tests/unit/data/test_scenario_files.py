"""Scenario files: those that travel read and write back; TOML and JSON of one's own, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forecast.data.scenario_files import load_scenario, names_file, read_scenario, scenario_names
from forecast.errors import NotFoundError, SchemaError
from forecast.scenarios.conditions.kinds import Ramp
from forecast.scenarios.conditions.together.contradictions import refuse_contradictions
from forecast.scenarios.mistakes import find_mistakes
from forecast.scenarios.scenario import BASELINE, parse_scenario, scenario_fields

NAMES = scenario_names()[1:]


def test_enough_travel_and_the_first_is_the_plain_forecast() -> None:
    assert scenario_names()[0] == "baseline"
    assert load_scenario("baseline") is BASELINE
    assert len(NAMES) >= 14
    kinds = {str(fields["kind"]) for name in NAMES for fields in scenario_fields(load_scenario(name))["conditions"]}  # type: ignore[attr-defined]
    assert kinds == {"path", "range", "shock", "crisis", "shift", "tariff", "sanctions", "odds"}


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_that_travels_is_whole(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title != name
    assert 2 <= len(scenario.story.splitlines()) <= 6
    assert scenario.source
    assert scenario.conditions
    assert not find_mistakes(scenario_fields(scenario))
    assert parse_scenario(json.loads(json.dumps(scenario_fields(scenario)))) == scenario


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_that_travels_holds_in_any_month(name: str) -> None:
    for first in range(12 * 2018, 12 * 2018 + 12):
        refuse_contradictions(load_scenario(name).conditions, first=first)
    assert not any(isinstance(getattr(condition, "start", None), int) for condition in load_scenario(name).conditions)


def test_json_and_toml_say_the_same(tmp_path: Path) -> None:
    scenario = load_scenario("oil-slump")
    path = tmp_path / "oil-slump.json"
    path.write_text(json.dumps(scenario_fields(scenario)))
    assert read_scenario(path) == scenario
    assert isinstance(scenario.conditions[0].form, Ramp)  # type: ignore[union-attr]


def test_a_file_without_a_name_gives_its_own(tmp_path: Path) -> None:
    as_json = '{"version": 1}'
    for name, text in (("mine.toml", "version = 1"), ("mine.json", as_json), ("mine.JSON", f"\ufeff{as_json}")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert read_scenario(tmp_path / name).name == "mine"
        assert names_file(name)
    assert not names_file("oil-slump")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.toml", b"name =", "is not TOML"),
        ("x.toml", b"\xff\xfe", "is not text in UTF-8"),
        ("x.json", b"{", "is not JSON"),
        ("x.json", b"[1]", "must hold one object"),
        ("x.json", b'{"title": "a", "title": "b"}', "'title' stands there twice"),
        ("x.json", b"[" * 100_000, "is not JSON"),
        ("x.json", b'{"odds": NaN}', "must be a finite number"),
        ("x.toml", b"version = 9", "of version 1 are read"),
        ("x y.toml", b"version = 1", "'x y' is no scenario name"),
        ("x.toml", b"", "holds nothing"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SchemaError) as caught:
        read_scenario(tmp_path / name)
    assert said in caught.value.message


def test_files_and_names_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="cannot be read"):
        read_scenario(tmp_path / "none.toml")
    with pytest.raises(NotFoundError, match="cannot be read"):
        read_scenario(tmp_path)
    with pytest.raises(NotFoundError, match="Did you mean 'oil-slump'"):
        load_scenario("oil-slumb")
