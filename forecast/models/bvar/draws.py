"""Draws from the posterior: hyperparameters by a random walk around their mode, then coefficients that do not explode.

Source: Giannone, Lenza & Primiceri 2015, appendix B (mode, then Metropolis); Vihola 2012 for the steps; Cogley &
Sargent 2005 for refusing explosive draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate
from forecast.kernels.bvar.draws import niw_draws
from forecast.kernels.bvar.forecast import forecast_draws
from forecast.kernels.metropolis import accept, begin_chains, propose
from forecast.models.bvar.equations import likelihood
from forecast.models.bvar.mode import Mode, hyperprior
from forecast.models.bvar.weighted import Rows
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

EXPLOSIVE = 2.0 ** (1.0 / 36.0)  #: radius from which a draw is refused: a shock would double in 36 months
ENOUGH = 128  #: draws that are wanted at the least
_CHAINS, _BURN, _STEPS = 2, 100, 300
_PRIORS = 20  # hyperparameters kept of the walk
_DRAWS = 16  # of coefficients from each, as many as the kernel draws side by side
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Draws:
    """coefficients (draws, k, n), roots (draws, n, n): lower Cholesky factors of the covariance.

    drawn: how many were drawn, the refused included. accepted: share of the walk's steps that were taken.
    """

    coefficients: FloatArray
    roots: FloatArray
    drawn: int
    accepted: float


def walk(rows: Rows, mode: Mode, key: int) -> tuple[FloatArray, float]:
    """Hyperparameters theta (_PRIORS, 5 + n) and the share of steps taken; the scales of crises stay at the mode."""
    size, axes = np.linalg.eigh(mode.spread)
    root = axes * np.sqrt(np.clip(size, 1e-6, 1.0))  # flat directions get the width of one log unit
    q = len(mode.theta)

    def density(theta: FloatArray) -> float:
        try:
            value = likelihood(rows, mode.gram, theta).value
        except np.linalg.LinAlgError:
            return -np.inf
        # The walk is in logs, whose law includes their Jacobian.
        return value + hyperprior(theta)[0] + float(theta.sum())

    start = np.tile(mode.theta, (_CHAINS, 1))
    chains = begin_chains(start, np.full(_CHAINS, density(mode.theta)), np.ones(q), key)
    chains.root[:] = np.linalg.cholesky(root @ root.T) * 2.38 / np.sqrt(q)
    kept, taken = [], 0
    for turn in range(_BURN + _STEPS):
        if turn == _BURN:
            taken = int(chains.counts[:, 1].sum())
        propose(chains)
        accept(chains, np.array([density(each) for each in chains.proposal]))
        if turn >= _BURN:
            kept.append(chains.x.copy())
    every = _CHAINS * _STEPS // _PRIORS
    share = (int(chains.counts[:, 1].sum()) - taken) / (_CHAINS * _STEPS)
    return np.stack(kept, axis=1).reshape(-1, q)[every - 1 :: every], share


def draw(rows: Rows, mode: Mode, seed: int) -> Draws:
    """Draws of coefficients and covariance, hyperparameters taking turns, those that explode left out."""
    thetas, accepted = walk(rows, mode, stream_key(seed, "bvar hyperparameters"))
    fits = [likelihood(rows, mode.gram, theta).equations for theta in thetas]
    coefficients: list[FloatArray] = []
    roots: list[FloatArray] = []
    drawn = kept = 0
    for turn in range(_ROUNDS):
        parts = []
        for g, fit in enumerate(fits):
            own = [
                niw_draws(
                    stream_key(seed, f"bvar equation {i} hyperparameters {g} round {turn}"),
                    _DRAWS, each.b[:, None].copy(), gate(each.U), np.array([[each.size]]), each.degrees,
                )[:2]
                for i, each in enumerate(fit)
            ]  # fmt: skip
            parts.append(reduced_form(rows, [B[:, :, 0] for B, _ in own], [C[:, 0, 0] for _, C in own]))
        B = np.stack([each for each, _ in parts], axis=1).reshape(-1, *parts[0][0].shape[1:])
        C = np.stack([each for _, each in parts], axis=1).reshape(-1, *parts[0][1].shape[1:])
        calm = radii(B, C, rows.lags) <= EXPLOSIVE
        coefficients.append(B[calm])
        roots.append(C[calm])
        drawn += len(B)
        kept += int(calm.sum())
        if kept >= ENOUGH:
            break
    return Draws(
        np.ascontiguousarray(np.concatenate(coefficients)), np.ascontiguousarray(np.concatenate(roots)), drawn, accepted
    )


def radii(coefficients: FloatArray, roots: FloatArray, lags: int) -> FloatArray:
    """Spectral radius (draws) of each draw; found beside a path of one month, since that runs on all threads."""
    draws, k, n = coefficients.shape
    terms, past = np.zeros((1, k - n * lags)), np.zeros((lags, n))
    free = np.full((1, 1, n), np.nan)
    return forecast_draws(
        0, draws, gate(coefficients), gate(roots), terms, past, np.ones(1), free, EXPLOSIVE
    )[1]  # fmt: skip


def reduced_form(rows: Rows, equations: list[FloatArray], sds: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Coefficients (draws, k, n) and roots (draws, n, n) from each equation's own (draws, k + i) and sd (draws)."""
    n = len(rows.own)
    k = rows.both.shape[1] - n
    m = k - n * rows.lags
    draws = len(sds[0])
    A = np.tile(np.eye(n), (draws, 1, 1))
    structural = np.empty((draws, n, k))
    for i, each in enumerate(equations):
        structural[:, i] = each[:, :k]
        A[:, i, :i] = -each[:, k:]
    coefficients = np.linalg.solve(A, structural).transpose(0, 2, 1).copy()
    coefficients[:, m : m + n] += np.diag(rows.own)
    return gate(coefficients), gate(np.linalg.inv(A) * np.stack(sds, axis=1)[:, None, :])
