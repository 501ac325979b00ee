"""Forecasts of a seasonal ARIMA model: mean, exact variance, residuals, and paths conditional on the figures.

The future is written in its own one-step errors: w_{T+h} = state share + sum_i r_{h-i} v_{T+i}, with the gains of the
Chandrasekhar recursion carried on beyond the sample, so the variance is exact also where the filter is not yet
steady. Gaps add what is not known of them.

Source: Box & Jenkins 1976, "Time Series Analysis", ch. 5; Durbin & Koopman 2012, s4.11.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.chandrasekhar import chandrasekhar_gains, chandrasekhar_innovations
from forecast.kernels.arima.columns import arima_columns
from forecast.kernels.arima.generalised import generalised_least_squares
from forecast.kernels.arima.polynomials import arima_lags, arima_polynomials, differencing_lags
from forecast.kernels.arima.state_filter import arima_gap_innovations
from forecast.kernels.arima.stationary_start import stationary_start
from forecast.kernels.random import fill_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT


class ArimaAhead(NamedTuple):
    """Law of the next h figures given those seen and the coefficients.

    mean, variance (h). root (h, h), gap_root (h, g): the figures are mean + root z + gap_root u with independent
    N(0, 1) z (h) and u (g). filled (n): y with its gaps at their expectation (leading gaps stay). residuals (n):
    one-step errors, NaN at gaps and where the differences start. numbers (2): log-likelihood, variance of the shocks.
    counts (4): status, gaps, first row of y used, one after the last.
    """

    mean: FloatArray
    variance: FloatArray
    root: FloatArray
    gap_root: FloatArray
    filled: FloatArray
    residuals: FloatArray
    numbers: FloatArray
    counts: IntArray


@kernel
def psi_weights(coef: FloatArray, order: IntArray, count: int) -> FloatArray:
    """psi_0 .. psi_{count-1} of theta(L)Theta(L^s) / [phi(L)Phi(L^s)(1-L)^d(1-L^s)^D]."""
    phi, theta = arima_polynomials(coef, order)
    delta = differencing_lags(order)
    m = phi.shape[0]
    w = np.zeros(count)
    psi = np.zeros(count)
    for k in range(count):
        total = 1.0 if k == 0 else 0.0
        if 0 < k <= m:
            total += theta[k - 1]
        for j in range(min(k, m)):
            total += phi[j] * w[k - 1 - j]
        w[k] = total
        for j in range(1, min(k, delta.shape[0] - 1) + 1):
            total -= delta[j] * psi[k - j]
        psi[k] = total
    return psi


@kernel
def _run_on(a: FloatArray, phi: FloatArray, delta: FloatArray, past: FloatArray, out: FloatArray) -> None:
    """Levels (h) that follow the levels ``past`` when no further error comes and the state is ``a`` (m+1), used up."""
    m = phi.shape[0]
    n = past.shape[0]
    for h in range(out.shape[0]):
        first = a[0]
        total = first
        for j in range(1, delta.shape[0]):
            if delta[j] != 0.0:
                at = h - j
                total -= delta[j] * (out[at] if at >= 0 else past[n + at])
        out[h] = total
        for i in range(m):
            a[i] = a[i + 1] + phi[i] * first


@kernel
def _no_forecast(n: int, h: int, status: int) -> ArimaAhead:
    return ArimaAhead(
        np.zeros(h),
        np.zeros(h),
        np.zeros((h, h)),
        np.zeros((h, 0)),
        np.zeros(n),
        np.zeros(n),
        np.zeros(2),
        np.array([status, 0, 0, 0]),
    )


@kernel
def _less_regression(
    y: FloatArray, X: FloatArray, order: IntArray, beta: FloatArray, before: float, sign: float
) -> FloatArray:
    """Return y plus sign times the regression on the constant and X.

    The constant is 1 or, for a drift, the row's number, ``before`` rows lying before the first.
    """
    constant = order[7] if order[1] + order[4] <= 1 else 0
    out = np.empty(y.shape[0])
    for t in range(y.shape[0]):
        total = 0.0
        if constant == 1:
            total += beta[0] * (1.0 if order[1] + order[4] == 0 else before + t + 1.0)
        for j in range(X.shape[1]):
            total += beta[constant + j] * X[t, j]
        out[t] = y[t] + sign * total
    return out


@kernel
def _law(
    y: FloatArray,
    X: FloatArray,
    X_ahead: FloatArray,
    order: IntArray,
    coef: FloatArray,
    beta: FloatArray,
    sigma2: float,
) -> ArimaAhead:
    """``arima_forecast`` but for the residuals of a series with gaps, which stay NaN."""
    n, h, k = y.shape[0], X_ahead.shape[0], X.shape[1]
    known = np.zeros((n, 0))
    plain = order.copy()
    if order.shape[0] == 8:
        plain[7] = 0
    shape_check = arima_columns(y, X, order)
    status = shape_check.counts[0]
    if status == OK:
        constant = order[7] if order[1] + order[4] <= 1 else 0
        wrong = coef.shape[0] != order[0] + order[2] + order[3] + order[5] or beta.shape[0] != constant + k
        if wrong or X_ahead.shape[1] != k or X.shape[0] != n or h < 1:
            status = OUT_OF_RANGE
        finite = math.isfinite(sigma2)
        for i in range(coef.shape[0]):
            finite = finite and math.isfinite(coef[i])
        for i in range(beta.shape[0]):
            finite = finite and math.isfinite(beta[i])
        for t in range(h):
            for j in range(X_ahead.shape[1]):
                finite = finite and math.isfinite(X_ahead[t, j])
        if status == OK and not finite:
            status = NON_FINITE
    if status != OK:
        return _no_forecast(n, h, status)
    no_rows, minus, plus = 0.0, -1.0, 1.0
    rest = _less_regression(y, X, order, beta, no_rows, minus)
    columns = arima_columns(rest, known, plain)
    low, high, rows, gaps = columns.counts[2], columns.counts[3], columns.counts[4], columns.counts[1]
    beyond = n - high + h
    phi, theta = arima_polynomials(coef, order)
    ar_lags, ma_lags = arima_lags(order)
    delta = differencing_lags(order)
    m = phi.shape[0]
    F = np.ones(rows + beyond)
    G = np.zeros((rows + beyond, m))
    U = np.zeros((rows + beyond, m + 1))
    F[0], status = stationary_start(phi, theta, ar_lags, ma_lags, G[0])
    steady = rows
    if status == OK:
        steady, status = chandrasekhar_gains(phi, ar_lags, F, G, U)
    if status != OK:
        return _no_forecast(n, h, status)
    V = np.zeros((1 + gaps, rows))
    ends = np.zeros((1 + gaps, m + 1))
    weight = np.zeros(rows)
    log_f = 0.0
    for t in range(rows):
        weight[t] = 1.0 / F[t]
        log_f += math.log(F[t])
    for j in range(1 + gaps):
        chandrasekhar_innovations(columns.W[j], columns.first[j], phi, ar_lags, weight, G, steady, V[j], ends[j])
    filler = np.zeros(gaps)
    left = np.zeros(rows)
    squares, log_det, unseen, L, _ = generalised_least_squares(V, columns.first, weight, gaps, filler, left)
    figures = rows - gaps + unseen
    if figures < 1:
        status = TOO_SHORT
    elif unseen > 0:
        status = SINGULAR
    elif not sigma2 > 0.0:
        sigma2 = squares / figures
        if not (sigma2 > 0.0 and math.isfinite(sigma2)):
            status = SINGULAR
    if status != OK:
        return _no_forecast(n, h, status)
    loglik = -0.5 * (figures * math.log(2.0 * math.pi * sigma2) + squares / sigma2 + log_f + log_det)

    past = rest[low:high].copy()
    for j in range(gaps):
        past[columns.gap_times[j] - low] = -filler[j]
        for i in range(m):
            ends[0, i] -= filler[j] * ends[1 + j, i]
    mean = np.zeros(beyond)
    _run_on(ends[0], phi, delta, past, mean)
    reach = np.zeros((gaps, beyond))
    for j in range(gaps):
        dummy = np.zeros(high - low)
        dummy[columns.gap_times[j] - low] = 1.0
        _run_on(ends[1 + j], phi, delta, dummy, reach[j])
    sigma = math.sqrt(sigma2)
    root = np.zeros((h, h))
    cut = beyond - h
    tail = np.zeros((h, cut + gaps))
    path = np.zeros(beyond)
    state = np.zeros(m + 1)
    one = np.zeros(delta.shape[0])
    one[-1] = 1.0
    for i in range(beyond):
        row = min(rows + i, steady)
        if i == 0 or rows + i <= steady:
            for j in range(m):
                state[j] = G[row, j] / F[rows + i]
            state[m] = 0.0
            one[-1] = 1.0
            _run_on(state, phi, delta, one, path[: beyond - i - 1])
        scale = sigma * math.sqrt(F[rows + i])
        for t in range(max(i, cut), beyond):
            value = scale * (1.0 if t == i else path[t - i - 1])
            if i >= cut:
                root[t - cut, i - cut] = value
            else:
                tail[t - cut, i] = value
    # Columns of reach L^-T: the gaps' covariance is (L L')^-1.
    for t in range(h):
        for i in range(gaps):
            total = reach[i, cut + t]
            for j in range(i):
                total -= L[i, j] * tail[t, cut + j] / sigma
            tail[t, cut + i] = sigma * total / L[i, i] if L[i, i] > 0.0 else 0.0
    variance = np.zeros(h)
    for t in range(h):
        for i in range(h):
            variance[t] += root[t, i] * root[t, i]
        for i in range(cut + gaps):
            variance[t] += tail[t, i] * tail[t, i]
    ahead = _less_regression(mean[cut:], X_ahead, order, beta, float(n), plus)
    filled = y.copy()
    back = _less_regression(np.zeros(n), X, order, beta, no_rows, plus)
    for j in range(gaps):
        at = columns.gap_times[j]
        filled[at] = back[at] - filler[j]
    for i in range(cut):
        filled[high + i] = back[high + i] + mean[i]
    residuals = np.empty(n)
    for t in range(n):
        at = t - (high - rows)
        residuals[t] = left[at] if gaps == 0 and 0 <= at < rows else math.nan
    numbers, counts = np.array([loglik, sigma2]), np.array([status, gaps, low, high])
    return ArimaAhead(ahead, variance, root, tail, filled, residuals, numbers, counts)


def arima_forecast(
    y: FloatArray,
    X: FloatArray,
    X_ahead: FloatArray,
    order: IntArray,
    coef: FloatArray,
    beta: FloatArray,
    sigma2: float,
) -> ArimaAhead:
    """Law of the h figures after y (n, NaN = gap) with regressors X (n, k), X_ahead (h, k).

    order (8), coef (p+q+P+Q), beta (constant, k): as ``arima_fit`` gives them. sigma2: variance of the shocks; zero or
    less asks for its maximum-likelihood value given coef and beta. The coefficients count as known.
    Status: as for ``arima_fit``; OUT_OF_RANGE when coef, beta or X_ahead have the wrong size; NON_FINITE when they
    are not finite; SINGULAR also when gaps leave a season without a single figure.
    """
    law = _law(y, X, X_ahead, order, coef, beta, sigma2)
    if law.counts[0] == OK and law.counts[1] > 0:
        first, last = law.counts[2], law.counts[3]
        plain = order.copy()
        plain[7] = 0
        rest = _less_regression(y, X, order, beta, 0.0, -1.0)[first:last]
        law.residuals[first:last] = arima_gap_innovations(rest, np.zeros((last - first, 0)), plain, coef).v
    return law


@kernel
def arima_paths_of_shocks(law: ArimaAhead, shocks: FloatArray) -> FloatArray:
    """Paths (N, h) of the law under the given N(0, 1) shocks (N, h + g): those of the months first, then the gaps'."""
    paths, h, g = shocks.shape[0], law.mean.shape[0], law.gap_root.shape[1]
    out = np.zeros((paths, h))
    for p in range(paths):
        for t in range(h):
            total = law.mean[t]
            for i in range(t + 1):
                total += law.root[t, i] * shocks[p, i]
            for i in range(g):
                total += law.gap_root[t, i] * shocks[p, h + i]
            out[p, t] = total
    return out


@kernel
def arima_paths(law: ArimaAhead, key: int, paths: int) -> FloatArray:
    """Paths (paths, h) of the law, path i from the counter-based numbers of (key, i)."""
    h, g = law.mean.shape[0], law.gap_root.shape[1]
    shocks = np.zeros((paths, h + g))
    for p in range(paths):
        fill_normals(key, p, shocks[p])
    return arima_paths_of_shocks(law, shocks)
