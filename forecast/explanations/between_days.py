"""explain_news(): what each release between two days did to an answer, and what time and new parameters did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.data.assemble import TableSource
from forecast.data.releases import driver_days, figure_days, panel_known
from forecast.errors import SchemaError
from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.explained import Explanation, News, Part, Side
from forecast.explanations.expected import Printed, new_figures, news_of
from forecast.explanations.knowing import State, know
from forecast.explanations.measures import (
    Measured,
    amounts_of,
    difference_error,
    error_of,
    errors_of,
    measure,
)
from forecast.explanations.naming import named
from forecast.explanations.releases_between import MOST_RELEASES, Release, releases_between
from forecast.months import format_month
from forecast.panel import Panel
from forecast.prepared import Prepared, Progress, draw, prepare
from forecast.question import Question
from forecast.reports.explanation_words import with_paragraph
from forecast.reports.words import count_of
from forecast.scenarios.oil_paths import median_path
from forecast.scenarios.scenario import BASELINE, Scenario

FloatArray = NDArray[np.float64]

_KINDS = {
    "figures": ("the figures", "all releases of figures together"),
    "drivers": ("the oil price and rates", "all releases of drivers together"),
    "time": ("the passing of time", "what is known of crises and of others, and the day itself"),
    "parameters": ("parameters estimated anew", "variances and persistence, given all figures"),
    "model": ("another model", "the model that answers on the later day"),
}


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
    """Split the difference between an answer of the day ``since`` and that of the question's day over what came between.

    Knowledge grows release by release: the oil price (and rates) of a day, then its figures; each change is that
    release's part. Then time passes, and the parameters are estimated anew (the structural model keeps them until
    then; other models estimate with every release). The parts add up to the whole change.

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
    later = prepare(replace(question, scenarios=(scenario,)), table=table, progress=progress)
    until, asked = later.panel.as_of, later.question
    if since >= until:
        raise SchemaError(f"News come between two days; {since} is not before {until}.", pointer="/since")
    earlier = prepare(replace(asked, as_of=since), table=table, progress=progress)
    model, reporter = earlier.common.model, earlier.reporter
    before, after = (measure(p.panel, draw(p, scenario).ensemble, target, reporter) for p in (earlier, later))
    first = know(earlier.panel, asked, model, scenario=scenario, reporter=reporter, before=None)
    first = replace(first, common=earlier.common)

    chain = _Chain(first, before)
    days = figure_days(asked.pair, since, until, table), driver_days(later.panel, since, until)
    releases, grouping = releases_between(*days, most)
    figures = drivers = since
    for release in releases:
        tell(f"telling what was known after {release.day}")
        figures, drivers = (release.day, drivers) if release.figures else (figures, release.day)
        panel = panel_known(asked.pair, figures=figures, drivers=drivers, as_of=since, table=table)
        _release(chain, release, panel, asked, model, scenario, target, later)
    _time_and_parameters(chain, earlier, later, after, scenario, target, table)
    change, error = _apart(before, first, after, chain.state)
    return with_paragraph(
        Explanation(
            **named(later, draw(later, scenario).ensemble, target),
            kind="knowledge",
            before=_side(since, earlier, before),
            after=_side(until, later, after),
            total=Part(
                "difference", f"as known on {until} less {since}", amounts_of(change), errors_of(error, change), "whole"
            ),
            parts=tuple(chain.parts),
            subtotals=chain.subtotals(),
            notes=_notes(grouping, scenario, later),
        )
    )


def _release(
    chain: _Chain,
    release: Release,
    panel: Panel,
    asked: Question,
    model: str,
    scenario: Scenario,
    target: Target | Joint,
    later: Prepared,
) -> None:
    """Go on by one release; one that changes nothing is told as such."""
    was = chain.state
    printed = new_figures(was.panel, panel) if release.figures else ()
    news = _figure_news(was, printed, target, later) if release.figures else _oil_news(was, panel)
    name = f"{'figures' if release.figures else 'oil price and rates'} of {release.label or 'the whole time'}"
    kind = "figures" if release.figures else "drivers"
    rates = [country for country, rate in panel.fx.items() if rate.end > _rate_end(was.panel, country)]
    if release.figures and not printed or not release.figures and not news and not rates:
        chain.add(name, "nothing that was not known", kind, chain.measured, replace(was, panel=panel))
        return
    state = know(panel, asked, model, scenario=scenario, reporter=later.reporter, before=was.fitted)
    found = measure(panel, state.paths_of(scenario, later.realised_oil), target, later.reporter)
    words = _figure_words(printed) if release.figures else _driver_words(was.panel, panel)
    if was.fitted is not None and not state.carried:
        words += " (with parameters estimated anew, since these figures ask for others)"
    chain.add(name, words, kind, found, state, news)


def _time_and_parameters(
    chain: _Chain,
    earlier: Prepared,
    later: Prepared,
    after: Measured,
    scenario: Scenario,
    target: Target | Joint,
    table: TableSource | None,
) -> None:
    """Go on from the last release to the later answer: the day itself, the parameters, and the model."""
    asked, model = later.question, earlier.common.model
    until, changed = later.panel.as_of, later.common.model != model
    same_day = panel_known(asked.pair, figures=until, drivers=until, as_of=until, table=table)
    words = f"what is known of crises and of other countries' trade on {until}, and the day itself"
    end = State(same_day, later.common, None, False)
    if chain.state.fitted is None and not changed:
        chain.add("passing of time", words, "time", after, end)
        return
    state = know(same_day, asked, model, scenario=scenario, reporter=later.reporter, before=chain.state.fitted)
    found = measure(same_day, state.paths_of(scenario, later.realised_oil), target, later.reporter)
    chain.add("passing of time", words, "time", found, state)
    if state.fitted is not None:
        fresh = (
            end
            if not changed
            else know(same_day, asked, model, scenario=scenario, reporter=later.reporter, before=None)
        )
        found = (
            after
            if not changed
            else measure(same_day, fresh.paths_of(scenario, later.realised_oil), target, later.reporter)
        )
        chain.add(*_KINDS["parameters"], "parameters", found, fresh)
    if changed:
        chain.add("another model", f"{later.common.model} in place of {model}", "model", after, end)


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


def _figure_news(was: State, printed: tuple[Printed, ...], target: Target | Joint, later: Prepared) -> tuple[News, ...]:
    """The figures of a release against the plain forecast before it, each by its own reporter's count."""
    ensemble = was.paths_of(BASELINE, later.realised_oil)
    sums = measure(was.panel, ensemble, target, later.reporter).sums
    told = news_of(was.panel, ensemble, later.reporter, printed, sums)
    for reporter in {figure.reporter for figure in printed} - {later.reporter}:
        theirs = was.paths_by(reporter, later.realised_oil)
        if theirs is not None:
            other = news_of(was.panel, theirs, reporter, printed, np.zeros(0))
            told = tuple(b if b.reporter == reporter else a for a, b in zip(told, other, strict=True))
    return told


def _oil_news(was: State, panel: Panel) -> tuple[News, ...]:
    """Months of the oil price that came out, against the median of its density before."""
    months = panel.oil.end - was.panel.oil.end
    if months <= 0:
        return ()
    density = np.exp(median_path(was.common.oil_density, months))
    came = panel.oil.values[-months:]
    first = was.panel.oil.end + 1
    return tuple(
        News(f"Brent in {format_month(first + i)}", "", float(came[i]), "USD/bbl", float(density[i]))
        for i in range(months)
    )


def _figure_words(printed: tuple[Printed, ...]) -> str:
    """ "China's count: exports and imports of 2018-01; turnover of 2017"."""
    said = []
    for reporter in dict.fromkeys(figure.reporter for figure in printed):
        mine = [figure for figure in printed if figure.reporter == reporter]
        spans = []
        for span in dict.fromkeys(figure.span for figure in mine):
            flows = [figure.flow for figure in mine if figure.span == span]
            spans.append(f"{_listed(flows)} of {span}")
        more = f" and {len(spans) - 4} more" if len(spans) > 4 else ""
        said.append(f"{count_of(reporter)}: {', '.join(spans[:4])}{more}")
    return "; ".join(said)


def _driver_words(before: Panel, after: Panel) -> str:
    """ "Brent of 2018-01 at 69.1 USD; rates of CHN and RUS"."""
    said = []
    if after.oil.end > before.oil.end:
        said.append(f"Brent of {format_month(after.oil.end)} at {after.oil.values[-1]:.1f} USD")
    rates = [country for country, rate in after.fx.items() if rate.end > _rate_end(before, country)]
    if rates:
        said.append(f"{'rates' if len(rates) > 1 else 'rate'} of {_listed(rates)} to the dollar")
    return "; ".join(said)


def _rate_end(panel: Panel, country: str) -> int:
    return panel.fx[country].end if country in panel.fx else -1


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _side(day: date, prepared: Prepared, found: Measured) -> Side:
    words = f"as known on {day}, figures up to {format_month(prepared.origin)}"
    error = errors_of(error_of(found.influence, prepared.common.draw), found.values)
    return Side(day.isoformat(), words, amounts_of(found.values), error)


def _notes(grouping: str, scenario: Scenario, later: Prepared) -> tuple[str, ...]:
    notes = ["Each part is the change when a release is added to what was known before it, in the order of the days."]
    if grouping != "day":
        together = "are put together" if grouping == "whole" else f"are put together by {grouping}"
        notes.append(f"There are many releases; they {together}, drivers before figures.")
    if later.common.model != "structural":
        notes.append(f"{later.common.model} estimates its parameters anew with every release, so they are no part.")
    notes.append(
        "Expected: mean of the paths before the release; weight: what one bn more than that adds to the mean of the sum "
        "asked, beside the other figures of the release, by the linear projection on the paths."
    )
    if scenario.conditions:
        notes.append(f"Under {scenario.name} on both days; figures are expected without it.")
    return tuple(notes)
