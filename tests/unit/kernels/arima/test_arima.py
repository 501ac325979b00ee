"""Seasonal ARIMA: what broken or thin input reports, and properties of likelihood, estimate and forecast."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import FloatArray, IntArray, gate_int
from forecast.kernels.arima.fit import arima_fit, arima_fit_many
from forecast.kernels.arima.forecast import arima_forecast
from forecast.kernels.arima.likelihood import arima_loglik
from forecast.kernels.random import draw_normals
from forecast.kernels.status import (
    NON_FINITE,
    NOT_CONVERGED,
    OK,
    OUT_OF_RANGE,
    SINGULAR,
    TOO_SHORT,
    UNSTABLE,
)

N = 48
SMALL = gate_int([0, 1, 1, 0, 1, 1, 4, 0])
NONE = np.zeros((N, 0))


def series(seed: int = 3) -> FloatArray:
    z = draw_normals(seed, 2, N)
    return np.asarray(10 + np.cumsum(0.5 * z[0]) + np.sin(np.arange(N) * np.pi / 2) + 0.3 * z[1])


def order(*parts: int) -> IntArray:
    return gate_int(parts)


@pytest.mark.parametrize(
    ("y", "X", "parts", "method", "status"),
    [
        (series(), NONE, order(1, 0, 1), 0, OUT_OF_RANGE),
        (series(), NONE, order(-1, 0, 0, 0, 0, 0, 1, 0), 0, OUT_OF_RANGE),
        (series(), NONE, order(1, 0, 0, 1, 0, 0, 1, 0), 0, OUT_OF_RANGE),
        (series(), NONE, order(1, 9, 0, 0, 0, 0, 1, 0), 0, OUT_OF_RANGE),
        (series(), NONE, SMALL, 7, OUT_OF_RANGE),
        (np.r_[series()[:-1], np.inf], NONE, SMALL, 0, NON_FINITE),
        (np.r_[-np.inf, series()[1:]], NONE, SMALL, 0, NON_FINITE),
        (series(), np.full((N, 1), np.nan), SMALL, 0, NON_FINITE),
        (series(), np.zeros((N - 5, 1)), SMALL, 0, TOO_SHORT),
        (np.zeros(0), np.zeros((0, 0)), SMALL, 0, TOO_SHORT),
        (np.full(N, np.nan), NONE, SMALL, 0, TOO_SHORT),
        (series()[:7].copy(), NONE[:7].copy(), SMALL, 0, TOO_SHORT),
        (series()[:5].copy(), NONE[:5].copy(), SMALL, 0, TOO_SHORT),
        (series()[:15].copy(), NONE[:15].copy(), order(1, 0, 0, 1, 0, 0, 12, 0), 1, TOO_SHORT),
        (np.full(N, 4.0), NONE, order(0, 0, 1, 0, 0, 0, 1, 1), 0, SINGULAR),
        (np.arange(float(N)), NONE, order(1, 1, 0, 0, 0, 0, 1, 1), 0, SINGULAR),
        (np.zeros(N), NONE, SMALL, 2, SINGULAR),
        (series(), np.ones((N, 2)), order(1, 0, 0, 0, 0, 0, 1, 0), 0, SINGULAR),
        (series(), np.ones((N, 1)), order(1, 0, 0, 0, 0, 0, 1, 1), 0, SINGULAR),
        (series(), np.ones((N, 1)), SMALL, 0, SINGULAR),
    ],
)
def test_a_fit_that_cannot_be_says_why(y: FloatArray, X: FloatArray, parts: IntArray, method: int, status: int) -> None:
    fit = arima_fit(y, X, parts, method)
    assert fit.counts[0] == status
    assert all(np.isfinite(part).all() for part in fit)
    assert not fit.coef.any()


def test_likelihood_at_a_unit_root_is_unstable_and_just_inside_it_is_a_number() -> None:
    y, ar = series(), order(1, 0, 0, 0, 0, 0, 1, 0)
    for phi in (1.0, -1.0, 1.3):
        assert arima_loglik(y, NONE, ar, np.array([phi])) == (-np.inf, 0.0, UNSTABLE)
    assert arima_loglik(y, NONE, ar, np.array([1 - 1e-6]))[2] == OK
    on_circle = arima_loglik(y, NONE, order(0, 1, 1, 0, 0, 0, 1, 0), np.array([-1.0]))
    inside = arima_loglik(y, NONE, order(0, 1, 1, 0, 0, 0, 1, 0), np.array([-1 + 1e-7]))
    assert on_circle[2] == OK
    assert on_circle[0] == pytest.approx(inside[0], abs=1e-6)


def test_likelihood_wants_as_many_coefficients_as_the_order_has() -> None:
    assert arima_loglik(series(), NONE, SMALL, np.zeros(3))[2] != OK


@pytest.mark.parametrize("at", [(), (5, 6, 7), (0, 20, 47)])
def test_moving_average_and_its_inverse_root_are_equally_likely(at: tuple[int, ...]) -> None:
    y, ma = series(), order(0, 1, 1, 0, 0, 0, 1, 0)
    y[list(at)] = np.nan
    near = arima_loglik(y, NONE, ma, np.array([0.4]))
    far = arima_loglik(y, NONE, ma, np.array([2.5]))
    assert near[0] == pytest.approx(far[0], rel=1e-9)


@pytest.mark.parametrize("gaps", [(), (3, 11, 12, 30)])
def test_scale_and_shift_move_the_likelihood_as_they_should(gaps: tuple[int, ...]) -> None:
    y = series()
    y[list(gaps)] = np.nan
    plain = arima_fit(y, NONE, SMALL, 0)
    moved = arima_fit(1e6 * y + 3e7, NONE, SMALL, 0)
    assert plain.counts[0] == moved.counts[0] == OK
    np.testing.assert_allclose(moved.coef, plain.coef, atol=2e-4)
    assert moved.numbers[0] == pytest.approx(plain.numbers[0] - plain.counts[2] * np.log(1e6), abs=1e-5)
    assert moved.numbers[1] == pytest.approx(1e12 * plain.numbers[1], rel=1e-3)


def test_gaps_at_either_end_change_nothing() -> None:
    y = series()
    padded = np.r_[np.nan, np.nan, y, np.nan]
    for a, b in zip(arima_fit(y, NONE, SMALL, 0), arima_fit(padded, np.zeros((N + 3, 0)), SMALL, 0), strict=True):
        np.testing.assert_array_equal(a, b)


def test_drift_and_mean_are_found() -> None:
    z = draw_normals(8, 1, N)[0]
    mean = arima_fit(50 + z, NONE, order(1, 0, 0, 0, 0, 0, 1, 1), 0)
    assert mean.beta[0] == pytest.approx(50, abs=0.6)
    drift = arima_fit(2.0 * np.arange(N) + np.cumsum(0.1 * z), NONE, order(0, 1, 0, 0, 0, 0, 1, 1), 0)
    assert drift.beta[0] == pytest.approx(2.0, abs=0.06)
    none = arima_fit(np.cumsum(np.cumsum(z)), NONE, order(0, 2, 1, 0, 0, 0, 1, 1), 0)
    assert len(none.beta) == 0


def test_pile_up_at_the_unit_circle_is_a_good_number() -> None:
    """Differenced white noise has its moving average on the unit circle."""
    y = draw_normals(5, 1, N)[0]
    fit = arima_fit(y, NONE, order(0, 1, 1, 0, 0, 0, 1, 0), 0)
    assert fit.counts[0] in (OK, NOT_CONVERGED)
    assert fit.numbers[6] > 0.9
    at_one = arima_loglik(y, NONE, order(0, 1, 1, 0, 0, 0, 1, 0), np.array([-1.0]))[0]
    assert fit.numbers[0] >= at_one - 1e-6


def test_an_order_without_coefficients_is_a_random_walk() -> None:
    y = series()
    fit = arima_fit(y, NONE, order(0, 1, 0, 0, 0, 0, 1, 0), 0)
    assert fit.counts[0] == OK
    assert fit.numbers[1] == pytest.approx(np.mean(np.diff(y) ** 2), rel=1e-12)
    law = arima_forecast(y, NONE, np.zeros((6, 0)), order(0, 1, 0, 0, 0, 0, 1, 0), fit.coef, fit.beta, 2.0)
    np.testing.assert_allclose(law.mean, y[-1], rtol=1e-12)
    np.testing.assert_allclose(law.variance, 2.0 * np.arange(1, 7), rtol=1e-12)


def test_a_season_that_nobody_has_seen_has_a_likelihood_but_no_forecast() -> None:
    y = series()
    y[2::4] = np.nan
    seasonal = order(0, 0, 1, 0, 1, 0, 4, 0)
    loglik, _, status = arima_loglik(y, NONE, seasonal, np.array([0.3]))
    assert status == OK
    assert np.isfinite(loglik)
    law = arima_forecast(y, NONE, np.zeros((4, 0)), seasonal, np.array([0.3]), np.zeros(0), 1.0)
    assert law.counts[0] == SINGULAR


@pytest.mark.parametrize(
    ("X_ahead", "coef", "beta", "status"),
    [
        (np.zeros((3, 1)), np.zeros(2), np.zeros(0), OUT_OF_RANGE),
        (np.zeros((3, 0)), np.zeros(1), np.zeros(0), OUT_OF_RANGE),
        (np.zeros((3, 0)), np.zeros(2), np.zeros(1), OUT_OF_RANGE),
        (np.zeros((0, 0)), np.zeros(2), np.zeros(0), OUT_OF_RANGE),
        (np.zeros((3, 0)), np.array([0.1, np.nan]), np.zeros(0), NON_FINITE),
    ],
)
def test_a_forecast_that_cannot_be_says_why(
    X_ahead: FloatArray, coef: FloatArray, beta: FloatArray, status: int
) -> None:
    law = arima_forecast(series(), NONE, X_ahead, SMALL, coef, beta, 0.0)
    assert law.counts[0] == status
    assert not law.mean.any()


def test_many_series_report_one_by_one() -> None:
    Y = np.vstack([series(), np.zeros(N), np.full(N, np.nan)])
    fits = arima_fit_many(Y, SMALL, 0)
    assert list(fits.counts[:, 0]) == [OK, SINGULAR, TOO_SHORT]
    assert list(arima_fit_many(Y, order(1, 2), 0).counts[:, 0]) == [OUT_OF_RANGE] * 3
