"""What a release held, in words, and each of its figures and prices against what had been expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.explained import News
from forecast.explanations.expected import Printed, news_of
from forecast.explanations.knowing import State
from forecast.explanations.measures import measure
from forecast.months import format_month
from forecast.panel import Driver
from forecast.reports.words import count_of
from forecast.scenarios.oil_paths import median_path
from forecast.scenarios.scenario import BASELINE

_SPANS = 4  #: spans named of one reporter


def figure_news(
    was: State, printed: tuple[Printed, ...], target: Target | Joint, reporter: str, realised_oil: Driver
) -> tuple[News, ...]:
    """The figures of a release against the plain forecast before it, each by its own reporter's count.

    Only those of ``reporter``, whose forecast is explained, have a weight on its sum.
    """
    ensemble = was.paths_of(BASELINE, realised_oil)
    sums = measure(was.panel, ensemble, target, reporter).sums
    told = news_of(was.panel, ensemble, reporter, printed, sums)
    for other in sorted({figure.reporter for figure in printed} - {reporter}):
        theirs = was.paths_by(other, realised_oil)
        if theirs is not None:
            found = news_of(was.panel, theirs, other, printed, np.zeros(0))
            told = tuple(b if b.reporter == other else a for a, b in zip(told, found, strict=True))
    return told


def oil_news(was: State, known: Mapping[str, Driver]) -> tuple[News, ...]:
    """Months of the oil price that came out, against the median of its density before."""
    oil = known["oil"]
    first = was.known["oil"].end + 1
    months = oil.end + 1 - first
    if months <= 0:
        return ()
    expected = np.exp(median_path(was.common.oil_density, months))
    return tuple(
        News(f"Brent in {format_month(first + i)}", "", float(oil.values[i - months]), "USD/bbl", float(expected[i]))
        for i in range(months)
    )


def figure_words(printed: Sequence[Printed]) -> str:
    """ "China's count: exports and imports of 2018-01; Russia's count: turnover of 2017"."""
    said = []
    for reporter in dict.fromkeys(figure.reporter for figure in printed):
        mine = [figure for figure in printed if figure.reporter == reporter]
        spans = []
        for span in dict.fromkeys(figure.span for figure in mine):
            spans.append(f"{_listed([figure.flow for figure in mine if figure.span == span])} of {span}")
        more = f" and {len(spans) - _SPANS} more" if len(spans) > _SPANS else ""
        said.append(f"{count_of(reporter)}: {', '.join(spans[:_SPANS])}{more}")
    return "; ".join(said)


def driver_words(before: Mapping[str, Driver], after: Mapping[str, Driver]) -> str:
    """ "Brent of 2018-01 at 69.1 USD; rates of CHN and RUS to the dollar"; empty where nothing came out."""
    came = [name for name, driver in after.items() if name not in before or driver.end > before[name].end]
    said = []
    if "oil" in came:
        said.append(f"Brent of {format_month(after['oil'].end)} at {after['oil'].values[-1]:.1f} USD")
    rates = [name.removeprefix("fx:") for name in came if name.startswith("fx:")]
    if rates:
        said.append(f"{'rates' if len(rates) > 1 else 'rate'} of {_listed(rates)} to the dollar")
    if "activity" in came:
        said.append(f"world activity of {format_month(after['activity'].end)}")
    return "; ".join(said)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
