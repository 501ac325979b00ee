"""Conditional forecasts by dense matrices: the joint normal law of the whole future, conditioned in one solve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Model(NamedTuple):
    lags: Array
    steps: Array
    past: Array
    root: Array


def random_model(seed: int, n: int, p: int, h: int, growth: float = 0.5) -> tuple[Model, np.random.Generator]:
    """A stable model, one root for all months."""
    rng = np.random.default_rng(seed)
    lags = rng.normal(size=(p * n, n)) * growth / (p * np.sqrt(n))
    root = np.tril(rng.normal(size=(n, n))) * 0.3 + np.eye(n)
    return Model(lags, rng.normal(size=(h, n)), rng.normal(size=(p, n)), np.tile(root, (h, 1, 1))), rng


def follow(m: Model, u: Array) -> Array:
    """The path with errors u, written as the definition."""
    h, n = m.steps.shape
    p = len(m.past)
    y = np.vstack([m.past[::-1], np.zeros((h, n))])
    for t in range(p, p + h):
        y[t] = m.steps[t - p] + u[t - p] + sum(m.lags[j * n : (j + 1) * n].T @ y[t - 1 - j] for j in range(p))
    return y[p:]


def stack(m: Model) -> tuple[Array, Array]:
    """b and M column by column: the answer to one shock alone."""
    h, n = m.steps.shape
    b = follow(m, np.zeros((h, n))).ravel()
    shocks = np.eye(h * n).reshape(h * n, h, n)
    return b, np.stack([follow(m, np.einsum("tij,tj->ti", m.root, e)).ravel() - b for e in shocks], axis=1)


def condition(D: Array, r: Array, omega: Array) -> tuple[Array, Array, float]:
    """Mean and covariance of shocks given D e ~ N(r, omega), and r'(DD')^-1 r, as printed in the paper."""
    inverse = np.linalg.inv(D @ D.T)
    K = D.T @ inverse
    return K @ r, np.eye(D.shape[1]) - K @ D + K @ omega @ K.T, float(r @ inverse @ r)


def read_with_noise(m: Model, pins: Array, noise: Array) -> tuple[Array, Array]:
    """Mean and covariance of the path given readings of some values with these variances."""
    b, M = stack(m)
    V = M @ M.T
    seen = np.flatnonzero(~np.isnan(pins.ravel()))
    K = np.linalg.solve(V[np.ix_(seen, seen)] + np.diag(noise.ravel()[seen]), V[seen]).T
    return b + K @ (pins.ravel()[seen] - b[seen]), V - K @ V[seen]


def random_pins(rng: np.random.Generator, h: int, n: int, share: float) -> Array:
    return np.where(rng.uniform(size=(h, n)) < share, rng.normal(size=(h, n)), np.nan)
