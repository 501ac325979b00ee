"""Naive, seasonal naive and drift forecasts, with gaps, and paths from them.

Each season of the year is a random walk of its own, with one drift or none:

    y_t = y_{t-s} + b + e_t,    e_t ~ (0, sigma2)

s = 1 without drift is the naive forecast, s = 1 with drift the drift method, s > 1 the seasonal naive forecast. Over a
gap of k cycles the walk has moved by d ~ (k b, k sigma2), so gaps lose nothing: b and sigma2 are the generalised
least-squares estimates from the moves between neighbouring figures of a season.

Source: Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice" (3rd edition), s5.2 and s5.5 (methods,
residual variance, table 5.2 of forecast standard deviations, bootstrapped residuals); Stine 1987, "Estimating
properties of autoregressive forecasts", s2 (residuals rescaled before they are drawn again).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, kernel
from forecast.kernels._threads import spread
from forecast.kernels.random import fill_normals, fill_uniforms
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT


class NaiveForecast(NamedTuple):
    """Forecast of one series; for many series every field has one row a series.

    point (h): means. sd (h): standard deviations, the drift's own uncertainty included.
    numbers (3): drift b a cycle (0 without), residual variance sigma2, variance of b.
    counts (2): status, residuals.
    """

    point: FloatArray
    sd: FloatArray
    numbers: FloatArray
    counts: IntArray


class NaivePaths(NamedTuple):
    """Simulated futures: paths (paths, h) and counts (1), the status."""

    paths: FloatArray
    counts: IntArray


@kernel
def _last_seen(y: FloatArray, s: int) -> IntArray:
    """Position of the last figure of each season; -1 where there is none."""
    last = np.empty(s, np.int64)
    for j in range(s):
        last[j] = -1
    for t in range(y.shape[0]):
        if not math.isnan(y[t]):
            last[t % s] = t
    return last


@kernel
def _moves(y: FloatArray, s: int, move: FloatArray, cycles: FloatArray) -> int:
    """Write the moves between neighbouring figures of a season and their lengths in cycles; how many there are."""
    last = np.empty(s, np.int64)
    for j in range(s):
        last[j] = -1
    count = 0
    for t in range(y.shape[0]):
        if not math.isnan(y[t]):
            before = last[t % s]
            if before >= 0:
                move[count] = y[t] - y[before]
                cycles[count] = float((t - before) // s)
                count += 1
            last[t % s] = t
    return count


@kernel
def _estimate(y: FloatArray, s: int, drift: int, numbers: FloatArray, shocks: FloatArray, cycles: FloatArray) -> int:
    """Write drift, sigma2 and the drift's variance into ``numbers``, residuals a root cycle into ``shocks``; count."""
    count = _moves(y, s, shocks, cycles)
    moved = 0.0
    length = 0.0
    for i in range(count):
        moved += shocks[i]
        length += cycles[i]
    b = moved / length if drift != 0 and count > 0 else 0.0
    squares = 0.0
    for i in range(count):
        shocks[i] = (shocks[i] - cycles[i] * b) / math.sqrt(cycles[i])
        squares += shocks[i] * shocks[i]
    free = count - (1 if drift != 0 else 0)
    numbers[0] = b
    numbers[1] = squares / free if free > 0 else np.nan
    numbers[2] = 0.0
    if drift != 0:
        numbers[2] = numbers[1] / length if count > 0 else np.nan
    return count


@kernel
def _naive_into(
    y: FloatArray, s: int, drift: int, point: FloatArray, sd: FloatArray, numbers: FloatArray, counts: IntArray
) -> None:
    """One series' forecast, written into the caller's arrays."""
    n, h = y.shape[0], point.shape[0]
    for i in range(h):
        point[i], sd[i] = np.nan, np.nan
    for i in range(3):
        numbers[i] = np.nan
    counts[1] = 0
    if s < 1:
        counts[0] = OUT_OF_RANGE
        return
    for t in range(n):
        if math.isinf(y[t]):
            counts[0] = NON_FINITE
            return
    shocks = np.empty(n)
    cycles = np.empty(n)
    counts[1] = _estimate(y, s, drift, numbers, shocks, cycles)
    last = _last_seen(y, s)
    counts[0] = OK if math.isfinite(numbers[1]) else TOO_SHORT
    if math.isinf(numbers[1]):
        counts[0] = NON_FINITE
    for i in range(h):
        at = last[(n + i) % s]
        if at < 0:
            counts[0] = TOO_SHORT
            continue
        k = float((n + i - at) // s)
        point[i] = y[at] + (k * numbers[0] if drift != 0 else 0.0)
        sd[i] = math.sqrt(k * numbers[1] + k * k * numbers[2])


@kernel
def _forecasts_of(
    first: int,
    last: int,
    y: FloatArray,
    s: int,
    drift: int,
    point: FloatArray,
    sd: FloatArray,
    numbers: FloatArray,
    counts: IntArray,
) -> None:
    """The forecasts of the series first to last - 1."""
    for i in range(first, last):
        _naive_into(y[i], s, drift, point[i], sd[i], numbers[i], counts[i])


def naive_forecast(y: FloatArray, s: int, drift: int, h: int) -> NaiveForecast:
    """Mean and standard deviation of the next ``h`` figures of a series ``y`` (n); NaN is a gap.

    s: figures a cycle (1 for the naive forecast, 12 for months). drift: 1 lets the walk drift, 0 does not.
    With k cycles since the season's last figure, and L cycles spanned by all moves, the mean is y_last + k b and the
    variance sigma2 (k + k^2 / L), the second term only with drift; without gaps this is sigma2 (floor((h-1)/s) + 1) for
    the seasonal naive forecast and sigma2 h (1 + h / (n - 1)) for the drift method.

    Status: OUT_OF_RANGE for s < 1 or h < 0 (then nothing is forecast); NON_FINITE for an infinite figure or an
    overflow; TOO_SHORT if a season that is asked for was never seen or no residual is left over (its cells are NaN).
    """
    many = naive_forecast_many(gate(y).reshape(1, -1), s, drift, h)
    return NaiveForecast(*(field[0] for field in many))


def naive_forecast_many(y: FloatArray, s: int, drift: int, h: int) -> NaiveForecast:
    """:func:`naive_forecast` of every row of ``y`` (series, n); a shorter series has gaps in front."""
    y = gate(y)
    m, size = len(y), max(h, 0)
    out = NaiveForecast(np.empty((m, size)), np.empty((m, size)), np.empty((m, 3)), np.zeros((m, 2), np.int64))
    spread(_forecasts_of, m, y, s, drift, *out)
    if h < 0:
        out.counts[:, 0] = OUT_OF_RANGE
    return out


@kernel
def _shape_shocks(shocks: FloatArray, count: int, sigma2: float) -> None:
    """Centre the residuals and rescale them to variance sigma2, so that drawn paths have the reported spread."""
    mean = 0.0
    for i in range(count):
        mean += shocks[i] / count
    squares = 0.0
    for i in range(count):
        shocks[i] -= mean
        squares += shocks[i] * shocks[i] / count
    scale = math.sqrt(sigma2 / squares) if squares > 0.0 else 0.0
    for i in range(count):
        shocks[i] *= scale


@kernel
def _draw_again(z: FloatArray, shocks: FloatArray, count: int) -> None:
    """Turn the uniforms ``z`` (h + 2) of a path into a normal for the drift and h of the ``count`` residuals."""
    z[0] = math.sqrt(-2.0 * math.log(z[0])) * math.cos(2.0 * math.pi * z[1])
    for i in range(2, z.shape[0]):
        z[i] = shocks[min(int(z[i] * count), count - 1)]


@kernel
def _walk_on(out: FloatArray, z: FloatArray, scale: float, y: FloatArray, last: IntArray, numbers: FloatArray) -> None:
    """One path: from each season's last figure, by the shocks scale * z[2:], the drift moved by z[0]."""
    n, s = y.shape[0], last.shape[0]
    b = numbers[0] + math.sqrt(numbers[2]) * z[0]
    for i in range(out.shape[0]):
        k, before = 1.0, 0.0
        if i < s:
            at = last[(n + i) % s]
            k, before = float((n + i - at) // s), y[at]
        else:
            before = out[i - s]
        out[i] = before + k * b + math.sqrt(k) * scale * z[2 + i]


@kernel
def _paths_of(
    first: int,
    last: int,
    y: FloatArray,
    s: int,
    drift: int,
    numbers: FloatArray,
    key: int,
    bootstrap: int,
    out: FloatArray,
) -> None:
    """Fill the paths first to last - 1 of ``out`` (paths, h); numbers (3): drift, sigma2, the drift's variance."""
    n, h = y.shape[0], out.shape[1]
    shocks, cycles, again, z = np.empty(n), np.empty(n), np.empty(3), np.empty(h + 2)
    count = _estimate(y, s, drift, again, shocks, cycles)
    _shape_shocks(shocks, count, numbers[1])
    seen = _last_seen(y, s)
    scale = 1.0 if bootstrap != 0 else math.sqrt(numbers[1])
    for p in range(first, last):
        if bootstrap != 0:
            fill_uniforms(key, p, z)
            _draw_again(z, shocks, count)
        else:
            fill_normals(key, p, z)
        _walk_on(out[p], z, scale, y, seen, numbers)


def naive_paths(y: FloatArray, s: int, drift: int, h: int, paths: int, key: int, bootstrap: int = 0) -> NaivePaths:
    """Futures of ``y`` (n) drawn from the walk of :func:`naive_forecast`: (paths, h).

    key: 64-bit key of the counter-based numbers; the same key gives the same bits on any number of threads, and more
    paths only append. The drift is drawn from its own normal law, one for each path. bootstrap: 0 draws normal shocks,
    1 draws the residuals again, centred and rescaled to variance sigma2. Over a gap at the end of k cycles one shock
    stands for k, times sqrt(k).

    Status: as for :func:`naive_forecast`, OUT_OF_RANGE for paths < 0 too; the paths are NaN unless it is OK.
    """
    y = gate(y)
    known = naive_forecast(y, s, drift, h)
    status = int(known.counts[0]) if paths >= 0 else OUT_OF_RANGE
    out = np.full((max(paths, 0), max(h, 0)), np.nan)
    if status == OK:
        spread(_paths_of, len(out), y, s, drift, known.numbers, key, bootstrap, out)
    return NaivePaths(out, np.array([status]))
