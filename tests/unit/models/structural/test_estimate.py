"""fit(): draws of the hyperparameters against a Metropolis chain, seeds, and what does not change the answer."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from forecast.errors import NumericalError
from forecast.kernels.sparse.kalman import loglik
from forecast.models.structural.estimate import fit
from forecast.models.structural.hyperparameters import hyperpriors, system_parameters
from forecast.models.structural.importance import importance_draws
from tests.exact.cases import FloatArray, at_mode, background, flagship, monthly_fit, one_flow_fit


def log_posterior(v: FloatArray) -> float:
    """Log posterior of the one-flow panel's hyperparameters, given its linearisation."""
    fitted, system = one_flow_fit(), at_mode(one_flow_fit())[0]
    beliefs = hyperpriors(fitted.panel, fitted.background, fitted.layout)
    z = np.array([(x - belief.mean) / belief.sd for x, belief in zip(v, beliefs, strict=True)])
    return loglik(system, *system_parameters(fitted.layout, v))[1] - 0.5 * float(z @ z)


@cache
def metropolis() -> tuple[FloatArray, float]:
    """A random walk over the same posterior, scaled as Roberts, Gelman & Gilks 1997 advise; draws and acceptance."""
    fitted, rng, steps = one_flow_fit(), np.random.default_rng(1), 20_000
    system = at_mode(fitted)[0]
    beliefs = hyperpriors(fitted.panel, fitted.background, fitted.layout)
    centre, spread = (np.array([getattr(belief, name) for belief in beliefs]) for name in ("mean", "sd"))
    root = 2.38 / np.sqrt(len(fitted.mode)) * np.linalg.cholesky(np.cov(fitted.draws.T))
    at, taken, chain = fitted.mode, 0, []

    def value(v: FloatArray) -> float:
        return loglik(system, *system_parameters(fitted.layout, v))[1] - 0.5 * float(
            (((v - centre) / spread) ** 2).sum()
        )

    here = value(at)
    for _ in range(steps):
        new = at + root @ rng.standard_normal(len(at))
        there = value(new)
        if np.log(rng.uniform()) < there - here:
            at, here, taken = new, there, taken + 1
        chain.append(at)
    return np.array(chain[steps // 10 :]), taken / steps


def test_draws_agree_with_a_metropolis_chain() -> None:
    fitted = one_flow_fit()
    chain, taken = metropolis()
    assert 0.1 < taken < 0.6
    sd = chain.std(axis=0)
    np.testing.assert_allclose((fitted.draws.mean(axis=0) - chain.mean(axis=0)) / sd, 0.0, atol=0.2)
    np.testing.assert_allclose(fitted.draws.std(axis=0) / sd, 1.0, atol=0.2)
    for level in (0.1, 0.5, 0.9):
        share = (fitted.draws < np.quantile(chain, level, axis=0)).mean(axis=0)
        np.testing.assert_allclose(share, level, atol=0.09)


def test_mode_is_a_maximum() -> None:
    fitted = one_flow_fit()
    top = log_posterior(fitted.mode)
    for i in range(len(fitted.mode)):
        for step in (-0.2, 0.2):
            moved = fitted.mode.copy()
            moved[i] += step * fitted.sd[i]
            assert log_posterior(moved) < top + 1e-3


@pytest.mark.parametrize("estimate", [flagship, monthly_fit, one_flow_fit])
def test_proposal_is_worth_its_draws(estimate: object) -> None:
    fitted = estimate()  # type: ignore[operator]
    assert 0.25 < fitted.proposal_efficiency <= 1.0
    assert len(np.unique(fitted.draws, axis=0)) > 150
    assert fitted.draws.shape == (512, len(fitted.names))


def test_same_seed_same_bits() -> None:
    fitted = one_flow_fit()
    again = fit(fitted.panel, background(), seed=7)
    np.testing.assert_array_equal(again.draws, fitted.draws)
    np.testing.assert_array_equal(again.a_kept, fitted.a_kept)
    other = fit(fitted.panel, background(), seed=8)
    assert (other.draws != fitted.draws).any(axis=1).mean() > 0.9
    np.testing.assert_array_equal(other.mode, fitted.mode)


# ---- importance draws by themselves ------------------------------------------------------------------


def gaussian(v: FloatArray) -> FloatArray:
    """Correlated normal about (1, -2), a constant added."""
    precision = np.linalg.inv(np.array([[0.5, 0.3], [0.3, 0.4]]))
    d = v - np.array([1.0, -2.0])
    return np.asarray(-0.5 * np.einsum("...i,ij,...j->...", d, precision, d) - 1234.5)


def test_importance_draws_of_a_gaussian() -> None:
    draws, efficiency = importance_draws(gaussian, np.array([1.0, -2.0]), np.array([1.0, 1.0]), seed=3)
    assert efficiency > 0.7
    np.testing.assert_allclose(draws.mean(axis=0), [1.0, -2.0], atol=0.1)
    np.testing.assert_allclose(np.cov(draws.T), [[0.5, 0.3], [0.3, 0.4]], atol=0.09)


def test_importance_draws_survive_a_region_that_breaks() -> None:
    def half(v: FloatArray) -> FloatArray:
        return np.where(v[..., 0] < 1.5, gaussian(v), np.nan)

    draws, _ = importance_draws(half, np.array([1.0, -2.0]), np.array([1.0, 1.0]), seed=3)
    assert draws[:, 0].max() < 1.5


def test_importance_draws_of_nothing_are_refused() -> None:
    def broken_but_at_the_mode(v: FloatArray) -> FloatArray:
        return np.where(len(v) > 100, np.full(v.shape[:-1], np.nan), gaussian(v))

    with pytest.raises(NumericalError), np.errstate(invalid="ignore"):
        importance_draws(broken_but_at_the_mode, np.array([1.0, -2.0]), np.array([1.0, 1.0]), seed=3)
