"""Simulation smoother that runs on into the future: log flows drawn given the data, month after month.

Each path belongs to one posterior draw of the parameters. Up to the last observation the states are drawn by mean
correction (a path from the model, moved by the smoothed difference of its observations from the real ones); beyond
it they are pushed through fresh shocks.

Source: Durbin & Koopman 2002, "A simple and efficient simulation smoother", algorithm 2, in the variant of
Jarocinski 2015 (one smoothing of the differences).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels._threads import spread
from forecast.kernels.random import fill_normals, fill_uniforms, student
from forecast.kernels.sparse.kalman import filter_on, gains_from
from forecast.kernels.sparse.smoother import disturbances, operate
from forecast.kernels.sparse.system import System


@kernel
def corrected_path(
    s: System,
    coef: FloatArray,
    var: FloatArray,
    t_start: int,
    t_stop: int,
    a: FloatArray,
    P: FloatArray,
    L: FloatArray,
    gains: FloatArray,
    F: FloatArray,
    z: FloatArray,
    states: FloatArray,
) -> None:
    """One draw of the states of months t_start to t_stop - 1 given their observations; fills ``states`` (months, m).

    a, P, L: moments before ``t_start`` and the root of P. gains, F: from `gains_from`.
    z (m + months * k + g): independent N(0, 1).
    """
    m, k = a.shape[0], s.row.shape[1]
    months = t_stop - t_start
    first = s.obs_ptr[t_start]
    g_all = s.obs_ptr[t_stop] - first
    alpha = a.copy()
    for i in range(m):
        for j in range(i + 1):
            alpha[i] += L[i, j] * z[j]
    noise = np.empty((months, k))
    difference = np.zeros(m)
    v = np.zeros(g_all)
    zero = np.zeros(k)
    for t in range(t_start, t_stop):
        at = t - t_start
        for q in range(k):
            noise[at, q] = math.sqrt(s.scale[t, q] * var[s.var_of[t, q]]) * z[m + at * k + q]
        operate(s, t, coef, noise[at], alpha)
        for q in range(m):
            states[at, q] = alpha[q]
        operate(s, t, coef, zero, difference)
        for i in range(s.obs_ptr[t], s.obs_ptr[t + 1]):
            g = i - first
            v[g] = s.y[i] - math.sqrt(s.H[i]) * z[m + months * k + g]
            for j in range(s.z_col.shape[1]):
                c = s.z_col[i, j]
                v[g] -= s.z_val[i, j] * (alpha[c] + difference[c])
            for q in range(m):
                difference[q] += gains[g, q] * v[g]
    r = np.zeros(m)
    disturbances(s, coef, var, t_start, t_stop, gains, v, F, r, noise)
    for i in range(m):
        total = 0.0
        for j in range(m):
            total += P[i, j] * r[j]
        difference[i] = total
    for at in range(months):
        operate(s, t_start + at, coef, noise[at], difference)
        for i in range(m):
            states[at, i] += difference[i]


@kernel
def run_on(
    s: System,
    t: int,
    coef: FloatArray,
    var: FloatArray,
    driver_of: IntArray,
    driver: FloatArray,
    z: FloatArray,
    uv: FloatArray,
    heavy: IntArray,
    df: float,
    alpha: FloatArray,
) -> None:
    """Push one state vector through month t with fresh shocks, in place.

    driver_of (l): regressor of the path that fills an entry, -1 for none. driver (regressors): their values.
    z (k): N(0, 1). heavy (k): number of an operation whose shocks are Student-t(df), driven by the uniforms
    uv[2 heavy] and uv[2 heavy + 1]; -1 for a Gaussian one.
    """
    for q in range(s.row.shape[1]):
        sd = math.sqrt(s.scale[t, q] * var[s.var_of[t, q]])
        total = sd * (student(uv[2 * heavy[q]], uv[2 * heavy[q] + 1], df) if heavy[q] >= 0 else z[q])
        for j in range(s.ptr[q], s.ptr[q + 1]):
            factor = s.val[t, j] if driver_of[j] < 0 else driver[driver_of[j]]
            total += factor * coef[s.coef_of[j]] * alpha[s.col[t, j]]
        alpha[s.row[t, q]] = total


@kernel
def _uniforms_a_month(heavy: IntArray) -> int:
    """Uniforms that the heavy-tailed operations of one month need: two each."""
    most = -1
    for q in range(heavy.shape[0]):
        most = max(most, heavy[q])
    return 2 * (most + 1)


@kernel
def _read_states(alpha: FloatArray, read: IntArray, out: FloatArray) -> None:
    """The sums of states that are asked for; out (reads)."""
    for q in range(read.shape[0]):
        out[q] = alpha[read[q, 0]] + (alpha[read[q, 1]] if read[q, 1] >= 0 else 0.0)


@kernel
def _paths_of_draws(
    first: int,
    last: int,
    s: System,
    coefs: FloatArray,
    variances: FloatArray,
    t_kept: int,
    a_kept: FloatArray,
    P_kept: FloatArray,
    t_start: int,
    t_stop: int,
    driver_of: IntArray,
    drivers: FloatArray,
    heavy: IntArray,
    df: float,
    read: IntArray,
    keep: IntArray,
    keys: IntArray,
    out: FloatArray,
    kept: FloatArray,
) -> None:
    """`draw_paths_and_keep` for the parameter draws first to last - 1: of each, every path that has it."""
    d_all = coefs.shape[0]
    k, m = s.row.shape[1], a_kept.shape[1]
    months, ahead = t_stop - t_start, s.val.shape[0] - t_stop
    wild = _uniforms_a_month(heavy)
    states = np.empty((months, m))
    for d in range(first, last):
        coef, var = coefs[d], variances[d]
        a, P = a_kept[d].copy(), P_kept[d].copy()
        filter_on(s, coef, var, t_kept, t_start, a, P)
        gains, _, F = gains_from(s, coef, var, t_start, t_stop, a, P)
        L = semidefinite_root(P)
        used = m + months * k + F.shape[0]
        z = np.empty(used + ahead * k)
        uv = np.empty(ahead * wild)
        for p in range(d, out.shape[0], d_all):
            fill_normals(keys[0], p, z)
            fill_uniforms(keys[1], p, uv)
            corrected_path(s, coef, var, t_start, t_stop, a, P, L, gains, F, z, states)
            for at in range(months):
                _read_states(states[at], read, out[p, at])
            alpha = states[months - 1]
            for q in range(keep.shape[0]):
                kept[p, q] = alpha[keep[q]]
            for h in range(ahead):
                z_h = z[used + h * k : used + (h + 1) * k]
                uv_h = uv[h * wild : (h + 1) * wild]
                run_on(s, t_stop + h, coef, var, driver_of, drivers[p, h], z_h, uv_h, heavy, df, alpha)
                _read_states(alpha, read, out[p, months + h])


def draw_paths(
    s: System,
    coef: FloatArray,
    var: FloatArray,
    t_kept: int,
    a_kept: FloatArray,
    P_kept: FloatArray,
    t_start: int,
    t_stop: int,
    driver_of: IntArray,
    drivers: FloatArray,
    heavy: IntArray,
    df: float,
    read: IntArray,
    keys: IntArray,
    paths: int,
) -> FloatArray:
    """Log flows (paths, n - t_start, reads) of every month from ``t_start`` on; arguments as `draw_paths_and_keep`."""
    none = np.empty(0, dtype=np.int64)
    return draw_paths_and_keep(
        s, coef, var, t_kept, a_kept, P_kept, t_start, t_stop, driver_of, drivers, heavy, df, read, none, keys, paths
    )[0]


def draw_paths_and_keep(
    s: System,
    coef: FloatArray,
    var: FloatArray,
    t_kept: int,
    a_kept: FloatArray,
    P_kept: FloatArray,
    t_start: int,
    t_stop: int,
    driver_of: IntArray,
    drivers: FloatArray,
    heavy: IntArray,
    df: float,
    read: IntArray,
    keep: IntArray,
    keys: IntArray,
    paths: int,
) -> tuple[FloatArray, FloatArray]:
    """Log flows (paths, n - t_start, reads) of every month from ``t_start`` on, and states (paths, keeps) kept.

    s: n months, observed up to month t_stop - 1. coef (d, .), var (d, .): parameter draws; path p has draw p mod d.
    a_kept (d, m), P_kept (d, m, m): moments of the states before month t_kept <= t_start, by draw.
    drivers (paths, n - t_stop, regressors): each path's own regressors for the months from t_stop on.
    heavy (k): number of each operation among those with Student-t(df) shocks in the future, -1 for Gaussian ones.
    read (reads, 2): states whose sum is read, the second -1 for none. keep (keeps): states read once, in month
    t_stop - 1. keys (2): streams for normals and uniforms.
    """
    d_all = coef.shape[0]
    out = np.empty((paths, s.val.shape[0] - t_start, read.shape[0]))
    kept = np.empty((paths, keep.shape[0]))
    arguments = (s, coef, var, t_kept, a_kept, P_kept, t_start, t_stop, driver_of, drivers, heavy, df, read, keep)
    spread(_paths_of_draws, min(d_all, paths), *arguments, keys, out, kept)
    return out, kept
