"""Scenario: a named bundle of conditions, readable from TOML and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from forecast.errors import ScenarioError, SchemaError
from forecast.fields import refuse_unknown, text_field
from forecast.scenarios.conditions import Condition, Crisis, condition_fields, parse_condition

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FIELDS = ("name", "title", "story", "conditions")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Conditions that hold together; without any it is the plain forecast.

    At most one oil path and one crisis.
    """

    name: str
    title: str = ""
    story: str = ""
    conditions: tuple[Condition, ...] = ()


BASELINE = Scenario("baseline", "No condition: the oil price and crises by their own odds")


def parse_scenario(given: Mapping[str, object], *, pointer: str = "") -> Scenario:
    """Read a scenario: ``name``, and optionally ``title``, ``story`` and ``conditions``.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind.
        ScenarioError: two conditions speak about the same thing.
    """
    refuse_unknown(given, _FIELDS, pointer=pointer)
    name = text_field(given, "name", None, pointer=pointer)
    if not _NAME.fullmatch(name):
        raise SchemaError(
            f"{name!r} is no scenario name; use small letters, digits and hyphens (at most 64).",
            pointer=f"{pointer}/name",
        )
    listed = given.get("conditions", [])
    if not isinstance(listed, list | tuple):
        raise SchemaError("'conditions' must be a list.", pointer=f"{pointer}/conditions")
    conditions = []
    for i, entry in enumerate(listed):
        where = f"{pointer}/conditions/{i}"
        if not isinstance(entry, Mapping):
            raise SchemaError(f"A condition must be an object; found {entry!r}.", pointer=where)
        conditions.append(parse_condition(entry, pointer=where))
    crises = sum(isinstance(condition, Crisis) for condition in conditions)
    for what, count in (("crisis", crises), ("oil path", len(conditions) - crises)):
        if count > 1:
            raise ScenarioError(
                f"The scenario {name!r} has {count} conditions on the {what}, which contradict each other; keep one.",
                pointer=f"{pointer}/conditions",
            )
    title = text_field(given, "title", name, pointer=pointer)
    story = text_field(given, "story", title, pointer=pointer)
    return Scenario(name, title, story, tuple(conditions))


def scenario_fields(scenario: Scenario) -> dict[str, object]:
    """A scenario as it would be written in JSON, such that `parse_scenario` reads it back."""
    return {
        "name": scenario.name,
        "title": scenario.title or scenario.name,
        "story": scenario.story or scenario.title or scenario.name,
        "conditions": [condition_fields(condition) for condition in scenario.conditions],
    }
