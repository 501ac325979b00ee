"""What is already published about a span: one figure, figures that tile it, or a difference of running sums.

Month boundaries are nodes and every figure joins the first of its span to the month after its last; a walk from
the start of a span to its end, forwards (+) and backwards (-), is a way to add up the span. The walk with the
least rounding is taken, later prints before older ones.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from forecast.months import Span
from forecast.panel import FLOWS, Panel

Edges = dict[int, list[tuple[int, int, int]]]  #: month boundary -> (other boundary, figure, sign)

# Prices beside the squared rounding step (USD bn squared), so small that they only break ties:
_BACK = 1e-10  # a subtraction: two vintages may meet in it
_EACH = 1e-12  # a figure more
_DAY = 1e-17  # a day older
_LAST_DAY = date(2200, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Cover:
    """A published sum.

    ``resolution_usd_bn`` is the rounding step of a single print of the same precision: the root of the summed
    squares of the steps that went in; 0 when all are exact.
    """

    value_usd_bn: float
    resolution_usd_bn: float


def add_edge(edges: Edges, span: Span, figure: int) -> None:
    """Join the two ends of a span by a figure."""
    edges.setdefault(span.start, []).append((span.end + 1, figure, 1))
    edges.setdefault(span.end + 1, []).append((span.start, figure, -1))


def cheapest_walk(edges: Edges, price: Callable[[int], float], span: Span) -> list[tuple[int, int]] | None:
    """Figures and signs that add up to the span at the least total price; None when none do.

    ``price(figure)`` is its squared rounding step (and what else should make it unwelcome), never negative.
    """
    origin, goal = span.start, span.end + 1
    if origin not in edges or goal not in edges:
        return None
    best = {origin: 0.0}
    came: dict[int, tuple[int, int, int]] = {}
    queue = [(0.0, origin)]
    while queue:
        paid, node = heapq.heappop(queue)
        if node == goal:
            break
        if paid > best[node]:
            continue
        for other, figure, sign in edges[node]:
            total = paid + price(figure) + _EACH + (_BACK if sign < 0 else 0.0)
            if total < best.get(other, math.inf):
                best[other] = total
                came[other] = (node, figure, sign)
                heapq.heappush(queue, (total, other))
    if goal not in came:
        return None
    walk: list[tuple[int, int]] = []
    node = goal
    while node != origin:
        node, figure, sign = came[node]
        walk.append((figure, sign))
    return walk[::-1]


def known_cover(panel: Panel, flow: str, reporter: str, span: Span) -> Cover | None:
    """The published sum of a flow over one span; see `known_covers`."""
    return known_covers(panel, flow, reporter, [span])[0]


def known_covers(panel: Panel, flow: str, reporter: str, spans: Sequence[Span]) -> list[Cover | None]:
    """The published sum of a flow over each span by one reporter; None where the figures do not add up to it.

    A turnover is taken from its own figures and from spans where both flows are printed, else as the sum of what
    is known of the two flows; a flow from its own figures, else as turnover less the other flow. Of these the one
    with the least rounding.
    """
    if reporter not in panel.reporters:
        return [None] * len(spans)
    exports, imports, turnover, sums = _ledgers(panel, reporter)
    if flow == "turnover":
        own, parts, sign = sums, (exports, imports), 1
    else:
        own, other = (exports, imports) if flow == "exports" else (imports, exports)
        parts, sign = (turnover, other), -1
    return [_least_rounded(own, parts, sign, span) for span in spans]


@dataclass(frozen=True, slots=True)
class _Ledger:
    """The figures of one flow by one reporter, joined at month boundaries."""

    spans: tuple[Span, ...]
    values: tuple[float, ...]
    steps: tuple[float, ...]
    published: tuple[int, ...]
    edges: Edges

    def cover(self, span: Span) -> Cover | None:
        """The walk with the least rounding, later prints first."""
        walk = cheapest_walk(self.edges, self._price, span)
        if walk is None:
            return None
        value = sum(sign * self.values[figure] for figure, sign in walk)
        return Cover(value, math.hypot(*(self.steps[figure] for figure, _ in walk)))

    def _price(self, figure: int) -> float:
        return self.steps[figure] ** 2 + _DAY * (_LAST_DAY - self.published[figure])


@lru_cache(maxsize=64)
def _ledgers(panel: Panel, reporter: str) -> tuple[_Ledger, _Ledger, _Ledger, _Ledger]:
    """Exports, imports, turnover, and turnover with the sums of the two; a panel is read-only, so they stay."""
    exports, imports, turnover = (_ledger(panel, flow, reporter) for flow in FLOWS)
    return exports, imports, turnover, _with_sums(turnover, exports, imports)


def _ledger(panel: Panel, flow: str, reporter: str) -> _Ledger:
    seen = panel.observations
    mine = np.flatnonzero((seen.flow == FLOWS.index(flow)) & (seen.reporter == panel.reporters.index(reporter)))
    return _joined(
        tuple(Span(start, end) for start, end in zip(seen.start[mine].tolist(), seen.end[mine].tolist(), strict=True)),
        tuple(seen.value_usd_bn[mine].tolist()),
        tuple(seen.resolution_usd_bn[mine].tolist()),
        tuple(seen.published[mine].tolist()),
    )


def _with_sums(turnover: _Ledger, exports: _Ledger, imports: _Ledger) -> _Ledger:
    at = {span: index for index, span in enumerate(exports.spans)}
    both = [(at[span], index) for index, span in enumerate(imports.spans) if span in at]
    return _joined(
        turnover.spans + tuple(exports.spans[e] for e, _ in both),
        turnover.values + tuple(exports.values[e] + imports.values[i] for e, i in both),
        turnover.steps + tuple(math.hypot(exports.steps[e], imports.steps[i]) for e, i in both),
        turnover.published + tuple(max(exports.published[e], imports.published[i]) for e, i in both),
    )


def _joined(
    spans: tuple[Span, ...], values: tuple[float, ...], steps: tuple[float, ...], published: tuple[int, ...]
) -> _Ledger:
    edges: Edges = {}
    for index, span in enumerate(spans):
        add_edge(edges, span, index)
    return _Ledger(spans, values, steps, published, edges)


def _least_rounded(own: _Ledger, parts: tuple[_Ledger, _Ledger], sign: int, span: Span) -> Cover | None:
    covers = [own.cover(span)]
    if covers[0] is None or covers[0].resolution_usd_bn > 0:
        first, second = parts[0].cover(span), parts[1].cover(span)
        if first is not None and second is not None:
            value = first.value_usd_bn + sign * second.value_usd_bn
            covers.append(Cover(value, math.hypot(first.resolution_usd_bn, second.resolution_usd_bn)))
    positive = [cover for cover in covers if cover is not None and cover.value_usd_bn > 0]
    return min(positive, key=lambda cover: cover.resolution_usd_bn, default=None)
