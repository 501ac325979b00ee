"""Disturbance smoother: the shocks of observations and states given all observations.

With H = L D L' and u, Var(u) of the independent observations, eps = L D u and Var(eps) = L (D - D Var(u) D) L'; a gap
has u = 0, so its error follows the errors beside it. eta = Q R'r and Var(eta) = Q - Q R'N R Q.

Source: Koopman 1993, "Disturbance smoother for state space models"; Durbin & Koopman 2012, s4.5, s5.4, s6.4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.statespace.backward import Backward
from forecast.kernels.statespace.model import StateSpace
from forecast.kernels.statespace.univariate import Univariate


class Disturbances(NamedTuple):
    """Shocks given all observations.

    eps (n, p), eps_cov (n, p, p): of the observations, gaps included. eta (n, r), eta_cov (n, r, r): of the step from
    t to t + 1.
    """

    eps: FloatArray
    eps_cov: FloatArray
    eta: FloatArray
    eta_cov: FloatArray


@kernel
def _observation_errors(u: Univariate, b: Backward, eps: FloatArray, eps_cov: FloatArray) -> None:
    """Errors (n, p) and their covariances (n, p, p), both zero on entry."""
    n, p = u.order.shape
    GC = np.empty((p, p))
    independent = u.L.shape[0] == 0
    for t in range(n):
        start, seen = u.obs_ptr[t], u.obs_ptr[t + 1] - u.obs_ptr[t]
        if independent:
            for i in range(p):
                own = u.order[t, i]
                if i < seen:
                    eps[t, own] = u.D[t, i] * b.e[start + i]
                    for j in range(seen):
                        eps_cov[t, own, u.order[t, j]] = -u.D[t, i] * b.D[t, i, j] * u.D[t, j]
                eps_cov[t, own, own] = max(eps_cov[t, own, own] + u.D[t, i], 0.0)
            continue
        # L (D - D Var(u) D) L', the observations seen first.
        for i in range(p):
            total = 0.0
            for j in range(min(i + 1, seen)):
                total += u.L[t, i, j] * u.D[t, j] * b.e[start + j]
            eps[t, u.order[t, i]] = total
            for k in range(p):
                total = 0.0
                if k < seen:
                    for j in range(min(i + 1, seen)):
                        total -= u.L[t, i, j] * u.D[t, j] * b.D[t, j, k]
                total *= u.D[t, k]
                GC[i, k] = total + u.L[t, i, k] * u.D[t, k]
        for i in range(p):
            own = u.order[t, i]
            for j in range(i + 1):
                total = 0.0
                for k in range(j + 1):
                    total += GC[i, k] * u.L[t, j, k]
                total = max(total, 0.0) if i == j else total
                eps_cov[t, own, u.order[t, j]] = total
                eps_cov[t, u.order[t, j], own] = total


@kernel
def statespace_disturbances(s: StateSpace, u: Univariate, b: Backward) -> Disturbances:
    """Shocks of all time points with their covariances; variances that rounding turns negative are zero."""
    n, p = u.order.shape
    m, r = s.R.shape[1], s.R.shape[2]
    eps, eps_cov = np.zeros((n, p)), np.zeros((n, p, p))
    eta, eta_cov = np.zeros((n, r)), np.zeros((n, r, r))
    _observation_errors(u, b, eps, eps_cov)
    # Entries of R Q, from ptr[k] on those of shock k.
    ptr, row, val = np.zeros(r + 1, np.int64), np.empty(m * r, np.int64), np.empty(m * r)
    NRQ = np.empty((r, m))
    for t in range(n):
        tr, tq = min(t, s.R.shape[0] - 1), min(t, s.Q.shape[0] - 1)
        if t < max(s.R.shape[0], s.Q.shape[0]):
            at = 0
            for k in range(r):
                for i in range(m):
                    total = 0.0
                    for q in range(r):
                        total += s.R[tr, i, q] * s.Q[tq, max(q, k), min(q, k)]
                    if total != 0.0:
                        row[at], val[at] = i, total
                        at += 1
                ptr[k + 1] = at
        for k in range(r):
            for i in range(m):
                NRQ[k, i] = 0.0
            for e in range(ptr[k], ptr[k + 1]):
                f, j = val[e], row[e]
                eta[t, k] += f * b.r[t + 1, j]
                for i in range(m):
                    NRQ[k, i] += f * b.N[t + 1, j, i]
            for q in range(k + 1):
                total = s.Q[tq, k, q]
                for e in range(ptr[q], ptr[q + 1]):
                    total -= val[e] * NRQ[k, row[e]]
                eta_cov[t, k, q] = max(total, 0.0) if q == k else total
                eta_cov[t, q, k] = eta_cov[t, k, q]
    return Disturbances(eps, eps_cov, eta, eta_cov)
