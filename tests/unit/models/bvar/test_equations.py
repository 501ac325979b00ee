"""Equation by equation: the kernel's prior where own and other lags are shrunk alike, and what changes if not."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from forecast.kernels.bvar.data import var_least_squares, var_moments
from forecast.kernels.bvar.posterior import bvar_posterior
from forecast.models.bvar.draws import reduced_form
from forecast.models.bvar.equations import belief_rows, gradient_of, likelihood, precisions, slopes_of
from forecast.models.bvar.weighted import Rows, rows_of, weighted_gram
from tests.twins.bvar.naive import Sample, dummies_of, prior_of, random_sample, update
from tests.twins.bvar.naive import rows_of as naive_rows

SHAPES = [(1, 2, 1), (2, 3, 2), (3, 2, 4), (4, 2, 1)]
BOTH = np.array([1, 1])


def case(shape: tuple[int, int, int], apart: float) -> tuple[Sample, Rows, np.ndarray]:
    """A record with scaled months, its rows, and theta with log lambda_f = log lambda - apart, lambda_d half as far."""
    n, p, m = shape
    s, rng = random_sample(3, n, p, m, 40)
    s.scale[9] = 4.0
    theta = np.concatenate([np.log([0.2, 0.2, 0.2, 1.0, 1.0]), np.log(np.full(n, 0.01))]) + 0.3 * rng.normal(size=5 + n)
    theta[1:3] = theta[0] - apart * np.array([1.0, 0.5])
    return s, rows_of(s.y, s.terms, s.own, p), theta


def log_marginal(rows: Rows, log_scale: np.ndarray, theta: np.ndarray) -> float:
    return likelihood(rows, weighted_gram(rows, log_scale), theta).value - len(rows.own) * log_scale.sum()


@pytest.mark.parametrize("shape", SHAPES)
def test_with_one_tightness_it_is_the_kernel_number_for_number(shape: tuple[int, int, int]) -> None:
    s, rows, theta = case(shape, 0.0)
    slope = np.empty(3 + shape[0])
    expected = bvar_posterior(var_moments(*s), np.delete(theta, [1, 2]), BOTH, 2.0, slope)
    scale = np.log(s.scale[s.p :])
    found = likelihood(rows, weighted_gram(rows, scale), theta)
    assert log_marginal(rows, scale, theta) == pytest.approx(expected.log_marginal, abs=1e-9)
    got = gradient_of(rows, theta, found)
    np.testing.assert_allclose(np.concatenate([[got[:3].sum()], got[3:]]), slope, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_posterior_means_are_those_of_scaled_rows_and_dummy_observations(shape: tuple[int, int, int]) -> None:
    s, rows, theta = case(shape, 0.0)
    n = shape[0]
    b, omega, psi = prior_of(s, np.delete(theta, [1, 2]), 2.0)
    X, Y = naive_rows(s)
    D, E = dummies_of(s, np.delete(theta, [1, 2]), BOTH)
    B, P, Psi, d = update(b, np.diag(omega), np.diag(psi), n + 2.0, np.vstack([X, D]), np.vstack([Y, E]))
    found = likelihood(rows, weighted_gram(rows, np.log(s.scale[s.p :])), theta)
    k = X.shape[1]
    got, _ = reduced_form(rows, [fit.b[None] for fit in found.equations], [np.ones(1) for _ in found.equations])
    np.testing.assert_allclose(got[0], B, rtol=1e-6, atol=1e-8)
    first = found.equations[0]
    np.testing.assert_allclose(first.U.T @ first.U, P, rtol=1e-9, atol=1e-9)
    assert first.U.shape == (k, k)
    # Sigma's determinant is the product of the equations' variances; its first entry that of the first.
    assert (first.size, first.degrees) == (pytest.approx(Psi[0, 0]), pytest.approx(d - n + 1))
    sizes = [fit.size for fit in found.equations]
    assert np.prod(sizes) == pytest.approx(np.linalg.det(Psi), rel=1e-6)


@pytest.mark.parametrize("apart", [0.0, 0.9])
def test_marginal_likelihood_is_the_product_of_predictive_densities_of_the_months(apart: float) -> None:
    """Month t given those before it is Student-t, s_t^2 times the error's part of its spread; no Jacobian."""
    s, rows, theta = case((2, 2, 0), apart)
    W, total = precisions(rows, theta), 0.0
    extra = belief_rows(rows, theta)
    for i in range(2):
        P, h, degrees = np.diag(W[i]), np.zeros(4 + i), i + 3.0
        size = float(np.exp(theta[5 + i]))
        lines = [(line, 1.0, False) for line in extra]
        lines += [(line, scale, True) for line, scale in zip(rows.both, s.scale[2:], strict=True)]
        for line, scale, counts in lines:
            z, r = line[: 4 + i], line[4 + i]
            mean, spread = z @ np.linalg.solve(P, h), scale**2 + z @ np.linalg.solve(P, z)
            if counts:
                total += float(stats.t.logpdf(r, degrees, mean, np.sqrt(size / degrees * spread)))
            size, degrees = size + (r - mean) ** 2 / spread, degrees + 1.0
            P, h = P + np.outer(z, z) / scale**2, h + z * r / scale**2
    assert log_marginal(rows, np.log(s.scale[2:]), theta) == pytest.approx(total, abs=1e-8)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_and_slopes_are_those_of_differences(shape: tuple[int, int, int]) -> None:
    s, rows, theta = case(shape, 0.7)
    scale = np.log(s.scale[s.p :])
    found = likelihood(rows, weighted_gram(rows, scale), theta)
    steps = 1e-4 * np.eye(len(theta))
    rough = [(log_marginal(rows, scale, theta + e) - log_marginal(rows, scale, theta - e)) / 2e-4 for e in steps]
    np.testing.assert_allclose(gradient_of(rows, theta, found), rough, atol=1e-5)
    chosen = np.arange(len(scale)) % 3 == 0
    steps = 1e-4 * np.eye(len(scale))[chosen]
    rough = [(log_marginal(rows, scale + e, theta) - log_marginal(rows, scale - e, theta)) / 2e-4 for e in steps]
    np.testing.assert_allclose(slopes_of(rows, scale, found, chosen), rough, atol=1e-5)


def test_lags_of_others_fade_with_their_own_tightness() -> None:
    s, rows, theta = case((3, 2, 4), 12.0)
    gram = weighted_gram(rows, np.log(s.scale[2:]))
    first = likelihood(rows, gram, theta).equations[0].b[4:].reshape(2, 3)
    assert np.abs(first[:, 1:]).max() < 1e-6
    assert np.abs(first[:, 0]).max() > 1e-3


def test_reduced_form_is_the_system_that_its_equations_describe() -> None:
    _, rows, _ = case((3, 2, 1), 0.0)
    rng = np.random.default_rng(0)
    k = rows.both.shape[1] - 3
    own = [rng.normal(size=(5, k + i)) for i in range(3)]
    sds = [rng.uniform(0.5, 2.0, size=5) for _ in range(3)]
    B, C = reduced_form(rows, own, sds)
    x, e = rng.normal(size=k), rng.normal(size=3)
    for draw in range(5):
        r = np.zeros(3)
        for i in range(3):
            r[i] = np.concatenate([x, r[:i]]) @ own[i][draw] + sds[i][draw] * e[i]
        np.testing.assert_allclose(x @ B[draw] + C[draw] @ e, r + rows.own * x[1:4], atol=1e-12)
        assert np.allclose(C[draw], np.tril(C[draw]))


def test_a_flat_prior_gives_the_written_likelihood_of_statsmodels_macrodata() -> None:
    """VAR(2) of growth: least squares, and the Gaussian log-likelihood 1962.57082 from the equations' squares."""
    table = sm.datasets.macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]
    y = np.ascontiguousarray(np.diff(np.log(table.to_numpy()), axis=0))
    ones = np.ones((len(y), 1))
    rows = rows_of(y, ones, np.zeros(3), 2)
    T = len(rows.at)
    theta = np.concatenate([np.full(3, 5.0), np.full(2, 15.0), np.full(3, -25.0)])
    found = likelihood(rows, weighted_gram(rows, np.zeros(T)), theta)
    loglik = -0.5 * T * (3 * (1 + np.log(2 * np.pi)) + sum(np.log(fit.size / T) for fit in found.equations))
    assert loglik == pytest.approx(1962.57082, abs=2e-4)
    got, _ = reduced_form(rows, [fit.b[None] for fit in found.equations], [np.ones(1) for _ in range(3)])
    ols = var_least_squares(var_moments(y, ones, np.ones(len(y)), np.zeros(3), 2))
    np.testing.assert_allclose(got[0], ols.B, atol=1e-4)
