"""Rows, prior, posterior and marginal likelihood against numpy, and against the product of predictive densities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from forecast.kernels._threads import threads
from forecast.kernels.bvar.data import add_cross, var_least_squares, var_moments, var_rows
from forecast.kernels.bvar.hyper import gamma_shape_scale, hyper_log_density, hyper_metropolis, hyper_mode
from forecast.kernels.bvar.posterior import bvar_posterior
from forecast.kernels.bvar.prior import hyper_is_usable, minnesota_precision, unit_root_rows
from forecast.kernels.status import OK
from tests.twins.bvar.naive import (
    Sample,
    dummies_of,
    log_density_of_rows,
    prior_of,
    product_of_predictives,
    random_sample,
    rows_of,
    update,
)

NEAR = {"rtol": 1e-9, "atol": 1e-10}
SHAPES = [(1, 1, 1, 12), (2, 3, 1, 25), (3, 2, 4, 40), (2, 1, 0, 10), (4, 4, 2, 60)]
CASES = [(seed, *SHAPES[seed % len(SHAPES)]) for seed in range(15)]
USES = [np.array(use) for use in ([1, 1], [0, 0], [1, 0], [0, 1])]
NONE = np.empty(0)
MODES, SDS, PSI = np.array([0.2, 1.0, 1.0]), np.array([0.4, 1.0, 1.0]), np.array([0.0004, 0.0004])


def theta_of(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.concatenate([np.log([0.2, 1.0, 1.0]), np.log(np.full(n, 0.01))]) + 0.3 * rng.normal(size=3 + n)


@pytest.mark.parametrize(("seed", "n", "p", "m", "rows"), CASES)
def test_var_rows_var_moments_and_add_cross(seed: int, n: int, p: int, m: int, rows: int) -> None:
    s, _ = random_sample(seed, n, p, m, rows)
    X, Y = rows_of(s)
    gotX, gotY = np.empty_like(X), np.empty_like(Y)
    var_rows(s.y, s.terms, s.scale, p, gotX, gotY)
    np.testing.assert_allclose(gotX, X, rtol=1e-14)
    np.testing.assert_allclose(gotY, Y, rtol=1e-14)
    d = var_moments(*s)
    R = Y - X @ prior_of(s, np.zeros(3 + n), 2.0)[0]
    for got, expected in ((d.XX, X.T @ X), (d.XR, X.T @ R), (d.RR, R.T @ R), (d.start, s.y[:p].mean(axis=0))):
        np.testing.assert_allclose(got, expected, **NEAR)
    assert (d.status, d.rows, d.lags) == (OK, rows, p)
    assert d.jacobian == pytest.approx(-n * np.log(s.scale[p:]).sum())
    cross, w = np.ones((m + n * p, n)), np.arange(1.0, rows + 1)
    add_cross(X, w, Y, cross)
    np.testing.assert_allclose(cross, 1 + (X.T * w) @ Y, **NEAR)


@pytest.mark.parametrize(("seed", "n", "p", "m", "rows"), CASES)
def test_var_least_squares_is_lstsq_and_the_sum_of_normal_densities(
    seed: int, n: int, p: int, m: int, rows: int
) -> None:
    s, _ = random_sample(seed, n, p, m, rows)
    X, Y = rows_of(s)
    fit = var_least_squares(var_moments(*s))
    B = np.linalg.lstsq(X, Y, rcond=None)[0]
    S = (Y - X @ B).T @ (Y - X @ B) / rows
    np.testing.assert_allclose(fit.B, B, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(fit.S, S, rtol=1e-8)
    logs = stats.multivariate_normal.logpdf(Y - X @ B, cov=S).sum() - n * np.log(s.scale[p:]).sum()
    assert (fit.status, fit.loglik) == (OK, pytest.approx(logs, abs=1e-7))


@pytest.mark.parametrize("use", USES, ids=str)
@pytest.mark.parametrize(("seed", "n", "p", "m", "rows"), CASES)
def test_bvar_posterior_is_the_naive_update_of_data_and_dummies(
    seed: int, n: int, p: int, m: int, rows: int, use: np.ndarray
) -> None:
    """Dummy-observation posterior = analytic posterior; marginal likelihood = ratio of matrix-t densities."""
    s, rng = random_sample(seed, n, p, m, rows)
    theta = theta_of(rng, n)
    got = bvar_posterior(var_moments(*s), theta, use, 1.5, NONE)
    b, omega, psi = prior_of(s, theta, 1.5)
    D, E = dummies_of(s, theta, use)
    X, Y = rows_of(s)
    allX, allY = np.vstack([X, D]), np.vstack([Y, E])
    B, P, Psi, d = update(b, np.diag(omega), np.diag(psi), n + 2.0, allX, allY)
    assert (got.status, got.d) == (OK, d)
    np.testing.assert_allclose(got.B, B, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(got.U.T @ got.U, P, **NEAR)
    np.testing.assert_allclose(got.Psi, Psi, rtol=1e-7, atol=1e-9)
    value = log_density_of_rows(b, np.diag(omega), np.diag(psi), n + 2.0, allX, allY) - n * np.log(s.scale[p:]).sum()
    value -= log_density_of_rows(b, np.diag(omega), np.diag(psi), n + 2.0, D, E) if len(D) else 0.0
    assert got.log_marginal == pytest.approx(value, rel=1e-7, abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_bvar_posterior_marginal_likelihood_is_the_product_of_predictive_densities(seed: int) -> None:
    """Without deterministic terms nothing is diffuse, so both hold to 1e-9; the dummies are the first observations."""
    s, rng = random_sample(seed, 2, 2, 0, 20)
    s = s._replace(scale=np.ones(22))
    theta = theta_of(rng, 2)
    b, omega, psi = prior_of(s, theta, 2.0)
    before = update(b, np.diag(omega), np.diag(psi), 4.0, *dummies_of(s, theta, USES[0]))
    expected = product_of_predictives(before[0], np.linalg.inv(before[1]), before[2], before[3], *rows_of(s))
    assert bvar_posterior(var_moments(*s), theta, USES[0], 2.0, NONE).log_marginal == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_minnesota_precision_unit_root_rows_and_hyper_is_usable(seed: int) -> None:
    n, p, m, rows = SHAPES[seed % len(SHAPES)][:4]
    s, rng = random_sample(seed, n, p, m, rows)
    theta = theta_of(rng, n)
    assert hyper_is_usable(theta, n)
    assert not hyper_is_usable(theta, n + 1)
    assert not hyper_is_usable(np.append(theta[:-1], np.nan), n)
    b, omega, _ = prior_of(s, theta, 2.0)
    np.testing.assert_allclose(minnesota_precision(theta, p, m, 2.0), 1 / omega, rtol=1e-12)
    for use in USES:
        X, Y = dummies_of(s, theta, use)
        gotX, gotR, by = unit_root_rows(var_moments(*s), theta, use)
        np.testing.assert_allclose(gotX, X, **NEAR)
        np.testing.assert_allclose(gotR, Y - X @ b, **NEAR)
        np.testing.assert_array_equal(by, [1] * n * use[0] + [2] * use[1])


@pytest.mark.parametrize("use", USES, ids=str)
@pytest.mark.parametrize("seed", range(5))
def test_hyper_log_density_is_likelihood_and_priors_with_their_gradient(seed: int, use: np.ndarray) -> None:
    n, p, m, rows = SHAPES[seed][:4]
    s, rng = random_sample(seed, n, p, m, rows)
    data, theta, gradient = var_moments(*s), theta_of(rng, n), np.empty(3 + n)
    value, status = hyper_log_density(data, theta, use, 2.0, MODES, SDS, PSI, gradient)
    x = np.exp(theta)
    expected = bvar_posterior(data, theta, use, 2.0, NONE).log_marginal
    for i in range(3):
        if i == 0 or use[i - 1]:
            shape, scale = gamma_shape_scale(MODES[i], SDS[i])
            expected += stats.gamma.logpdf(x[i], shape, scale=scale)
    expected += stats.invgamma.logpdf(x[3:], PSI[0], scale=PSI[1]).sum()
    assert (status, value) == (OK, pytest.approx(expected, abs=1e-8))

    def density(t: np.ndarray) -> float:
        return hyper_log_density(data, np.ascontiguousarray(t), use, 2.0, MODES, SDS, PSI, NONE)[0]

    # Extrapolated central differences; the likelihood itself is good to about 1e-9.
    step = np.eye(3 + n) * 2e-3
    rough = np.array([[(density(theta + f * e) - density(theta - f * e)) / (4e-3 * f) for e in step] for f in (1, 2)])
    np.testing.assert_allclose(gradient, (4 * rough[0] - rough[1]) / 3, rtol=1e-6, atol=2e-6)


def test_gamma_shape_scale_has_the_mode_and_sd() -> None:
    for mode, sd in ((0.2, 0.4), (1.0, 1.0), (3.0, 0.1)):
        shape, scale = gamma_shape_scale(mode, sd)
        law = stats.gamma(shape, scale=scale)
        assert ((shape - 1) * scale, law.std()) == (pytest.approx(mode), pytest.approx(sd))


@pytest.mark.parametrize("use", USES, ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_hyper_mode_is_the_best_of_a_general_search(seed: int, use: np.ndarray) -> None:
    n, p, m, rows = SHAPES[seed][:4]
    s, rng = random_sample(seed, n, p, m, rows)
    data, theta = var_moments(*s), theta_of(rng, n)
    free = np.concatenate([[True], use == 1, np.full(n, True)])

    def loss(t: np.ndarray) -> float:
        return -hyper_log_density(data, np.where(free, t, theta), use, 2.0, MODES, SDS, PSI, NONE)[0]

    found = hyper_mode(data, theta, use, 2.0, MODES, SDS, PSI)
    best = optimize.minimize(loss, theta, method="Nelder-Mead", options={"maxiter": 8000, "fatol": 1e-9, "xatol": 1e-7})
    assert found.status == OK
    assert found.value >= -best.fun - 1e-6
    assert np.linalg.eigvalsh(found.information).min() > 0
    np.testing.assert_array_equal(found.theta[~free], theta[~free])


def test_hyper_metropolis_has_the_moments_of_a_grid() -> None:
    """One variable and no dummies leave two numbers, whose law can be summed on a grid."""
    s = Sample(*random_sample(5, 1, 2, 1, 40)[0])
    data, use = var_moments(*s), USES[1]
    found = hyper_mode(data, np.log([0.2, 1.0, 1.0, 0.01]), use, 2.0, MODES, SDS, PSI)
    results = []
    for count in (1, 2):
        with threads(count):
            results.append(
                hyper_metropolis(3, 4, 6000, 1000, data, found.theta, found.information, use, 2.0, MODES, SDS, PSI)
            )
    draws, accepted, status = results[0]
    np.testing.assert_array_equal(draws, results[1][0])
    assert status == OK
    assert (np.abs(accepted - 0.25) < 0.06).all()
    grid = [np.linspace(found.theta[i] - 7, found.theta[i] + 7, 141) for i in (0, 3)]
    logs = np.array(
        [
            [
                hyper_log_density(data, np.array([a, 0, 0, c]), use, 2.0, MODES, SDS, PSI, NONE)[0] + a + c
                for c in grid[1]
            ]
            for a in grid[0]
        ]
    )
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    for axis, at in ((1, 0), (0, 3)):
        marginal = mass.sum(axis=axis)
        points = grid[0] if at == 0 else grid[1]
        mean = marginal @ points
        sd = np.sqrt(marginal @ (points - mean) ** 2)
        chains = draws[:, :, at].reshape(16, -1).mean(axis=1)
        assert abs(chains.mean() - mean) < 5 * chains.std(ddof=1) / 4, at
        assert draws[:, :, at].std() == pytest.approx(sd, rel=0.15)
