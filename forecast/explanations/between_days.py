"""explain_news(): what each release between two days did to an answer, and what time and new parameters did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.data.assemble import TableSource
from forecast.data.releases import driver_days, figure_days, panel_known
from forecast.errors import InputError, SchemaError
from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.explained import Explanation, News, Part, Side
from forecast.explanations.expected import new_figures
from forecast.explanations.knowing import State, drivers_read, know, state_of
from forecast.explanations.measures import Measured, amounts_of, difference_error, error_of, errors_of, measure
from forecast.explanations.naming import named
from forecast.explanations.release_words import driver_words, figure_news, figure_words, oil_news
from forecast.explanations.releases_between import MOST_RELEASES, Release, releases_between
from forecast.models.structural.fitted import Fitted
from forecast.months import format_month
from forecast.panel import Driver, Panel
from forecast.prepared import Prepared, Progress, draw, prepare
from forecast.question import Question
from forecast.reports.explanation_words import with_paragraph
from forecast.scenarios.scenario import BASELINE, Scenario

FloatArray = NDArray[np.float64]

_KINDS = {
    "figures": ("the figures", "all releases of figures together"),
    "drivers": ("the oil price and other drivers", "all releases of drivers together"),
    "time": ("the passing of time", "what is known of crises and of the trade of others, and the day itself"),
    "parameters": ("parameters estimated anew", "variances and persistence, given all figures"),
    "model": ("another model", "the model that answers on the later day"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked at every state: the question with its defaults filled in, who answers, and under which scenario."""

    question: Question
    reporter: str
    model: str
    target: Target | Joint
    scenario: Scenario
    realised_oil: Driver
    table: TableSource | None

    def panel(self, figures: date, drivers: date, as_of: date) -> Panel:
        """What is known with the figures of one day and the drivers of another."""
        return panel_known(self.question.pair, figures=figures, drivers=drivers, as_of=as_of, table=self.table)

    def state(self, panel: Panel, drivers: date, before: Fitted | None) -> State:
        """The draws given a panel."""
        return know(
            panel,
            drivers,
            self.question,
            self.model,
            scenario=self.scenario,
            reporter=self.reporter,
            before=before,
        )

    def measured(self, state: State) -> Measured:
        """The target read off the paths of a state."""
        return measure(state.panel, state.paths_of(self.scenario, self.realised_oil), self.target, self.reporter)


@dataclass(slots=True)
class _Chain:
    """The states of knowledge walked so far: the last one, its paths measured, and the parts that led there."""

    state: State
    measured: Measured
    parts: list[Part] = field(default_factory=list)
    by_kind: dict[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def add(self, name: str, words: str, kind: str, to: Measured, state: State, news: tuple[News, ...] = ()) -> None:
        """Go on to a state; the change is the part's."""
        change, error = _apart(self.measured, self.state, to, state)
        self.parts.append(Part(name, words, amounts_of(change), errors_of(error, change), kind, news))
        so_far = self.by_kind.get(kind, (np.zeros(3), np.zeros(to.influence.shape)))
        self.by_kind[kind] = so_far[0] + change, so_far[1] + to.influence - self.measured.influence
        self.state, self.measured = state, to

    def subtotals(self) -> tuple[Part, ...]:
        """The parts of each kind together."""
        draws = self.state.common.draw
        return tuple(
            Part(*_KINDS[kind], amounts_of(change), errors_of(error_of(influence, draws), change), kind)
            for kind, (change, influence) in self.by_kind.items()
        )


def explain_news(
    question: Question,
    since: date,
    target: Target | Joint,
    scenario: Scenario = BASELINE,
    *,
    table: TableSource | None = None,
    most: int = MOST_RELEASES,
    progress: Progress | None = None,
) -> Explanation:
    """Split the difference between the answers of the day ``since`` and of the question's over what came between.

    Knowledge grows release by release: the oil price (and rates) of a day, then its figures; each change is its part.
    Then time passes, and the parameters are estimated anew (the structural model keeps them until then; other models
    estimate with every release). The parts add up to the whole change.

    Args:
        question: its ``as_of`` is the later day.
        since: the earlier day.
        target: what is asked.
        scenario: under which conditions, on both days.
        table: the user's own figures.
        most: releases told one by one; more are put together by month, quarter or year.
        progress: told in a few words what goes on.

    Raises:
        SchemaError: the days are in the wrong order.
        GapError: too little was known on the earlier day, or the target's span is neither known nor forecast.
    """
    tell = progress or (lambda _: None)
    _refuse_order(since, question.as_of)
    later = prepare(replace(question, scenarios=(scenario,)), table=table, progress=progress)
    until = later.panel.as_of
    _refuse_order(since, until)
    earlier = _earlier(later.question, since, table, progress)
    asked = _Asked(later.question, earlier.reporter, earlier.common.model, target, scenario, later.realised_oil, table)
    before, after = (measure(p.panel, draw(p, scenario).ensemble, target, asked.reporter) for p in (earlier, later))
    first = state_of(earlier, since)
    chain = _Chain(first, before)
    names = drivers_read(later.panel, asked.model, until)
    days = figure_days(question.pair, since, until, table), driver_days(names, since, until)
    releases, grouping = releases_between(*days, most)
    figures = drivers = since
    for release in releases:
        tell(f"telling what was known after {release.day}")
        figures, drivers = (release.day, drivers) if release.figures else (figures, release.day)
        _go_on(chain, release, asked.panel(figures, drivers, since), drivers, asked)
    _time_and_parameters(chain, later, after, asked)
    change, error = _apart(before, first, after, chain.state)
    whole = f"as known on {until} less {since}"
    return with_paragraph(
        Explanation(
            **named(later, draw(later, scenario).ensemble, target),
            kind="knowledge",
            before=_side(since, earlier, before),
            after=_side(until, later, after),
            total=Part("difference", whole, amounts_of(change), errors_of(error, change), "whole"),
            parts=tuple(chain.parts),
            subtotals=chain.subtotals(),
            notes=_notes(grouping, scenario, asked.model),
        )
    )


def _refuse_order(since: date, until: date | None) -> None:
    if until is not None and since >= until:
        raise SchemaError(f"News come between two days; {since} is not before {until}.", pointer="/since")


def _earlier(asked: Question, since: date, table: TableSource | None, progress: Progress | None) -> Prepared:
    """The same question on the earlier day; what it lacks there is said of that day."""
    try:
        return prepare(replace(asked, as_of=since), table=table, progress=progress)
    except InputError as error:
        raise type(error)(f"As of {since}: {error.message}", pointer="/since", allowed=error.allowed) from None


def _go_on(chain: _Chain, release: Release, panel: Panel, drivers: date, asked: _Asked) -> None:
    """Go on by one release; one that changes nothing is told as such."""
    was = chain.state
    kind = "figures" if release.figures else "drivers"
    what = "oil price, rates and activity" if "activity" in was.known else "oil price and rates"
    name = f"{'figures' if release.figures else what} of {release.label or 'the whole time'}"
    news: tuple[News, ...] = ()
    if release.figures:
        printed = new_figures(was.panel, panel)
        words = figure_words(printed)
        if printed:
            news = figure_news(was, printed, asked.target, asked.reporter, asked.realised_oil)
    else:
        known = drivers_read(panel, asked.model, drivers)
        words, news = driver_words(was.known, known), oil_news(was, known)
    if not words:
        chain.add(name, "nothing that was not known", kind, chain.measured, replace(was, panel=panel))
        return
    state = asked.state(panel, drivers, was.fitted)
    if was.fitted is not None and not state.carried:
        words += " (with parameters estimated anew, since these figures ask for others)"
    chain.add(name, words, kind, asked.measured(state), state, news)


def _time_and_parameters(chain: _Chain, later: Prepared, after: Measured, asked: _Asked) -> None:
    """Go on from the last release to the later answer: the day itself, the parameters, and the model."""
    until, same_model = later.panel.as_of, later.common.model == asked.model
    end = replace(chain.state, panel=later.panel, common=later.common, fitted=None)
    structural, time = chain.state.fitted is not None, (*_KINDS["time"], "time")
    if same_model and not structural:
        chain.add(*time, after, end)
        return
    state = asked.state(later.panel, until, chain.state.fitted)
    chain.add(*time, asked.measured(state), state)
    parameters = (*_KINDS["parameters"], "parameters")
    if same_model:
        chain.add(*parameters, after, end)
        return
    if structural:
        fresh = asked.state(later.panel, until, None)
        chain.add(*parameters, asked.measured(fresh), fresh)
    chain.add("another model", f"{later.common.model} in place of {asked.model}", "model", after, end)


def _apart(one: Measured, of_one: State, other: Measured, of_other: State) -> tuple[FloatArray, FloatArray]:
    """Change (3) between two states and its error (3), paths paired by number."""
    change = other.values - one.values
    draw_one, draw_other = of_one.common.draw, of_other.common.draw
    moved = one.digest != other.digest
    if np.array_equal(draw_one, draw_other):
        effective = min(one.effective, other.effective)
        return change, difference_error(other.influence - one.influence, draw_one, effective, moved=moved)
    apart = error_of(one.influence, draw_one) ** 2 + error_of(other.influence, draw_other) ** 2
    return change, np.sqrt(apart)


def _side(day: date, prepared: Prepared, found: Measured) -> Side:
    words = f"as known on {day}, figures up to {format_month(prepared.origin)}"
    error = errors_of(error_of(found.influence, prepared.common.draw), found.values)
    return Side(day.isoformat(), words, amounts_of(found.values), error)


def _notes(grouping: str, scenario: Scenario, model: str) -> tuple[str, ...]:
    notes = ["Each part is the change when a release is added to what was known before it, in the order of the days."]
    if grouping != "day":
        together = "are put together" if grouping == "whole" else f"are put together by {grouping}"
        notes.append(f"There are many releases; they {together}, drivers before figures.")
    if model != "structural":
        notes.append(f"{model} estimates its parameters anew with every release, so they are no part of their own.")
    notes.append(
        "Expected: mean of the paths before the release, of the oil price the median of its density. Weight: what one "
        "bn more than expected adds to the mean of the sum asked, beside the other figures of the release, by the "
        "linear projection on the paths."
    )
    if scenario.conditions:
        notes.append(f"Under {scenario.name} on both days; figures are expected without it.")
    return tuple(notes)
