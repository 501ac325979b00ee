"""The model confidence set: which forecasters may be the best, going by these scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.random import draw_uniforms
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RESAMPLES = 2000
FEWEST_INDEPENDENT = 8  #: forecasts without common months below which a bootstrap has nothing to draw from


def confidence_set(scores: FloatArray, block: int, seed: int, resamples: int = RESAMPLES) -> FloatArray:
    """The p value (m) up to which each of m forecasters stays in the set, from scores (n, m), less is better.

    Starting with all, the hypothesis that all remaining score alike is tested by the largest t statistic of a
    forecaster's mean score over the mean of them all; its law and the standard errors come from a circular block
    bootstrap. The forecaster with that statistic leaves, with the largest p value seen so far; the last has 1.
    The set at 10 % holds the forecasters with p >= .1.

    block: origins that a block of the bootstrap holds; no fewer than share months.

    Source: Hansen, Lunde & Nason 2011, "The model confidence set", Econometrica 79, s3.1.2 (T_max and its elimination
    rule); Politis & Romano 1992 (circular blocks).
    """
    n, m = scores.shape
    means = scores.mean(axis=0)
    resampled = scores[block_indices(n, block, seed, resamples)].mean(axis=1)
    p_values = np.ones(m)
    remaining = list(range(m))
    largest = 0.0
    while len(remaining) > 1:
        excess = means[remaining] - means[remaining].mean()
        moved = resampled[:, remaining] - resampled[:, remaining].mean(axis=1, keepdims=True) - excess
        sd = np.sqrt((moved**2).mean(axis=0))
        unclear = sd <= 1e-12 * np.abs(means[remaining]).max(initial=1e-300)
        sd = np.where(unclear, np.inf, sd)
        t = excess / sd
        largest = max(largest, float(((moved / sd).max(axis=1) >= t.max()).mean()))
        leaves = remaining[int(t.argmax())]
        p_values[leaves] = largest
        remaining.remove(leaves)
    return p_values


def block_indices(n: int, block: int, seed: int, resamples: int) -> IntArray:
    """Which cases each resample holds, (resamples, n): blocks of neighbours from random places, the ends joined."""
    blocks = -(-n // block)
    begin = np.floor(draw_uniforms(stream_key(seed, "model confidence set"), resamples, blocks) * n).astype(np.int64)
    runs = begin[:, :, None] + np.arange(block)
    return np.asarray(runs.reshape(resamples, -1)[:, :n] % n)
