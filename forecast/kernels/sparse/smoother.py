"""Fixed-interval smoother of a System by its disturbances: backwards for the noise, forwards for the states.

Source: Koopman 1993, "Disturbance smoother for state space models"; Durbin & Koopman 2012, s4.6.2 and s6.4.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.sparse.kalman import gains_from
from forecast.kernels.sparse.system import System


@kernel
def disturbances(
    s: System,
    coef: FloatArray,
    var: FloatArray,
    t_start: int,
    t_stop: int,
    gains: FloatArray,
    v: FloatArray,
    F: FloatArray,
    r: FloatArray,
    noise: FloatArray,
) -> None:
    """Smoothed noise (months, k) of every operation of months t_start to t_stop - 1, given innovations; in place.

    On return ``r`` (m) holds the score of the states before ``t_start``: their smoothed mean is a + P r.
    """
    first = s.obs_ptr[t_start]
    m = r.shape[0]
    r[:] = 0.0
    for t in range(t_stop - 1, t_start - 1, -1):
        for i in range(s.obs_ptr[t + 1] - 1, s.obs_ptr[t] - 1, -1):
            g = i - first
            u = v[g] / F[g]
            for q in range(m):
                u -= gains[g, q] * r[q]
            for j in range(s.z_col.shape[1]):
                r[s.z_col[i, j]] += s.z_val[i, j] * u
        for k in range(s.row.shape[1] - 1, -1, -1):
            rho = r[s.row[t, k]]
            noise[t - t_start, k] = s.scale[t, k] * var[s.var_of[t, k]] * rho
            r[s.row[t, k]] = 0.0
            for j in range(s.ptr[k], s.ptr[k + 1]):
                r[s.col[t, j]] += s.val[t, j] * coef[s.coef_of[j]] * rho


@kernel
def operate(s: System, t: int, coef: FloatArray, noise: FloatArray, alpha: FloatArray) -> None:
    """Carry one state vector ``alpha`` (m) through the operations of month t with given ``noise`` (k), in place."""
    for k in range(s.row.shape[1]):
        total = noise[k]
        for j in range(s.ptr[k], s.ptr[k + 1]):
            total += s.val[t, j] * coef[s.coef_of[j]] * alpha[s.col[t, j]]
        alpha[s.row[t, k]] = total


@kernel
def smoothed_states(s: System, coef: FloatArray, var: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Smoothed means of the states (n, m) and of the operations' noise (n, k), given all observations."""
    n, m = s.val.shape[0], s.a0.shape[0]
    first = int(np.int64(0))  # a literal 0 would make numba compile the callees once more
    gains, v, F = gains_from(s, coef, var, first, n, s.a0, s.P0)
    r = np.zeros(m)
    noise = np.zeros((n, s.row.shape[1]))
    disturbances(s, coef, var, first, n, gains, v, F, r, noise)
    alpha = s.a0.copy()
    for i in range(m):
        for j in range(m):
            alpha[i] += s.P0[i, j] * r[j]
    states = np.empty((n, m))
    for t in range(n):
        operate(s, t, coef, noise[t], alpha)
        for i in range(m):
            states[t, i] = alpha[i]
    return states, noise
