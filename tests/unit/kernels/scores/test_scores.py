"""Scores on the edge: statuses, scale and shift, order of members, propriety at fixed seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels.scores.bands import interval_scores, quantile_scores, weighted_interval_scores
from forecast.kernels.scores.closed import crps_lognormal, crps_normal, crps_student, log_score_normal
from forecast.kernels.scores.crps import crps_ensemble
from forecast.kernels.scores.density import log_score_ensemble
from forecast.kernels.scores.energy import energy_scores, variogram_scores
from forecast.kernels.scores.probability import brier_scores, pit_of_ensemble
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

RNG = np.random.default_rng(12)
X, Y = RNG.normal(size=(3, 20)), RNG.normal(size=3)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_case_with_a_figure_that_is_none_has_no_score_and_spoils_no_other(value: float) -> None:
    x, y = X.copy(), Y.copy()
    x[0, 7], y[1] = value, value
    weights = np.ones_like(x)
    cases: list[tuple[np.ndarray, np.ndarray]] = [
        crps_ensemble(x, y),
        crps_ensemble(x, y, fair=True),
        crps_ensemble(x, y, low=0.0),
        crps_ensemble(x, y, weights=weights),
        log_score_ensemble(x, y),
        energy_scores(x[:, :, None].copy(), y[:, None].copy(), 0, False),
        variogram_scores(x.reshape(3, 10, 2), np.column_stack([y, y])),
        pit_of_ensemble(x, y)[1:],
    ]
    for scores, statuses in cases:
        assert statuses.tolist() == [NON_FINITE, NON_FINITE, OK]
        assert np.isnan(scores).tolist() == [True, True, False]


def test_sizes_that_do_not_fit() -> None:
    assert crps_ensemble(X, Y[:2])[1].tolist() == [OUT_OF_RANGE] * 2
    assert crps_ensemble(X[0], Y)[1].tolist() == [OUT_OF_RANGE] * 3
    assert crps_ensemble(X, Y, weights=np.ones((3, 19)))[1].tolist() == [OUT_OF_RANGE] * 3
    assert crps_ensemble(X, Y, weights=np.ones_like(X), fair=True)[1].tolist() == [OUT_OF_RANGE] * 3
    assert crps_ensemble(X, Y, low=1.0, high=1.0)[1].tolist() == [OUT_OF_RANGE] * 3
    assert crps_ensemble(X, Y, low=math.nan)[1].tolist() == [OUT_OF_RANGE] * 3
    assert crps_ensemble(np.empty((3, 0)), Y)[1].tolist() == [TOO_SHORT] * 3
    assert crps_ensemble(np.empty((3, 0)), Y, weights=np.empty((3, 0)))[1].tolist() == [TOO_SHORT] * 3
    assert crps_ensemble(X[:, :1], Y, fair=True)[1].tolist() == [TOO_SHORT] * 3
    assert crps_ensemble(X[:, :1], Y)[0] == pytest.approx(np.abs(X[:, 0] - Y))
    assert crps_ensemble(np.empty((0, 5)), np.empty(0))[0].shape == (0,)
    assert log_score_ensemble(X, Y[:2])[1].tolist() == [OUT_OF_RANGE] * 2
    assert log_score_ensemble(X[:, :1], Y)[1].tolist() == [TOO_SHORT] * 3
    assert log_score_ensemble(np.ones((1, 5)), np.ones(1))[1].tolist() == [SINGULAR]
    x = X[:, :, None].copy()
    assert energy_scores(x, Y[:2, None].copy(), 0, False)[1].tolist() == [OUT_OF_RANGE] * 3
    assert energy_scores(x, np.ones((3, 2)), 0, False)[1].tolist() == [OUT_OF_RANGE] * 3
    assert energy_scores(x, Y[:, None].copy(), 20, False)[1].tolist() == [OUT_OF_RANGE] * 3
    assert energy_scores(x, Y[:, None].copy(), -1, False)[1].tolist() == [OUT_OF_RANGE] * 3
    assert energy_scores(x[:, :1].copy(), Y[:, None].copy(), 0, True)[1].tolist() == [TOO_SHORT] * 3
    assert variogram_scores(x[:, :0].copy(), Y[:, None].copy())[1].tolist() == [TOO_SHORT] * 3
    assert variogram_scores(x, np.ones((3, 2)))[1].tolist() == [OUT_OF_RANGE] * 3
    assert pit_of_ensemble(X[:, :0].copy(), Y)[2].tolist() == [TOO_SHORT] * 3


def test_weights_that_make_no_sense() -> None:
    for wrong, status in ((-1.0, OUT_OF_RANGE), (math.nan, NON_FINITE)):
        weights = np.ones_like(X)
        weights[1, 3] = wrong
        assert crps_ensemble(X, Y, weights=weights)[1].tolist() == [OK, status, OK]
    assert crps_ensemble(X, Y, weights=np.zeros_like(X))[1].tolist() == [OUT_OF_RANGE] * 3


def test_closed_forms_refuse_scales_that_are_none() -> None:
    zero, one = np.zeros(4), np.ones(4)
    sigma = np.array([1.0, 0.0, -1.0, math.nan])
    expected = [OK, OUT_OF_RANGE, OUT_OF_RANGE, NON_FINITE]
    for scores, statuses in (
        crps_normal(zero, sigma, one),
        crps_lognormal(zero, sigma, one),
        crps_student(zero, sigma, one * 4.0, one),
        log_score_normal(zero, sigma, one),
    ):
        assert statuses.tolist() == expected
        assert np.isfinite(scores).tolist() == [True, False, False, False]
    nu = np.array([1.0, 0.5, math.nan, math.inf])
    assert crps_student(zero, one, nu, one)[1].tolist() == [OUT_OF_RANGE, OUT_OF_RANGE, NON_FINITE, NON_FINITE]
    with np.errstate(over="ignore"):
        assert crps_lognormal(np.array([600.0]), np.array([3.0]), np.ones(1))[1].tolist() == [OK]


def test_bands_that_make_no_sense() -> None:
    q, p, y = np.array([[1.0, 2.0]]), np.array([0.1, 0.9]), np.ones(1)
    assert quantile_scores(q, np.array([0.0, 0.9]), y)[1].tolist() == [OUT_OF_RANGE]
    assert quantile_scores(q * math.nan, p, y)[1].tolist() == [NON_FINITE]
    assert quantile_scores(q, p, y * math.nan)[1].tolist() == [NON_FINITE]
    one, alpha = np.ones((1, 1)), np.array([0.2])
    assert interval_scores(one * 2.0, one, alpha, y)[1].tolist() == [OUT_OF_RANGE]
    assert interval_scores(one, one, np.array([1.0]), y)[1].tolist() == [OUT_OF_RANGE]
    assert interval_scores(one * math.nan, one, alpha, y)[1].tolist() == [NON_FINITE]
    assert weighted_interval_scores(y * math.nan, one, one, alpha, y)[1].tolist() == [NON_FINITE]
    assert weighted_interval_scores(y, one, one, alpha, y)[0].tolist() == [0.0]


def test_probabilities_that_make_no_sense() -> None:
    p, o = np.array([0.3, -0.1, 1.1, math.nan, 0.5]), np.array([1.0, 1.0, 1.0, 1.0, 0.5])
    scores, statuses = brier_scores(p, o)
    assert statuses.tolist() == [OK, OUT_OF_RANGE, OUT_OF_RANGE, NON_FINITE, OUT_OF_RANGE]
    assert scores[0] == pytest.approx(0.49)


@pytest.mark.parametrize("fair", [False, True])
def test_scale_shift_and_order(fair: bool) -> None:
    scores, _ = crps_ensemble(X, Y, fair=fair)
    np.testing.assert_allclose(crps_ensemble(-3.0 * X + 5.0, -3.0 * Y + 5.0, fair=fair)[0], 3.0 * scores, rtol=1e-10)
    np.testing.assert_array_equal(crps_ensemble(X[:, ::-1], Y, fair=fair)[0], scores)
    members, y = X.reshape(3, 10, 2), np.column_stack([Y, -Y])
    energy, _ = energy_scores(members, y, 0, fair)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    turned, _ = energy_scores(2.0 * members @ turn + 1.0, 2.0 * y @ turn + 1.0, 0, fair)
    np.testing.assert_allclose(turned, 2.0 * energy, rtol=1e-10)
    np.testing.assert_allclose(energy_scores(members[:, ::-1].copy(), y, 0, fair)[0], energy, rtol=1e-12)


def test_ranges_that_cover_the_line_add_up() -> None:
    whole, _ = crps_ensemble(X, Y)
    parts = [crps_ensemble(X, Y, low=a, high=b)[0] for a, b in ((-math.inf, -0.3), (-0.3, 0.8), (0.8, math.inf))]
    np.testing.assert_allclose(np.sum(parts, axis=0), whole, rtol=1e-12)


def test_a_certain_forecast_that_comes_true_scores_nothing() -> None:
    assert crps_ensemble(np.full((1, 8), 2.0), np.array([2.0]))[0].tolist() == [0.0]
    assert energy_scores(np.full((1, 8, 3), 2.0), np.full((1, 3), 2.0), 0, False)[0].tolist() == [0.0]
    assert variogram_scores(np.full((1, 8, 3), 2.0), np.full((1, 3), 2.0))[0].tolist() == [0.0]


def test_the_truth_scores_best_on_average() -> None:
    rng = np.random.default_rng(5)
    n = 400
    y = rng.normal(size=n)
    wrong = ((0.0, 1.0), (0.5, 1.0), (0.0, 0.5), (0.0, 2.0))
    crps = [crps_normal(np.full(n, m), np.full(n, s), y)[0].mean() for m, s in wrong]
    log = [log_score_normal(np.full(n, m), np.full(n, s), y)[0].mean() for m, s in wrong]
    fair = [crps_ensemble(rng.normal(m, s, (n, 12)), y, fair=True)[0].mean() for m, s in wrong]
    tail = [crps_ensemble(rng.normal(m, s, (n, 12)), y, fair=True, low=0.5)[0].mean() for m, s in wrong]
    for scores in (crps, log, fair, tail):
        assert min(scores) == scores[0]


def test_fair_scores_are_unbiased_for_the_law_and_the_others_are_not() -> None:
    rng = np.random.default_rng(6)
    n, m = 4_000, 4
    y = rng.normal(size=n)
    exact = crps_normal(np.zeros(n), np.ones(n), y)[0]
    members = rng.normal(size=(n, m))
    off = crps_ensemble(members, y, fair=True)[0] - exact
    assert abs(off.mean()) < 5 * off.std() / math.sqrt(n)
    excess = crps_ensemble(members, y)[0] - exact
    # E|X - X'| / (2 m) = 1 / (m sqrt(pi)).
    assert abs(excess.mean() - 1.0 / (m * math.sqrt(math.pi))) < 5 * excess.std() / math.sqrt(n)


def test_the_rank_of_a_draw_is_uniform() -> None:
    rng = np.random.default_rng(9)
    low, high, _ = pit_of_ensemble(np.round(rng.normal(size=(2_000, 9)), 1), np.round(rng.normal(size=2_000), 1))
    u = low + rng.random(2_000) * (high - low)
    assert np.abs(np.bincount((u * 10).astype(int), minlength=10) / 2_000 - 0.1).max() < 5 * math.sqrt(0.09 / 2_000)
