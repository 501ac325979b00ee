"""Kim's smoother: regime probabilities given all figures, and the moves between regimes that they imply.

Kim's ratio Pr(h_t+1 | all) / Pr(h_t+1 | to t) is carried as one logarithm, log f(y_t+1, ... | h_t) up to a constant, so
that no probability that has gone to zero is ever divided by.

Source: Kim 1994, "Dynamic linear models with Markov-switching", Journal of Econometrics 60, section 2.3; Hamilton 1994,
"Time Series Analysis", section 22.4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.regimes.hamilton import Filtered, log_prob
from forecast.kernels.status import OK


class Smoothed(NamedTuple):
    """Probabilities given all figures; m = n - p figures are explained.

    smoothed (m, k): Pr(S_t | y_1, ..., y_n). joint (m, k, k^q): Pr(S_t, h_t-1 | all). first (k^q): Pr(history before
    the first figure | all). status: that of the filter; if it is not OK all is NaN.
    """

    smoothed: FloatArray
    joint: FloatArray
    first: FloatArray
    status: int


@kernel
def kim_step(
    before: FloatArray, pairs: FloatArray, c: float, ahead: FloatArray, joint: FloatArray, behind: FloatArray
) -> None:
    """One month back: fill ``joint`` (k, k^q) with Pr(S_t, h_t-1 | all) and ``behind`` (k^q) with its ``ahead``.

    ahead, behind: log Pr(h | all) - log Pr(h | figures to its month), for h_t and h_t-1. before: log Pr(h_t-1 |
    y_t-1, ...). pairs (k, k^q): log f(y_t, S_t | h_t-1). c: log f(y_t | y_t-1, ...).
    """
    k, H = pairs.shape
    older = H // k
    for g in range(older):
        for h in range(g * k, g * k + k):
            high = -np.inf
            for s in range(k):
                high = max(high, pairs[s, h] + ahead[s * older + g])
            total = 0.0
            lift = math.exp(before[h] + high - c)
            for s in range(k):
                weight = math.exp(pairs[s, h] + ahead[s * older + g] - high) if high > -np.inf else 0.0
                joint[s, h] = weight * lift
                total += weight
            behind[h] = high - c + log_prob(total)


@kernel
def kim_smoother(known: Filtered) -> Smoothed:
    """Smoothed probabilities from what ``hamilton_filter`` kept."""
    m, k = known.filtered.shape
    H = known.log_history.shape[1]
    smoothed = np.full((m, k), np.nan)
    joint = np.full((m, k, H), np.nan)
    first = np.full(H, np.nan)
    if known.status != OK:
        return Smoothed(smoothed, joint, first, known.status)
    ahead = np.zeros(H)
    behind = np.empty(H)
    for i in range(m - 1, -1, -1):
        kim_step(known.log_history[i], known.log_pairs[i], known.contributions[i], ahead, joint[i], behind)
        for h in range(H):
            ahead[h] = behind[h]
        for s in range(k):
            smoothed[i, s] = 0.0
            for h in range(H):
                smoothed[i, s] += joint[i, s, h]
    for h in range(H):
        first[h] = math.exp(known.log_history[0, h] + ahead[h])
    return Smoothed(smoothed, joint, first, OK)
