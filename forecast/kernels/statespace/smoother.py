"""Fixed-interval smoother: the states given all observations.

Source: Durbin & Koopman 2012, eq. 4.44 (states), s5.3 (diffuse time points).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.statespace.backward import Backward
from forecast.kernels.statespace.filter import Filtered
from forecast.kernels.statespace.univariate import Univariate

_UNSEEN = 1e-8


@kernel
def _load(source: FloatArray, padded: FloatArray) -> None:
    m = source.shape[0]
    for i in range(m):
        for j in range(m):
            padded[i, j] = source[i, j]


@kernel
def _rows_of_product(A: FloatArray, B: FloatArray, many: int, m: int, out: FloatArray) -> None:
    """Fill the first ``many`` rows of out = A B; entries beyond m are zero. A row of B is fetched once for all."""
    for i in range(many):
        for j in range(B.shape[1]):
            out[i, j] = 0.0
    for k in range(m):
        for i in range(many):
            factor = A[i, k]
            for j in range(B.shape[1]):
                out[i, j] += factor * B[k, j]


@kernel
def statespace_smooth(u: Univariate, f: Filtered, b: Backward) -> tuple[FloatArray, FloatArray]:
    """Means (n, m) and covariances (n, m, m) of the states given all observations.

    Variances that rounding turns negative are zero. The variance of a state that hangs on a diffuse direction which
    the sample never saw is infinite.

    A state that moves to the next time point as it is, without noise, has its covariances there already: V = P - P N P
    is taken for the other rows alone.
    """
    n, m = f.a_seen.shape
    mean, V = np.empty((n, m)), np.empty((n, m, m))
    unit = 4 if m <= 8 else 16
    width = (m + unit - 1) // unit * unit
    P, N, P_inf = np.zeros((width, width)), np.zeros((width, width)), np.zeros((width, width))
    W, X, rows = np.zeros((width, width)), np.zeros((width, width)), np.zeros((width, width))
    moved, new = np.empty(m, np.int64), np.empty(m, np.int64)
    v_ptr, v_row, source, mixed, mixed_row = u.v_ptr, u.v_row, u.source, u.mixed, u.mixed_row
    for back in range(n):
        t = n - 1 - back
        diffuse = t < f.diffuse
        _load(f.P[t], P)
        _load(b.N[t], N)
        for i in range(m):
            moved[i] = -1
        if not diffuse and back > 0:
            at, tv = min(t, mixed.shape[0] - 1), min(t, v_ptr.shape[0] - 1)
            for i in range(m):
                moved[source[at, i]] = i
            for k in range(mixed[at]):
                moved[source[at, mixed_row[at, k]]] = -1
            for k in range(v_ptr[tv, 0], v_ptr[tv, 1]):
                moved[source[at, v_row[k]]] = -1
        many = m - m  # a literal 0 would make numba compile the product twice
        for i in range(m):
            if moved[i] < 0:
                new[many] = i
                for j in range(m):
                    rows[many, j] = P[i, j]
                many += 1
        _rows_of_product(rows, N, many, m, W)
        _rows_of_product(W, P, many, m, X)
        for i in range(m):
            mean[t, i] = f.a[t, i]
        for j in range(m):
            r = b.r[t, j]
            for i in range(m):
                mean[t, i] += r * P[j, i]
        if diffuse:
            # All rows are new here.
            _load(f.P_inf[t], P_inf)
            _load(b.N2[t], N)
            _rows_of_product(N, P_inf, m, m, W)
            _rows_of_product(P_inf, W, m, m, N)
            for i in range(m):
                for j in range(m):
                    mean[t, i] += P_inf[i, j] * b.r1[t, j]
                    X[i, j] += N[i, j]
            _load(b.N1[t], N)
            _rows_of_product(N, P_inf, m, m, W)
            _rows_of_product(P, W, m, m, N)
            for i in range(m):
                for j in range(i + 1):
                    X[i, j] += N[i, j] + N[j, i]
                    X[j, i] = X[i, j]
            _rows_of_product(P_inf, W, m, m, N)
        else:
            for i in range(m):
                if moved[i] >= 0:
                    for j in range(m):
                        if moved[j] >= 0:
                            V[t, i, j] = V[t + 1, moved[i], moved[j]]
        for k in range(many):
            i = new[k]
            for j in range(m):
                if moved[j] >= 0:
                    V[t, i, j] = P[i, j] - X[k, j]
                    V[t, j, i] = V[t, i, j]
            for q in range(k + 1):
                j = new[q]
                V[t, i, j] = P[i, j] - 0.5 * (X[k, j] + X[q, i])
                V[t, j, i] = V[t, i, j]
            V[t, i, i] = max(V[t, i, i], 0.0)
            if diffuse and f.left > 0 and P_inf[i, i] - N[i, i] > _UNSEEN * P_inf[i, i]:
                V[t, i, i] = math.inf
    return mean, V
