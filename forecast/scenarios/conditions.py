"""The vocabulary of a scenario: an oil path that is pinned, and a crisis that begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forecast.errors import ScenarioError, SchemaError
from forecast.fields import choice_field, integer_field, number_field, refuse_unknown, text_field
from forecast.months import Span, format_month, parse_month, parse_span
from forecast.scenarios.relative import Start

LOWEST_OIL_USD, HIGHEST_OIL_USD = 1.0, 1000.0

Width = Literal["own", "none"]


@dataclass(frozen=True, slots=True)
class OilValues:
    """Brent pinned at ``values_usd`` from month ``start`` on; the last value holds afterwards.

    ``width`` "own" keeps the oil density's own spread about the path, "none" makes the path certain.
    """

    start: int
    values_usd: tuple[float, ...]
    width: Width = "own"


@dataclass(frozen=True, slots=True)
class OilRamp:
    """Brent goes, in equal log steps, to ``to_usd`` over ``over_months`` from ``start`` and stays there.

    With ``over_months`` 0 it is there from ``start`` on. ``start`` None is the first month not yet known,
    "next-january" the first January from there on.
    """

    to_usd: float
    over_months: int = 0
    start: Start = None
    width: Width = "own"


@dataclass(frozen=True, slots=True)
class OilPercent:
    """Brent moves by ``percent`` of its last known price over ``over_months`` from ``start`` and stays there."""

    percent: float
    over_months: int = 0
    start: Start = None
    width: Width = "own"


@dataclass(frozen=True, slots=True)
class OilReplay:
    """Brent changes in per cent, month by month, as it did over the months ``like``; then it stays."""

    like: Span
    start: Start = None
    width: Width = "own"


@dataclass(frozen=True, slots=True)
class OilRealised:
    """Brent takes the path that it really took, as far as it is published; certain where known, own width after."""


@dataclass(frozen=True, slots=True)
class Crisis:
    """A crisis of the kind of ``episode`` ("typical" for the average one) begins in ``start``.

    ``severity`` multiplies its depth; ``start`` as for OilRamp.
    """

    episode: str
    start: Start = None
    severity: float = 1.0


OilPath = OilValues | OilRamp | OilPercent | OilReplay | OilRealised
Condition = OilPath | Crisis

_PATH_FORMS = ("values", "hold", "ramp_to", "percent", "replay", "realised")
_PATH_FIELDS = (*_PATH_FORMS, "kind", "driver", "start", "over_months", "width")
_CRISIS_FIELDS = ("kind", "episode", "start", "severity")


def parse_condition(given: Mapping[str, object], *, pointer: str = "") -> Condition:
    """Read one condition from JSON or TOML.

    ``{"kind": "path", "driver": "oil", ...}`` with exactly one of ``values`` (a list from ``start``, or a
    mapping of months), ``hold``, ``ramp_to`` (with ``over_months``), ``percent`` (with ``over_months``),
    ``replay`` ("2014-07/2016-01") or ``realised = true``; or ``{"kind": "crisis", "episode": "2008-09", ...}``.

    Raises:
        SchemaError: an unknown field or a value of the wrong kind.
        ScenarioError: none of the forms of a path, more than one, or a field that does not go with it.
    """
    kind = choice_field(given, "kind", None, ("path", "crisis"), pointer=pointer)
    start = _parse_start(given, pointer)
    if kind == "crisis":
        refuse_unknown(given, _CRISIS_FIELDS, pointer=pointer)
        return Crisis(
            episode=text_field(given, "episode", "typical", pointer=pointer),
            start=start,
            severity=number_field(given, "severity", 1.0, low=0.0, high=5.0, pointer=pointer),
        )
    return _parse_path(given, start, pointer)


def _parse_start(given: Mapping[str, object], pointer: str) -> Start:
    if "start" not in given:
        return None
    text = text_field(given, "start", None, pointer=pointer)
    return "next-january" if text == "next-january" else parse_month(text, pointer=f"{pointer}/start")


def _parse_path(given: Mapping[str, object], start: Start, pointer: str) -> OilPath:
    refuse_unknown(given, _PATH_FIELDS, pointer=pointer)
    choice_field(given, "driver", "oil", ("oil",), pointer=pointer)
    width: Width = "own" if choice_field(given, "width", "own", ("own", "none"), pointer=pointer) == "own" else "none"
    over = integer_field(given, "over_months", 0, low=0, high=120, pointer=pointer)
    forms = [form for form in _PATH_FORMS if form in given]
    if len(forms) != 1:
        found = " and ".join(forms) or "none"
        raise ScenarioError(
            f"A path needs exactly one of {', '.join(_PATH_FORMS)}; found {found}.",
            pointer=pointer,
            allowed=_PATH_FORMS,
        )
    _refuse_idle(given, forms[0], start, width, over, pointer)
    limits = {"low": LOWEST_OIL_USD, "high": HIGHEST_OIL_USD}
    match forms[0]:
        case "values":
            return _parse_values(given["values"], start, width, pointer)
        case "hold":
            return OilRamp(number_field(given, "hold", None, **limits, pointer=pointer), 0, start, width)
        case "ramp_to":
            return OilRamp(number_field(given, "ramp_to", None, **limits, pointer=pointer), over, start, width)
        case "percent":
            percent = number_field(given, "percent", None, low=-95.0, high=900.0, pointer=pointer)
            return OilPercent(percent, over, start, width)
        case "replay":
            like = parse_span(text_field(given, "replay", None, pointer=pointer), pointer=f"{pointer}/replay")
            return OilReplay(like, start, width)
        case _:
            if given["realised"] is not True:
                raise SchemaError("'realised' can only be true; leave it out otherwise.", pointer=f"{pointer}/realised")
            return OilRealised()


def _refuse_idle(
    given: Mapping[str, object], form: str, start: Start, width: Width, over_months: int, pointer: str
) -> None:
    """Refuse fields that say something which this form of a path would pass over."""
    has_months = form == "values" and isinstance(given["values"], Mapping)
    idle = {
        "over_months": over_months > 0 and form not in ("ramp_to", "percent"),
        "start": start is not None and (form == "realised" or has_months),
        "width": width != "own" and form == "realised",
    }
    for field in (field for field, found in idle.items() if found):
        what = "values by month" if has_months else form
        raise ScenarioError(
            f"{field!r} does not go with {what!r}; leave one of them out.", pointer=f"{pointer}/{field}"
        )


def _parse_values(values: object, start: Start, width: Width, pointer: str) -> OilValues:
    where = f"{pointer}/values"
    if isinstance(values, Mapping) and values:
        by_month = {parse_month(str(name), pointer=where): name for name in values}
        first, last = min(by_month), max(by_month)
        if len(by_month) != last - first + 1:
            raise ScenarioError("The months of 'values' have a hole; give every month.", pointer=where)
        listed = [(str(by_month[m]), values[by_month[m]]) for m in range(first, last + 1)]
    elif isinstance(values, list | tuple) and values:
        if not isinstance(start, int):
            raise ScenarioError("A list of 'values' needs 'start', the month of its first value.", pointer=where)
        first, listed = start, [(str(i), value) for i, value in enumerate(values)]
    else:
        raise SchemaError("'values' must be a list of prices, or a mapping of months to prices.", pointer=where)
    if len(listed) > 600:
        raise SchemaError(f"'values' may hold 600 months at most; found {len(listed)}.", pointer=where)
    limits = {"low": LOWEST_OIL_USD, "high": HIGHEST_OIL_USD}
    prices = [number_field({name: value}, name, None, **limits, pointer=where) for name, value in listed]
    return OilValues(first, tuple(prices), width)


def condition_fields(condition: Condition) -> dict[str, object]:
    """A condition as it would be written in JSON, such that `parse_condition` reads it back."""
    start = condition.start if not isinstance(condition, OilRealised) else None
    begins = {} if start is None else {"start": start if isinstance(start, str) else format_month(start)}
    if isinstance(condition, Crisis):
        return {"kind": "crisis", "episode": condition.episode, "severity": condition.severity, **begins}
    path: dict[str, object] = {"kind": "path", "driver": "oil"}
    match condition:
        case OilRealised():
            return {**path, "realised": True}
        case OilValues(values_usd=values):
            path["values"] = list(values)
        case OilRamp(to_usd=to_usd, over_months=over):
            path |= {"ramp_to": to_usd, "over_months": over}
        case OilPercent(percent=percent, over_months=over):
            path |= {"percent": percent, "over_months": over}
        case OilReplay(like=like):
            path["replay"] = str(like)
    return {**path, "width": condition.width, **begins}
