"""The answer in a few plain English sentences, and the short finding above a chart."""

from __future__ import annotations

from forecast.answer import Answer, FlowAnswer, ScenarioAnswer, TargetAnswer, YearBands
from forecast.evaluation.asked import months_trailed
from forecast.reports.record import main_flow, outcome_year, text_of
from forecast.reports.target_words import asked_words, capitalised, mark_of, parts_of, target_words
from forecast.reports.words import (
    amount,
    count_of,
    flow_between,
    interval,
    long_month,
    percent,
    span_year,
    unit_words,
)


def headline(answer: Answer) -> str:
    """The answer as one plain paragraph: who counts and when, year sums, targets, other scenarios, the outcome."""
    return " ".join(sentences(answer))


def sentences(answer: Answer, *, short: bool = False) -> tuple[str, ...]:
    """The sentences of ``headline``; ``short`` leaves out the date, the pair and the other scenarios."""
    flow = main_flow(answer)
    first, *others = answer.scenarios
    said = [_opening(answer, first, flow, short=short)]
    said += [_target_sentence(target) for target in first.targets]
    if not short:
        said += [text for scenario in others if (text := _scenario_sentence(scenario, flow))]
    if text := _outcome_sentence(answer, flow):
        said.append(text)
    return tuple(said)


def finding(answer: Answer, flow: str) -> str:
    """The short finding above a chart of ``flow``: its first open year (or last month), and the chance asked."""
    scenario = answer.scenarios[0]
    of_flow = scenario.flows[flow]
    target = next((t for t in scenario.targets if t.flow == flow and span_year(t.span) is not None), None)
    year = span_year(target.span) if target else None
    if year not in of_flow.years.year:
        year, target = (of_flow.years.year[0] if of_flow.years.year else None), None
    subject = f"{flow.capitalize()} will come to"
    if year is None:
        return f"{subject} {_last_month(of_flow)}"
    text = f"{subject} {_year_sum(of_flow.years, of_flow.years.year.index(year), of_flow.unit)} in {year}"
    if target:
        side = "least" if target.at_most is None else "most"
        text += f"; chance of at {side} {mark_of(target):,.6g}: {percent(target.probability)}"
    return text


def band_level(levels: dict[str, tuple[float, ...]]) -> str:
    """The level that sentences quote: 80 when it was asked, else the one nearest to it."""
    return min(levels, key=lambda level: (abs(float(level) - 80), float(level)))


def _opening(answer: Answer, scenario: ScenarioAnswer, flow: str, *, short: bool) -> str:
    of_flow = scenario.flows[flow]
    start = f"By {count_of(text_of(answer, 'reporter'))}, "
    if short:
        start += f"{flow} will come to"
    else:
        pair = flow_between(flow, text_of(answer, "pair"))
        start += f"as known on {text_of(answer, 'as_of')}, {pair} will come to"
    years = of_flow.years
    if not years.year:
        return f"{start} {_last_month(of_flow)}."
    parts = []
    for i, year in enumerate(years.year[:3]):
        text = f"{_year_sum(years, i, of_flow.unit)} in {year}"
        known = f", of which {amount(years.known_part[i])} are already published" if years.known_part[i] > 0 else ""
        parts.append(text + known)
    return f"{start} {_listed(parts)}."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"


def _last_month(of_flow: FlowAnswer) -> str:
    months = of_flow.months
    level = band_level(months.lower)
    band = interval(months.lower[level][-1], months.upper[level][-1])
    return (
        f"{amount(months.median[-1])} {unit_words(of_flow.unit)} in {long_month(months.month[-1])} ({level}%: {band})"
    )


def _year_sum(years: YearBands, i: int, unit: str) -> str:
    level = band_level(years.lower)
    band = interval(years.lower[level][i], years.upper[level][i])
    return f"{amount(years.median[i])} {unit_words(unit)} ({level}%: {band})"


def _target_sentence(target: TargetAnswer) -> str:
    what = capitalised(target_words(target))
    if target.first_month.get("known", 0.0) >= 1.0:
        return f"{what} {'was reached before the forecast begins' if target.at_most is None else 'is already certain'}."
    text = f"{what}: {percent(target.probability)}"
    if parts := parts_of(target):
        each = [percent(part.probability) for part in parts]
        text += f"; one by one {', '.join(each[:-1])} and {each[-1]}"
    with_crisis, without = target.given_crisis, target.given_no_crisis
    if with_crisis is not None and without is not None and percent(with_crisis) != percent(without):
        text += f" ({percent(without)} without a crisis, {percent(with_crisis)} with one)"
    months = {month: prob for month, prob in target.first_month.items() if month not in ("never", "known")}
    if target.probability >= 0.5 and months and not _decided_at_end(target):
        likeliest = max(months, key=lambda month: months[month])
        text += f", first reached most likely in {long_month(likeliest)} ({percent(months[likeliest])})"
    return text + "."


def _decided_at_end(target: TargetAnswer) -> bool:
    """Whether the month in which the target comes true says nothing: staying under a mark over fixed months."""
    return target.at_most is not None and target.span is not None and months_trailed(target.span) is None


def _scenario_sentence(scenario: ScenarioAnswer, flow: str) -> str:
    parts = []
    if flow in scenario.flows and scenario.flows[flow].years.year:
        of_flow = scenario.flows[flow]
        parts.append(f"{of_flow.years.year[-1]} would come to {_year_sum(of_flow.years, -1, of_flow.unit)}")
    for target in scenario.targets:
        if target.first_month.get("known", 0.0) < 1.0:
            said = asked_words(target) if target.flow == flow and not target.name else target_words(target)
            parts.append(f"{said}: {percent(target.probability)}")
    return f"Under {scenario.name}, {'; '.join(parts)}." if parts else ""


def _outcome_sentence(answer: Answer, flow: str) -> str:
    years = answer.scenarios[0].flows[flow].years.year
    found = [(year, outcome_year(answer, flow, year)) for year in years[:3]]
    said = [f"{amount(value)} in {year}" for year, value in found if value is not None]
    return f"What really happened: {' and '.join(said)}." if said else ""
