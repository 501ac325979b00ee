"""Mixing members' paths: naive twins of the margins and of the coupling, and what must stay."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.random import draw_normals
from forecast.models.pool.mixture import BLOCK, PULL, drawn_together, followed_members, mix, mixture_values
from forecast.streams import stream_key

K, H = 3, 5


@pytest.fixture(scope="module")
def members() -> np.ndarray:
    shocks = draw_normals(11, K * 2 * BLOCK, H).reshape(K, 2 * BLOCK, H)
    spread, centre = np.array([0.1, 0.2, 0.05])[:, None, None], np.array([100.0, 130.0, 90.0])[:, None, None]
    return np.asarray(centre * np.exp(np.cumsum(spread * shocks, axis=2)))


@pytest.fixture(scope="module")
def weights() -> np.ndarray:
    first, last = np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.2, 0.6])
    share = np.linspace(0.0, 1.0, H)[:, None]
    return (1.0 - share) * first + share * last


def naive_value(values: np.ndarray, weights: np.ndarray, prob: float) -> float:
    """The least draw at which the mixture's distribution function reaches a probability, by trying every draw."""
    for x in sorted(values.ravel()):
        if sum(w * np.mean(row <= x) for w, row in zip(weights, values, strict=True)) >= prob - 1e-12:
            return float(x)
    raise AssertionError


def test_mixture_values_equal_those_of_the_distribution_function(members: np.ndarray, weights: np.ndarray) -> None:
    few = members[:, :40, 2]
    got = mixture_values(few, weights[2], 25)
    assert got.tolist() == [naive_value(few, weights[2], (i + 0.5) / 25) for i in range(25)]


def test_mixture_of_ties_and_of_a_member_without_weight() -> None:
    values = np.array([[0.0, 0.0, 0.0, 0.0], [7.0, 7.0, 8.0, 9.0], [-5.0, -5.0, -5.0, -5.0]])
    assert mixture_values(values, np.array([0.5, 0.5, 0.0]), 4).tolist() == [0.0, 0.0, 7.0, 8.0]


def test_margins_of_each_block_are_the_pools(members: np.ndarray, weights: np.ndarray) -> None:
    paths = mix(members, weights, 7)
    for first in (0, BLOCK):
        for h in range(H):
            together = drawn_together(members[:, first : first + BLOCK], weights)
            expected = mixture_values(together[:, :, h], weights[h], BLOCK)
            np.testing.assert_array_equal(np.sort(paths[first : first + BLOCK, h]), expected)


def test_ranks_are_those_of_paths_that_follow_one_member_each(members: np.ndarray, weights: np.ndarray) -> None:
    followed = followed_members(weights.mean(axis=0), BLOCK, stream_key(7, "pool member"))
    paths = mix(members, weights, 7)[:BLOCK]
    together = drawn_together(members[:, :BLOCK], weights)
    for h in (0, H - 1):
        margin = mixture_values(together[:, :, h], weights[h], BLOCK)
        source = [together[followed[p], p, h] for p in range(BLOCK)]
        expected = [margin[sum(other < x for other in source)] for x in source]
        assert paths[:, h].tolist() == expected


def test_each_block_follows_members_by_their_weights() -> None:
    followed = followed_members(np.array([0.602, 0.298, 0.1]), 2 * BLOCK, 5)
    for block in (followed[:BLOCK], followed[BLOCK:]):
        assert np.bincount(block).tolist() == [301, 149, 50]
    assert not np.array_equal(followed[:BLOCK], followed[BLOCK:])


def test_medians_are_drawn_towards_that_of_the_mixture(members: np.ndarray, weights: np.ndarray) -> None:
    members = members[:, :60]
    together = drawn_together(members, weights)
    for h in range(H):
        common = naive_value(members[:, :, h], weights[h], 0.5)
        for k in range(K):
            own = np.median(members[k, :, h])
            np.testing.assert_allclose(together[k, :, h], members[k, :, h] * (common / own) ** PULL, rtol=1e-13)
    np.testing.assert_array_equal(drawn_together(members, weights, pull=0.0), members)


def test_drawing_together_leaves_zeros_and_stops_at_a_thousand(weights: np.ndarray) -> None:
    members = np.ones((K, 8, H)) * np.array([0.0, 1.0, 1e30])[:, None, None]
    together = drawn_together(members, np.tile([0.2, 0.5, 0.3], (H, 1)))
    assert (together[0] == 0.0).all()
    assert (together[1] == 1.0).all()
    np.testing.assert_allclose(together[2], 1e27)
    halves = np.ones((2, 8, H)) * np.array([100.0, 400.0])[:, None, None]
    np.testing.assert_allclose(drawn_together(halves, np.tile([0.9, 0.1], (H, 1)), 0.5)[1], 200.0)


def test_sums_over_the_horizon_are_those_of_the_members_paths(members: np.ndarray) -> None:
    weights = np.tile([0.5, 0.3, 0.2], (H, 1))
    sums = mix(members, weights, 7).sum(axis=1)
    expected = mixture_values(drawn_together(members, weights).sum(axis=2), weights[0], len(sums))
    # Were the months coupled by no order at all, the sums' spread would be half of this.
    assert abs(sums.mean() - expected.mean()) < 5.0 * expected.std() / np.sqrt(len(sums))
    assert abs(sums.std() / expected.std() - 1.0) < 5.0 / np.sqrt(2.0 * len(sums)) * 1.5


def test_one_member_is_handed_on_as_it_is(members: np.ndarray) -> None:
    np.testing.assert_array_equal(mix(members[:1], np.ones((H, 1)), 7), members[0])


def test_more_paths_only_append(members: np.ndarray, weights: np.ndarray) -> None:
    np.testing.assert_array_equal(mix(members[:, :BLOCK], weights, 7), mix(members, weights, 7)[:BLOCK])


def test_another_seed_follows_other_members(members: np.ndarray, weights: np.ndarray) -> None:
    a, b = mix(members, weights, 7), mix(members, weights, 8)
    assert not np.array_equal(a, b)
    np.testing.assert_array_equal(np.sort(a[:BLOCK], axis=0), np.sort(b[:BLOCK], axis=0))
