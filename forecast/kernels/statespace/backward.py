"""Backward pass: the weighted sums of later innovations on which every smoother rests.

At a diffuse time point r = r0 + r1 / kappa and N = N0 + N1 / kappa + N2 / kappa^2, N1 in its symmetric form. With the
gain K (first order) and K1 (second order) of an observation, L = I - K z' and u = v / F - K'r0:

    r1 <- L'r1 + z (v / F_inf - K1'r0)                r0 <- r0 + z u
    N2 <- L'N2 L - z (N1 K1)' - (N1 K1) z' + ...      N1 <- L'N1 L + z z' / F_inf - z (N0 K1)' - (N0 K1) z' + ...

Source: Koopman & Durbin 2000; Koopman & Durbin 2003; Durbin & Koopman 2012, s4.4, s4.5, s5.3, s6.4.4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.statespace.filter import Filtered, PlaceArray
from forecast.kernels.statespace.univariate import Univariate

_FEW = 3


class Backward(NamedTuple):
    """Sums of the innovations from t on (D&K write r[t - 1] for our r[t]), and the errors of the observations.

    r (n + 1, m), N (n + 1, m, m): zero at n; in a diffuse time point r0 and N0. r1 (n + 1, m), N1, N2 (n + 1, m, m):
    their second and third order; no entry without a diffuse start. e (g): u above, with Var(u) = D (n, p, p) among the
    observations of a time point.
    """

    r: FloatArray
    N: FloatArray
    r1: FloatArray
    N1: FloatArray
    N2: FloatArray
    e: FloatArray
    D: FloatArray


@kernel
def _times(N: FloatArray, K: FloatArray, m: int, out: FloatArray) -> float:
    """Fill out (width) = N K for a symmetric N and return K'N K; four rows of N at a time."""
    for j in range(N.shape[1]):
        out[j] = 0.0
    for i in range(0, m, 4):
        k0, k1, k2, k3 = K[i], K[i + 1], K[i + 2], K[i + 3]
        for j in range(N.shape[1]):
            out[j] += (k0 * N[i, j] + k1 * N[i + 1, j]) + (k2 * N[i + 2, j] + k3 * N[i + 3, j])
    total = 0.0
    for i in range(m):
        total += K[i] * out[i]
    return total


@kernel
def _add_cross(
    first: int, end: int, z_col: IntArray, z_val: FloatArray, place: PlaceArray, w: FloatArray, own: float, m: int,
    N: FloatArray,
) -> None:  # fmt: skip
    """N += own z z' - z w' - w z' for a sparse z; symmetric to the last bit, as nothing would damp a difference."""
    for k in range(first, end):
        z, row = z_val[k], place[z_col[k]]
        for j in range(N.shape[1]):
            N[row, j] -= z * w[j]
        for j in range(m):
            N[j, row] -= z * w[j]
    for k in range(first, end):
        for q in range(first, end):
            N[place[z_col[k]], place[z_col[q]]] += own * (z_val[k] * z_val[q])


@kernel
def _turn_back(
    t_ptr: IntArray, t_col: IntArray, t_val: FloatArray, source: IntArray, mixed_row: IntArray, many: int, at: int,
    place: PlaceArray, r: FloatArray, N: FloatArray, W: FloatArray,
) -> None:  # fmt: skip
    """R <- T'r and N <- T'N T in place; place (m): of the states before T, W (m + 2, width): working space.

    Rows of T that are ones leave everything where it is. With the others C and their places taken out of N, what is
    left changes by C'U + U'C, U = (rows of N taken out) + N_CC C / 2.
    """
    m, width = place.shape[0], N.shape[1]
    for step in range(many):
        p = place[source[at, mixed_row[at, step]]]
        W[m, step] = r[p]
        r[p] = 0.0
        for j in range(width):
            W[step, j] = N[p, j]
    for step in range(many):
        p = place[source[at, mixed_row[at, step]]]
        for j in range(width):
            N[p, j] = 0.0
        for j in range(m):
            N[j, p] = 0.0
    for step in range(many):
        for q in range(many):
            W[m + 1, q] = W[step, place[source[at, mixed_row[at, q]]]]
        for q in range(many):
            W[step, place[source[at, mixed_row[at, q]]]] = 0.0
        for q in range(many):
            half, i = 0.5 * W[m + 1, q], mixed_row[at, q]
            for k in range(t_ptr[at, i], t_ptr[at, i + 1]):
                W[step, place[t_col[k]]] += half * t_val[k]
    for step in range(many):
        i, x = mixed_row[at, step], W[m, step]
        first, end = t_ptr[at, i], t_ptr[at, i + 1]
        for k in range(first, end):
            r[place[t_col[k]]] += t_val[k] * x
        if end - first <= _FEW:
            for k in range(first, end):
                f, row = t_val[k], place[t_col[k]]
                for j in range(width):
                    N[row, j] += f * W[step, j]
                for j in range(m):
                    N[j, row] += f * W[step, j]
        else:
            for j in range(width):
                W[m + 1, j] = 0.0
            for k in range(first, end):
                W[m + 1, place[t_col[k]]] = t_val[k]
            for i in range(m):
                f, x = W[m + 1, i], W[step, i]
                for j in range(width):
                    N[i, j] += f * W[step, j] + x * W[m + 1, j]


@kernel
def statespace_backward(u: Univariate, f: Filtered) -> Backward:
    """The backward pass over everything that `statespace_filter` kept."""
    n, p, m = u.obs_ptr.shape[0] - 1, u.order.shape[1], f.a.shape[1]
    obs_ptr, z_from, z_to, z_col, z_val = u.obs_ptr, u.z_from, u.z_to, u.z_col, u.z_val
    t_ptr, t_col, t_val, source, mixed_row = u.t_ptr, u.t_col, u.t_val, u.source, u.mixed_row
    v, weight, F, F_inf, K, K1 = f.v, f.weight, f.F, f.F_inf, f.K, f.K1
    late = n + 1 if f.P_inf.shape[0] > 0 else 0
    r, N = np.zeros((n + 1, m)), np.zeros((n + 1, m, m))
    r1, N1, N2 = np.zeros((late, m)), np.zeros((late, m, m)), np.zeros((late, m, m))
    e, D = np.zeros(obs_ptr[n]), np.zeros((n, p, p))
    unit = 4 if m <= 8 else 16
    width = (m + unit - 1) // unit * unit
    now, second, other = np.zeros(width), np.zeros(width), np.zeros(width)
    w, gain, gain1 = np.zeros(width), np.zeros(width), np.zeros(width)
    N_now, N1_now, N2_now = np.zeros((width, width)), np.zeros((width, width)), np.zeros((width, width))
    W, cross = np.zeros((m + 2, width)), np.empty((p, width))
    place, before = np.empty(m, np.uint64), np.empty(m, np.uint64)
    for i in range(m):
        place[i] = np.uint64(i)
    for back in range(n):
        t = n - 1 - back
        diffuse = t < f.diffuse
        if back > 0:
            at = min(t, u.mixed.shape[0] - 1)
            for i in range(m):
                before[source[at, i]] = place[i]
            place, before = before, place
            _turn_back(t_ptr, t_col, t_val, source, mixed_row, u.mixed[at], at, place, now, N_now, W)
            if diffuse:
                _turn_back(t_ptr, t_col, t_val, source, mixed_row, u.mixed[at], at, place, second, N1_now, W)
                for i in range(m):
                    other[i] = 0.0
                _turn_back(t_ptr, t_col, t_val, source, mixed_row, u.mixed[at], at, place, other, N2_now, W)
        start, seen = obs_ptr[t], obs_ptr[t + 1] - obs_ptr[t]
        for step in range(seen):
            k = seen - 1 - step
            g = start + k
            first, end = z_from[g], z_to[g]
            own, late_own = 0.0, 0.0
            for i in range(m):
                gain[place[i]] = K[g, i]
            for i in range(m):
                own += gain[i] * now[i]
            error = v[g] * weight[g] - own
            if diffuse:
                for i in range(m):
                    gain1[place[i]] = K1[g, i]
                own = 0.0
                for i in range(m):
                    own += gain[i] * second[i]
                    if F_inf[g] > 0.0:
                        late_own += gain1[i] * now[i]
                if F_inf[g] > 0.0:
                    own += late_own - v[g] / F_inf[g]
                for j in range(first, end):
                    second[place[z_col[j]]] -= z_val[j] * own
                # Highest order first: each needs the lower ones as they were before this observation.
                square = _times(N2_now, gain, m, w)
                _add_cross(first, end, z_col, z_val, place, w, square, m, N2_now)
                if F_inf[g] > 0.0:
                    square = 0.0
                    _times(N1_now, gain1, m, w)
                    for i in range(m):
                        square += 2.0 * gain[i] * w[i]
                    square += _times(N_now, gain1, m, other) - F[g] / (F_inf[g] * F_inf[g])
                    _add_cross(first, end, z_col, z_val, place, w, square, m, N2_now)
                square = _times(N1_now, gain, m, w)
                _add_cross(first, end, z_col, z_val, place, w, square, m, N1_now)
                if F_inf[g] > 0.0:
                    square = 1.0 / F_inf[g]
                    for i in range(m):
                        square += 2.0 * gain[i] * other[i]
                    _add_cross(first, end, z_col, z_val, place, other, square, m, N1_now)
            own = _times(N_now, gain, m, w) + weight[g]
            e[g] = error
            D[t, k, k] = own
            for q in range(k + 1, seen):
                total = 0.0
                for i in range(m):
                    total -= gain[i] * cross[q, i]
                D[t, k, q] = total
                D[t, q, k] = total
                for j in range(first, end):
                    cross[q, place[z_col[j]]] += z_val[j] * total
            if k > 0:
                for i in range(m):
                    cross[k, i] = -w[i]
                for j in range(first, end):
                    cross[k, place[z_col[j]]] += z_val[j] * own
            for j in range(first, end):
                now[place[z_col[j]]] += z_val[j] * error
            _add_cross(first, end, z_col, z_val, place, w, own, m, N_now)
        for i in range(m):
            row = place[i]
            r[t, i] = now[row]
            for j in range(m):
                N[t, i, j] = N_now[row, place[j]]
            if diffuse:
                r1[t, i] = second[row]
                for j in range(m):
                    N1[t, i, j] = N1_now[row, place[j]]
                    N2[t, i, j] = N2_now[row, place[j]]
    return Backward(r, N, r1, N1, N2, e, D)
