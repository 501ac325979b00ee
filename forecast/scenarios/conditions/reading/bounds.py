"""Ranges and shocks, read and written."""

from __future__ import annotations

from typing import Literal, cast

from forecast.errors import ScenarioError
from forecast.fields import choice_field
from forecast.panel import FLOWS
from forecast.scenarios.conditions.kinds import OIL, Between, Shock
from forecast.scenarios.conditions.reading.parts import (
    Given,
    read_driver,
    read_level,
    read_number,
    read_span,
    read_start,
    read_unit,
    read_until,
    read_word,
    refuse_misfits,
    write_said,
    write_start,
    write_until,
)
from forecast.scenarios.conditions.table import KINDS

_RANGE, _SHOCK = KINDS["range"], KINDS["shock"]


def parse_range(given: Given, pointer: str) -> Between:
    """Read a range: ``low``, ``high`` or both, of every month or over a span.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind.
        ScenarioError: no bound, bounds the wrong way round, or fields that do not go together.
        UnitError: a unit that is not of this driver.
    """
    start = read_start(given, pointer)
    refuse_misfits(given, _RANGE, pointer, "range")
    driver = read_driver(given, pointer)
    unit = read_unit(given, driver, pointer)
    span = read_span(given, "span", pointer) if "span" in given else None
    low, high = (
        read_level(given, name, driver, unit, pointer, summed=span is not None) if name in given else None
        for name in ("low", "high")
    )
    if low is not None and high is not None and low >= high:
        raise ScenarioError(
            f"'low' must be below 'high'; found {given['low']} and {given['high']}.", pointer=f"{pointer}/low"
        )
    return Between(driver, low, high, start, read_until(given, start, pointer), span)


def range_fields(condition: Between) -> dict[str, object]:
    """A range as it would be written."""
    return {
        "kind": "range",
        "driver": condition.driver,
        **write_said(
            low=condition.low,
            high=condition.high,
            span=None if condition.span is None else str(condition.span),
            unit=condition.unit,
        ),
        **write_start(condition.start),
        **write_until(condition.until),
    }


def parse_shock(given: Given, pointer: str) -> Shock:
    """Read a shock: ``sd`` or ``percent`` of oil or a flow.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind.
        ScenarioError: no size or two, or an origin of what is not oil.
    """
    start = read_start(given, pointer)
    refuse_misfits(given, _SHOCK, pointer, "shock")
    driver = choice_field(given, "driver", None, (OIL, *FLOWS), pointer=pointer)
    unit: Literal["sd", "percent"] = "sd" if "sd" in given else "percent"
    size = read_number(given, _SHOCK, unit, pointer)
    origin = read_word(given, _SHOCK, "origin", pointer) if "origin" in given else ""
    if origin and driver != OIL:
        raise ScenarioError("'origin' is of a shock of oil only; leave it out.", pointer=f"{pointer}/origin")
    return Shock(driver, size, unit, cast(Literal["", "supply", "demand"], origin), start)


def shock_fields(shock: Shock) -> dict[str, object]:
    """A shock as it would be written."""
    return {
        "kind": "shock",
        "driver": shock.driver,
        shock.unit: shock.size,
        **write_said(origin=shock.origin),
        **write_start(shock.start),
    }
