"""Conditional forecasts that also teach the coefficients: draw the future given the pins, then coefficients given both.

Each step appends the future just drawn to the sample, updates the conjugate posterior by its h rows, draws Sigma and
the coefficients, and draws a new future that meets the pins. Drawing the parameters from the sample alone would treat
pins as uninformative, which they are not.

Source: Waggoner & Zha 1999, "Conditional forecasts in dynamic multivariate models", algorithm 1.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._cholesky import add_gram, solve_upper, upper_factor
from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels._tiles import TILE, take_row_tile
from forecast.kernels.bvar.draws import inverse_wishart_root
from forecast.kernels.bvar.forecast import deterministic_steps
from forecast.kernels.conditioning.pinned import pinned_path
from forecast.kernels.random import fill_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR


@kernel
def _extended(
    terms: FloatArray, past: FloatArray, future: FloatArray, B: FloatArray, wide: FloatArray, XR: FloatArray
) -> None:
    """Write the future rows and their errors of the coefficients B side by side, XR (h, k + n); wide: B in tiles."""
    h, n = future.shape
    m, s = terms.shape[1], past.shape[0] * n
    months, line = np.empty((h * n + s, 1)), np.zeros((1, wide.shape[1]))
    top = m - m
    for x in range(s):
        months[h * n + x, 0] = past[x // n, x % n]
    for t in range(h):
        row, at = XR[t], (h - t) * n
        for x in range(m):
            row[x] = terms[t, x]
        for x in range(s):
            row[m + x] = months[at + x, 0]
        for i in range(n):
            months[at - n + i, 0] = future[t, i]
            line[0, i] = future[t, i]
            for x in range(m):
                line[0, i] -= terms[t, x] * B[x, i]
        for j in range(0, wide.shape[1], TILE):
            take_row_tile(line, top, j, months, at, wide, j, top, s)
        for i in range(n):
            row[m + s + i] = line[0, i]


@kernel
def gibbs_chain(
    first: int,
    last: int,
    key: int,
    burn: int,
    B: FloatArray,
    precision: FloatArray,
    Psi: FloatArray,
    d: float,
    terms: FloatArray,
    past: FloatArray,
    pins: FloatArray,
    paths: FloatArray,
    coefficients: FloatArray,
    roots: FloatArray,
    status: IntArray,
) -> None:
    """Run chains first to last - 1 of the sampler; arguments as in `conditional_gibbs`, results by chain.

    precision (k, k): P of the posterior from the sample.
    """
    k, n = B.shape
    h, m = pins.shape[0], terms.shape[1]
    keep = paths.shape[1]
    corner = n * (n - 1) // 2
    z = np.empty(corner + k * n + h * n)
    XR, ones = np.empty((h, k + n)), np.ones(h)
    J, V, W = np.empty((k + n, k + n)), np.empty((n, n)), np.empty((n, k))
    C, D = np.empty((n, n)), np.empty((k, n))
    steps, root, e = np.empty((h, n)), np.empty((1, n, n)), np.empty((h, n))
    future = np.empty((h, n))
    wide = np.zeros((k - m, (n + TILE - 1) // TILE * TILE))
    for x in range(k - m):
        for i in range(n):
            wide[x, i] = B[m + x, i]
    for c in range(first, last):
        status[c] = OK
        informed = False
        for turn in range(burn + keep):
            path = (c << 32) + turn
            fill_normals(key, path, z)
            for i in range(k):
                row, source = J[i], precision[i]
                for j in range(k):
                    row[j] = source[j]
                for j in range(k, k + n):
                    row[j] = 0.0
            for i in range(n):
                for j in range(n):
                    J[k + i, k + j] = Psi[i, j]
            more = d
            if informed:
                # With R the errors of the old mean, the new mean is B + P^-1 X'R, and nothing large cancels.
                more += h
                _extended(terms, past, future, B, wide, XR)
                add_gram(XR, ones, J)
            # The factor of [P + X'X, X'R; ., Psi + R'R] holds U, U^-T X'R and the factor of the scale that is left.
            if upper_factor(J, J) != OK:
                status[c] = SINGULAR
                break
            for i in range(n):
                for j in range(i, n):
                    V[i, j] = J[k + i, k + j]
            inverse_wishart_root(key, path, more, V, z[:corner], C)
            for x in range(k):
                for i in range(n):
                    total = J[x, k + i]
                    for j in range(i + 1):
                        total += C[i, j] * z[corner + x * n + j]
                    W[i, x] = total
            solve_upper(J, W)
            for x in range(k):
                for i in range(n):
                    D[x, i] = B[x, i] + W[i, x]
            deterministic_steps(terms, D, steps)
            for t in range(h):
                for i in range(n):
                    e[t, i] = z[corner + k * n + t * n + i]
            for i in range(n):
                for j in range(n):
                    root[0, i, j] = C[i, j]
            found, _ = pinned_path(D[m:], steps, past, root, pins, e, future)
            finite = True
            for t in range(h):
                for i in range(n):
                    finite = finite and math.isfinite(future[t, i])
            if found != OK or not finite:
                status[c] = found if found != OK else NON_FINITE
                break
            informed = True
            if turn >= burn:
                for t in range(h):
                    for i in range(n):
                        paths[c, turn - burn, t, i] = future[t, i]
                for x in range(k):
                    for i in range(n):
                        coefficients[c, turn - burn, x, i] = D[x, i]
                for i in range(n):
                    for j in range(n):
                        roots[c, turn - burn, i, j] = C[i, j]


def conditional_gibbs(
    key: int,
    chains: int,
    keep: int,
    burn: int,
    B: FloatArray,
    U: FloatArray,
    Psi: FloatArray,
    d: float,
    terms: FloatArray,
    past: FloatArray,
    pins: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Paths (chains, keep, h, n), coefficients (.., k, n), Cholesky factors of Sigma (.., n, n), status (chains).

    B, U, Psi, d: the conjugate posterior from the sample. terms (h, m): deterministic terms of the future months;
    past (p, n): last months, newest first; pins (h, n; NaN: free). The first step of a chain knows the sample alone.
    Chain c depends on the key and c alone. A chain that cannot go on has its status, and zeros from there.
    """
    k, n = B.shape
    h = pins.shape[0]
    paths, coefficients = np.zeros((chains, keep, h, n)), np.zeros((chains, keep, k, n))
    roots, status = np.zeros((chains, keep, n, n)), np.full(chains, OUT_OF_RANGE)
    fits = U.shape == (k, k) and Psi.shape == (n, n) and terms.shape == (h, k - n * past.shape[0])
    if fits and past.shape[1] == n and pins.shape[1] == n and d > n - 1.0 and past.shape[0] > 0:
        upper = np.triu(U)
        spread(
            gibbs_chain, chains, key, burn, B, np.ascontiguousarray(upper.T @ upper), Psi, float(d), terms, past, pins,
            paths, coefficients, roots, status,
        )  # fmt: skip
    return paths, coefficients, roots, status
