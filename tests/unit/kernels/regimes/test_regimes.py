"""Switching autoregressions at their edges: broken input, gaps, extremes, scale, and paths by key."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.random import draw_normals
from forecast.kernels.regimes.chain import ergodic_law
from forecast.kernels.regimes.estimate import RegimeShape, fit_regimes
from forecast.kernels.regimes.hamilton import INTERCEPT, MEAN, Switching, hamilton_filter
from forecast.kernels.regimes.kim import kim_smoother
from forecast.kernels.regimes.score import regime_score
from forecast.kernels.regimes.simulate import simulate_regimes
from forecast.kernels.regimes.stability import switching_radius
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT, UNSTABLE

P = np.array([[[0.9, 0.1], [0.2, 0.8]]])
SHAPE = RegimeShape(2, 0, MEAN, False, False)


def model(p: int = 1, form: int = MEAN, **change: np.ndarray) -> Switching:
    made = Switching(P, np.array([-1.0, 2.0]), np.full((2, p), 0.2), np.array([0.5, 1.5]), np.empty(0), form)
    return made._replace(**change)


def two_levels(n: int = 60) -> np.ndarray:
    y = draw_normals(3, 1, n)[0]
    y[n // 3 : 2 * n // 3] += 6.0
    return y


def test_a_gap_says_nothing_and_is_refused_with_lags() -> None:
    y = two_levels(12)
    y[5] = np.nan
    known = hamilton_filter(y, model(0))
    assert known.status == OK
    assert known.contributions[5] == pytest.approx(0.0, abs=1e-15)
    np.testing.assert_allclose(known.filtered[5], known.predicted[5])
    assert np.isfinite(kim_smoother(known).smoothed).all()
    for refused in (
        hamilton_filter(y, model(1)),
        kim_smoother(hamilton_filter(y, model(1))),
        regime_score(y, model(1)),
    ):
        assert refused.status == NON_FINITE


@pytest.mark.parametrize(
    ("y", "broken", "status"),
    [
        (np.array([1.0, np.inf, 2.0]), model(0), NON_FINITE),
        (np.full(4, np.nan), model(0), TOO_SHORT),
        (np.empty(0), model(0), TOO_SHORT),
        (np.ones(2), model(2), TOO_SHORT),
        (np.ones(5), model(0, sigma2=np.array([1.0, -1.0])), SINGULAR),
        (np.ones(5), model(0, P=np.eye(2)[None]), SINGULAR),
        (np.ones(5), model(0, P=np.full((1, 2, 2), np.nan)), OUT_OF_RANGE),
        (np.ones(5), model(0, initial=np.array([0.5, 0.6])), OUT_OF_RANGE),
        (np.array([1.0, 1e200, 1.0]), model(0), NON_FINITE),
    ],
)
def test_broken_input_has_a_status_and_only_nan(y: np.ndarray, broken: Switching, status: int) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        known = hamilton_filter(y, broken)
        score = regime_score(y, broken)
        ahead = simulate_regimes(y, broken, 3, 2, 1)
    assert score.status == status
    assert np.isnan(score.loglik)
    assert known.status == status
    assert np.isnan(known.loglik)
    assert np.isnan(known.filtered).all()
    assert np.isnan(kim_smoother(known).smoothed).all()
    assert ahead.status == status
    assert np.isnan(ahead.values).all()
    assert (ahead.regimes == -1).all()


def test_figures_far_out_and_regimes_without_return_do_not_underflow() -> None:
    """The second regime alone can bring the series back: its weight is e^-45000 on the way and 1 in the end."""
    one_way = model(
        0,
        P=np.array([[[0.5, 0.5], [0.0, 1.0]]]),
        mu=np.array([0.0, 300.0]),
        sigma2=np.ones(2),
        initial=np.array([1.0, 0.0]),
    )
    y = np.array([0.0, 0.0, 0.0, 300.0, 300.0])
    known = hamilton_filter(y, one_way)
    expected = 3 * np.log(0.5) + np.log(0.5) - 2.5 * np.log(2 * np.pi)
    assert known.loglik == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(kim_smoother(known).smoothed[:, 1], [0, 0, 0, 1, 1], atol=1e-12)
    absorbed = one_way._replace(initial=np.array([0.0, 1.0]))
    known = hamilton_filter(np.zeros(3), absorbed)
    assert known.loglik == pytest.approx(3 * (-0.5 * 300.0**2 - 0.5 * np.log(2 * np.pi)), rel=1e-12)


@pytest.mark.parametrize("form", [MEAN, INTERCEPT])
def test_regimes_may_change_places(form: int) -> None:
    y = two_levels(12)
    here, there = model(2, form), model(2, form)
    phi = np.array([[0.1, 0.3], [-0.2, 0.4]])
    here = here._replace(phi=phi)
    there = there._replace(
        P=P[:, ::-1, ::-1].copy(), mu=here.mu[::-1].copy(), phi=phi[::-1].copy(), sigma2=here.sigma2[::-1].copy()
    )
    one, other = hamilton_filter(y, here), hamilton_filter(y, there)
    assert one.loglik == pytest.approx(other.loglik, rel=1e-12)
    np.testing.assert_allclose(kim_smoother(one).smoothed, kim_smoother(other).smoothed[:, ::-1], rtol=1e-9)


def test_equal_regimes_are_one_autoregression() -> None:
    y = two_levels(10)
    known = hamilton_filter(y, model(1, mu=np.zeros(2), sigma2=np.ones(2)))
    r = y[1:] - 0.2 * y[:-1]
    assert known.loglik == pytest.approx(-0.5 * (r @ r) - 4.5 * np.log(2 * np.pi), rel=1e-12)


def test_a_fit_moves_with_scale_and_shift_and_orders_regimes() -> None:
    y = two_levels()
    shape = RegimeShape(2, 0, MEAN, False, False)
    fit = fit_regimes(y, shape, 2, 5)
    assert fit.status == OK
    assert fit.model.mu[0] == pytest.approx(0.0, abs=0.6)
    assert fit.model.mu[1] == pytest.approx(6.0, abs=0.6)
    assert fit.loglik == pytest.approx(hamilton_filter(y, fit.model).loglik, rel=1e-9)
    moved = fit_regimes(100.0 - 10.0 * y, shape, 2, 5)
    np.testing.assert_allclose(moved.model.mu, 100.0 - 10.0 * fit.model.mu[::-1], rtol=1e-4)
    assert moved.loglik == pytest.approx(fit.loglik - len(y) * np.log(10.0), rel=1e-7)


def test_an_intercept_form_fit_reports_the_likelihood_of_its_own_model() -> None:
    y = two_levels(40) + 50.0
    fit = fit_regimes(y, RegimeShape(2, 1, INTERCEPT, False, False), 1, 5)
    assert fit.loglik == pytest.approx(hamilton_filter(y, fit.model).loglik, rel=1e-9)
    assert np.all(np.diff(fit.model.mu) >= 0.0)


@pytest.mark.parametrize(
    ("y", "shape", "status"),
    [
        (np.ones(40), SHAPE, SINGULAR),
        (np.arange(5.0), SHAPE, TOO_SHORT),
        (np.full(40, np.nan), SHAPE, TOO_SHORT),
        (np.r_[two_levels(), np.inf], SHAPE, NON_FINITE),
        (np.r_[two_levels(), np.nan], SHAPE._replace(lags=1), NON_FINITE),
        (two_levels(), SHAPE._replace(regimes=0), OUT_OF_RANGE),
        (two_levels(), SHAPE._replace(lags=-1), OUT_OF_RANGE),
        (two_levels(90), SHAPE._replace(lags=17), OUT_OF_RANGE),
        (two_levels(), SHAPE._replace(form=9), OUT_OF_RANGE),
    ],
)
def test_a_fit_that_cannot_be_made_says_why(y: np.ndarray, shape: RegimeShape, status: int) -> None:
    fit = fit_regimes(y, shape, 2, 1)
    assert fit.status == status
    assert np.isnan(fit.loglik)
    assert np.isnan(fit.model.mu).all()


def test_a_variance_of_zero_is_not_taken_while_a_start_leads_elsewhere() -> None:
    y = np.where(np.arange(40) % 4 < 2, 0.0, 1.0)
    fit = fit_regimes(y, RegimeShape(2, 0, MEAN, True, False), 2, 1)
    assert fit.status == OK
    assert np.max(fit.logliks) > fit.loglik + 100.0
    assert fit.model.sigma2.min() > 0.01


def test_a_variance_of_zero_from_every_start_is_named() -> None:
    fit = fit_regimes(np.repeat([0.0, 1.0], 15), SHAPE, 1, 1)
    assert fit.status == SINGULAR
    assert np.isfinite(fit.loglik)


def test_ergodic_law_of_chains_that_do_not_mix() -> None:
    law = np.empty(2)
    assert ergodic_law(np.eye(2), law) == SINGULAR
    assert ergodic_law(np.array([[0.5, 0.4], [0.5, 0.5]]), law) == OUT_OF_RANGE
    assert ergodic_law(np.array([[0.0, 1.0], [1.0, 0.0]]), law) == OK
    np.testing.assert_allclose(law, 0.5)


def test_paths_append_and_do_not_depend_on_threads() -> None:
    y = two_levels(12)
    few, many = simulate_regimes(y, model(2), 4, 3, 7), simulate_regimes(y, model(2), 9, 6, 7)
    np.testing.assert_array_equal(few.values, many.values[:3, :4])
    np.testing.assert_array_equal(few.regimes, many.regimes[:3, :4])
    assert not np.array_equal(few.values, simulate_regimes(y, model(2), 4, 3, 8).values)
    for count in (1, 2):
        with threads(count):
            np.testing.assert_array_equal(many.values, simulate_regimes(y, model(2), 9, 6, 7).values)
    assert simulate_regimes(y, model(2), -1, 3, 7).status == OUT_OF_RANGE
    assert simulate_regimes(y, model(2), 0, 0, 7).values.shape == (0, 0)


def test_paths_of_an_explosive_autoregression_say_so() -> None:
    y = two_levels(12)
    explosive = model(1, phi=np.full((2, 1), 1.05))
    assert simulate_regimes(y, explosive, 6, 3, 7).status == UNSTABLE
    with np.errstate(over="ignore", invalid="ignore"):
        ended = simulate_regimes(y, model(1, phi=np.full((2, 1), 1e60)), 9, 3, 7)
    assert ended.status == UNSTABLE
    assert np.isnan(ended.values).all()
    now_and_then = model(1, phi=np.array([[0.2], [1.05]]), P=np.array([[[0.9, 0.1], [0.9, 0.1]]]))
    assert simulate_regimes(y, now_and_then, 6, 3, 7).status == OK


@pytest.mark.parametrize("seed", range(5))
def test_radius_is_the_growth_of_the_mean_square_month_by_month(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, p = 2 + seed % 2, 1 + seed % 3
    law = rng.dirichlet(np.ones(k), k)
    made = model(p)._replace(P=law[None], mu=np.zeros(k), phi=rng.normal(size=(k, p)), sigma2=np.ones(k))
    moments = np.array([np.eye(p)] * k)
    growth = []
    for _ in range(400):
        into = np.einsum("ij,iab->jab", law, moments)
        for s in range(k):
            companion = np.vstack([made.phi[s], np.eye(p)[: p - 1]])
            moments[s] = companion @ into[s] @ companion.T
        growth.append(np.trace(moments.sum(axis=0)))
        moments /= growth[-1]
    assert switching_radius(made) == pytest.approx(np.exp(np.mean(np.log(growth[200:]))), rel=1e-6)
    same = made._replace(phi=np.tile(made.phi[0], (k, 1)))
    nearly = same._replace(phi=same.phi + 1e-13 * np.arange(k)[:, None])
    assert switching_radius(same) == pytest.approx(switching_radius(nearly), rel=1e-5)
