"""Exact Gaussian likelihood of a seasonal ARIMA model with gaps and regressors, and its gradient.

It is the density of the differenced series (as R's arima and a state space model with simple differencing have it),
gaps integrated out under a flat measure, which is the exact diffuse likelihood of the levels; the shocks' variance
and the regressors' coefficients are at their maximum:
l = -1/2 [n (log 2 pi + log(S/n) + 1) + sum_t log F_t + log det(gaps)], n figures after differencing without gaps.

Source: Harvey & Phillips 1979, Biometrika 66; Gomez, Maravall & Pena 1999, J. Econometrics 88; Pearlman 1980.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.chandrasekhar import (
    chandrasekhar_adjoint,
    chandrasekhar_gains,
    chandrasekhar_innovations,
)
from forecast.kernels.arima.columns import ArimaColumns, arima_columns, arima_differences, arima_span
from forecast.kernels.arima.generalised import gap_covariance, generalised_least_squares
from forecast.kernels.arima.polynomials import arima_lags, arima_polynomials, arima_polynomials_adjoint, check_order
from forecast.kernels.arima.state_filter import arima_gap_innovations
from forecast.kernels.arima.stationary_start import stationary_start, stationary_start_adjoint
from forecast.kernels.arima.whole_series import moving_average_residue, whole_loglik
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

_MANY_GAPS = 20
"""Above so many, the state filter costs less than one column for each gap."""


class ArimaWork(NamedTuple):
    """Room for one evaluation after another.

    F (n), G (n, m), U (n, m+1), V (1 + c, n), weight (n) = 1/F, beta (c), left (n): innovations less the columns,
    a (m+1): state. L (c, c): Cholesky factor of the columns' cross products.
    ar_lags, ma_lags: where the multiplied-out polynomials may differ from zero.
    numbers (4): sum of squares, sum log F, log determinant of the gaps, log-likelihood.
    counts (3): last row of G in use, gaps that nothing tells of, figures that count.
    """

    F: FloatArray
    G: FloatArray
    U: FloatArray
    V: FloatArray
    weight: FloatArray
    beta: FloatArray
    left: FloatArray
    a: FloatArray
    L: FloatArray
    ar_lags: IntArray
    ma_lags: IntArray
    numbers: FloatArray
    counts: IntArray


@kernel
def arima_work(columns: ArimaColumns, order: IntArray) -> ArimaWork:
    """Room for the columns of one series under one order."""
    n = columns.counts[4]
    ar_lags, ma_lags = arima_lags(order)
    m = max(max(order[0] + order[6] * order[3], order[2] + order[6] * order[5]), 1)
    c = columns.W.shape[0] - 1
    return ArimaWork(
        np.ones(n),
        np.zeros((n, m)),
        np.zeros((n, m + 1)),
        np.zeros((1 + c, n)),
        np.ones(n),
        np.zeros(c),
        np.zeros(n),
        np.zeros(m + 1),
        np.zeros((c, c)),
        ar_lags,
        ma_lags,
        np.zeros(4),
        np.zeros(3, np.int64),
    )


@kernel
def concentrated_loglik(coef: FloatArray, order: IntArray, columns: ArimaColumns, work: ArimaWork) -> int:
    """Log-likelihood at the coefficients (p+q+P+Q): fills ``work``; the number is work.numbers[3].

    Status: UNSTABLE at a unit root of the autoregression, SINGULAR for collinear regressors or figures that leave
    nothing to explain, TOO_SHORT.
    """
    phi, theta = arima_polynomials(coef, order)
    work.numbers[3] = -np.inf
    n = columns.counts[4]
    variance, status = stationary_start(phi, theta, work.ar_lags, work.ma_lags, work.G[0])
    if status != OK:
        return status
    work.F[0] = variance
    steady, status = chandrasekhar_gains(phi, work.ar_lags, work.F, work.G, work.U)
    work.counts[0] = steady
    if status != OK:
        return status
    log_f = 0.0
    product = 1.0
    for t in range(n):
        work.weight[t] = 1.0 / work.F[t]
        product *= work.F[t]
        if product > 1e200 or product < 1e-200:
            log_f += math.log(product)
            product = 1.0
    log_f += math.log(product)
    for j in range(columns.W.shape[0]):
        chandrasekhar_innovations(
            columns.W[j], columns.first[j], phi, work.ar_lags, work.weight, work.G, steady, work.V[j], work.a
        )
    gaps = columns.counts[1]
    squares, log_det, unseen, L, status = generalised_least_squares(
        work.V, columns.first, work.weight, gaps, work.beta, work.left
    )
    for i in range(L.shape[0]):
        for j in range(i + 1):
            work.L[i, j] = L[i, j]
    if status != OK:
        return status
    figures = n - gaps + unseen
    work.counts[1], work.counts[2] = unseen, figures
    work.numbers[0], work.numbers[1], work.numbers[2] = squares, log_f, log_det
    if figures < 1:
        return TOO_SHORT
    if not squares > 0.0 or not math.isfinite(squares):
        return SINGULAR
    work.numbers[3] = -0.5 * (figures * (math.log(2.0 * math.pi * squares / figures) + 1.0) + log_f + log_det)
    return OK


@kernel
def _take_off(a: FloatArray, scale: float, b: FloatArray, low: int) -> None:
    """a_t <- a_t - scale b_t from ``low``."""
    to, what = a[low:], b[low:]
    for t in range(to.shape[0]):
        to[t] -= scale * what[t]


@kernel
def concentrated_gradient(coef: FloatArray, order: IntArray, columns: ArimaColumns, work: ArimaWork) -> FloatArray:
    """Derivative (p+q+P+Q) of the log-likelihood by the coefficients where ``concentrated_loglik`` has just been.

    The reverse sweep runs over the residual of the regression (its coefficients are at their maximum, so they need
    no derivative) and over the column of each gap.
    """
    phi, theta = arima_polynomials(coef, order)
    n, m = work.G.shape
    gaps = columns.counts[1]
    W = np.zeros((1 + gaps, n))
    V = np.zeros((1 + gaps, n))
    V_bar = np.zeros((1 + gaps, n))
    F_bars = np.empty(n)
    first = columns.first[: 1 + gaps].copy()
    first[0] = 0
    scale = -work.counts[2] / work.numbers[0]
    for t in range(n):
        W[0, t] = columns.W[0, t]
        V[0, t] = work.left[t]
        V_bar[0, t] = scale * work.left[t] * work.weight[t]
    for j in range(work.beta.shape[0]):
        _take_off(W[0], work.beta[j], columns.W[j + 1], columns.first[j + 1])
    if gaps > 0:
        inverse = gap_covariance(work.L, gaps)
        for j in range(gaps):
            for t in range(first[j + 1], n):
                W[j + 1, t] = columns.W[j + 1, t]
                V[j + 1, t] = work.V[j + 1, t]
            bar = V_bar[j + 1]
            for k in range(gaps):
                _take_off(bar, inverse[j, k], work.V[k + 1], columns.first[k + 1])
            for t in range(n):
                bar[t] *= work.weight[t]
    for t in range(n):
        total = work.weight[t]
        for j in range(1 + gaps):
            total += V_bar[j, t] * V[j, t] * work.weight[t]
        F_bars[t] = -0.5 * total
    phi_bar = np.zeros(m)
    theta_bar = np.zeros(m)
    G_bar = np.zeros(m)
    F_bar = chandrasekhar_adjoint(
        W, V, V_bar, first, phi, work.ar_lags, work.F, work.G, work.U, work.counts[0], F_bars, phi_bar, G_bar
    )
    stationary_start_adjoint(phi, theta, work.ar_lags, work.ma_lags, F_bar, G_bar, phi_bar, theta_bar)
    return arima_polynomials_adjoint(coef, order, phi_bar, theta_bar)


@kernel
def _whole_series(y: FloatArray, order: IntArray, coef: FloatArray) -> tuple[float, float, int]:
    """Log-likelihood of a series without gaps and columns, in one pass; the order is known to be good."""
    lost = order[1] + order[6] * order[4]
    figures = y.shape[0] - lost
    phi, theta = arima_polynomials(coef, order)
    ar_lags, ma_lags = arima_lags(order)
    G = np.zeros(phi.shape[0])
    variance, status = stationary_start(phi, theta, ar_lags, ma_lags, G)
    if status != OK:
        return -np.inf, 0.0, status
    z = moving_average_residue(arima_differences(y, order), lost, phi, ar_lags)
    squares, log_f = whole_loglik(z, phi, variance, G)
    if not (squares > 0.0 and math.isfinite(squares)):
        return -np.inf, 0.0, SINGULAR
    sigma2 = squares / figures
    return -0.5 * (figures * (math.log(2.0 * math.pi * sigma2) + 1.0) + log_f), sigma2, OK


@kernel
def arima_loglik(y: FloatArray, X: FloatArray, order: IntArray, coef: FloatArray) -> tuple[float, float, int]:
    """Log-likelihood, variance of the shocks and status of y (n, NaN = gap), X (n, k), order (8), coef (p+q+P+Q).

    Status: as for ``arima_fit``; OUT_OF_RANGE for another number of coefficients, UNSTABLE at a unit root of the
    autoregression.
    """
    status = check_order(order)
    if status == OK and coef.shape[0] != order[0] + order[2] + order[3] + order[5]:
        status = OUT_OF_RANGE
    for i in range(coef.shape[0]):
        if status == OK and not math.isfinite(coef[i]):
            status = NON_FINITE
    if status != OK:
        return -np.inf, 0.0, status
    low, high, gaps, finite = arima_span(y)
    if finite and gaps == 0 and X.shape[1] + order[7] == 0 and high - low > order[1] + order[6] * order[4]:
        return _whole_series(y[low:high], order, coef)
    figures = y
    if gaps > _MANY_GAPS:
        figures = np.empty(y.shape[0])
        for t in range(y.shape[0]):
            figures[t] = 0.0 if low <= t < high and math.isnan(y[t]) else y[t]
    columns = arima_columns(figures, X, order)
    status = columns.counts[0]
    if status != OK:
        return -np.inf, 0.0, status
    if gaps > _MANY_GAPS:
        found = arima_gap_innovations(y[low:high], X[low:high], order, coef)
        return found.numbers[0], found.numbers[1], found.counts[0]
    work = arima_work(columns, order)
    status = concentrated_loglik(coef, order, columns, work)
    if status != OK:
        return -np.inf, 0.0, status
    return work.numbers[3], work.numbers[0] / work.counts[2], OK
