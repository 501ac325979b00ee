"""The one schema of a table of figures: its columns, what each may hold, and what is wrong with which row."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta

from forecast.data.reading import RawTable
from forecast.errors import SchemaError, UnitError
from forecast.fields import suggest
from forecast.months import Span, format_month, month_of, parse_month, parse_span
from forecast.panel import FLOWS
from forecast.units import UNITS, usd_bn

COLUMNS = (
    "pair",
    "month",
    "span",
    "span_start",
    "span_end",
    "flow",
    "value",
    "unit",
    "resolution",
    "reporter",
    "published",
    "left_out",
    "source",
    "note",
)  #: every column a table may have; needed are flow, value, unit and one way to say the span
DEFAULT_LAG_DAYS = 20  #: a figure without a publication date counts as known this many days after its span

_SWAPPED = {"exports": "imports", "imports": "exports", "turnover": "turnover"}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_QUARTER = re.compile(r"([0-9]{4})-?[Qq]([1-4])")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row that passed: a sum over a span, by one reporter, known from ``published`` (a day's ordinal)."""

    span: Span
    flow: int
    reporter: str
    value_usd_bn: float
    resolution_usd_bn: float
    published: int
    row: int

    def __str__(self) -> str:
        return f"{FLOWS[self.flow]} of {self.span} by {self.reporter}, {self.value_usd_bn:g} bn USD"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The figures of a table, and how many of them had no publication date of their own."""

    figures: tuple[Figure, ...]
    undated: int


def parse_table(table: RawTable, pair: str) -> Parsed:
    """Check every row and read it as a figure of ``pair``; rows marked in ``left_out`` are passed over.

    A table with a ``pair`` column may hold many pairs: rows of the same two countries in the other order are
    turned round (exports become imports), rows of other pairs are passed over.

    Raises:
        SchemaError: a column is missing or unknown, or a row cannot be read; the message names the row.
        UnitError: the unit of a row cannot be read.
    """
    first, second = pair.split("-")
    _check_columns(table)
    figures: list[Figure] = []
    undated = 0
    pairs_seen: set[str] = set()
    for number, cells in table.rows:
        row = dict(zip(table.header, cells, strict=True))
        seen_from = row.get("pair", "").upper() or pair
        pairs_seen.add(seen_from)
        if seen_from not in (pair, f"{second}-{first}") or row.get("left_out"):
            continue
        figure = _parse_row(row, number, (first, second), swap=seen_from != pair)
        undated += not row.get("published")
        figures.append(figure)
    if not figures:
        about = f"; it is about {', '.join(sorted(pairs_seen)[:8])}" if pairs_seen != {pair} else ""
        raise SchemaError(f"{table.name} holds no figure of {pair}{about}.", allowed=tuple(sorted(pairs_seen)))
    return Parsed(tuple(figures), undated)


def _check_columns(table: RawTable) -> None:
    for column in table.header:
        if column not in COLUMNS:
            raise SchemaError(
                f"{table.name} has an unknown column {column!r}. {suggest(column, COLUMNS)}",
                pointer=f"/{column}",
                allowed=COLUMNS,
            )
    for column in ("flow", "value", "unit"):
        if column not in table.header:
            hint = f" Units are one of: {', '.join(UNITS)}." if column == "unit" else ""
            raise SchemaError(f"{table.name} has no column {column!r}; add it.{hint}", pointer=f"/{column}")
    ways = [column for column in ("month", "span", "span_start") if column in table.header]
    if len(ways) != 1 or ("span_end" in table.header and ways != ["span_start"]):
        raise SchemaError(
            f"{table.name} must say the span of a figure in one way (found: {', '.join(ways) or 'none'}): "
            "columns span_start and span_end, or one column month, or one column span.",
            pointer="/span_start",
            allowed=("span_start", "month", "span"),
        )


def _parse_row(row: dict[str, str], number: int, countries: tuple[str, str], *, swap: bool) -> Figure:
    pointer = f"row {number}"
    flow = row["flow"].lower()
    if flow not in FLOWS:
        raise SchemaError(
            f"Row {number}: the flow {row['flow']!r} is not known. {suggest(flow, FLOWS)}",
            pointer=pointer,
            allowed=FLOWS,
        )
    reporter = row.get("reporter", "").upper() or countries[0]
    if reporter not in countries:
        raise SchemaError(
            f"Row {number}: the reporter {row['reporter']!r} is neither {countries[0]} nor {countries[1]}; "
            "a pair is counted by one of its two countries.",
            pointer=pointer,
            allowed=countries,
        )
    span = _span(row, number)
    value, step = _number(row["value"], number, "value"), 0.0
    if value <= 0:
        raise SchemaError(
            f"Row {number}: the value {row['value']} is not positive; leave out figures that are zero or unknown.",
            pointer=pointer,
        )
    if row.get("resolution"):
        step = _number(row["resolution"], number, "resolution")
        if not 0 <= step < value:
            raise SchemaError(
                f"Row {number}: the resolution {row['resolution']} must be the rounding step of the figure, in its "
                "unit: not negative and smaller than the value (0.01 for a printed 84.07).",
                pointer=pointer,
            )
    try:
        value_usd_bn, step_usd_bn = usd_bn(value, row["unit"]), usd_bn(step, row["unit"])
    except UnitError as error:
        raise UnitError(f"Row {number}: {error.message}", pointer=pointer, allowed=error.allowed) from None
    return Figure(
        span=span,
        flow=FLOWS.index(_SWAPPED[flow] if swap else flow),
        reporter=reporter,
        value_usd_bn=value_usd_bn,
        resolution_usd_bn=step_usd_bn,
        published=_published(row.get("published", ""), span, number),
        row=number,
    )


def _number(text: str, number: int, column: str) -> float:
    if _NUMBER.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    if not text:
        advice = "is empty; leave the row out where nothing is known"
    elif re.fullmatch(r"[+-]?[0-9.]*,[0-9]+|[+-]?[0-9]{1,3}([ ,'\u00a0][0-9]{3})+(\.[0-9]*)?", text):
        advice = f"{text!r} has a comma or a gap in it; write a decimal point and no thousands separators"
    else:
        advice = f"{text!r} is not a finite number"
    raise SchemaError(f"Row {number}: the {column} {advice}.", pointer=f"row {number}")


def _span(row: dict[str, str], number: int) -> Span:
    pointer = f"row {number}"
    try:
        if "span" in row:
            quarter = _QUARTER.fullmatch(row["span"])
            if quarter:
                start = 12 * int(quarter[1]) + 3 * int(quarter[2]) - 3
                return Span(start, start + 2)
            return parse_span(row["span"])
        if "month" in row:
            return parse_span(_whole_month(row["month"], first=True, last=True))
        start = parse_month(_whole_month(row["span_start"], first=True, last=False))
        end = parse_month(_whole_month(row["span_end"], first=False, last=True)) if row.get("span_end") else start
    except SchemaError as error:
        raise SchemaError(f"Row {number}: {error.message}", pointer=pointer) from None
    if end < start:
        raise SchemaError(
            f"Row {number}: the span ends ({row['span_end']}) before it starts ({row['span_start']}).", pointer=pointer
        )
    return Span(start, end)


def _whole_month(text: str, *, first: bool, last: bool) -> str:
    """The month of a day such as 2018-10-01, if the span can only start (or end) with that day."""
    found = _DAY.fullmatch(text)
    if not found:
        parse_month(text)
        return text
    day = _date(text)
    ends = (day + timedelta(days=1)).day == 1
    if (first and day.day == 1) or (last and ends):
        return format_month(month_of(day))
    raise SchemaError(f"{text!r} is a day inside a month; spans are made of whole months, such as {text[:7]}.")


def _date(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found:
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
    raise SchemaError(f"{text!r} is not a day; write it as YYYY-MM-DD, for example 2018-10-12.")


def _last_day(month: int) -> date:
    return date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


def _published(text: str, span: Span, number: int) -> int:
    ended = _last_day(span.end)
    if not text:
        return ended.toordinal() + DEFAULT_LAG_DAYS
    try:
        day = _last_day(parse_month(text)) if len(text) == 7 else _date(text)
    except SchemaError as error:
        raise SchemaError(f"Row {number}: published: {error.message}", pointer=f"row {number}") from None
    if day < ended:
        raise SchemaError(
            f"Row {number}: the figure of {span} is published on {day}, before the span ended on {ended}; "
            "forecasts are not figures.",
            pointer=f"row {number}",
        )
    return day.toordinal()
