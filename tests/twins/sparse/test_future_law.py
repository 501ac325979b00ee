"""The law of the months ahead against loadings written out densely, on random Systems."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels._threads import threads
from forecast.kernels.sparse.future_law import future_law, future_moments, load_read
from forecast.kernels.sparse.kalman import moments_of_draws
from tests.twins.dense import write_out
from tests.twins.systems import FloatArray, IntArray, random_case, window

AHEAD = 4
SEEDS = range(20)
NEAR = {"rtol": 1e-10, "atol": 1e-10}


def drivers_of(seed: int, entries: int) -> tuple[IntArray, FloatArray]:
    rng = np.random.default_rng(seed)
    return rng.integers(-1, 2, entries), rng.normal(size=(AHEAD, 2))


def dense_law(
    seed: int, stretch: FloatArray, read: IntArray, coef: FloatArray, var: FloatArray, a: FloatArray, P: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean (h, reads), loadings on the first states (h reads, m) and on the noise (h reads, h, k)."""
    s = random_case(seed, unseen_tail=AHEAD).system
    n, k, m = len(s.val), s.row.shape[1], len(s.a0)
    driver_of, drivers = drivers_of(seed, s.val.shape[1])
    val = s.val.copy()
    val[n - AHEAD :] = np.where(driver_of < 0, val[n - AHEAD :], drivers[:, driver_of])
    part = window(s._replace(val=val, scale=s.scale * stretch), n - AHEAD, n, a, P)
    law = write_out(part, coef, var)

    def readings(states: FloatArray) -> FloatArray:
        return np.array([states[one] + (states[two] if two >= 0 else 0.0) for one, two in read])

    load = np.concatenate([readings(law.load[t]) for t in range(AHEAD)])
    return np.array([readings(row) for row in law.mean]), load[:, :m], load[:, m:].reshape(-1, AHEAD, k)


@pytest.mark.parametrize("seed", SEEDS)
def test_load_read_is_the_adjoint_of_the_transition(seed: int) -> None:
    """With a unit root the dense loadings are those of the states, with unit noise those of the noise."""
    s, coef, var = random_case(seed, unseen_tail=AHEAD)
    m, k, stop = len(s.a0), s.row.shape[1], len(s.val) - AHEAD
    driver_of, drivers = drivers_of(seed, s.val.shape[1])
    read = np.array([[0, m - 1]])
    _, state, noise = dense_law(seed, np.ones(k), read, coef, var, np.zeros(m), np.eye(m))
    for at in range(AHEAD):
        r, load = np.zeros(m), np.zeros((AHEAD, k))
        r[[0, m - 1]] = 1.0
        load_read(s, stop, stop + at, coef, driver_of, drivers, r, load)
        np.testing.assert_allclose(r, state[at], **NEAR)
        sd = np.sqrt(s.scale[stop:] * var[s.var_of[stop:]])
        np.testing.assert_allclose(load * sd, noise[at], **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_future_moments_are_the_dense_ones_split_by_who_drives(seed: int) -> None:
    s, coef, var = random_case(seed, unseen_tail=AHEAD)
    rng = np.random.default_rng(seed)
    m, k, stop = len(s.a0), s.row.shape[1], len(s.val) - AHEAD
    driver_of, drivers = drivers_of(seed, s.val.shape[1])
    stretch, group = rng.uniform(0.5, 2.0, k), gate_int([*rng.integers(0, 3, k - 1), 2])
    read, cell = np.array([[0, -1], [1, m - 1]]), np.array([0, 3, 6])
    A = rng.normal(size=(m, m - 1))
    a, P = rng.normal(size=m), A @ A.T
    mean, cov = np.empty((AHEAD, 2)), np.empty((4, AHEAD * 2, 3))
    future_moments(s, coef, var, stop, a, P, driver_of, drivers, stretch, group, read, cell, mean, cov)
    expected, state, noise = dense_law(seed, stretch, read, coef, var, a, P)
    np.testing.assert_allclose(mean, expected, **NEAR)
    np.testing.assert_allclose(cov[3], (state @ state.T)[:, cell], **NEAR)
    for g in range(3):
        own = noise[:, :, group == g].reshape(AHEAD * 2, -1)
        np.testing.assert_allclose(cov[g], (own @ own.T)[:, cell], **NEAR)


@pytest.mark.parametrize("seed", [2, 5])
def test_future_law_is_that_of_each_draw_after_its_figures(seed: int) -> None:
    """Moments kept earlier are carried on through the figures; the bits do not depend on the threads."""
    s, coef, var = random_case(seed, unseen_tail=AHEAD)
    m, k, stop = len(s.a0), s.row.shape[1], len(s.val) - AHEAD
    driver_of, drivers = drivers_of(seed, s.val.shape[1])
    coefs, variances = gate([coef, 0.7 * coef, coef]), gate([var, 1.3 * var, 0.5 * var])
    read, cell, keep = np.array([[0, -1], [m - 1, -1]]), np.arange(AHEAD * 2), gate_int([1, 0])
    a_kept, P_kept = moments_of_draws(s, coefs, variances, stop // 2)
    group = gate_int(np.arange(k) % 2)
    given = (driver_of, drivers, np.ones(k), group, read, cell, keep)
    mean, cov, kept, kept_cov = future_law(s, coefs, variances, stop // 2, a_kept, P_kept, stop, *given)
    a, P = moments_of_draws(s, coefs, variances, stop)
    for d in range(3):
        expected, state, noise = dense_law(seed, np.ones(k), read, coefs[d], variances[d], a[d], P[d])
        whole = np.concatenate([state, noise.reshape(len(noise), -1)], axis=1)
        np.testing.assert_allclose(mean[d], expected, **NEAR)
        np.testing.assert_allclose(cov[d].sum(axis=0), whole @ whole.T, **NEAR)
        np.testing.assert_allclose(kept[d], a[d][[1, 0]], **NEAR)
        np.testing.assert_allclose(kept_cov[d], P[d][np.ix_([1, 0], [1, 0])], **NEAR)
    with threads(1):
        alone = future_law(s, coefs, variances, stop // 2, a_kept, P_kept, stop, *given)
    for one, other in zip(alone, (mean, cov, kept, kept_cov), strict=True):
        np.testing.assert_array_equal(one, other)
