"""Theta models at their edges: short, constant, negative, broken or gappy series, units, and paths by key."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT
from forecast.kernels.theta.ahead import forecast_thetas, theta_path, theta_paths
from forecast.kernels.theta.fit import AUTO, DOTM, DSTM, OTM, STM, ThetaFit, ThetaRules, fit_theta
from forecast.kernels.theta.season import ADDITIVE, MULTIPLICATIVE, NO_SEASON, is_seasonal, season_indices

RULES = ThetaRules(STM, 4, MULTIPLICATIVE, 3, 0.1, 0.99)


def seasonal(n: int = 30) -> np.ndarray:
    return (50.0 + np.arange(n) + draw_normals(4, 1, n)[0]) * np.tile([1.2, 0.9, 1.0, 0.9], n // 4 + 1)[:n]


def point(y: np.ndarray, fit: ThetaFit, h: int) -> np.ndarray:
    length = h + len(y) - fit.last
    out = np.empty(h)
    theta_path(fit, len(y), np.zeros(length), np.empty(length), out)
    return out


@pytest.mark.parametrize(
    ("y", "rules", "status"),
    [
        (np.empty(0), RULES, TOO_SHORT),
        (np.full(20, np.nan), RULES, TOO_SHORT),
        (np.arange(6.0), RULES, TOO_SHORT),
        (np.r_[seasonal(), np.inf], RULES, NON_FINITE),
        (np.r_[seasonal(), -np.inf], RULES, NON_FINITE),
        (seasonal(), RULES._replace(season=0), OUT_OF_RANGE),
        (seasonal(), RULES._replace(model=7), OUT_OF_RANGE),
    ],
)
def test_a_series_that_cannot_be_fitted_has_a_status_and_only_nan(
    y: np.ndarray, rules: ThetaRules, status: int
) -> None:
    fit = fit_theta(y, rules)
    assert fit.status == status
    assert np.isnan([fit.alpha, fit.theta, fit.level, fit.mse, fit.sigma2]).all()
    assert np.isnan(theta_paths(fit, len(y), 3, 2, 1)).all()
    batch = forecast_thetas(y, np.array([len(y)]), rules, 3)
    assert batch.statuses[0] == status
    assert np.isnan(batch.forecasts).all()


@pytest.mark.parametrize("model", [STM, OTM, DSTM, DOTM, AUTO])
@pytest.mark.parametrize("value", [0.0, -7.5, 1e-200, 1e200])
def test_a_constant_is_met_exactly_and_goes_on(model: int, value: float) -> None:
    y = np.full(20, value)
    fit = fit_theta(y, RULES._replace(model=model))
    assert fit.status == SINGULAR
    assert fit.sigma2 == 0.0
    assert fit.kind == NO_SEASON
    np.testing.assert_allclose(point(y, fit, 5), value, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(theta_paths(fit, 20, 5, 2, 1), value, rtol=1e-9, atol=1e-12)


def test_errors_too_large_to_square_have_a_status() -> None:
    y = seasonal() * 1e200
    with np.errstate(over="ignore"):
        fit = fit_theta(y, RULES)
    assert fit.status == NON_FINITE
    assert np.isnan(fit.mse)


def test_shortest_series() -> None:
    y = np.array([3.0, 5.0, 4.0, 6.0, 5.5, 7.0, 6.0])
    fit = fit_theta(y, RULES)
    assert fit.status == OK
    assert np.isfinite(point(y, fit, 4)).all()


@pytest.mark.parametrize("model", [STM, OTM, DSTM, DOTM])
def test_units_do_not_matter(model: int) -> None:
    y = seasonal()
    rules = RULES._replace(model=model)
    fit = fit_theta(y, rules)
    for scale in (1e-6, 1e9):
        other = fit_theta(scale * y, rules)
        assert other.alpha == pytest.approx(fit.alpha, abs=1e-5)
        np.testing.assert_allclose(point(scale * y, other, 6), scale * point(y, fit, 6), rtol=1e-6)
        assert other.sigma2 == pytest.approx(scale**2 * fit.sigma2, rel=1e-6)
    moved = fit_theta(y - 1000.0, rules._replace(kind=ADDITIVE))
    still = fit_theta(y, rules._replace(kind=ADDITIVE))
    np.testing.assert_allclose(point(y - 1000.0, moved, 6), point(y, still, 6) - 1000.0, rtol=1e-4)


def test_a_series_that_is_not_positive_has_an_additive_season() -> None:
    y = seasonal() - 60.0
    assert y.min() < 0.0
    assert fit_theta(y, RULES).kind == ADDITIVE
    assert fit_theta(seasonal(), RULES).kind == MULTIPLICATIVE
    assert fit_theta(seasonal(), RULES._replace(kind=NO_SEASON)).kind == NO_SEASON
    assert fit_theta(draw_normals(9, 1, 40)[0] + 9.0, RULES).kind == NO_SEASON


def test_a_season_almost_gone_in_one_month_is_taken_as_additive() -> None:
    y = np.tile([100.0, 120.0, 1e-3, 90.0], 8) + np.arange(32.0) * 1e-5
    index = np.empty(4)
    assert season_indices(y, 4, MULTIPLICATIVE, index) == ADDITIVE
    assert index.sum() == pytest.approx(0.0, abs=1e-9)


def test_gaps_that_leave_a_season_unseen_leave_it_in() -> None:
    y = seasonal(24)
    y[2::4] = np.nan
    index = np.empty(4)
    assert is_seasonal(y, 4)
    assert season_indices(y, 4, MULTIPLICATIVE, index) == NO_SEASON
    assert fit_theta(y, RULES).status == OK


@pytest.mark.parametrize("model", [STM, OTM, DSTM, DOTM])
def test_gaps_before_and_after_are_no_figures(model: int) -> None:
    y = seasonal(28)
    rules = RULES._replace(model=model)
    fit = fit_theta(y, rules)
    padded = np.r_[np.full(4, np.nan), y, np.full(4, np.nan)]
    other = fit_theta(padded, rules)
    assert (other.first, other.last) == (4, 32)
    np.testing.assert_allclose(point(padded, other, 4), point(y, fit, 8)[4:], rtol=1e-8)


def test_standard_theta_is_smoothing_with_half_the_drift() -> None:
    y = seasonal()
    fit = fit_theta(y, RULES._replace(kind=NO_SEASON))
    steps = np.diff(point(y, fit, 12))
    np.testing.assert_allclose(steps, 0.5 * np.polyfit(np.arange(len(y)), y, 1)[0], rtol=1e-8)


def test_the_freer_model_fits_no_worse() -> None:
    fit = fit_theta(seasonal(), RULES._replace(model=AUTO))
    assert fit.by_model[OTM] <= fit.by_model[STM] * (1 + 1e-9)
    assert fit.by_model[DOTM] <= fit.by_model[DSTM] * (1 + 1e-9)
    assert fit.by_model[fit.model] == fit.by_model.min()


def test_one_series_in_a_batch_does_not_touch_the_others() -> None:
    good, bad = seasonal(), np.full(9, np.inf)
    batch = forecast_thetas(np.r_[good, bad, good], np.array([30, 39, 69]), RULES, 5)
    assert list(batch.statuses) == [OK, NON_FINITE, OK]
    np.testing.assert_array_equal(batch.forecasts[0], batch.forecasts[2])
    beyond = forecast_thetas(good, np.array([30, 12, 99, -3, 2]), RULES, 5)
    assert list(beyond.statuses) == [OK, OUT_OF_RANGE, OUT_OF_RANGE, OUT_OF_RANGE, OUT_OF_RANGE]
    assert forecast_thetas(good, np.array([30]), RULES, -4).forecasts.shape == (1, 0)


def test_paths_append_and_spread_as_the_formula_says() -> None:
    y = seasonal()
    fit = fit_theta(y, RULES._replace(kind=NO_SEASON))
    few, many = theta_paths(fit, 30, 4, 3, 7), theta_paths(fit, 30, 6, 400, 7)
    np.testing.assert_array_equal(few, many[:3, :4])
    with threads(1):
        np.testing.assert_array_equal(many, theta_paths(fit, 30, 6, 400, 7))
        one = forecast_thetas(np.r_[y, y], np.array([30, 60]), RULES, 5)
    with threads(2):
        np.testing.assert_array_equal(many, theta_paths(fit, 30, 6, 400, 7))
        two = forecast_thetas(np.r_[y, y], np.array([30, 60]), RULES, 5)
    np.testing.assert_array_equal(one.forecasts, two.forecasts)
    assert np.isnan(theta_paths(fit, 29, 6, 2, 7)).all()
    sd = np.sqrt(fit.sigma2 * (1.0 + np.arange(6) * fit.alpha**2))
    z = (many - point(y, fit, 6)) / sd
    np.testing.assert_allclose(z.mean(axis=0), 0.0, atol=5 / np.sqrt(400))
    np.testing.assert_allclose((z**2).mean(axis=0), 1.0, atol=5 * np.sqrt(2 / 400))
    assert theta_paths(fit, 30, -1, -1, 7).shape == (0, 0)
