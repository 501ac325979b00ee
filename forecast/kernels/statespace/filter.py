"""Kalman filter, one observation at a time, with gaps and an exact diffuse start.

While directions without a prior remain, their covariance is kept as P_inf = A A'. An observation that sees one
(w = A'z not zero) takes it away by a Householder reflection, so the rank falls by one for certain and P_inf never
loses its sign. Whether w is zero is judged against the loadings as they would be had nothing been observed; whether
an innovation variance is zero against a running bound of the rounding error in P.

A state keeps its place in a and P as long as rows of T are ones: then only ``place`` changes, state i being row
place[i]; the other rows are multiplied out, W = T P, and written over the row and column whose state is gone.

Source: Koopman & Durbin 2000; Koopman & Durbin 2003, "Filtering and smoothing of state vector for diffuse state-space
models"; Durbin & Koopman 2012, s5.2, s6.4, s7.2.5 (likelihood, with the constant for every observation).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels.statespace.model import StateSpace
from forecast.kernels.statespace.univariate import Univariate
from forecast.kernels.status import OK, SINGULAR, UNSTABLE

PlaceArray = NDArray[np.uint64]
"""Unsigned, as a signed index would be looked at for its sign each time."""

_LOG_2PI = math.log(2.0 * math.pi)
_DIFFUSE = 1e-20
_EPS = 2.220446049250313e-16
_ROUNDINGS = 100.0
_SAME = 1e-8
_FEW = 4


class Filtered(NamedTuple):
    """What `statespace_filter` found; g counts observations that are no gaps, in the order of `Univariate`.

    loglik: of all observations, diffuse constant included. loglik_at (n). status. diffuse: time points at whose
    beginning a diffuse direction was left; left: directions that the sample never saw.
    a (n + 1, m), P (n + 1, m, m), P_inf (n + 1, m, m; none without a diffuse start): before the observations of t.
    a_seen (n, m), P_seen (n, m, m): after them.
    v (g): innovations. F (g): their variance, finite part. F_inf (g): diffuse part, else 0. weight (g): 1 / F, but 0
    where F_inf > 0 or where the observation was implied by earlier ones. K (g, m): gain. K1 (g or 0, m): its
    second order; zero where no diffuse direction is taken away.
    """

    loglik: float
    status: int
    diffuse: int
    left: int
    loglik_at: FloatArray
    a: FloatArray
    P: FloatArray
    P_inf: FloatArray
    a_seen: FloatArray
    P_seen: FloatArray
    v: FloatArray
    F: FloatArray
    F_inf: FloatArray
    weight: FloatArray
    K: FloatArray
    K1: FloatArray


@kernel
def _diffuse_loadings(P1_inf: FloatArray) -> FloatArray:
    """A (m, q) with A A' = P1_inf, zero columns left out."""
    m = P1_inf.shape[0]
    root = semidefinite_root(P1_inf)
    q = 0
    for j in range(m):
        q += root[j, j] > 0.0
    A = np.empty((m, q))
    at = 0
    for j in range(m):
        if root[j, j] > 0.0:
            for i in range(m):
                A[i, at] = root[i, j]
            at += 1
    return A


@kernel
def _see_diffuse(
    first: int, end: int, z_col: IntArray, z_val: FloatArray, place: PlaceArray, a: FloatArray, P: FloatArray,
    floor: FloatArray, M: FloatArray, K: FloatArray, K1: FloatArray, A: FloatArray, A_prior: FloatArray, q: int,
    w: FloatArray, v: float, F: float,
) -> float:  # fmt: skip
    """Try an observation on the q diffuse directions; F_inf, or 0 and nothing done if it sees none of them."""
    m = A.shape[0]
    F_inf, scale, known = 0.0, 0.0, 0.0
    for k in range(q):
        w[k] = 0.0
        for j in range(first, end):
            w[k] += z_val[j] * A[place[z_col[j]], k]
        F_inf += w[k] * w[k]
    for j in range(first, end):
        own, row = 0.0, place[z_col[j]]
        for k in range(A.shape[1]):
            own += A_prior[row, k] * A_prior[row, k]
        scale += abs(z_val[j]) * math.sqrt(own)
        known = max(known, z_val[j] * z_val[j] * floor[row])
    if not F_inf > _DIFFUSE * scale * scale:
        return 0.0
    for i in range(m):
        total = 0.0
        for k in range(q):
            total += A[i, k] * w[k]
        K[i] = total / F_inf
        K1[i] = (M[i] - K[i] * F) / F_inf
        a[i] += K[i] * v
        size = abs(P[i, i]) + K[i] * K[i] * F + 2.0 * abs(K[i] * M[i])
        floor[i] = max(floor[i], _EPS * size, K[i] * K[i] * known)
    for i in range(m):
        for j in range(i + 1):
            P[i, j] += K[i] * K[j] * F - (K[i] * M[j] + M[i] * K[j])
            P[j, i] = P[i, j]
    # Reflect w onto the last column, which is then known and falls away.
    last = q - 1
    norm = math.sqrt(F_inf)
    w[last] += norm if w[last] >= 0.0 else -norm
    size = 0.0
    for k in range(q):
        size += w[k] * w[k]
    for i in range(m):
        total = 0.0
        for k in range(q):
            total += A[i, k] * w[k]
        total *= 2.0 / size
        for k in range(q):
            A[i, k] -= total * w[k]
    return F_inf


@kernel
def _advance_loadings(u: Univariate, at: int, place: PlaceArray, A: FloatArray, W: FloatArray) -> None:
    """Turn the loadings A (m, q) into T A, each row in the place of its state at t + 1; W: working space."""
    q = A.shape[1]
    for step in range(u.mixed[at]):
        i = u.mixed_row[at, step]
        for k in range(q):
            W[step, k] = 0.0
        for j in range(u.t_ptr[at, i], u.t_ptr[at, i + 1]):
            for k in range(q):
                W[step, k] += u.t_val[j] * A[place[u.t_col[j]], k]
    for step in range(u.mixed[at]):
        row = place[u.source[at, u.mixed_row[at, step]]]
        for k in range(q):
            A[row, k] = W[step, k]


@kernel
def _outer_loadings(A: FloatArray, left: int, place: PlaceArray, out: FloatArray) -> None:
    """P_inf = A A'."""
    for i in range(out.shape[0]):
        for j in range(i + 1):
            total = 0.0
            for k in range(left):
                total += A[place[i], k] * A[place[j], k]
            out[i, j] = total
            out[j, i] = total


@kernel
def _keep_moments(now: FloatArray, P_now: FloatArray, place: PlaceArray, a: FloatArray, P: FloatArray) -> None:
    m = a.shape[0]
    for i in range(m):
        row = place[i]
        a[i] = now[row]
        for j in range(m):
            P[i, j] = P_now[row, place[j]]


@kernel
def statespace_pass(u: Univariate, s: StateSpace, keep: bool) -> Filtered:
    """The pass over all time points; without ``keep`` it stores nothing but the likelihood; see `statespace_filter`."""
    n, m = u.obs_ptr.shape[0] - 1, s.a1.shape[0]
    obs_ptr, y, h, z_from, z_to, z_col, z_val = u.obs_ptr, u.y, u.h, u.z_from, u.z_to, u.z_col, u.z_val
    t_ptr, t_col, t_val, v_ptr, v_row, v_col, v_val = u.t_ptr, u.t_col, u.t_val, u.v_ptr, u.v_row, u.v_col, u.v_val
    source, mixed, mixed_row, c = u.source, u.mixed, u.mixed_row, u.c
    A = _diffuse_loadings(s.P1_inf)
    left, q = A.shape[1], A.shape[1]
    A_prior = np.empty((m, q))
    # Loops over whole vectors of the processor need no remainder.
    unit = 4 if m <= 8 else 16
    width = (m + unit - 1) // unit * unit
    now, P_now, floor = np.zeros(width), np.zeros((m, width)), np.empty(m)
    W, X, turned = np.zeros((m, width)), np.zeros((m, width)), np.zeros((m, width))
    M, gain, second, w = np.zeros(width), np.zeros(width), np.zeros(width), np.empty(m)
    place, other, mean = np.empty(m, np.uint64), np.empty(m, np.uint64), np.empty((2, m))
    for i in range(m):
        place[i] = np.uint64(i)
        now[i] = s.a1[i]
        floor[i] = _EPS * s.P1[i, i]
        for j in range(i + 1):
            P_now[i, j] = s.P1[i, j]
            P_now[j, i] = s.P1[i, j]
        for k in range(q):
            A_prior[i, k] = A[i, k]
    drift = False
    for t in range(c.shape[0]):
        for i in range(m):
            drift = drift or c[t, i] != 0.0
    rows, times = (obs_ptr[n], n) if keep else (0, 0)
    late, late_times = (rows, times + 1) if q > 0 else (0, 0)
    a, P, P_inf = np.empty((times + 1, m)), np.empty((times + 1, m, m)), np.zeros((late_times, m, m))
    a_seen, P_seen = np.empty((times, m)), np.empty((times, m, m))
    v_of, F_of, F_inf_of, weight_of = np.empty(rows), np.empty(rows), np.empty(rows), np.empty(rows)
    K, K1 = np.empty((rows, m)), np.zeros((late, m))
    loglik_at = np.zeros(n)
    worst, total, diffuse = OK, 0.0, 0
    for t in range(n):
        if left > 0:
            diffuse = t + 1
        if keep:
            _keep_moments(now, P_now, place, a[t], P[t])
            if left > 0:
                _outer_loadings(A, left, place, P_inf[t])
        for g in range(obs_ptr[t], obs_ptr[t + 1]):
            first, end = z_from[g], z_to[g]
            v, size = y[g], abs(y[g])
            F, rounding = 0.0, 0.0
            for i in range(width):
                M[i] = 0.0
            for k in range(first, end):
                z, row = z_val[k], place[z_col[k]]
                change = z * now[row]
                v -= change
                size += abs(change)
                rounding += z * z * floor[row]
                for i in range(width):
                    M[i] += z * P_now[row, i]
            for k in range(first, end):
                F += z_val[k] * M[place[z_col[k]]]
            F = max(F, 0.0) + h[g]
            rounding *= end - first
            weight, F_inf, known = 0.0, 0.0, False
            status = OK if math.isfinite(F) and math.isfinite(v) else UNSTABLE
            if status == OK and left > 0:
                F_inf = _see_diffuse(
                    first, end, z_col, z_val, place, now, P_now, floor, M, gain, second, A, A_prior, left, w, v, F
                )
                if F_inf > 0.0:
                    left -= 1
                    loglik_at[t] -= 0.5 * (_LOG_2PI + math.log(F_inf))
            if diffuse > t and F_inf == 0.0:
                for i in range(m):
                    second[i] = 0.0
            if status != OK:
                for i in range(width):
                    gain[i] = 0.0
            elif F_inf == 0.0:
                known = _ROUNDINGS * rounding >= F or F <= 0.0
                if known and not abs(v) <= _SAME * (size + math.sqrt(rounding / _EPS)):
                    status = SINGULAR
                if known:
                    for i in range(width):
                        gain[i] = 0.0
            if status == OK and F_inf == 0.0 and not known:
                weight = 1.0 / F
                root = math.sqrt(weight)
                for i in range(width):
                    gain[i] = M[i] * weight
                for i in range(width):
                    now[i] += gain[i] * v
                for i in range(m):
                    before = P_now[i, i]
                    after = before - M[i] * gain[i]
                    if before > 0.0 and after < 0.5 * before:
                        floor[i] = max(_EPS * before, floor[i] * max(after, 0.0) / before)
                for i in range(width):
                    M[i] *= root
                for i in range(m):
                    b = M[i]
                    for j in range(width):
                        P_now[i, j] -= b * M[j]
                loglik_at[t] -= 0.5 * (_LOG_2PI + math.log(F) + v * v * weight)
            if status != OK and worst == OK:
                worst = status
            if keep:
                v_of[g], weight_of[g], F_inf_of[g], F_of[g] = v, weight, F_inf, F
                for i in range(m):
                    K[g, i] = gain[place[i]]
                if diffuse > t:
                    for i in range(m):
                        K1[g, i] = second[place[i]]
        total += loglik_at[t]
        if keep:
            _keep_moments(now, P_now, place, a_seen[t], P_seen[t])
        if t + 1 == n and not keep:
            break
        at = min(t, mixed.shape[0] - 1)
        many = mixed[at]
        for step in range(many):
            i = mixed_row[at, step]
            sum_now, noise = 0.0, 0.0
            for j in range(width):
                W[step, j] = 0.0
            for k in range(t_ptr[at, i], t_ptr[at, i + 1]):
                f, row = t_val[k], place[t_col[k]]
                sum_now += f * now[row]
                noise = max(noise, min(1.0, f * f) * floor[row])
                for j in range(width):
                    W[step, j] += f * P_now[row, j]
            mean[0, step], mean[1, step] = sum_now, noise
        # The rows that are multiplied out among each other: X = W T'.
        if many <= _FEW:
            for step in range(many):
                for other_step in range(step + 1):
                    i, cross = mixed_row[at, other_step], 0.0
                    for k in range(t_ptr[at, i], t_ptr[at, i + 1]):
                        cross += t_val[k] * W[step, place[t_col[k]]]
                    X[step, other_step] = cross
        else:
            for i in range(m):
                for step in range(many):
                    turned[i, step] = W[step, i]
            for step in range(many):
                i = mixed_row[at, step]
                for j in range(width):
                    X[step, j] = 0.0
                for k in range(t_ptr[at, i], t_ptr[at, i + 1]):
                    f, row = t_val[k], place[t_col[k]]
                    for j in range(width):
                        X[step, j] += f * turned[row, j]
        for step in range(many):
            row = place[source[at, mixed_row[at, step]]]
            now[row], floor[row] = mean[0, step], mean[1, step]
            for j in range(width):
                P_now[row, j] = W[step, j]
            for i in range(m):
                P_now[i, row] = W[step, i]
        for step in range(many):
            row = place[source[at, mixed_row[at, step]]]
            for other_step in range(step + 1):
                column = place[source[at, mixed_row[at, other_step]]]
                P_now[row, column] = X[step, other_step]
                P_now[column, row] = X[step, other_step]
        if left > 0:
            _advance_loadings(u, at, place, A, W)
            _advance_loadings(u, at, place, A_prior, W)
        for i in range(m):
            other[i] = place[source[at, i]]
        place, other = other, place
        if drift:
            for i in range(m):
                now[place[i]] += c[min(t, c.shape[0] - 1), i]
        tv = min(t, v_ptr.shape[0] - 1)
        for k in range(v_ptr[tv, 0], v_ptr[tv, 1]):
            i, j = place[v_row[k]], place[v_col[k]]
            P_now[i, j] += v_val[k]
            P_now[j, i] = P_now[i, j]
        # Places that moved on keep variance and bound; the others may need a new bound.
        for step in range(many):
            row = place[mixed_row[at, step]]
            floor[row] = max(floor[row], _EPS * P_now[row, row])
        for k in range(v_ptr[tv, 0], v_ptr[tv, 1]):
            row = place[v_row[k]]
            floor[row] = max(floor[row], _EPS * P_now[row, row])
    if keep:
        _keep_moments(now, P_now, place, a[n], P[n])
        if left > 0:
            _outer_loadings(A, left, place, P_inf[n])
    if worst == OK and not math.isfinite(total):
        worst = UNSTABLE
    return Filtered(
        total, worst, diffuse, left, loglik_at, a, P, P_inf, a_seen, P_seen, v_of, F_of, F_inf_of, weight_of, K, K1
    )


def statespace_filter(u: Univariate, s: StateSpace) -> Filtered:
    """Moments, innovations and gains of checked input in its `Univariate` form.

    An innovation variance of zero (within rounding) is harmless where the innovation is zero too: the observation was
    implied by earlier ones and is passed over. Else it contradicts them, SINGULAR. The pass goes on after an
    observation with a status of its own; the first such status is reported.
    """
    return statespace_pass(u, s, True)
