"""Paths that are pinned, read and written: nine ways to say where a driver or a flow goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from forecast.errors import ScenarioError, SchemaError
from forecast.months import parse_month
from forecast.scenarios.conditions.kinds import (
    Form,
    Percent,
    Pinned,
    Quantile,
    Ramp,
    Realised,
    Replay,
    Total,
    Values,
    Width,
)
from forecast.scenarios.conditions.reading.parts import (
    Given,
    read_driver,
    read_level,
    read_number,
    read_span,
    read_start,
    read_unit,
    read_until,
    read_whole,
    read_word,
    refuse_misfits,
    write_said,
    write_start,
    write_until,
)
from forecast.scenarios.conditions.table import FORMS, FORMS_OF, KINDS, MOST_MONTHS, SHOCKS, subject_of
from forecast.scenarios.relative import Start

_KIND = KINDS["path"]


def parse_path(given: Given, pointer: str) -> Pinned:
    """Read a path: exactly one of the forms, and what goes with it.

    Raises:
        SchemaError: a field is unknown, or of the wrong kind.
        ScenarioError: none of the forms, more than one, or a field that does not go with it.
        UnitError: a unit that is not of this driver.
    """
    start = read_start(given, pointer)
    refuse_misfits({"driver": "oil"} | dict(given), _KIND, pointer, "path")
    driver = read_driver(given, pointer, "oil")
    subject = subject_of(driver)
    form = next(form for form in FORMS if form in given)
    if form not in FORMS_OF[subject]:
        raise ScenarioError(
            f"{form!r} does not go with {driver!r}; give one of {', '.join(FORMS_OF[subject])}.",
            pointer=f"{pointer}/{form}",
            allowed=FORMS_OF[subject],
        )
    unit = read_unit(given, driver, pointer)
    width = read_word(given, _KIND, "width", pointer, "none" if subject == "flow" else "own")
    read: Form
    if form == "values":
        start, read = _parse_values(given, driver, unit, start, pointer)
    else:
        read = _parse_form(given, form, driver, unit, pointer)
    until = read_until(given, start, pointer)
    _refuse_cut(read, start, until, pointer)
    return Pinned(driver, read, start, until, cast(Width, width), _parse_adjust(given, pointer))


def _parse_form(given: Given, form: str, driver: str, unit: str, pointer: str) -> Form:
    match form:
        case "hold":
            return Ramp(read_level(given, "hold", driver, unit, pointer))
        case "ramp_to":
            over = read_whole(given, _KIND, "over_months", pointer)
            return Ramp(read_level(given, "ramp_to", driver, unit, pointer), over)
        case "percent":
            over = read_whole(given, _KIND, "over_months", pointer)
            return Percent(read_number(given, _KIND, "percent", pointer), over)
        case "quantile":
            return Quantile(read_number(given, _KIND, "quantile", pointer))
        case "replay":
            return Replay(read_span(given, "replay", pointer))
        case "total":
            return Total(
                read_level(given, "total", driver, unit, pointer, summed=True), read_span(given, "span", pointer)
            )
        case _:
            if given["realised"] is not True:
                raise SchemaError("'realised' can only be true; leave it out otherwise.", pointer=f"{pointer}/realised")
            return Realised()


def _parse_values(given: Given, driver: str, unit: str, start: Start, pointer: str) -> tuple[Start, Values]:
    values, where = given["values"], f"{pointer}/values"
    if isinstance(values, Mapping) and values:
        if "start" in given:
            raise ScenarioError(
                "'start' does not go with values by month; leave one of them out.", pointer=f"{pointer}/start"
            )
        by_month = {parse_month(str(name), pointer=where): name for name in values}
        first, last = min(by_month), max(by_month)
        if len(by_month) != len(values):
            raise SchemaError("A month of 'values' is given twice; give it once.", pointer=where)
        if len(by_month) != last - first + 1:
            raise ScenarioError("The months of 'values' have a hole; give every month.", pointer=where)
        listed = [(str(by_month[m]), values[by_month[m]]) for m in range(first, last + 1)]
        start = first
    elif isinstance(values, list | tuple) and values:
        listed = [(str(i), value) for i, value in enumerate(values)]
    else:
        raise SchemaError("'values' must be a list of amounts, or a mapping of months to amounts.", pointer=where)
    if len(listed) > MOST_MONTHS:
        raise SchemaError(f"'values' may hold {MOST_MONTHS} months at most; found {len(listed)}.", pointer=where)
    return start, Values(tuple(read_level({name: value}, name, driver, unit, where) for name, value in listed))


def _refuse_cut(form: Form, start: Start, until: int | None, pointer: str) -> None:
    if isinstance(form, Values) and isinstance(start, int) and until is not None:
        beyond = start + len(form.values) - 1 - until
        if beyond > 0:
            raise ScenarioError(
                f"'until' cuts off the last {beyond} of the 'values'; leave them out, or end later.",
                pointer=f"{pointer}/until",
            )


def _parse_adjust(given: Given, pointer: str) -> tuple[str, ...]:
    if "adjust" not in given:
        return ()
    listed, where = given["adjust"], f"{pointer}/adjust"
    if not isinstance(listed, list | tuple) or not listed:
        raise SchemaError(
            f"'adjust' must be a list of shocks, of {', '.join(SHOCKS)}; leave it out to let all adjust.",
            pointer=where,
            allowed=SHOCKS,
        )
    for i, word in enumerate(listed):
        if word not in SHOCKS:
            raise SchemaError(
                f"{word!r} is no shock that may adjust; expected one of {', '.join(SHOCKS)}.",
                pointer=f"{where}/{i}",
                allowed=SHOCKS,
            )
        if word in listed[:i]:
            raise SchemaError(f"'adjust' names {word!r} twice; name it once.", pointer=f"{where}/{i}")
    return tuple(listed)


def path_fields(path: Pinned) -> dict[str, object]:
    """A path as it would be written."""
    fields: dict[str, object] = {"kind": "path", "driver": path.driver}
    form = path.form
    match form:
        case Values(values):
            fields["values"] = list(values)
        case Ramp(to, 0):
            fields["hold"] = to
        case Ramp(to, over):
            fields |= {"ramp_to": to, "over_months": over}
        case Percent(percent, over):
            fields |= {"percent": percent, "over_months": over}
        case Quantile(level):
            fields["quantile"] = level
        case Replay(like):
            fields["replay"] = str(like)
        case Total(value, span):
            fields |= {"total": value, "span": str(span)}
        case Realised():
            fields["realised"] = True
    if path.adjust:
        fields["adjust"] = list(path.adjust)
    fields |= write_said(unit=path.unit)
    if not isinstance(form, Realised):
        fields["width"] = path.width
    return {**fields, **write_start(path.start), **write_until(path.until)}
