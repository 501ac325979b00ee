"""The scenarios that travel with Tradewind, and scenario files of the user's own: TOML or JSON."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from forecast.data.fixtures import fixture_path
from forecast.errors import NotFoundError, SchemaError
from forecast.fields import suggest
from forecast.scenarios.scenario import BASELINE, Scenario, parse_scenario

SUFFIXES = (".toml", ".json")


def scenario_names() -> tuple[str, ...]:
    """Names of the scenarios that travel with Tradewind, the baseline first."""
    return (BASELINE.name, *sorted(path.stem for path in fixture_path("scenarios").glob("*.toml")))


def load_scenario(name: str, *, pointer: str = "") -> Scenario:
    """A scenario that travels with Tradewind, by its name.

    Raises:
        NotFoundError: there is no such scenario.
    """
    if name not in scenario_names():
        raise NotFoundError(
            f"There is no scenario {name!r}. {suggest(name, scenario_names())}",
            pointer=pointer,
            allowed=scenario_names(),
        )
    return BASELINE if name == BASELINE.name else read_scenario(fixture_path("scenarios", f"{name}.toml"))


def names_file(text: str) -> bool:
    """Whether a scenario is named by its file: "mine.toml", "mine.json"."""
    return text.lower().endswith(SUFFIXES)


def read_scenario(path: Path, *, pointer: str = "") -> Scenario:
    """A scenario from a TOML or JSON file; without a ``name`` it takes the file's.

    Raises:
        NotFoundError: the file cannot be read.
        SchemaError: the file is neither, or no scenario.
        ScenarioError: its conditions contradict each other.
        UnitError: a unit that cannot be read.
    """
    return parse_scenario(scenario_document(path, pointer=pointer), pointer=pointer)


def scenario_document(path: Path, *, pointer: str = "") -> dict[str, object]:
    """The fields of a scenario file as they are written; a ``name`` that is left out is the file's.

    Raises:
        NotFoundError: the file cannot be read.
        SchemaError: the file is neither TOML nor JSON, or not one object.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFoundError(f"The scenario file {path} cannot be read: {error.strerror}.", pointer=pointer) from None
    except UnicodeDecodeError as error:
        raise SchemaError(f"The scenario file {path} is not text in UTF-8: {error}.", pointer=pointer) from None
    is_json = path.suffix.lower() == ".json"
    try:
        given = json.loads(text, object_pairs_hook=_distinct) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        what = "JSON" if is_json else "TOML"
        raise SchemaError(f"The scenario file {path} is not {what}: {error}.", pointer=pointer) from None
    if not isinstance(given, Mapping):
        raise SchemaError(f"The scenario file {path} must hold one object; found {given!r:.60}.", pointer=pointer)
    if not given:
        raise SchemaError(f"The scenario file {path} holds nothing; give it a name or conditions.", pointer=pointer)
    return {"name": path.stem, **given}


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON whose names differ; a repeated one would be passed over."""
    names = [name for name, _ in pairs]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ValueError(f"the field {name!r} stands there twice")
    return dict(pairs)
