"""An Ensemble and a Panel become the columns of an Answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.answer import (
    FlowAnswer,
    MonthBands,
    MonthSeries,
    Record,
    ScenarioAnswer,
    TargetAnswer,
    YearBands,
    YearSeries,
)
from forecast.cover import known_cover
from forecast.errors import GapError, SchemaError
from forecast.evaluation.bands import bands, year_sums
from forecast.evaluation.record import known_part, published
from forecast.evaluation.targets import odds, reach_over_span, reach_trailing, reach_year_to_date
from forecast.months import Span, format_month
from forecast.panel import Panel
from forecast.question import Question, Target
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.plausibility import Plausibility
from forecast.scenarios.scenario import Scenario

FloatArray = NDArray[np.float64]


def scenario_answer(
    panel: Panel, scenario: Scenario, ensemble: Ensemble, plausible: Plausibility, question: Question
) -> ScenarioAnswer:
    """Bands, sums and odds of one scenario.

    Raises:
        GapError: a target's span is neither known nor forecast.
        SchemaError: a target asks for a flow that the table does not hold.
    """
    reporter = question.reporter or panel.first
    flows = {}
    for flow in ensemble.flows:
        flows[flow] = FlowAnswer(
            unit="USD bn",
            months=month_bands(ensemble.flow(flow), ensemble, question.levels),
            years=_year_bands(panel, ensemble, flow, reporter, question.levels),
        )
    return ScenarioAnswer(
        name=scenario.name,
        title=scenario.title,
        plausibility=plausible,
        effective_paths=len(ensemble.draw),
        crisis_prob=float((ensemble.crisis_start >= 0).mean()),
        oil_usd=month_bands(ensemble.oil_usd, ensemble, question.levels),
        flows=flows,
        targets=tuple(
            _target_answer(panel, ensemble, target, reporter, i) for i, target in enumerate(question.targets)
        ),
    )


def month_bands(draws: FloatArray, ensemble: Ensemble, levels: tuple[int, ...]) -> MonthBands:
    """Bands of the months after the origin of ``draws`` (p, h) that begin with the Ensemble."""
    first = ensemble.origin + 1
    found = bands(draws[:, first - ensemble.start :], levels)
    return MonthBands(
        month=tuple(format_month(m) for m in range(first, ensemble.end + 1)),
        median=_floats(found.median),
        mean=_floats(found.mean),
        lower={str(level): _floats(column) for level, column in found.lower.items()},
        upper={str(level): _floats(column) for level, column in found.upper.items()},
    )


def _year_bands(panel: Panel, ensemble: Ensemble, flow: str, reporter: str, levels: tuple[int, ...]) -> YearBands:
    """Whole calendar years that end after the origin and within the horizon."""
    first, last = (ensemble.origin + 1) // 12, (ensemble.end + 1) // 12 - 1
    first = max(first, -(-ensemble.start // 12))
    if last < first:
        return YearBands((), (), (), (), {str(level): () for level in levels}, {str(level): () for level in levels})
    found = bands(year_sums(ensemble.flow(flow), ensemble.start, first, last), levels)
    years = tuple(range(first, last + 1))
    return YearBands(
        year=years,
        known_part=tuple(known_part(panel, flow, reporter, year, ensemble.origin) for year in years),
        median=_floats(found.median),
        mean=_floats(found.mean),
        lower={str(level): _floats(column) for level, column in found.lower.items()},
        upper={str(level): _floats(column) for level, column in found.upper.items()},
    )


def _target_answer(panel: Panel, ensemble: Ensemble, target: Target, reporter: str, i: int) -> TargetAnswer:
    pointer = f"/targets/{i}"
    if target.flow not in ensemble.flows:
        raise SchemaError(
            f"The target asks for {target.flow}, but the figures hold {', '.join(ensemble.flows)} only.",
            pointer=f"{pointer}/flow",
            allowed=ensemble.flows,
        )
    mark = target.at_least_usd_bn
    try:
        if isinstance(target.span, Span):
            before = _published_before(panel, ensemble, target.flow, reporter, target.span)
            reach = reach_over_span(ensemble, target.flow, mark, target.span, before)
        elif target.span == "trailing-12":
            reach = reach_trailing(ensemble, target.flow, mark)
        else:
            reach = reach_year_to_date(ensemble, target.flow, mark)
    except GapError as error:
        raise GapError(error.message, pointer=f"{pointer}/span") from None
    found = odds(ensemble, reach)
    return TargetAnswer(
        flow=target.flow,
        at_least=target.at_least,
        unit=target.unit,
        span=str(target.span),
        probability=found.probability,
        mc_error=found.mc_error,
        given_no_crisis=found.given_no_crisis,
        given_crisis=found.given_crisis,
        first_month=found.first_month,
    )


def _published_before(panel: Panel, ensemble: Ensemble, flow: str, reporter: str, span: Span) -> float:
    """Published sum of the months of a span that lie before the Ensemble."""
    if span.start >= ensemble.start:
        return 0.0
    before = Span(span.start, min(span.end, ensemble.start - 1))
    cover = known_cover(panel, flow, reporter, before)
    if cover is None:
        raise GapError(
            f"The sum of {flow} over {before} is not published by {reporter}, so {span} cannot be added up; "
            f"begin the span in {format_month(ensemble.start)} or later."
        )
    return cover.value_usd_bn


def record_answers(
    panel: Panel, latest: Panel, reporter: str, origin: int, through: int
) -> tuple[dict[str, Record], dict[str, Record]]:
    """What was known on the panel's day, and what has been published since up to ``through``, by flow."""
    history, outcome = {}, {}
    for flow in ("exports", "imports", "turnover"):
        seen = published(panel, flow, reporter)
        if seen.months or seen.years:
            history[flow] = _record(seen.months, seen.years)
        later = published(latest, flow, reporter)
        months = {m: value for m, value in later.months.items() if origin < m <= through}
        years = {y: value for y, value in later.years.items() if origin < 12 * y + 11 <= through}
        outcome[flow] = _record(months, years)
    return history, {flow: outcome[flow] for flow in history}


def _record(months: dict[int, float], years: dict[int, float]) -> Record:
    return Record(
        months=MonthSeries(tuple(format_month(m) for m in months), tuple(months.values())),
        years=YearSeries(tuple(years), tuple(years.values())),
    )


def _floats(column: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in column)
