"""Layout: which states a panel needs, and where each published figure is read.

Shared by the flows: level and drift. Per flow: a level, a drift and a cycle of its own, twelve seasonal effects,
elasticities to oil, buyer's currency and Lunar New Year, and the log flow itself. Per further reporter and flow: a
bias. Per reporter and flow: as many cumulators as spans of several months with different first months overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from forecast.errors import GapError
from forecast.models.background import Background
from forecast.models.regressors import DEEPEST_OIL_LAG, LUNAR_COUNTRIES, LUNAR_WINDOWS, OIL_LAGS
from forecast.panel import Panel

EXPORTS, IMPORTS, TURNOVER = range(3)


@dataclass(frozen=True, slots=True)
class FlowStates:
    """Indices of one flow's states; ``currency`` and ``lunar`` are empty when the pair has none.

    level, drift, cycle: the flow's own, beside those that the flows share.
    seller, buyer: country codes (both empty when turnover itself is the only flow).
    """

    flow: int
    seller: str
    buyer: str
    level: int
    drift: int
    season: int
    cycle: int
    oil: tuple[int, ...]
    currency: tuple[int, ...]
    lunar: tuple[int, ...]
    log_flow: int


@dataclass(frozen=True, slots=True)
class Life:
    """A cumulator in use: it adds up months ``start`` to ``end`` in state ``state``."""

    state: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Months ``start`` to ``end`` of the record, and the states.

    used: indices of the observations that fall into these months.
    reporters: those with observations, the base reporter first (its count carries no bias).
    bias: state by (reporter, flow position). lives: by (reporter, flow position), in order of start.
    """

    start: int
    end: int
    flows: tuple[FlowStates, ...]
    level: int
    drift: int
    reporters: tuple[int, ...]
    bias: dict[tuple[int, int], int]
    lives: dict[tuple[int, int], tuple[Life, ...]]
    size: int
    used: tuple[int, ...]

    def parts(self, flow: int) -> tuple[int, ...]:
        """Positions of the latent flows that make up a flow of FLOWS."""
        if flow == TURNOVER:
            return tuple(range(len(self.flows)))
        return tuple(i for i, states in enumerate(self.flows) if states.flow == flow)


def lay_out(panel: Panel, background: Background) -> Layout:
    """Decide states and cumulators for a panel.

    Raises:
        GapError: the whole record lies before the oil price is known.
    """
    obs = panel.observations
    earliest = panel.oil.start + DEEPEST_OIL_LAG
    used = tuple(int(i) for i in np.flatnonzero(obs.start >= earliest))
    if not used:
        raise GapError(
            "The whole record lies before the oil price is known; give figures from "
            f"{earliest // 12}-{earliest % 12 + 1:02d} on."
        )
    index = np.array(used)
    start, end = int(obs.start[index].min()), int(obs.end[index].max())
    kinds = sorted({int(f) for f in obs.flow[index]})
    latent = _latent_flows(kinds)

    size = 0

    def take(count: int) -> tuple[int, ...]:
        nonlocal size
        size += count
        return tuple(range(size - count, size))

    flows = []
    level, drift = take(2)
    for flow in latent:
        seller, buyer = {EXPORTS: (panel.first, panel.second), IMPORTS: (panel.second, panel.first)}.get(flow, ("", ""))
        lunar = bool({panel.first, panel.second} & LUNAR_COUNTRIES)
        flows.append(
            FlowStates(
                flow=flow,
                seller=seller,
                buyer=buyer,
                level=take(1)[0],
                drift=take(1)[0],
                season=take(12)[0],
                cycle=take(1)[0],
                oil=take(len(OIL_LAGS)),
                currency=take(1) if buyer in panel.fx else (),
                lunar=take(len(LUNAR_WINDOWS)) if lunar else (),
                log_flow=take(1)[0],
            )
        )
    counts = np.bincount(obs.reporter[index], minlength=len(panel.reporters))
    reporters = tuple(int(r) for r in np.argsort(-counts, kind="stable") if counts[r])
    bias = {(r, f): take(1)[0] for r in reporters[1:] for f in range(len(flows))}
    lives: dict[tuple[int, int], tuple[Life, ...]] = {}
    for r in reporters:
        for f, states in enumerate(flows):
            rows = [i for i in used if obs.reporter[i] == r and obs.flow[i] in (states.flow, TURNOVER)]
            spans = {(int(obs.start[i]), int(obs.end[i])) for i in rows if obs.end[i] > obs.start[i]}
            lives[r, f] = _assign(spans, take)
    return Layout(start, end, tuple(flows), level, drift, reporters, bias, lives, size, used)


def _latent_flows(kinds: list[int]) -> tuple[int, ...]:
    """One kind of flow is modelled as it is; two or three rest on exports and imports."""
    return (kinds[0],) if len(kinds) == 1 else (EXPORTS, IMPORTS)


def _assign(spans: set[tuple[int, int]], take: Callable[[int], tuple[int, ...]]) -> tuple[Life, ...]:
    """Give every first month a cumulator, reusing those whose last span is over."""
    last: dict[int, int] = {}
    for first, end in spans:
        last[first] = max(end, last.get(first, end))
    free_from: dict[int, int] = {}
    lives = []
    for first in sorted(last):
        state = next((s for s, busy_to in free_from.items() if busy_to < first), None)
        if state is None:
            state = take(1)[0]
        free_from[state] = last[first]
        lives.append(Life(state, first, last[first]))
    return tuple(lives)
