"""Scores of quantiles and bands: quantile (pinball) score, interval score, weighted interval score.

Source: Gneiting & Raftery 2007, eq. 40 (quantiles, here turned so that less is better) and eq. 43 (intervals); Bracher,
Ray, Gneiting & Reich 2021, "Evaluating epidemic forecasts in an interval format", eq. 1-2.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE


@kernel
def quantile_scores(quantiles: FloatArray, probs: FloatArray, y: FloatArray) -> tuple[FloatArray, IntArray]:
    """(1{y < q} - p) (q - y) of quantiles (n, k) at probabilities (k) against y (n); (n, k), in the unit of y.

    The mean over evenly spaced probabilities tends to half the CRPS. statuses (n): NON_FINITE for a case with a number
    that is not, OUT_OF_RANGE for probabilities outside (0, 1); such a case's scores are NaN.
    """
    n, k = quantiles.shape
    scores = np.full((n, k), np.nan)
    statuses = np.zeros(n, np.int64)
    for i in range(n):
        if not math.isfinite(y[i]):
            statuses[i] = NON_FINITE
        for j in range(k):
            if not 0.0 < probs[j] < 1.0:
                statuses[i] = OUT_OF_RANGE
            elif not math.isfinite(quantiles[i, j]):
                statuses[i] = NON_FINITE
        if statuses[i] == OK:
            for j in range(k):
                off = quantiles[i, j] - y[i]
                scores[i, j] = (1.0 - probs[j]) * off if off > 0.0 else -probs[j] * off
    return scores, statuses


@kernel
def interval_scores(
    lower: FloatArray, upper: FloatArray, alphas: FloatArray, y: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Interval (Winkler) scores of central bands of coverage 1 - alpha against y (n); (n, k), in the unit of y.

    (u - l) + 2/alpha (l - y)+ + 2/alpha (y - u)+, lower and upper (n, k), alphas (k). statuses (n): NON_FINITE,
    or OUT_OF_RANGE for an alpha outside (0, 1) or a band with l > u; such a case's scores are NaN.
    """
    n, k = lower.shape
    scores = np.full((n, k), np.nan)
    statuses = np.zeros(n, np.int64)
    for i in range(n):
        if not math.isfinite(y[i]):
            statuses[i] = NON_FINITE
        for j in range(k):
            if not (math.isfinite(lower[i, j]) and math.isfinite(upper[i, j])):
                statuses[i] = NON_FINITE
            elif not 0.0 < alphas[j] < 1.0 or lower[i, j] > upper[i, j]:
                statuses[i] = max(statuses[i], OUT_OF_RANGE)
        if statuses[i] == OK:
            for j in range(k):
                outside = max(lower[i, j] - y[i], 0.0) + max(y[i] - upper[i, j], 0.0)
                scores[i, j] = upper[i, j] - lower[i, j] + 2.0 / alphas[j] * outside
    return scores, statuses


@kernel
def weighted_interval_scores(
    median: FloatArray, lower: FloatArray, upper: FloatArray, alphas: FloatArray, y: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Weighted interval scores (n) of k central bands and a median: (|y - m| / 2 + sum_k alpha_k / 2 IS_k) / (k + 1/2).

    Equals twice the mean quantile score of the 2 k + 1 quantiles. statuses: as ``interval_scores``; then NaN.
    """
    k = alphas.shape[0]
    parts, statuses = interval_scores(lower, upper, alphas, y)
    scores = np.full(y.shape[0], np.nan)
    for i in range(y.shape[0]):
        if not math.isfinite(median[i]):
            statuses[i] = NON_FINITE
        if statuses[i] == OK:
            total = 0.5 * abs(y[i] - median[i])
            for j in range(k):
                total += 0.5 * alphas[j] * parts[i, j]
            scores[i] = total / (k + 0.5)
    return scores, statuses
