"""Brier score of probabilities, and where the outcome falls in an ensemble (PIT).

Source: Brier 1950, "Verification of forecasts expressed in terms of probability"; Hamill 2001, "Interpretation of rank
histograms for verifying ensemble forecasts", s2.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT


@kernel
def brier_scores(probs: FloatArray, hits: FloatArray) -> tuple[FloatArray, IntArray]:
    """(p - o)^2 of probabilities (n) against o (n), 1 where the event came and 0 where not.

    statuses (n): NON_FINITE for NaN, OUT_OF_RANGE for p outside 0 ... 1 or o neither 0 nor 1; such a score is NaN.
    """
    scores = np.full(probs.shape[0], np.nan)
    statuses = np.zeros(probs.shape[0], np.int64)
    for i in range(probs.shape[0]):
        if math.isnan(probs[i]) or math.isnan(hits[i]):
            statuses[i] = NON_FINITE
        elif not 0.0 <= probs[i] <= 1.0 or not (hits[i] == 0.0 or hits[i] == 1.0):
            statuses[i] = OUT_OF_RANGE
        else:
            scores[i] = (probs[i] - hits[i]) * (probs[i] - hits[i])
    return scores, statuses


@kernel
def pit_of_ensemble(members: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Ends low, high (n) of the interval that the rank of y among members (n, m) leaves for its probability integral.

    low = #(x < y) / (m + 1), high = (#(x <= y) + 1) / (m + 1). If y and the members are draws from one law, a uniform
    draw between the ends is uniform on (0, 1), ties or not. statuses (n): NON_FINITE for NaN or infinite figures,
    TOO_SHORT for no member; the ends are NaN then.
    """
    n, m = members.shape
    low = np.full(n, np.nan)
    high = np.full(n, np.nan)
    statuses = np.zeros(n, np.int64)
    for i in range(n):
        below, up_to = 0, 0
        finite = math.isfinite(y[i])
        for j in range(m):
            finite = finite and math.isfinite(members[i, j])
            below += 1 if members[i, j] < y[i] else 0
            up_to += 1 if members[i, j] <= y[i] else 0
        if m < 1:
            statuses[i] = TOO_SHORT
        elif not finite:
            statuses[i] = NON_FINITE
        if statuses[i] == OK:
            low[i] = below / (m + 1.0)
            high[i] = (up_to + 1.0) / (m + 1.0)
    return low, high, statuses
