"""Naive forecasts against kriging with the dense covariance of random walks, paths against a loop in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels._jit import gate
from forecast.kernels._threads import threads
from forecast.kernels.naive import naive_forecast, naive_forecast_many, naive_paths
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.kernels.status import OK, TOO_SHORT

CASES = [(seed, s, drift) for seed in range(12) for s in (1, 4, 12) for drift in (0, 1)]


def kriging(y: np.ndarray, s: int, drift: int, h: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Best linear unbiased prediction of walks with unknown starts and a common drift, from the dense covariance."""
    t = np.arange(len(y) + h)
    cycle, season = t // s + 1.0, t % s
    C = np.minimum.outer(cycle, cycle) * (season[:, None] == season)
    X = np.hstack([season[:, None] == np.unique(season[: len(y)][~np.isnan(y)]), cycle[:, None] * np.ones((1, drift))])
    o, f = np.flatnonzero(~np.isnan(y)), t[len(y) :]
    Ci = np.linalg.inv(C[np.ix_(o, o)])
    G = np.linalg.inv(X[o].T @ Ci @ X[o])
    beta = G @ X[o].T @ Ci @ y[o]
    e = y[o] - X[o] @ beta
    sigma2 = e @ Ci @ e / (len(o) - X.shape[1])
    K = C[np.ix_(f, o)] @ Ci
    point = X[f] @ beta + K @ e
    J = X[f] - K @ X[o]
    variance = sigma2 * (np.diag(C)[f] - np.einsum("ij,ji->i", K, C[np.ix_(o, f)]) + np.einsum("ij,jk,ik->i", J, G, J))
    return point, np.sqrt(variance), float(sigma2)


def series(seed: int, s: int) -> np.ndarray:
    """A walk with a season and, for odd seeds, gaps: single ones, a stretch, and the end."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4 * s + 3, 5 * s + 12))
    y = rng.normal(0.1, 1.0, n).cumsum() + 5.0 * np.sin(2.0 * np.pi * np.arange(n) / s)
    if seed % 2:
        y[rng.random(n) < 0.2] = np.nan
        y[s : s + 2] = np.nan
        y[-2:] = np.nan
        y[: 2 * s] = np.where(np.isnan(y[: 2 * s]), 0.3, y[: 2 * s])
    return gate(10.0 ** (seed % 5 - 2) * y)


@pytest.mark.parametrize(("seed", "s", "drift"), CASES)
def test_naive_forecast_is_kriging_of_random_walks(seed: int, s: int, drift: int) -> None:
    y, h = series(seed, s), 2 * s + 5
    point, sd, sigma2 = kriging(y, s, drift, h)
    found = naive_forecast(y, s, drift, h)
    assert found.counts[0] == OK
    scale = np.nanmax(np.abs(y))
    np.testing.assert_allclose(found.point, point, rtol=1e-10, atol=1e-10 * scale)
    np.testing.assert_allclose(found.sd, sd, rtol=1e-9)
    np.testing.assert_allclose(found.numbers[1], sigma2, rtol=1e-9)


@pytest.mark.parametrize("drift", [0, 1])
def test_naive_forecast_many_has_the_bits_of_naive_forecast_on_any_number_of_threads(drift: int) -> None:
    rows = [series(seed, 12) for seed in range(12)] + [gate(np.full(3, np.nan)), gate([1.0, np.inf])]
    n = max(map(len, rows))
    y = gate([np.concatenate([np.full(n - len(row), np.nan), row]) for row in rows])
    found = []
    for count in (1, 2):
        with threads(count):
            found.append(naive_forecast_many(y, 12, drift, 18))
    for i in range(len(rows)):
        alone = naive_forecast(y[i], 12, drift, 18)
        for together in found:
            for row, single in zip(together, alone, strict=True):
                np.testing.assert_array_equal(row[i], single)


def looped_path(y: np.ndarray, s: int, drift: int, z: np.ndarray, pool: list[float]) -> list[float]:
    """One future, season by season: from uniforms that pick from ``pool`` if there is one, else from normals."""
    b, sigma2, b_variance = naive_forecast(y, s, drift, 0).numbers
    first = math.sqrt(-2.0 * math.log(z[0])) * math.cos(2.0 * math.pi * z[1]) if pool else z[0]
    b, path = b + math.sqrt(b_variance) * first, []
    for i in range(len(z) - 2):
        shock = pool[int(z[2 + i] * len(pool))] if pool else math.sqrt(sigma2) * z[2 + i]
        seen = [t for t in range(len(y) + i - s, -1, -s) if t >= len(y) or not math.isnan(y[t])]
        k = (len(y) + i - seen[0]) / s
        before = y[seen[0]] if seen[0] < len(y) else path[seen[0] - len(y)]
        path.append(before + k * b + math.sqrt(k) * shock)
    return path


def residual_pool(y: np.ndarray, s: int, drift: int) -> list[float]:
    """Residuals a root cycle in order of time, centred and rescaled to the residual variance."""
    b, sigma2, _ = naive_forecast(y, s, drift, 0).numbers
    pool = []
    for t in range(len(y)):
        earlier = [v for v in range(t - s, -1, -s) if not math.isnan(y[v])]
        if earlier and not math.isnan(y[t]):
            k = (t - earlier[0]) / s
            pool.append((y[t] - y[earlier[0]] - k * b) / math.sqrt(k))
    centred = np.array(pool) - np.mean(pool)
    return list(centred * math.sqrt(sigma2 / np.mean(centred**2)))


@pytest.mark.parametrize("bootstrap", [0, 1])
@pytest.mark.parametrize(("seed", "s", "drift"), CASES[:24])
def test_naive_paths_are_the_looped_paths(seed: int, s: int, drift: int, bootstrap: int) -> None:
    y, h = series(seed, s), s + 5
    z = (draw_uniforms if bootstrap else draw_normals)(99, 7, 2 + h)
    pool = residual_pool(y, s, drift) if bootstrap else []
    found = naive_paths(y, s, drift, h, 7, 99, bootstrap)
    assert found.counts[0] == OK
    expected = [looped_path(y, s, drift, z[p], pool) for p in range(7)]
    np.testing.assert_allclose(found.paths, expected, rtol=1e-10, atol=1e-10 * np.nanmax(np.abs(y)))


@pytest.mark.parametrize("bootstrap", [0, 1])
def test_naive_paths_spread_as_the_formula_says(bootstrap: int) -> None:
    y = series(3, 4)
    known = naive_forecast(y, 4, 1, 12)
    paths = naive_paths(y, 4, 1, 12, 40000, 5, bootstrap).paths
    np.testing.assert_allclose(paths.std(axis=0), known.sd, rtol=0.02)
    np.testing.assert_allclose(paths.mean(axis=0), known.point, atol=0.025 * known.sd.max())


def test_naive_paths_have_the_same_bits_on_any_number_of_threads_and_only_append() -> None:
    y = series(1, 12)
    with threads(1):
        one = naive_paths(y, 12, 1, 20, 100, 3, 0).paths
    with threads(2):
        np.testing.assert_array_equal(naive_paths(y, 12, 1, 20, 250, 3, 0).paths[:100], one)
    assert naive_paths(gate([1.0]), 1, 0, 2, 3, 3, 0).counts[0] == TOO_SHORT
