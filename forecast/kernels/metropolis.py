"""Adaptive Metropolis with several chains side by side, by reverse communication: the caller weighs a batch.

Each chain learns the shape and the size of its own proposals::

    chains = begin_chains(x0, log_density(x0), scale, key)
    for turn in range(turns):
        propose(chains)                                  # chains.proposal (c, q)
        accept(chains, log_density(chains.proposal))     # chains.x (c, q) holds the chains after this turn

The adaptation fades (turn^-2/3), so averages over a chain converge to the law.

Source: Vihola 2012, "Robust adaptive Metropolis algorithm with coerced acceptance rate", Statistics and Computing 22.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.random import fill_normals, fill_uniforms

ACCEPTANCE = 0.234
"""The share of proposals that each chain aims to accept (Roberts, Gelman & Gilks 1997)."""

_FADING = 2.0 / 3.0


class Chains(NamedTuple):
    """c chains over q unknowns.

    x (c, q): where the chains stand. log_density (c): there. proposal (c, q): to be weighed next.
    root (c, q, q): lower triangular, the proposal is x + root @ z. z (c, q): the normals of this turn.
    counts (c, 2): turns taken and proposals accepted. key (1): of the random numbers.
    """

    x: FloatArray
    log_density: FloatArray
    proposal: FloatArray
    root: FloatArray
    z: FloatArray
    counts: IntArray
    key: IntArray


@kernel
def begin_chains(x0: FloatArray, log_density: FloatArray, scale: FloatArray, key: int) -> Chains:
    """Chains at ``x0`` (c, q), where the log density is ``log_density`` (c); ``scale`` (q): of the first proposals.

    A log density that is not finite is taken as minus infinity: any proposal inside the domain is better. Chain j uses
    the numbers of paths 2 j 2^32 + turn (normals) and (2 j + 1) 2^32 + turn (uniforms) of ``key``.
    """
    c, q = x0.shape
    start = log_density.copy()
    for j in range(c):
        if not math.isfinite(start[j]):
            start[j] = -np.inf
    root = np.zeros((c, q, q))
    for j in range(c):
        for i in range(q):
            root[j, i, i] = scale[i] * 2.38 / math.sqrt(q)
    return Chains(
        x0.copy(),
        start,
        x0.copy(),
        root,
        np.zeros((c, q)),
        np.zeros((c, 2), np.int64),
        np.full(1, key, np.int64),
    )


@kernel
def propose(chains: Chains) -> None:
    """Draw a proposal of each chain into ``chains.proposal``."""
    c, q = chains.x.shape
    for j in range(c):
        fill_normals(chains.key[0], (2 * j << 32) + chains.counts[j, 0], chains.z[j])
        for i in range(q):
            total = chains.x[j, i]
            for k in range(i + 1):
                total += chains.root[j, i, k] * chains.z[j, k]
            chains.proposal[j, i] = total


@kernel
def accept(chains: Chains, log_density: FloatArray) -> None:
    """Take or refuse each proposal, whose log density is ``log_density`` (c), and adapt.

    A log density that is not finite refuses its proposal: outside the domain is no place to go.
    """
    c, q = chains.x.shape
    u = np.empty(1)
    for j in range(c):
        chance = 0.0
        if math.isfinite(log_density[j]):
            chance = math.exp(min(0.0, log_density[j] - chains.log_density[j]))
        fill_uniforms(chains.key[0], ((2 * j + 1) << 32) + chains.counts[j, 0], u)
        chains.counts[j, 0] += 1
        if u[0] < chance:
            chains.x[j] = chains.proposal[j]
            chains.log_density[j] = log_density[j]
            chains.counts[j, 1] += 1
        pace = min(1.0, q * chains.counts[j, 0] ** -_FADING)
        _stretch(chains.root[j], chains.z[j], pace * (chance - ACCEPTANCE))


@kernel
def _stretch(root: FloatArray, z: FloatArray, pace: float) -> None:
    """Root of root (I + pace z z' / z'z) root', in place: a rank-one update or downdate, column by column."""
    q = root.shape[0]
    square = 0.0
    for i in range(q):
        square += z[i] * z[i]
    if not square > 0.0:
        return
    v = np.zeros(q)
    for i in range(q):
        for k in range(i + 1):
            v[i] += root[i, k] * z[k]
        v[i] *= math.sqrt(abs(pace) / square)
    sign = 1.0 if pace > 0.0 else -1.0
    for k in range(q):
        old = root[k, k]
        new = math.sqrt(old * old + sign * v[k] * v[k])
        for i in range(k + 1, q):
            kept = (root[i, k] * old + sign * v[k] * v[i]) / new
            v[i] = (v[i] * old - v[k] * root[i, k]) / new
            root[i, k] = kept
        root[k, k] = new
