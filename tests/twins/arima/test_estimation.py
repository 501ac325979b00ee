"""Conditional sum of squares and estimation against plain loops, complex steps and scipy's search."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from forecast.kernels._threads import threads
from forecast.kernels.arima.columns import arima_columns
from forecast.kernels.arima.conditional_sum import conditional_sum, conditional_sum_gradient
from forecast.kernels.arima.fit import arima_fit, arima_fit_many
from forecast.kernels.arima.likelihood import arima_loglik, arima_work
from forecast.kernels.arima.polynomials import arima_coefficients, arima_inverse_roots
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NOT_CONVERGED, OK
from tests.twins.arima import dense
from tests.twins.arima.dense import Array


def conditional(y: Array, X: Array, order: Array, coef: Array) -> tuple[complex, Array]:
    """Log-likelihood of the conditional residuals and the coefficients of gaps and regressors, by least squares."""
    gap = np.isnan(y)
    levels = np.column_stack([np.where(gap, 0, y), np.eye(len(y))[:, gap], dense.regressors(X, order)])
    w = dense.differencing(len(y), order) @ levels
    ar, ma = dense.polynomials(coef, order)
    lost = len(ar) - 1
    e = np.zeros(w.shape, dtype=coef.dtype)
    for t in range(lost, len(w)):
        e[t] = sum(ar[j] * w[t - j] for j in range(len(ar)))
        e[t] -= sum(ma[j] * e[t - j] for j in range(1, min(len(ma), t - lost + 1)))
    e = e[lost:]
    beta = np.linalg.solve(e[:, 1:].T @ e[:, 1:], e[:, 1:].T @ e[:, 0])
    left = e[:, 0] - e[:, 1:] @ beta
    n = len(left) - gap.sum()
    return -0.5 * n * (np.log(2 * np.pi * (left @ left) / n) + 1), beta


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_conditional_sum_and_conditional_sum_gradient_are_plain_loops(seed: int, gaps: bool) -> None:
    y, X, order, x = dense.random_case(seed, gaps=gaps, regress=seed % 2 == 1)
    if gaps:  # in the rows that the sum leaves out, a gap would have no residual of its own
        y[: int(order @ [1, 1, 0, order[6], order[6], 0, 0, 0])] = 1.0
    coef = arima_coefficients(x, order)
    columns = arima_columns(y, X, order)
    work = arima_work(columns, order)
    assert conditional_sum(coef, order, columns, work) == OK
    expected, beta = conditional(y, X, order, coef)
    np.testing.assert_allclose(work.numbers[3], expected, rtol=1e-9)
    np.testing.assert_allclose(work.beta, beta, rtol=1e-6, atol=1e-7)
    slope = dense.gradient(lambda at: conditional(y, X, order, at)[0], coef)
    found = conditional_sum_gradient(coef, order, columns, work)
    np.testing.assert_allclose(found, slope, rtol=1e-6, atol=1e-6 * max(1.0, np.abs(slope).max(initial=0.0)))


@pytest.mark.parametrize("method", [0, 2])
@pytest.mark.parametrize("seed", range(12))
def test_arima_fit_is_not_beaten_by_scipy_on_the_dense_density(seed: int, method: int) -> None:
    y, X, order, _ = dense.random_case(seed, gaps=seed % 3 == 0, regress=seed % 2 == 1)
    order[0], order[2] = min(order[0], 2), min(order[2], 1)
    fit = arima_fit(y, X, order, method)
    # Seed 0: two seasons with a seasonal root on either side, whose likelihood only rises towards the unit circle.
    assert fit.counts[0] == (NOT_CONVERGED if seed == 0 else OK)
    expected, sigma2, beta = dense.loglik(y, X, order, fit.coef)
    np.testing.assert_allclose(fit.numbers[:2], np.real([expected, sigma2]), rtol=1e-7)
    np.testing.assert_allclose(fit.beta, beta, rtol=1e-5, atol=1e-6)
    if method == 0 and len(fit.coef) > 0:
        search = optimize.minimize(
            lambda x: -np.real(dense.loglik(y, X, order, arima_coefficients(x, order))[0]),
            np.full(len(fit.coef), 0.1),
            method="BFGS",
            options={"gtol": 1e-4},
        )
        assert fit.numbers[0] >= -search.fun - 1e-5
    k, n = len(fit.coef) + len(fit.beta) + 1, len(y) - np.isnan(y).sum() - order[1] - order[4] * order[6]
    assert list(fit.counts[2:]) == [n, k]
    aic = 2 * k - 2 * fit.numbers[0]
    expected = [aic, aic + 2 * k * (k + 1) / (n - k - 1), k * np.log(n) - 2 * fit.numbers[0]]
    np.testing.assert_allclose(fit.numbers[2:5], expected, rtol=1e-10)
    np.testing.assert_allclose(fit.numbers[5:], arima_inverse_roots(fit.coef, order), rtol=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_arima_fit_by_conditional_sum_is_at_the_least_squares(seed: int) -> None:
    y, X, order, _ = dense.random_case(seed, regress=True)
    fit = arima_fit(y, X, order, 1)
    assert fit.counts[0] in (OK, NOT_CONVERGED)
    best, _ = conditional(y, X, order, fit.coef)
    assert fit.numbers[0] == pytest.approx(np.real(best), rel=1e-8)
    for z in 0.02 * draw_normals(seed, 10, len(fit.coef)):
        near = fit.coef + z
        if max(arima_inverse_roots(near, order)) < 1 and fit.counts[0] == OK:
            assert np.real(conditional(y, X, order, near)[0]) <= best + 1e-6


@pytest.mark.parametrize("method", [0, 1])
def test_arima_fit_many_is_arima_fit_on_every_row_on_one_and_on_two_threads(method: int) -> None:
    order = np.array([1, 1, 1, 0, 1, 1, 4, 0])
    Y = np.cumsum(draw_normals(3, 9, 80), axis=1)
    Y[2, :11], Y[3, 30:33], Y[4, 70:] = np.nan, np.nan, np.nan
    Y[5] = 2.0
    Y[6, 10] = np.inf
    runs = []
    for count in (1, 2):
        with threads(count):
            runs.append(arima_fit_many(Y, order, method))
    for i, y in enumerate(Y):
        one = arima_fit(y, np.zeros((80, 0)), order, method)
        for many, single in zip(runs[0], one, strict=True):
            np.testing.assert_array_equal(many[i], single)
    for first, second in zip(*runs, strict=True):
        np.testing.assert_array_equal(first, second)


def test_arima_loglik_at_the_fit_is_that_of_the_fit() -> None:
    y, X, order, _ = dense.random_case(4, gaps=True, regress=True)
    fit = arima_fit(y, X, order, 0)
    assert arima_loglik(y, X, order, fit.coef)[0] == pytest.approx(fit.numbers[0], rel=1e-12)
