"""Score: the log-likelihood of a System and its gradient in the coefficients and variances, in one sweep and back.

The adjoint of the filter's mean is r and that of its covariance (r r' - N) / 2, both of the smoothing recursions, so
the gradient costs about as much as the likelihood itself, however many parameters there are.

Source: Koopman & Shephard 1992, "Exact score for time series models in state space form", Biometrika 79; the sweep
back through an observation is Durbin & Koopman 2012, s4.4.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.sparse.kalman import LOG_2PI, advance_and_keep, gain, update
from forecast.kernels.sparse.system import System
from forecast.kernels.status import NON_FINITE, OK, SINGULAR


@kernel
def score(s: System, coef: FloatArray, var: FloatArray) -> tuple[int, float, FloatArray, FloatArray]:
    """Status, log-likelihood, and its gradient in the coefficients (as ``coef``) and variances (as ``var``).

    The entries of coefficient 0 and variance 0 are zero: those are constants. Status as of `kalman.loglik`; the
    gradient is zero with any status but OK.
    """
    n, m, N_obs = s.val.shape[0], s.a0.shape[0], s.y.shape[0]
    d_coef = np.zeros(coef.shape[0])
    d_var = np.zeros(var.shape[0])
    kept, place = _entries_with_coefficient(s)
    gains = np.empty((N_obs, m))
    v_all = np.empty(N_obs)
    F_all = np.empty(N_obs)
    before = np.empty((n, kept, m + 1))  # column of P, and mean, of the state that a coefficient multiplies
    a = s.a0.copy()
    P = s.P0.copy()
    w = np.empty(m)
    total = 0.0
    for t in range(n):
        advance_and_keep(s, t, coef, var, a, P, w, place, before[t])
        for i in range(s.obs_ptr[t], s.obs_ptr[t + 1]):
            v, F = gain(s, i, a, P, gains[i])
            if not F > 0.0:
                return (SINGULAR if F == 0.0 else NON_FINITE), -np.inf, d_coef, d_var
            v_all[i], F_all[i] = v, F
            total -= 0.5 * (LOG_2PI + math.log(F) + v * v / F)
            update(a, P, gains[i], v, F)
    if not math.isfinite(total):
        return NON_FINITE, -np.inf, d_coef, d_var

    r = np.zeros(m)
    M = np.zeros((m, m))  # N = M + M': so that a sweep back writes along rows only
    for t in range(n - 1, -1, -1):
        for i in range(s.obs_ptr[t + 1] - 1, s.obs_ptr[t] - 1, -1):
            _back_through_observation(s, i, gains[i], v_all[i], F_all[i], r, M, w)
        _back_through_operations(s, t, coef, before[t], place, r, M, w, d_coef, d_var)
    return OK, total, d_coef, d_var


@kernel
def _entries_with_coefficient(s: System) -> tuple[int, IntArray]:
    """How many entries have a coefficient that is not the constant 1, and the number of each; -1 for the others."""
    place = np.full(s.coef_of.shape[0], -1, np.int64)
    kept = 0
    for j in range(s.coef_of.shape[0]):
        if s.coef_of[j] > 0:
            place[j] = kept
            kept += 1
    return kept, place


@kernel
def _back_through_observation(
    s: System, i: int, K: FloatArray, v: float, F: float, r: FloatArray, M: FloatArray, g: FloatArray
) -> None:
    """Carry back: r <- Z v / F + L' r and N <- Z Z' / F + L' N L with L = I - K Z'; ``g`` (m) is scratch."""
    m = r.shape[0]
    u = v / F
    curve = 1.0 / F
    g[:] = 0.0
    for q in range(m):
        u -= K[q] * r[q]
        f = K[q]
        across = 0.0
        for c in range(m):
            g[c] += f * M[q, c]
            across += M[q, c] * K[c]
        g[q] += across
    for q in range(m):
        curve += K[q] * g[q]
    for j in range(s.z_col.shape[1]):
        r[s.z_col[i, j]] += s.z_val[i, j] * u
        g[s.z_col[i, j]] -= 0.5 * curve * s.z_val[i, j]
    for j in range(s.z_col.shape[1]):
        z, c = s.z_val[i, j], s.z_col[i, j]
        if z != 0.0:
            for q in range(m):
                M[c, q] -= z * g[q]


@kernel
def _back_through_operations(
    s: System,
    t: int,
    coef: FloatArray,
    before: FloatArray,
    place: IntArray,
    r: FloatArray,
    M: FloatArray,
    e: FloatArray,
    d_coef: FloatArray,
    d_var: FloatArray,
) -> None:
    """Carry back: r <- T' r and N <- T' N T for each operation of month t, and add its slopes; ``e`` is scratch."""
    m = r.shape[0]
    for k in range(s.row.shape[1] - 1, -1, -1):
        row = s.row[t, k]
        rho, square = r[row], 2.0 * M[row, row]
        for q in range(m):
            e[q] = M[row, q]
            M[row, q] = 0.0
        for q in range(m):
            e[q] += M[q, row]
            M[q, row] = 0.0
        e[row] = 0.0
        if s.var_of[t, k] > 0:
            d_var[s.var_of[t, k]] += 0.5 * s.scale[t, k] * (rho * rho - square)
        for j in range(s.ptr[k], s.ptr[k + 1]):
            if place[j] >= 0 and s.val[t, j] != 0.0:
                column = before[place[j]]
                slope = rho * column[m]
                for q in range(m):
                    if q != row:
                        slope += (rho * r[q] - e[q]) * column[q]
                own = 0.0
                for j2 in range(s.ptr[k], s.ptr[k + 1]):
                    own += s.val[t, j2] * coef[s.coef_of[j2]] * column[s.col[t, j2]]
                d_coef[s.coef_of[j]] += s.val[t, j] * (slope + (rho * rho - square) * own)
        r[row] = 0.0
        for j in range(s.ptr[k], s.ptr[k + 1]):
            tau = s.val[t, j] * coef[s.coef_of[j]]
            r[s.col[t, j]] += tau * rho
            e[s.col[t, j]] += 0.5 * square * tau
        for j in range(s.ptr[k], s.ptr[k + 1]):
            tau, c = s.val[t, j] * coef[s.coef_of[j]], s.col[t, j]
            if tau != 0.0:
                for q in range(m):
                    M[c, q] += tau * e[q]
