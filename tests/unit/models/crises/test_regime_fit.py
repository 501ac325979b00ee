"""The posterior of the switching chain: its gradient, and simulated regimes found again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from forecast.kernels._jit import gate
from forecast.kernels.regimes.simulate import simulate_regimes
from forecast.models.crises.overlay import law_known_by
from forecast.models.crises.regime_fit import (
    CALM,
    CRISIS,
    RegimePrior,
    fit_posterior,
    log_posterior,
    posterior_draws,
    regime_prior,
    switching_of,
)
from forecast.months import month

LAW = law_known_by(month(2018, 9))
# log odds of a start and an end, calm growth, log fall, log noise, log ratio, two lags
TRUTH = np.array([-3.5, -1.5, 0.005, np.log(0.05), np.log(0.02), 0.4, -0.4, -0.2])


def growth(months: int = 2400) -> np.ndarray:
    """A long run of the chain at TRUTH."""
    return gate(simulate_regimes(np.zeros(10), switching_of(TRUTH), months + 100, 1, 11).values[0, 100:])


def test_unknowns_make_the_chain() -> None:
    model = switching_of(TRUTH)
    np.testing.assert_allclose(model.P[0].sum(axis=1), 1.0, rtol=1e-15)
    assert model.P[0, CALM, CRISIS] == pytest.approx(1.0 / (1.0 + np.exp(3.5)))
    # The intercept that leads to a mean of calm growth less the fall, with lags that add up to -.6.
    assert model.mu[CRISIS] == pytest.approx(1.6 * (0.005 - 0.05))
    assert np.sqrt(model.sigma2[CRISIS] / model.sigma2[CALM]) == pytest.approx(np.exp(0.4))


def test_gradient_is_that_of_the_log_posterior() -> None:
    x = growth(120)
    prior = regime_prior(LAW, x, 1)
    for u in (TRUTH, TRUTH + 0.1, np.concatenate([prior.mean, [0.1, 0.2]])):
        value, slope = log_posterior(u, x, prior)
        numeric = optimize.approx_fprime(u, lambda v: log_posterior(v, x, prior)[0], 1e-7)
        assert np.isfinite(value)
        np.testing.assert_allclose(slope, numeric, rtol=2e-4, atol=2e-3)


def test_simulated_regimes_are_found_again() -> None:
    """With many crises the record speaks louder than the prior: every unknown within four of its own sds."""
    x = growth()
    posterior = fit_posterior(x, regime_prior(LAW, x, 1), 2)
    sd = np.sqrt((posterior.factor**2).sum(axis=1))
    assert posterior.settled
    assert (np.abs(posterior.mode - TRUTH) < 4.0 * sd).all()
    assert (sd < [0.5, 0.4, 0.002, 0.3, 0.05, 0.2, 0.05, 0.05]).all()


def test_a_record_without_a_crisis_leaves_the_crisis_to_the_prior() -> None:
    x = np.random.default_rng(2).normal(0.004, 0.03, 180)
    prior = regime_prior(LAW, x, 1)
    posterior = fit_posterior(x, prior, 2)
    sd = np.sqrt((posterior.factor**2).sum(axis=1))
    for unknown in (1, 3):  # how crises end, and how steep they are
        assert abs(posterior.mode[unknown] - prior.mean[unknown]) < prior.sd[unknown]
        assert sd[unknown] > 0.6 * prior.sd[unknown]
    assert posterior.mode[2] == pytest.approx(0.004, abs=0.006)
    assert np.exp(posterior.mode[4]) == pytest.approx(0.03, rel=0.2)


def test_prior_is_what_the_kinds_say() -> None:
    x = np.random.default_rng(2).normal(0.0, 0.03, 180)
    monthly, yearly = regime_prior(LAW, x, 1), regime_prior(LAW, x, 12)
    falls = [kind.depth_log / kind.months_to_trough for kind in LAW.kinds]
    assert np.exp(monthly.mean[3]) == pytest.approx(-np.mean(falls))
    assert 1.0 / (1.0 + np.exp(-monthly.mean[0])) == pytest.approx(1.0 - np.exp(-LAW.hazard.mean / 12.0))
    assert yearly.mean[2] == pytest.approx(12.0 * monthly.mean[2])
    assert np.exp(yearly.mean[3]) > 4.0 * np.exp(monthly.mean[3])
    early = regime_prior(law_known_by(month(1975, 1)), x, 1)
    assert np.isfinite(early.mean).all(), "before any was measured a judgement stands in"


def test_draws_have_the_posterior_covariance_and_append() -> None:
    x = growth(240)
    posterior = fit_posterior(x, regime_prior(LAW, x, 1), 2)
    draws = posterior_draws(posterior, 20_000, 3)
    np.testing.assert_array_equal(draws[0], posterior.mode)
    np.testing.assert_array_equal(posterior_draws(posterior, 10, 3), draws[:10])
    covariance = posterior.factor @ posterior.factor.T
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(np.cov(draws.T) / np.outer(sd, sd), covariance / np.outer(sd, sd), atol=0.05)


def test_no_direction_is_less_certain_than_before() -> None:
    x = np.random.default_rng(2).normal(0.0, 0.03, 40)
    prior: RegimePrior = regime_prior(LAW, x, 1)
    posterior = fit_posterior(x, prior, 2)
    assert (np.sqrt((posterior.factor[:6] ** 2).sum(axis=1)) <= prior.sd * 1.001).all()
