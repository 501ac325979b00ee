"""Statuses and properties of conditional forecasts: broken input, redundant and contradicting restrictions, units."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.conditioning.plausibility import coin_bias
from forecast.kernels.conditioning.shocks import draw_restricted, restrict_shocks, shock_law
from forecast.kernels.conditioning.smoother import draw_pinned, pinned_moments, pins_are_usable
from forecast.kernels.conditioning.tilting import tilt
from forecast.kernels.status import INFEASIBLE, NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT

LAGS, PAST = np.array([[0.5, 0.1], [0.2, 0.3]]), np.array([[1.0, -1.0]])
S = np.array([[1.0, 0.2], [0.2, 0.5]])
STEPS, FREE, NONE = np.zeros((3, 2)), np.full((3, 2), np.nan), np.zeros((3, 2))


def pinned(at: tuple[int, int], value: float) -> np.ndarray:
    pins = FREE.copy()
    pins[at] = value
    return pins


def test_no_pins_leave_the_plain_forecast() -> None:
    mean, sd, status, culprit = pinned_moments(LAGS, STEPS, PAST, S, FREE, NONE)
    assert (status, culprit) == (OK, -1)
    np.testing.assert_allclose(mean[0], LAGS.T @ PAST[0])
    np.testing.assert_allclose(sd[0] ** 2, np.diag(S))


def test_a_pin_at_the_forecast_moves_nothing_and_narrows() -> None:
    plain, wide, _, _ = pinned_moments(LAGS, STEPS, PAST, S, FREE, NONE)
    mean, sd, _, _ = pinned_moments(LAGS, STEPS, PAST, S, pinned((1, 0), plain[1, 0]), NONE)
    np.testing.assert_allclose(mean, plain, atol=1e-12)
    assert (sd <= wide + 1e-12).all()
    assert sd[1, 0] < 1e-6


def test_a_reading_with_great_noise_teaches_nothing() -> None:
    plain, wide, _, _ = pinned_moments(LAGS, STEPS, PAST, S, FREE, NONE)
    mean, sd, _, _ = pinned_moments(LAGS, STEPS, PAST, S, pinned((1, 0), 50.0), NONE + 1e14)
    np.testing.assert_allclose(mean, plain, atol=1e-8)
    np.testing.assert_allclose(sd, wide, atol=1e-8)


def test_scale_of_the_units_does_not_matter() -> None:
    for c in (1e-6, 1e5):
        small = pinned_moments(LAGS, STEPS, PAST, S, pinned((2, 1), 3.0), NONE)
        large = pinned_moments(LAGS, STEPS, c * PAST, c * c * S, pinned((2, 1), 3.0 * c), NONE)
        np.testing.assert_allclose(large[0], c * small[0], rtol=1e-9, atol=1e-12 * c)
        np.testing.assert_allclose(large[1], c * small[1], rtol=1e-7, atol=1e-7 * c)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("which", range(4))
def test_a_model_that_is_not_finite_is_reported(which: int, bad: float) -> None:
    parts = [LAGS.copy(), STEPS.copy(), PAST.copy(), S.copy()]
    parts[which][0, 0] = bad
    mean, sd, status, _ = pinned_moments(*parts, FREE, NONE)
    assert status == NON_FINITE
    assert np.isfinite(mean).all()
    assert np.isfinite(sd).all()


def test_sizes_signs_and_infinite_pins_are_reported() -> None:
    assert pins_are_usable(LAGS, STEPS, np.zeros((2, 2)), S, FREE, NONE) == OUT_OF_RANGE
    assert pins_are_usable(LAGS, STEPS, PAST, S, FREE, NONE - 1.0) == OUT_OF_RANGE
    assert pins_are_usable(LAGS, STEPS, PAST, -S, FREE, NONE) == OUT_OF_RANGE
    assert pins_are_usable(LAGS, STEPS[:2], PAST, S, FREE, NONE) == OUT_OF_RANGE
    paths, status, _ = draw_pinned(1, 3, LAGS, STEPS, PAST, S, pinned((0, 0), np.inf), NONE)
    assert status == NON_FINITE
    assert not paths.any()


def test_redundant_restrictions_are_met_and_contradictions_named() -> None:
    D = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 2.0, 1.0], [2.0, 0.0, -2.0]])
    every, hard = np.ones(3, dtype=np.int64), np.zeros((4, 4))
    r = D @ np.array([0.3, -0.4, 1.0])
    law = shock_law(D, r, hard, every)
    assert (law.status, law.rank) == (OK, 2)
    np.testing.assert_allclose(D @ law.mean, r, atol=1e-12)
    for row in (2, 3):
        wrong = r.copy()
        wrong[row] += 0.01
        law = shock_law(D, wrong, hard, every)
        assert (law.status, law.culprit) == (INFEASIBLE, row)
        np.testing.assert_array_equal(law.mean, 0.0)


def test_redundant_rows_with_different_stated_variances_contradict() -> None:
    D, every = np.array([[1.0, 1.0], [1.0, 1.0]]), np.ones(2, dtype=np.int64)
    assert shock_law(D, np.ones(2), np.ones((2, 2)), every).status == OK
    law = shock_law(D, np.ones(2), np.diag([1.0, 2.0]), every)
    assert (law.status, law.culprit) == (INFEASIBLE, 1)


def test_restrictions_that_are_not_finite_or_no_covariance_are_reported() -> None:
    D, every = np.array([[1.0, 1.0]]), np.ones(2, dtype=np.int64)
    assert shock_law(D, np.array([np.nan]), np.zeros((1, 1)), every).status == NON_FINITE
    assert shock_law(D, np.ones(1), np.array([[-1.0]]), every).status == OUT_OF_RANGE
    R = restrict_shocks(D, np.array([np.inf]), np.zeros((1, 1)), every)
    assert not draw_restricted(1, 4, np.ones(2), np.eye(2), R).any()


def test_nobody_may_adjust() -> None:
    law = shock_law(np.array([[1.0, 0.0]]), np.ones(1), np.zeros((1, 1)), np.zeros(2, dtype=np.int64))
    assert (law.status, law.culprit, law.rank) == (INFEASIBLE, 0, 0)


def test_coin_bias_runs_from_a_half_to_one() -> None:
    assert coin_bias(0.0, 3) == 0.5
    assert coin_bias(5.0, 0) == 0.5
    values = [coin_bias(q, 3) for q in (0.1, 1.0, 10.0, 1e9)]
    assert values == sorted(values)
    assert values[-1] == 1.0
    assert coin_bias(np.nan, 3) == coin_bias(-1.0, 3) == 1.0


def test_tilt_reports_no_paths_and_what_is_not_finite() -> None:
    assert tilt(np.zeros((0, 1)), np.zeros(1)).status == TOO_SHORT
    got = tilt(np.array([[1.0, 0.0], [2.0, np.nan]]), np.array([1.5, 0.0]))
    assert (got.status, got.culprit) == (NON_FINITE, 1)
    np.testing.assert_array_equal(got.weights, 0.5)
    assert tilt(np.ones((3, 1)), np.array([np.inf])).status == NON_FINITE


def test_tilt_to_what_the_paths_show_changes_nothing_and_ignores_units() -> None:
    g = np.linspace(-1.0, 2.0, 50)[:, None]
    got = tilt(g, g.mean(axis=0))
    assert (got.status, got.effective) == (OK, pytest.approx(50.0))
    one, scaled = tilt(g, np.array([1.0])), tilt(1e6 * g - 3.0, np.array([1e6 - 3.0]))
    np.testing.assert_allclose(scaled.weights, one.weights, rtol=1e-6)
