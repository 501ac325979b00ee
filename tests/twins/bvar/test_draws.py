"""Closed-form draws, stability and forecast paths against numpy with the same chance, and against known moments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.kernels._cholesky import upper_factor
from forecast.kernels._threads import threads
from forecast.kernels.bvar.draws import SIDE_BY_SIDE, inverse_wishart_root, niw_block, niw_draws, niw_status
from forecast.kernels.bvar.forecast import deterministic_steps, forecast_block, forecast_draws
from forecast.kernels.bvar.gibbs import conditional_gibbs, gibbs_chain
from forecast.kernels.bvar.stability import companion_radius
from forecast.kernels.bvar.variates import gamma_variate
from forecast.kernels.random import draw_normals, fill_normals
from forecast.kernels.status import INFEASIBLE, OK, UNSTABLE
from tests.twins.bvar.naive import Array
from tests.twins.conditioning.dense import Model, follow, stack

NEAR = {"rtol": 1e-10, "atol": 1e-10}


def posterior(seed: int, k: int, n: int) -> tuple[Array, Array, Array, float]:
    """B, U, Psi, d of some posterior whose draws are mostly stable."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(k + 30, k))
    U = np.ascontiguousarray(np.linalg.cholesky(X.T @ X).T)
    E = rng.normal(size=(n + 20, n))
    return rng.normal(size=(k, n)) * 0.3, U, E.T @ E, n + 22.5


@pytest.mark.parametrize("shape", [0.3, 1.0, 2.5, 40.0, 500.0])
def test_gamma_variate_has_the_gamma_law(shape: float) -> None:
    drawn = np.array([gamma_variate(11, i, 2, shape) for i in range(20_000)])
    assert stats.kstest(drawn, stats.gamma(shape).cdf).pvalue > 1e-4
    assert np.corrcoef(drawn, [gamma_variate(11, i, 3, shape) for i in range(20_000)])[0, 1] == pytest.approx(
        0, abs=0.04
    )
    assert gamma_variate(11, 5, 2, shape) == drawn[5]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_inverse_wishart_root_undoes_a_bartlett_factor_and_has_the_law(n: int) -> None:
    Psi = posterior(n, 2, n)[2]
    U, C, d = np.zeros((n, n)), np.empty((n, n)), n + 3.7
    upper_factor(Psi, U)
    z = draw_normals(3, 1, max(n * (n - 1) // 2, 1))[0][: n * (n - 1) // 2]
    inverse_wishart_root(5, 9, d, U, z, C)
    T = np.diag([np.sqrt(2 * gamma_variate(5, 9, i, 0.5 * (d - n + 1 + i))) for i in range(n)])
    T[np.triu_indices(n, 1)] = z
    np.testing.assert_allclose(C, np.linalg.cholesky(Psi) @ np.linalg.inv(T).T, **NEAR)
    corner = draw_normals(4, 5000, n * (n - 1) // 2 + 1)
    logs = np.empty(5000)
    for i in range(5000):
        inverse_wishart_root(6, i, d, U, corner[i, 1:], C)
        logs[i] = np.linalg.slogdet(C @ C.T)[1]
    exact = np.log(
        [
            stats.invwishart(d, Psi).rvs(random_state=i)
            if n == 1
            else np.linalg.det(stats.invwishart(d, Psi).rvs(random_state=i))
            for i in range(3000)
        ]
    )
    assert stats.ks_2samp(logs, exact).pvalue > 1e-4


@pytest.mark.parametrize(("k", "n", "draws"), [(1, 1, 3), (7, 2, 16), (13, 3, 37), (25, 4, 18)])
def test_niw_status_and_niw_block_is_the_matrix_normal_with_the_same_normals(k: int, n: int, draws: int) -> None:
    B, U, Psi, d = posterior(k, k, n)
    coefficients, roots = np.zeros((draws, k, n)), np.zeros((draws, n, n))
    blocks = -(-draws // SIDE_BY_SIDE)
    assert niw_status(B, U, Psi, d) == OK
    niw_block(
        0, blocks, 17, B, np.linalg.inv(U), np.ascontiguousarray(np.linalg.cholesky(Psi).T), d, coefficients, roots
    )
    corner = n * (n - 1) // 2
    C, z = np.empty((n, n)), np.empty(k * n + corner)
    for i in range(draws):
        fill_normals(17, i, z)
        inverse_wishart_root(17, i, d, np.ascontiguousarray(np.linalg.cholesky(Psi).T), z[k * n :].copy(), C)
        np.testing.assert_allclose(roots[i], C, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(
            coefficients[i], B + np.linalg.solve(U, z[: k * n].reshape(k, n)) @ C.T, rtol=1e-8, atol=1e-9
        )
    for count in (1, 2):
        with threads(count):
            again = niw_draws(17, draws, B, U, Psi, d)
        np.testing.assert_allclose(again[0], coefficients, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(niw_draws(17, draws + 5, B, U, Psi, d)[0][:draws], again[0])


def test_niw_draws_have_the_same_bits_on_one_and_two_threads() -> None:
    given = posterior(3, 13, 3)
    results = []
    for count in (1, 2, 3):
        with threads(count):
            results.append(niw_draws(5, 16 * 9 + 7, *given))
    for again in results[1:]:
        np.testing.assert_array_equal(again[0], results[0][0])
        np.testing.assert_array_equal(again[1], results[0][1])


def test_niw_draws_have_the_analytic_moments() -> None:
    B, U, Psi, d = posterior(1, 5, 2)
    draws = 40_000
    coefficients, roots, _ = niw_draws(1, draws, B, U, Psi, d)
    S = roots @ roots.transpose(0, 2, 1)
    mean = Psi / (d - 3)
    assert (np.abs(S.mean(axis=0) - mean) < 5 * S.std(axis=0) / np.sqrt(draws)).all()
    flat = coefficients.transpose(0, 2, 1).reshape(draws, -1)
    cov = np.kron(mean, np.linalg.inv(U.T @ U))
    assert (np.abs(flat.mean(axis=0) - B.T.ravel()) < 5 * np.sqrt(np.diag(cov) / draws)).all()
    products = (flat - B.T.ravel())[:, :, None] * (flat - B.T.ravel())[:, None, :]
    assert (np.abs(products.mean(axis=0) - cov) < 5 * products.std(axis=0) / np.sqrt(draws)).all()


@pytest.mark.parametrize("seed", range(30))
def test_companion_radius_is_the_largest_eigenvalue(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(1, 5)), int(rng.integers(1, 7))
    lags = rng.normal(size=(n * p, n)) * rng.uniform(0.1, 1.0) / np.sqrt(n)
    if seed % 3 == 0:
        lags[:n] += np.eye(n)
    companion = np.hstack([lags, np.eye(n * p, n * (p - 1))])
    assert companion_radius(lags) == pytest.approx(np.abs(np.linalg.eigvals(companion)).max(), rel=1e-6)
    assert companion_radius(np.zeros_like(lags)) < 1e-6, "only rounding is left of a nilpotent matrix"


@pytest.mark.parametrize("seed", range(6))
def test_deterministic_steps_and_forecast_block_are_the_definition_path_by_path(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, p, m, h, paths, draws = 2, 1 + seed % 3, seed % 2, 5, 12, 5
    coefficients, roots, _ = niw_draws(3, draws, *posterior(seed, m + n * p, n))
    terms, past, scale = rng.normal(size=(h, m)), rng.normal(size=(p, n)), rng.uniform(0.5, 2, size=h)
    pins = np.where(rng.uniform(size=(3, h, n)) < 0.3, rng.normal(size=(3, h, n)), np.nan)
    out, radius, status = np.zeros((paths, h, n)), np.zeros(paths), np.full(paths, -1)
    forecast_block(0, paths, 8, coefficients, roots, terms, past, scale, pins, 0.5, out, radius, status)
    e, steps = np.empty(h * n), np.empty((h, n))
    for i in range(paths):
        B, root = coefficients[i % draws], scale[:, None, None] * roots[i % draws]
        deterministic_steps(terms, B, steps)
        np.testing.assert_allclose(steps, terms @ B[:m], **NEAR)
        model = Model(B[m:], steps, past, root)
        fill_normals(8, i, e)
        y = follow(model, np.einsum("tij,tj->ti", root, e.reshape(h, n))).ravel()
        seen = np.flatnonzero(~np.isnan(pins[i % 3].ravel()))
        _, M = stack(model)
        if len(seen):
            y += M @ (np.linalg.pinv(M[seen]) @ (pins[i % 3].ravel()[seen] - y[seen]))
        np.testing.assert_allclose(out[i].ravel(), y, rtol=1e-7, atol=1e-7)
        assert status[i] == (UNSTABLE if radius[i] > 0.5 else OK)
    for count in (1, 2):
        with threads(count):
            again, _, _ = forecast_draws(8, paths, coefficients, roots, terms, past, scale, pins, np.inf)
        np.testing.assert_array_equal(again, out)


def gibbs_case() -> tuple[tuple[Array, Array, Array, float], Array, Array]:
    B, U, Psi, d = posterior(4, 3, 2)
    return (B, U, Psi, d), np.ones((3, 1)), np.array([[0.5, -0.2]])


def test_gibbs_chain_begins_with_the_posterior_of_the_sample() -> None:
    (B, U, Psi, d), terms, past = gibbs_case()
    pins = np.full((3, 2), np.nan)
    results = [np.zeros((2, 1, 3, 2)), np.zeros((2, 1, 3, 2)), np.zeros((2, 1, 2, 2)), np.full(2, -1)]
    gibbs_chain(0, 2, 4, 0, B, U.T @ U, Psi, d, terms, past, pins, *results)
    z, C = np.empty(1 + 6 + 6), np.empty((2, 2))
    for c in range(2):
        fill_normals(4, c << 32, z)
        inverse_wishart_root(4, c << 32, d, np.ascontiguousarray(np.linalg.cholesky(Psi).T), z[:1].copy(), C)
        D = B + np.linalg.solve(U, z[1:7].reshape(3, 2) @ C.T)
        np.testing.assert_allclose(results[1][c, 0], D, **NEAR)
        path = follow(Model(D[1:], terms @ D[:1], past, C), z[7:].reshape(3, 2) @ C.T)
        np.testing.assert_allclose(results[0][c, 0], path, **NEAR)


def effective_error(chains: Array) -> Array:
    """Standard error of the mean of chains (c, steps, ..) from means of batches."""
    c, steps = chains.shape[:2]
    batches = chains.reshape(c * 20, steps // 20, *chains.shape[2:]).mean(axis=1)
    return np.asarray(batches.std(axis=0, ddof=1) / np.sqrt(c * 20))


def test_gibbs_chain_without_pins_has_the_posterior_of_the_sample() -> None:
    """A future that nobody has seen teaches nothing: its part in every step must cancel exactly."""
    (B, U, Psi, d), terms, past = gibbs_case()
    _, coefficients, roots, status = conditional_gibbs(
        2, 4, 10_000, 100, B, U, Psi, d, terms, past, np.full((3, 2), np.nan)
    )
    S = roots @ roots.transpose(0, 1, 3, 2)
    assert (status == OK).all()
    assert (np.abs(coefficients.mean(axis=(0, 1)) - B) < 5 * effective_error(coefficients)).all()
    assert (np.abs(S.mean(axis=(0, 1)) - Psi / (d - 3)) < 5 * effective_error(S)).all()
    square = (coefficients - B) ** 2
    exact = np.outer(np.diag(np.linalg.inv(U.T @ U)), np.diag(Psi)) / (d - 3)
    assert (np.abs(square.mean(axis=(0, 1)) - exact) < 5 * effective_error(square)).all()


def test_gibbs_chain_with_pins_agrees_with_weights_on_independent_draws() -> None:
    """The coefficients given sample and pins: draws from the sample, weighted by the density of the pins."""
    (B, U, Psi, d), terms, past = gibbs_case()
    pins = np.full((3, 2), np.nan)
    pins[:, 0] = (2.0, 2.5, 3.0)
    paths, coefficients, _, _ = conditional_gibbs(2, 4, 10_000, 100, B, U, Psi, d, terms, past, pins)
    np.testing.assert_allclose(paths[..., 0] - pins[:, 0], 0.0, atol=1e-10)
    D, C, _ = niw_draws(9, 20_000, B, U, Psi, d)
    logs = np.empty(len(D))
    for i in range(len(D)):
        A = D[i, 1:].T
        powers = [np.eye(2), A, A @ A]
        mean = follow(Model(D[i, 1:], terms @ D[i, :1], past, C[i]), np.zeros((3, 2)))[:, 0]
        rows = np.array(
            [np.concatenate([powers[t - s][0] @ C[i] if s <= t else np.zeros(2) for s in range(3)]) for t in range(3)]
        )
        L = np.linalg.cholesky(rows @ rows.T)
        logs[i] = -0.5 * np.sum(np.linalg.solve(L, pins[:, 0] - mean) ** 2) - np.log(np.diag(L)).sum()
    w = np.exp(logs - logs.max())
    w /= w.sum()
    expected = np.einsum("i,ixy->xy", w, D)
    error = np.sqrt(np.einsum("i,ixy->xy", w**2, (D - expected) ** 2) + effective_error(coefficients) ** 2)
    assert (np.abs(coefficients.mean(axis=(0, 1)) - expected) < 5 * error).all()
    assert (np.abs(expected - B) > 5 * error).any(), "the pins do teach something"


def test_conditional_gibbs_does_not_depend_on_threads_and_reports_pins_that_cannot_be_met() -> None:
    (B, U, Psi, d), terms, past = gibbs_case()
    pins = np.full((3, 2), np.nan)
    results = []
    for count in (1, 2):
        with threads(count):
            results.append(conditional_gibbs(2, 3, 20, 5, B, U, Psi, d, terms, past, pins))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)
    assert INFEASIBLE not in results[0][3]
