"""Cholesky factor, triangular solves and weighted Gram matrix, written so that the inner loops run along rows.

All factors are upper triangular, A = U'U: with arrays stored by rows every inner loop is then a sum of scaled rows,
which the compiler turns into vector instructions without reordering a sum. Only the upper triangle of A is read and
only that of U is written.

Source: Golub & Van Loan 2013, "Matrix Computations", 3.1 and 4.2.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels._tiles import TILE, add_tile, take_row_tile, take_tile
from forecast.kernels.status import OK, SINGULAR

_LEAST_PIVOT = 1e-14
_ROWS_AT_ONCE = 32


@kernel
def add_rows(out: FloatArray, f: FloatArray, M: FloatArray, first: int, last: int, start: int) -> None:
    """Add f[r] times row r of M, from column ``start`` on, to out (c), for rows first to last - 1.

    Eight rows at a time: out is then loaded and stored once for eight multiplications.
    """
    c = out.shape[0]
    end = start + c
    r = first
    while r + 8 <= last:
        f0, f1, f2, f3 = f[r], f[r + 1], f[r + 2], f[r + 3]
        f4, f5, f6, f7 = f[r + 4], f[r + 5], f[r + 6], f[r + 7]
        m0, m1, m2, m3 = M[r, start:end], M[r + 1, start:end], M[r + 2, start:end], M[r + 3, start:end]
        m4, m5, m6, m7 = M[r + 4, start:end], M[r + 5, start:end], M[r + 6, start:end], M[r + 7, start:end]
        for j in range(c):
            out[j] += (
                (f0 * m0[j] + f1 * m1[j] + f2 * m2[j] + f3 * m3[j])
                + (f4 * m4[j] + f5 * m5[j] + f6 * m6[j] + f7 * m7[j])
            )  # fmt: skip
        r += 8
    while r < last:
        f0 = f[r]
        m0 = M[r, start:end]
        for j in range(c):
            out[j] += f0 * m0[j]
        r += 1


@kernel
def upper_factor(A: FloatArray, U: FloatArray) -> int:
    """Write U with U'U = A (k, k); SINGULAR when a pivot is not above 1e-14 of its own diagonal entry.

    U may be A itself. Eight rows at a time: first what all rows above take off, by tiles, then one another.
    """
    k = A.shape[0]
    width = (k + TILE - 1) // TILE * TILE
    W = np.empty((width, width))
    for i in range(k):
        row, source = W[i], A[i]
        for j in range(i, k):
            row[j] = source[j]
        for j in range(k, width):
            row[j] = 0.0
    for i in range(k, width):
        for j in range(width):
            W[i, j] = 0.0
    for block in range(0, width, TILE):
        for j in range(block, width, TILE):
            take_tile(W, block, j, W, block, W, j, 0, block)
        for i in range(block, min(block + TILE, k)):
            for j in range(block, width, TILE):
                take_row_tile(W, i, j, W, i, W, j, block, i)
            row, target = W[i], U[i]
            pivot = row[i]
            if not (pivot > _LEAST_PIVOT * A[i, i] and math.isfinite(pivot)):
                return SINGULAR
            scale = 1.0 / math.sqrt(pivot)
            for j in range(i, k):
                value = row[j] * scale
                row[j] = value
                target[j] = value
    return OK


@kernel
def solve_transposed(U: FloatArray, B: FloatArray) -> None:
    """Replace each row b of B (c, k) by the solution of U'x = b."""
    c, k = B.shape
    for v in range(c):
        for i in range(k):
            row, source = B[v, i:], U[i, i:]
            row[0] /= source[0]
            f = row[0]
            for j in range(1, k - i):
                row[j] -= f * source[j]


@kernel
def solve_upper(U: FloatArray, B: FloatArray) -> None:
    """Replace each row b of B (c, k) by the solution of Ux = b; U has k rows and columns or more."""
    c, k = B.shape
    height, width = (k + TILE - 1) // TILE * TILE, (c + TILE - 1) // TILE * TILE
    L, X = np.zeros((k, height)), np.zeros((height, width))
    for i in range(k):
        row = U[i]
        for j in range(i, k):
            L[j, i] = row[j]
        for v in range(c):
            X[i, v] = B[v, i]
    for block in range(height - TILE, -1, -TILE):
        for v in range(0, width, TILE):
            take_tile(X, block, v, L, block, X, v, block + TILE, k)
        for back in range(TILE):
            i = block + TILE - 1 - back
            if i < k:
                for v in range(0, width, TILE):
                    take_row_tile(X, i, v, L, i, X, v, i + 1, min(block + TILE, k))
                for v in range(c):
                    X[i, v] /= U[i, i]
    for i in range(k):
        for v in range(c):
            B[v, i] = X[i, v]


@kernel
def upper_inverse(U: FloatArray) -> FloatArray:
    """The inverse of U (k, k), upper triangular as well."""
    k = U.shape[0]
    V = np.zeros((k, k))
    f = np.empty(k)
    for back in range(k):
        i = k - 1 - back
        scale = 1.0 / U[i, i]
        V[i, i] = scale
        for r in range(i + 1, k):
            f[r] = -U[i, r] * scale
        # Rows below are zero left of their diagonal, so adding them whole adds nothing there.
        add_rows(V[i, i + 1 :], f, V, i + 1, k, i + 1)
    return V


@kernel
def log_determinant(U: FloatArray) -> float:
    """Log |U'U| = 2 sum log U_ii."""
    total = 0.0
    for i in range(U.shape[0]):
        total += math.log(U[i, i])
    return 2.0 * total


@kernel
def add_gram(X: FloatArray, w: FloatArray, G: FloatArray) -> None:
    """Add sum_t w_t x_t x_t' to the upper triangle of G (k, k); rows x_t of X (T, k), weights w (T)."""
    T, k = X.shape
    width = (k + TILE - 1) // TILE * TILE
    sums = np.zeros((width, width))
    most = min(T, _ROWS_AT_ONCE)
    plain, weighted = np.zeros((most, width)), np.zeros((most, width))
    for start in range(0, T, _ROWS_AT_ONCE):
        rows = min(_ROWS_AT_ONCE, T - start)
        for t in range(rows):
            f, source, here, there = w[start + t], X[start + t], plain[t], weighted[t]
            for j in range(k):
                here[j] = source[j]
                there[j] = f * source[j]
        for i in range(0, width, TILE):
            for j in range(i, width, TILE):
                add_tile(sums, i, j, weighted, i, plain, j, 0, rows)
    for i in range(k):
        row, source = G[i], sums[i]
        for j in range(i, k):
            row[j] += source[j]
