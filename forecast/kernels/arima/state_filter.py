"""Kalman filter of an ARIMA series in levels, with gaps: the ARMA state and those past levels that nobody has seen.

A level that is known needs no variance, so only the lags that fall on gaps join the state; the companion form is
shifted, never multiplied. Levels missing among the first d + sD have no law at all: they are columns of the
generalised least squares that regressors go through too. The likelihood is that of ``likelihood.py``.

Source: Harvey & Pierse 1984, J. American Statistical Association 79; Kohn & Ansley 1986, J. American Statistical
Association 81; Gomez & Maravall 1994, J. American Statistical Association 89.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.generalised import generalised_least_squares
from forecast.kernels.arima.polynomials import arima_lags, arima_polynomials, differencing_lags
from forecast.kernels.arima.stationary_start import stationary_start
from forecast.kernels.status import OK, SINGULAR, TOO_SHORT


class GapInnovations(NamedTuple):
    """One-step forecast errors of a series with gaps.

    v (n): y_t less its forecast from the figures before it, the regressors' share taken off; NaN where there is none
    (a gap, or one of the first figures that start the differences). F (n): their variances in units of the shocks'.
    numbers (2): log-likelihood, variance of the shocks. counts (2): status, figures that count.
    """

    v: FloatArray
    F: FloatArray
    numbers: FloatArray
    counts: IntArray


@kernel
def harvey_covariance(phi: FloatArray, theta: FloatArray, variance: float, G: FloatArray, P: FloatArray) -> None:
    """Stationary covariance P (r, r), r = m + 1, of the state whose first entry is y itself.

    variance, G (m): as ``stationary_start`` gives them. The first row is known from them; the others follow upwards
    from P = T P T' + R R'.
    """
    m = phi.shape[0]
    P[0, 0] = variance
    for i in range(m):
        P[0, i + 1] = G[i] - phi[i] * variance
        P[i + 1, 0] = P[0, i + 1]
    for i in range(m, 0, -1):
        for j in range(i, 0, -1):
            total = theta[i - 1] * theta[j - 1]
            if i < m:
                total += P[i + 1, j + 1] + phi[i] * P[0, j + 1] + phi[j] * P[0, i + 1] + phi[i] * phi[j] * variance
            P[i, j] = total
            P[j, i] = total


@kernel
def _propagate(P: FloatArray, phi: FloatArray, R: FloatArray, active: IntArray, count: int) -> None:
    """P <- T P T' + R R' for the ARMA block, T P for its covariances with the unseen levels.

    Only the lower half is written in place, so the first row keeps its old values until the end.
    """
    m = phi.shape[0]
    corner = P[0, 0]
    for i in range(m):
        lead = P[i + 1, 0] + phi[i] * corner
        for j in range(i + 1):
            P[i, j] = P[i + 1, j + 1] + phi[i] * P[0, j + 1] + phi[j] * lead + R[i] * R[j]
    P[m, m] = R[m] * R[m]
    for j in range(m):
        P[m, j] = R[m] * R[j]
    for k in range(count):
        column = active[k]
        top = P[0, column]
        for i in range(m):
            P[i, column] = P[i + 1, column] + phi[i] * top
        P[m, column] = 0.0
        for i in range(m + 1):
            P[column, i] = P[i, column]
    for i in range(m + 1):
        for j in range(i):
            P[j, i] = P[i, j]


@kernel
def gap_filter(
    levels: FloatArray,
    missing: IntArray,
    phi: FloatArray,
    theta: FloatArray,
    delta: FloatArray,
    P0: FloatArray,
    V: FloatArray,
    F: FloatArray,
) -> int:
    """Innovations V (c, n) of the columns ``levels`` (c, n) and their variance F (n); gaps have V = 0, F = 0.

    missing (n): 1 at a gap. phi, theta (m): lags 1..m. delta (1 + lost): differences. P0 (m+1, m+1): stationary
    covariance. The first ``lost`` rows only start the differences (V = 0, F = 0); what is unknown there belongs in
    columns of its own. Status: SINGULAR when a variance is not positive.
    """
    c, n = levels.shape
    m = phi.shape[0]
    lost = delta.shape[0] - 1
    size = m + 1 + lost
    P = np.zeros((size, size))
    for i in range(m + 1):
        for j in range(m + 1):
            P[i, j] = P0[i, j]
    R = np.ones(m + 1)
    for i in range(m):
        R[i + 1] = theta[i]
    x = np.zeros((c, size))
    cov = np.zeros(size)
    active = np.zeros(size, np.int64)
    count = 0
    for t in range(n):
        slot = m + 1 + t % max(lost, 1)
        F[t] = 0.0
        if t < lost:
            for j in range(c):
                x[j, slot] = levels[j, t]
                V[j, t] = 0.0
            continue
        for i in range(m + 1):
            cov[i] = P[i, 0]
        for k in range(count):
            cov[active[k]] = P[0, active[k]]
        variance = P[0, 0]
        for k in range(count):
            at = active[k]
            behind = (t - 1 - (at - m - 1)) % lost + 1
            weight = delta[behind]
            if weight != 0.0:
                variance -= weight * P[0, at]
                for i in range(m + 1):
                    cov[i] -= weight * P[i, at]
                for i in range(count):
                    cov[active[i]] -= weight * P[active[i], at]
        for k in range(count):
            at = active[k]
            variance -= delta[(t - 1 - (at - m - 1)) % lost + 1] * cov[at]
        seen = missing[t] == 0
        if seen and not variance > 0.0:
            return SINGULAR
        for j in range(c):
            ahead = x[j, 0]
            for back in range(1, lost + 1):
                if delta[back] != 0.0:
                    ahead -= delta[back] * x[j, m + 1 + (t - back) % lost]
            V[j, t] = 0.0
            if seen:
                v = levels[j, t] - ahead
                V[j, t] = v
                gain = v / variance
                for i in range(m + 1):
                    x[j, i] += cov[i] * gain
                for k in range(count):
                    x[j, active[k]] += cov[active[k]] * gain
                ahead = levels[j, t]
            if lost > 0:
                x[j, slot] = ahead
        if seen:
            F[t] = variance
            for i in range(m + 1):
                share = cov[i] / variance
                for j in range(m + 1):
                    P[i, j] -= share * cov[j]
                for k in range(count):
                    P[i, active[k]] -= share * cov[active[k]]
                    P[active[k], i] = P[i, active[k]]
            for k in range(count):
                share = cov[active[k]] / variance
                for i in range(count):
                    P[active[k], active[i]] -= share * cov[active[i]]
        if lost > 0:
            kept = 0
            for k in range(count):
                if active[k] != slot:
                    active[kept] = active[k]
                    kept += 1
            count = kept
            if not seen:
                for i in range(m + 1):
                    P[slot, i] = cov[i]
                    P[i, slot] = cov[i]
                for k in range(count):
                    P[slot, active[k]] = cov[active[k]]
                    P[active[k], slot] = cov[active[k]]
                P[slot, slot] = variance
                active[count] = slot
                count += 1
        for j in range(c):
            top = x[j, 0]
            for i in range(m):
                x[j, i] = x[j, i + 1] + phi[i] * top
            x[j, m] = 0.0
        _propagate(P, phi, R, active, count)
    return OK


@kernel
def _columns_of_levels(
    y: FloatArray, X: FloatArray, lost: int, constant: int
) -> tuple[FloatArray, IntArray, IntArray, int]:
    """Levels (1 + g + k, n), first entries, missing (n) and the g gaps among the first ``lost`` rows."""
    n = y.shape[0]
    missing = np.zeros(n, np.int64)
    early = 0
    for t in range(n):
        if math.isnan(y[t]):
            missing[t] = 1
            if t < lost:
                early += 1
    levels = np.zeros((1 + early + constant + X.shape[1], n))
    at = 1
    for t in range(n):
        if missing[t] == 0:
            levels[0, t] = y[t]
        elif t < lost:
            levels[at, t] = 1.0
            at += 1
        if constant == 1:
            levels[1 + early, t] = 1.0 if lost == 0 else t + 1.0
        for j in range(X.shape[1]):
            levels[1 + early + constant + j, t] = X[t, j]
    return levels, np.zeros(levels.shape[0], np.int64), missing, early


@kernel
def arima_gap_innovations(y: FloatArray, X: FloatArray, order: IntArray, coef: FloatArray) -> GapInnovations:
    """One-step errors and likelihood of y (n, NaN = gap) with regressors X (n, k), both checked by ``arima_columns``.

    Coefficients of the constant and the regressors are at their maximum given coef (p+q+P+Q). Status: UNSTABLE,
    SINGULAR, TOO_SHORT as for ``concentrated_loglik``.
    """
    n = y.shape[0]
    phi, theta = arima_polynomials(coef, order)
    ar_lags, ma_lags = arima_lags(order)
    m = phi.shape[0]
    G = np.zeros(m)
    v = np.empty(n)
    for t in range(n):
        v[t] = math.nan
    F = np.zeros(n)
    numbers = np.zeros(2)
    counts = np.zeros(2, np.int64)
    numbers[0] = -np.inf
    variance, status = stationary_start(phi, theta, ar_lags, ma_lags, G)
    counts[0] = status
    if status != OK:
        return GapInnovations(v, F, numbers, counts)
    P0 = np.zeros((m + 1, m + 1))
    harvey_covariance(phi, theta, variance, G, P0)
    delta = differencing_lags(order)
    lost = delta.shape[0] - 1
    constant = order[7] if order[1] + order[4] <= 1 else 0
    levels, first, missing, early = _columns_of_levels(y, X, lost, constant)
    V = np.zeros((levels.shape[0], n))
    status = gap_filter(levels, missing, phi, theta, delta, P0, V, F)
    figures = 0
    log_f = 0.0
    weight = np.zeros(n)
    for t in range(n):
        if F[t] > 0.0:
            weight[t] = 1.0 / F[t]
            log_f += math.log(F[t])
            figures += 1
    left = np.zeros(n)
    if status == OK:
        beta = np.zeros(levels.shape[0] - 1)
        squares, log_det, unseen, _, status = generalised_least_squares(V, first, weight, early, beta, left)
        figures += unseen - early
        counts[1] = figures
        if status == OK and figures < 1:
            status = TOO_SHORT
        if status == OK and not (squares > 0.0 and math.isfinite(squares)):
            status = SINGULAR
        if status == OK:
            numbers[0] = -0.5 * (figures * (math.log(2.0 * math.pi * squares / figures) + 1.0) + log_f + log_det)
            numbers[1] = squares / figures
            for t in range(n):
                if F[t] > 0.0:
                    v[t] = left[t]
    counts[0] = status
    return GapInnovations(v, F, numbers, counts)
