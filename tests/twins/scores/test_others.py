"""Energy, variogram, band, probability and kernel density scores against their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.scores import bands, closed, crps, density, energy, probability
from forecast.kernels.scores.bands import interval_scores, quantile_scores, weighted_interval_scores
from forecast.kernels.scores.density import log_score_ensemble, log_score_of_sorted
from forecast.kernels.scores.energy import energy_scores, variogram_scores
from forecast.kernels.scores.probability import brier_scores, pit_of_ensemble
from forecast.kernels.status import OK
from tests.twins.scores import naive


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("m", [2, 3, 20, 67])
def test_energy_scores_are_the_double_sum(m: int, d: int) -> None:
    rng = np.random.default_rng(100 * d + m)
    members, y = rng.normal(size=(4, m, d)), rng.normal(size=(4, d))
    members[1] = np.round(members[1])
    members[2] = 1.5
    for fair in (False, True):
        scores, statuses = energy_scores(members, y, 0, fair)
        assert (statuses == OK).all()
        for i in range(4):
            assert scores[i] == pytest.approx(naive.energy_over_pairs(members[i], y[i], fair), abs=1e-12)
    for count in {1, m // 2, m - 1} - {0}:
        scores, statuses = energy_scores(members, y, count, True)
        assert (statuses == OK).all()
        for i in range(4):
            assert scores[i] == pytest.approx(naive.energy_over_bands(members[i], y[i], count), abs=1e-12)


def test_energy_scores_with_all_bands_are_the_fair_ones_and_in_one_dimension_the_crps() -> None:
    rng = np.random.default_rng(0)
    members, y = rng.normal(size=(3, 12, 1)), rng.normal(size=(3, 1))
    fair = energy_scores(members, y, 0, True)[0]
    np.testing.assert_allclose(energy_scores(members, y, 11, False)[0], fair, atol=1e-12)
    np.testing.assert_allclose(crps.crps_ensemble(members[:, :, 0], y[:, 0], fair=True)[0], fair, atol=1e-12)


def test_energy_scores_have_the_same_bits_on_one_and_two_threads() -> None:
    rng = np.random.default_rng(1)
    members, y = rng.normal(size=(9, 40, 3)), rng.normal(size=(9, 3))
    with threads(1):
        one, _ = energy_scores(members, y, 0, False)
        single, _ = crps.crps_ensemble(members[:, :, 0], y[:, 0])
    with threads(2):
        two, _ = energy_scores(members, y, 0, False)
        double, _ = crps.crps_ensemble(members[:, :, 0], y[:, 0])
    np.testing.assert_array_equal(single, double)
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("seed", range(5))
def test_variogram_scores_are_the_double_sum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    members, y = rng.normal(size=(3, 11, 4)), rng.normal(size=(3, 4))
    scores, statuses = variogram_scores(members, y)
    assert (statuses == OK).all()
    np.testing.assert_allclose(scores, [naive.variogram(a, b) for a, b in zip(members, y, strict=True)], rtol=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_quantile_scores_by_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probs = np.sort(rng.uniform(0.01, 0.99, 7))
    quantiles, y = rng.normal(size=(20, 7)), rng.normal(size=20)
    quantiles[0, 0] = y[0]
    scores, statuses = quantile_scores(quantiles, probs, y)
    assert (statuses == OK).all()
    below = (y[:, None] < quantiles).astype(float)
    np.testing.assert_allclose(scores, (below - probs) * (quantiles - y[:, None]), rtol=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_interval_scores_and_weighted_interval_scores_are_sums_of_quantile_scores(seed: int) -> None:
    rng = np.random.default_rng(seed)
    alphas = np.array([0.02, 0.2, 0.5])
    quantiles, y = np.sort(rng.normal(size=(30, 7)), axis=1), rng.normal(0, 2, 30)
    lower, upper = quantiles[:, :3].copy(), quantiles[:, :3:-1].copy()
    scores, statuses = interval_scores(lower, upper, alphas, y)
    assert (statuses == OK).all()
    for k, alpha in enumerate(alphas):
        pair, _ = quantile_scores(np.column_stack([lower[:, k], upper[:, k]]), np.array([alpha / 2, 1 - alpha / 2]), y)
        np.testing.assert_allclose(scores[:, k], 2.0 / alpha * pair.sum(axis=1), rtol=1e-10)
    probs = np.concatenate([alphas / 2, [0.5], (1 - alphas / 2)[::-1]])
    every, _ = quantile_scores(quantiles, probs, y)
    weighted, statuses = weighted_interval_scores(quantiles[:, 3].copy(), lower, upper, alphas, y)
    assert (statuses == OK).all()
    np.testing.assert_allclose(weighted, 2.0 * every.mean(axis=1), rtol=1e-12)


def test_brier_scores_by_definition() -> None:
    rng = np.random.default_rng(0)
    p, o = rng.random(50), rng.integers(0, 2, 50).astype(float)
    scores, statuses = brier_scores(p, o)
    assert (statuses == OK).all()
    np.testing.assert_allclose(scores, (p - o) ** 2, rtol=1e-14)


def test_pit_of_ensemble_counts() -> None:
    rng = np.random.default_rng(0)
    members, y = rng.integers(0, 5, (60, 9)).astype(float), rng.integers(-1, 6, 60).astype(float)
    low, high, statuses = pit_of_ensemble(members, y)
    assert (statuses == OK).all()
    np.testing.assert_allclose(low, (members < y[:, None]).sum(axis=1) / 10)
    np.testing.assert_allclose(high, ((members <= y[:, None]).sum(axis=1) + 1) / 10)


@pytest.mark.parametrize("seed", range(5))
def test_log_score_of_sorted_is_scipy_s_mixture(seed: int) -> None:
    rng = np.random.default_rng(seed)
    members, y = rng.normal(size=(6, 2 + 20 * seed)), rng.normal(size=6)
    members[0, : len(members[0]) * 4 // 5] = 0.25
    scores, statuses = log_score_of_sorted(np.sort(members, axis=1), y)
    kept = statuses == OK
    assert kept[1:].all()
    twins = [naive.log_score_of_kernels(a, b) for a, b in zip(members[kept], y[kept], strict=True)]
    np.testing.assert_allclose(scores[kept], twins, rtol=1e-10)
    np.testing.assert_array_equal(log_score_ensemble(members, y)[0], scores)


def test_each_kernel_of_the_scores_is_compiled_once() -> None:
    for module in (bands, closed, crps, density, energy, probability):
        for name, function in vars(module).items():
            if hasattr(function, "signatures"):
                assert len(function.signatures) <= 1, (name, function.signatures)
