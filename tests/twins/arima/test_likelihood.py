"""Recursions, likelihood, gradient and filter against dense covariances and exact complex-step derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from forecast.kernels.arima.chandrasekhar import (
    chandrasekhar_adjoint,
    chandrasekhar_gains,
    chandrasekhar_innovations,
)
from forecast.kernels.arima.columns import arima_columns
from forecast.kernels.arima.generalised import gap_covariance, generalised_least_squares
from forecast.kernels.arima.likelihood import arima_loglik, arima_work, concentrated_gradient, concentrated_loglik
from forecast.kernels.arima.polynomials import arima_coefficients, arima_lags, arima_polynomials, differencing_lags
from forecast.kernels.arima.state_filter import arima_gap_innovations, gap_filter, harvey_covariance
from forecast.kernels.arima.stationary_start import stationary_start, stationary_start_adjoint
from forecast.kernels.random import draw_normals
from forecast.kernels.status import OK
from tests.twins.arima import dense
from tests.twins.arima.dense import Array

CLOSE = {"rtol": 1e-9, "atol": 1e-9}


def start(seed: int) -> tuple[Array, Array, Array, Array, float, Array, Array]:
    """order, coef, phi, theta, variance, G, lags of the autoregression."""
    _, _, order, x = dense.random_case(seed)
    coef = arima_coefficients(x, order)
    phi, theta = arima_polynomials(coef, order)
    ar_lags, ma_lags = arima_lags(order)
    G = np.zeros(len(phi))
    variance, status = stationary_start(phi, theta, ar_lags, ma_lags, G)
    assert status == OK
    return order, coef, phi, theta, variance, G, ar_lags


def moments(phi: Array, theta: Array) -> Array:
    """Variance of y and its covariance with the forecasting state, in one row."""
    m = len(phi)
    gamma = dense.autocovariances(np.r_[1.0, -phi], np.r_[1.0, theta], m + 1)
    psi = linalg.solve_triangular(dense.symmetric(np.r_[1.0, -phi]) * np.tri(m + 1), np.r_[1.0, theta], lower=True)
    G = [phi[i:] @ gamma[: m - i] + theta[i:] @ psi[: m - i] for i in range(m)]
    return np.r_[gamma[0], G]


@pytest.mark.parametrize("seed", range(40))
def test_stationary_start_is_the_solution_of_the_linear_equations(seed: int) -> None:
    order, _, phi, theta, *_ = start(seed)
    G = np.zeros(len(phi))
    variance, status = stationary_start(phi, theta, *arima_lags(order), G)
    assert status == OK
    expected = moments(phi, theta)
    np.testing.assert_allclose(np.r_[variance, G] / variance, expected / variance, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", range(30))
def test_stationary_start_adjoint_is_the_complex_step(seed: int) -> None:
    order, _, phi, theta, *_ = start(seed)
    ar_lags, ma_lags = arima_lags(order)
    bar = draw_normals(seed, 1, 1 + len(phi))[0]
    phi_bar, theta_bar = np.zeros(len(phi)), np.zeros(len(phi))
    stationary_start_adjoint(phi, theta, ar_lags, ma_lags, bar[0], bar[1:].copy(), phi_bar, theta_bar)
    m = len(phi)
    expected = dense.gradient(lambda at: moments(at[:m], at[m:]) @ bar, np.r_[phi, theta])
    scale = np.abs(expected).max()
    np.testing.assert_allclose(phi_bar[ar_lags - 1], expected[ar_lags - 1], rtol=1e-7, atol=1e-8 * scale)
    np.testing.assert_allclose(theta_bar[ma_lags - 1], expected[m + ma_lags - 1], rtol=1e-7, atol=1e-8 * scale)


def recursion(phi: Array, f: complex, g: Array, w: Array) -> tuple[Array, Array]:
    """F and innovations by the plain recursion for P: P moves by T P T' + R R' - K F K', started from G = T P Z."""
    m, F, v, a, u = len(phi), [], [], np.zeros(len(phi), dtype=complex), g
    T = np.column_stack([phi, np.eye(m)[:, : m - 1]])
    for value in w:
        F.append(f)
        v.append(value - a[0])
        a = T @ a + g * v[-1] / f
        k = u[0] / f
        f, g, u = f - k * u[0], g - k * (T @ u), T @ u - k * g
    return np.array(F), np.array(v)


@pytest.mark.parametrize("seed", range(40))
def test_chandrasekhar_gains_and_chandrasekhar_innovations_are_a_cholesky_factor(seed: int) -> None:
    order, coef, phi, _, variance, G0, ar_lags = start(seed)
    n = 70
    F, G, U = np.zeros(n), np.zeros((n, len(phi))), np.zeros((n, len(phi) + 1))
    F[0], G[0] = variance, G0
    steady, status = chandrasekhar_gains(phi, ar_lags, F, G, U)
    L = np.linalg.cholesky(dense.symmetric(dense.autocovariances(*dense.polynomials(coef, order), n)))
    assert status == OK
    np.testing.assert_allclose(F, np.diag(L) ** 2, rtol=1e-8)
    w = draw_normals(seed, 1, n)[0]
    first = seed % 5
    w[:first] = 0.0
    v, a = np.zeros(n), np.zeros(len(phi) + 1)
    chandrasekhar_innovations(w, first, phi, ar_lags, 1 / F, G, steady, v, a)
    expected = np.diag(L) * linalg.solve_triangular(L, w, lower=True)
    np.testing.assert_allclose(v, expected, rtol=1e-7, atol=1e-8)
    v_long = np.zeros(n - 1)
    chandrasekhar_innovations(w[:-1].copy(), first, phi, ar_lags, 1 / F, G, steady, v_long, a)
    assert a[0] == pytest.approx(w[-1] - v[-1], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_chandrasekhar_adjoint_is_the_complex_step(seed: int) -> None:
    _, _, phi, _, variance, G0, ar_lags = start(seed)
    n, m = 40, len(phi)
    F, G, U = np.zeros(n), np.zeros((n, m)), np.zeros((n, m + 1))
    F[0], G[0] = variance, G0
    steady, _ = chandrasekhar_gains(phi, ar_lags, F, G, U)
    z = draw_normals(seed, 5, n)
    W, V, first, a = z[:2].copy(), np.zeros((2, n)), np.array([0, 7]), np.zeros(m + 1)
    W[1, :7] = 0.0
    for j in range(2):
        chandrasekhar_innovations(W[j], first[j], phi, ar_lags, 1 / F, G, steady, V[j], a)

    def total(at: Array) -> complex:
        parts = [recursion(at[:m], at[m], at[m + 1 :], w) for w in W]
        return complex(parts[0][0] @ z[4] + parts[0][1] @ z[2] + parts[1][1][7:] @ z[3, 7:])

    phi_bar, G_bar, V_bar = np.zeros(m), np.zeros(m), z[2:4].copy()
    f_bar = chandrasekhar_adjoint(W, V, V_bar, first, phi, ar_lags, F, G, U, steady, z[4].copy(), phi_bar, G_bar)
    expected = dense.gradient(total, np.r_[phi, variance, G0])
    found, used = np.r_[phi_bar, f_bar, G_bar], np.r_[ar_lags - 1, np.arange(m, 2 * m + 1)]
    scale = np.abs(expected[used]).max()
    np.testing.assert_allclose(found[used], expected[used], rtol=1e-6, atol=1e-7 * scale)


@pytest.mark.parametrize("seed", range(30))
def test_arima_columns_are_products_with_the_differencing_matrix(seed: int) -> None:
    y, X, order, _ = dense.random_case(seed, gaps=True, regress=True)
    columns = arima_columns(y, X, order)
    D, gap = dense.differencing(len(y), order), np.isnan(y)
    levels = np.column_stack([np.where(gap, 0, y), np.eye(len(y))[:, gap], dense.regressors(X, order)])
    np.testing.assert_allclose(columns.W, (D @ levels).T, **CLOSE)
    assert list(columns.gap_times) == list(np.flatnonzero(gap))
    assert list(columns.counts) == [OK, gap.sum(), 0, len(y), len(D)]
    for row, low in zip(columns.W, columns.first, strict=True):
        assert not row[:low].any()
    padded = np.r_[np.nan, np.nan, y, np.nan]
    longer = arima_columns(padded, np.r_[np.zeros((2, X.shape[1])), X, np.zeros((1, X.shape[1]))], order)
    np.testing.assert_allclose(longer.W, columns.W, **CLOSE)


@pytest.mark.parametrize("seed", range(20))
def test_generalised_least_squares_and_gap_covariance_are_numpy_s(seed: int) -> None:
    c, n, gaps = 1 + seed % 6, 40, min(2, 1 + seed % 6)
    V, weight = draw_normals(seed, 1 + c, n), np.exp(draw_normals(seed + 50, 1, n)[0])
    first = np.arange(1 + c)
    for j in range(1 + c):
        V[j, : first[j]] = 0.0
    beta, left = np.zeros(c), np.zeros(n)
    squares, log_det, unseen, L, status = generalised_least_squares(V, first, weight, gaps, beta, left)
    A = (V[1:] * weight) @ V[1:].T
    expected = np.linalg.solve(A, (V[1:] * weight) @ V[0])
    np.testing.assert_allclose(beta, expected, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(left, V[0] - expected @ V[1:], rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose([squares, log_det], [left**2 @ weight, np.linalg.slogdet(A[:gaps, :gaps])[1]], rtol=1e-9)
    np.testing.assert_allclose(L @ L.T, A, rtol=1e-9, atol=1e-9)
    assert (unseen, status) == (0, OK)
    np.testing.assert_allclose(gap_covariance(L, gaps), np.linalg.inv(A[:gaps, :gaps]), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_concentrated_loglik_and_concentrated_gradient_are_those_of_the_dense_density(seed: int, gaps: bool) -> None:
    y, X, order, x = dense.random_case(seed, gaps=gaps, regress=seed % 2 == 1)
    coef = arima_coefficients(x, order)
    columns = arima_columns(y, X, order)
    work = arima_work(columns, order)
    assert concentrated_loglik(coef, order, columns, work) == OK
    expected, sigma2, beta = dense.loglik(y, X, order, coef)
    np.testing.assert_allclose(work.numbers[3], expected, rtol=1e-9)
    np.testing.assert_allclose(work.numbers[0] / work.counts[2], sigma2, rtol=1e-8)
    np.testing.assert_allclose(work.beta[columns.counts[1] :], beta, rtol=1e-6, atol=1e-7)
    slope = dense.gradient(lambda at: dense.loglik(y, X, order, at)[0], coef)
    found = concentrated_gradient(coef, order, columns, work)
    np.testing.assert_allclose(found, slope, rtol=1e-6, atol=1e-6 * max(1.0, np.abs(slope).max(initial=0.0)))


@pytest.mark.parametrize("seed", range(10))
def test_arima_work_has_room_for_every_column(seed: int) -> None:
    y, X, order, x = dense.random_case(seed, gaps=True, regress=True)
    columns = arima_columns(y, X, order)
    work = arima_work(columns, order)
    m, n = len(arima_polynomials(x, order)[0]), columns.W.shape[1]
    assert (work.G.shape, work.U.shape, work.V.shape) == ((n, m), (n, m + 1), columns.W.shape)
    assert len(work.beta) == len(columns.W) - 1


@pytest.mark.parametrize("gaps", [0, 5, 30])
@pytest.mark.parametrize("seed", range(15))
def test_arima_loglik_is_the_dense_density_with_few_and_with_many_gaps(seed: int, gaps: int) -> None:
    y, X, order, x = dense.random_case(seed, regress=seed % 2 == 1)
    y = np.r_[y, 0.5 * y[:40] + y[-1]] if gaps > 9 else y
    X = np.r_[X, X[:40] ** 2] if gaps > 9 else X
    away = 1 + np.unique((np.modf(np.arange(1, gaps + 1) * 0.6180339887)[0] * (len(y) - 2)).astype(int))
    y[away] = np.nan
    coef = arima_coefficients(x, order)
    found, sigma2, status = arima_loglik(y, X, order, coef)
    expected = dense.loglik(y, X, order, coef)
    assert status == OK
    np.testing.assert_allclose([found, sigma2], np.real(expected[:2]), rtol=1e-8)


@pytest.mark.parametrize("seed", range(30))
def test_harvey_covariance_solves_the_discrete_lyapunov_equation(seed: int) -> None:
    _, _, phi, theta, variance, G, _ = start(seed)
    m = len(phi)
    P = np.zeros((m + 1, m + 1))
    harvey_covariance(phi, theta, variance, G, P)
    T = np.column_stack([np.r_[phi, 0.0], np.eye(m + 1)[:, :m]])
    R = np.r_[1.0, theta]
    np.testing.assert_allclose(P, T @ P @ T.T + np.outer(R, R), rtol=1e-7, atol=1e-8 * variance)
    assert P[0, 0] == variance


@pytest.mark.parametrize("seed", range(30))
def test_gap_filter_and_arima_gap_innovations_are_conditional_expectations(seed: int) -> None:
    """The first rows, which start the differences, are given; the dense levels lose digits with a second difference."""
    y, X, order, x = dense.random_case(seed, gaps=True)
    order[1], order[4] = [(0, 0), (1, 0), (0, 1)][seed % 3]
    lost = int(order[1] + order[4] * order[6])
    y[:lost] = np.arange(lost)
    coef = arima_coefficients(x, order)
    phi, theta, variance, G = *arima_polynomials(coef, order), 0.0, np.zeros(0)
    G = np.zeros(len(phi))
    variance, _ = stationary_start(phi, theta, *arima_lags(order), G)
    P0 = np.zeros((len(phi) + 1, len(phi) + 1))
    harvey_covariance(phi, theta, variance, G, P0)
    gap, n = np.isnan(y), len(y)
    V, F = np.zeros((1, n)), np.zeros(n)
    delta = differencing_lags(order)
    assert gap_filter(np.where(gap, 0.0, y)[None], gap.astype(int), phi, theta, delta, P0, V, F) == OK
    D = dense.differencing(n, order)
    back = np.linalg.inv(np.vstack([np.eye(n)[:lost], D]))
    S = dense.symmetric(dense.autocovariances(*dense.polynomials(coef, order), n - lost))
    seen = np.flatnonzero(~gap[lost:]) + lost
    mean = (back[:, :lost] @ y[:lost])[seen]
    L = np.linalg.cholesky((back[:, lost:] @ S @ back[:, lost:].T)[np.ix_(seen, seen)])
    expected = np.diag(L) * linalg.solve_triangular(L, y[seen] - mean, lower=True)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(F[seen], np.diag(L) ** 2, rtol=1e-6)
    np.testing.assert_allclose(V[0, seen], expected, rtol=1e-6, atol=1e-7 * scale)
    found = arima_gap_innovations(y, X, order, coef)
    np.testing.assert_allclose(found.v[seen], expected, rtol=1e-6, atol=1e-7 * scale)
    assert found.numbers[0] == pytest.approx(np.real(dense.loglik(y, X, order, coef)[0]), rel=1e-8)
