"""Simulation smoother: paths of the states given the observations, many at once, the future included.

A path of the model is drawn and moved by the smoothed mean of what separates its observations from the real ones.
Both run in one recursion: with b = (simulated state) + (prediction of the difference), v = y - eps - Z b and
b <- c + T (b + K v) + R eta; backwards u = v / F - K'r, r <- r + Z'u moves the standardised shocks of the path, and a
last pass carries the moved shocks forward. So a draw costs three sparse products a time point and no covariance.
A pinned future value is an observation like any other; a path for the rest of that month comes with it.

Source: Durbin & Koopman 2002, "A simple and efficient simulation smoother for state space time series analysis", s2.3
(diffuse elements of the start may be set to zero); Jarocinski 2015, "A note on implementing the Durbin and Koopman
simulation smoother"; Durbin & Koopman 2012, s4.6.2, s4.9.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels._threads import spread
from forecast.kernels.random import lane_normals
from forecast.kernels.statespace.filter import Filtered
from forecast.kernels.statespace.model import StateSpace
from forecast.kernels.statespace.univariate import Univariate
from forecast.kernels.status import OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT, UNSTABLE

LANES = 32
"""Paths that run side by side through one recursion."""

_MET = 1e-6
_ROOT = 1e-8


class Roots(NamedTuple):
    """Roots of the covariances of start and shocks.

    start (m, m): of P1. diffuse (m, m): of P1_inf. ptr (n or 1, 2), row, col, val: entries of R root(Q). status.
    """

    start: FloatArray
    diffuse: FloatArray
    ptr: IntArray
    row: IntArray
    col: IntArray
    val: FloatArray
    status: int


@kernel
def _gives_back(root: FloatArray, C: FloatArray) -> bool:
    """Whether root root' = C on and under the diagonal, or C was no covariance."""
    for i in range(C.shape[0]):
        for j in range(i + 1):
            total = C[i, j]
            for k in range(j + 1):
                total -= root[i, k] * root[j, k]
            if not abs(total) <= _ROOT * math.sqrt(C[i, i] * C[j, j]):
                return False
    return True


@kernel
def statespace_roots(s: StateSpace) -> Roots:
    """The Roots of a system; SINGULAR if P1 or a Q is no covariance."""
    n, m, r = max(s.R.shape[0], s.Q.shape[0]), s.R.shape[1], s.R.shape[2]
    start, diffuse = semidefinite_root(s.P1), semidefinite_root(s.P1_inf)
    good = _gives_back(start, s.P1) and _gives_back(diffuse, s.P1_inf)
    ptr = np.zeros((n, 2), np.int64)
    row, col, val = np.empty(n * m * r, np.int64), np.empty(n * m * r, np.int64), np.empty(n * m * r)
    at = 0
    root = np.zeros((r, r))
    for t in range(n):
        tr, tq = min(t, s.R.shape[0] - 1), min(t, s.Q.shape[0] - 1)
        if t < s.Q.shape[0]:
            root = semidefinite_root(s.Q[tq])
            good = good and _gives_back(root, s.Q[tq])
        ptr[t, 0] = at
        for i in range(m):
            for k in range(r):
                total = 0.0
                for j in range(k, r):
                    total += s.R[tr, i, j] * root[j, k]
                if total != 0.0:
                    row[at], col[at], val[at] = i, k, total
                    at += 1
        ptr[t, 1] = at
    return Roots(start, diffuse, ptr, row, col, val, OK if good else SINGULAR)


@kernel
def _carry(
    t_ptr: IntArray, t_col: IntArray, t_val: FloatArray, source: IntArray, mixed_row: IntArray, many: int, at: int,
    c: FloatArray, first: int, end: int, row: IntArray, col: IntArray, val: FloatArray, noise: int, spare: int,
    place: IntArray, other: IntArray, B: FloatArray,
) -> None:  # fmt: skip
    """States = c + T states + R root(Q) (rows ``noise``); ``place`` (m) moves on, see `Univariate`."""
    m, lanes = place.shape[0], B.shape[1]
    for step in range(many):
        i = mixed_row[at, step]
        for lane in range(lanes):
            B[spare + step, lane] = 0.0
        for k in range(t_ptr[at, i], t_ptr[at, i + 1]):
            f, x = t_val[k], place[t_col[k]]
            for lane in range(lanes):
                B[spare + step, lane] += f * B[x, lane]
    for i in range(m):
        other[i] = place[source[at, i]]
    for i in range(m):
        place[i] = other[i]
    for step in range(many):
        x = place[mixed_row[at, step]]
        for lane in range(lanes):
            B[x, lane] = B[spare + step, lane]
    for i in range(m):
        if c[i] != 0.0:
            f, x = c[i], place[i]
            for lane in range(lanes):
                B[x, lane] += f
    for k in range(first, end):
        f, x, z = val[k], place[row[k]], noise + col[k]
        for lane in range(lanes):
            B[x, lane] += f * B[z, lane]


@kernel
def _pull(
    t_ptr: IntArray, t_col: IntArray, t_val: FloatArray, source: IntArray, mixed_row: IntArray, many: int, at: int,
    base: int, spare: int, place: IntArray, B: FloatArray,
) -> None:  # fmt: skip
    """Rows from ``base`` on = T' (those rows); place (m): of the states before T."""
    lanes = B.shape[1]
    for step in range(many):
        x = base + place[source[at, mixed_row[at, step]]]
        for lane in range(lanes):
            B[spare + step, lane] = B[x, lane]
        for lane in range(lanes):
            B[x, lane] = 0.0
    for step in range(many):
        i = mixed_row[at, step]
        for k in range(t_ptr[at, i], t_ptr[at, i + 1]):
            f, x = t_val[k], base + place[t_col[k]]
            for lane in range(lanes):
                B[x, lane] += f * B[spare + step, lane]


@kernel
def _draw(
    from_block: int, to_block: int, s: StateSpace, u: Univariate, f: Filtered, roots: Roots, real: FloatArray, key: int,
    start: int, keep: IntArray, lanes: int, states: FloatArray, values: FloatArray, status: IntArray,
) -> None:  # fmt: skip
    """Fill the rows of the paths of each block: ``lanes`` paths in the columns of one buffer."""
    n, p, m, r = u.obs_ptr.shape[0] - 1, u.order.shape[1], s.a1.shape[0], s.Q.shape[1]
    obs_ptr, y, h, z_from, z_to, z_col, z_val, c = u.obs_ptr, u.y, u.h, u.z_from, u.z_to, u.z_col, u.z_val, u.c
    t_ptr, t_col, t_val, source, mixed, mixed_row = u.t_ptr, u.t_col, u.t_val, u.source, u.mixed, u.mixed_row
    order, D, L, Z, d, a1 = u.order, u.D, u.L, s.Z, s.d, s.a1
    ptr, row, col, val = roots.ptr, roots.row, roots.col, roots.val
    K, K1, weight, F_inf, diffuse = f.K, f.K1, f.weight, f.F_inf, f.diffuse
    step = r + p
    size = m + n * step
    # Rows of the buffer: states (backwards r), r1, room for products, one more, normals, innovations.
    second, room, spare, z0 = m, 2 * m, 3 * m, 3 * m + 1
    v0 = z0 + (size + 3) // 4 * 4
    B, words = np.empty((v0 + obs_ptr[n], lanes)), np.empty((4, lanes), np.uint64)
    place, other, gain = np.empty(m, np.int64), np.empty(m, np.int64), np.empty(m)
    for block in range(from_block, to_block):
        path = block * lanes
        lane_normals(key, path, size, words, B[z0:v0])
        for i in range(m):
            place[i] = i
            for lane in range(lanes):
                B[i, lane] = a1[i]
            for j in range(i + 1):
                x = roots.start[i, j]
                if x != 0.0:
                    for lane in range(lanes):
                        B[i, lane] += x * B[z0 + j, lane]
        for t in range(n):
            noise = z0 + m + t * step
            for g in range(obs_ptr[t], obs_ptr[t + 1]):
                y_now, root, error, to = y[g], math.sqrt(h[g]), noise + r + g - obs_ptr[t], v0 + g
                for lane in range(lanes):
                    B[to, lane] = y_now - root * B[error, lane]
                for k in range(z_from[g], z_to[g]):
                    x, at = z_val[k], place[z_col[k]]
                    for lane in range(lanes):
                        B[to, lane] -= x * B[at, lane]
                # In the order of the rows, so that the loops are one vectorised nest.
                for i in range(m):
                    gain[place[i]] = K[g, i]
                for i in range(m):
                    x = gain[i]
                    for lane in range(lanes):
                        B[i, lane] += x * B[to, lane]
            if t + 1 < n:
                at, tg = min(t, mixed.shape[0] - 1), min(t, ptr.shape[0] - 1)
                _carry(
                    t_ptr, t_col, t_val, source, mixed_row, mixed[at], at, c[min(t, c.shape[0] - 1)], ptr[tg, 0],
                    ptr[tg, 1], row, col, val, noise, room, place, other, B,
                )  # fmt: skip
        for i in range(2 * m):
            for lane in range(lanes):
                B[i, lane] = 0.0
        for back in range(n):
            t = n - 1 - back
            noise = z0 + m + t * step
            late = t < diffuse
            if back > 0:
                at, tg = min(t, mixed.shape[0] - 1), min(t, ptr.shape[0] - 1)
                for k in range(ptr[tg, 0], ptr[tg, 1]):
                    x, i, to = val[k], place[row[k]], noise + col[k]
                    for lane in range(lanes):
                        B[to, lane] += x * B[i, lane]
                for i in range(m):
                    other[source[at, i]] = place[i]
                for i in range(m):
                    place[i] = other[i]
                zero = m - m
                _pull(t_ptr, t_col, t_val, source, mixed_row, mixed[at], at, zero, room, place, B)
                if late:
                    _pull(t_ptr, t_col, t_val, source, mixed_row, mixed[at], at, second, room, place, B)
            seen = obs_ptr[t + 1] - obs_ptr[t]
            for behind in range(seen):
                k = seen - 1 - behind
                g = obs_ptr[t] + k
                if late:
                    # u of second order: v / F_inf - K1'r0 - K'r1
                    x = 1.0 / F_inf[g] if F_inf[g] > 0.0 else 0.0
                    for lane in range(lanes):
                        B[spare, lane] = x * B[v0 + g, lane]
                    for i in range(m):
                        x, at = K1[g, i], place[i]
                        for lane in range(lanes):
                            B[spare, lane] -= x * B[at, lane]
                        x, at = K[g, i], second + place[i]
                        for lane in range(lanes):
                            B[spare, lane] -= x * B[at, lane]
                    for j in range(z_from[g], z_to[g]):
                        x, to = z_val[j], second + place[z_col[j]]
                        for lane in range(lanes):
                            B[to, lane] += x * B[spare, lane]
                x = weight[g]
                for lane in range(lanes):
                    B[spare, lane] = x * B[v0 + g, lane]
                for i in range(m):
                    gain[place[i]] = K[g, i]
                for i in range(m):
                    x = gain[i]
                    for lane in range(lanes):
                        B[spare, lane] -= x * B[i, lane]
                root, error = math.sqrt(h[g]), noise + r + k
                for lane in range(lanes):
                    B[error, lane] += root * B[spare, lane]
                for j in range(z_from[g], z_to[g]):
                    x, to = z_val[j], place[z_col[j]]
                    for lane in range(lanes):
                        B[to, lane] += x * B[spare, lane]
        # The start moves by P1 r0 + P1_inf r1, through the roots.
        for i in range(m):
            for lane in range(lanes):
                B[room + i, lane] = a1[i]
        for j in range(m):
            for lane in range(lanes):
                B[spare, lane] = B[z0 + j, lane]
            for i in range(j, m):
                x, at = roots.start[i, j], place[i]
                for lane in range(lanes):
                    B[spare, lane] += x * B[at, lane]
            for i in range(j, m):
                x = roots.start[i, j]
                for lane in range(lanes):
                    B[room + i, lane] += x * B[spare, lane]
            if diffuse > 0 and roots.diffuse[j, j] > 0.0:
                for lane in range(lanes):
                    B[spare, lane] = 0.0
                for i in range(j, m):
                    x, at = roots.diffuse[i, j], second + place[i]
                    for lane in range(lanes):
                        B[spare, lane] += x * B[at, lane]
                for i in range(j, m):
                    x = roots.diffuse[i, j]
                    for lane in range(lanes):
                        B[room + i, lane] += x * B[spare, lane]
        for i in range(m):
            place[i] = i
            for lane in range(lanes):
                B[i, lane] = B[room + i, lane]
        wide = min(lanes, values.shape[0] - path)
        for t in range(n):
            noise = z0 + m + t * step
            if t >= start:
                for lane in range(wide):
                    for k in range(keep.shape[0]):
                        states[path + lane, t - start, k] = B[place[keep[k]], lane]
            for k in range(p):
                series = order[t, k]
                td, tz = min(t, d.shape[0] - 1), min(t, Z.shape[0] - 1)
                for lane in range(lanes):
                    B[spare, lane] = d[td, series]
                for j in range(m):
                    x, at = Z[tz, series, j], place[j]
                    if x != 0.0:
                        for lane in range(lanes):
                            B[spare, lane] += x * B[at, lane]
                first = 0 if L.shape[0] > 0 else k
                for j in range(first, k + 1):
                    x = math.sqrt(D[t, j]) * (L[t, k, j] if L.shape[0] > 0 else 1.0)
                    for lane in range(lanes):
                        B[spare, lane] += x * B[noise + r + j, lane]
                if k < obs_ptr[t + 1] - obs_ptr[t]:
                    y_real = real[t, series]
                    for lane in range(wide):
                        if not abs(B[spare, lane] - y_real) <= _MET * (1.0 + abs(y_real)):
                            status[path + lane] = UNSTABLE
                if t >= start:
                    for lane in range(wide):
                        values[path + lane, t - start, series] = B[spare, lane]
            if t + 1 < n:
                at, tg = min(t, mixed.shape[0] - 1), min(t, ptr.shape[0] - 1)
                _carry(
                    t_ptr, t_col, t_val, source, mixed_row, mixed[at], at, c[min(t, c.shape[0] - 1)], ptr[tg, 0],
                    ptr[tg, 1], row, col, val, noise, room, place, other, B,
                )  # fmt: skip


def statespace_draws(
    y: FloatArray, s: StateSpace, u: Univariate, f: Filtered, key: int, paths: int, start: int, keep: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Draws of states (paths, n - start, k) and series (paths, n - start, p) given y, and a status of each path.

    y (n, p): NaN where a value is to be drawn; series are met exactly where they are observed. u, f: from
    `univariate_form` and `statespace_filter` of the same y and s. start: first time point handed back.
    keep (k): states handed back.

    Path i depends on the key and i alone; its normals are m for the start, then r shocks and p errors a time point.
    Status of a path: that of the filter; TOO_SHORT if a diffuse direction was never seen; SINGULAR if Q or P1 is no
    covariance; OUT_OF_RANGE if start or keep lie outside; UNSTABLE if the path misses an observation (an explosive
    system multiplied the rounding errors). All but the last leave the path NaN.
    """
    n, p = y.shape
    roots = statespace_roots(s)
    worst = f.status if f.status != OK else roots.status
    if worst == OK and f.left > 0:
        worst = TOO_SHORT
    if not 0 <= start <= n or paths < 0 or not ((keep >= 0) & (keep < len(s.a1))).all():
        worst = OUT_OF_RANGE
    rows, times = max(paths, 0), n - min(max(start, 0), n)
    states = np.full((rows, times, keep.shape[0]), np.nan)
    values = np.full((rows, times, p), np.nan)
    status = np.full(rows, worst)
    if worst == OK:
        blocks = (rows + LANES - 1) // LANES
        spread(_draw, blocks, s, u, f, roots, y, key, start, keep, LANES, states, values, status)
    return states, values, status
