"""The smoother by hand: interpolation between two observations, and noise shared out between months."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate
from forecast.kernels.sparse.kalman import gains_from
from forecast.kernels.sparse.smoother import disturbances, operate, smoothed_states
from tests.twins.dense import shocks_given, write_out
from tests.twins.systems import Operation, Seen, build_system, random_case

WALK = [Operation(0, [(0, 1.0, 0)], 1)]
ONE, VAR = gate([1.0]), gate([0.0, 1.0])


def test_a_walk_seen_exactly_at_both_ends_is_a_straight_line() -> None:
    seen = [Seen(3, [(0, 1.0)], 0.0, 8.0)]
    states, noise = smoothed_states(build_system([0.0], [[0.0]], 6, WALK, seen), ONE, VAR)
    np.testing.assert_allclose(states[:, 0], [2, 4, 6, 8, 8, 8])
    np.testing.assert_allclose(noise[:, 0], [2, 2, 2, 2, 0, 0], atol=1e-14)


def test_a_year_s_sum_is_spread_over_its_months() -> None:
    """Independent months of variance 1, 2 and 3, whose sum is 6 above its mean: shares 1, 2 and 3."""
    ops = [
        Operation(0, [], 1, [1.0, 2.0, 3.0]),
        Operation(1, [(1, [0.0, 1.0, 1.0], 0), (0, 1.0, 0)]),
    ]
    s = build_system([0, 0], np.zeros((2, 2)), 3, ops, [Seen(2, [(1, 1.0)], 0.0, 6.0)])
    states, noise = smoothed_states(s, ONE, VAR)
    np.testing.assert_allclose(states, [[1, 1], [2, 3], [3, 6]])
    np.testing.assert_allclose(noise, [[1, 0], [2, 0], [3, 0]])


def test_without_observations_nothing_is_learnt() -> None:
    states, noise = smoothed_states(build_system([5.0], [[2.0]], 3, WALK, []), ONE, VAR)
    np.testing.assert_array_equal(states[:, 0], 5.0)
    np.testing.assert_array_equal(noise, 0.0)


def test_the_score_moves_the_first_states() -> None:
    s = build_system([0.0], [[3.0]], 1, WALK, [Seen(0, [(0, 1.0)], 1.0, 5.0)])
    K, v, F = gains_from(s, ONE, VAR, 0, 1, s.a0, s.P0)
    r, noise = np.empty(1), np.empty((1, 1))
    disturbances(s, ONE, VAR, 0, 1, K, v, F, r, noise)
    assert s.P0[0, 0] * r[0] == pytest.approx(3.0)
    assert noise[0, 0] == pytest.approx(1.0)


def test_operate_in_order() -> None:
    ops = [Operation(0, [(0, 2.0, 0)], 1), Operation(1, [(0, 1.0, 0), (1, 1.0, 0)]), Operation(0, [], 1)]
    s = build_system([0, 0], np.eye(2), 1, ops, [])
    alpha = np.array([1.0, 10.0])
    operate(s, 0, ONE, np.array([0.5, 0.25, -3.0]), alpha)
    np.testing.assert_array_equal(alpha, [-3.0, 12.75])


@pytest.mark.parametrize("seed", range(4))
def test_a_random_system_agrees_with_its_twin(seed: int) -> None:
    s, coef, var = random_case(seed, unseen_tail=1)
    law = write_out(s, coef, var)
    states, _ = smoothed_states(s, coef, var)
    e, _ = shocks_given(s, law)
    np.testing.assert_allclose(
        states, [law.mean[t] + law.load[t] @ e for t in range(len(s.val))], rtol=1e-10, atol=1e-10
    )
