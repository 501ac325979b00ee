"""A state space taken apart into single observations with independent errors, zeros left out.

With H = L D L' (unit lower triangular L) the series of one time point are made independent by L^-1, gaps last, so
that the filter meets one scalar at a time and inverts nothing. |L| = 1 leaves the likelihood as it is.

Source: Koopman & Durbin 2000, "Fast filtering and smoothing for multivariate state space models";
Durbin & Koopman 2012, s6.4.1-6.4.4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.statespace.model import StateSpace
from forecast.kernels.status import OK, SINGULAR

_ZERO_PIVOT = 1e-13
_NOT_A_COVARIANCE = 1e-8


class Univariate(NamedTuple):
    """The g observations of n time points, one after another.

    obs_ptr (n + 1): observations of time point t are obs_ptr[t] to obs_ptr[t + 1] - 1. y, h (g): L^-1 (y - d) and the
    variance of its error. z_from, z_to (g): first and end of their rows of L^-1 Z in z_col, z_val, zeros left out.
    t_ptr (n or 1, m + 1), t_col, t_val: rows of T without zeros. source (n or 1, m): a permutation, the state at t
    whose place state i takes at t + 1. Most rows of a seasonal or autoregressive T are a one: such a state is the one
    whose place it takes. mixed (n or 1): how many rows are anything else; mixed_row (n or 1, m): which.
    c (n or 1, m). v_ptr (n or 1, 2), v_row, v_col, v_val: first and end of the entries of R Q R' on and under the
    diagonal, zeros left out.
    order (n, p): series in the order of their observations, gaps last. D (n, p): in that order. L (n or 0, p, p): in
    that order; no entry where H is diagonal.
    """

    obs_ptr: IntArray
    y: FloatArray
    h: FloatArray
    z_from: IntArray
    z_to: IntArray
    z_col: IntArray
    z_val: FloatArray
    t_ptr: IntArray
    t_col: IntArray
    t_val: FloatArray
    source: IntArray
    mixed: IntArray
    mixed_row: IntArray
    c: FloatArray
    v_ptr: IntArray
    v_row: IntArray
    v_col: IntArray
    v_val: FloatArray
    order: IntArray
    D: FloatArray
    L: FloatArray


@kernel
def _factor(H: FloatArray, order: IntArray, D: FloatArray, L: FloatArray) -> int:
    """Fill D and L with L D L' = H in the given order; a pivot that cancels is a combination of earlier errors."""
    p = order.shape[0]
    for i in range(p):
        for j in range(p):
            L[i, j] = 1.0 if i == j else 0.0
    status = OK
    for j in range(p):
        own = H[order[j], order[j]]
        pivot = own
        for k in range(j):
            pivot -= L[j, k] * L[j, k] * D[k]
        if pivot < -_NOT_A_COVARIANCE * own:
            status = SINGULAR
        D[j] = pivot if pivot > _ZERO_PIVOT * own else 0.0
        for i in range(j + 1, p):
            row, column = max(order[i], order[j]), min(order[i], order[j])
            total = H[row, column]
            for k in range(j):
                total -= L[i, k] * L[j, k] * D[k]
            if D[j] > 0.0:
                L[i, j] = total / D[j]
            elif abs(total) > _NOT_A_COVARIANCE * math.sqrt(own * H[order[i], order[i]]):
                status = SINGULAR
    return status


@kernel
def _is_diagonal(H: FloatArray) -> bool:
    for t in range(H.shape[0]):
        for i in range(H.shape[1]):
            for j in range(H.shape[2]):
                if i != j and H[t, i, j] != 0.0:
                    return False
    return True


@kernel
def _transition_rows(T: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Rows of the matrices (n or 1, m, m) without zeros."""
    n, m = T.shape[0], T.shape[1]
    t_ptr = np.empty((n, m + 1), np.int64)
    count = 0
    for t in range(n):
        for i in range(m):
            for j in range(m):
                count += T[t, i, j] != 0.0
    t_col = np.empty(count, np.int64)
    t_val = np.empty(count)
    at = 0
    for t in range(n):
        for i in range(m):
            t_ptr[t, i] = at
            for j in range(m):
                if T[t, i, j] != 0.0:
                    t_col[at] = j
                    t_val[at] = T[t, i, j]
                    at += 1
        t_ptr[t, m] = at
    return t_ptr, t_col, t_val


@kernel
def _places(t_ptr: IntArray, t_col: IntArray, t_val: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
    """Source, mixed and mixed_row of `Univariate`."""
    n, m = t_ptr.shape[0], t_ptr.shape[1] - 1
    source, mixed, mixed_row = np.empty((n, m), np.int64), np.zeros(n, np.int64), np.zeros((n, m), np.int64)
    taken = np.empty(m, np.int64)
    for t in range(n):
        for i in range(m):
            taken[i] = 0
        for i in range(m):
            at = t_ptr[t, i]
            if t_ptr[t, i + 1] - at == 1 and t_val[at] == 1.0 and taken[t_col[at]] == 0:
                taken[t_col[at]] = 1
                source[t, i] = t_col[at]
            else:
                mixed_row[t, mixed[t]] = i
                mixed[t] += 1
        for pass_over in range(2):
            # Its own place if it is free, else any.
            for q in range(mixed[t]):
                i = mixed_row[t, q]
                if pass_over == 0:
                    source[t, i] = -1
                    if taken[i] == 0:
                        taken[i] = 1
                        source[t, i] = i
                elif source[t, i] < 0:
                    free = 0
                    while taken[free] == 1:
                        free += 1
                    taken[free] = 1
                    source[t, i] = free
    return source, mixed, mixed_row


@kernel
def _state_covariance(R: FloatArray, Q: FloatArray) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Entries of R Q R' on and under the diagonal."""
    n, m, r = max(R.shape[0], Q.shape[0]), R.shape[1], R.shape[2]
    v_ptr = np.zeros((n, 2), np.int64)
    room = n * (m * (m + 1) // 2)
    row, col, val = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
    RQ = np.empty((m, r))
    at = 0
    for t in range(n):
        tr, tq = min(t, R.shape[0] - 1), min(t, Q.shape[0] - 1)
        v_ptr[t, 0] = at
        for i in range(m):
            any_noise = False
            for b in range(r):
                total = 0.0
                for a in range(r):
                    total += R[tr, i, a] * Q[tq, max(a, b), min(a, b)]
                RQ[i, b] = total
                any_noise = any_noise or total != 0.0
            if any_noise:
                for j in range(i + 1):
                    total = 0.0
                    for b in range(r):
                        total += RQ[i, b] * R[tr, j, b]
                    if total != 0.0:
                        row[at], col[at], val[at] = i, j, total
                        at += 1
        v_ptr[t, 1] = at
    return v_ptr, row, col, val


@kernel
def univariate_form(y: FloatArray, s: StateSpace) -> tuple[Univariate, int]:
    """The Univariate form of checked input, and a status: SINGULAR if H is no covariance.

    y (n, p): NaN is a gap.
    """
    n, p = y.shape
    m = s.a1.shape[0]
    obs_ptr = np.zeros(n + 1, np.int64)
    order = np.empty((n, p), np.int64)
    for t in range(n):
        seen = 0
        for k in range(p):
            if not math.isnan(y[t, k]):
                order[t, seen] = k
                seen += 1
        obs_ptr[t + 1] = obs_ptr[t] + seen
        for k in range(p):
            if math.isnan(y[t, k]):
                order[t, seen] = k
                seen += 1
    g = obs_ptr[n]
    diagonal = _is_diagonal(s.H)
    D = np.empty((n, p))
    L = np.empty((0 if diagonal else n, p, p))
    values, h = np.empty(g), np.empty(g)
    z_from, z_to = np.empty(g, np.int64), np.empty(g, np.int64)
    # One design and independent errors: the observations of a series share a row.
    shared = diagonal and s.Z.shape[0] == 1
    room = (p if shared else g) * m
    z_col, z_val = np.empty(room, np.int64), np.empty(room)
    rows = np.empty((p, m))
    status, at = OK, 0
    first, end = np.empty(p, np.int64), np.empty(p, np.int64)
    if shared:
        for k in range(p):
            first[k] = at
            for j in range(m):
                if s.Z[0, k, j] != 0.0:
                    z_col[at] = j
                    z_val[at] = s.Z[0, k, j]
                    at += 1
            end[k] = at
    for t in range(n):
        tz, td, th = min(t, s.Z.shape[0] - 1), min(t, s.d.shape[0] - 1), min(t, s.H.shape[0] - 1)
        if diagonal:
            for k in range(p):
                D[t, k] = s.H[th, order[t, k], order[t, k]]
        else:
            status = max(status, _factor(s.H[th], order[t], D[t], L[t]))
        for k in range(obs_ptr[t + 1] - obs_ptr[t]):
            i, series = obs_ptr[t] + k, order[t, k]
            values[i] = y[t, series] - s.d[td, series]
            h[i] = D[t, k]
            if shared:
                z_from[i], z_to[i] = first[series], end[series]
                continue
            z_from[i] = at
            for j in range(m):
                rows[k, j] = s.Z[tz, series, j]
            if not diagonal:
                for q in range(k):
                    factor = L[t, k, q]
                    if factor != 0.0:
                        values[i] -= factor * values[obs_ptr[t] + q]
                        for j in range(m):
                            rows[k, j] -= factor * rows[q, j]
            for j in range(m):
                if rows[k, j] != 0.0:
                    z_col[at] = j
                    z_val[at] = rows[k, j]
                    at += 1
            z_to[i] = at
    t_ptr, t_col, t_val = _transition_rows(s.T)
    source, mixed, mixed_row = _places(t_ptr, t_col, t_val)
    v_ptr, v_row, v_col, v_val = _state_covariance(s.R, s.Q)
    return Univariate(
        obs_ptr, values, h, z_from, z_to, z_col, z_val, t_ptr, t_col, t_val, source, mixed, mixed_row, s.c,
        v_ptr, v_row, v_col, v_val, order, D, L,
    ), status  # fmt: skip
