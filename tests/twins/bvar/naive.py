"""Bayesian vector autoregressions in a few lines of numpy and scipy: rows, dummies, marginal likelihoods, samplers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Array = NDArray[np.float64]


class Sample(NamedTuple):
    y: Array
    terms: Array
    scale: Array
    own: Array
    p: int


def random_sample(seed: int, n: int, p: int, m: int, rows: int) -> tuple[Sample, np.random.Generator]:
    rng = np.random.default_rng(seed)
    y = np.cumsum(rng.normal(size=(rows + p, n)), axis=0) * 0.1 + rng.normal(size=n)
    terms = np.column_stack([np.ones(rows + p), rng.normal(size=(rows + p, m - 1))]) if m else np.zeros((rows + p, 0))
    scale = np.where(rng.uniform(size=rows + p) < 0.1, 5.0, 1.0)
    return Sample(y, terms, scale, rng.uniform(size=n).round(), p), rng


def rows_of(s: Sample) -> tuple[Array, Array]:
    months = range(s.p, len(s.y))
    X = np.array([np.concatenate([s.terms[t], *(s.y[t - j] for j in range(1, s.p + 1))]) / s.scale[t] for t in months])
    return X, np.array([s.y[t] / s.scale[t] for t in months])


def prior_of(s: Sample, theta: Array, decay: float) -> tuple[Array, Array, Array]:
    """b, diagonal of Omega, psi."""
    n, m, psi = s.y.shape[1], s.terms.shape[1], np.exp(theta[3:])
    b = np.vstack([np.zeros((m, n)), np.diag(s.own), np.zeros((n * (s.p - 1), n))])
    lags = [np.exp(2 * theta[0]) / (lag**decay * psi) for lag in range(1, s.p + 1)]
    return b, np.concatenate([np.full(m, 1e7), *lags]), psi


def dummies_of(s: Sample, theta: Array, use: Array) -> tuple[Array, Array]:
    start, terms = s.y[: s.p].mean(axis=0), s.terms[: s.p].mean(axis=0)
    X, Y = [np.zeros((0, len(terms) + len(start) * s.p))], [np.zeros((0, len(start)))]
    if use[0]:
        Y.append(np.diag(start) / np.exp(theta[1]))
        X.append(np.hstack([np.zeros((len(start), len(terms))), np.tile(Y[-1], s.p)]))
    if use[1]:
        Y.append(start[None] / np.exp(theta[2]))
        X.append(np.concatenate([terms / np.exp(theta[2]), np.tile(Y[-1][0], s.p)])[None])
    return np.vstack(X), np.vstack(Y)


def update(b: Array, omega: Array, psi: Array, d: float, X: Array, Y: Array) -> tuple[Array, Array, Array, float]:
    """Posterior mean, precision, scale and degrees of freedom; omega and psi are matrices."""
    P = np.linalg.inv(omega) + X.T @ X
    B = np.linalg.solve(P, np.linalg.solve(omega, b) + X.T @ Y)
    E, G = Y - X @ B, B - b
    return B, P, psi + E.T @ E + G.T @ np.linalg.solve(omega, G), d + len(X)


def log_density_of_rows(b: Array, omega: Array, psi: Array, d: float, X: Array, Y: Array) -> float:
    """Matrix-variate t density of Y given X: the marginal likelihood without any closed form of the posterior."""
    T, n = Y.shape
    G, R = np.eye(T) + X @ omega @ X.T, Y - X @ b
    after = psi + R.T @ np.linalg.solve(G, R)
    return float(
        special.multigammaln((T + d) / 2, n) - special.multigammaln(d / 2, n) - n * T / 2 * np.log(np.pi)
        - n / 2 * np.linalg.slogdet(G)[1] + d / 2 * np.linalg.slogdet(psi)[1]
        - (T + d) / 2 * np.linalg.slogdet(after)[1]
    )  # fmt: skip


def product_of_predictives(b: Array, omega: Array, psi: Array, d: float, X: Array, Y: Array) -> float:
    """Log marginal likelihood as the sum of one-step predictive multivariate t densities."""
    total = 0.0
    for x, y in zip(X, Y, strict=True):
        n = len(y)
        shape = psi * (1 + x @ omega @ x) / (d - n + 1)
        total += float(stats.multivariate_t.logpdf(y, x @ b, shape, df=d - n + 1))
        b, P, psi, d = update(b, omega, psi, d, x[None], y[None])
        omega = np.linalg.inv(P)
    return total


def structural_log_density(X: Array, Y: Array, B: Array, A: Array, log_volatility: Array) -> float:
    """Log density of the rows of a model with stochastic volatility given all of its unknowns."""
    e = A @ (Y - X @ B).T
    return float(-0.5 * (log_volatility + e**2 * np.exp(-log_volatility) + np.log(2 * np.pi)).sum())
