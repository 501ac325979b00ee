"""The mixture of the members: weighted at each horizon, with the members' own order of paths across horizons.

Members that disagree on the centre, each with bands that hold, make a mixture that is too wide; so their paths are
first drawn three quarters of the way (in logarithms) to the common median. Paths are made in blocks, so that more
paths only append.

Source: Stone 1961, "The opinion pool" (linear pool); Gneiting & Ranjan 2013, "Combining predictive distributions", s3
(linear pools are overdispersed; adjusting the parts before they are mixed); Schefzik, Thorarinsdottir & Gneiting 2013,
"Uncertainty quantification in complex simulation models using ensemble copula coupling", s3 (ranks of one ensemble,
margins of another).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.random import draw_uniforms
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

BLOCK = 500
"""Paths that are mixed together."""

PULL = 0.75
"""How far the members' medians are drawn together: 0 not at all, 1 wholly."""

_FARTHEST = 1e3
_ROUNDING = 1e-12  # sums of weights round; a draw at which a probability is met exactly must count


def mix(members: FloatArray, weights: FloatArray, seed: int) -> FloatArray:
    """Joint paths (p, h) of the pool; p is a whole number of blocks.

    members (k, p, h): paths of each member. weights (h, k): of the members at each horizon; each row sums to 1.
    Within a block the members are drawn together first. Path i then follows one member, drawn by the mean weights over
    the horizons; its rank among the paths of the block at a horizon is looked up in the mixture of all members' paths
    by the weights of that horizon.
    """
    if len(members) == 1:
        return np.array(members[0])
    chosen = followed_members(weights.mean(axis=0), members.shape[1], stream_key(seed, "pool member"))
    out = np.empty(members.shape[1:])
    for first in range(0, members.shape[1], BLOCK):
        block = slice(first, first + BLOCK)
        out[block] = _couple(drawn_together(members[:, block], weights), weights, chosen[block])
    return out


def drawn_together(members: FloatArray, weights: FloatArray, pull: float = PULL) -> FloatArray:
    """Members' paths (k, p, h), each times (median of the mixture / its own median) ** pull at every horizon.

    weights (h, k). Where a median is zero nothing moves, and no path by more than a factor of a thousand.
    """
    own = np.median(members, axis=1)
    common = np.array([mixture_values(members[:, :, h], w, 1)[0] for h, w in enumerate(weights)])
    firm = (own > 0.0) & (common > 0.0)
    away = np.where(firm, common, 1.0) / np.where(firm, own, 1.0)
    return np.asarray(members * np.clip(away**pull, 1.0 / _FARTHEST, _FARTHEST)[:, None, :])


def mixture_values(values: FloatArray, weights: FloatArray, count: int) -> FloatArray:
    """Values (count) of a mixture at the probabilities (i + 1/2) / count, ascending.

    values (k, p): draws of each member, each worth weights[k] / p. The value at u is the least draw below or at which
    the draws are worth u.
    """
    worth = np.repeat(weights / values.shape[1], values.shape[1])
    order = np.argsort(values, axis=None, kind="stable")
    reached = np.cumsum(worth[order])
    probs = (np.arange(count) + 0.5) / count * reached[-1] * (1.0 - _ROUNDING)
    return np.asarray(values.ravel()[order[np.searchsorted(reached, probs)]])


def followed_members(weights: FloatArray, paths: int, key: int) -> NDArray[np.int64]:
    """The member (paths) that each path follows: in each block as many as its weight says, in an order by lot."""
    chosen = np.empty(paths, np.int64)
    edges = np.cumsum(weights)[:-1] / weights.sum()
    lots = draw_uniforms(key, paths, 1)[:, 0]
    for first in range(0, paths, BLOCK):
        lot = lots[first : first + BLOCK]
        place = np.empty(len(lot))
        place[np.argsort(lot, kind="stable")] = (np.arange(len(lot)) + 0.5) / len(lot)
        chosen[first : first + BLOCK] = np.searchsorted(edges, place)
    return chosen


def _couple(members: FloatArray, weights: FloatArray, chosen: NDArray[np.int64]) -> FloatArray:
    """Paths (p, h) of one block, from members (k, p, h), weights (h, k) and the member of each path (p)."""
    count, horizon = members.shape[1:]
    out = members[chosen, np.arange(count)]
    for h in range(horizon):
        order = np.argsort(out[:, h], kind="stable")
        out[order, h] = mixture_values(members[:, :, h], weights[h], count)
    return np.asarray(out)
