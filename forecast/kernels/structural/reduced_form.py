"""Likelihood of the basic structural model without gaps: the differenced figures are a moving average.

With a slope, u_t = (1 - L)(1 - L^s) y_t = (1 - L^s) eta + S(L) zeta + (1 - L)^2 omega + (1 - L)(1 - L^s) epsilon with
S(L) = 1 + L + ... + L^{s-1}, a moving average of order s + 1; without, u_t = (1 - L^s) y_t = S(L) eta + (1 - L) omega
+ (1 - L^s) epsilon. Its autocovariances are linear in the variances. The differences have unit Jacobian and know
nothing of the start, so the exact diffuse likelihood is theirs times a constant: the d = s + slope first figures are
O alpha_1 plus shocks, and the flat density of alpha_1 leaves 1 / |det O| = s^{-1 - slope}.

The Cholesky factor of the banded Toeplitz covariance comes column by column from its displacement
T - Z T Z' = (x x' - y y') / F (the algorithm of Schur, Bareiss and Morf; in its state space form the Chandrasekhar
recursion): a column costs O(s), and k = y_1 / F is the next partial autocorrelation.

Source: Harvey 1989, s2.4 (reduced forms); Morf, Sidhu & Kailath 1974, "Some new algorithms for recursive estimation in
constant, linear, discrete-time systems"; Kailath & Sayed 1995, "Displacement structure: theory and applications", s1.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import NON_FINITE, OK, SINGULAR, TOO_SHORT
from forecast.kernels.structural.ring import structural_check

_LOG_2_PI = math.log(2.0 * math.pi)
_LEAST = 1e-150
_HIGH = 1e100
_LOW = 1e-100


@kernel
def structural_basis(period: int, slope: int) -> FloatArray:
    """Autocovariances (s + slope + 1, 4) of the differenced figures at lags 0, 1, ... for unit variances.

    Columns: irregular, level, slope, season, as the variances; without a slope its column is zero.
    """
    s = period
    lags = np.zeros((s + slope + 1, 4))
    if slope == 1:
        lags[0, 0] = 4.0
        lags[1, 0] = -2.0
        lags[s - 1, 0] += 1.0 if s > 1 else 2.0
        lags[s, 0] -= 2.0
        lags[s + 1, 0] += 1.0
        lags[0, 1] = 2.0
        lags[s, 1] = -1.0
    else:
        lags[0, 0] = 2.0
        lags[s, 0] = -1.0
    for k in range(s):
        lags[k, 1 + slope] = float(s - k)
    if s > 1 and slope == 1:
        lags[0, 3] = 6.0
        lags[1, 3] = -4.0
        lags[2, 3] = 1.0
    elif s > 1:
        lags[0, 3] = 2.0
        lags[1, 3] = -1.0
    return lags


@kernel
def structural_differenced(y: FloatArray, period: int, slope: int) -> FloatArray:
    """(1 - L)(1 - L^s) y with a slope, (1 - L^s) y without, then s + slope zeros; (n) for y (n) without gaps."""
    n, s = y.shape[0], period
    u = np.zeros(n)
    for t in range(n - s - slope):
        if slope == 1:
            u[t] = (y[t + s + 1] - y[t + 1]) - (y[t + s] - y[t])
        else:
            u[t] = y[t + s] - y[t]
    return u


@kernel
def structural_stretch(y: FloatArray) -> tuple[int, int]:
    """First month and the month after the last of the figures ``y`` (n), if none between is a gap; else (0, 0).

    Gaps before the first figure and after the last say nothing, so such figures are as good as gapless.
    """
    first, end = 0, y.shape[0]
    while first < end and math.isnan(y[first]):
        first += 1
    while end > first and math.isnan(y[end - 1]):
        end -= 1
    for t in range(first, end):
        if math.isnan(y[t]):
            return 0, 0
    return first, end


@kernel
def structural_constant(figures: int, period: int, slope: int) -> float:
    """Exact diffuse log-likelihood less -(sum log F + sum v^2 / F) / 2 of the differenced figures."""
    return -0.5 * figures * _LOG_2_PI - (1.0 + slope) * math.log(float(period))


@kernel
def structural_toeplitz_sums(
    w: FloatArray, N: int, basis: FloatArray, variances: FloatArray
) -> tuple[float, float, int]:
    """Sum of log F, sum of v^2 / F and status of N differenced figures with autocovariances basis @ variances.

    w (N + q): the figures, then q zeros; overwritten. basis (q + 1, 4): as ``structural_basis``.
    """
    q = basis.shape[0] - 1
    x = np.zeros(q + 2)
    g = np.zeros(q + 2)
    for k in range(q + 1):
        for p in range(4):
            x[k] += basis[k, p] * variances[p]
        if k > 0:
            g[k - 1] = x[k]
    log_F, product, squares = 0.0, 1.0, 0.0
    t = 0
    # Two columns a pass, so that each entry is fetched and stored once for both.
    while t + 1 < N:
        F0 = x[0]
        gain0 = g[0] / F0
        e0 = w[t] / F0
        F1 = F0 - gain0 * g[0]
        if not (F0 > _LEAST and F1 > _LEAST):
            return np.nan, np.nan, SINGULAR
        inverse = 1.0 / F1
        next_w = w[t + 1] - e0 * x[1]
        e1 = next_w * inverse
        squares += w[t] * e0 + next_w * e1
        product *= F0
        product *= F1
        if product > _HIGH or product < _LOW:
            log_F += math.log(product)
            product = 1.0
        next_g = g[1] - gain0 * x[1]
        gain1 = next_g * inverse
        x[0] = F1 - gain1 * next_g
        for k in range(q):
            middle_x = x[k + 1] - gain0 * g[k + 1]
            middle_g = g[k + 2] - gain0 * x[k + 2]
            w[t + 2 + k] -= e0 * x[k + 2] + e1 * middle_x
            x[k + 1] = middle_x - gain1 * middle_g
            g[k] = middle_g - gain1 * middle_x
        t += 2
    if t < N:
        if not x[0] > _LEAST:
            return np.nan, np.nan, SINGULAR
        squares += w[t] * w[t] / x[0]
        log_F += math.log(x[0])
    log_F += math.log(product)
    return log_F, squares, (OK if math.isfinite(log_F) and math.isfinite(squares) else NON_FINITE)


@kernel
def structural_reduced_loglik(y: FloatArray, period: int, slope: int, variances: FloatArray) -> tuple[float, int]:
    """Exact diffuse log-likelihood of ``y`` (n) without gaps inside, and a status; as ``structural_ring_loglik``.

    Figures with a gap between them have status TOO_SHORT here: they need the filter.
    """
    status = structural_check(y, period, slope, variances)
    if status != OK:
        return np.nan, status
    first, end = structural_stretch(y)
    if end - first <= period + slope:
        return np.nan, TOO_SHORT
    basis = structural_basis(period, slope)
    w = structural_differenced(y[first:end], period, slope)
    log_F, squares, status = structural_toeplitz_sums(w, end - first - period - slope, basis, variances)
    if status != OK:
        return np.nan, status
    value = structural_constant(end - first, period, slope) - 0.5 * (log_F + squares)
    return value, (OK if math.isfinite(value) else NON_FINITE)
