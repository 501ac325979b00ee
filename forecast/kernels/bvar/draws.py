"""Independent draws from the normal-inverse-Wishart posterior, sixteen at a time so that one triangle serves all.

With U'U the precision of the coefficients and Psi = L L': T upper triangular with T_ii^2 ~ chi^2(d - n + 1 + i) and
N(0, 1) above the diagonal makes C = L T^-T the Cholesky factor of Sigma ~ IW(Psi, d), and B + U^-1 Z C' the matrix
normal. U^-1 is formed once, Z for sixteen draws stands side by side, so the inner loops are long.

Source: Bartlett 1933; Odell & Feiveson 1966; Karlsson 2013, "Forecasting with Bayesian VARs", algorithm 3.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._cholesky import add_rows, upper_factor, upper_inverse
from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.bvar.variates import gamma_variate
from forecast.kernels.random import lane_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR

SIDE_BY_SIDE = 16
"""Draws of a block."""


@kernel
def inverse_wishart_root(key: int, path: int, d: float, U: FloatArray, z: FloatArray, C: FloatArray) -> None:
    """Write the lower Cholesky factor C (n, n) of Sigma ~ IW(U'U, d), d > n - 1.

    z (n (n - 1) / 2): N(0, 1); chi-squared numbers come from key and path.
    """
    n = U.shape[0]
    T = np.zeros((n, n))
    at = 0
    for i in range(n):
        T[i, i] = math.sqrt(2.0 * gamma_variate(key, path, i, 0.5 * (d - n + 1.0 + i)))
        for j in range(i + 1, n):
            T[i, j] = z[at]
            at += 1
    # C T' = U': column by column from the last, since T' is lower triangular.
    for row in range(n):
        for back in range(row + 1):
            j = row - back
            total = U[j, row]
            for x in range(j + 1, row + 1):
                total -= C[row, x] * T[j, x]
            C[row, j] = total / T[j, j]
        for j in range(row + 1, n):
            C[row, j] = 0.0


@kernel
def niw_block(
    first: int,
    last: int,
    key: int,
    B: FloatArray,
    V: FloatArray,
    P: FloatArray,
    d: float,
    coefficients: FloatArray,
    roots: FloatArray,
) -> None:
    """Write the draws of blocks first to last - 1, each of SIDE_BY_SIDE draws; the last may be shorter.

    B (k, n); V = U^-1 (k, k) upper; P (n, n) upper factor of Psi; coefficients (draws, k, n); roots (draws, n, n).
    """
    k, n = B.shape
    draws = coefficients.shape[0]
    size = k * n
    corner = n * (n - 1) // 2
    z = np.empty((size + corner + 3, SIDE_BY_SIDE))
    words = np.empty((4, SIDE_BY_SIDE), np.uint64)
    own = np.empty(corner)
    C = np.empty((n, n, SIDE_BY_SIDE))
    row = np.empty((n, SIDE_BY_SIDE))
    Z = z[:size].reshape(k, n * SIDE_BY_SIDE)
    for block in range(first, last):
        start = block * SIDE_BY_SIDE
        count = min(SIDE_BY_SIDE, draws - start)
        lane_normals(key, start, size + corner, words, z)
        for s in range(count):
            for c in range(corner):
                own[c] = z[size + c, s]
            inverse_wishart_root(key, start + s, d, P, own, roots[start + s])
            for i in range(n):
                for j in range(n):
                    C[i, j, s] = roots[start + s, i, j]
        # Row x of U^-1 Z needs rows x and later of Z only, so the product takes the place of Z.
        for x in range(k):
            f0 = V[x, x]
            out = Z[x]
            for c in range(n * SIDE_BY_SIDE):
                out[c] *= f0
            add_rows(out, V[x], Z, x + 1, k, block - block)
        for x in range(k):
            for i in range(n):
                for s in range(SIDE_BY_SIDE):
                    row[i, s] = B[x, i]
                for j in range(i + 1):
                    for s in range(SIDE_BY_SIDE):
                        row[i, s] += C[i, j, s] * z[x * n + j, s]
            for s in range(count):
                for i in range(n):
                    coefficients[start + s, x, i] = row[i, s]


@kernel
def niw_status(B: FloatArray, U: FloatArray, Psi: FloatArray, d: float) -> int:
    """Whether draws can be made: OK, OUT_OF_RANGE for sizes or d, NON_FINITE, SINGULAR for a factor or Psi."""
    k, n = B.shape
    if not d > n - 1.0 or U.shape != (k, k) or Psi.shape != (n, n):
        return OUT_OF_RANGE
    for i in range(k):
        for j in range(i, k):
            if not math.isfinite(U[i, j]):
                return NON_FINITE
        for j in range(n):
            if not math.isfinite(B[i, j]):
                return NON_FINITE
        if not U[i, i] > 0.0:
            return SINGULAR
    return upper_factor(Psi, np.zeros((n, n)))


def niw_draws(
    key: int, draws: int, B: FloatArray, U: FloatArray, Psi: FloatArray, d: float
) -> tuple[FloatArray, FloatArray, int]:
    """Draws of the coefficients (draws, k, n) and of the lower Cholesky factor of Sigma (draws, n, n); status.

    B (k, n), U (k, k) upper factor of the precision, Psi (n, n), d > n - 1: as in a Posterior. Draw i depends on the
    key and i alone. Where the status is not OK all draws are zero.
    """
    k, n = B.shape
    coefficients, roots = np.zeros((draws, k, n)), np.zeros((draws, n, n))
    status = niw_status(B, U, Psi, d)
    if status == OK:
        P = np.zeros((n, n))
        upper_factor(Psi, P)
        blocks = (draws + SIDE_BY_SIDE - 1) // SIDE_BY_SIDE
        spread(niw_block, blocks, key, B, upper_inverse(U), P, float(d), coefficients, roots)
    return coefficients, roots, status
