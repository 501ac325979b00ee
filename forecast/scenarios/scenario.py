"""Scenario: a named bundle of conditions, readable from TOML and JSON, and put together in Python by adding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from forecast.errors import SchemaError
from forecast.fields import number_field, refuse_unknown, text_field
from forecast.scenarios.conditions.kinds import Condition
from forecast.scenarios.conditions.reading.condition import condition_fields, parse_condition
from forecast.scenarios.conditions.together.contradictions import refuse_contradictions
from forecast.scenarios.conditions.together.joined_names import condition_name, joined_name
from forecast.scenarios.conditions.wording import condition_words

VERSIONS = (1,)  #: of the document, that are read
NAME_PATTERN = r"[a-z0-9][a-z0-9-]{0,63}"
MOST_CONDITIONS = 50
FIELDS = ("version", "name", "title", "story", "source", "odds", "conditions")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Conditions that hold together; without any it is the plain forecast.

    odds: its weight in a set of scenarios, above 0 and up to 1; None outside of sets. source: what its numbers rest on.
    Adding a condition or another scenario gives a new one.
    """

    name: str
    title: str = ""
    story: str = ""
    conditions: tuple[Condition, ...] = ()
    source: str = ""
    odds: float | None = None
    version: int = VERSIONS[-1]

    def __add__(self, other: Condition | Scenario) -> Scenario:
        """Both together, under a name made of theirs and without odds.

        Raises:
            ScenarioError: a condition of the one contradicts one of the other.
        """
        if isinstance(other, Scenario):
            return _together(self, other)
        if not isinstance(other, Condition):
            return NotImplemented
        return _together(self, _alone(other))

    def __radd__(self, other: Condition) -> Scenario:
        """A condition and this scenario.

        Raises:
            ScenarioError: the condition contradicts one of the scenario.
        """
        if not isinstance(other, Condition):
            return NotImplemented
        return _together(_alone(other), self)

    def named(self, name: str, *, title: str | None = None, story: str | None = None) -> Scenario:
        """The same conditions under another name, title or story.

        Raises:
            SchemaError: the name is none.
        """
        _refuse_name(name, "")
        return replace(
            self, name=name, title=self.title if title is None else title, story=self.story if story is None else story
        )

    def with_odds(self, odds: float) -> Scenario:
        """The same scenario with its weight in a set.

        Raises:
            SchemaError: not above 0 and up to 1.
        """
        return replace(self, odds=_read_odds({"odds": odds}, ""))


BASELINE = Scenario("baseline", "No condition: the oil price and crises by their own odds")


def _alone(condition: Condition) -> Scenario:
    words = condition_words(condition)
    return Scenario(condition_name(condition), words, f"{words}.", (condition,))


def _together(one: Scenario, other: Scenario) -> Scenario:
    conditions = (*one.conditions, *other.conditions)
    _refuse_many(len(conditions), "")
    refuse_contradictions(conditions)
    parts = [scenario for scenario in (one, other) if scenario.conditions or scenario.name != BASELINE.name]
    if not parts:
        return BASELINE
    return Scenario(
        name=joined_name(scenario.name for scenario in parts),
        title="; ".join(scenario.title for scenario in parts if scenario.title),
        story="\n".join(scenario.story.strip() for scenario in parts if scenario.story.strip()),
        conditions=conditions,
        source="; ".join(dict.fromkeys(scenario.source for scenario in parts if scenario.source)),
    )


# ---- reading and writing -----------------------------------------------------------------------------


def parse_scenario(given: Mapping[str, object], *, pointer: str = "") -> Scenario:
    """Read a scenario: ``name``, and if given version, title, story, source, odds and conditions.

    Raises:
        SchemaError: a field is unknown, missing, out of bounds or of the wrong kind.
        ScenarioError: fields of a condition do not go together, or two conditions contradict each other.
        UnitError: a unit that cannot be read, or not of what the amount is of.
    """
    version = _read_version(given, pointer)
    if not isinstance(given, Mapping):
        raise SchemaError(f"A scenario is a mapping of its fields; found {type(given).__name__}.", pointer=pointer)
    refuse_unknown(given, FIELDS, pointer=pointer)
    name = text_field(given, "name", None, pointer=pointer)
    _refuse_name(name, pointer)
    odds = _read_odds(given, pointer) if "odds" in given else None
    listed = listed_conditions(given, pointer=pointer)
    conditions = tuple(read_condition(entry, pointer=f"{pointer}/conditions/{i}") for i, entry in enumerate(listed))
    refuse_contradictions(conditions, pointer=pointer)
    title = text_field(given, "title", name, pointer=pointer)
    return Scenario(
        name,
        title,
        text_field(given, "story", title, pointer=pointer),
        conditions,
        text_field(given, "source", None, pointer=pointer) if "source" in given else "",
        odds,
        version,
    )


def scenario_fields(scenario: Scenario) -> dict[str, object]:
    """A scenario as it would be written in JSON, such that `parse_scenario` reads it back."""
    fields: dict[str, object] = {
        "version": scenario.version,
        "name": scenario.name,
        "title": scenario.title or scenario.name,
        "story": scenario.story or scenario.title or scenario.name,
    }
    if scenario.source:
        fields["source"] = scenario.source
    if scenario.odds is not None:
        fields["odds"] = scenario.odds
    return {**fields, "conditions": [condition_fields(condition) for condition in scenario.conditions]}


def listed_conditions(given: Mapping[str, object], *, pointer: str = "") -> list[object]:
    """The conditions of a document, as they are written.

    Raises:
        SchemaError: no list, or too many.
    """
    listed = given.get("conditions", [])
    if not isinstance(listed, list | tuple):
        raise SchemaError("'conditions' must be a list.", pointer=f"{pointer}/conditions")
    _refuse_many(len(listed), pointer)
    return list(listed)


def read_condition(entry: object, *, pointer: str) -> Condition:
    """One entry of the list of conditions.

    Raises:
        InputError: as `parse_condition`, and when the entry is no object.
    """
    if not isinstance(entry, Mapping):
        raise SchemaError(f"A condition must be an object; found {entry!r}.", pointer=pointer)
    return parse_condition(entry, pointer=pointer)


def _refuse_many(count: int, pointer: str) -> None:
    if count > MOST_CONDITIONS:
        raise SchemaError(
            f"'conditions' may hold {MOST_CONDITIONS} at most; found {count}.", pointer=f"{pointer}/conditions"
        )


def _read_version(given: Mapping[str, object], pointer: str) -> int:
    version = given.get("version", VERSIONS[-1])
    for known in VERSIONS:
        if not isinstance(version, bool) and isinstance(version, int | float) and version == known:
            return known
    read = " and ".join(map(str, VERSIONS))
    raise SchemaError(
        f"Scenario documents of version {read} are read; found {version!r}. Set 'version' to {VERSIONS[-1]}, or leave "
        "it out.",
        pointer=f"{pointer}/version",
        allowed=tuple(map(str, VERSIONS)),
    )


def _refuse_name(name: str, pointer: str) -> None:
    if not re.fullmatch(NAME_PATTERN, name):
        raise SchemaError(
            f"{name!r} is no scenario name; use small letters, digits and hyphens (at most 64).",
            pointer=f"{pointer}/name",
        )


def _read_odds(given: Mapping[str, object], pointer: str) -> float:
    odds = number_field(given, "odds", None, low=0.0, high=1.0, pointer=pointer)
    if odds == 0.0:
        raise SchemaError("'odds' must lie above 0, up to 1; found 0.", pointer=f"{pointer}/odds")
    return odds
