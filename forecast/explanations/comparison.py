"""compare(): several scenarios side by side against the first, drawn on the same paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import SchemaError
from forecast.evaluation.asked import Joint, Target, target_text
from forecast.evaluation.bands import bands, year_sums
from forecast.evaluation.compared import Comparison, ScenarioCompared, TargetCompared, YearCompared
from forecast.evaluation.likelihood import probability_of
from forecast.evaluation.reaching import reach_of
from forecast.evaluation.weighted import effective_size, share_of
from forecast.explanations.measures import (
    PROBABILITY,
    Measured,
    difference_error,
    error_of,
    measure,
    median_influence,
)
from forecast.months import format_month
from forecast.prepared import Prepared, Progress, draw
from forecast.reports.target_words import target_words
from forecast.scenarios.conditions.wording import condition_words
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.simulate import Drawn
from forecast.summary import target_answer

FloatArray = NDArray[np.float64]

LEVEL = 80  #: of the bands, in per cent


@dataclass(frozen=True, slots=True)
class _Told:
    """What the others are held against: targets measured, and years (y, flows) with each path's influence."""

    measured: tuple[Measured, ...]
    median: FloatArray
    influence: FloatArray
    sums: FloatArray


def compare(
    prepared: Prepared,
    scenarios: Sequence[Scenario],
    targets: Sequence[Target | Joint] = (),
    *,
    progress: Progress | None = None,
) -> Comparison:
    """Hold scenarios of one Prepared against the first of them.

    Raises:
        SchemaError: fewer than two scenarios, or two of one name.
        ScenarioError: a scenario contradicts what is known or itself, or hardly any path shows it.
        GapError: a target's span is neither known nor forecast.
    """
    names = [scenario.name for scenario in scenarios]
    if len(names) < 2 or len(set(names)) < len(names):
        raise SchemaError(
            f"Name two or more different scenarios to compare; found {', '.join(names) or 'none'}.",
            pointer="/scenarios",
        )
    tell = progress or (lambda _: None)
    found: list[ScenarioCompared] = []
    first: _Told | None = None
    for scenario in scenarios:
        tell(f"drawing {scenario.name}")
        drawn = draw(prepared, scenario)
        here = _told(prepared, drawn.ensemble, targets)
        first = first or here
        found.append(_compared(prepared, drawn, targets, here, first))
    return Comparison(
        pair=prepared.question.pair,
        reporter=prepared.reporter,
        as_of=prepared.panel.as_of.isoformat(),
        origin=format_month(prepared.origin),
        through=format_month(prepared.common.through),
        model=prepared.choice.name,
        level=LEVEL,
        paths=prepared.common.paths,
        seed=prepared.question.seed,
        asked=tuple(dict.fromkeys(flow for target in targets for flow in _flows_of(target))),
        scenarios=tuple(found),
        warnings=prepared.warnings,
    )


def _flows_of(asked: Target | Joint) -> tuple[str, ...]:
    if isinstance(asked, Target):
        return (asked.flow,)
    return tuple(flow for part in asked.parts for flow in _flows_of(part))


def _told(prepared: Prepared, ensemble: Ensemble, targets: Sequence[Target | Joint]) -> _Told:
    measured = tuple(measure(prepared.panel, ensemble, target, prepared.reporter) for target in targets)
    years = _years(ensemble)
    sums = (
        np.stack(
            [year_sums(ensemble.flow(flow), ensemble.start, years[0], years[-1]) for flow in ensemble.flows], axis=2
        )
        if years
        else np.zeros((len(ensemble.draw), 0, len(ensemble.flows)))
    )
    flat = sums.reshape(len(sums), -1)
    median = bands(flat, (LEVEL,), ensemble.weights).median if flat.shape[1] else np.zeros(0)
    influence = np.zeros(flat.shape)
    for column in range(flat.shape[1]):
        influence[:, column] = median_influence(flat[:, column], ensemble.weights, float(median[column]))
    return _Told(measured, median, influence, flat)


def _compared(
    prepared: Prepared, drawn: Drawn, targets: Sequence[Target | Joint], here: _Told, first: _Told
) -> ScenarioCompared:
    ensemble, scenario = drawn.ensemble, drawn.scenario
    return ScenarioCompared(
        name=scenario.name,
        title=scenario.title or scenario.name,
        conditions=tuple(condition_words(condition) for condition in scenario.conditions),
        plausibility=drawn.plausibility,
        effective_paths=round(effective_size(len(ensemble.draw), ensemble.weights)),
        crisis_prob=share_of(ensemble.crisis_start >= 0, ensemble.weights),
        targets=tuple(
            _target(prepared, ensemble, target, one, other)
            for target, one, other in zip(targets, first.measured, here.measured, strict=True)
        ),
        years=_year_rows(ensemble, here, first),
        warnings=drawn.warnings,
    )


def _target(
    prepared: Prepared, ensemble: Ensemble, target: Target | Joint, first: Measured, here: Measured
) -> TargetCompared:
    reach = reach_of(prepared.panel, ensemble, target, prepared.reporter).reach
    probability, error = probability_of(ensemble, reach)
    apart = difference_error(
        here.influence - first.influence,
        prepared.common.draw,
        min(first.effective, here.effective),
        moved=first.digest != here.digest,
    )
    return TargetCompared(
        target=target_text(target),
        words=target_words(target_answer(prepared.panel, ensemble, target, prepared.reporter)),
        probability=probability,
        error=error,
        change=float(here.values[PROBABILITY] - first.values[PROBABILITY]),
        change_error=float(apart[PROBABILITY]),
    )


def _year_rows(ensemble: Ensemble, here: _Told, first: _Told) -> tuple[YearCompared, ...]:
    if not len(here.median):
        return ()
    found = bands(here.sums, (LEVEL,), ensemble.weights)
    error = error_of(here.influence - first.influence, ensemble.draw)
    flows, rows = ensemble.flows, []
    for f, flow in enumerate(flows):
        for y, year in enumerate(_years(ensemble)):
            c = y * len(flows) + f
            rows.append(
                YearCompared(
                    flow=flow,
                    year=year,
                    median=float(found.median[c]),
                    lower=float(found.lower[LEVEL][c]),
                    upper=float(found.upper[LEVEL][c]),
                    change=float(here.median[c] - first.median[c]),
                    change_error=float(error[c]),
                )
            )
    return tuple(rows)


def _years(ensemble: Ensemble) -> range:
    """Whole calendar years that end after the origin and within the horizon."""
    first = max((ensemble.origin + 1) // 12, -(-ensemble.start // 12))
    return range(first, (ensemble.end + 1) // 12)
