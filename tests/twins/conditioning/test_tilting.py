"""Entropic tilting against a general minimiser of the dual, and against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special

from forecast.kernels.conditioning.tilting import tilt
from forecast.kernels.status import INFEASIBLE, OK


@pytest.mark.parametrize("seed", range(15))
def test_tilt_is_the_minimum_of_the_dual(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = 1 + seed % 4
    G = rng.normal(size=(500, k)) @ rng.normal(size=(k, k)) * 10.0 ** rng.integers(-3, 4) + rng.normal()
    target = rng.dirichlet(np.full(500, 0.05)) @ G
    scale = G.std(axis=0)
    got = tilt(G, target)
    z = (G - target) / scale
    best = optimize.minimize(
        lambda x: special.logsumexp(z @ x), np.zeros(k), jac=lambda x: special.softmax(z @ x) @ z, tol=1e-13,
        method="BFGS", options={"gtol": 1e-9},
    )  # fmt: skip
    assert got.status == OK
    np.testing.assert_allclose(got.weights @ G, target, rtol=0, atol=1e-9 * np.abs(G).max())
    np.testing.assert_allclose(got.weights, special.softmax(z @ best.x), rtol=1e-4, atol=1e-8)
    np.testing.assert_allclose(got.weights, special.softmax((G - target) @ got.multipliers), rtol=1e-9, atol=1e-14)
    assert got.effective == pytest.approx(1 / np.sum(got.weights**2))
    assert got.distance == pytest.approx(np.sum(got.weights * np.log(500 * got.weights)), abs=1e-10)


@pytest.mark.parametrize("odds", [0.001, 0.3, 0.999])
def test_tilt_of_the_odds_of_an_event_is_two_weights(odds: float) -> None:
    event = (np.arange(200) < 37).astype(float)
    got = tilt(event[:, None], np.array([odds]))
    assert got.status == OK
    np.testing.assert_allclose(got.weights, np.where(event > 0, odds / 37, (1 - odds) / 163), rtol=1e-9)


def test_tilt_to_certainty_keeps_the_paths_that_show_the_event() -> None:
    event = (np.arange(50) % 7 == 0).astype(float)
    got = tilt(event[:, None], np.array([1.0]))
    assert (got.status, got.effective) == (OK, pytest.approx(event.sum()))
    np.testing.assert_allclose(got.weights, event / event.sum(), rtol=1e-12)


def test_tilt_refuses_an_event_that_no_path_shows() -> None:
    G = np.column_stack([np.arange(10.0), np.zeros(10)])
    got = tilt(G, np.array([4.0, 0.1]))
    assert (got.status, got.culprit) == (INFEASIBLE, 1)
    np.testing.assert_array_equal(got.weights, np.full(10, 0.1))


@pytest.mark.parametrize("seed", range(10))
def test_tilt_refuses_targets_outside_the_hull_though_each_is_within_its_range(seed: int) -> None:
    rng = np.random.default_rng(seed)
    u = rng.dirichlet(np.ones(3), size=300)[:, :2]
    assert tilt(u, np.array([0.55, 0.55])).status == INFEASIBLE
    assert tilt(u, np.array([0.35, 0.35])).status == OK


def test_tilt_meets_conditions_that_repeat_each_other() -> None:
    g = np.random.default_rng(3).normal(size=(400, 1))
    once, twice = tilt(g, np.array([0.4])), tilt(np.hstack([g, 2 * g]), np.array([0.4, 0.8]))
    assert twice.status == OK
    np.testing.assert_allclose(twice.weights, once.weights, rtol=1e-6)
