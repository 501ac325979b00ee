"""The local level's filter against four dense Kalman updates a month, its paths against a loop over matrices."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from forecast.kernels._jit import gate, gate_int
from forecast.kernels._threads import threads
from forecast.kernels.bvar.variates import gamma_variate
from forecast.kernels.local_level import (
    LevelLaw,
    LevelRules,
    level_advance,
    level_begin,
    level_filter,
    level_path,
    level_paths,
    level_update,
)
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.kernels.status import OK

RULES = LevelRules(0.01, 0.02, 0.7, 1.0, 0.3, 0.05, 0.04, 4.0, 0.02, 5.0, 0.97, 0.2, 4.0)
RATIOS = np.array([0.1, 0.4, 1.3])


def figures(seed: int, n: int, m: int) -> np.ndarray:
    """A walk with a season, two stray figures, a shift and gaps."""
    rng = np.random.default_rng(seed)
    y = np.cumsum(rng.normal(0.0, 0.05, n)) + rng.normal(0.0, 0.2, n) + np.tile(rng.normal(0.0, 0.3, m), n)[:n]
    y[n // 3], y[n // 2] = y[n // 3] + 3.0, y[n // 2] - 2.0
    y[2 * n // 3 :] += 1.5
    y[[0, n // 4, n // 4 + 1]] = np.nan
    return gate(y)


def matrices(m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Transition, projector off the season's mean, and prior covariance."""
    T = np.eye(2 + m)
    T[0, 1], T[1, 1] = 1.0, RULES.persistence
    slots = np.zeros((2 + m, 2 + m))
    slots[2:, 2:] = np.eye(m) - 1.0 / m
    prior = np.diag([RULES.level**2, RULES.slope**2, *[0.0] * m]) + RULES.season**2 * slots
    return T, slots, prior


def dense_law(y: np.ndarray, m: int, ratio: float) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    """Mean, covariance, variance, freedom and log density, each case updated by itself and then put together."""
    T, slots, P = matrices(m)
    start = int(np.flatnonzero(~np.isnan(y))[0])
    mean = np.array([y[start], RULES.drift, *[0.0] * m])
    lift = np.array([0.0, (1.0 - RULES.persistence) * RULES.drift, *[0.0] * m])
    variance, freedom, loglik = RULES.noise**2, RULES.freedom, 0.0
    for t in range(start + 1, len(y)):
        mean, P = T @ mean + lift, T @ P @ T.T + RULES.season_step**2 * variance * slots
        P[1, 1] += (1.0 - RULES.persistence**2) * RULES.slope**2
        x = np.zeros(2 + m)
        x[0], x[2 + t % m] = 1.0, 1.0
        sizes = [(1.0, 1.0 - RULES.shifts), (RULES.shift_size, RULES.shifts)]
        if np.isnan(y[t]):
            P[0, 0] += sum(p * (k * ratio) ** 2 * variance for k, p in sizes)
            continue
        laws = []
        strays = [(1.0, 1.0 - RULES.outliers), (RULES.outlier_size, RULES.outliers)]
        for (jump, share), (stray, part) in itertools.product(sizes, strays):
            Q = P.copy()
            Q[0, 0] += (jump * ratio) ** 2 * variance
            f = x @ Q @ x + stray**2 * variance
            e = y[t] - x @ mean
            weight = share * part * stats.t.pdf(e, freedom, scale=math.sqrt(f))
            laws.append((weight, mean + Q @ x * e / f, Q - np.outer(Q @ x, Q @ x) / f, e * e / f))
        total = sum(law[0] for law in laws)
        loglik += math.log(total)
        shares = [law[0] / total for law in laws]
        mean = sum(w * law[1] for w, law in zip(shares, laws, strict=True))
        P = sum(w * (law[2] + np.outer(law[1] - mean, law[1] - mean)) for w, law in zip(shares, laws, strict=True))
        surprise = min(sum(w * law[3] for w, law in zip(shares, laws, strict=True)), 9.0)
        variance = variance * (RULES.memory * freedom + surprise) / (RULES.memory * freedom + 1.0)
        freedom = max(RULES.memory * freedom + 1.0, 3.0)
    return mean, P, variance, freedom, loglik


@pytest.mark.parametrize(("seed", "m"), [(1, 12), (2, 4), (3, 1)])
def test_level_filter_is_four_dense_updates_a_month(seed: int, m: int) -> None:
    y = figures(seed, 90, m)
    for count in (1, 2):
        with threads(count):
            found = level_filter(y, m, RATIOS, RULES)
        assert found.counts.tolist() == [OK, 90]
        for k, ratio in enumerate(RATIOS):
            mean, P, variance, freedom, loglik = dense_law(y, m, ratio)
            np.testing.assert_allclose(found.mean[k], mean, rtol=1e-9, atol=1e-11)
            np.testing.assert_allclose(found.covariance[k], P, rtol=1e-8, atol=1e-12)
            np.testing.assert_allclose(
                [found.variance[k], found.freedom[k], found.loglik[k]], [variance, freedom, loglik], rtol=1e-9
            )


def test_level_begin_level_advance_and_level_update_step_by_step() -> None:
    m = 4
    T, slots, prior = matrices(m)
    mean, P = np.empty(2 + m), np.empty((2 + m, 2 + m))
    level_begin(3.0, RULES, mean, P)
    np.testing.assert_allclose(P, prior, atol=1e-15)
    level_advance(0.04, RULES, mean, P)
    dense = T @ prior @ T.T + RULES.season_step**2 * 0.04 * slots
    dense[1, 1] += (1.0 - RULES.persistence**2) * RULES.slope**2
    np.testing.assert_allclose(P, dense, atol=1e-15)
    assert mean.tolist() == [3.0 + RULES.drift, RULES.drift, 0.0, 0.0, 0.0, 0.0]
    # With one case only, and much freedom, an update is Kalman's and its density the normal one.
    plain = RULES._replace(outliers=0.0, shifts=0.0)
    dense[0, 0] += 0.5**2 * 0.04
    x = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    f = x @ dense @ x + 0.04
    density, surprise = level_update(3.4, 1, 0.5, 0.04, 1e9, plain, mean, P)
    np.testing.assert_allclose(density, stats.norm.logpdf(3.4, 3.0 + RULES.drift, math.sqrt(f)), rtol=1e-6)
    np.testing.assert_allclose(surprise, (0.4 - RULES.drift) ** 2 / f, rtol=1e-12)
    np.testing.assert_allclose(P, dense - np.outer(dense @ x, dense @ x) / f, atol=1e-14)


def test_level_path_is_the_model_written_in_matrices() -> None:
    m, h, n, ratio, sd = 4, 9, 6, 0.4, 0.2
    T, slots, _ = matrices(m)
    z, u = draw_normals(5, h, 3 + m), draw_uniforms(6, h, 2)
    u[2, 0], u[4, 1] = 0.001, 0.001
    state = np.array([1.0, 0.05, 0.2, -0.1, 0.3, -0.4])
    lift = np.array([0.0, (1.0 - RULES.persistence) * RULES.drift, *[0.0] * m])
    expected, moved = [], state.copy()
    for t in range(h):
        moved = T @ moved + lift
        moved[0] += ratio * sd * (RULES.shift_size if u[t, 0] < RULES.shifts else 1.0) * z[t, 0]
        moved[1] += math.sqrt(1.0 - RULES.persistence**2) * RULES.slope * z[t, 1]
        moved += RULES.season_step * sd * slots @ np.array([0.0, 0.0, *z[t, 3:]])
        stray = RULES.outlier_size if u[t, 1] < RULES.outliers else 1.0
        expected.append(moved[0] + moved[2 + (n + t) % m] + sd * stray * z[t, 2])
    out = np.empty(h)
    level_path(n, ratio, sd, RULES, state, z, u, out)
    np.testing.assert_allclose(out, expected, rtol=1e-12)
    np.testing.assert_allclose(state, moved, rtol=1e-12, atol=1e-15)


def test_level_paths_draw_state_and_variance_then_run_level_path() -> None:
    m, n, paths, h = 4, 60, 40, 7
    law = level_filter(figures(4, n, m), m, RATIOS, RULES)
    owner = gate_int(np.arange(paths) % len(RATIOS))
    found = level_paths(law, RATIOS, RULES, owner, (11, 12), h)
    size = 2 + m
    z, u = draw_normals(11, paths, size + h * (size + 1)), draw_uniforms(12, paths, 2 * h)
    for p in range(paths):
        k = owner[p]
        stretch = math.sqrt(0.5 * law.freedom[k] / gamma_variate(11, p, 0, 0.5 * law.freedom[k]))
        root = np.zeros((size, size))
        # The season's slots add up to zero, so the last one has no shock of its own.
        root[:-1, :-1] = np.linalg.cholesky(law.covariance[k][:-1, :-1])
        root[-1, :] = -root[2:-1, :].sum(axis=0)
        state = law.mean[k] + stretch * root @ z[p, :size]
        out = np.empty(h)
        sd = stretch * math.sqrt(law.variance[k])
        steps, cases = gate(z[p, size:].reshape(h, size + 1)), gate(u[p].reshape(h, 2))
        level_path(n, RATIOS[k], sd, RULES, state, steps, cases, out)
        np.testing.assert_allclose(found[p], out, rtol=1e-6, atol=1e-8)


def test_more_paths_and_longer_horizons_only_append() -> None:
    law: LevelLaw = level_filter(figures(5, 60, 12), 12, RATIOS, RULES)
    owner = gate_int(np.arange(30) % 3)
    long = level_paths(law, RATIOS, RULES, owner, (1, 2), 20)
    for count in (1, 2):
        with threads(count):
            np.testing.assert_array_equal(level_paths(law, RATIOS, RULES, owner[:11], (1, 2), 6), long[:11, :6])
