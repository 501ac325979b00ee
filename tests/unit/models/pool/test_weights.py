"""Weights from past scores: a naive twin, equal scores, and what one bad origin may do."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.models.pool.past import Past
from forecast.models.pool.weights import BASE, STRENGTH, WIDTH, pool_weights

EVEN: dict[str, float] = {}


def past(scores: np.ndarray, members: tuple[str, ...] = ("a", "b", "c")) -> Past:
    return Past(members, tuple(range(len(scores), 0, -1)), np.asarray(scores, dtype=float))


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    """Four origins, six horizons, three members; later horizons of the first two origins have not come."""
    grid = 1.0 + 0.3 * np.sin(np.arange(4 * 6 * 3)).reshape(4, 6, 3) + np.array([0.0, 0.4, 0.8])
    grid[0, 2:] = np.nan
    grid[1, 4:] = np.nan
    return grid


def naive_weights(scores: np.ndarray, base: list[float], strength: float) -> np.ndarray:
    """The formula with plain loops, for scores where every member spoke and none went astray."""
    origins, horizons, members = scores.shape
    start = [b / sum(base) for b in base]
    seen = [(o, h) for o in range(origins) for h in range(horizons) if not np.isnan(scores[o, h, 0])]
    unit = [np.median([np.nanmean(scores[o, :, k]) for k in range(members)]) for o in range(origins)]
    out = np.empty((horizons, members))
    for h in range(horizons):
        near = {(o, g): np.exp(-0.5 * (np.log((g + 1) / (h + 1)) / WIDTH) ** 2) for o, g in seen}
        own = [sum(near[o, g] * scores[o, g, k] / unit[o] for o, g in seen) for k in range(members)]
        all_of_them = sum(s * x for s, x in zip(start, own, strict=True))
        raw = [s * (x / all_of_them) ** (-strength * len(seen) / horizons) for s, x in zip(start, own, strict=True)]
        out[h] = np.array(raw) / sum(raw)
    return out


@pytest.mark.parametrize("strength", [0.0, STRENGTH, 3.0])
def test_naive_twin(scores: np.ndarray, strength: float) -> None:
    base = {"a": 2.0, "c": 0.5}
    got = pool_weights(past(scores), strength, base)
    np.testing.assert_allclose(got, naive_weights(scores, [2.0, 1.0, 0.5], strength), rtol=1e-12)


def test_weights_sum_to_one_and_the_better_member_has_more(scores: np.ndarray) -> None:
    weights = pool_weights(past(scores))
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-14)
    assert (np.diff(weights.mean(axis=0)) < 0.0).all()


def test_equal_scores_give_equal_weights() -> None:
    grid = np.repeat(np.linspace(1.0, 2.0, 12).reshape(2, 6, 1), 3, axis=2)
    np.testing.assert_allclose(pool_weights(past(grid)), 1.0 / 3.0, rtol=1e-14)


@pytest.mark.parametrize("scores", [np.empty((0, 6, 3)), np.full((2, 6, 3), np.nan), np.zeros((2, 6, 3))])
def test_nothing_known_gives_the_base(scores: np.ndarray) -> None:
    names = ("local-level", "ets", "airline")
    base = np.array([BASE["local-level"], 1.0, BASE["airline"]])
    np.testing.assert_allclose(pool_weights(past(scores, names)), np.tile(base / base.sum(), (6, 1)), rtol=1e-14)


def test_scale_of_the_record_and_of_single_origins_do_not_matter(scores: np.ndarray) -> None:
    units = np.array([1e-6, 1.0, 50.0, 1e9])[:, None, None]
    np.testing.assert_allclose(pool_weights(past(scores * units)), pool_weights(past(scores)), rtol=1e-10)


def test_more_evidence_moves_weights_further(scores: np.ndarray) -> None:
    one = pool_weights(past(scores[2:3]))
    twice = pool_weights(past(np.repeat(scores[2:3], 2, axis=0)))
    away = np.abs(one - 1.0 / 3.0)
    assert (np.abs(twice - 1.0 / 3.0)[away > 1e-3] > away[away > 1e-3]).all()


def test_a_member_that_was_silent_once_is_compared_where_it_spoke() -> None:
    grid = np.ones((2, 6, 3))
    grid[0, :, 0], grid[0, :, 1:] = np.nan, 5.0  # a hard origin that the first one was spared
    np.testing.assert_allclose(pool_weights(past(grid)), 1.0 / 3.0, rtol=1e-12)


def test_one_that_went_astray_leaves_the_others_apart() -> None:
    grid = np.tile([1.0, 1.5, 2.0], (3, 6, 1))
    grid[1, :, 2] = 1e200
    weights = pool_weights(past(grid))
    assert np.isfinite(weights).all()
    assert (weights[:, 2] < weights[:, 1]).all()
    expected = (1.0 / 1.5) ** (-STRENGTH * 3.0)
    np.testing.assert_allclose(weights[:, 0] / weights[:, 1], expected, rtol=1e-9)


def test_short_and_long_horizons_have_weights_of_their_own() -> None:
    grid = np.ones((3, 24, 2))
    grid[:, :6, 0] = 0.5
    grid[:, 12:, 1] = 0.5
    weights = pool_weights(past(grid, ("a", "b")))
    assert weights[0, 0] > 0.6
    assert weights[-1, 1] > 0.6
    assert np.abs(np.diff(weights[:, 0])).max() < 0.15
