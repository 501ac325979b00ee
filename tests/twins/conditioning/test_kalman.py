"""The Kalman route against one dense solve over the whole horizon, to 1e-10."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.conditioning.kalman import pin_corrections, pin_gains, pin_residuals, pin_variances
from forecast.kernels.conditioning.smoother import draw_pinned, pinned_block, pinned_moments, pins_are_usable
from forecast.kernels.status import INFEASIBLE, OK
from tests.twins.conditioning.dense import Model, follow, random_model, random_pins, read_with_noise, stack

NEAR = {"rtol": 1e-10, "atol": 1e-10}
SHAPES = [(1, 1, 1), (1, 3, 7), (2, 2, 4), (3, 1, 6), (4, 5, 3), (2, 4, 9), (3, 2, 12)]
CASES = [(seed, *SHAPES[seed % len(SHAPES)]) for seed in range(35)]


def spread_of(m: Model) -> np.ndarray:
    return m.root[0] @ m.root[0].T


@pytest.mark.parametrize(("seed", "n", "p", "h"), CASES)
def test_pins_are_usable_and_pinned_moments_are_the_dense_solve(seed: int, n: int, p: int, h: int) -> None:
    m, rng = random_model(seed, n, p, h, growth=0.9)
    pins = random_pins(rng, h, n, (0.0, 0.2, 0.5, 1.0)[seed % 4])
    noise = rng.uniform(0.1, 2.0, size=(h, n)) * (rng.uniform(size=(h, n)) < 0.5 * (seed % 3))
    S = spread_of(m)
    assert pins_are_usable(m.lags, m.steps, m.past, S, pins, noise) == OK
    mean, sd, status, culprit = pinned_moments(m.lags, m.steps, m.past, S, pins, noise)
    dense_mean, dense_cov = read_with_noise(m, pins, noise)
    assert (status, culprit) == (OK, -1)
    np.testing.assert_allclose(mean.ravel(), dense_mean, **NEAR)
    np.testing.assert_allclose(sd.ravel() ** 2, np.maximum(np.diag(dense_cov), 0.0), **NEAR)


@pytest.mark.parametrize(("seed", "n", "p", "h"), CASES[:21])
def test_pin_gains_pin_residuals_pin_corrections_and_pin_variances(seed: int, n: int, p: int, h: int) -> None:
    """Innovations one by one are the Cholesky factor of the covariance of what is read."""
    m, rng = random_model(seed, n, p, h)
    pins = random_pins(rng, h, n, 0.5)
    noise = rng.uniform(0.0, 1.0, size=(h, n))
    S = spread_of(m)
    gains = pin_gains(m.lags, S, pins, noise)
    b, M = stack(m)
    seen = np.flatnonzero(~np.isnan(pins.ravel()))
    F = M[seen] @ M[seen].T + np.diag(noise.ravel()[seen])
    L = np.linalg.cholesky(F) if len(seen) else np.zeros((0, 0))
    np.testing.assert_allclose(gains.F.ravel()[seen], np.diag(L) ** 2, **NEAR)
    assert not gains.F.ravel()[np.isnan(pins.ravel())].any()
    missed, v, u = np.zeros(h * n), np.empty((h, n)), np.empty((h, n))
    missed[seen] = pins.ravel()[seen] - b[seen]
    assert pin_residuals(m.lags, gains, missed.reshape(h, n), v) == -1
    np.testing.assert_allclose(v.ravel()[seen], np.diag(L) * np.linalg.solve(L, missed[seen]), **NEAR)
    pin_corrections(m.lags, S, gains, v, u)
    e = M[seen].T @ np.linalg.solve(F, missed[seen])
    np.testing.assert_allclose(u, np.einsum("tij,tj->ti", m.root, e.reshape(h, n)), **NEAR)
    np.testing.assert_allclose(follow(m, u).ravel(), b + M @ e, **NEAR)
    variances = np.diag(M @ M.T - M @ M[seen].T @ np.linalg.solve(F, M[seen] @ M.T))
    np.testing.assert_allclose(pin_variances(m.lags, gains).ravel(), variances, **NEAR)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pinned_block_draws_from_the_conditional_law(seed: int) -> None:
    m, rng = random_model(seed, 2, 2, 4)
    pins = random_pins(rng, 4, 2, 0.4)
    noise = rng.uniform(size=(4, 2)) * (seed > 0)
    S, draws = spread_of(m), 40_000
    out = np.zeros((draws, 4, 2))
    pinned_block(0, draws, 3, m.lags, m.steps, m.past, S, pins, noise, pin_gains(m.lags, S, pins, noise), out)
    mean, cov = read_with_noise(m, pins, noise)
    v = np.maximum(np.diag(cov), 0.0)
    drawn = out.reshape(draws, -1)
    assert (np.abs(drawn.mean(axis=0) - mean) < 5 * np.sqrt(v / draws) + 1e-9).all()
    assert (np.abs(np.cov(drawn.T) - cov) < 5 * np.sqrt((np.outer(v, v) + cov**2) / draws) + 1e-9).all()
    for count in (1, 2):
        with threads(count):
            again, status, _ = draw_pinned(3, 500, m.lags, m.steps, m.past, S, pins, noise)
        assert status == OK
        np.testing.assert_array_equal(again, out[:500])


@pytest.mark.parametrize("seed", range(6))
def test_pinned_moments_with_a_singular_covariance_name_what_contradicts(seed: int) -> None:
    """Two variables with the same shocks: the second pin of a month repeats the first or contradicts it."""
    m, rng = random_model(seed, 2, 1, 5)
    S, lags = np.ones((2, 2)), np.zeros((2, 2))
    pins = np.full((5, 2), np.nan)
    pins[3] = m.steps[3] + rng.normal()
    mean, sd, status, _ = pinned_moments(lags, m.steps, m.past, S, pins, np.zeros((5, 2)))
    assert status == OK
    np.testing.assert_allclose(mean[3], pins[3], **NEAR)
    np.testing.assert_allclose(sd[3], 0.0, atol=1e-7)
    pins[3, 1] += 0.3
    mean, _, status, culprit = pinned_moments(lags, m.steps, m.past, S, pins, np.zeros((5, 2)))
    assert (status, culprit) == (INFEASIBLE, 7)
    np.testing.assert_allclose(mean, m.steps, **NEAR)
