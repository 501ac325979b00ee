"""What was known on a day: the latest print of each figure, and whether the prints agree with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from forecast.data.schema import Figure
from forecast.errors import GapError, SchemaError
from forecast.months import format_month

TOLERANCE = 0.02  #: figures of one table may differ by this share (and rounding) before they contradict each other
REVISED = 0.05  #: the same where first prints stand beside revised statistics, as in the figures that travel with us
LEAST_MONTHS = 24
LEAST_FIGURES = 4
LONGEST_GAP = 60

Key = tuple[int, int, int, str]


def latest_known(figures: Iterable[Figure], as_of: int | None) -> list[Figure]:
    """One figure for each span, flow and reporter: the latest published on or before the day ``as_of``.

    Of two prints of the same day that agree within their rounding the finer one is kept.

    Raises:
        SchemaError: the same figure is published twice on the same day with different values.
    """
    latest: dict[Key, Figure] = {}
    for figure in sorted(figures, key=lambda figure: (figure.published, -figure.resolution_usd_bn, figure.row)):
        key = (figure.span.start, figure.span.end, figure.flow, figure.reporter)
        before = latest.get(key)
        if before is not None and before.published == figure.published:
            apart = abs(before.value_usd_bn - figure.value_usd_bn)
            if apart > half_steps(before, figure) + 1e-9 * figure.value_usd_bn:
                raise SchemaError(
                    f"Rows {min(before.row, figure.row)} and {max(before.row, figure.row)} print the same figure "
                    f"({figure}; {before.value_usd_bn:g}) on the same day with different values; keep one, or give "
                    "each its own publication date.",
                    pointer=f"row {max(before.row, figure.row)}",
                )
        if as_of is None or figure.published <= as_of:
            latest[key] = figure
    return list(latest.values())


def half_steps(*figures: Figure) -> float:
    """How far prints may lie apart by rounding alone."""
    return sum(figure.resolution_usd_bn for figure in figures) / 2


def refuse_falling_sums(figures: Iterable[Figure], tolerance: float = TOLERANCE) -> None:
    """A sum over a span cannot be smaller than the sum over a part of it.

    Running sums (spans with the same start) are held to their rounding, other parts to the tolerance.

    Raises:
        SchemaError: naming the two rows.
    """
    groups: dict[tuple[int, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[figure.flow, figure.reporter].append(figure)
    for group in groups.values():
        start = np.array([figure.span.start for figure in group])
        end = np.array([figure.span.end for figure in group])
        value = np.array([figure.value_usd_bn for figure in group])
        step = np.array([figure.resolution_usd_bn for figure in group])
        for whole, figure in enumerate(group):
            inside = (start >= start[whole]) & (end <= end[whole])
            slack = np.where(start == start[whole], 1e-9, tolerance) * value[whole] + (step + step[whole]) / 2
            larger = np.flatnonzero(inside & (value > value[whole] + slack))
            if len(larger):
                part = group[larger[0]]
                raise SchemaError(
                    f"Row {figure.row} ({figure}) is smaller than row {part.row} ({part}), which covers a part of "
                    "the same months; a sum cannot fall as months are added.",
                    pointer=f"row {figure.row}",
                )


def refuse_short_records(figures: list[Figure], known_on: str) -> None:
    """A record must reach over two years and hold a few figures, without a hole of more than five years.

    Raises:
        GapError: saying what is there and what is needed.
    """
    if not figures:
        raise GapError(f"No figure was known on {known_on}; ask for a later date of knowledge.")
    spans = sorted(figure.span for figure in figures)
    last = max(span.end for span in spans)
    months = last - spans[0].start + 1
    if months < LEAST_MONTHS or len(figures) < LEAST_FIGURES:
        raise GapError(
            f"Too little history: {len(figures)} figures over {months} months were known on {known_on}; "
            f"at least {LEAST_FIGURES} figures over {LEAST_MONTHS} months are needed."
        )
    reached = spans[0].end
    for span in spans:
        if span.start - reached - 1 > LONGEST_GAP:
            raise GapError(
                f"Nothing is known from {format_month(reached + 1)} to {format_month(span.start - 1)}, more than "
                f"{LONGEST_GAP} months; give figures in between, or only those after the gap."
            )
        reached = max(reached, span.end)
