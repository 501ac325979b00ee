"""Dense twins of the filter, smoother and sampler: every state written out as a sum of independent shocks.

With the loadings of all states and observations on all shocks e ~ N(0, I) in hand, likelihood, smoothing and
conditional draws are one Gaussian conditioning each. Nothing here runs a filter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from forecast.kernels.sparse.system import System

FloatArray = NDArray[np.float64]


class Law(NamedTuple):
    """Joint law of states and observations: mean + loadings @ e, e = (m of the first states, then month by month k).

    mean (n, m), load (n, m, m + n k): of the states; months not asked for are left out (zero length of ``load``).
    mu (N), A (N, m + n k), V (N, N): mean, loadings and covariance of the observations, V with their own error.
    """

    mean: FloatArray
    load: dict[int, FloatArray]
    mu: FloatArray
    A: FloatArray
    V: FloatArray


def symmetric_root(P: FloatArray) -> FloatArray:
    """R = R' with R R = P, also for a singular P."""
    value, vector = np.linalg.eigh(P)
    return np.asarray((vector * np.sqrt(np.maximum(value, 0.0))) @ vector.T)


def multiply_out(s: System, t: int, coef: FloatArray, var: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Transition T (m, m) and noise covariance Q (m, m) of month t, its operations multiplied one after another."""
    m = len(s.a0)
    T, Q = np.eye(m), np.zeros((m, m))
    for k in range(s.row.shape[1]):
        A = np.eye(m)
        A[s.row[t, k]] = 0.0
        for j in range(s.ptr[k], s.ptr[k + 1]):
            A[s.row[t, k], s.col[t, j]] += s.val[t, j] * coef[s.coef_of[j]]
        T, Q = A @ T, A @ Q @ A.T
        Q[s.row[t, k], s.row[t, k]] += s.scale[t, k] * var[s.var_of[t, k]]
    return T, Q


def write_out(
    s: System, coef: FloatArray, var: FloatArray, months: range | None = None, root: FloatArray | None = None
) -> Law:
    """The Law of a System; ``load`` for ``months`` alone (all by default), ``root`` R of P0 = R R' as given."""
    (n, k), m = s.row.shape, len(s.a0)
    a, B = s.a0.copy(), np.zeros((m, m + n * k))
    B[:, :m] = symmetric_root(s.P0) if root is None else root
    mean, load, mu, A = np.empty((n, m)), {}, np.empty(len(s.y)), np.empty((len(s.y), m + n * k))
    for t in range(n):
        for q in range(k):
            j = slice(s.ptr[q], s.ptr[q + 1])
            factor, col, row = s.val[t, j] * coef[s.coef_of[j]], s.col[t, j], s.row[t, q]
            a[row], B[row] = factor @ a[col], factor @ B[col]
            B[row, m + t * k + q] += np.sqrt(s.scale[t, q] * var[s.var_of[t, q]])
        mean[t] = a
        if months is None or t in months:
            load[t] = B.copy()
        for i in range(s.obs_ptr[t], s.obs_ptr[t + 1]):
            mu[i], A[i] = s.z_val[i] @ a[s.z_col[i]], s.z_val[i] @ B[s.z_col[i]]
    return Law(mean, load, mu, A, A @ A.T + np.diag(s.H))


def log_density(s: System, law: Law) -> float:
    """Log-density of all observations, by one Cholesky factor of their covariance."""
    C = linalg.cholesky(law.V, lower=True)
    e = linalg.solve_triangular(C, s.y - law.mu, lower=True)
    return float(-np.log(np.diag(C)).sum() - 0.5 * (e @ e) - 0.5 * len(e) * np.log(2 * np.pi))


def shocks_given(s: System, law: Law, count: int | None = None) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of the shocks e given the first ``count`` observations (all by default)."""
    g = slice(0, count)
    W = linalg.solve(law.V[g, g], law.A[g], assume_a="pos") if len(law.mu[g]) else law.A[g]
    return W.T @ (s.y[g] - law.mu[g]), np.eye(law.A.shape[1]) - law.A[g].T @ W


def state_given(s: System, law: Law, t: int, count: int | None = None) -> tuple[FloatArray, FloatArray]:
    """Mean (m) and covariance (m, m) of the states of month t given the first ``count`` observations."""
    mean, cov = shocks_given(s, law, count)
    return law.mean[t] + law.load[t] @ mean, law.load[t] @ cov @ law.load[t].T


def innovations(s: System, law: Law) -> tuple[dict[int, FloatArray], FloatArray, FloatArray]:
    """Gains by observation, innovations (N) and variances (N), read off the Cholesky factor of V."""
    C = linalg.cholesky(law.V, lower=True)
    pivot = np.diag(C)
    v = pivot * linalg.solve_triangular(C, s.y - law.mu, lower=True)
    whitened = linalg.solve_triangular(C, law.A, lower=True) / pivot[:, None]
    month = np.searchsorted(s.obs_ptr, np.arange(len(v)), side="right") - 1
    return {i: law.load[t] @ whitened[i] for i, t in enumerate(month) if t in law.load}, v, pivot**2


def draw_given(s: System, law: Law, e: FloatArray, error: FloatArray) -> FloatArray:
    """States (n, m) given the observations, moved there from the path of shocks ``e`` and observation errors (N)."""
    difference = s.y - law.mu - law.A @ e - np.sqrt(s.H) * error
    moved = e + law.A.T @ linalg.solve(law.V, difference, assume_a="pos")
    return np.array([law.mean[t] + law.load[t] @ moved for t in range(len(law.mean))])
