"""Paths of a switching autoregression beyond its last figure: the chain runs on from the filtered law.

Each path draws the regimes of the last months given the figures, then a regime and a figure month by month, so the
paths carry what is not known about the present regime, about later moves, and the shocks.

Source: Hamilton 1994, "Time Series Analysis", section 22.4 (forecasts from the filtered law).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, kernel
from forecast.kernels._threads import spread
from forecast.kernels.random import fill_normals, fill_uniforms
from forecast.kernels.regimes.hamilton import INTERCEPT, MEAN, Switching, hamilton_filter
from forecast.kernels.regimes.stability import switching_radius
from forecast.kernels.status import OK, OUT_OF_RANGE, UNSTABLE


class RegimePaths(NamedTuple):
    """Paths ahead: values (paths, horizon) in the units of y, regimes (paths, horizon), status."""

    values: FloatArray
    regimes: IntArray
    status: int


@kernel
def _paths_of(
    first: int,
    last: int,
    y: FloatArray,
    model: Switching,
    P: FloatArray,
    cumulative: FloatArray,
    key: int,
    values: FloatArray,
    regimes: IntArray,
) -> None:
    """Fill the paths first to last - 1; P (k, k), cumulative (k^q): law of the last history, added up."""
    k, p, n, H = model.mu.shape[0], model.phi.shape[1], y.shape[0], cumulative.shape[0]
    horizon, older = values.shape[1], H // k
    uniforms, shocks, lags = np.empty(horizon + 1), np.empty(horizon), np.empty(p)
    for i in range(first, last):
        # Even streams move the chain and odd ones shock the figures: both read the same counters.
        fill_uniforms(key, 2 * i, uniforms)
        fill_normals(key, 2 * i + 1, shocks)
        h = 0
        while h < H - 1 and uniforms[0] * cumulative[H - 1] >= cumulative[h]:
            h += 1
        for j in range(p):
            lags[j] = y[n - 1 - j]
        if model.form == MEAN:
            rest = h
            for j in range(p - 1, -1, -1):
                lags[j] -= model.mu[rest % k]
                rest //= k
        regime = h // older
        for t in range(horizon):
            left = uniforms[t + 1]
            moved = 0
            while moved < k - 1 and left >= P[regime, moved]:
                left -= P[regime, moved]
                moved += 1
            regime = moved
            x = math.sqrt(model.sigma2[regime]) * shocks[t]
            for j in range(p):
                x += model.phi[regime, j] * lags[j]
            if model.form == INTERCEPT:
                x += model.mu[regime]
            for j in range(p - 1, 0, -1):
                lags[j] = lags[j - 1]
            if p > 0:
                lags[0] = x
            values[i, t] = x + model.mu[regime] if model.form == MEAN else x
            regimes[i, t] = regime


def simulate_regimes(y: FloatArray, model: Switching, horizon: int, paths: int, key: int) -> RegimePaths:
    """``paths`` futures of ``horizon`` months from the end of ``y`` (n), by key; the last P holds for all of them.

    More paths and longer horizons only append. If the filter fails, its status and NaN (regime -1). UNSTABLE: the
    autoregression is explosive (``switching_radius`` not below 1), so that paths have no law to settle to and grow
    without end; they are given nevertheless, for a few months ahead they may serve.
    """
    y = gate(y)
    known = hamilton_filter(y, model)
    status = known.status
    if horizon < 0 or paths < 0:
        status, horizon, paths = OUT_OF_RANGE, 0, 0
    values, regimes = np.full((paths, horizon), np.nan), np.full((paths, horizon), -1)
    if status != OK:
        return RegimePaths(values, regimes, status)
    P, cumulative = gate(model.P[-1]), np.exp(known.log_history[-1]).cumsum()
    spread(_paths_of, paths, y, model, P, cumulative, key, values, regimes)
    if not np.isfinite(values).all():
        return RegimePaths(np.full_like(values, np.nan), np.full_like(regimes, -1), UNSTABLE)
    return RegimePaths(values, regimes, OK if switching_radius(model) < 1.0 else UNSTABLE)
