"""Means and quantiles of weighted paths."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.evaluation.bands import bands
from forecast.evaluation.weighted import effective_size, mean_of, quantiles, share_of

DRAWS = np.random.default_rng(0).lognormal(1.0, 0.5, (997, 3))
PROBS = np.array([0.0, 0.025, 0.1, 0.5, 0.9, 0.975, 1.0])


def test_without_weights_bit_for_bit_numpy() -> None:
    assert (quantiles(DRAWS, PROBS, None) == np.quantile(DRAWS, PROBS, axis=0)).all()
    assert (mean_of(DRAWS, None) == DRAWS.mean(axis=0)).all()
    assert effective_size(997, None) == 997.0


def test_equal_weights_give_the_same_numbers() -> None:
    equal = np.full(997, 1 / 997)
    np.testing.assert_allclose(quantiles(DRAWS, PROBS, equal), np.quantile(DRAWS, PROBS, axis=0), rtol=1e-12)
    np.testing.assert_allclose(mean_of(DRAWS, equal), DRAWS.mean(axis=0), rtol=1e-12)
    assert effective_size(997, equal) == pytest.approx(997.0)
    plain, weighted = bands(DRAWS, (50, 95)), bands(DRAWS, (50, 95), equal)
    np.testing.assert_allclose(weighted.upper[95], plain.upper[95], rtol=1e-12)


def test_a_path_without_weight_is_not_there() -> None:
    weights = np.where(np.arange(997) % 3 == 0, 0.0, 1.0)
    weights /= weights.sum()
    np.testing.assert_allclose(
        quantiles(DRAWS, PROBS, weights), np.quantile(DRAWS[weights > 0], PROBS, axis=0), rtol=1e-12
    )
    assert effective_size(997, weights) == pytest.approx((weights > 0).sum())


def test_quantiles_of_three_paths_by_hand() -> None:
    """Weights .5, .25, .25: middles .25, .625, .875, stretched to 0, .6 and 1."""
    found = quantiles(np.array([[3.0], [1.0], [2.0]]), np.array([0.3, 0.6, 0.8]), np.array([0.25, 0.5, 0.25]))
    np.testing.assert_allclose(found[:, 0], [1.5, 2.0, 2.5])


def test_one_path_holds_all_the_weight() -> None:
    weights = np.zeros(997)
    weights[7] = 1.0
    np.testing.assert_allclose(quantiles(DRAWS, PROBS, weights), np.broadcast_to(DRAWS[7], (7, 3)))


def test_weights_turn_one_law_into_another() -> None:
    """N(0, 1) weighted to N(.5, 1): quantiles and mean of the second."""
    z = np.random.default_rng(1).standard_normal(200_000)
    weights = np.exp(0.5 * z)
    weights /= weights.sum()
    size = effective_size(len(z), weights)
    assert size == pytest.approx(len(z) * np.exp(-0.25), rel=0.02)
    median, upper = quantiles(z[:, None], np.array([0.5, 0.975]), weights)[:, 0]
    assert median == pytest.approx(0.5, abs=5 * np.sqrt(0.25 / size) / 0.3989)
    assert upper == pytest.approx(2.45996, abs=5 * np.sqrt(0.025 * 0.975 / size) / 0.05845)
    assert mean_of(z, weights) == pytest.approx(0.5, abs=5 / np.sqrt(size))
    assert share_of(z > 0.5, weights) == pytest.approx(0.5, abs=5 * np.sqrt(0.25 / size))
