"""Estimation of a seasonal ARIMA model: conditional sum of squares, exact maximum likelihood, or one after the other.

Each of g gaps is a column of its own, so an evaluation costs n g^2 operations: of 300 months with 10, 50, 100 and 150
gaps a fit takes some 3, 30, 40 and 140 ms.

Source: Box & Jenkins 1976, "Time Series Analysis", ch. 7; Hurvich & Tsai 1989, Biometrika 76 (AICc).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.arima.columns import arima_columns
from forecast.kernels.arima.conditional_sum import conditional_sum, conditional_sum_gradient
from forecast.kernels.arima.likelihood import arima_work, concentrated_gradient, concentrated_loglik
from forecast.kernels.arima.polynomials import (
    arima_coefficients,
    arima_coefficients_adjoint,
    arima_inverse_roots,
    arima_unknowns,
    check_order,
)
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.status import NON_FINITE, NOT_CONVERGED, OK, OUT_OF_RANGE, TOO_SHORT

CSS_ML = 0
CSS = 1
ML = 2

_TOLERANCE = 1e-6
_ROUGH_TOLERANCE = 3e-3
_ITERATIONS = 100
_LONGEST = 1.0
_NEAR_EDGE = 0.95
_START_EDGE = 0.9

_CONDITIONAL, _EXACT, _ELSEWHERE, _LAST = 0, 1, 2, 3
"""Stages: conditional search, exact search from there, exact search from zero, evaluation at the best point."""


class ArimaFit(NamedTuple):
    """What an estimation found.

    coef (p+q+P+Q): phi, theta, Phi, Theta, with phi(L) = 1 - phi_1 L - ... and theta(L) = 1 + theta_1 L + ....
    beta: mean or drift, if any, then the regressors. numbers (7): log-likelihood, variance of the shocks (S/n), AIC,
    AICc, BIC, largest inverse root of the autoregressive and of the moving-average polynomial. counts (4): status,
    iterations, figures that count, parameters (coefficients, beta and the variance).
    """

    coef: FloatArray
    beta: FloatArray
    numbers: FloatArray
    counts: IntArray


@kernel
def _set_identity(matrix: FloatArray) -> None:
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[0]):
            matrix[i, j] = 1.0 if i == j else 0.0


@kernel
def _near_edge(x: FloatArray, order: IntArray) -> bool:
    """Whether a partial autocorrelation is so near one that another maximum is worth a look."""
    for i in range(x.shape[0]):
        moving = order[0] <= i < order[0] + order[2] or i >= order[0] + order[2] + order[3]
        if abs(math.sin(x[i]) if moving else x[i] / math.sqrt(1.0 + x[i] * x[i])) > _NEAR_EDGE:
            return True
    return False


@kernel
def _failed(size: int, betas: int, status: int) -> ArimaFit:
    return ArimaFit(np.zeros(size), np.zeros(betas), np.zeros(7), np.array([status, 0, 0, size + betas + 1]))


@kernel
def _rest_of(beta: FloatArray, gaps: int) -> FloatArray:
    rest = np.empty(beta.shape[0] - gaps)
    for i in range(rest.shape[0]):
        rest[i] = beta[gaps + i]
    return rest


@kernel
def arima_fit(y: FloatArray, X: FloatArray, order: IntArray, method: int) -> ArimaFit:
    """Estimate a seasonal ARIMA model with regressors.

    y (n): NaN is a gap. X (n, k): k may be 0. order (8): p, d, q, P, D, Q, s, constant (0 or 1).
    method: 0 conditional sum of squares, then exact likelihood; 1 conditional sum only (its own Gaussian
    log-likelihood is reported, of the figures that it conditions on); 2 exact likelihood from zero.
    Status: OK; NOT_CONVERGED (the best found is reported); OUT_OF_RANGE (order, method or shapes); NON_FINITE;
    TOO_SHORT (not more figures than parameters); SINGULAR (collinear regressors, or nothing left to explain, as in a
    constant series). With any but the first two, coefficients and numbers are zero.
    """
    columns = arima_columns(y, X, order)
    status = columns.counts[0]
    if method < CSS_ML or method > ML:
        status = OUT_OF_RANGE
    size = order[0] + order[2] + order[3] + order[5] if status != OUT_OF_RANGE else 0
    betas = X.shape[1] + (order[7] if order[1] + order[4] <= 1 else 0) if status != OUT_OF_RANGE else 0
    if status == OK and columns.counts[4] - columns.counts[1] <= size + betas + 1:
        status = TOO_SHORT
    if status == OK and method == CSS:
        lost = order[0] + order[6] * order[3]
        if columns.counts[4] - columns.counts[1] - lost <= size + betas + 1:
            status = TOO_SHORT
    if status != OK:
        return _failed(size, betas, status)
    work = arima_work(columns, order)
    x, inverse = np.zeros(size), np.zeros((size, size))
    _set_identity(inverse)
    best, lowest = x, np.inf
    searched, iterations = OK, 0
    # The searches, the last look at the figures included, pass one place in the code: compiling dominates there.
    stage = _LAST if size == 0 else (_EXACT if method == ML else _CONDITIONAL)
    while True:
        exact = method != CSS if stage == _LAST else stage != _CONDITIONAL
        tolerance = _ROUGH_TOLERANCE if method == CSS_ML and stage == _CONDITIONAL else _TOLERANCE
        search = begin(x, tolerance, _ITERATIONS, _LONGEST)
        # One iteration counts as done, so that the search takes the inverse as it finds it.
        search.counts[0] = 1
        for i in range(size):
            for j in range(size):
                search.inverse[i, j] = inverse[i, j]
        while True:
            coef = arima_coefficients(search.x, order)
            coef_bar = coef
            if exact:
                status = concentrated_loglik(coef, order, columns, work)
                if status == OK and stage != _LAST:
                    coef_bar = concentrated_gradient(coef, order, columns, work)
            else:
                status = conditional_sum(coef, order, columns, work)
                if status == OK and stage != _LAST:
                    coef_bar = conditional_sum_gradient(coef, order, columns, work)
            if stage == _LAST:
                break
            f = np.inf
            if status == OK:
                f = -work.numbers[3] / work.counts[2]
                x_bar = arima_coefficients_adjoint(search.x, order, coef_bar)
                for i in range(size):
                    search.g[i] = -x_bar[i] / work.counts[2]
            if advance(search, f) != EVALUATE:
                break
        if stage == _LAST:
            break
        iterations += search.counts[0] - 1
        ended, found, low = search.counts[2], search.best, search.value[0]
        if stage != _ELSEWHERE or low < lowest or (searched == NON_FINITE and ended != NON_FINITE):
            best, lowest, searched = found, low, ended
        if stage == _CONDITIONAL and method == CSS_ML:
            stage = _EXACT
            x = arima_unknowns(arima_coefficients(best, order), order, _START_EDGE)
            # What the conditional search has learned of the curvature serves the exact one.
            for i in range(size):
                for j in range(size):
                    inverse[i, j] = search.inverse[i, j]
        elif stage == _EXACT and method == CSS_ML and (searched != OK or _near_edge(best, order)):
            stage = _ELSEWHERE
            x = np.zeros(size)
            _set_identity(inverse)
        else:
            stage = _LAST
            x = best
    coef = arima_coefficients(best, order)
    if status != OK:
        return _failed(size, betas, status)
    figures, parameters = work.counts[2], size + betas + 1
    ar_root, ma_root = arima_inverse_roots(coef, order)
    loglik = work.numbers[3]
    aic = -2.0 * loglik + 2.0 * parameters
    spare = figures - parameters - 1
    aicc = aic + 2.0 * parameters * (parameters + 1.0) / spare if spare > 0 else np.inf
    bic = -2.0 * loglik + parameters * math.log(float(figures))
    numbers = np.array([loglik, work.numbers[0] / figures, aic, aicc, bic, ar_root, ma_root])
    status = OK if searched == OK else NOT_CONVERGED
    counts = np.array([status, iterations, figures, parameters])
    return ArimaFit(coef, _rest_of(work.beta, columns.counts[1]), numbers, counts)


def _fit_rows(first: int, last: int, Y: FloatArray, order: IntArray, method: int, fits: ArimaFit) -> None:
    """Interpreted: a fit takes some hundred times as long as calling it, and a loop would compile all of it again."""
    none = np.zeros((Y.shape[1], 0))
    for i in range(first, last):
        found = arima_fit(Y[i], none, order, method)
        for rows, row in zip(fits, found, strict=True):
            rows[i, : len(row)] = row


def arima_fit_many(Y: FloatArray, order: IntArray, method: int) -> ArimaFit:
    """Estimate the same order on many series (N, n), padded with NaN at either end where they are shorter.

    Returns coef (N, p+q+P+Q), beta (N, constant), numbers (N, 7), counts (N, 4), each row as ``arima_fit`` gives it.
    """
    count = len(Y)
    size, betas = 0, 0
    if check_order(order) == OK:
        size = int(order[0] + order[2] + order[3] + order[5])
        betas = 1 if order[7] == 1 and order[1] + order[4] <= 1 else 0
    counts = np.zeros((count, 4), np.int64)
    fits = ArimaFit(np.zeros((count, size)), np.zeros((count, betas)), np.zeros((count, 7)), counts)
    spread(_fit_rows, count, Y, order, method, fits)
    return fits
