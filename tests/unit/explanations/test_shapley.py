"""Shapley values of games whose values are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.explanations.shapley import shapley_values, shapley_weights


def game(players: int, value) -> np.ndarray:  # type: ignore[no-untyped-def]
    return np.array([value({i for i in range(players) if c >> i & 1}) for c in range(1 << players)], dtype=float)


def test_additive_game_gives_each_its_own() -> None:
    worth = np.array([3.0, -1.0, 0.5, 0.0])
    found = shapley_values(game(4, lambda inside: sum(worth[i] for i in inside)))
    np.testing.assert_allclose(found, worth, atol=1e-14)


def test_gloves_of_shapley() -> None:
    """One left glove (player 0), two right ones: 2/3 and 1/6 each (Shapley 1953; Osborne & Rubinstein 1994, s14.4)."""
    found = shapley_values(game(3, lambda inside: float(0 in inside and bool(inside & {1, 2}))))
    np.testing.assert_allclose(found, [2 / 3, 1 / 6, 1 / 6], atol=1e-14)


@given(st.integers(1, 6), st.integers(0, 10**6))
def test_parts_add_up_and_a_null_player_gets_nothing(players: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=1 << players)
    assert abs(shapley_values(values).sum() - (values[-1] - values[0])) < 1e-12
    with_null = np.concatenate([values, values])  # the last player changes nothing
    found = shapley_values(with_null)
    assert abs(found[-1]) < 1e-12
    np.testing.assert_allclose(found[:-1], shapley_values(values), atol=1e-12)


def test_symmetric_players_share_alike() -> None:
    found = shapley_values(game(4, lambda inside: len(inside & {0, 1}) ** 2 + 5.0 * (3 in inside)))
    assert found[0] == pytest.approx(found[1], abs=1e-14)
    np.testing.assert_allclose(found, [2.0, 2.0, 0.0, 5.0], atol=1e-13)


def test_weights_of_one_player() -> None:
    np.testing.assert_array_equal(shapley_weights(1), [[-1.0, 1.0]])
