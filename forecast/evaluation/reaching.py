"""A Target or a Joint read off an Ensemble: which paths reach it, and when."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.cover import known_cover
from forecast.errors import GapError, SchemaError
from forecast.evaluation.asked import PERCENT, Joint, Target, months_trailed
from forecast.evaluation.targets import Reach, reach_all, reach_any, reach_over_span, reach_trailing, reach_year_to_date
from forecast.months import Span, format_month
from forecast.panel import Panel
from forecast.scenarios.ensemble import Ensemble

_TWELVE = 12


@dataclass(frozen=True, slots=True)
class Reached:
    """A target with its paths: mark_usd_bn is None for a Joint, whose parts follow."""

    asked: Target | Joint
    reach: Reach
    mark_usd_bn: float | None
    parts: tuple[Reached, ...] = ()


def reach_of(panel: Panel, ensemble: Ensemble, asked: Target | Joint, reporter: str, *, pointer: str = "") -> Reached:
    """When each path reaches what is asked; months already published count.

    Raises:
        GapError: the span is neither known nor forecast.
        SchemaError: a flow that the figures do not hold, or another reporter than the Ensemble's.
    """
    if isinstance(asked, Joint):
        parts = tuple(
            reach_of(panel, ensemble, part, reporter, pointer=f"{pointer}/{asked.kind}/{i}")
            for i, part in enumerate(asked.parts)
        )
        joined = (reach_all if asked.kind == "all" else reach_any)(ensemble, [part.reach for part in parts])
        return Reached(asked, joined, None, parts)
    if asked.reporter not in (None, reporter):
        raise SchemaError(
            f"The target is by the count of {asked.reporter}, the forecast by that of {reporter}; ask a question of "
            f"its own with reporter {asked.reporter}.",
            pointer=f"{pointer}/reporter",
            allowed=(reporter,),
        )
    if asked.flow not in ensemble.flows:
        raise SchemaError(
            f"The target asks for {asked.flow}, but the figures hold {', '.join(ensemble.flows)} only.",
            pointer=f"{pointer}/flow",
            allowed=ensemble.flows,
        )
    mark = asked.mark_usd_bn(
        _last_twelve(panel, ensemble, asked.flow, reporter, pointer) if asked.unit == PERCENT else 0.0
    )
    try:
        return Reached(asked, _reach(panel, ensemble, asked, reporter, mark), mark)
    except GapError as error:
        raise GapError(error.message, pointer=f"{pointer}/{error.pointer or 'span'}") from None


def _reach(panel: Panel, ensemble: Ensemble, target: Target, reporter: str, mark: float) -> Reach:
    at_most = target.at_most is not None
    if isinstance(target.span, Span):
        end = target.span.end if target.by is None else min(target.by, target.span.end)
        before = _published_before(panel, ensemble, target.flow, reporter, Span(target.span.start, end))
        return reach_over_span(ensemble, target.flow, mark, target.span, before, at_most=at_most, by=target.by)
    months = months_trailed(target.span)
    if months is None:
        return reach_year_to_date(ensemble, target.flow, mark, by=target.by)
    return reach_trailing(ensemble, target.flow, mark, months, at_most=at_most, by=target.by)


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


def _last_twelve(panel: Panel, ensemble: Ensemble, flow: str, reporter: str, pointer: str) -> float:
    """Published sum of the twelve months up to the origin."""
    span = Span(ensemble.origin - _TWELVE + 1, ensemble.origin)
    cover = known_cover(panel, flow, reporter, span)
    if cover is None:
        raise GapError(
            f"A mark in % needs the sum of {flow} over {span}, the last twelve months known, which {reporter} has not "
            "published; give the mark in USD bn.",
            pointer=f"{pointer}/unit",
        )
    return cover.value_usd_bn
