"""Scales of crisis months: their path, its slopes, and the prior's density."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from forecast.models.bvar.crisis_scale import (
    first_scales,
    log_prior,
    log_scale,
    rho_shapes,
    with_months_to_come,
)

STARTS = np.array([105, 112], dtype=np.int64)


def numbers(seed: int) -> np.ndarray:
    return first_scales(2) + np.random.default_rng(seed).normal(size=(2, 4))


def test_path_is_three_free_months_and_then_a_decay() -> None:
    u = np.array([[np.log(5.0), np.log(3.0), np.log(2.0), special.logit(0.5)]])
    got = np.exp(log_scale(u, STARTS[:1], 100, 11)[0])
    np.testing.assert_allclose(got, [1, 1, 1, 1, 1, 6, 4, 3, 2, 1.5, 1.25])
    late = np.exp(log_scale(u, STARTS[:1], 107, 3)[0])
    np.testing.assert_allclose(late, [3, 2, 1.5], err_msg="a window that opens inside the episode")


def test_scales_of_episodes_that_overlap_multiply() -> None:
    u = numbers(1)
    both = log_scale(u, STARTS, 100, 30)[0]
    apart = [log_scale(u[[e]], STARTS[[e]], 100, 30)[0] for e in range(2)]
    np.testing.assert_allclose(both, apart[0] + apart[1])


@pytest.mark.parametrize("seed", range(3))
def test_slopes_are_those_of_differences(seed: int) -> None:
    u = numbers(seed)
    _, slope = log_scale(u, STARTS, 100, 40)
    _, prior_slope = log_prior(u)
    for e in range(2):
        for i in range(4):
            step = np.zeros((2, 4))
            step[e, i] = 1e-5
            rise = log_scale(u + step, STARTS, 100, 40)[0] - log_scale(u - step, STARTS, 100, 40)[0]
            np.testing.assert_allclose(slope[:, e, i], rise / 2e-5, atol=1e-8)
            assert prior_slope[e, i] == pytest.approx(
                (log_prior(u + step)[0] - log_prior(u - step)[0]) / 2e-5, abs=1e-6
            )


def test_prior_is_pareto_and_beta() -> None:
    u = numbers(4)
    a, b = rho_shapes()
    expected = stats.pareto.logpdf(1.0 + np.exp(u[:, :3]), 1.0).sum()
    expected += stats.beta.logpdf(special.expit(u[:, 3]), a, b).sum()
    assert log_prior(u)[0] == pytest.approx(expected)


def test_months_not_yet_seen_decay_from_the_last_that_was() -> None:
    u = np.array([[np.log(5.0), 9.0, 9.0, special.logit(0.5)]])
    first = with_months_to_come(u, STARTS[:1], 105)
    np.testing.assert_allclose(np.exp(first[0, :3]), [5.0, 2.5, 1.25])
    second = with_months_to_come(np.array([[0.0, np.log(4.0), 9.0, special.logit(0.5)]]), STARTS[:1], 106)
    np.testing.assert_allclose(np.exp(second[0, :3]), [1.0, 4.0, 2.0])
    np.testing.assert_array_equal(with_months_to_come(u, STARTS[:1], 107), u)
