"""Numbers, months, flows and countries as a planner writes them; ASCII, so that every terminal can print them."""

from __future__ import annotations

from collections.abc import Iterable

from forecast.errors import SchemaError
from forecast.evaluation.asked import YEAR_TO_DATE, months_trailed
from forecast.months import parse_span
from forecast.reports.countries import COUNTRIES
from forecast.scenarios.plausibility import Plausibility

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def short_country(code: str) -> str:
    """The name where it is short enough for a column, else the code."""
    name = country(code)
    return name if len(name) <= 10 else code


def country(code: str) -> str:
    """ "China" for "CHN"; the code itself when it is no country of the list."""
    return COUNTRIES.get(code, code)


def count_of(reporter: str) -> str:
    """ "China's count", "the United States' count"."""
    name = country(reporter)
    return f"{name}' count" if name.endswith("s") else f"{name}'s count"


def flow_between(flow: str, pair: str) -> str:
    """ "turnover between China and Russia", "exports of China to Russia", "imports of China from Russia"."""
    first, _, second = pair.partition("-")
    a, b = country(first), country(second)
    joined = {"exports": f"exports of {a} to {b}", "imports": f"imports of {a} from {b}"}
    return joined.get(flow, f"{flow} between {a} and {b}")


def unit_words(unit: str) -> str:
    """ "bn USD" for "USD bn"; any other unit as it is."""
    currency, _, scale = unit.partition(" ")
    return f"{scale} {currency}" if scale in ("bn", "mn") else unit


def digits_for(values: Iterable[float]) -> int:
    """Decimals for a column of amounts: one, two when any is under 10, three under 1, four under 0.1."""
    smallest = min((abs(v) for v in values if v), default=100.0)
    return sum(smallest < bound for bound in (10.0, 1.0, 0.1)) + 1


def amount(value: float, digits: int | None = None) -> str:
    """An amount with thousands set apart: "106.9", "9.43", "1,106.9"."""
    return f"{value:,.{digits_for((value,)) if digits is None else digits}f}"


def interval(lower: float, upper: float, digits: int | None = None) -> str:
    """ "105.1 to 108.8"."""
    digits = digits_for((lower, upper)) if digits is None else digits
    return f"{amount(lower, digits)} to {amount(upper, digits)}"


def percent(prob: float) -> str:
    """A probability: "92%", with a decimal near 0 and 1 ("99.4%"), "<0.1%" and ">99.9%" at the ends."""
    if prob < 0.0005:
        return "<0.1%"
    if prob >= 0.9995:
        return ">99.9%"
    return f"{100 * prob:.1f}%" if prob < 0.00995 or prob >= 0.9895 else f"{100 * prob:.0f}%"


def further(found: Plausibility) -> str:
    """Chance of a future at least as far out in the same direction; "-" where nothing is pinned."""
    return percent(found.further_prob) if found.dof else "-"


def points(prob: float) -> str:
    """A standard error of a probability, in percentage points: "0.3pp"."""
    return f"{100 * prob:.1f}pp" if prob >= 0.0005 else "<0.1pp"


def short_month(text: str) -> str:
    """ "Dec 2018" for "2018-12"; other words as they are."""
    return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}" if _is_month(text) else text


def long_month(text: str) -> str:
    """ "December 2018" for "2018-12"; other words as they are."""
    return f"{LONG_MONTHS[int(text[5:7]) - 1]} {text[:4]}" if _is_month(text) else text


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[4] == "-" and text[5:].isdigit() and 1 <= int(text[5:]) <= 12


def span_year(span: str | None) -> int | None:
    """The calendar year that a target's span is, or None for any other span ("trailing-12", part of a year)."""
    try:
        parsed = parse_span(span or "")
    except SchemaError:
        return None
    return parsed.start // 12 if parsed.start % 12 == 0 and parsed.length == 12 else None


def span_words(span: str) -> str:
    """How a span is said after an amount: "in 2018", "over 2018-01/2018-06", "in any twelve months"."""
    year = span_year(span)
    if year is not None:
        return f"in {year}"
    months = months_trailed(span)
    if months is not None:
        number = "single month" if months == 1 else f"{'twelve' if months == 12 else months} months"
        return f"in any {number}"
    return "in a running year" if span == YEAR_TO_DATE else f"over {span}"
