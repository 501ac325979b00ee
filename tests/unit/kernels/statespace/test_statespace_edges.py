"""Edges of the general state space: statuses, redundant and contradicting observations, unseen directions, scales."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.statespace.backward import statespace_backward
from forecast.kernels.statespace.batch import statespace_loglik, statespace_logliks
from forecast.kernels.statespace.cumulator import Spans, statespace_cumulate
from forecast.kernels.statespace.disturbance import statespace_disturbances
from forecast.kernels.statespace.filter import Filtered, statespace_filter
from forecast.kernels.statespace.model import StateSpace, state_space, state_space_batch, statespace_check
from forecast.kernels.statespace.simulation import statespace_draws, statespace_roots
from forecast.kernels.statespace.smoother import statespace_smooth
from forecast.kernels.statespace.univariate import univariate_form
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT, UNSTABLE

FloatArray = NDArray[np.float64]


def trend(P1: float | None = None) -> StateSpace:
    """Level and slope; diffuse unless the variance of the start is given."""
    start = None if P1 is None else P1 * np.eye(2)
    return state_space([[1.0, 0.0]], [[0.5]], [[1.0, 1.0], [0.0, 1.0]], np.eye(2), np.diag([0.2, 0.05]), P1=start)


def series(n: int = 12, p: int = 1) -> FloatArray:
    t = np.arange(n)[:, None]
    return gate(np.sin(1.7 * t + np.arange(p)) + 0.1 * t)


def filtered(y: FloatArray, s: StateSpace) -> Filtered:
    u, status = univariate_form(y, s)
    assert status == OK
    return statespace_filter(u, s)


def smoothed(y: FloatArray, s: StateSpace) -> tuple[FloatArray, FloatArray]:
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    return statespace_smooth(u, f, statespace_backward(u, f))


@pytest.mark.parametrize("name", StateSpace._fields)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_has_a_status_and_no_likelihood(name: str, bad: float) -> None:
    matrix = getattr(trend(1.0), name).copy()
    matrix.flat[-1] = bad
    s = trend(1.0)._replace(**{name: matrix})
    assert statespace_check(series(), s) == NON_FINITE
    assert statespace_loglik(series(), s) == (-math.inf, NON_FINITE)


def test_an_infinite_observation_is_not_a_gap() -> None:
    y = series()
    y[3] = math.inf
    assert statespace_loglik(y, trend())[1] == NON_FINITE


def test_shapes_that_do_not_fit_are_out_of_range() -> None:
    y = series()
    s = trend()
    wrong = [
        (series(12, 2), s),
        (y[:0], s),
        (y, s._replace(T=np.ones((5, 2, 2)))),
        (y, s._replace(R=np.ones((1, 2, 1)))),
        (y, s._replace(P1=np.eye(3))),
        (y, s._replace(c=np.ones((1, 3)))),
    ]
    assert [statespace_loglik(gate(z), x)[1] for z, x in wrong] == [OUT_OF_RANGE] * len(wrong)


def test_errors_that_are_no_covariance_are_singular() -> None:
    two = state_space(np.eye(2), np.eye(2), np.eye(2), np.eye(2), np.eye(2), P1=np.eye(2))
    assert statespace_loglik(series(9, 2), two._replace(H=gate([[[1.0, 2.0], [2.0, 1.0]]])))[1] == SINGULAR
    assert statespace_loglik(series(9, 2), two._replace(H=gate([[[0.0, 1.0], [1.0, 1.0]]])))[1] == SINGULAR
    assert statespace_loglik(series(9, 2), two._replace(H=gate([[[-1.0, 0.0], [0.0, 1.0]]])))[1] == SINGULAR
    assert statespace_loglik(series(9, 2), two._replace(H=gate([[[1.0, 1.0], [1.0, 1.0]]])))[1] == OK


def test_nothing_but_gaps_is_the_prior() -> None:
    y = np.full((6, 1), np.nan)
    assert statespace_loglik(y, trend(2.0)) == (0.0, OK)
    mean, V = smoothed(y, trend(2.0))
    np.testing.assert_array_equal(mean, 0.0)
    np.testing.assert_allclose(V[0], 2.0 * np.eye(2))
    assert V[-1, 0, 0] > V[0, 0, 0]


def test_one_observation() -> None:
    s = state_space([[2.0]], [[0.5]], [[1.0]], [[1.0]], [[1.0]], P1=[[3.0]], a1=[1.0])
    y = gate([[4.0]])
    assert statespace_loglik(y, s)[0] == pytest.approx(-0.5 * (math.log(2 * math.pi * 12.5) + 4.0 / 12.5))
    mean, V = smoothed(y, s)
    assert mean[0, 0] == pytest.approx(1.0 + 6.0 / 12.5 * 2.0)
    assert V[0, 0, 0] == pytest.approx(3.0 - 36.0 / 12.5)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
def test_another_unit_changes_the_likelihood_by_its_logarithm(scale: float) -> None:
    y, s = series(), trend()
    in_units = s._replace(H=s.H * scale**2, Q=s.Q * scale**2)
    shift = (len(y) - 2) * math.log(scale)  # the two diffuse directions have no scale
    assert statespace_loglik(gate(y * scale), in_units)[0] == pytest.approx(
        statespace_loglik(y, s)[0] - shift, rel=1e-9
    )


def test_the_order_of_the_series_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    root = rng.normal(size=(3, 3))
    s = state_space(rng.normal(size=(3, 2)), root @ root.T, 0.8 * np.eye(2), np.eye(2), np.eye(2), P1=np.eye(2))
    y = series(10, 3)
    y[4, 1] = y[7, 0] = np.nan
    turned = [2, 0, 1]
    other = s._replace(Z=gate(s.Z[:, turned]), H=gate(s.H[:, turned][:, :, turned]))
    assert statespace_loglik(gate(y[:, turned]), other)[0] == pytest.approx(statespace_loglik(y, s)[0], rel=1e-12)


def reported_twice(scale: float, off: float) -> tuple[FloatArray, StateSpace, FloatArray]:
    """Months seen exactly and, five months after the year's end, their total: nothing new, or a contradiction."""
    n = 24
    T = np.tile(np.array([[1.0, 1.0, 0.0], [0.0, 0.95, 0.0], [1.0, 0.0, 1.0]]), (n, 1, 1))
    T[12:, 2, :2] = 0.0
    Z = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    R, Q = np.eye(3)[:, :2], np.diag([1.0, 0.1]) * scale**2
    s = state_space(Z, np.zeros((2, 2)), T, R, Q, P1=np.diag([100.0, 1.0, 0.0]) * scale**2)
    y = np.full((n, 2), np.nan)
    y[:, 0] = scale * series(n)[:, 0] * 3.0
    without = y.copy()
    y[17, 1] = y[:12, 0].sum() + scale * off
    return y, s, without


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_an_observation_implied_by_earlier_ones_is_passed_over(scale: float) -> None:
    y, s, without = reported_twice(scale, 0.0)
    assert statespace_loglik(y, s) == statespace_loglik(without, s)
    f = filtered(y, s)
    assert f.status == OK
    assert f.weight[18] == 0.0
    np.testing.assert_allclose(smoothed(y, s)[0], smoothed(without, s)[0], atol=1e-9 * scale)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_an_observation_that_contradicts_exact_ones_is_singular(scale: float) -> None:
    y, s, _ = reported_twice(scale, 0.01)
    assert statespace_loglik(y, s) == (-math.inf, SINGULAR)
    assert filtered(y, s).status == SINGULAR


def test_small_variances_after_a_wide_prior_are_no_rounding_errors() -> None:
    """Log output: growth variance 3e-5 against a prior of 1e6, and an AR(2) whose first coefficient exceeds one."""
    T = [[1.0, 1.0, 0.0], [0.0, 1.5, -0.6], [0.0, 1.0, 0.0]]
    s = state_space([[1.0, 1.0, 0.0]], [[0.0]], T, np.eye(3)[:, :2], np.diag([3e-5, 3e-6]), P1=1e6 * np.eye(3))
    f = filtered(gate(0.01 * series(60)), s)
    assert f.status == OK
    assert (f.weight > 0.0).all()


def test_a_deterministic_state_is_learned_and_then_known() -> None:
    s = state_space([[1.0]], [[0.0]], [[1.0]], [[1.0]], [[0.0]], P1=[[4.0]])
    assert statespace_loglik(np.full((5, 1), 1.5), s)[1] == OK
    assert statespace_loglik(gate([[1.5], [1.5], [1.6]]), s)[1] == SINGULAR


@pytest.mark.parametrize("root", [0.999999999, 1.0, 1.05, 1.5])
def test_roots_at_and_beyond_one_keep_a_finite_likelihood(root: float) -> None:
    s = state_space([[1.0]], [[1.0]], [[root]], [[1.0]], [[1.0]], P1=[[1.0]])
    loglik, status = statespace_loglik(series(80), s)
    assert status == OK
    assert math.isfinite(loglik)
    _, V = smoothed(series(80), s)
    assert (V[:, 0, 0] > 0.0).all()
    assert (V[:, 0, 0] < 1.0).all()


def test_an_overflow_is_unstable() -> None:
    s = state_space([[1.0]], [[1.0]], [[1e100]], [[1.0]], [[1.0]], P1=[[1.0]])
    y = np.full((6, 1), np.nan)
    y[5] = 1.0
    with np.errstate(all="ignore"):
        assert statespace_loglik(y, s) == (-math.inf, UNSTABLE)


def test_a_draw_that_rounding_carries_off_its_observations_is_unstable() -> None:
    s = state_space([[1.0]], [[0.0]], [[3.0]], [[1.0]], [[1e-12]], P1=[[1.0]])
    y = gate((3.0 ** np.arange(30))[:, None])
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    _, values, status = statespace_draws(y, s, u, f, 1, 2, 0, gate_int([0]))
    off = np.abs(values - y).max(axis=(1, 2)) > 1e-6 * (1.0 + y.max())
    assert (status[off] == UNSTABLE).all()


def test_diffuse_directions_that_were_never_seen() -> None:
    """One figure for level and slope: the level is known, the slope's variance is infinite, nothing can be drawn."""
    y = np.full((4, 1), np.nan)
    y[0] = 2.0
    f = filtered(y, trend())
    assert (f.left, f.diffuse, f.status) == (1, 4, OK)
    mean, V = smoothed(y, trend())
    assert mean[0, 0] == pytest.approx(2.0)
    assert V[0, 0, 0] == pytest.approx(0.5)
    assert np.isinf(V[:, 1, 1]).all()
    assert np.isinf(V[1:, 0, 0]).all()
    u, _ = univariate_form(y, trend())
    states, _, status = statespace_draws(y, trend(), u, f, 1, 3, 0, gate_int([0]))
    assert status.tolist() == [TOO_SHORT] * 3
    assert np.isnan(states).all()


def test_the_state_of_no_series_stays_diffuse_and_harms_nobody() -> None:
    s = state_space([[1.0, 0.0]], [[0.5]], np.eye(2), np.eye(2), np.diag([0.2, 0.0]))
    alone = state_space([[1.0]], [[0.5]], [[1.0]], [[1.0]], [[0.2]])
    assert statespace_loglik(series(), s)[0] == pytest.approx(statespace_loglik(series(), alone)[0], rel=1e-12)
    np.testing.assert_allclose(smoothed(series(), s)[0][:, 0], smoothed(series(), alone)[0][:, 0], rtol=1e-10)


def test_regressors_far_from_zero_are_still_told_apart() -> None:
    """A constant and the calendar year, coefficients diffuse: least squares."""
    n = 15
    X = np.column_stack([np.ones(n), 2000.0 + np.arange(n)])
    s = state_space(X[:, None], [[0.3]], np.eye(2), np.eye(2), np.zeros((2, 2)))
    y = series(n)
    f = filtered(y, s)
    assert f.left == 0
    np.testing.assert_allclose(smoothed(y, s)[0][0], np.linalg.lstsq(X, y[:, 0])[0], rtol=1e-5)


def test_the_same_regressor_twice_leaves_one_direction() -> None:
    X = np.column_stack([series(15)[:, 0], series(15)[:, 0]])
    s = state_space(X[:, None], [[0.3]], np.eye(2), np.eye(2), np.zeros((2, 2)))
    f = filtered(series(15), s)
    assert (f.left, f.status) == (1, OK)
    assert (f.F_inf > 0.0).sum() == 1


def test_variances_are_never_negative() -> None:
    """A start so wide that the textbook difference P - P N P has no digits left."""
    y = gate(1e-3 * series(40))
    s = trend()._replace(P1=1e9 * np.eye(2), P1_inf=np.zeros((2, 2)), H=gate([[[1e-8]]]), Q=1e-8 * trend().Q)
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    b = statespace_backward(u, f)
    _, V = statespace_smooth(u, f, b)
    d = statespace_disturbances(s, u, b)
    for covariance in (V, d.eps_cov, d.eta_cov):
        assert (np.diagonal(covariance, axis1=1, axis2=2) >= 0.0).all()


def test_roots_of_a_singular_covariance() -> None:
    s = state_space([[1.0, 0.0]], [[0.5]], np.eye(2), np.eye(2), [[1.0, 1.0], [1.0, 1.0]], P1=np.eye(2))
    roots = statespace_roots(s)
    assert roots.status == OK
    assert set(roots.col.tolist()[: roots.ptr[0, 1]]) == {0}


def test_batch_with_one_bad_system_reports_that_one() -> None:
    s = trend(1.0)
    Q = np.stack([s.Q, -s.Q, s.Q * np.nan, 2.0 * s.Q])
    loglik, status = statespace_logliks(series()[None], state_space_batch(s, Q=Q))
    assert status.tolist() == [OK, SINGULAR, NON_FINITE, OK]
    assert np.isfinite(loglik).tolist() == [True, False, False, True]


def test_spans_without_errors_add_up() -> None:
    """A year, its first half and five months of the second: the missing month is what is left."""
    s = state_space([[1.0]], [[0.0]], [[0.8]], [[1.0]], [[1.0]], P1=[[2.0]])
    zeros = np.zeros(3)
    spans = Spans(
        gate_int(zeros),
        gate_int([0, 0, 6]),
        gate_int([11, 5, 10]),
        gate_int(zeros),
        gate([12.0, 5.0, 4.0]),
        gate(zeros),
    )
    cumulated = statespace_cumulate(s, 14, spans)
    mean, V = smoothed(cumulated.y, cumulated.system)
    assert mean[11, 0] == pytest.approx(3.0, abs=1e-10)
    assert V[11, 0, 0] == pytest.approx(0.0, abs=1e-10)
    assert mean[:12, 0].sum() == pytest.approx(12.0, abs=1e-10)
    assert V[12, 0, 0] > 0.5
