"""Conditional sum of squares of a seasonal ARIMA model, and its gradient: the start of a search for the maximum.

e_t = w_t - sum phi_j w_{t-j} - sum theta_j e_{t-j} from the first t with all its autoregressive lags, shocks before it
zero. Gaps and regressors are least-squares columns, as in the exact likelihood.

Source: Box & Jenkins 1976, "Time Series Analysis", s7.1.2; Brockwell & Davis 1991, s8.7.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.columns import ArimaColumns
from forecast.kernels.arima.generalised import generalised_least_squares
from forecast.kernels.arima.likelihood import ArimaWork
from forecast.kernels.arima.polynomials import arima_polynomials, arima_polynomials_adjoint
from forecast.kernels.status import OK, SINGULAR, TOO_SHORT


@kernel
def _residuals(
    w: FloatArray, low: int, phi: FloatArray, theta: FloatArray, ar_lags: IntArray, ma_lags: IntArray, e: FloatArray
) -> None:
    n = w.shape[0]
    for t in range(min(low, n)):
        e[t] = 0.0
    p = ar_lags.shape[0]
    q = ma_lags.shape[0]
    for t in range(low, n):
        total = w[t]
        for i in range(p):
            lag = ar_lags[i]
            if lag > t:
                break
            total -= phi[lag - 1] * w[t - lag]
        # The longest lag first: the shock just found is waited for last.
        for i in range(q):
            lag = ma_lags[q - 1 - i]
            if lag <= t - low:
                total -= theta[lag - 1] * e[t - lag]
        e[t] = total


@kernel
def _lagged_product(a: FloatArray, b: FloatArray, low: int, lag: int) -> float:
    """Minus the sum of a_t b_{t-lag} from ``low``; four running sums, so that additions do not wait for each other."""
    n = a.shape[0]
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    whole = low + max(n - low, 0) // 4 * 4
    for t in range(low, whole, 4):
        s0 -= a[t] * b[t - lag]
        s1 -= a[t + 1] * b[t + 1 - lag]
        s2 -= a[t + 2] * b[t + 2 - lag]
        s3 -= a[t + 3] * b[t + 3 - lag]
    for t in range(whole, n):
        s0 -= a[t] * b[t - lag]
    return (s0 + s1) + (s2 + s3)


@kernel
def conditional_sum(coef: FloatArray, order: IntArray, columns: ArimaColumns, work: ArimaWork) -> int:
    """Fill ``work`` with the conditional residuals and their Gaussian log-likelihood (work.numbers[3]).

    l = -n/2 (log(2 pi S/n) + 1), n the residuals less the gaps. Status: TOO_SHORT without a residual to spare,
    SINGULAR for collinear regressors or nothing to explain.
    """
    phi, theta = arima_polynomials(coef, order)
    work.numbers[3] = -np.inf
    n = columns.counts[4]
    gaps = columns.counts[1]
    lost = order[0] + order[6] * order[3]
    if n - lost - gaps < 1:
        return TOO_SHORT
    for j in range(columns.W.shape[0]):
        low = max(lost, columns.first[j])
        _residuals(columns.W[j], low, phi, theta, work.ar_lags, work.ma_lags, work.V[j])
    for t in range(n):
        work.weight[t] = 1.0
    squares, _, unseen, _, status = generalised_least_squares(
        work.V, columns.first, work.weight, gaps, work.beta, work.left
    )
    if status != OK:
        return status
    figures = n - lost - gaps + unseen
    work.counts[1], work.counts[2] = unseen, figures
    work.numbers[0] = squares
    if not squares > 0.0 or not math.isfinite(squares):
        return SINGULAR
    work.numbers[3] = -0.5 * figures * (math.log(2.0 * math.pi * squares / figures) + 1.0)
    return OK


@kernel
def conditional_sum_gradient(coef: FloatArray, order: IntArray, columns: ArimaColumns, work: ArimaWork) -> FloatArray:
    """Derivative (p+q+P+Q) of the conditional log-likelihood where ``conditional_sum`` has just been."""
    phi, theta = arima_polynomials(coef, order)
    n = columns.counts[4]
    m = phi.shape[0]
    lost = order[0] + order[6] * order[3]
    w = columns.W[0].copy()
    for j in range(work.beta.shape[0]):
        for t in range(columns.first[j + 1], n):
            w[t] -= work.beta[j] * columns.W[j + 1, t]
    e = work.left
    e_bar = np.zeros(n)
    ma_lags = work.ma_lags
    q = ma_lags.shape[0]
    scale = -work.counts[2] / work.numbers[0]
    phi_bar = np.zeros(m)
    theta_bar = np.zeros(m)
    for t in range(n - 1, lost - 1, -1):
        total = scale * e[t]
        for i in range(q):
            lag = ma_lags[q - 1 - i]
            if lag < n - t:
                total -= theta[lag - 1] * e_bar[t + lag]
        e_bar[t] = total
    for lag in work.ma_lags:
        theta_bar[lag - 1] = _lagged_product(e_bar, e, lost + lag, lag)
    for lag in work.ar_lags:
        phi_bar[lag - 1] = _lagged_product(e_bar, w, lost, lag)
    return arima_polynomials_adjoint(coef, order, phi_bar, theta_bar)
