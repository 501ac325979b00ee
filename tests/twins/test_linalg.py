"""The root of a singular covariance, and tangents of log sums, against numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._linalg import semidefinite_root
from forecast.kernels.tangent import tangents
from tests.twins import naive


@pytest.mark.parametrize("seed", range(20))
def test_semidefinite_root_of_a_regular_covariance_is_cholesky(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(6, 9))
    P = A @ A.T
    np.testing.assert_allclose(semidefinite_root(P), np.linalg.cholesky(P), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("rank", range(7))
@pytest.mark.parametrize("spread", [0.0, 3.0])
def test_semidefinite_root_squared_is_the_singular_covariance(rank: int, spread: float) -> None:
    for seed in range(20):
        rng = np.random.default_rng([seed, rank])
        size = 10.0 ** rng.uniform(-spread, spread, 7)
        A = size[:, None] * rng.normal(size=(7, rank))
        P = A @ A.T
        L = semidefinite_root(P)
        assert (np.triu(L, 1) == 0.0).all()
        assert (np.diag(L) >= 0.0).all()
        assert (np.diag(L) > 0.0).sum() == rank
        np.testing.assert_allclose((L @ L.T) / np.outer(size, size), P / np.outer(size, size), rtol=0, atol=1e-9)


def test_semidefinite_root_of_a_repeated_state() -> None:
    P = np.array([[4.0, 4.0, 2.0], [4.0, 4.0, 2.0], [2.0, 2.0, 5.0]])
    np.testing.assert_allclose(semidefinite_root(P), [[2, 0, 0], [2, 0, 0], [1, 0, 2]])


@pytest.mark.parametrize("shift", [0.0, 900.0, -900.0])
@pytest.mark.parametrize("seed", range(5))
def test_tangents_are_scipy_s_log_sums(seed: int, shift: float) -> None:
    rng = np.random.default_rng(seed)
    n, reporters, flows, N = 30, 3, 2, 40
    x = rng.normal(0.0, 3.0, (n, reporters, flows)) + shift
    first = rng.integers(0, n, N)
    last = np.minimum(first + rng.integers(0, 13, N), n - 1)
    reporter = rng.integers(0, reporters, N)
    parts = np.array([[1, 0], [0, 1], [1, 1]])[rng.integers(0, 3, N)]
    last[:2], parts[:2] = first[:2], [[1, 0], [0, 1]]  # single months of one flow
    log_sum, mean = tangents(x, first, last, reporter, parts)
    expected = [naive.tangent(x[a : b + 1, r], p) for a, b, r, p in zip(first, last, reporter, parts, strict=True)]
    np.testing.assert_allclose(np.column_stack([log_sum, mean]), expected, rtol=1e-12, atol=1e-12)
    single = (first == last) & (parts.sum(axis=1) == 1)
    assert single.any()
    np.testing.assert_allclose(log_sum[single], mean[single], rtol=1e-14)
