"""Reading and writing the fields that conditions share: numbers, months, spans, amounts with units, rules of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from forecast.errors import ScenarioError, SchemaError, UnitError
from forecast.fields import choice_field, integer_field, number_field, refuse_unknown, suggest, text_field
from forecast.months import Span, format_month, parse_month, parse_span
from forecast.panel import FLOWS
from forecast.scenarios.conditions.kinds import Uncertain
from forecast.scenarios.conditions.table import (
    UNITS_OF,
    Doubtful,
    Kind,
    Number,
    Whole,
    Word,
    level_bounds,
    subject_of,
)
from forecast.scenarios.relative import Start
from forecast.units import UNITS, canonical_unit, usd_bn

Given = Mapping[str, object]


def refuse_misfits(given: Given, kind: Kind, pointer: str, what: str) -> None:
    """Refuse fields that nobody reads, forms that are missing or too many, and fields that do not go together.

    Raises:
        SchemaError: an unknown field, or one that is missing.
        ScenarioError: fields that do not go together.
    """
    refuse_unknown(given, ("kind", *kind.fields), pointer=pointer)
    for name in kind.required:
        if given.get(name) is None:
            raise SchemaError(f"The field {name!r} of a {what} is missing.", pointer=f"{pointer}/{name}")
    said = [name for name in kind.one_of if name in given]
    if kind.one_of and len(said) != 1:
        raise ScenarioError(
            f"A {what} needs exactly one of {', '.join(kind.one_of)}; found {' and '.join(said) or 'none'}.",
            pointer=pointer,
            allowed=kind.one_of,
        )
    if kind.some_of and not any(name in given for name in kind.some_of):
        raise ScenarioError(
            f"A {what} needs {' or '.join(kind.some_of)}, or both; found neither.",
            pointer=pointer,
            allowed=kind.some_of,
        )
    refuse_idle(given, kind, pointer)


def refuse_idle(given: Given, kind: Kind, pointer: str) -> None:
    """Refuse a field that the others make pointless.

    Raises:
        ScenarioError: at the first of them.
    """
    for name, beside in kind.only_with.items():
        if _says(given, kind, name) and not any(other in given for other in beside):
            raise ScenarioError(
                f"{name!r} goes with {' or '.join(map(repr, beside))} only; leave it out.", pointer=f"{pointer}/{name}"
            )
    for name, beside in kind.never_with.items():
        other = next((other for other in beside if other in given), None)
        if other and _says(given, kind, name):
            raise ScenarioError(
                f"{name!r} does not go with {other!r}; leave one of them out.", pointer=f"{pointer}/{name}"
            )


def _says(given: Given, kind: Kind, name: str) -> bool:
    return name in given and not (name in kind.idle and given[name] == kind.idle[name])


def read_number(given: Given, kind: Kind, name: str, pointer: str, default: float | None = None) -> float:
    """A number within the bounds of the table; ``default`` None makes it required.

    Raises:
        SchemaError: missing, not a finite number, or out of bounds.
    """
    spec = kind.fields[name]
    assert isinstance(spec, Number)
    value = number_field(given, name, default, low=spec.low, high=spec.high, pointer=pointer)
    if (spec.open_low and value == spec.low) or (spec.open_high and value == spec.high):
        both = spec.open_low and spec.open_high
        bounds = (
            f"strictly between {spec.low:g} and {spec.high:g}" if both else f"above {spec.low:g}, up to {spec.high:g}"
        )
        raise SchemaError(f"{name!r} must lie {bounds}; found {value:g}.", pointer=f"{pointer}/{name}")
    return value


def read_some_number(given: Given, kind: Kind, name: str, pointer: str) -> float | None:
    """As `read_number`, None where the field is left out."""
    return read_number(given, kind, name, pointer) if name in given else None


def read_whole(given: Given, kind: Kind, name: str, pointer: str, default: int = 0) -> int:
    """A whole number within the bounds of the table; 6.0 is one too, as JSON makes no difference.

    Raises:
        SchemaError: not whole, or out of bounds.
    """
    spec = kind.fields[name]
    assert isinstance(spec, Whole)
    value = given.get(name, default)
    plain = {name: int(value)} if isinstance(value, float) and value.is_integer() else {name: value}
    return integer_field(plain, name, None, low=spec.low, high=spec.high, pointer=pointer)


def read_word(given: Given, kind: Kind, name: str, pointer: str, default: str | None = None) -> str:
    """One of the words of the table; ``default`` None makes it required.

    Raises:
        SchemaError: missing, or another word.
    """
    spec = kind.fields[name]
    assert isinstance(spec, Word)
    return choice_field(given, name, default, spec.words, pointer=pointer)


def read_driver(
    given: Given, pointer: str, default: str | None = None, *, name: str = "driver", more: tuple[str, ...] = ()
) -> str:
    """ "oil", a flow, "activity" or "fx:RUS"; ``more`` words that do as well.

    Raises:
        SchemaError: none of these.
    """
    text = text_field(given, name, default, pointer=pointer)
    known = ("oil", *FLOWS, "activity", *more)
    code = text.removeprefix("fx:")
    if text in known or (text != code and len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        return text
    hint = "Write an exchange rate as fx:RUS, with the code of the country." if text.startswith("fx") else ""
    raise SchemaError(
        f"{text!r} is no {name}. {hint or suggest(text, known)}",
        pointer=f"{pointer}/{name}",
        allowed=(*known, "fx:AAA"),
    )


def read_start(given: Given, pointer: str) -> Start:
    """The month of ``start``, "next-january", or None where it is left out.

    Raises:
        SchemaError: neither.
    """
    if "start" not in given:
        return None
    if given["start"] == "next-january":
        return "next-january"
    text = _month_text(given, "start", pointer)
    return "next-january" if text == "next-january" else parse_month(text, pointer=f"{pointer}/start")


def read_until(given: Given, start: Start, pointer: str) -> int | None:
    """The month of ``until``, None where it is left out.

    Raises:
        SchemaError: not a month.
        ScenarioError: before ``start``.
    """
    if "until" not in given:
        return None
    until = parse_month(_month_text(given, "until", pointer), pointer=f"{pointer}/until")
    if isinstance(start, int) and until < start:
        raise ScenarioError(
            f"'until' {format_month(until)} is before 'start' {format_month(start)}; swap them, or leave one out.",
            pointer=f"{pointer}/until",
        )
    return until


def read_span(given: Given, name: str, pointer: str) -> Span:
    """The span of a field that must be there.

    Raises:
        SchemaError: missing, or no span.
    """
    return parse_span(_month_text(given, name, pointer), pointer=f"{pointer}/{name}")


def _month_text(given: Given, name: str, pointer: str) -> str:
    if isinstance(given.get(name), date):  # a TOML date, written without quotes
        raise SchemaError(
            f"{name!r} is a month, not a day; write it in quotes, as {str(given[name])[:7]!r}.",
            pointer=f"{pointer}/{name}",
        )
    return text_field(given, name, None, pointer=pointer)


def read_unit(given: Given, driver: str, pointer: str) -> str:
    """The unit of the amounts of a driver; "" where it is left out.

    Raises:
        SchemaError: not text.
        UnitError: a unit that cannot be read, or not of this driver.
    """
    if "unit" not in given:
        return ""
    text = text_field(given, "unit", None, pointer=pointer)
    where, subject = f"{pointer}/unit", subject_of(driver)
    allowed = UNITS_OF[subject]
    if not allowed:
        raise UnitError(f"Amounts of {driver!r} take no unit; leave it out.", pointer=where)
    if subject == "flow":
        return canonical_unit(text, pointer=where)
    if "".join(text.lower().split()) not in _OIL_SPELLINGS:
        raise UnitError(f"{text!r} is no unit of the oil price; write {allowed[0]!r}.", pointer=where, allowed=allowed)
    return allowed[0]


_OIL_SPELLINGS = {f"{usd}{per}" for usd in ("usd", "us$", "$") for per in ("/bbl", "abarrel", "perbarrel", "/barrel")}


def read_level(given: Given, name: str, driver: str, unit: str, pointer: str, *, summed: bool = False) -> float:
    """An amount of a driver or flow, in USD bn for flows; ``summed`` over a span.

    Raises:
        SchemaError: missing, not a number or out of bounds.
    """
    subject = subject_of(driver)
    low, high = level_bounds(subject, unit, summed=summed)
    value = number_field(given, name, None, pointer=pointer)
    if not low <= value <= high:
        of = {"oil": "USD a barrel", "activity": "per cent from trend", "fx": "to the dollar"}.get(subject)
        if of is None:
            of = f"{unit or UNITS[0]}{'' if summed else ' a month'}"
        hint = " Name another unit with 'unit'." if subject == "flow" and not unit else ""
        raise SchemaError(
            f"{name!r} must lie between {low:g} and {high:g} {of}; found {value:g}.{hint}", pointer=f"{pointer}/{name}"
        )
    return usd_bn(value, unit) if unit and subject == "flow" else value


def read_uncertain(given: Given, kind: Kind, name: str, pointer: str) -> Uncertain | None:
    """A number, or one with its standard deviation as {mean, sd}; None where it is left out.

    Raises:
        SchemaError: neither, or out of bounds.
    """
    if name not in given:
        return None
    spec = kind.fields[name]
    assert isinstance(spec, Doubtful)
    value = given[name]
    if not isinstance(value, Mapping):
        return Uncertain(number_field(given, name, None, low=spec.low, high=spec.high, pointer=pointer))
    where = f"{pointer}/{name}"
    refuse_unknown(value, ("mean", "sd"), pointer=where)
    return Uncertain(
        number_field(value, "mean", None, low=spec.low, high=spec.high, pointer=where),
        number_field(value, "sd", 0.0, low=0.0, high=spec.high, pointer=where),
    )


def write_start(start: Start) -> dict[str, object]:
    """``start`` as it is written; nothing for None."""
    if start is None:
        return {}
    return {"start": start if isinstance(start, str) else format_month(start)}


def write_until(until: int | None) -> dict[str, object]:
    """``until`` as it is written; nothing for None."""
    return {} if until is None else {"until": format_month(until)}


def write_uncertain(**numbers: Uncertain | None) -> dict[str, object]:
    """Uncertain numbers by name as they are written; nothing for None."""
    return {
        name: number.mean if number.sd == 0.0 else {"mean": number.mean, "sd": number.sd}
        for name, number in numbers.items()
        if number is not None
    }


def write_said(**values: object) -> dict[str, object]:
    """The values that are not None and not empty text."""
    return {name: value for name, value in values.items() if value is not None and value != ""}
