"""Kalman filter of a System: likelihood, moments on the way, and the gains that smoothing needs.

Observations enter one at a time (univariate treatment).

Source: Durbin & Koopman 2012, "Time Series Analysis by State Space Methods", s4.3 and s6.4.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.sparse.system import System
from forecast.kernels.status import NON_FINITE, OK, SINGULAR

LOG_2PI = 1.8378770664093453

_ROUNDING = 1e-13


@kernel
def advance(s: System, t: int, coef: FloatArray, var: FloatArray, a: FloatArray, P: FloatArray, w: FloatArray) -> None:
    """Carry mean ``a`` (m) and covariance ``P`` (m, m) through month t's operations, in place; ``w`` (m) is scratch."""
    advance_and_keep(s, t, coef, var, a, P, w, s.coef_of, P[:0])


@kernel
def advance_and_keep(
    s: System,
    t: int,
    coef: FloatArray,
    var: FloatArray,
    a: FloatArray,
    P: FloatArray,
    w: FloatArray,
    place: IntArray,
    before: FloatArray,
) -> None:
    """`advance` that keeps what the score needs: the moments of the states that coefficients multiply.

    place (l): the row of ``before`` that an entry's state goes to, -1 for none. before (kept, m + 1): that state's
    covariance with all states, and its mean, before the entry's operation; without rows nothing is kept.
    """
    m = a.shape[0]
    keep = before.shape[0] > 0
    for k in range(s.row.shape[1]):
        row = s.row[t, k]
        w[:] = 0.0
        mean = 0.0
        for j in range(s.ptr[k], s.ptr[k + 1]):
            v = s.val[t, j] * coef[s.coef_of[j]]
            c = s.col[t, j]
            if v != 0.0:
                mean += v * a[c]
                for i in range(m):
                    w[i] += v * P[c, i]
            if keep and place[j] >= 0:
                before[place[j], m] = a[c]
                for i in range(m):
                    before[place[j], i] = P[c, i]
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


@kernel
def _loglik_of(
    first: int, last: int, s: System, coef: FloatArray, var: FloatArray, status: IntArray, out: FloatArray
) -> None:
    for i in range(first, last):
        status[i], out[i] = loglik(s, coef[i], var[i])


def loglik_draws(s: System, coef: FloatArray, var: FloatArray) -> tuple[IntArray, FloatArray]:
    """Status (d) and log-likelihood (d) of each of d parameter draws; coef (d, .), var (d, .)."""
    d = len(coef)
    status, out = np.empty(d, np.int64), np.empty(d)
    spread(_loglik_of, d, s, coef, var, status, out)
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


@kernel
def _filter_from_start(
    first: int, last: int, s: System, coef: FloatArray, var: FloatArray, t_stop: int, a: FloatArray, P: FloatArray
) -> None:
    start = int(np.int64(0))  # a literal 0 would make numba compile filter_on once more
    for i in range(first, last):
        for r in range(a.shape[1]):
            a[i, r] = s.a0[r]
            for c in range(a.shape[1]):
                P[i, r, c] = s.P0[r, c]
        filter_on(s, coef[i], var[i], start, t_stop, a[i], P[i])


def moments_of_draws(s: System, coef: FloatArray, var: FloatArray, t_stop: int) -> tuple[FloatArray, FloatArray]:
    """Filtered means (d, m) and covariances (d, m, m) of the states before month ``t_stop``, for d parameter draws."""
    d, m = len(coef), len(s.a0)
    a, P = np.empty((d, m)), np.empty((d, m, m))
    spread(_filter_from_start, d, s, coef, var, t_stop, a, P)
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
            for r in range(w.shape[0]):
                gains[i - first, r] = w[r]
            v_all[i - first] = v
            F_all[i - first] = F if F > 0.0 else np.inf
            update(a, P, w, v, F)
    return gains, v_all, F_all
