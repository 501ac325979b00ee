"""What every Explanation says of itself: pair, count, day, model, target and the sum that it speaks of."""

from __future__ import annotations

from typing import TypedDict

from forecast.evaluation.asked import Joint, Target, target_text
from forecast.months import Span
from forecast.prepared import Prepared
from forecast.reports.target_words import target_words
from forecast.reports.words import span_words
from forecast.scenarios.ensemble import Ensemble
from forecast.summary import target_answer


class Named(TypedDict):
    """Fields of an Explanation that all kinds share."""

    pair: str
    reporter: str
    as_of: str
    model: str
    target: str
    target_words: str
    summed: str
    paths: int
    seed: int


def named(prepared: Prepared, ensemble: Ensemble, target: Target | Joint) -> Named:
    """The names of a question's answer about a target."""
    asked = prepared.question
    return Named(
        pair=asked.pair,
        reporter=prepared.reporter,
        as_of=prepared.panel.as_of.isoformat(),
        model=prepared.choice.name,
        target=target_text(target),
        target_words=target_words(target_answer(prepared.panel, ensemble, target, prepared.reporter)),
        summed=summed(target),
        paths=prepared.common.paths,
        seed=asked.seed,
    )


def summed(target: Target | Joint) -> str:
    """ "turnover in 2019"; empty where a target is no single sum."""
    if isinstance(target, Target) and isinstance(target.span, Span):
        return f"{target.flow} {span_words(str(target.span))}"
    return ""
