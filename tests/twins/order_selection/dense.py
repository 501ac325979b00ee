"""Tests and decompositions of order selection from dense matrices."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

LEVEL, TREND = (0.347, 0.463, 0.574, 0.739), (0.119, 0.146, 0.176, 0.216)


def dense_kpss(y: Array, trend: int, lags: int) -> tuple[float, float, float]:
    """Statistic, p value and long-run variance as quadratic forms in the residuals."""
    x = y[~np.isnan(y)]
    n = len(x)
    lags = int(np.trunc(3.0 * np.sqrt(n) / 13.0)) if lags < 0 else lags
    X = np.vander(np.arange(n) / n, 1 + trend)
    e = x - X @ np.linalg.lstsq(X, x, rcond=None)[0]
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    s2 = e @ np.clip(1.0 - apart / (lags + 1.0), 0.0, None) @ e / n
    L = np.tri(n)
    eta = e @ L.T @ L @ e / n**2 / s2
    return float(eta), float(np.interp(eta, TREND if trend else LEVEL, (0.1, 0.05, 0.025, 0.01))), float(s2)


def dense_first_differences(y: Array, most: int) -> int:
    """Differences until the dense test no longer rejects or nothing varies."""
    x, d = y[~np.isnan(y)], 0
    scale = np.abs(x).max(initial=0.0)
    while d < most and len(x) > 1 and np.ptp(x) > 1e-13 * scale and dense_kpss(x, 0, -1)[1] < 0.05:
        x, d = np.diff(x), d + 1
    return d


def loess_rows(at: Array, weight: Array, q: int, degree: int) -> Array:
    """Matrix whose rows take a series to its loess at the positions ``at``."""
    n = len(weight)
    rows, j = np.zeros((len(at), n)), np.arange(n)
    for row, x in zip(rows, at, strict=True):
        left = min(max(int(x) - (q - 1) // 2, 0), max(n - q, 0))
        h = max(x - left, min(left + q, n) - 1 - x) + max((q - n) // 2, 0)
        near = (j >= left) & (j < left + q) & (np.abs(j - x) <= 0.999 * h)
        far = np.abs(j - x) > 0.001 * h
        w = np.where(near, weight * np.where(far, (1 - np.minimum(np.abs(j - x) / max(h, 1), 1) ** 3) ** 3, 1.0), 0.0)
        w = w / w.sum()
        spread = w @ (j - w @ j) ** 2
        local = degree > 0 and np.sqrt(spread) > 0.001 * (n - 1)
        X = np.vander(j - x, 2 if local else 1)
        row[:] = np.linalg.solve(X.T @ (w[:, None] * X), X.T * w)[-1]
    return rows


def dense_stl(
    x: Array, weight: Array, s: int, windows: list[int], degrees: list[int], inner: int
) -> tuple[Array, Array]:
    """Trend and season by matrices; a weight of 0 marks a gap."""
    n = len(x)
    C, L, T = np.zeros((n + 2 * s, n)), np.eye(n + 2 * s), np.zeros(n)
    for j in range(s):
        C[j::s, j::s] = loess_rows(np.arange(-1, len(range(j, n, s)) + 1), weight[j::s], windows[0], degrees[0])
    for length in (s, s, 3):
        size = L.shape[0] - length + 1
        L = (np.tri(size, L.shape[0], length - 1) - np.tri(size, L.shape[0], -1)) / length @ L
    low = loess_rows(np.arange(n), np.ones(n), windows[2], degrees[2]) @ L
    smooth = loess_rows(np.arange(n), weight, windows[1], degrees[1])
    for _ in range(inner):
        lengthened = C @ (x - T)
        S = lengthened[s:-s] - low @ lengthened
        T = smooth @ (x - S)
    return T, S
