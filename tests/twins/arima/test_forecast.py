"""Forecasts and paths against the conditional law of a dense Gaussian vector."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from forecast.kernels.arima.forecast import arima_forecast, arima_paths, arima_paths_of_shocks, psi_weights
from forecast.kernels.arima.polynomials import arima_coefficients
from forecast.kernels.random import draw_normals, fill_normals
from forecast.kernels.status import OK
from tests.twins.arima import dense
from tests.twins.arima.dense import Array

H = 9


def conditional_law(y: Array, order: Array, coef: Array, sigma2: float) -> tuple[Array, Array]:
    """Mean and covariance of gaps and the next H figures: those that make the density of the differences largest."""
    longer = np.r_[y, np.full(H, np.nan)]
    D, gap = dense.differencing(len(longer), order), np.isnan(longer)
    S = dense.symmetric(dense.autocovariances(*dense.polynomials(coef, order), len(D)))
    solved = np.linalg.solve(S, D)
    precision = D[:, gap].T @ solved[:, gap]
    mean = -np.linalg.solve(precision, D[:, gap].T @ solved[:, ~gap] @ longer[~gap])
    return mean, sigma2 * np.linalg.inv(precision)


@pytest.mark.parametrize("kind", ["whole", "gaps", "ends in a gap"])
@pytest.mark.parametrize("seed", range(20))
def test_arima_forecast_is_the_conditional_law(seed: int, kind: str) -> None:
    y, X, order, x = dense.random_case(seed, gaps=kind != "whole", regress=seed % 2 == 1)
    if kind == "ends in a gap":
        y[-2:] = np.nan
    coef = arima_coefficients(x, order)
    X_ahead = draw_normals(seed + 7, H, 3)[:, : X.shape[1]].copy()
    Z = dense.regressors(np.r_[X, X_ahead], order)
    beta = np.linspace(0.5, 1.5, Z.shape[1])
    law = arima_forecast(y, X, X_ahead, order, coef, beta, 1.7)
    mean, cov = conditional_law(y - (Z @ beta)[: len(y)], order, coef, 1.7)
    assert law.counts[0] == OK
    scale = max(1.0, np.abs(mean).max())
    np.testing.assert_allclose(law.mean, mean[-H:] + Z[len(y) :] @ beta, rtol=1e-6, atol=1e-7 * scale)
    np.testing.assert_allclose(law.variance, np.diag(cov)[-H:], rtol=1e-6)
    spread = law.root @ law.root.T + law.gap_root @ law.gap_root.T
    np.testing.assert_allclose(spread, cov[-H:, -H:], rtol=1e-5, atol=1e-6 * law.variance.max())
    gap = np.isnan(y)
    np.testing.assert_array_equal(law.filled[~gap], y[~gap])
    np.testing.assert_allclose(law.filled[gap], mean[:-H] + (Z @ beta)[: len(y)][gap], rtol=1e-6, atol=1e-7 * scale)
    asked = arima_forecast(y, X, X_ahead, order, coef, beta, 0.0)
    np.testing.assert_allclose(asked.mean, law.mean, rtol=1e-12)
    np.testing.assert_allclose(asked.variance / asked.numbers[1], law.variance / 1.7, rtol=1e-10)
    plain = order.copy()
    plain[7] = 0
    inside = dense.loglik(y - (Z @ beta)[: len(y)], np.zeros((len(y), 0)), plain, coef)
    np.testing.assert_allclose(asked.numbers, np.real(inside[:2]), rtol=1e-7)


@pytest.mark.parametrize("seed", range(20))
def test_residuals_of_arima_forecast_are_errors_of_forecasts_from_the_figures_before(seed: int) -> None:
    y, X, order, x = dense.random_case(seed)
    coef, none = arima_coefficients(x, order), np.zeros((1, 0))
    law = arima_forecast(y, X, none, order, coef, np.zeros(0), 1.0)
    for t in (len(y) - 1, len(y) - 8, len(y) - 13):
        before = arima_forecast(y[:t].copy(), X[:t].copy(), none, order, coef, np.zeros(0), 1.0)
        assert law.residuals[t] == pytest.approx(y[t] - before.mean[0], rel=1e-6, abs=1e-6)
    assert np.isnan(law.residuals).sum() == order[1] + order[4] * order[6]


@pytest.mark.parametrize("seed", range(20))
def test_psi_weights_are_a_long_division(seed: int) -> None:
    _, _, order, x = dense.random_case(seed)
    coef = arima_coefficients(x, order)
    ar, ma = dense.polynomials(coef, order)
    for lag in [1] * int(order[1]) + [int(order[6])] * int(order[4]):
        ar = np.convolve(ar, np.r_[1.0, np.zeros(lag - 1), -1.0])
    n = 40
    T = np.tril(np.pad(ar, (0, max(n - len(ar), 0)))[np.abs(np.subtract.outer(np.arange(n), np.arange(n)))])
    expected = linalg.solve_triangular(T, np.pad(ma, (0, max(n - len(ma), 0)))[:n], lower=True)
    np.testing.assert_allclose(psi_weights(coef, order, n), expected, rtol=1e-8, atol=1e-9)


def test_arima_paths_of_shocks_and_arima_paths_are_mean_and_roots_times_shocks() -> None:
    y, X, order, x = dense.random_case(6, gaps=True)
    law = arima_forecast(y, X, np.zeros((H, 0)), order, arima_coefficients(x, order), np.zeros(0), 1.0)
    z = np.zeros((50, H + law.gap_root.shape[1]))
    for i in range(50):
        fill_normals(20181012, i, z[i])
    expected = law.mean + z[:, :H] @ law.root.T + z[:, H:] @ law.gap_root.T
    np.testing.assert_allclose(arima_paths_of_shocks(law, z), expected, rtol=1e-10)
    np.testing.assert_array_equal(arima_paths(law, 20181012, 50), arima_paths_of_shocks(law, z))
    np.testing.assert_array_equal(arima_paths(law, 20181012, 20), arima_paths(law, 20181012, 50)[:20])
