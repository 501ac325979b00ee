"""Giannone, Lenza & Primiceri 2015: hyperpriors as printed, and what their prior implies on macroeconomic data."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from forecast.kernels.bvar.data import var_least_squares, var_moments
from forecast.kernels.bvar.hyper import gamma_shape_scale, hyper_log_density, hyper_metropolis, hyper_mode
from forecast.kernels.bvar.posterior import bvar_posterior
from forecast.kernels.status import OK
from tests.twins.bvar.naive import Sample, dummies_of, log_density_of_rows, prior_of, rows_of

BOTH = np.array([1, 1])
NONE = np.empty(0)
MODES, SDS, PSI = np.array([0.2, 1.0, 1.0]), np.array([0.4, 1.0, 1.0]), np.array([0.0004, 0.0004])


def macro() -> Sample:
    """Log levels of real GDP, consumption and investment, five lags and a constant, as in the paper's small model."""
    table = sm.datasets.macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]
    y = np.ascontiguousarray(np.log(table.to_numpy()))
    return Sample(y, np.ones((len(y), 1)), np.ones(len(y)), np.ones(3), 5)


def test_giannone_2015_hyperpriors_have_the_printed_modes_and_deviations() -> None:
    """Section III.C: lambda .2 and .4, mu and delta 1 and 1. The golden ratio is the shape of the latter less one."""
    shape, scale = gamma_shape_scale(0.2, 0.4)
    assert stats.gamma(shape, scale=scale).std() == pytest.approx(0.4)
    assert (shape - 1) * scale == pytest.approx(0.2)
    assert gamma_shape_scale(1.0, 1.0)[0] == pytest.approx((3 + np.sqrt(5)) / 2)


def test_giannone_2015_marginal_likelihood_at_the_mode_on_macrodata() -> None:
    s = macro()
    data = var_moments(*s)
    found = hyper_mode(data, np.log([0.2, 1, 1, 1e-4, 1e-4, 1e-3]), BOTH, 2.0, MODES, SDS, PSI)
    assert found.status == OK
    assert 0.05 < np.exp(found.theta[0]) < 2.0
    b, omega, psi = prior_of(s, found.theta, 2.0)
    X, Y = rows_of(s)
    D, E = dummies_of(s, found.theta, BOTH)
    together = log_density_of_rows(b, np.diag(omega), np.diag(psi), 5.0, np.vstack([X, D]), np.vstack([Y, E]))
    alone = log_density_of_rows(b, np.diag(omega), np.diag(psi), 5.0, D, E)
    got = bvar_posterior(data, found.theta, BOTH, 2.0, NONE)
    # The naive side inverts covariances with a diffuse constant: it is good to about 1e-4 here.
    assert got.log_marginal == pytest.approx(together - alone, abs=1e-3)
    worse = [found.theta + shift for shift in 0.05 * np.vstack([np.eye(6), -np.eye(6)])]
    assert all(hyper_log_density(data, t, BOTH, 2.0, MODES, SDS, PSI, NONE)[0] < found.value for t in worse)


def test_giannone_2015_loose_prior_is_least_squares_and_tight_prior_a_random_walk() -> None:
    s = macro()
    data = var_moments(*s)
    ols = var_least_squares(data)
    loose = bvar_posterior(data, np.log([1e4, 1, 1, 1e-4, 1e-4, 1e-3]), np.array([0, 0]), 2.0, NONE)
    tight = bvar_posterior(data, np.log([1e-6, 1, 1, 1e-4, 1e-4, 1e-3]), np.array([0, 0]), 2.0, NONE)
    np.testing.assert_allclose(loose.B, ols.B, atol=2e-4)
    np.testing.assert_allclose(tight.B[1:4], np.eye(3), atol=1e-6)
    np.testing.assert_allclose(tight.B[4:], 0.0, atol=1e-6)


def test_giannone_2015_dummies_fade_as_their_numbers_grow() -> None:
    """From the coefficients; each still counts as one more row for Sigma, in the paper's formula as well."""
    data = var_moments(*macro())
    theta = np.log([0.2, 1e6, 1e6, 1e-4, 1e-4, 1e-3])
    faded, none = (bvar_posterior(data, theta, use, 2.0, NONE) for use in (BOTH, np.array([0, 0])))
    np.testing.assert_allclose(faded.B, none.B, atol=1e-6)
    assert faded.d == none.d + 4


def test_giannone_2015_metropolis_accepts_about_a_quarter() -> None:
    data = var_moments(*macro())
    found = hyper_mode(data, np.log([0.2, 1, 1, 1e-4, 1e-4, 1e-3]), BOTH, 2.0, MODES, SDS, PSI)
    draws, accepted, status = hyper_metropolis(
        1, 4, 1500, 500, data, found.theta, found.information, BOTH, 2.0, MODES, SDS, PSI
    )
    assert status == OK
    assert (np.abs(accepted - 0.25) < 0.08).all()
    between, within = draws.mean(axis=1).var(axis=0, ddof=1), draws.var(axis=1).mean(axis=0)
    assert (between < 0.2 * within).all(), "the chains tell the same story"
