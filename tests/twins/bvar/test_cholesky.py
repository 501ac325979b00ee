"""Factors and solves against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._cholesky import (
    add_gram,
    add_rows,
    log_determinant,
    solve_transposed,
    solve_upper,
    upper_factor,
    upper_inverse,
)
from forecast.kernels.status import OK, SINGULAR

NEAR = {"rtol": 1e-10, "atol": 1e-10}
SIZES = [1, 2, 3, 7, 8, 9, 16, 17, 40, 73]


@pytest.mark.parametrize("k", SIZES)
def test_upper_factor_upper_inverse_and_log_determinant(k: int) -> None:
    rng = np.random.default_rng(k)
    X = rng.normal(size=(2 * k + 3, k))
    A = X.T @ X
    U = np.zeros((k, k))
    assert upper_factor(np.triu(A), U) == OK, "only the upper triangle is read"
    np.testing.assert_allclose(U, np.linalg.cholesky(A).T, **NEAR)
    np.testing.assert_allclose(upper_inverse(U), np.linalg.inv(U), **NEAR)
    assert log_determinant(U) == pytest.approx(np.linalg.slogdet(A)[1], abs=1e-10)
    assert upper_factor(A, A) == OK, "in place"
    np.testing.assert_array_equal(np.triu(A), U)


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("c", [1, 2, 6])
def test_solve_transposed_and_solve_upper_take_rows_as_right_hand_sides(k: int, c: int) -> None:
    rng = np.random.default_rng(k)
    U = np.triu(rng.normal(size=(k, k)) / k) + np.eye(k)
    junk = U + np.tril(rng.normal(size=(k, k)), -1)
    B = rng.normal(size=(c, k))
    down, up = B.copy(), B.copy()
    solve_transposed(junk, down)
    solve_upper(junk, up)
    np.testing.assert_allclose(down, np.linalg.solve(U.T, B.T).T, **NEAR)
    np.testing.assert_allclose(up, np.linalg.solve(U, B.T).T, **NEAR)


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("T", [1, 5, 8, 30])
def test_add_gram_and_add_rows(k: int, T: int) -> None:
    rng = np.random.default_rng(T)
    X, w, G = rng.normal(size=(T, k)), rng.normal(size=T), rng.normal(size=(k, k))
    got = G.copy()
    add_gram(X, w, got)
    np.testing.assert_allclose(np.triu(got), np.triu(G + (X.T * w) @ X), **NEAR)
    np.testing.assert_array_equal(np.tril(got, -1), np.tril(G, -1))
    first, start = T // 3, k // 2
    out = rng.normal(size=k - start)
    expected = out + w[first:] @ X[first:, start:]
    add_rows(out, w, X, first, T, start)
    np.testing.assert_allclose(out, expected, **NEAR)


@pytest.mark.parametrize(
    "A", [np.zeros((2, 2)), np.ones((2, 2)), -np.eye(3), np.full((2, 2), np.nan), np.diag([1, np.inf])]
)
def test_upper_factor_reports_what_is_not_positive(A: np.ndarray) -> None:
    assert upper_factor(A.astype(float), np.zeros_like(A, dtype=float)) == SINGULAR
