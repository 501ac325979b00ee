"""Simulation smoother of the basic structural model: components drawn from their law given the figures.

A draw simulates states and figures from a start of zero and adds what the smoother makes of the difference between the
true figures and these (mean corrections: the start cancels, as nothing is known of it). Gains depend on neither, so one
filter serves all draws; sixteen run side by side. Figures after the sample pin the future, gaps leave it free.

The month's four shocks of draw d (irregular, level, slope, season) are numbers 4 t, ..., 4 t + 3 of path d under the
key, so that more draws and more months only append.

Source: Durbin & Koopman 2002, "A simple and efficient simulation smoother for state space time series analysis", s2.3
(algorithm 2); Jarocinski 2015, "A note on implementing the Durbin and Koopman simulation smoother" (mean zero start).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.random import lane_normals
from forecast.kernels.status import OK, OUT_OF_RANGE, TOO_SHORT
from forecast.kernels.structural.ring import (
    GAP,
    PROPER,
    structural_check,
    structural_filter,
    structural_start,
)

LANES = 16
"""Draws side by side."""


@kernel
def _simulate(
    y: FloatArray,
    period: int,
    slope: int,
    variances: FloatArray,
    key: int,
    first: int,
    plus: FloatArray,
    x: FloatArray,
) -> None:
    """Components from a zero start, plus (n, 4, lanes), for draws first, ...; row 3 is y less the simulated figure.

    x (width, lanes): room for the states, zero.
    """
    n, s = y.shape[0], period
    lanes = x.shape[1]
    level = s
    z = np.empty((4 * n, lanes))
    lane_normals(key, first, 4 * n, np.empty((4, lanes), np.uint64), z)
    sd0, sd1, sd2, sd3 = (
        math.sqrt(variances[0]),
        math.sqrt(variances[1]),
        math.sqrt(variances[2]),
        math.sqrt(variances[3]),
    )
    for t in range(n):
        j, nxt, after = t % s, (t + 1) % s, (t + 2) % s
        for i in range(lanes):
            plus[t, 0, i] = x[level, i]
            plus[t, 1, i] = x[level + 1, i]
            plus[t, 2, i] = x[j, i]
            plus[t, 3, i] = x[level, i] + x[j, i] + sd0 * z[4 * t, i]
        for i in range(lanes):
            x[level, i] += x[level + 1, i] + sd1 * z[4 * t + 1, i]
        if slope == 1:
            for i in range(lanes):
                x[level + 1, i] += sd2 * z[4 * t + 2, i]
        if s > 1:
            for i in range(lanes):
                shock = sd3 * z[4 * t + 3, i]
                x[nxt, i] += shock
                x[after, i] -= shock


@kernel
def _correct(
    y: FloatArray,
    period: int,
    slope: int,
    variances: FloatArray,
    kinds: IntArray,
    gains: FloatArray,
    F: FloatArray,
    plus: FloatArray,
    x: FloatArray,
) -> None:
    """Add the smoothed components of y less the simulated figures; row 3 becomes the drawn figure.

    kinds, gains, F: as Start and Filtered have them. x (width, lanes): room, zero.
    """
    n, s = y.shape[0], period
    lanes = x.shape[1]
    level, m = period, period + 1 + slope
    v = np.zeros((n, lanes))
    total = np.empty(lanes)
    for t in range(n):
        j = t % s
        if kinds[t] != GAP:
            yt = y[t]
            for i in range(lanes):
                v[t, i] = yt - plus[t, 3, i] - x[j, i] - x[level, i]
            for k in range(m):
                K = gains[t, k]
                for i in range(lanes):
                    x[k, i] += K * v[t, i]
        if slope == 1 and t + 1 < n:
            for i in range(lanes):
                x[level, i] += x[level + 1, i]
    r = np.zeros(x.shape)
    q_level, q_slope, q_season = variances[1], variances[2], variances[3]
    for t in range(n - 1, -1, -1):
        j = t % s
        if t + 1 < n:
            nxt, after = (t + 1) % s, (t + 2) % s
            for i in range(lanes):
                push = q_season * (r[nxt, i] - r[after, i])
                x[nxt, i] -= push
                x[after, i] += push
            for i in range(lanes):
                x[level, i] -= q_level * r[level, i]
            if slope == 1:
                for i in range(lanes):
                    x[level + 1, i] -= q_slope * r[level + 1, i]
                for i in range(lanes):
                    x[level, i] -= x[level + 1, i]
                    r[level + 1, i] += r[level, i]
        if kinds[t] != GAP:
            inverse = 1.0 / F[t] if kinds[t] == PROPER else 0.0
            for i in range(lanes):
                total[i] = v[t, i] * inverse
            for k in range(m):
                K = gains[t, k]
                for i in range(lanes):
                    total[i] -= K * r[k, i]
            for i in range(lanes):
                r[j, i] += total[i]
            for i in range(lanes):
                r[level, i] += total[i]
            yt = y[t]
            for i in range(lanes):
                plus[t, 3, i] = yt
        else:
            for i in range(lanes):
                plus[t, 3, i] += x[level, i] + x[j, i]
        for i in range(lanes):
            plus[t, 0, i] += x[level, i]
            plus[t, 1, i] += x[level + 1, i]
            plus[t, 2, i] += x[j, i]


@kernel
def _blocks(
    first: int, last: int, y: FloatArray, period: int, slope: int, variances: FloatArray, kinds: IntArray,
    gains: FloatArray, F: FloatArray, key: int, out: FloatArray,
) -> None:  # fmt: skip
    """Draws of the blocks of LANES paths from ``first`` to ``last`` - 1."""
    n, draws, width, wide = y.shape[0], out.shape[0], gains.shape[1], LANES
    plus, x = np.empty((n, 4, wide)), np.empty((width, wide))
    for block in range(first, last):
        path = block * wide
        for i in range(width):
            for k in range(wide):
                x[i, k] = 0.0
        _simulate(y, period, slope, variances, key, path, plus, x)
        for i in range(width):
            for k in range(wide):
                x[i, k] = 0.0
        _correct(y, period, slope, variances, kinds, gains, F, plus, x)
        for i in range(min(wide, draws - path)):
            for t in range(n):
                for part in range(4):
                    out[path + i, t, part] = plus[t, part, i]


def structural_draws(
    y: FloatArray, period: int, slope: int, variances: FloatArray, key: int, draws: int
) -> tuple[FloatArray, int]:
    """Level, slope, season and figure (draws, n, 4) drawn given the figures ``y`` (n; NaN is a gap), and a status.

    Months after the sample: append NaN for free forecasts, numbers for figures that are pinned. A figure that is given
    is handed back as it is, one in a gap is drawn. period, slope, variances: as ``structural_check``. key: of the
    random numbers; draw d is path d. OUT_OF_RANGE for fewer than no draws.
    """
    none = np.empty((0, len(y), 4))
    status = structural_check(y, period, slope, variances)
    if status == OK and draws < 0:
        status = OUT_OF_RANGE
    if status != OK:
        return none, status
    start = structural_start(y, period, slope)
    if start.counts[0] < period + slope:
        return none, TOO_SHORT
    filtered = structural_filter(y, period, slope, variances, start, False)
    if filtered.counts[0] != OK:
        return none, int(filtered.counts[0])
    out = np.empty((draws, len(y), 4))
    blocks = (draws + LANES - 1) // LANES
    spread(_blocks, blocks, y, period, slope, variances, start.kind, filtered.K, filtered.F, key, out)
    return out, OK
