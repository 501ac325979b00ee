"""The search for the hyperparameters: its density, gradient, and that nothing near is better."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from forecast.models.bvar.crisis_scale import first_scales, log_prior
from forecast.models.bvar.equations import likelihood
from forecast.models.bvar.mode import GAMMA_MODES, GAMMA_SDS, PSI, find_mode, hyperprior, log_density
from forecast.models.bvar.weighted import Rows, rows_of, weighted_gram
from tests.twins.bvar.naive import random_sample
from tests.unit.models.bvar.cases import NO_EPISODES, no_scales

STARTS = np.array([10, 19], dtype=np.int64)


def case(seed: int) -> tuple[Rows, np.ndarray, np.ndarray]:
    s, rng = random_sample(seed, 2, 3, 2, 40)
    theta = np.concatenate([np.log([0.3, 0.2, 0.1, 1.0, 1.0]), np.log(np.full(2, 0.05))]) + 0.3 * rng.normal(size=7)
    return rows_of(s.y, s.terms, s.own, 3), theta, first_scales(2) + rng.normal(size=(2, 4))


@pytest.mark.parametrize("seed", range(3))
def test_density_is_the_likelihood_and_the_printed_priors(seed: int) -> None:
    """Giannone, Lenza & Primiceri 2015: Gamma by mode and standard deviation, inverse Gamma for psi."""
    rows, theta, _ = case(seed)
    x = np.exp(theta)
    prior = stats.invgamma.logpdf(x[5:], PSI[0], scale=PSI[1]).sum()
    for value, mode, sd in zip(x, GAMMA_MODES, GAMMA_SDS, strict=False):
        shape = 0.5 * (2 + (mode / sd) ** 2 + np.sqrt((4 + (mode / sd) ** 2) * (mode / sd) ** 2))
        prior += stats.gamma.logpdf(value, shape, scale=sd / np.sqrt(shape))
    assert hyperprior(theta)[0] == pytest.approx(prior)
    value, _, marginal = log_density(rows, NO_EPISODES, 0, theta, no_scales())
    assert marginal == pytest.approx(likelihood(rows, weighted_gram(rows, np.zeros(40)), theta).value)
    assert value == pytest.approx(marginal + prior)


def test_scales_of_one_leave_only_their_prior() -> None:
    rows, theta, scales = case(1)
    plain, _, _ = log_density(rows, NO_EPISODES, 0, theta, no_scales())
    scales[:, :3] = -15.999
    scales[:, 3] = first_scales(2)[:, 3]
    with_scales, _, _ = log_density(rows, STARTS, 0, theta, scales)
    assert with_scales - log_prior(scales)[0] == pytest.approx(plain, abs=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_gradient_is_that_of_differences(seed: int) -> None:
    rows, theta, scales = case(seed)
    _, gradient, _ = log_density(rows, STARTS, 0, theta, scales)
    x = np.concatenate([theta, scales.ravel()])

    def value(at: np.ndarray) -> float:
        return log_density(rows, STARTS, 0, np.ascontiguousarray(at[:7]), at[7:].reshape(2, 4))[0]

    steps = 2e-3 * np.eye(len(x))
    rough = [np.array([(value(x + f * e) - value(x - f * e)) / (4e-3 * f) for e in steps]) for f in (1, 2)]
    np.testing.assert_allclose(gradient, (4 * rough[0] - rough[1]) / 3, rtol=1e-5, atol=1e-5)


def test_mode_is_the_best_of_a_general_search() -> None:
    rows, theta, _ = case(2)
    found = find_mode(rows, NO_EPISODES, 0)

    def loss(t: np.ndarray) -> float:
        return -log_density(rows, NO_EPISODES, 0, t, no_scales())[0]

    options = {"maxiter": 4000, "maxfev": 4000, "fatol": 1e-7, "xatol": 1e-4}
    best = optimize.minimize(loss, theta, method="Nelder-Mead", options=options)
    assert found.value >= -best.fun - 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_nothing_near_the_mode_is_better(seed: int) -> None:
    rows, _, _ = case(seed)
    found = find_mode(rows, STARTS, 0)
    for i in range(7):
        for step in (-0.1, 0.1):
            theta = found.theta.copy()
            theta[i] += step
            assert log_density(rows, STARTS, 0, theta, found.scales)[0] < found.value + 1e-3
    for i in range(8):
        for step in (-0.1, 0.1):
            scales = found.scales.copy()
            scales.flat[i] += step
            assert log_density(rows, STARTS, 0, found.theta, scales)[0] < found.value + 1e-3


def test_numbers_that_cannot_be_carried_have_no_density() -> None:
    rows, theta, scales = case(1)
    assert log_density(rows, STARTS, 0, theta + 100.0, scales)[0] == -np.inf
    assert log_density(rows, STARTS, 0, theta, scales + 100.0)[0] == -np.inf
