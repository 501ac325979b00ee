"""Kalman filter of a System: likelihood, moments on the way, and the gains that smoothing needs.

Observations enter one at a time (univariate treatment).

Source: Durbin & Koopman 2012, "Time Series Analysis by State Space Methods", s4.3 and s6.4.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel, parallel_kernel
from forecast.kernels.sparse.system import System
from forecast.kernels.status import NON_FINITE, OK, SINGULAR

LOG_2PI = 1.8378770664093453

_ROUNDING = 1e-13


@kernel
def advance(s: System, t: int, coef: FloatArray, var: FloatArray, a: FloatArray, P: FloatArray, w: FloatArray) -> None:
    """Carry mean ``a`` (m) and covariance ``P`` (m, m) through month t's operations, in place; ``w`` (m) is scratch."""
    m = a.shape[0]
    for k in range(s.row.shape[1]):
        row = s.row[t, k]
        w[:] = 0.0
        mean = 0.0
        for j in range(s.ptr[k], s.ptr[k + 1]):
            v = s.val[t, j] * coef[s.coef_of[j]]
            if v != 0.0:
                c = s.col[t, j]
                mean += v * a[c]
                for i in range(m):
                    w[i] += v * P[c, i]
        own = 0.0
        for j in range(s.ptr[k], s.ptr[k + 1]):
            own += s.val[t, j] * coef[s.coef_of[j]] * w[s.col[t, j]]
        a[row] = mean
        w[row] = own + s.scale[t, k] * var[s.var_of[t, k]]
        for i in range(m):
            P[row, i] = w[i]
        for i in range(m):
            P[i, row] = w[i]


@kernel
def gain(s: System, i: int, a: FloatArray, P: FloatArray, K: FloatArray) -> tuple[float, float]:
    """Innovation v and its variance F of observation i; ``K`` (m) becomes the gain P Z / F.

    F and K are zero when the observation is known already: what is left of its variance is rounding.
    """
    m = a.shape[0]
    K[:] = 0.0
    v = s.y[i]
    scale = s.H[i]
    for j in range(s.z_col.shape[1]):
        z = s.z_val[i, j]
        if z != 0.0:
            c = s.z_col[i, j]
            v -= z * a[c]
            scale += z * z * P[c, c]
            for r in range(m):
                K[r] += z * P[c, r]
    F = s.H[i]
    for j in range(s.z_col.shape[1]):
        F += s.z_val[i, j] * K[s.z_col[i, j]]
    if _ROUNDING * scale >= F:
        K[:] = 0.0
        return v, 0.0
    for r in range(m):
        K[r] /= F
    return v, F


@kernel
def update(a: FloatArray, P: FloatArray, K: FloatArray, v: float, F: float) -> None:
    """Take one observation into ``a`` and ``P``, in place."""
    m = a.shape[0]
    for r in range(m):
        a[r] += K[r] * v
        f = K[r] * F
        for c in range(m):
            P[r, c] -= f * K[c]


@kernel
def loglik(s: System, coef: FloatArray, var: FloatArray) -> tuple[int, float]:
    """Status and log-likelihood of all observations; minus infinity with any status but OK.

    coef: coefficients of the operations, coef[0] = 1. var: variances of the operations, var[0] = 0.
    Status SINGULAR: an observation is known before it is made, or a variance is negative. NON_FINITE: a number is none.
    """
    a = s.a0.copy()
    P = s.P0.copy()
    w = np.empty(a.shape[0])
    total = 0.0
    for t in range(s.val.shape[0]):
        advance(s, t, coef, var, a, P, w)
        for i in range(s.obs_ptr[t], s.obs_ptr[t + 1]):
            v, F = gain(s, i, a, P, w)
            if not F > 0.0:
                return (SINGULAR if F == 0.0 else NON_FINITE), -np.inf
            total -= 0.5 * (LOG_2PI + np.log(F) + v * v / F)
            update(a, P, w, v, F)
    if not math.isfinite(total):
        return NON_FINITE, -np.inf
    return OK, total


@parallel_kernel
def loglik_draws(s: System, coef: FloatArray, var: FloatArray) -> tuple[IntArray, FloatArray]:
    """Status (d) and log-likelihood (d) of each of d parameter draws; coef (d, .), var (d, .)."""
    d = coef.shape[0]
    status = np.empty(d, np.int64)
    out = np.empty(d)
    for i in nb.prange(d):
        status[i], out[i] = loglik(s, coef[i], var[i])
    return status, out


@kernel
def filter_on(
    s: System, coef: FloatArray, var: FloatArray, t_start: int, t_stop: int, a: FloatArray, P: FloatArray
) -> None:
    """Carry the moments of the states before ``t_start`` on to those before ``t_stop``, in place."""
    w = np.empty(a.shape[0])
    for t in range(t_start, t_stop):
        advance(s, t, coef, var, a, P, w)
        for i in range(s.obs_ptr[t], s.obs_ptr[t + 1]):
            v, F = gain(s, i, a, P, w)
            update(a, P, w, v, F)


@parallel_kernel
def moments_of_draws(s: System, coef: FloatArray, var: FloatArray, t_stop: int) -> tuple[FloatArray, FloatArray]:
    """Filtered means (d, m) and covariances (d, m, m) of the states before month ``t_stop``, for d parameter draws."""
    d, m = coef.shape[0], s.a0.shape[0]
    a = np.empty((d, m))
    P = np.empty((d, m, m))
    first = int(np.int64(0))  # a literal 0 would make numba compile filter_on once more
    for i in nb.prange(d):
        a[i] = s.a0
        P[i] = s.P0
        filter_on(s, coef[i], var[i], first, t_stop, a[i], P[i])
    return a, P


@kernel
def gains_from(
    s: System, coef: FloatArray, var: FloatArray, t_start: int, t_stop: int, a: FloatArray, P: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gains (g, m), innovations (g) and their variances (g) of the g observations of months t_start to t_stop - 1.

    An observation that is known already teaches nothing: its gain is zero, its variance infinite.

    a (m), P (m, m): mean and covariance of the states before ``t_start``; left untouched.
    """
    a = a.copy()
    P = P.copy()
    first = s.obs_ptr[t_start]
    g = s.obs_ptr[t_stop] - first
    gains = np.zeros((g, a.shape[0]))
    v_all = np.zeros(g)
    F_all = np.ones(g)
    w = np.empty(a.shape[0])
    for t in range(t_start, t_stop):
        advance(s, t, coef, var, a, P, w)
        for i in range(s.obs_ptr[t], s.obs_ptr[t + 1]):
            v, F = gain(s, i, a, P, w)
            gains[i - first] = w
            v_all[i - first] = v
            F_all[i - first] = F if F > 0.0 else np.inf
            update(a, P, w, v, F)
    return gains, v_all, F_all
