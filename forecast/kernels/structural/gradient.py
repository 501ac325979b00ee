"""Gradient of the log-likelihood of the basic structural model in its variances, with and without gaps.

Without gaps the covariance T of the differenced figures u is banded Toeplitz, so that d log|T| and u' d(T^-1) u need
only the sums along the diagonals of T^-1 and of a a' with a = T^-1 u. With z the last column of T^-1,

    sum_i (T^-1)_{i,i+k} = sum_i (2 i + k + 2 - N) z_i z_{i+k} / z_{N-1}      (i = 0, ..., N - 1 - k),

from the formula of Gohberg and Semencul. Both a and z come from one backward substitution with the columns that the
recursion of ``reduced_form`` leaves. With gaps the score comes from the disturbance smoother: half the
sum of r' R R' r - R' N R for a disturbance that enters by R, and of u^2 - D for the irregular; a figure that resolves
the start hands r and N back through its gain alone.

Source: Koopman & Shephard 1992, "Exact score for time series models in state space form", eq. 5; Durbin & Koopman 2012,
s4.5 and s7.3.3; Gohberg & Semencul 1972; Kailath & Sayed 1995, s1 (displacement of the inverse).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import NON_FINITE, OK, SINGULAR, TOO_SHORT
from forecast.kernels.structural.reduced_form import (
    structural_basis,
    structural_constant,
    structural_differenced,
    structural_stretch,
)
from forecast.kernels.structural.ring import GAP, PROPER, Start, structural_check, structural_filter, structural_start

_LOG_2_PI = math.log(2.0 * math.pi)
_LEAST = 1e-150
_HIGH = 1e100
_LOW = 1e-100


class Score(NamedTuple):
    """Log-likelihood and gradient, in parts that a common scale of all variances multiplies apart.

    sums (3): sum of log F, sum of v^2 / F, terms of both sums. quad, trace (4): the gradient in the variances is
    (quad - trace) / 2; a scale c turns quad into quad / c^2 and trace into trace / c.
    """

    sums: FloatArray
    quad: FloatArray
    trace: FloatArray


@kernel
def structural_toeplitz_score(w: FloatArray, N: int, basis: FloatArray, variances: FloatArray) -> tuple[Score, int]:
    """Score of N differenced figures ``w`` (N + q; the last q unused) whose autocovariances are basis @ variances.

    basis (q + 1, 4): lags 0 to q, as ``structural_basis``. Status SINGULAR if the covariance is not positive.
    """
    q = basis.shape[0] - 1
    score = Score(np.zeros(3), np.zeros(4), np.zeros(4))
    width = (q + 4) // 4 * 4
    x = np.zeros(q + 1)
    g = np.zeros(q + 1)
    v = np.zeros(N + width)
    columns = np.zeros((N, width))
    for t in range(N):
        v[t] = w[t]
    for k in range(q + 1):
        for p in range(4):
            x[k] += basis[k, p] * variances[p]
        if k > 0:
            g[k - 1] = x[k]
    log_F, product, squares = 0.0, 1.0, 0.0
    a = np.zeros(N + width)
    z = np.zeros(N + width)
    for t in range(N):
        F = x[0]
        if not F > _LEAST:
            return score, SINGULAR
        inverse = 1.0 / F
        a[t] = v[t] * inverse
        squares += v[t] * a[t]
        product *= F
        if product > _HIGH or product < _LOW:
            log_F += math.log(product)
            product = 1.0
        gain = g[0] * inverse
        x[0] -= gain * g[0]
        for k in range(1, q + 1):
            old, reflected = x[k], g[k]
            columns[t, k - 1] = old * inverse
            v[t + k] -= a[t] * old
            x[k] = old - gain * reflected
            g[k - 1] = reflected - gain * old
        if t == N - 1:
            z[t] = inverse
    for t in range(N - 1, -1, -1):
        a0, a1, a2, a3 = 0.0, 0.0, 0.0, 0.0
        z0, z1, z2, z3 = 0.0, 0.0, 0.0, 0.0
        for k in range(0, width, 4):
            a0 += columns[t, k] * a[t + k + 1]
            a1 += columns[t, k + 1] * a[t + k + 2]
            a2 += columns[t, k + 2] * a[t + k + 3]
            a3 += columns[t, k + 3] * a[t + k + 4]
            z0 += columns[t, k] * z[t + k + 1]
            z1 += columns[t, k + 1] * z[t + k + 2]
            z2 += columns[t, k + 2] * z[t + k + 3]
            z3 += columns[t, k + 3] * z[t + k + 4]
        a[t] -= (a0 + a1) + (a2 + a3)
        z[t] -= (z0 + z1) + (z2 + z3)
    along = np.zeros(width)
    across = np.zeros(width)
    for t in range(N):
        at, zt = a[t], z[t]
        weight = 2.0 * t + 2.0 - N
        for k in range(width):
            across[k] += at * a[t + k]
        for k in range(width):
            along[k] += (weight + k) * zt * z[t + k]
    for p in range(4):
        for k in range(q + 1):
            twice = 1.0 if k == 0 else 2.0
            score.quad[p] += twice * basis[k, p] * across[k]
            score.trace[p] += twice * basis[k, p] * along[k] / z[N - 1]
    score.sums[0] = log_F + math.log(product)
    score.sums[1] = squares
    score.sums[2] = N
    finite = math.isfinite(score.sums[0]) and math.isfinite(squares)
    return score, (OK if finite else NON_FINITE)


@kernel
def structural_ring_score(
    y: FloatArray, period: int, slope: int, variances: FloatArray, start: Start
) -> tuple[Score, int]:
    """Score of ``y`` (n; NaN is a gap) by the filter and a backward pass; start: ``structural_start`` of y."""
    n, s = y.shape[0], period
    level, m = period, period + 1 + slope
    score = Score(np.zeros(3), np.zeros(4), np.zeros(4))
    keep = s < 0
    filtered = structural_filter(y, period, slope, variances, start, keep)
    if filtered.counts[0] != OK:
        return score, filtered.counts[0]
    width = filtered.a.shape[0]
    r = np.zeros(width)
    N = np.zeros((width, width))
    NK = np.zeros(width)
    quad, trace = score.quad, score.trace
    for t in range(n - 1, -1, -1):
        j = t % s
        if t + 1 < n:
            nxt, after = (t + 1) % s, (t + 2) % s
            quad[1] += r[level] * r[level]
            trace[1] += N[level, level]
            r_season = r[nxt] - r[after]
            quad[3] += r_season * r_season
            trace[3] += N[nxt, nxt] + N[after, after] - 2.0 * N[nxt, after]
            if slope == 1:
                quad[2] += r[level + 1] * r[level + 1]
                trace[2] += N[level + 1, level + 1]
                r[level + 1] += r[level]
                for k in range(width):
                    N[level + 1, k] += N[level, k]
                for i in range(m):
                    N[i, level + 1] += N[i, level]
        kind = start.kind[t]
        if kind == GAP:
            continue
        K = filtered.K[t]
        for i in range(width):
            NK[i] = 0.0
        for i in range(m):
            gain = K[i]
            for k in range(width):
                NK[k] += gain * N[i, k]
        u, D = 0.0, 0.0
        for i in range(m):
            u -= K[i] * r[i]
            D += K[i] * NK[i]
        if kind == PROPER:
            inverse = 1.0 / filtered.F[t]
            u += filtered.v[t] * inverse
            D += inverse
        quad[0] += u * u
        trace[0] += D
        r[j] += u
        r[level] += u
        for k in range(width):
            N[j, k] -= NK[k]
        for k in range(width):
            N[level, k] -= NK[k]
        for i in range(m):
            N[i, j] -= NK[i]
            N[i, level] -= NK[i]
        N[j, j] += D
        N[level, level] += D
        N[j, level] += D
        N[level, j] += D
    score.sums[0] = filtered.sums[1]
    score.sums[1] = filtered.sums[2]
    score.sums[2] = filtered.counts[1]
    return score, OK


def structural_gradient(y: FloatArray, period: int, slope: int, variances: FloatArray) -> tuple[float, FloatArray, int]:
    """Exact diffuse log-likelihood of ``y`` (n; NaN is a gap), its gradient in the variances (4), and a status.

    Times the variances it is the gradient in their logs. Without a slope its entry is 0, as the season's if period = 1.
    """
    gradient = np.zeros(4)
    status = structural_check(y, period, slope, variances)
    if status != OK:
        return np.nan, gradient, status
    first, end = structural_stretch(y)
    d = period + slope
    if end - first > d:
        basis = structural_basis(period, slope)
        w = structural_differenced(y[first:end], period, slope)
        score, status = structural_toeplitz_score(w, end - first - d, basis, variances)
        constant = structural_constant(end - first, period, slope)
    else:
        start = structural_start(y, period, slope)
        if start.counts[0] < d:
            return np.nan, gradient, TOO_SHORT
        score, status = structural_ring_score(y, period, slope, variances, start)
        constant = -0.5 * start.counts[1] * _LOG_2_PI - start.volume[0]
    if status != OK:
        return np.nan, gradient, status
    for p in range(4):
        gradient[p] = 0.5 * (score.quad[p] - score.trace[p])
    if slope == 0:
        gradient[2] = 0.0
    if period == 1:
        gradient[3] = 0.0
    return constant - 0.5 * (score.sums[0] + score.sums[1]), gradient, OK
