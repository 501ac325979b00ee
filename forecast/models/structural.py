"""The structural model as a System: trend, season, moving holidays, oil and currency, over any spans and counts.

log flow_t = level_t + season_t + cycle_t + oil_t' beta + gap_t gamma + lunar_t' delta + irregular_t, where the level
is a random walk with drift, the cycle the sum of two stationary AR(1), one shared by both flows, and the irregular Student-t (by the
weights of its normal scale mixture). A published figure is the sum of exp(log flow + reporter's bias) over its span.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.system import System
from forecast.models import priors
from forecast.models.background import Background
from forecast.models.layout import TURNOVER, FlowStates, Layout
from forecast.models.regressors import (
    DEEPEST_OIL_LAG,
    LUNAR_COUNTRIES,
    currency_gap,
    lunar_shares,
    oil_regressors,
)
from forecast.panel import Panel

FloatArray = NDArray[np.float64]

# Positions in the vectors of coefficients and variances that drive the operations.
ONE, PERSISTENCE = range(2)
NONE, LEVEL, LEVEL_IN_CRISIS, BIAS, SEASON = range(5)
COMMON, COMMON_IN_CRISIS, COMMON_START = range(5, 8)  # the cycle that both flows share
OWN, OWN_IN_CRISIS, OWN_START = range(8, 11)  # a flow's own cycle
IRREGULAR = 11
N_COEF = 2

_AFTERMATH_MONTHS = 6


def n_var(layout: Layout) -> int:
    """Number of variances: those named above, with one irregular for each flow."""
    return IRREGULAR + len(layout.flows)


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations of a System over months ``start`` to ``start + n - 1``, before any observation.

    driver_of (l): which oil regressor fills the entry, -1 for none; so that a path can bring its own oil price.
    cumulator_entries: for each cumulator's (reporter, flow position, state) its operation's first entry.
    """

    start: int
    row: NDArray[np.int64]
    ptr: NDArray[np.int64]
    col: NDArray[np.int64]
    val: FloatArray
    coef_of: NDArray[np.int64]
    var_of: NDArray[np.int64]
    scale: FloatArray
    driver_of: NDArray[np.int64]
    cumulator_entries: dict[tuple[int, int, int], int]
    irregular_operations: tuple[int, ...]


def log_oil_base(panel: Panel) -> float:
    """The log price against which oil enters: the last one known, so that levels speak of today's price."""
    return float(np.log(panel.oil.values[-1]))


def operations(panel: Panel, background: Background, layout: Layout, through: int) -> Operations:
    """The operations from the first month of the record to ``through``; oil beyond its record stays at its last price."""
    n = through - layout.start + 1
    months = layout.start + np.arange(n)
    oil_first = layout.start - DEEPEST_OIL_LAG - panel.oil.start
    index = np.minimum(np.arange(oil_first, oil_first + n + DEEPEST_OIL_LAG), len(panel.oil.values) - 1)
    oil = oil_regressors(np.log(panel.oil.values[index]) - log_oil_base(panel))
    lunar = lunar_shares(background.lunar_new_year, layout.start, through)
    turnover = log_turnover(panel, layout, n)
    size, irregular_size = (size_variance(turnover, e) for e in (priors.SIZE_EXPONENT, priors.IRREGULAR_SIZE_EXPONENT))
    in_crisis = crisis_months(panel, background, months)
    builder = _Builder(n)
    irregular = []
    for states in layout.flows:
        level_noise = np.where(in_crisis, LEVEL_IN_CRISIS, LEVEL)
        builder.add(states.level, [(states.level, 1.0), (states.drift, 1.0)], level_noise, size)
    carried = np.ones(n)
    carried[0] = 0.0
    own = [(states.cycle, OWN) for states in layout.flows if states.cycle != layout.cycle]
    for state, kind in [(layout.cycle, COMMON), *own]:
        noise = np.where(in_crisis, kind + 1, kind)
        noise[0] = kind + 2
        builder.add(state, [(state, carried)], noise, size, coef=PERSISTENCE)
    for state in layout.bias.values():
        builder.add(state, [(state, 1.0)], BIAS, size)
    for f, states in enumerate(layout.flows):
        season = states.season + months % 12
        builder.add(season, [(season, 1.0)], SEASON, 1.0)
        cycles = dict.fromkeys((layout.cycle, states.cycle))
        entries: list[tuple[object, object]] = [(state, 1.0) for state in (states.level, *cycles, season)]
        oil_entry = len(entries)
        entries += [(state, gate(oil[:, g])) for g, state in enumerate(states.oil)]
        entries += [(state, currency_gap(panel.fx[states.buyer], layout.start, through)) for state in states.currency]
        entries += [(state, lunar[:, w]) for w, state in enumerate(states.lunar)]
        first = builder.add(states.log_flow, entries, IRREGULAR + f, irregular_size)
        builder.driver[first + oil_entry : first + oil_entry + len(states.oil)] = range(len(states.oil))
        irregular.append(len(builder.rows) - 1)
    cumulators = {}
    for (r, f), lives in layout.lives.items():
        for state in sorted({life.state for life in lives}):
            added = [(layout.flows[f].log_flow, 0.0)]
            if (r, f) in layout.bias:
                added.append((layout.bias[r, f], 0.0))
            cumulators[r, f, state] = builder.add(state, [(state, 0.0), *added], NONE, 0.0)
    return builder.finish(layout.start, cumulators, tuple(irregular))


class _Builder:
    """Collects operations column by column."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.rows: list[object] = []
        self.ptr = [0]
        self.cols: list[object] = []
        self.vals: list[object] = []
        self.coef: list[int] = []
        self.driver: list[int] = []
        self.var: list[object] = []
        self.scale: list[object] = []

    def add(self, row: object, entries: list, var: object, scale: object, coef: int = ONE) -> int:  # type: ignore[type-arg]
        """Add an operation; returns the position of its first entry."""
        first = self.ptr[-1]
        self.rows.append(row)
        for col, val in entries:
            self.cols.append(col)
            self.vals.append(val)
            self.coef.append(coef)
            self.driver.append(-1)
        self.ptr.append(first + len(entries))
        self.var.append(var)
        self.scale.append(scale)
        return first

    def finish(self, start: int, cumulators: dict[tuple[int, int, int], int], irregular: tuple[int, ...]) -> Operations:
        def columns(parts: list[object]) -> FloatArray:
            return np.column_stack([np.broadcast_to(np.asarray(part, dtype=np.float64), self.n) for part in parts])

        return Operations(
            start=start,
            row=gate_int(columns(self.rows)),
            ptr=gate_int(self.ptr),
            col=gate_int(columns(self.cols)),
            val=gate(columns(self.vals)),
            coef_of=gate_int(self.coef),
            var_of=gate_int(columns(self.var)),
            scale=gate(columns(self.scale)),
            driver_of=gate_int(self.driver),
            cumulator_entries=cumulators,
            irregular_operations=irregular,
        )


def log_turnover(panel: Panel, layout: Layout, n: int) -> FloatArray:
    """Log of yearly turnover (n), USD bn, drawn through the medians of each year's figures; flat beyond them."""
    obs = panel.observations
    used = np.array(layout.used)
    share = np.where(obs.flow[used] == TURNOVER, 1.0, 0.5)
    yearly = np.log(obs.value_usd_bn[used] * 12.0 / (obs.end[used] - obs.start[used] + 1) / share)
    middle = (obs.start[used] + obs.end[used]) // 2
    years = np.unique(middle // 12)
    medians = np.array([np.median(yearly[middle // 12 == year]) for year in years])
    return np.interp(layout.start + np.arange(n), 12 * years + 6, medians)


def size_variance(log_turnover_usd_bn: FloatArray, exponent: float) -> FloatArray:
    """Factor on a shock's variance: (turnover / 20 bn) ** (2 exponent), within the sizes on which it was measured.

    Shocks shrink with size; else the small trade of early years would widen today's bands.
    """
    within = np.clip(log_turnover_usd_bn, *np.log(priors.SIZE_RANGE_USD_BN))
    return np.asarray(np.exp(2.0 * exponent * (within - np.log(priors.REFERENCE_TURNOVER_USD_BN))))


def crisis_months(panel: Panel, background: Background, months: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Months inside an episode that was known on the panel's day: its fall and half a year more."""
    inside = np.zeros(len(months), dtype=bool)
    for episode in background.episodes:
        if episode.known <= panel.as_of:
            last = episode.start + round(episode.months_to_trough) + _AFTERMATH_MONTHS
            inside |= (months >= episode.start) & (months <= last)
    return inside


def prior_moments(panel: Panel, background: Background, layout: Layout) -> tuple[FloatArray, FloatArray]:
    """Mean (m) and covariance (m, m) of the states before the first month."""
    a = np.zeros(layout.size)
    P = np.zeros((layout.size, layout.size))

    def believe(state: int, mean: float, sd: float) -> None:
        a[state] = mean
        P[state, state] = sd**2

    for states in layout.flows:
        believe(states.level, _first_log_rate(panel, layout, states), priors.LEVEL_START_SD)
        believe(states.drift, priors.DRIFT_A_YEAR[0] / 12, priors.DRIFT_A_YEAR[1] / 12)
        block = slice(states.season, states.season + 12)
        P[block, block] = priors.SEASON_SD**2 * (np.eye(12) - 1 / 12) * 12 / 11
        for state, belief in zip(states.oil, _oil_belief(panel, background, states), strict=True):
            believe(state, *belief)
        for state in states.currency:
            believe(state, *priors.CURRENCY_OF_BUYER)
        seller_keeps = states.seller in LUNAR_COUNTRIES
        for state, belief in zip(states.lunar, priors.LUNAR_SELLER if seller_keeps else priors.LUNAR_BUYER, strict=False):
            believe(state, *belief)
    for state in layout.bias.values():
        believe(state, *priors.BIAS_START)
    return a, P


def _oil_belief(panel: Panel, background: Background, states: FlowStates) -> tuple[tuple[float, float], ...]:
    exporters = background.oil_exporters
    if states.flow == TURNOVER:
        return priors.OIL_TURNOVER_OF_EXPORTER if {panel.first, panel.second} & exporters else priors.OIL_OTHERS
    if states.seller in exporters:
        return priors.OIL_FROM_EXPORTER
    return priors.OIL_TO_EXPORTER if states.buyer in exporters else priors.OIL_OTHERS


def _first_log_rate(panel: Panel, layout: Layout, states: FlowStates) -> float:
    """Log of the first figure known of a flow (or its half of turnover), a month."""
    obs = panel.observations
    own = [i for i in layout.used if obs.flow[i] == states.flow]
    rows = own or list(layout.used)
    first = min(rows, key=lambda i: (int(obs.start[i]), int(obs.end[i])))
    share = 1.0 if own else 0.5
    return float(np.log(share * obs.value_usd_bn[first] / (obs.end[first] - obs.start[first] + 1)))


def prior_system(ops: Operations, a0: FloatArray, P0: FloatArray) -> System:
    """The System without observations."""
    return System(
        a0=gate(a0),
        P0=gate(P0),
        row=ops.row,
        ptr=ops.ptr,
        col=ops.col,
        val=ops.val,
        coef_of=ops.coef_of,
        var_of=ops.var_of,
        scale=ops.scale,
        obs_ptr=np.zeros(len(ops.val) + 1, dtype=np.int64),
        z_col=np.zeros((0, 1), dtype=np.int64),
        z_val=np.zeros((0, 1)),
        H=np.zeros(0),
        y=np.zeros(0),
    )
