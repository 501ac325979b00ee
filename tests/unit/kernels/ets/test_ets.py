"""Exponential smoothing on awkward series: statuses, scale, gaps, and paths that stay finite."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.ets.adjoint import ets_gradient
from forecast.kernels.ets.automatic import ets_choose, ets_choose_many
from forecast.kernels.ets.fit import AICC, STARTS, ets_fit
from forecast.kernels.ets.forms import FORMS, NAMES, ets_form
from forecast.kernels.ets.moments import ets_forecast
from forecast.kernels.ets.paths import ets_paths
from forecast.kernels.ets.recursion import ets_filter
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

NORMAL = np.empty(0)


def monthly(n: int = 26, m: int = 4, seed: int = 0) -> np.ndarray:
    t = np.arange(n)
    return 50.0 * np.exp(np.random.default_rng(seed).normal(0.0, 0.05, n) + 0.01 * t + 0.1 * np.cos(2 * np.pi * t / m))


def test_ets_form_of_a_wrong_name() -> None:
    assert ets_form("MAdM") == 23
    assert {ets_form(name) for name in ("", "AAX", "aaa", "AdA")} == {-1}
    assert len(set(NAMES)) == FORMS


@pytest.mark.parametrize("name", ["ANN", "AAdA", "MAM"])
def test_fit_statuses(name: str) -> None:
    form, y = ets_form(name), monthly()
    assert ets_fit(y, form, 4, STARTS).status == OK
    assert ets_fit(np.full(9, np.nan), form, 4, STARTS).status == TOO_SHORT
    assert ets_fit(np.empty(0), form, 4, STARTS).status == TOO_SHORT
    assert ets_fit(y[:2], form, 4, STARTS).status == TOO_SHORT
    assert ets_fit(np.r_[y, np.inf], form, 4, STARTS).status == NON_FINITE
    assert ets_fit(np.r_[y, -np.inf], form, 4, STARTS).status == NON_FINITE
    assert ets_fit(y, -1, 4, STARTS).status == ets_fit(y, FORMS, 4, STARTS).status == OUT_OF_RANGE
    assert ets_fit(y, form, 0, STARTS).status == OUT_OF_RANGE
    refused = ets_fit(y - 55.0, form, 4, STARTS)
    assert refused.status == (OUT_OF_RANGE if "M" in name else OK)
    if name[-1] != "N":
        assert ets_fit(y, form, 1, STARTS).status == OUT_OF_RANGE
        y[2::4] = np.nan
        assert ets_fit(y, form, 4, STARTS).status == TOO_SHORT


@pytest.mark.parametrize("value", [7.0, 0.0, -3.0])
def test_constant_series_is_reproduced_exactly(value: float) -> None:
    fitted = ets_fit(np.full(20, value), ets_form("ANN"), 1, STARTS)
    assert (fitted.status, fitted.sigma2, fitted.loglik) == (SINGULAR, 0.0, np.inf)
    np.testing.assert_allclose(fitted.last[0], value, atol=1e-9)
    best, values = ets_choose(np.full(20, value), 4, AICC, False, STARTS)
    assert (best.form, best.status) == (0, SINGULAR)
    assert values[0] == -np.inf


def test_straight_line_is_reproduced_by_a_trend() -> None:
    best, _ = ets_choose(10.0 + 2.0 * np.arange(30.0), 1, AICC, False, STARTS)
    assert NAMES[best.form][1] == "A"
    np.testing.assert_allclose(best.last[:2], [68.0, 2.0], rtol=1e-6)
    found = ets_forecast(best.form, 1, best.smoothing, best.last, best.sigma2, 1, 2, 3)
    np.testing.assert_allclose(found.point, [70.0, 72.0, 74.0], rtol=1e-6)


@pytest.mark.parametrize("name", ["AAdA", "MAM", "MNN"])
def test_fit_does_not_depend_on_the_unit(name: str) -> None:
    y, form = monthly(), ets_form(name)
    one, other = ets_fit(y, form, 4, 1), ets_fit(y * 1024.0, form, 4, 1)
    np.testing.assert_allclose(other.smoothing, one.smoothing, rtol=1e-12)
    np.testing.assert_allclose(other.loglik, one.loglik - len(y) * np.log(1024.0), rtol=1e-12)
    np.testing.assert_allclose(other.last[0], 1024.0 * one.last[0], rtol=1e-12)


def test_fit_carries_on_where_the_filter_stops() -> None:
    y, form = monthly(27), ets_form("MAdM")
    fitted = ets_fit(y, form, 4, STARTS)
    passed = ets_filter(y, form, 4, fitted.smoothing, fitted.first)
    np.testing.assert_allclose(passed.states, fitted.last, rtol=1e-9)
    np.testing.assert_allclose(passed.loglik, fitted.loglik, rtol=1e-10)
    assert fitted.smoothing[1] <= fitted.smoothing[0]
    assert fitted.smoothing[2] <= 1.0 - fitted.smoothing[0]
    assert 0.8 <= fitted.smoothing[3] <= 0.98


def test_gaps_at_the_start_only_let_the_first_states_run() -> None:
    y, form = monthly(), ets_form("ANA")
    plain, late = ets_fit(y, form, 4, STARTS), ets_fit(np.r_[np.full(4, np.nan), y], form, 4, STARTS)
    assert late.status == OK
    assert late.observed == plain.observed
    np.testing.assert_allclose(late.loglik, plain.loglik, rtol=1e-6)
    np.testing.assert_allclose(late.first, plain.first, rtol=1e-3, atol=1e-2)


@np.errstate(all="ignore")
def test_filter_statuses() -> None:
    y, smoothing = monthly(), np.array([0.3, 0.1, 0.1, 0.9])
    assert ets_filter(np.full(5, np.nan), 0, 1, smoothing, np.array([1.0, 0.0, 0.0])).status == TOO_SHORT
    assert ets_filter(np.full(5, 2.0), 0, 1, smoothing, np.array([2.0, 0.0, 0.0])).status == SINGULAR
    assert ets_filter(np.r_[y, np.inf], 0, 1, smoothing, np.array([50.0, 0.0, 0.0])).status == NON_FINITE
    for name in ("MAN", "AMN", "ANM"):
        assert ets_filter(y, ets_form(name), 1, smoothing, np.array([-5.0, -5.0, -5.0])).status == OUT_OF_RANGE
    damped = ets_form("AAdN")
    for phi in (0.0, 1.1, np.nan):
        wrong = np.array([0.3, 0.1, 0.1, phi])
        assert ets_filter(y, damped, 1, wrong, np.array([50.0, 0.0, 0.0])).status == OUT_OF_RANGE
    for form in (-1, FORMS):
        assert ets_filter(y, form, 1, smoothing, np.array([50.0, 0.0, 0.0])).status == OUT_OF_RANGE
    assert ets_filter(y, 0, 4, smoothing, np.array([50.0, 0.0, 0.0])).status == OUT_OF_RANGE
    assert ets_gradient(y, FORMS, 1, smoothing, np.array([50.0, 0.0, 0.0]))[1] == OUT_OF_RANGE
    gradient, status = ets_gradient(np.full(5, 2.0), 0, 1, smoothing, np.array([2.0, 0.0, 0.0]))
    assert status == SINGULAR
    assert not gradient.any()


def test_choice_among_few_figures() -> None:
    assert ets_choose(np.array([3.0, 4.0]), 12, AICC, False, STARTS)[0].status == TOO_SHORT
    best, values = ets_choose(np.array([3.0, 4.0, 3.5]), 12, AICC, False, STARTS)
    assert (best.form, best.status) == (0, OK)
    assert np.isinf(values).all()
    assert ets_choose(monthly(), 4, 7, False, STARTS)[0].status == OUT_OF_RANGE
    assert ets_choose(monthly(), 0, AICC, False, STARTS)[0].status == OUT_OF_RANGE
    assert ets_choose(np.r_[monthly(), np.inf], 4, AICC, False, STARTS)[0].status == NON_FINITE


def test_choice_without_a_season_or_positive_figures() -> None:
    best, values = ets_choose(monthly() - 55.0, 1, AICC, True, 1)
    fitted = [NAMES[form] for form in np.flatnonzero(np.isfinite(values))]
    assert fitted == ["ANN", "AAN", "AAdN"]
    assert NAMES[best.form] in fitted


def test_choices_of_no_series() -> None:
    none = ets_choose_many(np.empty(0), np.zeros(1, np.int64), 4, AICC, False, 1)
    assert none.form.shape == (0,)
    one = ets_choose_many(np.empty(0), np.zeros(2, np.int64), 4, AICC, False, 1)
    assert one.status.tolist() == [TOO_SHORT]


@pytest.mark.parametrize("form", range(FORMS))
def test_paths_are_finite_whatever_the_errors(form: int) -> None:
    states = np.array([1.0, 1.01 if NAMES[form][1] == "M" else -0.2, 1.3, 0.7])
    smoothing = np.array([0.9, 0.8, 0.09, 0.95])
    paths, status = ets_paths(form, 2, smoothing, states, 3.0, NORMAL, 8, 20, 40)
    assert status == OK
    assert np.isfinite(paths).all()
    if NAMES[form] in ("MNN", "MNM", "MMM", "MMdN"):
        assert (paths >= 0.0).all()


def test_more_paths_only_append() -> None:
    states, smoothing = np.array([5.0, 0.1, 1.0, -1.0]), np.array([0.3, 0.1, 0.1, 0.9])
    few, _ = ets_paths(ets_form("AAA"), 2, smoothing, states, 1.0, NORMAL, 3, 3, 6)
    many, _ = ets_paths(ets_form("AAA"), 2, smoothing, states, 1.0, NORMAL, 3, 70, 6)
    np.testing.assert_array_equal(few, many[:3])
    shorter, _ = ets_paths(ets_form("AAA"), 2, smoothing, states, 1.0, NORMAL, 3, 3, 4)
    np.testing.assert_array_equal(few[:, :4], shorter)


def test_paths_refused_are_zero() -> None:
    states, smoothing = np.array([5.0, 0.1, 1.0, -1.0]), np.array([0.3, 0.1, 0.1, 0.9])
    for pool, sigma, expected in ((NORMAL, -1.0, OUT_OF_RANGE), (np.array([1.0, np.nan]), 1.0, NON_FINITE)):
        paths, status = ets_paths(ets_form("AAA"), 2, smoothing, states, sigma, pool, 3, 3, 6)
        assert status == expected
        assert paths.shape == (3, 6)
        assert not paths.any()
    assert ets_paths(0, 2, smoothing, states, 1.0, NORMAL, 3, -1, -1)[0].shape == (0, 0)
    assert ets_forecast(ets_form("MMM"), 2, smoothing, np.abs(states), 0.1, 3, 1, 6).status == OUT_OF_RANGE
    assert ets_forecast(ets_form("AAA"), 2, smoothing, states, -0.1, 3, 1, 6).status == OUT_OF_RANGE
    assert ets_forecast(ets_form("AAA"), 2, smoothing, states, np.nan, 3, 1, 6).status == NON_FINITE


def test_without_errors_all_paths_are_the_point_forecast() -> None:
    states, smoothing = np.array([5.0, 0.1, 1.1, 0.9]), np.array([0.3, 0.1, 0.1, 0.9])
    for form in range(FORMS):
        if NAMES[form][1] == "M":
            states[1] = 1.02
        paths, _ = ets_paths(form, 2, smoothing, states, 0.0, NORMAL, 3, 2, 6)
        found = ets_forecast(form, 2, smoothing, states, 0.0, 3, 2, 6)
        np.testing.assert_allclose(paths, np.array([found.point, found.point]), rtol=1e-12)
        np.testing.assert_allclose(found.variance, 0.0, atol=1e-12)
