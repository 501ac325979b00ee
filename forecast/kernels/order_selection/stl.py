"""STL: a series taken apart into trend, season and remainder by loess, with gaps.

The inner loop, n_i times: smooth each season's subseries of y - T by loess and lengthen it by one cycle at both ends
(C); take its low-pass part L (moving averages of lengths s, s and 3, then loess) off, S = C - L; smooth y - S by loess
for T. Loess at t fits a constant or a line to its q nearest points with tricube weights. A gap has weight 0.

Source: Cleveland, Cleveland, McRae & Terpenning 1990, "STL: A seasonal-trend decomposition procedure based on loess",
s2 (loess), s3.2 (inner loop); no robustness iterations (n_o = 0).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT

# The authors' program gives full weight within .001 and none beyond .999 of the bandwidth, and keeps a level where
# the spread of the weights is under .001 of the series.
_NEAR, _FAR, _SPREAD = 0.001, 0.999, 0.001


class Stl(NamedTuple):
    """trend, seasonal, remainder (n): their sum is y; the remainder is NaN at gaps. counts (1): status."""

    trend: FloatArray
    seasonal: FloatArray
    remainder: FloatArray
    counts: IntArray


@kernel
def _loess_at(
    x: float, y: FloatArray, weight: FloatArray, n: int, q: int, degree: int, left: int, right: int, w: FloatArray
) -> float:
    """Local fit at position ``x`` to points left..right of the first n of ``y``; NaN if none has weight."""
    h = max(x - left, right - x)
    if q > n:
        h += float((q - n) // 2)
    total = 0.0
    for j in range(left, right + 1):
        r = abs(j - x)
        w[j] = 0.0
        if r <= _FAR * h:
            w[j] = weight[j]
            if r > _NEAR * h:
                cube = 1.0 - (r / h) ** 3
                w[j] *= cube * cube * cube
            total += w[j]
    if not total > 0.0:
        return math.nan
    middle = 0.0
    level = 0.0
    for j in range(left, right + 1):
        w[j] /= total
        middle += w[j] * j
        level += w[j] * y[j]
    if degree > 0 and h > 0.0:
        spread = 0.0
        slope = 0.0
        for j in range(left, right + 1):
            spread += w[j] * (j - middle) ** 2
            slope += w[j] * (j - middle) * y[j]
        if math.sqrt(spread) > _SPREAD * (n - 1.0):
            level += (x - middle) * slope / spread
    return level


@kernel
def _loess(y: FloatArray, weight: FloatArray, n: int, q: int, degree: int, w: FloatArray, out: FloatArray) -> None:
    """Loess of the first n of ``y`` at its own positions; a position without weight nearby keeps its value."""
    if n < 2:
        for i in range(n):
            out[i] = y[i]
        return
    width = min(q, n)
    left = 0
    for i in range(n):
        if i > (q - 1) // 2 and left + width < n:
            left += 1
        value = _loess_at(float(i), y, weight, n, q, degree, left, left + width - 1, w)
        out[i] = y[i] if math.isnan(value) else value


@kernel
def _moving_average(x: FloatArray, n: int, length: int, out: FloatArray) -> int:
    """Averages of ``length`` neighbours among the first n of ``x``; how many there are."""
    total = 0.0
    for t in range(length):
        total += x[t]
    out[0] = total / length
    for t in range(length, n):
        total += x[t] - x[t - length]
        out[t - length + 1] = total / length
    return n - length + 1


@kernel
def _cycle_subseries(
    y: FloatArray, weight: FloatArray, s: int, q: int, degree: int, work: FloatArray, out: FloatArray
) -> None:
    """C (n + 2 s): each season's subseries of ``y`` (n) smoothed, one cycle longer at both ends."""
    n = y.shape[0]
    x, u, w, smooth = work[0], work[1], work[2], work[3]
    for j in range(s):
        k = (n - 1 - j) // s + 1
        for i in range(k):
            x[i] = y[j + i * s]
            u[i] = weight[j + i * s]
        _loess(x, u, k, q, degree, w, smooth)
        width = min(q, k)
        first = _loess_at(-1.0, x, u, k, q, degree, 0 * k, width - 1, w)
        last = _loess_at(float(k), x, u, k, q, degree, k - width, k - 1, w)
        out[j] = smooth[0] if math.isnan(first) else first
        for i in range(k):
            out[j + (i + 1) * s] = smooth[i]
        out[j + (k + 1) * s] = smooth[k - 1] if math.isnan(last) else last


@kernel
def _fill(y: FloatArray, s: int, x: FloatArray, weight: FloatArray) -> None:
    """Copy ``y``; a gap gets weight 0 and, for where no neighbour has weight, its season's last figure or the mean."""
    n = y.shape[0]
    mean = 0.0
    seen = 0
    for t in range(n):
        weight[t] = 0.0 if math.isnan(y[t]) else 1.0
        if weight[t] > 0.0:
            seen += 1
            mean += (y[t] - mean) / seen
    for t in range(n):
        if weight[t] > 0.0:
            x[t] = y[t]
        else:
            x[t] = x[t - s] if t >= s else mean


@kernel
def stl_decompose(y: FloatArray, s: int, windows: IntArray, degrees: IntArray, inner: int) -> Stl:
    """Trend, season of ``s`` figures and remainder of ``y`` (n); NaN is a gap.

    windows (3): odd lengths, at least 3, of the loess of the cycle-subseries n(s), the trend n(t), the low-pass n(l).
    degrees (3): 0 or 1, of the three. inner: passes of the inner loop, at least 1.

    Status: OUT_OF_RANGE for such arguments, or s < 2; TOO_SHORT below two cycles or with gaps alone; NON_FINITE for an
    infinite figure. The parts are 0 unless it is OK.
    """
    n = y.shape[0]
    trend, seasonal, remainder = np.zeros(n), np.zeros(n), np.zeros(n)
    counts = np.zeros(1, np.int64)
    out = Stl(trend, seasonal, remainder, counts)
    if s < 2 or inner < 1 or windows.shape[0] != 3 or degrees.shape[0] != 3:
        counts[0] = OUT_OF_RANGE
        return out
    for i in range(3):
        if windows[i] < 3 or windows[i] % 2 == 0 or degrees[i] < 0 or degrees[i] > 1:
            counts[0] = OUT_OF_RANGE
    seen = 0
    for t in range(n):
        if not math.isnan(y[t]):
            seen += 1
        if math.isinf(y[t]):
            counts[0] = NON_FINITE
    if counts[0] == OK and (n < 2 * s or seen == 0):
        counts[0] = TOO_SHORT
    if counts[0] != OK:
        return out
    x, weight, even = np.empty(n), np.empty(n), np.ones(n)
    _fill(y, s, x, weight)
    work = np.empty((4, n))
    rest, low, w = np.empty(n), np.empty(n), np.empty(n)
    lengthened, average, again = np.empty(n + 2 * s), np.empty(n + 2 * s), np.empty(n + 2 * s)
    three = int(np.int64(3))
    for _ in range(inner):
        for t in range(n):
            rest[t] = x[t] - trend[t]
        _cycle_subseries(rest, weight, s, windows[0], degrees[0], work, lengthened)
        size = _moving_average(lengthened, n + 2 * s, s, average)
        size = _moving_average(average, size, s, again)
        size = _moving_average(again, size, three, average)
        _loess(average, even, n, windows[2], degrees[2], w, low)
        for t in range(n):
            seasonal[t] = lengthened[s + t] - low[t]
            rest[t] = x[t] - seasonal[t]
        _loess(rest, weight, n, windows[1], degrees[1], w, trend)
    for t in range(n):
        remainder[t] = y[t] - seasonal[t] - trend[t]
    return out
