"""A calendar month as an integer, and spans of months.

Month m of year y is ``12 * y + m - 1``; on the wire it is written "2018-10".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from forecast.errors import SchemaError

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")


def month(year: int, number: int) -> int:
    """The integer of month ``number`` (1 to 12) of ``year``."""
    return 12 * year + number - 1


def parse_month(text: str, *, pointer: str = "") -> int:
    """Read "2018-10".

    Raises:
        SchemaError: the text is no month of the years 1900 to 2199.
    """
    found = _MONTH.fullmatch(text.strip())
    if found and 1900 <= int(found[1]) < 2200 and 1 <= int(found[2]) <= 12:
        return month(int(found[1]), int(found[2]))
    raise SchemaError(f"{text!r} is not a month; write it as YYYY-MM, for example 2018-10.", pointer=pointer)


def format_month(value: int) -> str:
    """Write a month as "2018-10"."""
    return f"{value // 12:04d}-{value % 12 + 1:02d}"


def month_of(day: date) -> int:
    """The month in which a day lies."""
    return month(day.year, day.month)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Months ``start`` to ``end``, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of months."""
        return self.end - self.start + 1

    def __str__(self) -> str:
        if self.start == self.end:
            return format_month(self.start)
        if self.start % 12 == 0 and self.length == 12:
            return str(self.start // 12)
        return f"{format_month(self.start)}/{format_month(self.end)}"


def year_span(year: int) -> Span:
    """January to December of a year."""
    return Span(12 * year, 12 * year + 11)


def parse_span(text: str, *, pointer: str = "") -> Span:
    """Read "2018" (a year), "2018-10" (a month) or "2018-01/2018-09".

    Raises:
        SchemaError: the text is none of these, or ends before it starts.
    """
    text = text.strip()
    if _YEAR.fullmatch(text) and 1900 <= int(text) < 2200:
        return year_span(int(text))
    first, slash, last = text.partition("/")
    try:
        span = Span(parse_month(first), parse_month(last if slash else first))
    except SchemaError:
        raise SchemaError(
            f"{text!r} is not a span; write a year (2018), a month (2018-10) or two months (2018-01/2018-09).",
            pointer=pointer,
        ) from None
    if span.end < span.start:
        raise SchemaError(f"The span {text!r} ends before it starts; swap its two months.", pointer=pointer)
    return span
