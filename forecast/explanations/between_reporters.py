"""explain_reporters(): why two counts of the same trade answer differently: what is published, the level, the width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.data.assemble import TableSource
from forecast.errors import SchemaError
from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.explained import Explanation, Part, Side
from forecast.evaluation.weighted import quantiles
from forecast.explanations.measures import (
    Measured,
    amounts_of,
    difference_error,
    error_of,
    errors_of,
    measure,
)
from forecast.explanations.naming import named
from forecast.explanations.shapley import shapley_weights
from forecast.months import format_month
from forecast.prepared import Prepared, Progress, draw, prepare
from forecast.question import Question
from forecast.reports.explanation_words import with_paragraph
from forecast.reports.words import count_of
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.scenario import BASELINE, Scenario

FloatArray = NDArray[np.float64]

PUBLISHED, LEVEL, WIDTH = range(3)


@dataclass(frozen=True, slots=True)
class _Count:
    """One reporter's answer. median (months, k): of each month ahead, by which level and width are told apart."""

    prepared: Prepared
    ensemble: Ensemble
    median: FloatArray


def explain_reporters(
    question: Question,
    before: str,
    after: str,
    target: Target | Joint,
    scenario: Scenario = BASELINE,
    *,
    table: TableSource | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Split the difference between the answers by two reporters' counts.

    Three ingredients are swapped one at a time, in all orders (Shapley): what is published, that is the months up to
    the last one that either has published (as its reporter has published or expects them); the level of the months
    after, their medians, in which the counts differ by their bias; and the width, the paths about these medians.

    Raises:
        SchemaError: a reporter that is no country of the pair, the same one twice, or a target by one count.
        GapError: a reporter has published too little, or the target's span is neither known nor forecast.
    """
    _refuse(question.pair, before, after)
    told: list[_Count] = []
    through = question.through
    for reporter in (before, after):
        asked = replace(question, reporter=reporter, scenarios=(scenario,), through=through)
        ready = prepare(asked, table=table, progress=progress)
        through = ready.question.through
        ensemble = draw(ready, scenario).ensemble
        told.append(_Count(ready, ensemble, np.empty((0, 0))))
    _refuse_other_flows(told)
    known = max(count.prepared.origin for count in told)
    start = max(count.ensemble.start for count in told)
    told = [_cut(count, start, known) for count in told]
    weights = shapley_weights(3)
    values, influence = np.zeros((3, 3)), np.zeros((3, told[0].prepared.common.paths, 3))
    measured = []
    for coalition in range(8):
        chosen = [told[coalition >> i & 1] for i in range(3)]
        whose = chosen[PUBLISHED].prepared
        found = measure(whose.panel, _swapped(chosen, known), target, whose.reporter)
        values += weights[:, coalition, None] * found.values
        influence += weights[:, coalition, None, None] * found.influence
        measured.append(found)
    first, last = measured[0], measured[-1]
    one, other = (count.prepared for count in told)
    draws, effective = one.common.draw, min(first.effective, last.effective)
    words = _words(told, known)
    parts = []
    for i, name in enumerate(("what is published", "the level", "the width")):
        moved = any(measured[c].digest != measured[c | 1 << i].digest for c in range(8) if not c >> i & 1)
        error = difference_error(influence[i], draws, effective, moved=moved)
        parts.append(Part(name, words[i], amounts_of(values[i]), errors_of(error, values[i]), "ingredient"))
    change = last.values - first.values
    whole = difference_error(last.influence - first.influence, draws, effective, moved=first.digest != last.digest)
    models = dict.fromkeys(p.common.model for p in (one, other))
    return with_paragraph(
        Explanation(
            **named(other, told[1].ensemble, target) | {"reporter": "", "model": " and ".join(models)},
            kind="reporters",
            before=_side(one, first),
            after=_side(other, last),
            total=Part(
                "difference",
                f"{count_of(after)} less {count_of(before)}",
                amounts_of(change),
                errors_of(whole, change),
                "whole",
            ),
            parts=tuple(parts),
            subtotals=(),
            notes=(
                "The parts are Shapley values of three ingredients, each swapped in all orders: the months published "
                "by either, the medians of the months after, and the paths about these medians.",
                *(f"Under {scenario.name}." for _ in scenario.conditions[:1]),
            ),
        )
    )


def _refuse(pair: str, before: str, after: str) -> None:
    countries = tuple(pair.split("-"))
    for reporter in (before, after):
        if reporter not in countries:
            raise SchemaError(
                f"{reporter!r} is no reporter of {pair}; it is counted by {' and '.join(countries)}.",
                pointer="/reporters",
                allowed=countries,
            )
    if before == after:
        raise SchemaError(f"Two counts are compared; found {before} twice.", pointer="/reporters", allowed=countries)


def _refuse_other_flows(told: Sequence[_Count]) -> None:
    one, other = (count.ensemble.flows for count in told)
    if one != other:
        raise SchemaError(
            f"By the count of {told[0].prepared.reporter} there are {', '.join(one)}, by that of "
            f"{told[1].prepared.reporter} {', '.join(other)}, so their paths cannot be told apart part by part; ask "
            "the structural model.",
            pointer="/model",
        )


def _cut(count: _Count, start: int, known: int) -> _Count:
    """The count with its paths from month ``start`` on, and the medians of its single flows after month ``known``."""
    whole = count.ensemble
    values = whole.values_usd_bn[:, start - whole.start :]
    ensemble = replace(whole, start=start, values_usd_bn=values, oil_usd=whole.oil_usd[:, start - whole.start :])
    ahead = values[:, max(known + 1 - start, 0) :]
    flat = ahead.reshape(len(ahead), -1)
    median = quantiles(flat, np.array([0.5]), whole.weights)[0] if flat.shape[1] else np.zeros(0)
    return _Count(count.prepared, ensemble, median.reshape(ahead.shape[1:]))


def _swapped(chosen: Sequence[_Count], known: int) -> Ensemble:
    """Paths of three ingredients: published months of one count, medians of another, paths about these of a third."""
    published, level, width = chosen
    if published is level is width:
        return published.ensemble
    flows = published.ensemble.flows
    at = max(known + 1 - published.ensemble.start, 0)
    values = published.ensemble.values_usd_bn.copy()
    ahead = width.ensemble.values_usd_bn[:, at:]
    if level is not width:
        safe = np.where(width.median > 0.0, width.median, 1.0)
        ahead = ahead * np.where(width.median > 0.0, level.median / safe, 1.0)
    values[:, at:] = ahead
    if "turnover" in flows and len(flows) == 3:
        whole = flows.index("turnover")
        parts = [i for i in range(3) if i != whole]
        values[:, at:, whole] = values[:, at:, parts].sum(axis=2)
    return replace(width.ensemble, origin=published.ensemble.origin, values_usd_bn=values)


def _words(told: Sequence[_Count], known: int) -> tuple[str, str, str]:
    """What each ingredient is, in plain words, with the size of the difference."""
    one, other = told
    ends = [f"{count_of(c.prepared.reporter)} up to {format_month(c.prepared.origin)}" for c in told]
    published = f"figures by {ends[1]} in place of {ends[0]}"
    after = f"the months after {format_month(known)}"
    last = -1  # turnover, or the only flow
    if not one.median.size:
        return published, f"{after}: none is asked", f"{after}: none is asked"
    ratio = float(other.median[:, last].sum() / one.median[:, last].sum() - 1.0)
    flow = one.ensemble.flows[last]
    level = f"medians of {flow} in {after} are {abs(ratio):.1%} {'higher' if ratio >= 0 else 'lower'} in the latter"
    spread = [_spread(count) for count in told]
    width = f"relative spread of their sum (80% band) is {spread[1]:.1%} in place of {spread[0]:.1%}"
    return published, level, width


def _spread(count: _Count) -> float:
    """Length of the 80 % band of the sum of the months ahead over its median."""
    months = len(count.median)
    sums = count.ensemble.values_usd_bn[:, -months:, -1].sum(axis=1)
    low, middle, high = quantiles(sums[:, None], np.array([0.1, 0.5, 0.9]), count.ensemble.weights)[:, 0]
    return float((high - low) / middle)


def _side(prepared: Prepared, found: Measured) -> Side:
    words = f"{count_of(prepared.reporter)}, figures up to {format_month(prepared.origin)}"
    error = errors_of(error_of(found.influence, prepared.common.draw), found.values)
    return Side(prepared.reporter, words, amounts_of(found.values), error)
