"""Rows of a vector autoregression, their moments, and least squares with its Gaussian likelihood.

Row t of X is (deterministic terms of month t, y_{t-1}', .., y_{t-p}'); coefficients B (k, n) stand in the same order,
k = m + n p. A month of a crisis may be scaled: its row of y and of x is divided by s_t, its error covariance is
s_t^2 Sigma, and the likelihood of y carries the Jacobian -n sum log s_t (Lenza & Primiceri 2022, equation 3).

Source: Lutkepohl 2005, "New introduction to multiple time series analysis", sections 3.2 and 3.4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._cholesky import add_gram, log_determinant, solve_transposed, solve_upper, upper_factor
from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT


class VarMoments(NamedTuple):
    """All that a conjugate posterior needs of the data.

    With errors R = Y - X b of the prior mean b (own first lag ``own``, all else 0), so that levels do not cancel:
    XX (k, k), XR (k, n), RR (n, n), whole; own (n); start (n): mean of the p months before the first row, terms (m):
    the deterministic terms' mean there; rows: number of rows T; jacobian: -n sum log s_t; lags: p; status.
    """

    XX: FloatArray
    XR: FloatArray
    RR: FloatArray
    own: FloatArray
    start: FloatArray
    terms: FloatArray
    rows: int
    jacobian: float
    lags: int
    status: int


class LeastSquares(NamedTuple):
    """Coefficients B (k, n), residual covariance with divisor T (n, n), log-likelihood there, status."""

    B: FloatArray
    S: FloatArray
    loglik: float
    status: int


@kernel
def var_rows(y: FloatArray, terms: FloatArray, scale: FloatArray, p: int, X: FloatArray, Y: FloatArray) -> None:
    """Write rows X (T, k) and Y (T, n) of y (T + p, n), terms (T + p, m), each divided by its month's scale (T + p)."""
    T, n = Y.shape
    m = terms.shape[1]
    for t in range(T):
        f = 1.0 / scale[t + p]
        for i in range(n):
            Y[t, i] = f * y[t + p, i]
        for i in range(m):
            X[t, i] = f * terms[t + p, i]
        for j in range(p):
            for i in range(n):
                X[t, m + j * n + i] = f * y[t + p - 1 - j, i]


@kernel
def var_moments(y: FloatArray, terms: FloatArray, scale: FloatArray, own: FloatArray, p: int) -> VarMoments:
    """Moments of the rows of y (T + p, n) with deterministic terms (T + p, m) and scales (T + p; 1: ordinary month).

    own (n): prior mean of each variable's own first lag: 1 for levels that wander, 0 for growth rates.

    OUT_OF_RANGE for sizes that do not fit, fewer than one lag or a scale that is not positive; TOO_SHORT for no row.
    """
    months, n = y.shape
    m = terms.shape[1]
    k = m + n * max(p, 0)
    XX, XR, RR = np.zeros((k, k)), np.zeros((k, n)), np.zeros((n, n))
    start, mean_terms = np.zeros(n), np.zeros(m)
    T = max(months - p, 0)
    status = OK
    if p < 1 or n < 1 or terms.shape[0] != months or scale.shape[0] != months or own.shape[0] != n:
        status = OUT_OF_RANGE
    elif months <= p:
        status = TOO_SHORT
    else:
        for i in range(n):
            if not math.isfinite(own[i]):
                status = NON_FINITE
        for t in range(months):
            finite = math.isfinite(scale[t])
            for i in range(n):
                finite = finite and math.isfinite(y[t, i])
            for i in range(m):
                finite = finite and math.isfinite(terms[t, i])
            if not finite:
                status = NON_FINITE
            elif not scale[t] > 0.0 and status == OK:
                status = OUT_OF_RANGE
    jacobian = 0.0
    if status == OK:
        X, Y, ones = np.empty((T, k)), np.empty((T, n)), np.ones(T)
        var_rows(y, terms, scale, p, X, Y)
        for t in range(T):
            for i in range(n):
                Y[t, i] -= own[i] * X[t, m + i]
        add_gram(X, ones, XX)
        add_gram(Y, ones, RR)
        add_cross(X, ones, Y, XR)
        _mirror(XX)
        _mirror(RR)
        for t in range(p):
            for i in range(n):
                start[i] += y[t, i] / p
            for i in range(m):
                mean_terms[i] += terms[t, i] / p
        for t in range(p, months):
            jacobian -= n * math.log(scale[t])
    return VarMoments(XX, XR, RR, own, start, mean_terms, T, jacobian, p, status)


@kernel
def add_cross(X: FloatArray, w: FloatArray, Y: FloatArray, out: FloatArray) -> None:
    """Add sum_t w_t x_t y_t' to out (k, n); rows of X (T, k) and Y (T, n), weights w (T)."""
    for t in range(X.shape[0]):
        for i in range(X.shape[1]):
            f = w[t] * X[t, i]
            for j in range(Y.shape[1]):
                out[i, j] += f * Y[t, j]


@kernel
def _mirror(G: FloatArray) -> None:
    for i in range(G.shape[0]):
        for j in range(i):
            G[i, j] = G[j, i]


@kernel
def var_least_squares(data: VarMoments) -> LeastSquares:
    """Least squares = maximum likelihood of the coefficients, with the Gaussian log-likelihood at its maximum.

    loglik = -T n / 2 (1 + log 2 pi) - T / 2 log |S|, plus the Jacobian of scaled months. TOO_SHORT below k + n rows.
    """
    k, n = data.XR.shape
    m = k - n * data.lags
    B, S, U = np.zeros((k, n)), np.zeros((n, n)), np.zeros((k, k))
    if data.status != OK:
        return LeastSquares(B, S, 0.0, data.status)
    if data.rows < k + n:
        return LeastSquares(B, S, 0.0, TOO_SHORT)
    if upper_factor(data.XX, U) != OK:
        return LeastSquares(B, S, 0.0, SINGULAR)
    Z = np.empty((n, k))
    for i in range(n):
        for x in range(k):
            Z[i, x] = data.XR[x, i]
    solve_transposed(U, Z)
    for i in range(n):
        for j in range(n):
            S[i, j] = data.RR[i, j]
            for x in range(k):
                S[i, j] -= Z[i, x] * Z[j, x]
            S[i, j] /= data.rows
    solve_upper(U, Z)
    for i in range(n):
        for x in range(k):
            B[x, i] = Z[i, x]
        B[m + i, i] += data.own[i]
    V = np.zeros((n, n))
    if upper_factor(S, V) != OK:
        return LeastSquares(B, S, 0.0, SINGULAR)
    loglik = -0.5 * data.rows * (n * (1.0 + math.log(2.0 * math.pi)) + log_determinant(V)) + data.jacobian
    return LeastSquares(B, S, loglik, OK)
