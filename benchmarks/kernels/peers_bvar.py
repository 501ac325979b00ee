"""Bayesian vector autoregressions and conditional forecasts as a competent numpy user writes them."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]


def niw_loop(rng: np.random.Generator, draws: int, B: Array, U: Array, Psi: Array, d: float) -> Array:
    """One draw after the other: Bartlett factor, triangular solve."""
    k, n = B.shape
    out = np.empty((draws, k, n))
    L = np.linalg.cholesky(np.linalg.inv(Psi))
    for i in range(draws):
        A = np.tril(rng.standard_normal((n, n)), -1)
        A[np.diag_indices(n)] = np.sqrt(rng.chisquare(d - np.arange(n)))
        C = sl.solve_triangular(L @ A, np.eye(n), lower=True)
        out[i] = B + sl.solve_triangular(U, rng.standard_normal((k, n)), check_finite=False) @ C
    return out


def niw_batched(rng: np.random.Generator, draws: int, B: Array, U: Array, Psi: Array, d: float) -> tuple[Array, Array]:
    """All draws at once; the roots C have C C' = Sigma."""
    k, n = B.shape
    A = np.zeros((draws, n, n))
    low = np.tril_indices(n, -1)
    A[:, low[0], low[1]] = rng.standard_normal((draws, len(low[0])))
    A[:, np.arange(n), np.arange(n)] = np.sqrt(rng.chisquare(d - np.arange(n), size=(draws, n)))
    C = np.linalg.inv(np.linalg.cholesky(np.linalg.inv(Psi)) @ A)
    W = sl.solve_triangular(U, rng.standard_normal((k, draws * n)), check_finite=False).reshape(k, draws, n)
    return B + W.transpose(1, 0, 2) @ C, C.transpose(0, 2, 1)


def companion_path(B: Array, terms: Array, past: Array, u: Array) -> Array:
    p, n = past.shape
    state, out = past.ravel(), np.empty_like(u)
    for t in range(len(u)):
        out[t] = np.concatenate([terms[t], state]) @ B + u[t]
        state = np.concatenate([out[t], state[: n * (p - 1)]])
    return out


def responses(B: Array, m: int, h: int) -> Array:
    n = B.shape[1]
    p = (len(B) - m) // n
    A = B[m:].reshape(p, n, n).transpose(0, 2, 1)
    Psi = np.zeros((h, n, n))
    Psi[0] = np.eye(n)
    for k in range(1, h):
        for j in range(min(p, k)):
            Psi[k] += Psi[k - 1 - j] @ A[j]
    return Psi


def pinned(rng: np.random.Generator, B: Array, roots: Array, terms: Array, past: Array, pins: Array) -> Array:
    """Waggoner & Zha: free path, dense rows for what is pinned, one solve; roots (h, n, n)."""
    h, n = pins.shape
    m = terms.shape[1]
    e = rng.standard_normal((h, n))
    free = companion_path(B, terms, past, np.einsum("tij,tj->ti", roots, e))
    at = np.flatnonzero(~np.isnan(pins.ravel()))
    if len(at) == 0:
        return free
    Psi = responses(B, m, h)
    D = np.zeros((len(at), h * n))
    for row, cell in enumerate(at):
        t, i = divmod(int(cell), n)
        D[row, : (t + 1) * n] = np.einsum("si,sij->sj", Psi[t::-1, i], roots[: t + 1]).ravel()
    gain = D.T @ np.linalg.solve(D @ D.T, pins.ravel()[at] - free.ravel()[at])
    return companion_path(B, terms, past, np.einsum("tij,tj->ti", roots, e + gain.reshape(h, n)))


def gibbs(
    rng: np.random.Generator,
    steps: int,
    B: Array,
    P: Array,
    Psi: Array,
    d: float,
    terms: Array,
    past: Array,
    pins: Array,
) -> tuple[Array, Array]:
    """Waggoner & Zha's sampler: the future joins the sample, then coefficients, then the future again."""
    k, n = B.shape
    h, p = len(pins), len(past)
    kept, paths, future = np.empty((steps, k, n)), np.empty((steps, h, n)), None
    XY0, YY0 = P @ B, Psi + B.T @ P @ B
    for turn in range(steps):
        precision, XY, YY, more = P, XY0, YY0, d
        if future is not None:
            seen = np.vstack([past[::-1], future])
            X = np.hstack([terms, *(seen[p - 1 - j : p - 1 - j + h] for j in range(p))])
            precision, XY, YY, more = P + X.T @ X, XY0 + X.T @ future, YY0 + future.T @ future, d + h
        L = np.linalg.cholesky(precision)
        mean = sl.cho_solve((L, True), XY, check_finite=False)
        drawn, C = niw_batched(rng, 1, mean, L.T, YY - mean.T @ XY, more)
        kept[turn] = drawn[0]
        future = pinned(rng, drawn[0], np.broadcast_to(C[0], (h, n, n)), terms, past, pins)
        paths[turn] = future
    return kept, paths


def log_marginal(y: Array, terms: Array, theta: Array, p: int) -> float:
    """Giannone, Lenza & Primiceri with both dummies and prior mean 1, as their program does it: X'X for each value."""
    T, n = len(y) - p, y.shape[1]
    m = terms.shape[1]
    X = np.hstack([terms[p:], *(y[p - 1 - j : p - 1 - j + T] for j in range(p))])
    start, psi, d = y[:p].mean(axis=0), np.exp(theta[3:]), n + 2
    mu, delta = np.exp(theta[1]), np.exp(theta[2])
    DX = np.zeros((n + 1, X.shape[1]))
    DX[:n, m:] = np.tile(np.diag(start) / mu, p)
    DX[n] = np.concatenate([terms[:p].mean(axis=0), np.tile(start, p)]) / delta
    DY = np.vstack([np.diag(start) / mu, start / delta])
    omega = np.concatenate([np.full(m, 1e7), *(np.exp(2 * theta[0]) / (lag**2 * psi) for lag in range(1, p + 1))])
    b = np.zeros((X.shape[1], n))
    b[m : m + n] = np.eye(n)

    def value(X: Array, Y: Array) -> float:
        rows = len(X)
        P = X.T @ X + np.diag(1 / omega)
        B = np.linalg.solve(P, X.T @ Y + b / omega[:, None])
        E, G = Y - X @ B, B - b
        after = np.diag(psi) + E.T @ E + G.T @ (G / omega[:, None])
        return float(
            special.multigammaln((rows + d) / 2, n) - special.multigammaln(d / 2, n) - n * rows / 2 * np.log(np.pi)
            - n / 2 * (np.log(omega).sum() + np.linalg.slogdet(P)[1]) + d / 2 * np.log(psi).sum()
            - (rows + d) / 2 * np.linalg.slogdet(after)[1]
        )  # fmt: skip

    return value(np.vstack([X, DX]), np.vstack([y[p:], DY])) - value(DX, DY)


_WEIGHT = np.array([0.00609, 0.04775, 0.13057, 0.20674, 0.22715, 0.18842, 0.12047, 0.05591, 0.01575, 0.00115])
_MEAN = np.array([1.92677, 1.34744, 0.73504, 0.02266, -0.85173, -1.97278, -3.46788, -5.55246, -8.68384, -14.65])
_VARIANCE = np.array([0.11265, 0.17788, 0.26768, 0.40611, 0.62699, 0.98583, 1.57469, 2.54498, 4.16591, 7.33342])


def log_volatility(rng: np.random.Generator, e: Array, h: Array, phi: float, m0: float, v0: float) -> Array:
    """Mixture of ten, then the banded precision by LAPACK."""
    T = len(e)
    y = np.log(e**2)
    logs = np.log(_WEIGHT) - 0.5 * np.log(_VARIANCE) - 0.5 * (y[:, None] - h[:, None] - _MEAN) ** 2 / _VARIANCE
    odds = np.cumsum(np.exp(logs - logs.max(axis=1, keepdims=True)), axis=1)
    s = (odds < rng.uniform(size=(T, 1)) * odds[:, -1:]).sum(axis=1)
    band = np.zeros((2, T))
    band[0] = 1 / _VARIANCE[s] + 2 / phi
    band[0, 0] += 1 / v0 - 1 / phi
    band[0, -1] -= 1 / phi
    band[1, :-1] = -1 / phi
    right = (y - _MEAN[s]) / _VARIANCE[s]
    right[0] += m0 / v0
    L = sl.cholesky_banded(band, lower=True, check_finite=False)
    mean = sl.cho_solve_banded((L, True), right, check_finite=False)
    upper = np.zeros((2, T))
    upper[1], upper[0, 1:] = L[0], L[1, :-1]
    return mean + sl.solve_banded((0, 1), upper, rng.standard_normal(T), check_finite=False)


def volatility_gibbs(
    rng: np.random.Generator,
    steps: int,
    X: Array,
    Y: Array,
    b: Array,
    V: Array,
    a: float,
    m0: Array,
    v0: float,
    ig: tuple[float, float],
    terms: Array,
    past: Array,
    pins: Array,
) -> tuple[Array, Array, Array]:
    """Corrected triangular sampler with a conditional forecast from each state: coefficients, volatilities, paths."""
    (T, k), n, h = X.shape, Y.shape[1], len(pins)
    B, A, H, phi = b.copy(), np.eye(n), np.tile(m0[:, None], (1, T)), np.full(n, 0.01)
    kept, levels, paths = np.empty((steps, k, n)), np.empty((steps, n)), np.empty((steps, h, n))
    for turn in range(steps):
        weight = np.exp(-H)
        for j in range(n):
            others = Y - X @ B
            others[:, j] = Y[:, j]
            e = A @ others.T
            w = A[j:, j] ** 2 @ weight[j:]
            g = A[j:, j] @ (weight[j:] * e[j:])
            P = (X.T * w) @ X
            P[np.diag_indices(k)] += 1 / V[:, j]
            L = np.linalg.cholesky(P)
            right = sl.solve_triangular(L, X.T @ g + b[:, j] / V[:, j], lower=True, check_finite=False)
            B[:, j] = sl.solve_triangular(L, right + rng.standard_normal(k), lower=True, trans=1, check_finite=False)
        R = (Y - X @ B).T
        for i in range(1, n):
            P = (R[:i] * weight[i]) @ R[:i].T + np.eye(i) / a
            L = np.linalg.cholesky(P)
            right = np.linalg.solve(L, -(R[:i] * weight[i]) @ R[i])
            A[i, :i] = np.linalg.solve(L.T, right + rng.standard_normal(i))
        e = A @ R
        for i in range(n):
            H[i] = log_volatility(rng, e[i], H[i], phi[i], m0[i], v0)
            phi[i] = (ig[1] + 0.5 * np.sum(np.diff(H[i]) ** 2)) / rng.gamma(ig[0] + 0.5 * (T - 1))
        walk = H[:, -1] + np.cumsum(np.sqrt(phi) * rng.standard_normal((h, n)), axis=0)
        roots = np.linalg.inv(A) * np.exp(0.5 * walk)[:, None, :]
        kept[turn], levels[turn], paths[turn] = B, H.mean(axis=1), pinned(rng, B, roots, terms, past, pins)
    return kept, levels, paths


def conditional_dense(lags: Array, steps: Array, past: Array, S: Array, pins: Array) -> tuple[Array, Array]:
    """Mean and sd of the path given pins, by the covariance of the whole stacked future."""
    h, n = pins.shape
    b = companion_path(lags, np.zeros((h, 0)), past, steps)
    Psi = responses(lags, 0, h)
    L = np.linalg.cholesky(S)
    M = np.zeros((h * n, h * n))
    for t in range(h):
        M[t * n : (t + 1) * n, : (t + 1) * n] = (Psi[t::-1] @ L).transpose(1, 0, 2).reshape(n, -1)
    at = np.flatnonzero(~np.isnan(pins.ravel()))
    D = M[at]
    K = np.linalg.solve(D @ D.T, D).T
    V = np.eye(h * n) - K @ D
    mean = b.ravel() + M @ (K @ (pins.ravel()[at] - b.ravel()[at]))
    sd = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", M, V, M, optimize=True), 0))
    return mean.reshape(h, n), sd.reshape(h, n)
