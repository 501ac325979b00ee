"""Odds of an event, read and written; the event as an object or as a line of text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from forecast.errors import ScenarioError, SchemaError
from forecast.fields import choice_field, refuse_unknown
from forecast.panel import FLOWS
from forecast.scenarios.conditions.kinds import CRISIS, Event, Odds
from forecast.scenarios.conditions.reading.parts import (
    Given,
    read_driver,
    read_level,
    read_number,
    read_span,
    read_unit,
    refuse_misfits,
    write_said,
)
from forecast.scenarios.conditions.table import EVENT, KINDS

_KIND = KINDS["odds"]
_SIDES = {">=": "at_least", "<=": "at_most"}
_TEXT = re.compile(
    r"\s*(?P<what>[A-Za-z:]+)\s*(?P<side>[<>=]+)\s*(?P<mark>[-+]?[0-9]+(\.[0-9]+)?)\s*(?P<unit>[A-Za-z$][A-Za-z$/ ]*?)?"
    r"\s+(in|over)\s+(?P<span>\S+)\s*"
)


def parse_odds(given: Given, pointer: str) -> Odds:
    """Read the probability of an event.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind.
        ScenarioError: fields of the event that do not go together.
        UnitError: a unit that is not of what the event is about.
    """
    refuse_misfits(given, _KIND, pointer, "condition on odds")
    event, where = given["event"], f"{pointer}/event"
    if isinstance(event, str):
        read = parse_event(event, pointer=where)
    elif isinstance(event, Mapping):
        read = _parse_event_fields(event, where)
    else:
        raise SchemaError(f"'event' must be an object or text; found {event!r}.", pointer=where)
    return Odds(read, read_number(given, _KIND, "probability", pointer))


def parse_event(text: str, *, pointer: str = "") -> Event:
    """Read "oil >= 80 in 2019", "turnover <= 9000 USD mn in 2018-10" or "crisis".

    Raises:
        SchemaError: another form, driver or span, or a mark out of bounds.
        UnitError: a unit that is not of what the event is about.
    """
    if text.strip() == CRISIS:
        return Event(CRISIS)
    found = _TEXT.fullmatch(text)
    if not found or found["side"] not in (">=", "<=", ">", "<"):
        raise SchemaError(
            f"{text!r} is no event; write it as 'oil >= 80 in 2019', 'turnover <= 100 in 2019' or 'crisis'.",
            pointer=pointer,
        )
    if found["side"] not in _SIDES:
        raise SchemaError(f"Write {found['side']}= in place of {found['side']}; found {text!r}.", pointer=pointer)
    given = {"what": found["what"], _SIDES[found["side"]]: float(found["mark"]), "span": found["span"]}
    if found["unit"]:
        given["unit"] = found["unit"]
    return _parse_event_fields(given, pointer)


def _parse_event_fields(given: Given, pointer: str) -> Event:
    refuse_unknown(given, tuple(EVENT.fields), pointer=pointer)
    refuse_misfits(given, EVENT, pointer, "event")
    if "flow" in given:
        what = choice_field(given, "flow", None, FLOWS, pointer=pointer)
    elif "driver" in given:
        what = read_driver(given, pointer)
    else:
        what = read_driver(given, pointer, name="what", more=(CRISIS,))
    marks = [name for name in _SIDES.values() if name in given]
    if what == CRISIS:
        idle = next((name for name in (*marks, "span", "unit") if name in given), None)
        if idle:
            raise ScenarioError(
                f"{idle!r} does not go with a crisis, which has no mark; leave it out.", pointer=f"{pointer}/{idle}"
            )
        return Event(CRISIS)
    if len(marks) != 1:
        raise ScenarioError(
            f"An event needs exactly one of at_least, at_most; found {' and '.join(marks) or 'none'}.",
            pointer=pointer,
            allowed=tuple(_SIDES.values()),
        )
    unit = read_unit(given, what, pointer)
    mark = read_level(given, marks[0], what, unit, pointer, summed=True)
    span = read_span(given, "span", pointer)
    return Event(what, at_least=mark, span=span) if marks[0] == "at_least" else Event(what, at_most=mark, span=span)


def odds_fields(odds: Odds) -> dict[str, object]:
    """Odds as they would be written."""
    event = odds.event
    return {
        "kind": "odds",
        "event": {
            "what": event.what,
            **write_said(
                at_least=event.at_least,
                at_most=event.at_most,
                span=None if event.span is None else str(event.span),
                unit=event.unit,
            ),
        },
        "probability": odds.probability,
    }
