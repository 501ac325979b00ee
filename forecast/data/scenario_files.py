"""The scenarios that travel with Tradewind, and scenario files of the user's own."""

from __future__ import annotations

import tomllib
from pathlib import Path

from forecast.data.fixtures import fixture_path
from forecast.errors import NotFoundError, SchemaError
from forecast.fields import suggest
from forecast.scenarios.scenario import BASELINE, Scenario, parse_scenario


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


def read_scenario(path: Path, *, pointer: str = "") -> Scenario:
    """A scenario from a TOML file; without a ``name`` it takes the file's.

    Raises:
        NotFoundError: the file cannot be read.
        SchemaError: the file is not TOML, or no scenario.
        ScenarioError: its conditions contradict each other.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotFoundError(f"The scenario file {path} cannot be read: {error.strerror}.", pointer=pointer) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemaError(f"The scenario file {path} is not TOML: {error}.", pointer=pointer) from None
    return parse_scenario({"name": path.stem} | given, pointer=pointer)
