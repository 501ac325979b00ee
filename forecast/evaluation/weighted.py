"""Means and quantiles of weighted paths; without weights exactly those of numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def mean_of(values: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Mean over the first axis of ``values`` (paths, ...); ``weights`` (paths) add up to 1, None means equal."""
    if weights is None:
        return np.asarray(values.mean(axis=0))
    return np.asarray(weights @ values)


def share_of(chosen: NDArray[np.bool_], weights: FloatArray | None) -> float:
    """Weight of the paths chosen (paths) among all of them."""
    return float(chosen.mean() if weights is None else weights[chosen].sum())


def effective_size(paths: int, weights: FloatArray | None) -> float:
    """How many equally weighted paths tell as much about a mean as these.

    Source: Kish, 1965, Survey Sampling, section 11.7.
    """
    return float(paths) if weights is None else float(weights.sum() ** 2 / (weights**2).sum())


def quantiles(draws: FloatArray, probs: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Quantiles (probs, c) of each column of ``draws`` (paths, c).

    Of weighted paths, the k-th smallest stands at the middle of its own weight in the empirical distribution, the
    smallest at 0 and the largest at 1, with straight lines between; equal weights give (k - 1) / (n - 1), which is
    the definition in use without weights. Paths without weight do not count.

    Source: Hyndman & Fan, 1996, The American Statistician 50, definition 7, for equal weights.
    """
    if weights is None:
        ordered = np.sort(np.ascontiguousarray(draws.T), axis=1)  # several times faster than numpy's quantiles
        at = probs * (ordered.shape[1] - 1)
        below = np.floor(at).astype(np.int64)
        low, high = ordered[:, below], ordered[:, np.minimum(below + 1, ordered.shape[1] - 1)]
        share = at - below
        # As numpy interpolates, from the nearer side: its bits are kept.
        found = np.where(share < 0.5, low + (high - low) * share, high - (high - low) * (1.0 - share))
        return np.asarray(found.T)
    counted = weights > 0.0
    columns, counting = np.ascontiguousarray(draws[counted].T), weights[counted]
    order = np.argsort(columns, axis=1)
    found = np.empty((len(probs), len(columns)))
    for c, (column, rank) in enumerate(zip(columns, order, strict=True)):
        ordered = counting[rank]
        middle = np.cumsum(ordered) - 0.5 * ordered
        reach = middle[-1] - middle[0]
        place = (middle - middle[0]) / reach if reach > 0.0 else np.zeros(len(middle))
        found[:, c] = np.interp(probs, place, column[rank])
    return found
