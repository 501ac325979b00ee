"""The joint normal law of everything at once, a diffuse start by generalised least squares; and random systems."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from forecast.kernels._jit import gate
from forecast.kernels.statespace.model import StateSpace

FloatArray = NDArray[np.float64]


def at(matrices: FloatArray, t: int) -> FloatArray:
    """The matrix of time point t."""
    return np.asarray(matrices[t if len(matrices) > 1 else 0])


def root(C: FloatArray) -> FloatArray:
    """Any B with B B' = C for a covariance that may be singular."""
    values, vectors = linalg.eigh(C)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


class Law(NamedTuple):
    """States (n, m), errors (n, p) and shocks (n, r), flattened one after another, given the observations."""

    loglik: float
    mean: FloatArray
    cov: FloatArray


def joint(s: StateSpace, n: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """All of states, errors and shocks as mean + load @ (independent N(0, 1)) + B @ delta; and y's Z, flat."""
    m, (_, p, _), r = len(s.a1), s.H.shape, s.Q.shape[1]
    size = m + n * (p + r)
    load, B, mean = np.zeros((n, m, size)), np.zeros((n, m, m)), np.zeros((n, m))
    eps, eta, Z = np.zeros((n, p, size)), np.zeros((n, r, size)), np.zeros((n, p, n * m))
    mean[0], load[0][:, :m], B[0] = s.a1, root(s.P1), root(s.P1_inf)
    for t in range(n):
        eps[t][:, m + t * p : m + (t + 1) * p] = root(at(s.H, t))
        start = m + n * p + t * r
        eta[t][:, start : start + r] = root(at(s.Q, t))
        Z[t][:, t * m : (t + 1) * m] = at(s.Z, t)
        if t + 1 < n:
            T = at(s.T, t)
            mean[t + 1], B[t + 1] = at(s.c, t) + T @ mean[t], T @ B[t]
            load[t + 1] = T @ load[t] + at(s.R, t) @ eta[t]
    mean = np.concatenate([mean.ravel(), np.zeros(n * (p + r))])
    load = np.concatenate([x.reshape(-1, size) for x in (load, eps, eta)])
    B = np.concatenate([B.reshape(n * m, m), np.zeros((n * (p + r), m))])
    reading = np.hstack([Z.reshape(n * p, n * m), np.eye(n * p), np.zeros((n * p, n * r))])
    return mean, load, B[:, np.abs(B).sum(axis=0) > 0], reading


def condition(y: FloatArray, s: StateSpace) -> Law:
    """Given y (n, p), by generalised least squares for delta and normal conditioning for the rest."""
    n = len(y)
    mean, load, B, reading = joint(s, n)
    d = np.array([at(s.d, t) for t in range(n)]).ravel()
    seen = ~np.isnan(y.ravel())
    Y = reading[seen]
    gap, X, S = (y.ravel() - d)[seen] - Y @ mean, Y @ B, Y @ load
    Sigma = linalg.cho_factor(S @ S.T, lower=True)
    A = X.T @ linalg.cho_solve(Sigma, X)
    delta = linalg.solve(A, X.T @ linalg.cho_solve(Sigma, gap)) if len(A) else np.zeros(0)
    rest = gap - X @ delta
    C = load @ S.T
    free = B - C @ linalg.cho_solve(Sigma, X)
    inner = np.eye(load.shape[1]) - S.T @ linalg.cho_solve(Sigma, S)
    cov = load @ inner @ load.T + (free @ linalg.solve(A, free.T) if len(A) else 0.0)
    logdet = 2 * np.log(np.diag(Sigma[0])).sum() + (np.linalg.slogdet(A)[1] if len(A) else 0.0)
    loglik = -0.5 * (seen.sum() * np.log(2 * np.pi) + logdet + rest @ linalg.cho_solve(Sigma, rest))
    return Law(float(loglik), mean + B @ delta + C @ linalg.cho_solve(Sigma, rest), cov)


def identified(y: FloatArray, s: StateSpace) -> bool:
    """Whether the observations see every diffuse direction, and with digits to spare."""
    _, _, B, reading = joint(s, len(y))
    X = (reading @ B)[~np.isnan(y.ravel())]
    if not X.shape[1]:
        return True
    values = linalg.svdvals(X) if len(X) else np.zeros(1)
    return bool(len(X) >= X.shape[1] and values[-1] > 1e-3 * values[0])


def split(law: Law, n: int, m: int, p: int, r: int) -> dict[str, FloatArray]:
    """Means and covariances (by time point) of states, errors and shocks."""
    found, start = {}, 0
    for name, k in (("states", m), ("eps", p), ("eta", r)):
        found[name] = law.mean[start : start + n * k].reshape(n, k)
        block = law.cov[start : start + n * k, start : start + n * k].reshape(n, k, n, k)
        found[name + "_cov"] = np.array([block[t, :, t] for t in range(n)]).reshape(n, k, k)
        start += n * k
    return found


def random_case(seed: int) -> tuple[FloatArray, StateSpace]:
    """A system of 1-3 series and 1-5 states; matrices that change, gaps, correlated errors, diffuse states by turns."""
    rng = np.random.default_rng(seed)
    n, p, m = int(rng.integers(8, 30)), int(rng.integers(1, 4)), int(rng.integers(1, 6))
    r = int(rng.integers(1, m + 1))

    def lead(*shape: int) -> FloatArray:
        return rng.normal(size=(n if rng.uniform() < 0.4 else 1, *shape))

    def covariance(k: int) -> FloatArray:
        x = lead(k, k)
        return np.asarray(x @ np.swapaxes(x, 1, 2) + 0.1 * np.eye(k))

    T = lead(m, m)
    T[:, rng.uniform(size=(m, m)) < rng.choice([0.0, 0.5])] = 0.0
    top = np.abs(np.linalg.eigvals(T)).max(axis=-1)[:, None, None]
    T *= rng.choice([0.7, 1.0, 1.03]) / np.maximum(top, 0.1)
    q = int(rng.integers(0, m + 1)) if rng.uniform() < 0.7 else 0
    P1 = np.zeros((m, m))
    P1[q:, q:] = covariance(m)[0, q:, q:]
    H = covariance(p) * (1.0 if rng.uniform() < 0.5 else np.eye(p))
    s = (lead(p, m), lead(p), H, T, lead(m), lead(m, r), covariance(r))
    a1 = np.where(np.arange(m) < q, 0.0, rng.normal(size=m))
    y = 3.0 * rng.normal(size=(n, p))
    if rng.uniform() < 0.6:
        y[rng.uniform(size=y.shape) < 0.3] = np.nan
    if rng.uniform() < 0.2:
        y[:2] = np.nan
    start = (a1, P1, np.diag(np.where(np.arange(m) < q, 1.0, 0.0)))
    return gate(y), StateSpace(*(gate(x) for x in (*s, *start)))
