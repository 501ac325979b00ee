"""Statuses and properties of Bayesian vector autoregressions: short and broken samples, sizes, keys, unstable draws."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.bvar.data import var_least_squares, var_moments
from forecast.kernels.bvar.draws import niw_draws
from forecast.kernels.bvar.forecast import forecast_draws
from forecast.kernels.bvar.gibbs import conditional_gibbs
from forecast.kernels.bvar.hyper import hyper_metropolis, hyper_mode
from forecast.kernels.bvar.posterior import bvar_posterior
from forecast.kernels.bvar.stability import companion_radius
from forecast.kernels.bvar.stochastic import VolatilityPrior, VolatilityState, volatility_gibbs
from forecast.kernels.bvar.variates import gamma_variate
from forecast.kernels.status import INFEASIBLE, NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT, UNSTABLE

ONE, BOTH, NONE = np.ones(1), np.array([1, 1]), np.empty(0)
THETA = np.log([0.2, 1.0, 1.0, 0.5, 0.5])
MODES, SDS, PSI = np.array([0.2, 1.0, 1.0]), np.array([0.4, 1.0, 1.0]), np.array([0.0004, 0.0004])


def sample(rows: int = 20) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    y = np.cumsum(rng.normal(size=(rows, 2)), axis=0)
    return y, np.ones((rows, 1)), np.ones(rows), np.ones(2)


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_sample_that_is_not_finite_is_reported_all_the_way(part: int, bad: float) -> None:
    parts = [array.copy() for array in sample()]
    parts[part].flat[-1] = bad
    data = var_moments(*parts, 2)
    assert data.status == NON_FINITE
    assert var_least_squares(data).status == NON_FINITE
    assert bvar_posterior(data, THETA, BOTH, 2.0, NONE).status == NON_FINITE
    assert hyper_mode(data, THETA, BOTH, 2.0, MODES, SDS, PSI).status == NON_FINITE
    assert hyper_metropolis(1, 1, 2, 2, data, THETA, np.eye(5), BOTH, 2.0, MODES, SDS, PSI)[2] == NON_FINITE


def test_short_samples_and_sizes_that_do_not_fit() -> None:
    y, terms, scale, own = sample()
    assert var_moments(y[:2], terms[:2], scale[:2], own, 2).status == TOO_SHORT
    assert var_moments(y, terms[1:], scale, own, 2).status == OUT_OF_RANGE
    assert var_moments(y, terms, scale, ONE, 2).status == OUT_OF_RANGE
    assert var_moments(y, terms, scale, own, 0).status == OUT_OF_RANGE
    assert var_moments(y, terms, -scale, own, 2).status == OUT_OF_RANGE
    assert var_least_squares(var_moments(y[:8], terms[:8], scale[:8], own, 2)).status == TOO_SHORT
    assert bvar_posterior(var_moments(y[:4], terms[:4], scale[:4], own, 2), THETA, BOTH, 2.0, NONE).status == OK


def test_a_constant_series_is_singular_for_least_squares_and_fine_for_the_prior() -> None:
    y, terms, scale, own = sample()
    y = np.column_stack([y[:, 0], np.full(len(y), 3.0)])
    data = var_moments(y, terms, scale, own, 2)
    assert var_least_squares(data).status == SINGULAR
    assert bvar_posterior(data, THETA, BOTH, 2.0, NONE).status == OK


@pytest.mark.parametrize("bad", [np.nan, np.inf, -50.0, 50.0])
def test_hyperparameters_out_of_reach_are_reported(bad: float) -> None:
    data = var_moments(*sample(), 2)
    theta = THETA.copy()
    theta[1] = bad
    assert bvar_posterior(data, theta, BOTH, 2.0, NONE).status == OUT_OF_RANGE
    assert bvar_posterior(data, THETA[:-1].copy(), BOTH, 2.0, NONE).status == OUT_OF_RANGE
    assert hyper_metropolis(1, 1, 2, 2, data, THETA, -np.eye(5), BOTH, 2.0, MODES, SDS, PSI)[2] == SINGULAR


def test_units_shift_the_marginal_likelihood_by_their_jacobian() -> None:
    y, terms, scale, own = sample()
    one = bvar_posterior(var_moments(y, terms, scale, own, 2), THETA, np.array([1, 0]), 2.0, NONE)
    theta = THETA + np.array([0, 0, 0, 1, 1]) * 2 * np.log(10.0)
    ten = bvar_posterior(var_moments(10 * y, terms, scale, own, 2), theta, np.array([1, 0]), 2.0, NONE)
    # The constant's diffuse variance is not scaled along, hence the tolerance.
    assert ten.log_marginal == pytest.approx(one.log_marginal - 18 * 2 * np.log(10.0), abs=1e-3)


def test_scaling_a_month_down_is_worth_it_when_it_is_wild() -> None:
    y, terms, scale, own = sample()
    y[10:] += 40.0
    wild = scale.copy()
    wild[10] = 30.0
    plain, aware = (
        bvar_posterior(var_moments(y, terms, s, own, 1), THETA, np.array([0, 0]), 2.0, NONE).log_marginal
        for s in (scale, wild)
    )
    assert aware > plain + 10.0


def test_draws_refuse_what_is_no_posterior() -> None:
    B, U, Psi = np.zeros((3, 2)), np.eye(3), np.eye(2)
    assert niw_draws(1, 2, B, U, Psi, 5.0)[2] == OK
    assert niw_draws(1, 2, B, U, Psi, 1.0)[2] == OUT_OF_RANGE
    assert niw_draws(1, 2, B, U[:2, :2].copy(), Psi, 5.0)[2] == OUT_OF_RANGE
    assert niw_draws(1, 2, B + np.nan, U, Psi, 5.0)[2] == NON_FINITE
    assert niw_draws(1, 2, B, U * 0.0, Psi, 5.0)[2] == SINGULAR
    drawn, roots, status = niw_draws(1, 2, B, U, -Psi, 5.0)
    assert status == SINGULAR
    assert not drawn.any()
    assert not roots.any()


def test_a_gamma_of_no_shape_is_nan_and_others_are_positive() -> None:
    assert np.isnan(gamma_variate(1, 1, 1, 0.0))
    assert np.isnan(gamma_variate(1, 1, 1, float("nan")))
    assert min(gamma_variate(1, i, 0, 0.05) for i in range(50)) >= 0.0


def test_forecasts_mark_explosive_draws_and_pins_that_cannot_be_met() -> None:
    coefficients = np.array([[[0.5, 0.0], [0.0, 0.5]], [[1.3, 0.0], [0.0, 0.2]]])
    roots = np.stack([np.eye(2), np.eye(2)])
    terms, past, scale, pins = np.zeros((3, 0)), np.ones((1, 2)), np.ones(3), np.full((1, 3, 2), np.nan)
    _, radius, status = forecast_draws(1, 5, coefficients, roots, terms, past, scale, pins, 1.0)
    assert status.tolist() == [OK, UNSTABLE, OK, UNSTABLE, OK]
    np.testing.assert_allclose(radius[:2], [0.5, 1.3], rtol=1e-9)
    pins[0, 0, 0] = 4.0
    paths, _, status = forecast_draws(1, 4, coefficients, 0 * roots, terms, past, scale, pins, np.inf)
    assert (status == INFEASIBLE).all()
    assert np.isfinite(paths).all()
    assert (forecast_draws(1, 2, coefficients, roots, terms, past, scale, pins[0], np.inf)[2] == OUT_OF_RANGE).all()
    huge = np.full_like(coefficients, 1e200)
    with np.errstate(all="ignore"), threads(1):  # without compilation numpy warns
        paths, _, status = forecast_draws(1, 2, huge, roots, terms, past, scale, pins * np.nan, np.inf)
    assert (status == NON_FINITE).all()
    assert np.isfinite(paths).all()


def test_the_radius_of_what_is_not_finite_is_infinite() -> None:
    assert companion_radius(np.array([[np.nan]])) == np.inf
    assert companion_radius(np.array([[-0.7]])) == pytest.approx(0.7)
    turning = np.array([[0.0, -0.9], [0.9, 0.0]])
    assert companion_radius(turning) == pytest.approx(0.9)


def test_gibbs_reports_sizes_and_pins() -> None:
    B, U, Psi = np.zeros((3, 2)), np.eye(3), np.eye(2)
    terms, past, pins = np.ones((2, 1)), np.zeros((1, 2)), np.full((2, 2), np.nan)
    assert (conditional_gibbs(1, 2, 3, 0, B, U, Psi, 5.0, terms, past, pins)[3] == OK).all()
    assert (conditional_gibbs(1, 2, 3, 0, B, U, Psi, 5.0, terms[:1], past, pins)[3] == OUT_OF_RANGE).all()
    assert (conditional_gibbs(1, 2, 3, 0, B, U, -Psi, 5.0, terms, past, pins)[3] == SINGULAR).all()


def test_stochastic_volatility_reports_its_input() -> None:
    rng = np.random.default_rng(0)
    X, Y = np.column_stack([np.ones(12), rng.normal(size=(12, 2))]), rng.normal(size=(12, 2))
    prior = VolatilityPrior(np.zeros((3, 2)), np.ones((3, 2)), 1.0, np.zeros(2), 1.0, 3.0, 0.1)
    start = VolatilityState(np.zeros((3, 2)), np.eye(2), np.zeros((2, 12)), np.full(2, 0.1))
    rest = np.ones((2, 1)), np.zeros((1, 2)), np.full((2, 2), np.nan)
    kept, paths, status = volatility_gibbs(1, 2, 3, 1, X, Y, prior, start, *rest)
    assert (status == OK).all()
    assert (kept.phi > 0).all()
    assert np.isfinite(paths).all()
    assert (volatility_gibbs(1, 1, 2, 0, X, Y * np.nan, prior, start, *rest)[2] == NON_FINITE).all()
    assert (volatility_gibbs(1, 1, 2, 0, X, Y[1:], prior, start, *rest)[2] == OUT_OF_RANGE).all()
    assert (volatility_gibbs(1, 1, 2, 0, X, Y, prior._replace(v0=0.0), start, *rest)[2] == OUT_OF_RANGE).all()
    zeros, _, status = volatility_gibbs(1, 1, 3, 0, X, 0.0 * Y, prior, start, *rest)
    assert (status == OK).all(), "errors that are exactly zero have a floor under their logs"
    assert np.isfinite(zeros.log_volatility).all()
