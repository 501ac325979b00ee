"""The basic structural model as one big normal law with a flat start, by numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def law(n: int, period: int, slope: int, variances: Array) -> tuple[Array, Array, Array]:
    """X (n, 3, d), C (n, 3, n, 3), noise (n): level, slope, season as X start + shocks; textbook states, no ring."""
    seasons = period - 1
    d = 1 + slope + seasons
    T = np.zeros((d, d))
    T[0, : 1 + slope] = 1.0
    if slope:
        T[1, 1] = 1.0
    if seasons:
        T[1 + slope, 1 + slope :] = -1.0
        T[2 + slope :, 1 + slope : -1] += np.eye(seasons - 1)
    shown = np.zeros((3, d))
    shown[0, 0] = 1.0
    shown[1, 1 : 1 + slope] = 1.0
    shown[2, 1 + slope : 2 + slope] = 1.0
    R = np.array([np.eye(d)[:, 0], shown[1], shown[2]]).T
    powers = [np.linalg.matrix_power(T, k) for k in range(n)]
    X = np.array([shown @ power for power in powers])
    weights = np.zeros((n, 3, n, 3))
    for t in range(n):
        for u in range(t):
            weights[t, :, u] = shown @ powers[t - 1 - u] @ R
    sd = np.sqrt(variances[1:])
    flat = (weights * sd).reshape(3 * n, 3 * n)
    return X, (flat @ flat.T).reshape(n, 3, n, 3), np.full(n, variances[0])


def loglik(y: Array, period: int, slope: int, variances: Array) -> float:
    """Density of the figures, the start integrated over a flat law: that of contrasts that do not know it."""
    X, C, noise = law(y.size, period, slope, variances)
    on = np.isfinite(y)
    x = (X[:, 0] + X[:, 2])[on]
    S = (C[:, 0, :, 0] + C[:, 2, :, 2] + C[:, 0, :, 2] + C[:, 2, :, 0])[np.ix_(on, on)] + np.diag(noise[on])
    Q, R = np.linalg.qr(x, mode="complete")
    contrasts = Q[:, x.shape[1] :]
    S, u = contrasts.T @ S @ contrasts, contrasts.T @ y[on]
    logs = np.linalg.slogdet(S)[1] + 2.0 * np.log(np.abs(np.diag(R))).sum()
    return float(-0.5 * (on.sum() * np.log(2 * np.pi) + logs + u @ np.linalg.solve(S, u)))


def posterior(y: Array, period: int, slope: int, variances: Array) -> tuple[Array, Array]:
    """Means (n, 4) and variances (n, 4) of level, slope, season and irregular given the figures."""
    n = y.size
    X, C, noise = law(n, period, slope, variances)
    X = np.concatenate([X, np.zeros((n, 1, X.shape[2]))], axis=1)
    full = np.zeros((n, 4, n, 4))
    full[:, :3, :, :3] = C
    full[np.arange(n), 3, np.arange(n), 3] = noise
    Z = np.kron(np.eye(n), [1.0, 0.0, 1.0, 1.0])[np.isfinite(y)]
    X, V = X.reshape(4 * n, -1), full.reshape(4 * n, 4 * n)
    x, S = Z @ X, Z @ V @ Z.T
    G = np.linalg.solve(S, Z @ V).T
    B = X - G @ x
    information = x.T @ np.linalg.solve(S, x)
    start = np.linalg.solve(information, x.T @ np.linalg.solve(S, y[np.isfinite(y)]))
    mean = X @ start + G @ (y[np.isfinite(y)] - x @ start)
    variance = V - G @ Z @ V + B @ np.linalg.solve(information, B.T)
    return mean.reshape(n, 4), np.diag(variance).reshape(n, 4)
