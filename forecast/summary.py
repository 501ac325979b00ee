"""An Ensemble and a Panel become the columns of an Answer."""

from __future__ import annotations

from dataclasses import replace

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
from forecast.evaluation.asked import Joint, Target, target_text
from forecast.evaluation.bands import bands, year_sums
from forecast.evaluation.likelihood import odds
from forecast.evaluation.reaching import Reached, reach_of
from forecast.evaluation.record import known_part, published
from forecast.evaluation.weighted import effective_size, share_of
from forecast.months import format_month
from forecast.panel import Panel
from forecast.question import Question
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
        effective_paths=round(effective_size(len(ensemble.draw), ensemble.weights)),
        crisis_prob=share_of(ensemble.crisis_start >= 0, ensemble.weights),
        oil_usd=month_bands(ensemble.oil_usd, ensemble, question.levels),
        flows=flows,
        targets=tuple(
            target_answer(panel, ensemble, target, reporter, pointer=f"/targets/{i}")
            for i, target in enumerate(question.targets)
        ),
    )


def month_bands(draws: FloatArray, ensemble: Ensemble, levels: tuple[int, ...]) -> MonthBands:
    """Bands of the months after the origin of ``draws`` (p, h) that begin with the Ensemble."""
    first = ensemble.origin + 1
    found = bands(draws[:, first - ensemble.start :], levels, ensemble.weights)
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
    found = bands(year_sums(ensemble.flow(flow), ensemble.start, first, last), levels, ensemble.weights)
    years = tuple(range(first, last + 1))
    return YearBands(
        year=years,
        known_part=tuple(known_part(panel, flow, reporter, year, ensemble.origin) for year in years),
        median=_floats(found.median),
        mean=_floats(found.mean),
        lower={str(level): _floats(column) for level, column in found.lower.items()},
        upper={str(level): _floats(column) for level, column in found.upper.items()},
    )


def target_answer(
    panel: Panel, ensemble: Ensemble, asked: Target | Joint, reporter: str, *, pointer: str = ""
) -> TargetAnswer:
    """The odds of one target, or of several jointly with those of each.

    Raises:
        GapError: the span is neither known nor forecast.
        SchemaError: a flow that the table does not hold, or another reporter than the Ensemble's.
    """
    return _answered(ensemble, reach_of(panel, ensemble, asked, reporter, pointer=pointer))


def _answered(ensemble: Ensemble, reached: Reached) -> TargetAnswer:
    asked, found = reached.asked, odds(ensemble, reached.reach)
    answer = TargetAnswer(
        flow=None,
        at_least=None,
        unit=None,
        span=None,
        probability=found.probability,
        mc_error=found.mc_error,
        given_no_crisis=found.given_no_crisis,
        given_crisis=found.given_crisis,
        first_month=found.first_month,
        name=asked.name,
        text=target_text(asked),
        mark_usd_bn=reached.mark_usd_bn,
        given_no_crisis_error=found.given_no_crisis_error,
        given_crisis_error=found.given_crisis_error,
        first_month_error=found.first_month_error,
        hazard=found.hazard,
        hazard_error=found.hazard_error,
        never_by=found.never_by,
        never_by_error=found.never_by_error,
    )
    if isinstance(asked, Joint):
        parts = tuple(_answered(ensemble, part) for part in reached.parts)
        return replace(answer, all=parts) if asked.kind == "all" else replace(answer, any=parts)
    return replace(
        answer,
        flow=asked.flow,
        at_least=asked.at_least,
        unit=asked.unit,
        span=str(asked.span),
        at_most=asked.at_most,
        by=None if asked.by is None else format_month(asked.by),
    )


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
