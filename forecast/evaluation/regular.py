"""regular_series(): what a reporter has published of one flow, as one regular record of months, quarters or years."""

from __future__ import annotations

import numpy as np

from forecast.cover import known_covers
from forecast.errors import GapError
from forecast.evaluation.record import published
from forecast.months import Span, format_month
from forecast.panel import Panel
from forecast.series import FloatArray, Series

STEPS = {1: "month", 3: "quarter", 12: "year"}  #: months in a span, and what it is called

_COARSE = (
    0.005  #: rounding step, as a share of the figure, beyond which a quarter says too little (`record` for months)
)
_FEWEST = {1: 24, 3: 12, 12: 4}  #: figures that make a record
_FULL = 0.75  #: share of the spans of a record, and of its first year (four spans at least), that must have a figure


def regular_series(panel: Panel, flow: str, reporter: str, *, step: int | None = None) -> Series:
    """The record of one flow by one reporter's count, USD bn a span; what is not published is a gap (NaN).

    Figures too coarse for their span are left out. A record begins where, from there on, three quarters of its
    spans and of those of its first year have a figure: a month quoted once, long before the others, is none.

    Args:
        panel: what is known.
        flow: exports, imports or turnover.
        reporter: whose count.
        step: months in a span, 1, 3 or 12; None takes the shortest of which there is a record.

    Raises:
        GapError: the reporter has published no record of such spans.
    """
    if reporter not in panel.reporters:
        raise GapError(
            f"No figure of {panel.pair} by the count of {reporter} was known on {panel.as_of}; "
            f"known were counts of {', '.join(panel.reporters)}.",
            pointer="/reporter",
            allowed=panel.reporters,
        )
    for months in STEPS if step is None else (step,):
        found = _record(_figures(panel, flow, reporter, months), months)
        if found is not None:
            start, values = found
            return Series(f"{panel.pair} {flow} by {reporter}'s count", start, months, values)
    asked = STEPS if step is None else (step,)
    spans = " or ".join(f"{_FEWEST[months]} {STEPS[months]}s" for months in asked)
    raise GapError(
        f"What {reporter} had published of {flow} of {panel.pair} by {panel.as_of} makes no regular record; "
        f"at least {spans} with few gaps are needed.",
        pointer="/flow",
    )


def published_since(panel: Panel, flow: str, reporter: str, step: int) -> dict[int, float]:
    """All single figures of spans of ``step`` months by the last month of each, USD bn; coarse ones are left out."""
    return {step * index + step - 1: value for index, value in _figures(panel, flow, reporter, step).items()}


def _figures(panel: Panel, flow: str, reporter: str, step: int) -> dict[int, float]:
    """Figures by the number of their span, counted in steps."""
    if step == 1:
        return published(panel, flow, reporter).months
    if step == 12:
        return published(panel, flow, reporter).years
    first, last = int(panel.observations.start.min()), int(panel.observations.end.max())
    numbers = range(-(-first // step), (last + 1) // step)
    covers = known_covers(panel, flow, reporter, [Span(step * i, step * i + step - 1) for i in numbers])
    return {
        i: cover.value_usd_bn
        for i, cover in zip(numbers, covers, strict=True)
        if cover is not None and cover.resolution_usd_bn <= _COARSE * cover.value_usd_bn
    }


def _record(figures: dict[int, float], step: int) -> tuple[int, FloatArray] | None:
    """First month and values of the record that ends with the last figure; None where there is none."""
    numbers = np.array(sorted(figures), dtype=np.int64)
    if len(numbers) < _FEWEST[step]:
        return None
    early = max(12 // step, 4)
    end = int(numbers[-1])
    for i, first in enumerate(numbers.tolist()):
        count = len(numbers) - i
        if count < _FEWEST[step]:
            return None
        soon = min(early, end - first + 1)
        if count < _FULL * (end - first + 1) or ((numbers >= first) & (numbers < first + soon)).sum() < _FULL * soon:
            continue
        values = np.full(end - first + 1, np.nan)
        values[numbers[i:] - first] = [figures[n] for n in numbers[i:].tolist()]
        values.flags.writeable = False
        return first * step, values
    return None


def span_words(series: Series) -> str:
    """ "months 2017-01 to 2024-12"."""
    last = series.start + series.step * (len(series) - 1)
    ends = (
        (f"{series.start // 12}", f"{last // 12}")
        if series.step == 12
        else (format_month(series.start), format_month(series.origin))
    )
    return f"{STEPS[series.step]}s {ends[0]} to {ends[1]}"
