"""What an automatic search settles before it fits anything: differences, largest orders, constant, scale.

Seasonal differences by the strength of the season, then first differences by KPSS tests, both on what regressors leave
over; then orders up to a third of the figures (of the cycles for seasonal orders).

Source: Hyndman & Khandakar 2008, "Automatic time series forecasting: the forecast package for R", s3.1-3.2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.polynomials import check_order
from forecast.kernels.order_selection.seasonal_strength import seasonal_differences
from forecast.kernels.order_selection.unit_roots import close_gaps, difference, first_differences, largest, varies
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

SEARCH_LIMITS = (5, 5, 2, 2, 5, 2, 1, -1, -1, 1, 94)
"""Most p, q, P, Q; most p+q+P+Q (exhaustive search only); most d, D; d, D if given, else -1; 1 if a constant may be
tried; most models that a stepwise search tries."""

_MOST_P_OR_Q = 24
_FEW = 10
_VERY_FEW = 3


class ArimaPlan(NamedTuple):
    """order (8): 0, d, 0, 0, D, 0, s, and 1 if a constant may be tried. most (4): p, q, P, Q. start (4): of stepwise.

    numbers (2): scale of the differenced series (1 if it does not vary), its mean.
    counts (3): status, figures, 1 if so few figures that AIC has to do.

    Status SINGULAR: the series, differenced, no longer varies, so that there is nothing to search.
    """

    order: IntArray
    most: IntArray
    start: IntArray
    numbers: FloatArray
    counts: IntArray


@kernel
def regressed_out(y: FloatArray, X: FloatArray) -> FloatArray:
    """Least-squares residuals of ``y`` (n, NaN is a gap) on a constant and ``X`` (n, k), gaps kept.

    By Gram-Schmidt, every column cleared twice; a column that the others explain is passed over.
    """
    n, k = y.shape[0], X.shape[1]
    columns = np.zeros((k + 2, n))
    kept = 0
    for j in range(k + 2):
        size = 0.0
        for t in range(n):
            if not math.isnan(y[t]):
                value = 1.0 if j == 0 else (X[t, j - 1] if j <= k else y[t])
                columns[kept, t] = value
                size += value * value
        for _ in range(2):
            for i in range(kept):
                product = 0.0
                for t in range(n):
                    product += columns[i, t] * columns[kept, t]
                for t in range(n):
                    columns[kept, t] -= product * columns[i, t]
        if j == k + 1:
            break
        left = 0.0
        for t in range(n):
            left += columns[kept, t] * columns[kept, t]
        if left > 1e-20 * size:
            for t in range(n):
                columns[kept, t] /= math.sqrt(left)
            kept += 1
        else:
            for t in range(n):
                columns[kept, t] = 0.0
    out = np.empty(n)
    for t in range(n):
        out[t] = math.nan if math.isnan(y[t]) else columns[kept, t]
    return out


@kernel
def _check(y: FloatArray, X: FloatArray, s: int, limits: IntArray) -> int:
    """Status of the arguments."""
    if limits.shape[0] != 11 or X.shape[0] != y.shape[0] or s < 0:
        return OUT_OF_RANGE
    for i in range(7):
        if limits[i] < 0:
            return OUT_OF_RANGE
    most = np.zeros(8, np.int64)
    most[0], most[2], most[3], most[5], most[6] = limits[0], limits[1], limits[2], limits[3], s
    most[1], most[4] = max(limits[5], limits[7]), max(limits[6], limits[8])
    if s < 2:
        most[3], most[4], most[5] = 0, 0, 0
    if check_order(most) != OK or max(max(most[0], most[2]), max(most[3], most[5])) > _MOST_P_OR_Q:
        return OUT_OF_RANGE
    if limits[10] < 1 or limits[9] < 0 or limits[9] > 1:
        return OUT_OF_RANGE
    if math.isinf(largest(y)):
        return NON_FINITE
    for t in range(y.shape[0]):
        for j in range(X.shape[1]):
            if not math.isfinite(X[t, j]):
                return NON_FINITE
    return OK


@kernel
def arima_plan(y: FloatArray, X: FloatArray, s: int, limits: IntArray) -> ArimaPlan:
    """Settle differences, largest orders and constant for ``y`` (n, NaN is a gap) with regressors ``X`` (n, k).

    s: figures a cycle; 0 or 1 for no season. limits (11): as ``SEARCH_LIMITS``.
    A given d or D is taken as it is. With a season, p and q stay below s.
    """
    order, most, start = np.zeros(8, np.int64), np.zeros(4, np.int64), np.zeros(4, np.int64)
    numbers, counts = np.array([1.0, 0.0]), np.zeros(3, np.int64)
    plan = ArimaPlan(order, most, start, numbers, counts)
    order[6] = max(s, 1)
    counts[0] = _check(y, X, s, limits)
    if counts[0] != OK:
        return plan
    one = int(np.int64(1))
    figures = close_gaps(y).shape[0]
    counts[1] = figures
    counts[2] = 1 if figures <= _VERY_FEW else 0
    if figures < 1:
        counts[0] = TOO_SHORT
        return plan
    scale = largest(y)
    x = regressed_out(y, X) if X.shape[1] > 0 else y
    if varies(x, scale) == 1:
        if s > 1:
            order[4] = limits[8] if limits[8] >= 0 else seasonal_differences(x, s, limits[6])
        for _ in range(order[4]):
            x = difference(x, s)
        order[1] = limits[7] if limits[7] >= 0 else first_differences(x, limits[5])
        closed = close_gaps(x)
        for _ in range(order[1]):
            x = difference(x, one)
            closed = difference(closed, one)
        if close_gaps(x).shape[0] == 0:
            # No two figures stand side by side: their neighbours across the gaps have to do.
            x = closed
    order[7] = 1 if limits[9] == 1 and order[1] + order[4] <= 1 else 0
    seen = 0
    for t in range(x.shape[0]):
        if not math.isnan(x[t]):
            seen += 1
            numbers[1] += (x[t] - numbers[1]) / seen
    if seen == 0:
        counts[0] = TOO_SHORT
        return plan
    if varies(x, scale) == 0:
        counts[0] = SINGULAR
        return plan
    squares = 0.0
    for t in range(x.shape[0]):
        if not math.isnan(x[t]):
            squares += ((x[t] - numbers[1]) / scale) ** 2
    numbers[0] = scale * math.sqrt(squares / seen)
    for i in range(4):
        room = figures // 3 if i < 2 else figures // 3 // order[6]
        most[i] = min(limits[i], room)
        if s > 1 and i < 2:
            most[i] = min(most[i], s - 1)
        if s < 2 and i >= 2:
            most[i] = 0
        first = 2 if i < 2 else 1
        if figures < _FEW:
            first -= 1
        start[i] = min(first, most[i])
    return plan
