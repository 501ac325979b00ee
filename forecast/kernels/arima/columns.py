"""A differenced series beside its columns: one dummy for each gap, the constant or drift, the regressors.

A gap is filled with zero and given a column that is one there before differencing. Integrating its coefficient out
gives the exact likelihood of the figures that are there; the coefficients of regressors are maximised out.

Source: Ljung 1989, Communications in Statistics B 18; Gomez, Maravall & Pena 1999, "Missing observations in ARIMA
models: skipping approach versus additive outlier approach", J. Econometrics 88.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.polynomials import check_order, differencing_lags
from forecast.kernels.status import NON_FINITE, OK, TOO_SHORT

_ROUNDING = 1e-14
"""Differences smaller than this share of the figures are rounding: the series is constant, or a polynomial."""


class ArimaColumns(NamedTuple):
    """Differenced columns of one series.

    W (1 + g + k, n): the series with zeros in its g gaps; a dummy for each gap; constant, if any, and regressors.
    first (1 + g + k): entries of each column before this one are zero. gap_times (g): rows of y that are gaps.
    counts (5): status, g, first row of y used, one after the last row used, n.
    Leading and trailing gaps are cut off.
    """

    W: FloatArray
    first: IntArray
    gap_times: IntArray
    counts: IntArray


@kernel
def arima_differences(y: FloatArray, order: IntArray) -> FloatArray:
    """(1-L)^d (1-L^s)^D y (n); the first d + sD entries are left over and mean nothing."""
    n = y.shape[0]
    now, after = np.empty(n), np.empty(n)
    for t in range(n):
        now[t] = y[t]
    low = 0
    for turn in range(order[1] + order[4]):
        lag = 1 if turn < order[1] else order[6]
        low += lag
        if low >= n:
            break
        # Slices counted from zero, so that no index can be negative and the loop is vectorised.
        to, ahead, behind = after[low:], now[low:], now[low - lag :]
        for t in range(to.shape[0]):
            to[t] = ahead[t] - behind[t]
        now, after = after, now
    return now


@kernel
def _difference(raw: FloatArray, order: IntArray, out: FloatArray) -> None:
    all_rows = arima_differences(raw, order)
    lost = raw.shape[0] - out.shape[0]
    for t in range(out.shape[0]):
        out[t] = all_rows[lost + t]


@kernel
def arima_span(y: FloatArray) -> tuple[int, int, int, bool]:
    """First figure of ``y`` (n), one after the last, NaNs between them, and whether no entry is infinite."""
    low, high, gaps, infinite = 0, y.shape[0], 0, 0
    while low < high and math.isnan(y[low]):
        low += 1
    while high > low and math.isnan(y[high - 1]):
        high -= 1
    # Counts, not branches, so that the loop is vectorised.
    for t in range(low, high):
        gaps += 1 if y[t] != y[t] else 0
        infinite += 1 if abs(y[t]) == np.inf else 0
    return low, high, gaps, infinite == 0


@kernel
def arima_columns(y: FloatArray, X: FloatArray, order: IntArray) -> ArimaColumns:
    """Difference y (n, NaN = gap) and X (n, k) by (1-L)^d (1-L^s)^D and lay out all columns.

    A constant is a mean when d + D = 0 and a drift (regression on 1, 2, ...) when d + D = 1; above that it is none.
    Status: OUT_OF_RANGE for the order or shapes, NON_FINITE for an infinite y or an X that is not finite, TOO_SHORT
    when no figure is left after differencing.
    """
    status = check_order(order)
    low, high, gaps, finite = arima_span(y)
    if status == OK and not finite:
        status = NON_FINITE
    k = X.shape[1]
    if status == OK and k > 0:
        if X.shape[0] < high:
            status = TOO_SHORT
        for t in range(low, min(high, X.shape[0])):
            for j in range(k):
                if not math.isfinite(X[t, j]):
                    status = NON_FINITE
    lost = 0
    if status == OK:
        lost = order[1] + order[6] * order[4]
        if high - low - lost - gaps < 1:
            status = TOO_SHORT
    if status != OK:
        counts = np.array([status, 0, 0, 0, 0])
        return ArimaColumns(np.zeros((1, 0)), np.zeros(1, np.int64), np.zeros(0, np.int64), counts)
    delta = differencing_lags(order)
    constant = order[7] if order[1] + order[4] <= 1 else 0
    n = high - low - lost
    W = np.zeros((1 + gaps + constant + k, n))
    first = np.zeros(W.shape[0], np.int64)
    gap_times = np.zeros(gaps, np.int64)
    raw = np.zeros(high - low)
    at = 0
    for t in range(low, high):
        if math.isnan(y[t]):
            gap_times[at] = t
            at += 1
            first[at] = max(0, t - low - lost)
            for j in range(lost + 1):
                row = t - low - lost + j
                if 0 <= row < n:
                    W[at, row] = delta[j]
        else:
            raw[t - low] = y[t]
    largest, moving = 0.0, 0.0
    for t in range(high - low):
        largest = max(largest, abs(raw[t]))
    _difference(raw, order, W[0])
    for t in range(n):
        moving = max(moving, abs(W[0, t]))
    if moving <= _ROUNDING * largest:
        for t in range(n):
            W[0, t] = 0.0
    if constant == 1:
        for t in range(low, high):
            raw[t - low] = 1.0 if lost == 0 else t + 1.0
        _difference(raw, order, W[1 + gaps])
    for j in range(k):
        for t in range(low, high):
            raw[t - low] = X[t, j]
        _difference(raw, order, W[1 + gaps + constant + j])
    return ArimaColumns(W, first, gap_times, np.array([OK, gaps, low, high, n]))
