"""Joint moments of the oil price and the log flows ahead, draw by draw, split by the shocks that drive them.

A log flow is the lag means of log oil times elasticities, plus states. About a reference path o of the price its
covariance within a draw is that of the states with the elasticities' own uncertainty at o, plus E[b b'] times the
covariance of the lag means: exact up to two moments, elasticities and price being independent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate
from forecast.kernels.sparse.future_law import future_law
from forecast.models.regressors import DEEPEST_OIL_LAG, OIL_LAGS, oil_regressors
from forecast.models.structural import priors
from forecast.models.structural.layout import Layout
from forecast.models.structural.model import log_oil_base
from forecast.scenarios.structural.stage import Stage

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

OIL, COMMON = "oil", "common"
_MOST_BYTES = 2**28


@dataclass(frozen=True, slots=True)
class Moments:
    """Of d draws, k flows, h months ahead (n = h k values, month by month), c cells among them and T months of oil.

    mean (d, n): at the reference path. cov (d, T + n, c): of prices and flows with the cells, by the shocks that may
    adjust. variance (d, c): of the cells by all shocks.
    """

    mean: FloatArray
    cov: FloatArray
    variance: FloatArray


def lag_means(stage: Stage) -> FloatArray:
    """The oil regressors of the months after the record as means of the T months after the last price: (g, h, T)."""
    panel, record_end = stage.fitted.panel, stage.fitted.layout.end
    h, T = stage.end - record_end, max(stage.end - panel.oil.end, 0)
    at = np.arange(h)[:, None] + record_end - panel.oil.end - np.arange(T)
    return np.array([((at >= first) & (at <= last)) / (last - first + 1.0) for first, last in OIL_LAGS])


def oil_drivers(stage: Stage, log_oil: FloatArray) -> FloatArray:
    """Oil regressors (p, h, g) of the months after the record, relative to the model's base; log_oil (p, T)."""
    panel, first = stage.fitted.panel, stage.fitted.layout.end + 1 - DEEPEST_OIL_LAG
    known = np.log(panel.oil.values[first - panel.oil.start :])
    whole = np.concatenate([np.broadcast_to(known, (len(log_oil), len(known))), log_oil], axis=1)
    return gate(oil_regressors(whole[:, : stage.end - first + 1] - log_oil_base(panel)))


def driving(layout: Layout, row: IntArray) -> IntArray:
    """Who drives each operation, by the state (k) that it replaces: the number of a flow, or of flows where all."""
    common = len(layout.flows)
    group = np.full(len(row), common, dtype=np.int64)
    for f, states in enumerate(layout.flows):
        own = {states.level, states.cycle, states.log_flow, *range(states.season, states.season + 12)}
        own |= {state for (_, flow), state in layout.bias.items() if flow == f}
        group[np.isin(row, sorted(own))] = f
    return group


def parted(stage: Stage, cells: int) -> Iterator[slice]:
    """Posterior draws in parts whose moments with so many cells take a quarter of a gigabyte at most."""
    d = len(stage.fitted.coef)
    months = stage.end - stage.fitted.layout.end
    each = 8 * 5 * 2 * months * len(stage.flows) * cells
    size = min(max(_MOST_BYTES // each, 1), d)
    for first in range(0, d, size):
        yield slice(first, min(first + size, d))


def joint_moments(
    stage: Stage,
    cell: IntArray,
    oil_cov: FloatArray,
    reference: FloatArray,
    adjust: tuple[str, ...] = (),
    draws: slice = slice(None),
) -> Moments:
    """Moments about a reference path (T) of the log price, whose covariance (T, T) is given.

    adjust: "oil", "common" or flows whose shocks alone count in ``cov``; () for all, what the record leaves open of
    today's states and elasticities included. draws: those of the posterior draws that are asked.
    """
    fitted, layout = stage.fitted, stage.fitted.layout
    t_stop = layout.end - layout.start + 1
    k, df = len(layout.flows), priors.IRREGULAR_DF
    names = np.array([*stage.flows, COMMON])
    stays = np.isin(names, adjust, invert=True) if adjust else np.zeros(k + 1, dtype=bool)
    elasticities = np.array([state for states in layout.flows for state in states.oil], dtype=np.int64)
    mean, parts, beta, beta_cov = future_law(
        stage.system,
        fitted.coef[draws],
        fitted.var[draws],
        stage.t_kept,
        stage.a_kept[draws],
        stage.P_kept[draws],
        t_stop,
        stage.driver_of,
        oil_drivers(stage, reference[None])[0],
        np.where(stage.heavy >= 0, df / (df - 2.0), 1.0),
        stays[driving(layout, stage.system.row[t_stop])].astype(np.int64),
        stage.read,
        cell,
        elasticities,
    )
    d, h, g, T = len(mean), mean.shape[1], len(OIL_LAGS), len(reference)
    lagged = lag_means(stage)
    with_price = lagged @ oil_cov
    between = np.einsum("ghT,GHT->ghGH", with_price, lagged, optimize=True)
    square = (beta[:, :, None] * beta[:, None, :]).reshape(d, k, g, k, g)
    open_square = square + beta_cov.reshape(square.shape)
    month, flow, at = cell // k, cell % k, np.arange(len(cell))
    variance = parts[:, :, cell, at].sum(axis=1)
    variance += np.einsum("cdgG,cgG->dc", open_square[:, flow, :, flow], between[:, month, :, month], optimize=True)
    cov = np.zeros((d, T + h * k, len(cell)))
    if not adjust or OIL in adjust:
        for j in at:
            cov[:, :T, j] = beta.reshape(d, k, g)[:, flow[j]] @ with_price[:, month[j]]
        cov[:, T:] = _by_oil(square if adjust else open_square, between, month, flow)
    cov[:, T:] += parts[:, 0]
    if not adjust:
        cov[:, T:] += parts[:, -1]
    return Moments(mean.reshape(d, -1), cov, np.ascontiguousarray(variance))


def _by_oil(second: FloatArray, between: FloatArray, month: IntArray, flow: IntArray) -> FloatArray:
    """Covariance (d, h k, c) of the flows' answers to oil with those of the cells.

    second (d, k, g, k, g): second moments of the elasticities. between (g, h, g, h): covariance of the lag means.
    """
    d, k, g = second.shape[:3]
    h = between.shape[1]
    out = np.empty((d, h, k, len(month)))
    for f in range(k):
        for other in range(k):
            here = flow == other
            M = between[:, :, :, month[here]].transpose(0, 2, 1, 3).reshape(g * g, -1)
            out[:, :, f, here] = (second[:, f, :, other].reshape(d, g * g) @ M).reshape(d, h, -1)
    return out.reshape(d, h * k, len(month))
