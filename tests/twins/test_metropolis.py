"""Adaptive Metropolis against the algorithm written with matrices, and against laws that are known."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.metropolis import ACCEPTANCE, accept, begin_chains, propose
from forecast.kernels.mixing import split_spread
from forecast.kernels.random import fill_normals, fill_uniforms


def log_banana(x: np.ndarray) -> np.ndarray:
    return np.asarray(-0.5 * (x[:, 0] ** 2 / 4.0 + (x[:, 1] - 0.3 * x[:, 0] ** 2) ** 2))


def test_begin_chains_propose_and_accept_are_vihola_2012_line_by_line() -> None:
    x0 = np.array([[0.5, -1.0], [2.0, 0.0], [-1.0, 3.0]])
    chains = begin_chains(x0, log_banana(x0), np.array([1.0, 0.5]), 99)
    x, S = x0.copy(), [np.diag([1.0, 0.5]) * 2.38 / np.sqrt(2.0) for _ in x0]
    z, u = np.empty(2), np.empty(1)
    for turn in range(200):
        propose(chains)
        proposal = []
        for j in range(3):
            fill_normals(99, (2 * j << 32) + turn, z)
            proposal.append(x[j] + S[j] @ z)
        np.testing.assert_allclose(chains.proposal, proposal, rtol=1e-9, atol=1e-9)
        accept(chains, log_banana(chains.proposal))
        for j in range(3):
            fill_normals(99, (2 * j << 32) + turn, z)
            fill_uniforms(99, ((2 * j + 1) << 32) + turn, u)
            chance = min(1.0, float(np.exp(log_banana(np.array([proposal[j]])) - log_banana(x[[j]]))[0]))
            if u[0] < chance:
                x[j] = proposal[j]
            eta = min(1.0, 2 * (turn + 1) ** (-2 / 3))
            inner = np.eye(2) + eta * (chance - ACCEPTANCE) * np.outer(z, z) / (z @ z)
            S[j] = np.linalg.cholesky(S[j] @ inner @ S[j].T)
        np.testing.assert_allclose(chains.x, x, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(chains.root, S, rtol=1e-8, atol=1e-9)


def autocorrelation(halves: np.ndarray, lag: int) -> float:
    """Vehtari et al. 2021, eq. 10, from variograms-free autocovariances of each half chain."""
    m, n = halves.shape
    centred = halves - halves.mean(axis=1, keepdims=True)
    within = halves.var(axis=1, ddof=1).mean()
    covariance = (centred[:, : n - lag] * centred[:, lag:]).sum() / (m * (n - 1))
    total = (n - 1) / n * within + halves.mean(axis=1).var(ddof=1)
    return float(1.0 - (within - covariance) / total)


@pytest.mark.parametrize("seed", range(8))
def test_split_spread_is_the_published_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    c, n = int(rng.integers(1, 5)), int(rng.integers(8, 90))
    draws = np.zeros((c, n))
    for i in range(n):
        draws[:, i] = 0.7 * draws[:, i - 1] * (i > 0) + rng.normal(size=c)
    half = n // 2
    halves = np.concatenate([draws[:, :half], draws[:, n - half :]])
    within, between = halves.var(axis=1, ddof=1).mean(), halves.mean(axis=1).var(ddof=1)
    r_hat = np.sqrt(((half - 1) / half * within + between) / within)
    pairs = np.array([autocorrelation(halves, k) + autocorrelation(halves, k + 1) for k in range(0, half - 1, 2)])
    kept = pairs[: int(np.argmax(pairs <= 0.0))] if (pairs <= 0.0).any() else pairs
    tau = max(-1.0 + 2.0 * np.minimum.accumulate(kept).sum(), 1.0 / np.log10(halves.size))
    status, got, effective = split_spread(draws)
    assert status == 0
    assert got == pytest.approx(r_hat, rel=1e-11)
    assert effective == pytest.approx(halves.size / tau, rel=1e-9)
