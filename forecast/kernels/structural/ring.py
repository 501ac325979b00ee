"""Exact diffuse Kalman filter of the basic structural model, its season kept as a ring.

Figures y_t = mu_t + gamma_t + epsilon_t with mu_{t+1} = mu_t + nu_t + eta_t, nu_{t+1} = nu_t + zeta_t and
gamma_{t+1} = -(gamma_t + ... + gamma_{t-s+2}) + omega_t. The season is held in s slots that add up to nothing: slot
t mod s is gamma_t, the others are the last effect of each season, and the slot after t's is what gamma_{t+1} would be
without a shock. A month then moves nothing: omega_t enters the next slot, and leaves the one after it. So the
transition costs O(1) entries for the season and one row for the slope; states are s slots, level, slope.

Nothing is known of the start. Its directions A (alpha_1 = A delta, delta flat) are carried beside the covariance P of
what is known, and each figure that meets one takes it away; which figures do depends on the gaps alone, so these
gains are found once for all variances (``structural_start``).

Source: Harvey 1989, "Forecasting, Structural Time Series Models and the Kalman Filter", s2.3.4 (dummy season);
Koopman & Durbin 2003, "Filtering and smoothing of state vector for diffuse state-space models", s3 (P_inf = A A');
Durbin & Koopman 2012, "Time Series Analysis by State Space Methods", s5.2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

GAP = -1
"""No figure in this month."""

PROPER = -2
"""The figure meets none of the unknown directions of the start."""

LONGEST_PERIOD = 4096
"""Longest period that is taken."""

_LOG_2_PI = math.log(2.0 * math.pi)
_LARGEST = 1e100
_LEAST = 1e-150
_HIGH = 1e100
_LOW = 1e-100
_MET = 1e-8
_WIDTH = 8


class Start(NamedTuple):
    """How the unknown start is resolved by the figures, whatever the variances.

    kind (n): GAP, PROPER, or the row of ``gain`` that the figure takes. gain (s + slope, width): K_0 = A w / w'w with
    w = A'Z. unmet (s + slope, width, s + slope): A before each of those figures. at (s + slope): their months.
    volume (1): sum of log |w|. counts (2): directions resolved, figures in all.
    """

    kind: IntArray
    gain: FloatArray
    unmet: FloatArray
    at: IntArray
    volume: FloatArray
    counts: IntArray


class Filtered(NamedTuple):
    """One pass of the filter.

    v, F (n): innovations and their variances; 0 and 1 where a figure has none. K (n, width): gains, unset in gaps.
    P (n or 0, width, width): covariances before each month's update. a (width): state after the last update.
    sums (3): log-likelihood, sum of log F over PROPER figures, sum of v^2 / F. counts (2): status, PROPER figures.
    """

    v: FloatArray
    F: FloatArray
    K: FloatArray
    P: FloatArray
    a: FloatArray
    sums: FloatArray
    counts: IntArray


@kernel
def structural_check(y: FloatArray, period: int, slope: int, variances: FloatArray) -> int:
    """Whether the model can be asked about the figures ``y`` (n; NaN is a gap): a status.

    period: seasons a year, 1 for a model without a season. slope: 1 with a slope, 0 without (its variance then
    counts for nothing). variances (4): of irregular, level, slope and season. OUT_OF_RANGE for a period under 1, a
    slope other than 0 or 1 and negative variances; NON_FINITE for infinite figures; SINGULAR if no variance is
    positive; TOO_SHORT unless there is a figure more than the s + slope unknowns of the start.
    """
    if period < 1 or period > LONGEST_PERIOD or slope < 0 or slope > 1 or variances.shape[0] != 4:
        return OUT_OF_RANGE
    total = 0.0
    for i in range(4):
        if not math.isfinite(variances[i]):
            return NON_FINITE
        if variances[i] < 0.0 or variances[i] > _LARGEST:
            return OUT_OF_RANGE
        if (i != 2 or slope == 1) and (i != 3 or period > 1):
            total += variances[i]
    figures = 0
    for t in range(y.shape[0]):
        if math.isinf(y[t]):
            return NON_FINITE
        figures += not math.isnan(y[t])
    if figures <= period + slope:
        return TOO_SHORT
    return OK if total > 0.0 else SINGULAR


@kernel
def structural_start(y: FloatArray, period: int, slope: int) -> Start:
    """Gains of the figures ``y`` (n; NaN is a gap) that resolve the start; see ``Start``.

    If counts[0] < period + slope, the figures leave some of the start unknown.
    """
    n, s = y.shape[0], period
    level, d = period, period + slope
    width = (s + 2 + _WIDTH - 1) // _WIDTH * _WIDTH
    A = np.zeros((width, d))
    # The basis is that of the first figure's month, not of the first month: both span the same volume, and a long gap
    # before it would make the level's row large.
    first = 0
    while first < n and math.isnan(y[first]):
        first += 1
    last = (first + 1) % s
    column = 0
    for i in range(s):
        if i != last:
            A[i, column] = 1.0
            A[last, column] = -1.0
            column += 1
    A[level, s - 1] = 1.0
    if slope == 1:
        A[level + 1, s] = 1.0
    start = Start(
        np.empty(n, np.int64),
        np.zeros((d, width)),
        np.zeros((d, width, d)),
        np.zeros(d, np.int64),
        np.zeros(1),
        np.zeros(2, np.int64),
    )
    w = np.empty(d)
    met, j = 0, 0
    for t in range(n):
        if math.isnan(y[t]):
            start.kind[t] = GAP
        else:
            start.counts[1] += 1
            start.kind[t] = PROPER
        if met < d:
            if start.kind[t] == PROPER:
                square, largest = 0.0, 0.0
                for k in range(d):
                    w[k] = A[j, k] + A[level, k]
                    square += w[k] * w[k]
                    largest = max(largest, abs(A[level, k]), abs(A[j, k]))
                if math.sqrt(square) > _MET * max(1.0, largest):
                    start.kind[t] = met
                    start.at[met] = t
                    start.volume[0] += 0.5 * math.log(square)
                    for i in range(s + 1 + slope):
                        gain = 0.0
                        for k in range(d):
                            start.unmet[met, i, k] = A[i, k]
                            gain += A[i, k] * w[k]
                        gain /= square
                        start.gain[met, i] = gain
                        for k in range(d):
                            A[i, k] -= gain * w[k]
                    met += 1
            if slope == 1 and t >= first:
                for k in range(d):
                    A[level, k] += A[level + 1, k]
        j = j + 1 if j + 1 < s else 0
    start.counts[0] = met
    return start


@kernel
def structural_filter(
    y: FloatArray, period: int, slope: int, variances: FloatArray, start: Start, keep: bool
) -> Filtered:
    """Exact diffuse filter of ``y`` (n; NaN is a gap); with ``keep`` the covariances of all months are handed back.

    The log-likelihood counts -log(2 pi) / 2 for every figure and -log |w| for those that resolve the start, as
    Durbin & Koopman 2012 s7.2.3 with a flat density on level, slope and the effects of the first s - 1 seasons.
    """
    n, s = y.shape[0], period
    level, m = period, period + 1 + slope
    width = (s + 2 + _WIDTH - 1) // _WIDTH * _WIDTH
    H, q_level, q_slope, q_season = variances[0], variances[1], variances[2], variances[3]
    out = Filtered(
        np.zeros(n),
        np.ones(n),
        np.empty((n, width)),
        np.empty((n if keep else 0, width, width)),
        np.zeros(width),
        np.zeros(3),
        np.zeros(2, np.int64),
    )
    a = out.a
    P = np.zeros((width, width))
    M = np.zeros(width)
    log_F, product, squares = 0.0, 1.0, 0.0
    j = 0
    for t in range(n):
        if keep:
            for i in range(width):
                for k in range(width):
                    out.P[t, i, k] = P[i, k]
        kind = start.kind[t]
        if kind != GAP:
            for i in range(width):
                M[i] = P[j, i] + P[level, i]
            F = M[j] + M[level] + H
            v = y[t] - a[j] - a[level]
            if kind == PROPER:
                if not F > _LEAST:
                    out.counts[0] = SINGULAR
                    return out
                inverse = 1.0 / F
                out.v[t] = v
                out.F[t] = F
                for i in range(width):
                    out.K[t, i] = M[i] * inverse
                for i in range(width):
                    a[i] += out.K[t, i] * v
                for i in range(m):
                    K = out.K[t, i]
                    for k in range(width):
                        P[i, k] -= K * M[k]
                out.counts[1] += 1
                squares += v * v * inverse
                product *= F
                if product > _HIGH or product < _LOW:
                    log_F += math.log(product)
                    product = 1.0
            else:
                for i in range(width):
                    out.K[t, i] = start.gain[kind, i]
                for i in range(m):
                    K = start.gain[kind, i]
                    N = F * K - M[i]
                    a[i] += K * v
                    for k in range(width):
                        P[i, k] += N * start.gain[kind, k] - K * M[k]
        if t + 1 < n:
            if slope == 1:
                a[level] += a[level + 1]
                for k in range(width):
                    P[level, k] += P[level + 1, k]
                for i in range(m):
                    P[i, level] += P[i, level + 1]
                P[level + 1, level + 1] += q_slope
            P[level, level] += q_level
            j = j + 1 if j + 1 < s else 0
            after = j + 1 if j + 1 < s else 0
            P[j, j] += q_season
            P[after, after] += q_season
            P[j, after] -= q_season
            P[after, j] -= q_season
    log_F += math.log(product)
    out.sums[0] = -0.5 * (start.counts[1] * _LOG_2_PI + log_F + squares) - start.volume[0]
    out.sums[1] = log_F
    out.sums[2] = squares
    if not math.isfinite(out.sums[0]):
        out.counts[0] = NON_FINITE
    return out


@kernel
def structural_ring_loglik(y: FloatArray, period: int, slope: int, variances: FloatArray) -> tuple[float, int]:
    """Exact diffuse log-likelihood of ``y`` (n; NaN is a gap), and a status (see ``structural_check``).

    TOO_SHORT also if the figures leave some of the start unknown: a season that is never seen.
    """
    status = structural_check(y, period, slope, variances)
    if status != OK:
        return np.nan, status
    start = structural_start(y, period, slope)
    if start.counts[0] < period + slope:
        return np.nan, TOO_SHORT
    keep = start.counts[0] < 0
    filtered = structural_filter(y, period, slope, variances, start, keep)
    status = filtered.counts[0]
    return (filtered.sums[0] if status == OK else np.nan), status
