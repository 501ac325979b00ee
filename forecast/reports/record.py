"""What was known and what came out, looked up in an Answer by month, year and target."""

from __future__ import annotations

from forecast.answer import Answer, TargetAnswer
from forecast.errors import SchemaError
from forecast.months import Span, format_month, parse_month, parse_span, year_span
from forecast.reports.target_words import flows_of, mark_of, parts_of
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
        for flow in flows_of(target):
            if flow in scenario.flows:
                return flow
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
    """Whether a target over fixed spans was met, and when: "yes, 2018-12", "yes", "no", empty when unpublished."""
    if parts_of(target):
        return _joint_outcome([target_outcome(answer, part) for part in parts_of(target)], every=bool(target.all))
    try:
        span = parse_span(target.span or "")
    except SchemaError:
        return ""
    mark, flow = target.mark_usd_bn, target.flow or ""
    if mark is None:
        mark = usd_bn(mark_of(target), target.unit or "")
    months = _all_months(answer, flow)
    running, first = _known_of_year(answer, flow, span)
    by = span.end if target.by is None else parse_month(target.by)
    above, below = ("yes", "no") if target.at_most is None else ("no", "yes")
    if running >= mark and above == "yes":
        return "yes"
    complete = True
    for month in range(first, by + 1):
        value = months.get(format_month(month))
        if value is None:
            complete = False
            break
        running += value
        if above == "yes" and running >= mark:
            return f"yes, {format_month(month)}"
    published = _year_total(answer, flow, span) if by == span.end else None
    total = running if published is None and complete else published
    if total is None:
        return ""
    return below if total < mark or (total == mark and below == "yes") else above


def _joint_outcome(parts: list[str], *, every: bool) -> str:
    """What several outcomes come to; a month only where each that counts has one."""
    met = [part for part in parts if part.startswith("yes")]
    if "no" in parts and every:
        return "no"
    if (every and len(met) == len(parts)) or (not every and met and "" not in parts):
        months = [part.partition(", ")[2] for part in met]
        if all(months):
            return f"yes, {max(months) if every else min(months)}"
        return "yes"
    return "no" if not every and all(part == "no" for part in parts) else ("yes" if not every and met else "")


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
