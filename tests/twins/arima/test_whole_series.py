"""One-pass likelihood of whole series, alone and in lanes, against dense covariances."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from forecast.kernels._threads import threads
from forecast.kernels.arima.columns import arima_differences, arima_span
from forecast.kernels.arima.likelihood import arima_loglik
from forecast.kernels.arima.polynomials import arima_coefficients, arima_lags, arima_polynomials
from forecast.kernels.arima.stationary_start import stationary_start
from forecast.kernels.arima.whole_series import arima_loglik_lanes, moving_average_residue, whole_loglik
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT, UNSTABLE
from tests.twins.arima import dense


@pytest.mark.parametrize("seed", range(20))
def test_arima_differences_are_a_product_with_the_matrix(seed: int) -> None:
    y, _, order, _ = dense.random_case(seed)
    D = dense.differencing(len(y), order)
    raw = arima_differences(y, order)
    np.testing.assert_allclose(raw[len(y) - len(D) :], D @ y, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_arima_span_is_what_numpy_finds(seed: int) -> None:
    u = draw_uniforms(seed, 1, 60)[0]
    y = np.where(u[:20] < 0.4, np.nan, u[20:40])
    y[u[40:] > 0.97] = -np.inf
    seen = np.flatnonzero(~np.isnan(y))
    inside = y[seen[0] : seen[-1] + 1]
    assert arima_span(y) == (seen[0], seen[-1] + 1, np.isnan(inside).sum(), not np.isinf(y).any())
    assert arima_span(y * np.nan)[2:] == (0, True)
    assert arima_span(y[:0].copy()) == (0, 0, 0, True)


@pytest.mark.parametrize("low", [0, 3])
@pytest.mark.parametrize("seed", range(20))
def test_moving_average_residue_is_a_product_with_a_band_matrix(seed: int, low: int) -> None:
    y, _, order, x = dense.random_case(seed)
    phi, _ = arima_polynomials(x, order)
    w = y[low:]
    band = np.tril(
        np.pad(np.r_[1.0, -phi], (0, len(w)))[np.abs(np.subtract.outer(np.arange(len(w)), np.arange(len(w))))]
    )
    found = moving_average_residue(y, low, phi, arima_lags(order)[0])
    np.testing.assert_allclose(found, band @ w, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("seed", range(40))
def test_whole_loglik_is_a_cholesky_factor_for_even_and_odd_lengths(seed: int) -> None:
    _, _, order, x = dense.random_case(seed)
    coef = arima_coefficients(x, order)
    phi, theta = arima_polynomials(coef, order)
    G = np.zeros(len(phi))
    variance, _ = stationary_start(phi, theta, *arima_lags(order), G)
    w = draw_normals(seed, 1, 60 + seed % 2)[0]
    squares, log_f = whole_loglik(moving_average_residue(w, 0, phi, arima_lags(order)[0]), phi, variance, G)
    L = np.linalg.cholesky(dense.symmetric(dense.autocovariances(*dense.polynomials(coef, order), len(w))))
    expected = np.sum(linalg.solve_triangular(L, w, lower=True) ** 2)
    np.testing.assert_allclose([squares, log_f], [expected, 2 * np.log(np.diag(L)).sum()], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_arima_loglik_lanes_are_the_dense_densities_of_draws_and_of_series(seed: int) -> None:
    y, X, order, x = dense.random_case(seed)
    count = 1 + 7 * (seed % 6)
    coefs = np.array(
        [arima_coefficients(x + z, order) for z in 0.1 * draw_normals(seed, count, max(len(x), 1))[:, : len(x)]]
    )
    coefs = np.ascontiguousarray(coefs.reshape(count, len(x)))
    Y = y * np.linspace(1, 2, count)[:, None] + 0.1 * draw_normals(seed + 9, count, len(y))
    for series in (y[None].copy(), Y):
        runs = []
        for number in (1, 2):
            with threads(number):
                runs.append(arima_loglik_lanes(series, order, coefs))
        for first, second in zip(*runs, strict=True):
            np.testing.assert_array_equal(first, second)
        loglik, sigma2, status = runs[0]
        assert not status.any()
        for i in range(count):
            row = np.ascontiguousarray(series[i if len(series) > 1 else 0])
            expected = dense.loglik(row, X, order, coefs[i])
            np.testing.assert_allclose([loglik[i], sigma2[i]], np.real(expected[:2]), rtol=1e-8)
            np.testing.assert_allclose(loglik[i], arima_loglik(row, X, order, coefs[i])[0], rtol=1e-11)


def test_arima_loglik_lanes_report_each_series_on_its_own() -> None:
    Y = draw_normals(1, 5, 40)
    Y[1, 3], Y[2, 3], Y[3] = np.nan, np.inf, 0.0
    order = np.array([1, 0, 0, 0, 0, 0, 1, 0])
    coefs = np.array([[0.5], [0.5], [0.5], [0.5], [1.0]])
    loglik, _, status = arima_loglik_lanes(Y, order, coefs)
    assert list(status) == [OK, NON_FINITE, NON_FINITE, SINGULAR, UNSTABLE]
    assert list(np.isfinite(loglik)) == [True, False, False, False, False]
    assert set(arima_loglik_lanes(Y[:2], order, coefs)[2]) == {OUT_OF_RANGE}
    assert set(arima_loglik_lanes(Y[:, :0].copy(), order, coefs)[2]) == {TOO_SHORT}
