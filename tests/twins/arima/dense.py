"""Seasonal ARIMA by dense covariance matrices; all of it takes complex coefficients, so derivatives are exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from forecast.kernels.random import draw_normals, draw_uniforms

Array = NDArray[np.float64]
STEP = 1e-30


def multiplied(low: Array, high: Array, s: int, sign: float) -> Array:
    """Coefficients 0, 1, ... of (1 + sign low(L)) (1 + sign high(L^s))."""
    wide = np.zeros(1 + s * len(high), dtype=np.result_type(low, high, float))
    wide[0] = 1.0
    wide[s::s] = sign * np.asarray(high)
    return np.convolve(np.r_[1.0, sign * np.asarray(low)], wide)


def polynomials(coef: Array, order: Array) -> tuple[Array, Array]:
    """phi(L)Phi(L^s) and theta(L)Theta(L^s), constant terms included."""
    p, _, q, P, _, Q, s, _ = (int(v) for v in order)
    phi, theta, Phi, Theta = np.split(coef, np.cumsum([p, q, P]))
    assert len(Theta) == Q
    return multiplied(phi, Phi, s, -1.0), multiplied(theta, Theta, s, 1.0)


def autocovariances(ar: Array, ma: Array, count: int) -> Array:
    """gamma_0 .. gamma_{count-1} of ar(L) w = ma(L) e, from the linear equations sum_j ar_j gamma_{k-j} = c_k."""
    size = max(len(ar), len(ma), count)
    ar, ma = (np.pad(part, (0, size - len(part))) for part in (ar, ma))
    psi = linalg.solve_triangular(linalg.toeplitz(ar, np.zeros(size)), ma, lower=True)
    A = np.zeros((size, size), dtype=ar.dtype)
    for k in range(size):
        for j in range(size):
            A[k, abs(k - j)] += ar[j]
    c = np.array([ma[k:] @ psi[: size - k] for k in range(size)])
    return np.linalg.solve(A, c)[:count]


def symmetric(first: Array) -> Array:
    """Symmetric Toeplitz matrix, also of complex numbers (scipy's is Hermitian)."""
    at = np.abs(np.subtract.outer(np.arange(len(first)), np.arange(len(first))))
    return np.asarray(first)[at]


def differencing(n: int, order: Array) -> Array:
    """Matrix (n - d - sD, n) of (1-L)^d (1-L^s)^D."""
    D = np.eye(n)
    for lag in [1] * int(order[1]) + [int(order[6])] * int(order[4]):
        D = D[lag:] - D[:-lag]
    return D


def regressors(X: Array, order: Array) -> Array:
    """X with the constant or drift in front, where the order has one."""
    n = len(X)
    if not order[7] or order[1] + order[4] > 1:
        return X
    return np.column_stack([np.ones(n) if order[1] + order[4] == 0 else np.arange(1.0, n + 1), X])


def loglik(y: Array, X: Array, order: Array, coef: Array) -> tuple[complex, complex, Array]:
    """Concentrated log-likelihood, variance and coefficients of the regressors; gaps by projection, not by dummies."""
    D, gap = differencing(len(y), order), np.isnan(y)
    free = linalg.null_space(D[:, gap].T) if gap.any() else np.eye(len(D))
    measure = np.linalg.slogdet(D[:, gap].T @ D[:, gap])[1] if gap.any() else 0.0
    w = free.T @ D @ np.where(gap, 0.0, y)
    Z = free.T @ D @ regressors(X, order)
    S = free.T @ symmetric(autocovariances(*polynomials(coef, order), len(D))) @ free
    solved = np.linalg.solve(S, np.column_stack([w, Z]))
    beta = np.linalg.solve(Z.T @ solved[:, 1:], Z.T @ solved[:, 0])
    n, sigma2 = len(w), (w - Z @ beta) @ (solved[:, 0] - solved[:, 1:] @ beta) / len(w)
    log_det = np.log(np.linalg.det(S))
    return -0.5 * (n * (np.log(2 * np.pi * sigma2) + 1) + log_det + measure), sigma2, beta


def gradient(function: object, at: Array) -> Array:
    """Derivative of a function by the complex step (Squire & Trapp 1998); a column for each coefficient."""
    assert callable(function)
    steps = STEP * 1j * np.eye(len(at))
    return np.array([np.imag(function(at + step)) / STEP for step in steps])


def random_case(seed: int, gaps: bool = False, regress: bool = False) -> tuple[Array, Array, Array, Array]:
    """Series, regressors, order and unknowns of stationary coefficients: seasons of 4 or 12, up to 8 gaps."""
    u, z = draw_uniforms(seed, 1, 40)[0], draw_normals(seed, 3, 300)

    def pick(i: int, top: int) -> int:
        return int(u[i] * (top + 1))

    order = np.array([pick(0, 3), pick(1, 2), pick(2, 3), pick(3, 1), pick(4, 1), pick(5, 2), 4 + 8 * pick(6, 1), 0])
    order[7] = pick(7, 1) if regress else 0
    n = 50 + pick(8, 40)
    y = np.cumsum(z[0, :n]) + 0.3 * z[1, :n]
    X = np.ascontiguousarray(z[2, : 2 * n].reshape(n, 2)[:, : pick(9, 2) if regress else 0])
    if gaps:
        y[1 + (u[10 : 11 + pick(18, 7)] * (n - 2)).astype(int)] = np.nan
    size = int(order[[0, 2, 3, 5]].sum())
    return y, X, order.astype(np.int64), z[1, 280 : 280 + size].copy()
