"""Which figures say something of their own, and which only repeat, add up or contradict the others.

The figures of a flow are edges between month boundaries (`forecast.cover`); a figure is redundant when
a walk over figures already kept gives the same sum with no more rounding. Short spans come first, so an annual
total tiled by its months goes, and so does a turnover whose two flows are known. A figure that is finer than
what it could be added up from stays, and so does what is coarser: together they say most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from forecast.cover import Edges, add_edge, cheapest_walk
from forecast.data.schema import Figure
from forecast.data.vintages import TOLERANCE, half_steps
from forecast.errors import SchemaError
from forecast.panel import FLOWS

Signed = tuple[Figure, int]
_EXPORTS, _IMPORTS, _TURNOVER = range(len(FLOWS))


class Kept:
    """The figures kept of one flow, joined at month boundaries; grows as figures are found to be needed."""

    def __init__(self, figures: Iterable[Figure] = ()) -> None:
        self.parts: list[tuple[Figure, ...]] = []
        self.edges: Edges = {}
        for figure in figures:
            self.add(figure)

    def add(self, *parts: Figure) -> None:
        """Keep a figure, or the sum of an export and an import figure of the same span."""
        add_edge(self.edges, parts[0].span, len(self.parts))
        self.parts.append(parts)

    def walk(self, figure: Figure) -> list[Signed] | None:
        """Figures and signs that add up to the same span with the least rounding."""
        found = cheapest_walk(self.edges, lambda index: _rounding(self.parts[index]) ** 2, figure.span)
        return None if found is None else [(part, sign) for index, sign in found for part in self.parts[index]]


def informative(figures: Iterable[Figure], tolerance: float = TOLERANCE) -> list[Figure]:
    """The figures of one pair that are not redundant.

    Raises:
        SchemaError: two ways to add up the same sum differ by more than the tolerance and their rounding.
    """
    by_reporter: dict[str, list[Figure]] = {}
    for figure in sorted(figures, key=lambda f: (f.span.length, f.resolution_usd_bn, f.span, f.row)):
        by_reporter.setdefault(figure.reporter, []).append(figure)
    return [figure for group in by_reporter.values() for figure in _of_one_reporter(group, tolerance)]


def _of_one_reporter(figures: Sequence[Figure], tolerance: float) -> list[Figure]:
    exports, imports = (_of_one_flow(figures, flow, tolerance) for flow in (_EXPORTS, _IMPORTS))
    flows = Kept(exports), Kept(imports)
    sums, turnover = Kept(), []
    at = {figure.span: figure for figure in exports}
    for figure in imports:
        if figure.span in at:
            sums.add(at[figure.span], figure)
    for figure in figures:
        if figure.flow == _TURNOVER:
            both = [kept.walk(figure) for kept in flows]
            if _says_more(figure, [sums.walk(figure), _added(both[0], both[1], 1)], tolerance):
                turnover.append(figure)
                sums.add(figure)
    if turnover:
        totals = Kept(turnover)
        exports = _not_the_rest(exports, totals, flows[_IMPORTS], tolerance)
        imports = _not_the_rest(imports, totals, Kept(exports), tolerance)
    return [*exports, *imports, *turnover]


def _not_the_rest(figures: list[Figure], totals: Kept, other: Kept, tolerance: float) -> list[Figure]:
    """The figures of one flow that are not a turnover less the other flow."""
    return [
        figure
        for figure in figures
        if _says_more(figure, [_added(totals.walk(figure), other.walk(figure), -1)], tolerance)
    ]


def _of_one_flow(figures: Iterable[Figure], flow: int, tolerance: float) -> list[Figure]:
    kept, graph = [], Kept()
    for figure in figures:
        if figure.flow == flow and _says_more(figure, [graph.walk(figure)], tolerance):
            kept.append(figure)
            graph.add(figure)
    return kept


def _added(first: list[Signed] | None, second: list[Signed] | None, sign: int) -> list[Signed] | None:
    if first is None or second is None:
        return None
    return first + [(part, sign * its) for part, its in second]


def _rounding(parts: Iterable[Figure]) -> float:
    return math.hypot(*(part.resolution_usd_bn for part in parts))


def _says_more(figure: Figure, walks: Iterable[list[Signed] | None], tolerance: float) -> bool:
    """True unless one of the walks gives the figure with no more rounding.

    Raises:
        SchemaError: a walk contradicts the figure.
    """
    says_more = True
    for walk in walks:
        if walk is not None:
            parts = [part for part, _ in walk]
            _refuse_contradiction(figure, walk, parts, tolerance)
            says_more &= _rounding(parts) > figure.resolution_usd_bn * (1 + 1e-9)
    return says_more


def _refuse_contradiction(figure: Figure, walk: list[Signed], parts: list[Figure], tolerance: float) -> None:
    total = sum(sign * part.value_usd_bn for part, sign in walk)
    largest = max(part.value_usd_bn for part in [figure, *parts])
    if abs(total - figure.value_usd_bn) <= tolerance * largest + half_steps(figure, *parts):
        return
    added, taken = (", ".join(str(part.row) for part, sign in walk if sign == which) for which in (1, -1))
    rows = f"{'row' if len(walk) == 1 else 'rows'} {added}" + (f" less {taken}" if taken else "")
    raise SchemaError(
        f"Row {figure.row} ({figure}) contradicts {rows}, which give "
        f"{total:g} for the same months (apart by more than {tolerance:.0%} and rounding). Correct one of them, or "
        "say in left_out why it does not count.",
        pointer=f"row {figure.row}",
    )
