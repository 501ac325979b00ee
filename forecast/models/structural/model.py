"""The structural model as operations: trend, cycle, season, moving holidays, oil and currency, month by month.

log flow_t = level_t + cycle_t + season_t + oil_t' beta + gap_t gamma + lunar_t' delta + irregular_t. The level is the
sum of two random walks with drift, one shared by both flows and one of the flow's own, for what two flows share does
not come back (DECISIONS.md); the cycle is a stationary AR(1) of the flow's own. The shocks of levels and cycles share a
factor on their variance, a year's unrest, which makes them Student-t over years; the irregular is Student-t by months.
Both by the weights of the normal scale mixture. A published figure is the sum of exp(log flow + reporter's bias) over
its span.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecast.kernels._jit import gate
from forecast.models.background import Background
from forecast.models.regressors import DEEPEST_OIL_LAG, currency_gap, lunar_shares, oil_regressors
from forecast.models.structural import priors
from forecast.models.structural.hyperparameters import (
    BIAS,
    COMMON_LEVEL,
    CYCLE,
    CYCLE_IN_CRISIS,
    CYCLE_START,
    IRREGULAR,
    NONE,
    OWN_LEVEL,
    PERSISTENCE,
    SEASON,
    ahead_of,
)
from forecast.models.structural.layout import TURNOVER, FlowStates, Layout
from forecast.models.structural.operations import Builder, Operations
from forecast.panel import Panel

FloatArray = NDArray[np.float64]

_AFTERMATH_MONTHS = 6


def log_oil_base(panel: Panel) -> float:
    """The log price against which oil enters: the last one known, so that levels speak of today's price."""
    return float(np.log(panel.oil.values[-1]))


def operations(panel: Panel, background: Background, layout: Layout, through: int) -> Operations:
    """The operations from the first month of the record to ``through``.

    Oil beyond its own record stays at its last price; a path brings its own (`Operations.driver_of`).
    """
    n = through - layout.start + 1
    months = layout.start + np.arange(n)
    oil_first = layout.start - DEEPEST_OIL_LAG - panel.oil.start
    index = np.minimum(np.arange(oil_first, oil_first + n + DEEPEST_OIL_LAG), len(panel.oil.values) - 1)
    oil = oil_regressors(np.log(panel.oil.values[index]) - log_oil_base(panel))
    lunar = lunar_shares(background.lunar_new_year, layout.start, through)
    size = size_variance(log_turnover(panel, layout, n), priors.SIZE_EXPONENT)
    twice_flow = [log_twice_flow(panel, layout, states, n) for states in layout.flows]
    flow_size = [size_variance(twice, priors.SIZE_EXPONENT) for twice in twice_flow]
    in_crisis = crisis_months(panel, background, months)
    builder = Builder(n)
    irregular = []
    both = len(layout.flows) > 1
    levels = [(layout.level, layout.drift, COMMON_LEVEL, size)]
    for states, own_size in zip(layout.flows, flow_size, strict=True):
        levels.append((states.level, states.drift, OWN_LEVEL if both else NONE, own_size))
    span, after = np.maximum(months - layout.end - 1, 0) // 12, months > layout.end
    for state, slope, kind, scale in levels:
        noise = np.where(in_crisis & (kind > NONE), kind + 1, kind)
        noise = np.where(after, ahead_of(layout, noise, span), noise)
        builder.add(state, [(state, 1.0), (slope, 1.0)], noise, scale)
    carried = np.ones(n)
    carried[0] = 0.0
    noise = np.where(in_crisis, CYCLE_IN_CRISIS, CYCLE)
    noise[0] = CYCLE_START
    noise = np.where(after, ahead_of(layout, noise, span), noise)
    for states, own_size in zip(layout.flows, flow_size, strict=True):
        builder.add(states.cycle, [(states.cycle, carried)], noise, own_size, coef=PERSISTENCE)
    for state in layout.bias.values():
        builder.add(state, [(state, 1.0)], BIAS, size)
    for f, states in enumerate(layout.flows):
        season = states.season + months % 12
        builder.add(season, [(season, 1.0)], SEASON, 1.0)
        always = (layout.level, states.level, states.cycle, season)
        entries: list[tuple[ArrayLike, ArrayLike]] = [(state, 1.0) for state in always]
        oil_entry = len(entries)
        entries += [(state, gate(oil[:, g])) for g, state in enumerate(states.oil)]
        entries += [(state, currency_gap(panel.fx[states.buyer], layout.start, through)) for state in states.currency]
        entries += [(state, lunar[:, w]) for w, state in enumerate(states.lunar)]
        irregular_size = size_variance(twice_flow[f], priors.IRREGULAR_SIZE_EXPONENT)
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


def log_turnover(panel: Panel, layout: Layout, n: int) -> FloatArray:
    """Log of yearly turnover (n), USD bn, drawn through the medians of each year's figures; flat beyond them."""
    return _through_years(panel, layout, np.array(layout.used), n)


def log_twice_flow(panel: Panel, layout: Layout, states: FlowStates, n: int) -> FloatArray:
    """Log of twice a yearly flow (n), USD bn: the turnover of a pair whose flows are both of this size.

    As `log_turnover`, by the flow's own figures; of a flow without any, turnover itself.
    """
    used = np.array(layout.used)
    own = used[panel.observations.flow[used] == states.flow]
    return _through_years(panel, layout, own if len(own) else used, n)


def _through_years(panel: Panel, layout: Layout, used: NDArray[np.int64], n: int) -> FloatArray:
    """Log of the turnover (n) that some figures speak of, each flow as half of it: yearly medians, joined by lines."""
    obs = panel.observations
    share = np.where(obs.flow[used] == TURNOVER, 1.0, 0.5)
    yearly = np.log(obs.value_usd_bn[used] * 12.0 / (obs.end[used] - obs.start[used] + 1) / share)
    middle = (obs.start[used] + obs.end[used]) // 2
    years = np.unique(middle // 12)
    medians = np.array([np.median(yearly[middle // 12 == year]) for year in years])
    return np.asarray(np.interp(layout.start + np.arange(n), 12 * years + 6, medians))


def size_variance(log_turnover_usd_bn: FloatArray, exponent: float) -> FloatArray:
    """Factor on a shock's variance: (turnover / 20 bn) ** (2 exponent), within the sizes on which it was measured.

    Shocks shrink with size; else the small trade of early years would widen today's bands. What the flows share goes by
    turnover, what is a flow's own by twice the flow: the smaller flow of a pair is the more restless one.
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
