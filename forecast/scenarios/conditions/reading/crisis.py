"""Crises and how often they begin, read and written."""

from __future__ import annotations

from forecast.fields import text_field
from forecast.scenarios.conditions.kinds import Crisis, Hazard
from forecast.scenarios.conditions.reading.parts import (
    Given,
    read_number,
    read_some_number,
    read_start,
    refuse_misfits,
    write_said,
    write_start,
)
from forecast.scenarios.conditions.table import KINDS

_KIND = KINDS["crisis"]


def parse_crisis(given: Given, pointer: str) -> Crisis | Hazard:
    """Read a crisis that begins, or with ``hazard`` alone how often crises do.

    Raises:
        SchemaError: a field is unknown, or of the wrong kind.
        ScenarioError: a hazard with a crisis.
    """
    start = read_start(given, pointer)
    refuse_misfits(given, _KIND, pointer, "crisis")
    if "hazard" in given:
        return Hazard(read_number(given, _KIND, "hazard", pointer))
    return Crisis(
        episode=text_field(given, "episode", "typical", pointer=pointer),
        start=start,
        severity=read_number(given, _KIND, "severity", pointer, 1.0),
        length_months=read_some_number(given, _KIND, "length_months", pointer),
    )


def crisis_fields(crisis: Crisis | Hazard) -> dict[str, object]:
    """A crisis, or how often they begin, as it would be written."""
    if isinstance(crisis, Hazard):
        return {"kind": "crisis", "hazard": crisis.multiplier}
    return {
        "kind": "crisis",
        "episode": crisis.episode,
        "severity": crisis.severity,
        **write_said(length_months=crisis.length_months),
        **write_start(crisis.start),
    }
