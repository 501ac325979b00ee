"""The exact law of what a System says of the months ahead: means, and covariances split by who drives them.

A read of a month ahead is a sum of the states before it and of the operations' noise since. One sweep backwards from
each read gives its loadings on both (the adjoint of the transition), so no month's whole covariance is carried along.

Source: Durbin & Koopman 2012, s4.4 and s4.13 (states as weighted sums of disturbances); de Jong 1989 for the sweep.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.sparse.kalman import filter_on
from forecast.kernels.sparse.system import System


@kernel
def load_read(
    s: System,
    t_stop: int,
    t: int,
    coef: FloatArray,
    driver_of: IntArray,
    drivers: FloatArray,
    r: FloatArray,
    load: FloatArray,
) -> None:
    """Loadings of a combination of the states after month t: on the states before ``t_stop`` and on the noise since.

    r (m): weights of the states after month t; on return of those before ``t_stop``. load (h, k): on each operation's
    noise in months t_stop, .., t; left alone after them. driver_of (l), drivers (h, regressors): as in the sampler.
    """
    for at in range(t - t_stop, -1, -1):
        month = t_stop + at
        for q in range(s.row.shape[1] - 1, -1, -1):
            rho = r[s.row[month, q]]
            load[at, q] = rho
            if rho == 0.0:
                continue
            r[s.row[month, q]] = 0.0
            for j in range(s.ptr[q], s.ptr[q + 1]):
                factor = s.val[month, j] if driver_of[j] < 0 else drivers[at, driver_of[j]]
                r[s.col[month, j]] += factor * coef[s.coef_of[j]] * rho


@kernel
def future_moments(
    s: System,
    coef: FloatArray,
    var: FloatArray,
    t_stop: int,
    a: FloatArray,
    P: FloatArray,
    driver_of: IntArray,
    drivers: FloatArray,
    stretch: FloatArray,
    group: IntArray,
    read: IntArray,
    cell: IntArray,
    mean: FloatArray,
    cov: FloatArray,
) -> None:
    """Mean and covariance of the reads of months t_stop, t_stop + 1, .. for one draw of the parameters, in place.

    a (m), P (m, m): moments of the states before ``t_stop``. stretch (k): factor on the variance of an operation's
    noise ahead. group (k): who drives the operation. read (reads, 2): as in the sampler. cell (c): month x reads +
    read, months from ``t_stop``. mean (h, reads). cov (groups + 1, h reads, c): with the cells; by group of noise,
    the last what the states before ``t_stop`` leave open.
    """
    h, reads = mean.shape
    m, k, c = a.shape[0], s.row.shape[1], cell.shape[0]
    n = h * reads
    by_state, by_noise = np.empty((n, m)), np.zeros((n, h, k))
    for i in range(n):
        t, r = i // reads, by_state[i]
        r[:] = 0.0
        r[read[i % reads, 0]] += 1.0
        if read[i % reads, 1] >= 0:
            r[read[i % reads, 1]] += 1.0
        load_read(s, t_stop, t_stop + t, coef, driver_of, drivers, r, by_noise[i])
        total = 0.0
        for x in range(m):
            total += r[x] * a[x]
        mean[t, i % reads] = total
    cov[:] = 0.0
    of_cells = np.empty(c)
    for at in range(h):
        for q in range(k):
            variance = stretch[q] * s.scale[t_stop + at, q] * var[s.var_of[t_stop + at, q]]
            if variance == 0.0:
                continue
            for j in range(c):
                of_cells[j] = variance * by_noise[cell[j], at, q]
            block = cov[group[q]]
            for i in range(at * reads, n):
                f, row = by_noise[i, at, q], block[i]
                if f != 0.0:
                    for j in range(c):
                        row[j] += f * of_cells[j]
    last = cov[cov.shape[0] - 1]
    for x in range(m):
        for j in range(c):
            of_cells[j] = 0.0
        for y in range(m):
            f = P[x, y]
            if f != 0.0:
                for j in range(c):
                    of_cells[j] += f * by_state[cell[j], y]
        for i in range(n):
            f, row = by_state[i, x], last[i]
            if f != 0.0:
                for j in range(c):
                    row[j] += f * of_cells[j]


@kernel
def _law_of_draws(
    first: int,
    last: int,
    s: System,
    coefs: FloatArray,
    variances: FloatArray,
    t_kept: int,
    a_kept: FloatArray,
    P_kept: FloatArray,
    t_stop: int,
    driver_of: IntArray,
    drivers: FloatArray,
    stretch: FloatArray,
    group: IntArray,
    read: IntArray,
    cell: IntArray,
    keep: IntArray,
    mean: FloatArray,
    cov: FloatArray,
    kept_mean: FloatArray,
    kept_cov: FloatArray,
) -> None:
    for d in range(first, last):
        a, P = a_kept[d].copy(), P_kept[d].copy()
        filter_on(s, coefs[d], variances[d], t_kept, t_stop, a, P)
        future_moments(
            s, coefs[d], variances[d], t_stop, a, P, driver_of, drivers, stretch, group, read, cell, mean[d], cov[d]
        )
        for i in range(keep.shape[0]):
            kept_mean[d, i] = a[keep[i]]
            for j in range(keep.shape[0]):
                kept_cov[d, i, j] = P[keep[i], keep[j]]


def future_law(
    s: System,
    coef: FloatArray,
    var: FloatArray,
    t_kept: int,
    a_kept: FloatArray,
    P_kept: FloatArray,
    t_stop: int,
    driver_of: IntArray,
    drivers: FloatArray,
    stretch: FloatArray,
    group: IntArray,
    read: IntArray,
    cell: IntArray,
    keep: IntArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Law of the reads of the months after the observations, for d parameter draws.

    Returns mean (d, h, reads) and cov (d, groups + 1, h reads, c), as in `future_moments`, then mean (d, keeps) and
    covariance (d, keeps, keeps) of the states ``keep`` before ``t_stop``. a_kept, P_kept: as in the sampler.
    """
    d, h, reads = len(coef), len(s.val) - t_stop, len(read)
    groups = int(group.max(initial=0)) + 1
    mean, cov = np.empty((d, h, reads)), np.empty((d, groups + 1, h * reads, len(cell)))
    kept_mean, kept_cov = np.empty((d, len(keep))), np.empty((d, len(keep), len(keep)))
    arguments = (s, coef, var, t_kept, a_kept, P_kept, t_stop, driver_of, drivers, stretch, group, read, cell, keep)
    spread(_law_of_draws, d, *arguments, mean, cov, kept_mean, kept_cov)
    return mean, cov, kept_mean, kept_cov
