"""The law of simulated log levels: lags, drift, correlated shocks with heavy tails and months of greater variance.

    x_t = A_1 x_{t-1} + ... + A_l x_{t-l} + drift_t + scale_t impact e_t,        flow_t = exp(x_t + season_t)

One lag with A_1 = I is the random walk with drift.

Source: Lütkepohl 2005, "New introduction to multiple time series analysis", s2.1; Lenza & Primiceri 2022, "How to
estimate a vector autoregression after March 2020", eq. 2 (the scale of a month).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.elementary import lane_exp
from forecast.kernels.fused import fma
from forecast.kernels.paths.lanes import LANES, SMALLEST_DF, lane_students
from forecast.kernels.random import WordArray, lane_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE

NORMAL = 0
"""Shocks are independent N(0, 1)."""

JOINT_T = 1
"""The shocks of a month are one standard multivariate t: a common chi-square, all flows are shaken at once."""

SEPARATE_T = 2
"""The shocks are independent standard Student-t variates."""


class PathLaw(NamedTuple):
    """What the paths of d flows over ``months`` months follow.

    history (l, d): log levels of the last l months, the latest last. A (l, d, d): A[0] takes the month before.
    drift, season (months, d). impact (d, d): for instance the Cholesky factor of the shocks' covariance (normal) or
    scale matrix (Student-t, whose covariance is df / (df - 2) times that). scale (months): not negative.
    shocks: NORMAL, JOINT_T or SEPARATE_T. df: degrees of freedom, at least 0.5; not read for NORMAL.
    """

    history: FloatArray
    A: FloatArray
    drift: FloatArray
    season: FloatArray
    impact: FloatArray
    scale: FloatArray
    shocks: int
    df: float


class Lanes(NamedTuple):
    """Scratch of LANES paths: words (4, .), Q (.), e (months d + 4, .) shocks, x ((l + 1) d, .) a ring of levels."""

    words: WordArray
    Q: FloatArray
    e: FloatArray
    x: FloatArray


def law_status(law: PathLaw) -> int:
    """OK, OUT_OF_RANGE for shapes, kinds or degrees of freedom that do not fit, NON_FINITE for a number that is not."""
    months, d = law.drift.shape
    lags = law.A.shape[0]
    fits = min(months, d, lags) > 0 and law.history.shape == (lags, d) and law.A.shape[1:] == (d, d)
    fits = fits and law.impact.shape == (d, d) and law.season.shape == (months, d) and law.scale.shape == (months,)
    if not (fits and NORMAL <= law.shocks <= SEPARATE_T):
        return OUT_OF_RANGE
    numbers = (law.history, law.A, law.drift, law.season, law.impact, law.scale)
    if not all(np.isfinite(part).all() for part in numbers):
        return NON_FINITE
    if law.shocks != NORMAL and not math.isfinite(law.df):
        return NON_FINITE
    too_heavy = law.shocks != NORMAL and law.df < SMALLEST_DF
    return OUT_OF_RANGE if (law.scale < 0.0).any() or too_heavy else OK


@kernel
def lanes_for(law: PathLaw) -> Lanes:
    """Scratch for ``draw_shocks`` and ``step_levels``, with the history at its place in the ring."""
    months, d = law.drift.shape
    lags = law.A.shape[0]
    lanes = Lanes(
        np.empty((4, LANES), np.uint64),
        np.empty(LANES),
        np.empty((months * d + 4, LANES)),
        np.empty(((lags + 1) * d, LANES)),
    )
    return lanes


@kernel
def draw_shocks(law: PathLaw, key: int, path: int, lanes: Lanes) -> None:
    """Shocks of the paths path, path + 1, ..., LANES of them, into lanes.e, and the history into the ring."""
    months, d = law.drift.shape
    lags = law.A.shape[0]
    if law.shocks == NORMAL:
        lane_normals(key, path, months * d, lanes.words, lanes.e)
    else:
        joint = law.shocks == JOINT_T
        lane_students(key, path, months, d, law.df, joint, lanes.words, lanes.Q, lanes.e)
    for back in range(lags):
        for i in range(d):
            for lane in range(lanes.x.shape[1]):
                lanes.x[back * d + i, lane] = law.history[back, i]


@kernel
def _add_row(a: float, row: FloatArray, out: FloatArray) -> None:
    """Out += a row."""
    for lane in range(out.shape[0]):
        out[lane] = fma(a, row[lane], out[lane])


@kernel
def step_levels(law: PathLaw, t: int, lanes: Lanes) -> int:
    """Log levels of month t into the ring from those before and the shocks; the row of the ring where they start."""
    d = law.drift.shape[1]
    lags = law.A.shape[0]
    start: int = (t + lags) % (lags + 1) * d
    for i in range(d):
        # Rows by themselves: so the loops over lanes become SIMD code.
        out = lanes.x[start + i]
        drift = law.drift[t, i]
        for lane in range(out.shape[0]):
            out[lane] = drift
        for back in range(lags):
            before = (t + lags - 1 - back) % (lags + 1) * d
            for j in range(d):
                if law.A[back, i, j] != 0.0:
                    _add_row(law.A[back, i, j], lanes.x[before + j], out)
        for j in range(d):
            b = law.scale[t] * law.impact[i, j]
            if b != 0.0:
                _add_row(b, lanes.e[t * d + j], out)
    return start


@kernel
def _add_flow(weight: float, season: float, row: FloatArray, out: FloatArray) -> None:
    """Out += weight exp(row + season)."""
    for lane in range(out.shape[0]):
        out[lane] += weight * lane_exp(row[lane] + season)


@kernel
def lane_totals(law: PathLaw, weights: FloatArray, key: int, path: int, lanes: Lanes, totals: FloatArray) -> None:
    """Weighted sums of flows, sum_i weights_i exp(x_ti + season_ti); totals (known + months, LANES), the last rows."""
    months, d = law.drift.shape
    known = totals.shape[0] - months
    draw_shocks(law, key, path, lanes)
    for t in range(months):
        start = step_levels(law, t, lanes)
        out = totals[known + t]
        for lane in range(out.shape[0]):
            out[lane] = 0.0
        for i in range(d):
            _add_flow(weights[i], law.season[t, i], lanes.x[start + i], out)
