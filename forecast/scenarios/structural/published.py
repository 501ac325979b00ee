"""Months up to the origin brought to what is published: single months as printed, longer spans in their sum.

Draws given the data meet every figure up to the curvature of the logarithm and the allowance for vintages; a sum
that the world knows should not be spread. Figures too coarse to say a month (rounded by more than half a per cent)
leave the draws as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.cover import Cover, known_covers
from forecast.months import Span
from forecast.panel import Panel

FloatArray = NDArray[np.float64]

_COARSE = 0.005


@dataclass(frozen=True, slots=True)
class Cell:
    """Some flows (positions) whose sum over a span is published, USD bn."""

    span: Span
    flows: tuple[int, ...]
    sum_usd_bn: float


def published_cells(panel: Panel, reporter: str, flows: tuple[str, ...], start: int) -> tuple[Cell, ...]:
    """What a reporter has published finely of the months from ``start`` on, in cells that do not overlap.

    Each flow's own figures first; of spans for which beyond these only turnover is known, what is left of it for the
    flows that are open.
    """
    last = int(panel.observations.end.max())
    if last < start:
        return ()
    settled = np.zeros((last - start + 1, len(flows)), dtype=bool)
    cells = []
    for f, flow in enumerate(flows):
        for span, cover in _cells(panel, reporter, flow, start, last, settled[:, f]):
            cells.append(Cell(span, (f,), cover.value_usd_bn))
            settled[span.start - start : span.end - start + 1, f] = True
    if len(flows) == 2 and not settled.all():
        for span, cover in _cells(panel, reporter, "turnover", start, last, np.asarray(settled.all(axis=1))):
            months = settled[span.start - start : span.end - start + 1]
            open_flows = tuple(f for f in range(2) if not months[:, f].any())
            closed = sum(c.sum_usd_bn for c in cells if c.flows[0] not in open_flows and _inside(c.span, span))
            if open_flows and cover.value_usd_bn > closed and all(months[:, f].all() for f in {0, 1} - {*open_flows}):
                cells.append(Cell(span, open_flows, cover.value_usd_bn - closed))
    return tuple(cells)


def meet_published(cells: tuple[Cell, ...], start: int, values_usd_bn: FloatArray) -> None:
    """Scale the draws (paths, months, flows) of months ``start`` on so that every cell adds up, in place."""
    for cell in cells:
        months = slice(cell.span.start - start, cell.span.end - start + 1)
        block = values_usd_bn[:, months, :][:, :, list(cell.flows)]
        factor = cell.sum_usd_bn / block.sum(axis=(1, 2))
        values_usd_bn[:, months, cell.flows[0] : cell.flows[-1] + 1] *= factor[:, None, None]


def _inside(part: Span, whole: Span) -> bool:
    return whole.start <= part.start and part.end <= whole.end


def months_settled(panel: Panel, reporter: str, flows: tuple[str, ...], start: int) -> int:
    """How many months from ``start`` on are all published singly, for every flow, one after the other."""
    last = int(panel.observations.end.max())
    spans = [Span(month, month) for month in range(start, last + 1)]
    fine = np.array([[_fine(cover) for cover in known_covers(panel, flow, reporter, spans)] for flow in flows])
    open_months = np.flatnonzero(~fine.all(axis=0))
    return int(open_months[0]) if len(open_months) else len(spans)


def _fine(cover: Cover | None) -> bool:
    return cover is not None and cover.resolution_usd_bn <= _COARSE * cover.value_usd_bn


def _cells(
    panel: Panel, reporter: str, flow: str, start: int, last: int, settled: NDArray[np.bool_]
) -> list[tuple[Span, Cover]]:
    """Shortest spans, one after the other, whose sum is published finely enough, among months not yet settled."""
    singles = [Span(month, month) for month in range(start, last + 1)]
    covers = known_covers(panel, flow, reporter, singles)
    cells = [(s, c) for s, c, done in zip(singles, covers, settled, strict=True) if not done and c and _fine(c)]
    closed = settled | np.array([_fine(cover) for cover in covers], dtype=bool)
    month = start
    while month <= last:
        stop = month
        while stop <= last and not closed[stop - start]:
            stop += 1
        spans = [Span(month, end) for end in range(month + 1, stop)]
        for span, cover in zip(spans, known_covers(panel, flow, reporter, spans), strict=True):
            if cover is not None and _fine(cover):
                cells.append((span, cover))
                month = span.end
                break
        month += 1
    return cells
