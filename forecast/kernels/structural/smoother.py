"""Level, slope, season and irregular of the basic structural model given all figures, with their variances.

Backward through the months with r and N, what later figures say of the state before a month. While the start is being
resolved N has parts of order 1, 1 / kappa and 1 / kappa^2, for a start of variance kappa A A' with kappa to infinity:
N0, N1, N2. Each changes by -Z b' - b Z' + c Z Z', since a figure touches two entries of the state. The means need the
first part of r alone: a month's transition can be undone, so they follow backward from the last month and the smoothed
shocks.

Source: Koopman & Durbin 2003, s4; Durbin & Koopman 2012, s4.4, s4.5 and s5.3 (with N1 kept symmetric).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import OK, TOO_SHORT
from forecast.kernels.structural.ring import (
    GAP,
    PROPER,
    Filtered,
    Start,
    structural_check,
    structural_filter,
    structural_start,
)


class Smoothed(NamedTuple):
    """mean, variance (n, 4): of level, slope, season and irregular, given all figures; 0 for what the model lacks."""

    mean: FloatArray
    variance: FloatArray


@kernel
def _times(N: FloatArray, x: FloatArray, out: FloatArray) -> None:
    """Write N x to ``out``, for a symmetric N."""
    for i in range(x.shape[0]):
        out[i] = 0.0
    for i in range(x.shape[0]):
        xi = x[i]
        for k in range(x.shape[0]):
            out[k] += xi * N[i, k]


@kernel
def _dot(x: FloatArray, y: FloatArray) -> float:
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i] * y[i]
    return total


@kernel
def _fold(N: FloatArray, b: FloatArray, c: float, j: int, level: int) -> None:
    """N - Z b' - b Z' + c Z Z' in place, Z one at ``j`` and ``level``."""
    for k in range(b.shape[0]):
        N[j, k] -= b[k]
        N[level, k] -= b[k]
        N[k, j] -= b[k]
        N[k, level] -= b[k]
    N[j, j] += c
    N[level, level] += c
    N[j, level] += c
    N[level, j] += c


@kernel
def _step_back(N: FloatArray, level: int) -> None:
    """G' N G in place for a month in which the level goes up by the slope."""
    for k in range(N.shape[0]):
        N[level + 1, k] += N[level, k]
    for k in range(N.shape[0]):
        N[k, level + 1] += N[k, level]


@kernel
def _backward(
    y: FloatArray, period: int, slope: int, variances: FloatArray, start: Start, filtered: Filtered, out: Smoothed
) -> int:
    """Fill ``out`` from the last month to the first; the state in ``filtered`` goes along. A status."""
    n, s, d = y.shape[0], period, period + slope
    width = filtered.a.shape[0]
    level = s
    H = variances[0]
    a = filtered.a
    r0 = np.zeros(width)
    N0, N1, N2 = np.zeros((width, width)), np.zeros((width, width)), np.zeros((width, width))
    b0, b1, b2, K1, M = np.zeros(width), np.zeros(width), np.zeros(width), np.zeros(width), np.zeros(width)
    A = np.zeros((width, d))
    unmet = d
    for t in range(n - 1, -1, -1):
        j = t % s
        if t + 1 < n:
            nxt, after = (t + 1) % s, (t + 2) % s
            push = variances[3] * (r0[nxt] - r0[after])
            a[nxt] -= push
            a[after] += push
            a[level] -= variances[1] * r0[level]
            if slope == 1:
                a[level + 1] -= variances[2] * r0[level + 1]
                a[level] -= a[level + 1]
                r0[level + 1] += r0[level]
                _step_back(N0, level)
                if unmet < d:
                    _step_back(N1, level)
                    _step_back(N2, level)
                    for k in range(d):
                        A[level, k] -= A[level + 1, k]
        out.mean[t, 0] = a[level]
        out.mean[t, 1] = a[level + 1] if slope == 1 else 0.0
        out.mean[t, 2] = a[j]
        out.mean[t, 3] = 0.0
        out.variance[t, 3] = H
        P = filtered.P[t]
        kind = start.kind[t]
        if kind != GAP:
            K = filtered.K[t]
            _times(N0, K, b0)
            u, D = -_dot(K, r0), _dot(K, b0)
            if kind == PROPER:
                inverse = 1.0 / filtered.F[t]
                u += filtered.v[t] * inverse
                D += inverse
                if unmet < d:
                    _times(N1, K, b1)
                    _fold(N1, b1, _dot(K, b1), j, level)
                    _times(N2, K, b2)
                    _fold(N2, b2, _dot(K, b2), j, level)
            else:
                unmet = kind
                for i in range(width):
                    for k in range(d):
                        A[i, k] = start.unmet[kind, i, k]
                    M[i] = P[i, j] + P[i, level]
                F_inf = 0.0
                for k in range(d):
                    F_inf += (A[j, k] + A[level, k]) * (A[j, k] + A[level, k])
                F = M[j] + M[level] + H
                for i in range(width):
                    K1[i] = (M[i] - K[i] * F) / F_inf
                # The order matters: each takes the one before it as it was.
                _times(N0, K1, M)
                _times(N1, K, b1)
                c1 = 1.0 / F_inf + _dot(K, b1) + 2.0 * _dot(K1, b0)
                c2 = -F / (F_inf * F_inf) + 2.0 * _dot(K1, b1) + _dot(K1, M)
                _times(N2, K, b2)
                c2 += _dot(K, b2)
                for i in range(width):
                    b1[i] += M[i]
                _times(N1, K1, M)
                for i in range(width):
                    b2[i] += M[i]
                _fold(N2, b2, c2, j, level)
                _fold(N1, b1, c1, j, level)
            _fold(N0, b0, D, j, level)
            r0[j] += u
            r0[level] += u
            out.mean[t, 3] = H * u
            out.variance[t, 3] = max(0.0, H - H * H * D)
        for part in range(3):
            i = level + part if part < 2 else j
            if part == 1 and slope == 0:
                out.variance[t, part] = 0.0
                continue
            for k in range(width):
                M[k] = P[i, k]
            _times(N0, M, b0)
            V = P[i, i] - _dot(M, b0)
            if unmet < d:
                for k in range(width):
                    K1[k] = 0.0
                    for c in range(d):
                        K1[k] += A[i, c] * A[k, c]
                _times(N1, K1, b1)
                _times(N2, K1, b2)
                V -= 2.0 * _dot(M, b1) + _dot(K1, b2)
            out.variance[t, part] = max(0.0, V)
    return OK if math.isfinite(_dot(a, a)) else TOO_SHORT


def structural_smooth(y: FloatArray, period: int, slope: int, variances: FloatArray) -> tuple[Smoothed, int]:
    """Smoothed components of ``y`` (n; NaN is a gap, so months after the sample are forecasts), and a status.

    period, slope, variances: as ``structural_check``. The slope of a month leads from its level to the next.
    """
    out = Smoothed(np.full((len(y), 4), np.nan), np.full((len(y), 4), np.nan))
    status = structural_check(y, period, slope, variances)
    if status != OK:
        return out, status
    start = structural_start(y, period, slope)
    if start.counts[0] < period + slope:
        return out, TOO_SHORT
    filtered = structural_filter(y, period, slope, variances, start, True)
    if filtered.counts[0] != OK:
        return out, int(filtered.counts[0])
    return out, _backward(y, period, slope, variances, start, filtered, out)
