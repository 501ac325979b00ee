"""What was known and what came out, looked up in an Answer by month, year and target."""

from __future__ import annotations

from forecast.answer import Answer, TargetAnswer
from forecast.errors import SchemaError
from forecast.months import Span, format_month, parse_month, parse_span, year_span
from forecast.units import usd_bn


def text_of(answer: Answer, name: str) -> str:
    """A field of the question as text, empty when it is not there.

    ``as_of`` falls back on the vintage, ``reporter`` on the first country of the pair.
    """
    value = answer.question.get(name)
    if value is None and name == "as_of":
        return answer.provenance.vintage
    if value is None and name == "reporter":
        return text_of(answer, "pair").partition("-")[0]
    return "" if value is None else str(value)


def main_flow(answer: Answer) -> str:
    """The flow that leads the story: that of the first target, else turnover, else the first one."""
    scenario = answer.scenarios[0]
    for target in scenario.targets:
        if target.flow in scenario.flows:
            return target.flow
    return "turnover" if "turnover" in scenario.flows else next(iter(scenario.flows))


def known_months(answer: Answer, flow: str) -> dict[str, float]:
    """Single months published by the date of knowledge."""
    record = answer.history.get(flow)
    return dict(zip(record.months.month, record.months.value, strict=True)) if record else {}


def outcome_months(answer: Answer, flow: str) -> dict[str, float]:
    """Single months after the origin, as they were published later."""
    record = answer.outcome.get(flow)
    if record is None:
        return {}
    pairs = zip(record.months.month, record.months.value, strict=True)
    return {month: value for month, value in pairs if month > answer.origin}


def outcome_year(answer: Answer, flow: str, year: int) -> float | None:
    """What a year came to: the published total, else the sum of its twelve published months, else None."""
    record = answer.outcome.get(flow)
    if record is None:
        return None
    totals = dict(zip(record.years.year, record.years.value, strict=True))
    if year in totals:
        return totals[year]
    months = _all_months(answer, flow)
    values = [months.get(f"{year:04d}-{number:02d}") for number in range(1, 13)]
    found = [value for value in values if value is not None]
    return sum(found) if len(found) == 12 else None


def target_outcome(answer: Answer, target: TargetAnswer) -> str:
    """Whether a target over a fixed span was met, and when: "yes, 2018-12", "yes", "no", empty when unpublished."""
    try:
        span = parse_span(target.span)
    except SchemaError:
        return ""
    mark = usd_bn(target.at_least, target.unit)
    months = _all_months(answer, target.flow)
    running, first = _known_of_year(answer, target.flow, span)
    if running >= mark:
        return "yes"
    complete = True
    for month in range(first, span.end + 1):
        value = months.get(format_month(month))
        if value is None:
            complete = False
            break
        running += value
        if running >= mark:
            return f"yes, {format_month(month)}"
    published = _year_total(answer, target.flow, span)
    total = running if published is None and complete else published
    return "" if total is None else ("yes" if total >= mark else "no")


def _known_of_year(answer: Answer, flow: str, span: Span) -> tuple[float, int]:
    """What was published of a year by the origin, and the month after it; 0 and the first month for other spans."""
    year, origin = span.start // 12, parse_month(answer.origin)
    bands = answer.scenarios[0].flows[flow].years if flow in answer.scenarios[0].flows else None
    if span != year_span(year) or not span.start <= origin < span.end or bands is None or year not in bands.year:
        return 0.0, span.start
    known = bands.known_part[bands.year.index(year)]
    return (known, origin + 1) if known > 0 else (0.0, span.start)


def _year_total(answer: Answer, flow: str, span: Span) -> float | None:
    if span.start % 12 or span.length != 12:
        return None
    return outcome_year(answer, flow, span.start // 12)


def _all_months(answer: Answer, flow: str) -> dict[str, float]:
    return known_months(answer, flow) | outcome_months(answer, flow)
