"""Targets as people write them: a line of text, or an object of JSON or TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping

from forecast.errors import SchemaError, UnitError
from forecast.evaluation.asked import LONGEST_TRAIL, PERCENT, YEAR_TO_DATE, Joint, Target, months_trailed
from forecast.fields import choice_field, number_field, refuse_unknown, text_field
from forecast.months import Span, month, parse_month, parse_span
from forecast.panel import FLOWS
from forecast.units import usd_bn

_FIELDS = ("flow", "at_least", "at_most", "unit", "span", "by", "reporter", "name", "all", "any")
_JOINTS = ("all", "any")
_MOST_PARTS = 12
_DEEPEST = 3
_LONGEST_NAME = 120  #: characters
_SMALLEST, _LARGEST = 1e-9, 1e15
_TWELVE = 12  #: months, with which a mark in per cent of twelve months can be compared

_CODE = re.compile(r"[A-Z]{3}")
_SPAN_ALONE = re.compile(r"((in|over)\s+)?(?P<span>[0-9]{4}\S*|trailing-\S+|year-to-date)")
_EACH = re.compile(r"(?P<flow>[a-z]+)\s+each\s*(?P<rest>.*)")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_TEXT = re.compile(
    r"(?P<flow>[a-z]+)\s*(?P<sign>>=|<=|≥|≤)\s*(?P<amount>[0-9.]+(e[+-]?[0-9]+)?)\s*"
    r"(?P<unit>%|[A-Za-z$][A-Za-z$ ]*?)?\s+(in|over)\s+(?P<span>\S+)"
    r"(\s+by\s+(?P<by>\S+))?(\s+counted\s+by\s+(?P<reporter>\S+))?"
)


def parse_target(text: str, *, pointer: str = "") -> Target | Joint:
    """Read "turnover >= 100 in 2018", "exports >= 4500 USD mn over trailing-12 by 2019-06" or "imports <= 80% in 2019".

    Targets joined by "and" must all be reached, of those joined by "or" one; "and" binds closer. "turnover >= 100 in
    2018 and 2019" and "exports and imports each >= 50 in 2019" are two targets each.

    Raises:
        SchemaError: another form, flow or span.
        UnitError: an unknown unit.
    """
    where = pointer or "/targets"
    either = _spelled_out([re.split(r"\s+and\s+", part) for part in re.split(r"\s+or\s+", text.strip())], where)
    if len(either) == 1 and len(either[0]) == 1:
        return _read_line(either[0][0], pointer)
    _refuse_number(sum(map(len, either)), where)
    groups: list[Target | Joint] = []
    for i, lines in enumerate(either):
        inside = pointer if len(either) == 1 else f"{pointer}/any/{i}"
        if len(lines) == 1:
            groups.append(_read_line(lines[0], inside))
        else:
            read = tuple(_read_line(line, f"{inside}/all/{k}") for k, line in enumerate(lines))
            groups.append(Joint("all", read))
    return groups[0] if len(groups) == 1 else Joint("any", tuple(groups))


def _spelled_out(either: list[list[str]], pointer: str) -> list[list[str]]:
    """Every line whole: a span alone repeats what stands before it, flows alone are told by the line with "each"."""
    before: list[re.Match[str]] = []
    found = []
    for lines in either:
        whole: list[str] = []
        flows: list[str] = []
        for line in map(str.strip, lines):
            alone, each = _SPAN_ALONE.fullmatch(line), _EACH.fullmatch(line)
            if line in FLOWS:
                flows.append(line)
                continue
            if alone and before:
                whole += [m.string[: m.start("span")] + alone["span"] + m.string[m.end("span") :] for m in before]
                continue
            told = [f"{flow} {each['rest']}" for flow in (*flows, each["flow"])] if flows and each else [line]
            flows = [] if each else flows
            before = [match for text in told if (match := _TEXT.fullmatch(text))]
            whole += told
        if flows:
            raise SchemaError(
                f"{' and '.join(flows)} has no mark; write 'exports and imports each >= 50 in 2019', or 'turnover' for "
                "their sum.",
                pointer=pointer,
            )
        found.append(whole)
    return found


def read_target(given: object, *, pointer: str = "") -> Target | Joint:
    """Read a target from text or from an object: {"flow", "at_least" or "at_most", "span", ...}, {"all": [...]}.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind; the pointer names it.
        UnitError: an unknown unit.
    """
    return _read(given, pointer, 1)


def _read(given: object, pointer: str, depth: int) -> Target | Joint:
    if isinstance(given, str):
        return parse_target(given, pointer=pointer)
    if not isinstance(given, Mapping):
        raise SchemaError(f"A target must be text or an object; found {given!r}.", pointer=pointer)
    refuse_unknown(given, _FIELDS, pointer=pointer)
    name = text_field(given, "name", None, pointer=pointer) if "name" in given else ""
    if len(name) > _LONGEST_NAME:
        raise SchemaError(f"A name may have {_LONGEST_NAME} characters; found {len(name)}.", pointer=f"{pointer}/name")
    kinds = [kind for kind in _JOINTS if kind in given]
    if not kinds:
        return _read_fields(given, name, pointer)
    kind, *others = kinds
    others += [field for field in given if field not in (*_JOINTS, "name")]
    if others:
        raise SchemaError(
            f"A target with {kind!r} takes no {others[0]!r}; write it inside each of its targets.",
            pointer=f"{pointer}/{others[0]}",
        )
    parts, where = given[kind], f"{pointer}/{kind}"
    if not isinstance(parts, list | tuple):
        raise SchemaError(f"{kind!r} must be a list of targets; found {parts!r}.", pointer=where)
    _refuse_number(len(parts), where)
    if depth == _DEEPEST:
        raise SchemaError(f"Targets may stand {_DEEPEST} deep within each other; write it flatter.", pointer=where)
    return Joint(kind, tuple(_read(part, f"{where}/{i}", depth + 1) for i, part in enumerate(parts)), name)


def _read_line(text: str, pointer: str) -> Target:
    found = _TEXT.fullmatch(text.strip())
    where = pointer or "/targets"
    if not found:
        shown = text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "..."
        hint = "; brackets are written as {'all': [...]} or {'any': [...]}" if "(" in text else ""
        raise SchemaError(
            f"{shown!r} is no target; write it as 'turnover >= 100 in 2018', several with 'and' or 'or'{hint}.",
            pointer=where,
        )
    try:
        amount = float(found["amount"])
    except ValueError:
        raise SchemaError(f"{found['amount']!r} is no amount.", pointer=where) from None
    side = "at_least" if found["sign"] in (">=", "≥") else "at_most"
    given: dict[str, object] = {"flow": found["flow"], side: amount, "span": found["span"]}
    given |= {name: found[name].strip() for name in ("unit", "by", "reporter") if found[name]}
    return _read_fields(given, "", pointer)


def _read_fields(given: Mapping[str, object], name: str, pointer: str) -> Target:
    if "at_least" in given and "at_most" in given:
        raise SchemaError(
            "Give one of 'at_least' and 'at_most'; for both, join two targets.", pointer=f"{pointer}/at_most"
        )
    side = "at_most" if "at_most" in given else "at_least"
    mark = number_field(given, side, None, low=_SMALLEST, high=_LARGEST, pointer=pointer)
    span = _read_span(text_field(given, "span", None, pointer=pointer), f"{pointer}/span")
    target = Target(
        flow=choice_field(given, "flow", "turnover", FLOWS, pointer=pointer),
        at_least=mark if side == "at_least" else None,
        at_most=mark if side == "at_most" else None,
        span=span,
        unit=text_field(given, "unit", "USD bn", pointer=pointer),
        by=parse_month(text_field(given, "by", None, pointer=pointer), pointer=f"{pointer}/by")
        if "by" in given
        else None,
        reporter=text_field(given, "reporter", None, pointer=pointer) if "reporter" in given else None,
        name=name,
    )
    if target.reporter is not None and not _CODE.fullmatch(target.reporter):
        raise SchemaError(
            f"{target.reporter!r} is no reporter; write a three-letter country code.", pointer=f"{pointer}/reporter"
        )
    _refuse_unit(target, pointer)
    _refuse_by(target, pointer)
    return target


def _read_span(text: str, pointer: str) -> Span | str:
    if text == YEAR_TO_DATE or months_trailed(text) is not None:
        return text
    if text.startswith("trailing-"):
        raise SchemaError(
            f"{text!r} is no span; trailing months are written trailing-1 to trailing-{LONGEST_TRAIL}.", pointer=pointer
        )
    quarter = _QUARTER.fullmatch(text)
    if quarter and 1900 <= int(quarter[1]) < 2200:
        first = month(int(quarter[1]), 3 * int(quarter[2]) - 2)
        return Span(first, first + 2)
    return parse_span(text, pointer=pointer)


def _refuse_unit(target: Target, pointer: str) -> None:
    if target.unit == PERCENT:
        length = target.span.length if isinstance(target.span, Span) else months_trailed(target.span) or _TWELVE
        if length != _TWELVE:
            raise SchemaError(
                f"A mark in % is a share of the last twelve months known, so its span has twelve months; {target.span} "
                f"has {length}. Name a year, trailing-12 or year-to-date, or give the mark in USD bn.",
                pointer=f"{pointer}/unit",
            )
        return
    try:
        usd_bn(target.mark, target.unit)
    except UnitError as error:
        raise UnitError(error.message, pointer=f"{pointer}/unit", allowed=(*error.allowed, PERCENT)) from None


def _refuse_by(target: Target, pointer: str) -> None:
    """Refuse what cannot be asked of a span: a month outside of it, and staying under a mark before all is counted."""
    if target.at_most is not None and target.span == YEAR_TO_DATE:
        raise SchemaError(
            "Every running year begins under its mark; name the year, for example 2019, or trailing-12.",
            pointer=f"{pointer}/span",
        )
    if target.by is None or isinstance(target.span, str):
        return
    if target.at_most is not None:
        raise SchemaError(
            f"Whether {target.span} stays under a mark is known at its end; leave 'by' out, or end the span earlier.",
            pointer=f"{pointer}/by",
        )
    if not target.span.start <= target.by <= target.span.end:
        raise SchemaError(
            f"'by' must lie within {target.span}; a sum counts from the first month of its span.",
            pointer=f"{pointer}/by",
        )


def _refuse_number(parts: int, pointer: str) -> None:
    if not 2 <= parts <= _MOST_PARTS:
        raise SchemaError(f"Join 2 to {_MOST_PARTS} targets; found {parts}.", pointer=pointer)
