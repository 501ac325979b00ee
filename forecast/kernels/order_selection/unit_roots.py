"""KPSS test of stationarity, and how many first differences a series needs.

The null hypothesis is stationarity about a level or a line. With residuals e (n) from that fit and partial sums S,

    eta = n^-2 sum S_t^2 / s2(l),    s2(l) = n^-1 sum e_t^2 + 2 n^-1 sum_{j<=l} (1 - j/(l+1)) sum_t e_t e_{t-j}

is large when the level wanders. Differences are taken one after the other until the test no longer rejects at 5 %.
Gaps are closed up before the test: the figures left are neighbours then.

Source: Kwiatkowski, Phillips, Schmidt & Shin 1992, "Testing the null hypothesis of stationarity against the alternative
of a unit root", equations 11-17 and table 1; Hyndman & Khandakar 2008, "Automatic time series forecasting", s3.1
(successive tests).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

ROUNDING = 1e-13
"""Differences that vary by no more than this share of the largest figure vary by rounding alone."""

_CRITICAL_LEVEL = (0.347, 0.463, 0.574, 0.739)
_CRITICAL_TREND = (0.119, 0.146, 0.176, 0.216)
_TAIL = (0.10, 0.05, 0.025, 0.01)
_REJECTED_BELOW = 0.05


class KpssTest(NamedTuple):
    """numbers (3): statistic eta, p value (within .01 and .10, where the table ends), long-run variance s2.

    counts (3): status, figures used, lags.
    """

    numbers: FloatArray
    counts: IntArray


@kernel
def close_gaps(y: FloatArray) -> FloatArray:
    """The figures of ``y`` (n) without its gaps (NaN)."""
    seen = 0
    for t in range(y.shape[0]):
        if not math.isnan(y[t]):
            seen += 1
    x = np.empty(seen)
    seen = 0
    for t in range(y.shape[0]):
        if not math.isnan(y[t]):
            x[seen] = y[t]
            seen += 1
    return x


@kernel
def difference(y: FloatArray, lag: int) -> FloatArray:
    """y_t - y_{t-lag} (n - lag, or none); a gap (NaN) where either is one. ``lag`` is at least 1."""
    n = max(y.shape[0] - lag, 0)
    x = np.empty(n)
    for t in range(n):
        x[t] = y[t + lag] - y[t]
    return x


@kernel
def varies(y: FloatArray, scale: float) -> int:
    """1 if the figures of ``y`` (n, gaps passed over) differ by more than rounding at this scale, else 0."""
    low, high = np.inf, -np.inf
    for t in range(y.shape[0]):
        if not math.isnan(y[t]):
            low = min(low, y[t])
            high = max(high, y[t])
    return 1 if high - low > ROUNDING * scale else 0


@kernel
def largest(y: FloatArray) -> float:
    """Largest |y| over the figures of ``y`` (n); 0 without any, infinite if one is."""
    top = 0.0
    for t in range(y.shape[0]):
        if not math.isnan(y[t]):
            top = max(top, abs(y[t]))
    return top


@kernel
def _residuals(x: FloatArray, trend: int) -> FloatArray:
    """Residuals (n) about the mean, or about the least-squares line."""
    n = x.shape[0]
    mean = 0.0
    for t in range(n):
        mean += x[t] / n
    middle = 0.5 * (n - 1)
    across = 0.0
    squares = 0.0
    if trend != 0:
        for t in range(n):
            across += (t - middle) * (x[t] - mean)
            squares += (t - middle) ** 2
    slope = across / squares if squares > 0.0 else 0.0
    e = np.empty(n)
    for t in range(n):
        e[t] = x[t] - mean - slope * (t - middle)
    return e


@kernel
def _tail(eta: float, trend: int) -> float:
    """P value by linear interpolation in the table of critical values."""
    table = _CRITICAL_TREND if trend != 0 else _CRITICAL_LEVEL
    if not eta > table[0]:
        return _TAIL[0]
    for i in range(1, 4):
        if eta <= table[i]:
            return _TAIL[i - 1] + (_TAIL[i] - _TAIL[i - 1]) * (eta - table[i - 1]) / (table[i] - table[i - 1])
    return _TAIL[3]


@kernel
def kpss_test(y: FloatArray, trend: int, lags: int) -> KpssTest:
    """Test that ``y`` (n, NaN is a gap and is closed up) is stationary about a level (trend 0) or a line (trend 1).

    lags: of the Bartlett window; below 0 means trunc(3 sqrt(n) / 13), as the automatic choice of orders takes them.

    Status: NON_FINITE for an infinite figure; TOO_SHORT below 2 figures (3 with trend); OUT_OF_RANGE for lags >= n;
    SINGULAR if nothing varies or the long-run variance is not positive. The p value is .10 unless the status is OK.
    """
    x = close_gaps(y)
    n = x.shape[0]
    numbers = np.array([0.0, _TAIL[0], 0.0])
    counts = np.zeros(3, np.int64)
    if lags < 0:
        lags = int(3.0 * math.sqrt(n) / 13.0)
    counts[1], counts[2] = n, lags
    scale = largest(x)
    if math.isinf(scale):
        counts[0] = NON_FINITE
    elif n < 2 + min(abs(trend), 1):
        counts[0] = TOO_SHORT
    elif lags >= n:
        counts[0] = OUT_OF_RANGE
    elif scale == 0.0:
        counts[0] = SINGULAR
    if counts[0] != OK:
        return KpssTest(numbers, counts)
    for t in range(n):
        x[t] /= scale
    e = _residuals(x, trend)
    one = 1.0
    if varies(e, one) == 0:
        counts[0] = SINGULAR
        return KpssTest(numbers, counts)
    total = 0.0
    partial = 0.0
    squares = 0.0
    for t in range(n):
        partial += e[t]
        squares += partial * partial
        total += e[t] * e[t]
    for j in range(1, lags + 1):
        product = 0.0
        for t in range(j, n):
            product += e[t] * e[t - j]
        total += 2.0 * (1.0 - j / (lags + 1.0)) * product
    s2 = total / n
    if not s2 > 0.0:
        counts[0] = SINGULAR
        return KpssTest(numbers, counts)
    numbers[0] = squares / (float(n) * float(n)) / s2
    numbers[1] = _tail(numbers[0], trend)
    numbers[2] = s2 * scale * scale
    return KpssTest(numbers, counts)


@kernel
def first_differences(y: FloatArray, most: int) -> int:
    """How many first differences, 0 to ``most``, leave a series ``y`` (n, NaN is a gap) that KPSS calls stationary.

    A series that no longer varies needs no more of them; where the test cannot be made (infinite, too short) the
    answer is what was found by then.
    """
    x = close_gaps(y)
    scale = largest(x)
    one, level, own = int(np.int64(1)), int(np.int64(0)), int(np.int64(-1))
    d = 0
    while d < most and varies(x, scale) == 1:
        found = kpss_test(x, level, own)
        if found.counts[0] != OK or not found.numbers[1] < _REJECTED_BELOW:
            break
        x = difference(x, one)
        d += 1
    return d
