"""The model confidence set against a twin in loops, and what must be true of any scores."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.evaluation.confidence_set import block_indices, confidence_set

SEED = 7


def twin(scores: np.ndarray, block: int, resamples: int) -> np.ndarray:
    """Hansen, Lunde & Nason 2011, s3.1.2 and the bootstrap of s3.2, one number at a time."""
    n, m = scores.shape
    draws = block_indices(n, block, SEED, resamples)
    remaining, p_values, largest = list(range(m)), np.ones(m), 0.0
    while len(remaining) > 1:
        mean = [np.mean([scores[t, i] for t in range(n)]) for i in remaining]
        excess = [own - np.mean(mean) for own in mean]
        moved = []
        for b in range(resamples):
            drawn = [np.mean([scores[t, i] for t in draws[b]]) for i in remaining]
            moved.append([own - np.mean(drawn) - e for own, e in zip(drawn, excess, strict=True)])
        sd = [np.sqrt(np.mean([row[k] ** 2 for row in moved])) for k in range(len(remaining))]
        t = [e / s for e, s in zip(excess, sd, strict=True)]
        exceeded = [max(x / s for x, s in zip(row, sd, strict=True)) >= max(t) for row in moved]
        largest = max(largest, float(np.mean(exceeded)))
        leaves = remaining[int(np.argmax(t))]
        p_values[leaves] = largest
        remaining.remove(leaves)
    return p_values


def made_up(n: int, means: list[float], seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((n, 1))
    return np.array(means) + common + 0.6 * rng.standard_normal((n, len(means)))


@pytest.mark.parametrize("block", [1, 3])
def test_against_the_twin(block: int) -> None:
    scores = made_up(20, [0.0, 0.1, 0.5, 0.2])
    np.testing.assert_allclose(confidence_set(scores, block, SEED, 60), twin(scores, block, 60), atol=1e-12)


def test_the_worse_leave_and_the_best_stays() -> None:
    found = confidence_set(made_up(120, [0.0, 0.05, 1.0, 0.6]), 3, SEED)
    assert found.max() == 1.0
    assert found[:2].min() > 0.10
    assert found[2:].max() < 0.01
    assert found[2] <= found[3], "the worst leaves first"


def test_order_and_scale_do_not_matter() -> None:
    scores = made_up(60, [0.0, 0.3, 0.15, 0.4, 0.1])
    found = confidence_set(scores, 2, SEED)
    turn = [3, 1, 4, 0, 2]
    np.testing.assert_array_equal(confidence_set(scores[:, turn], 2, SEED), found[turn])
    np.testing.assert_allclose(confidence_set(256.0 * scores, 2, SEED), found)


def test_equals_all_stay() -> None:
    assert (confidence_set(np.repeat(np.arange(12.0)[:, None], 3, axis=1), 1, SEED) == 1.0).all()
    assert confidence_set(np.arange(5.0)[:, None], 1, SEED).tolist() == [1.0]


def test_the_best_is_kept_as_often_as_promised() -> None:
    """Of three equal forecasters each is in the set at 10 % in about 90 of 100 samples."""
    kept = [confidence_set(made_up(50, [0.0, 0.0, 0.0], seed), 1, SEED, 200)[0] >= 0.10 for seed in range(150)]
    assert np.mean(kept) > 0.9 - 5 * np.sqrt(0.09 / 150)


def test_blocks_hold_neighbours() -> None:
    drawn = block_indices(11, 4, SEED, 50)
    assert drawn.shape == (50, 11)
    assert ((drawn >= 0) & (drawn < 11)).all()
    steps = np.diff(drawn, axis=1) % 11
    inside = np.arange(10) % 4 != 3
    assert (steps[:, inside] == 1).all()
    counts = np.bincount(drawn.ravel(), minlength=11)
    assert counts.min() > 0.5 * counts.mean()
