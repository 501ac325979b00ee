"""How well chains have mixed: effective number of draws and the ratio of spreads between and within chains.

Source: Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021, "Rank-normalization, folding, and localization: an improved
R-hat", Bayesian Analysis 16, eq. 1-4 and s3.2 (split chains; Geyer's initial monotone sequence).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import NON_FINITE, OK, TOO_SHORT


@kernel
def split_spread(draws: FloatArray) -> tuple[int, float, float]:
    """Status, R-hat and effective number of draws of one unknown over chains (c, n), each chain cut in two halves.

    Status TOO_SHORT with fewer than 8 draws a chain, NON_FINITE with a draw that is not finite; then (inf, 0).
    Draws that are all equal have mixed perfectly: R-hat 1 and as many effective draws as there are.
    """
    c, n = draws.shape
    half = n // 2
    if half < 4:
        return TOO_SHORT, np.inf, 0.0
    for j in range(c):
        for i in range(n):
            if not math.isfinite(draws[j, i]):
                return NON_FINITE, np.inf, 0.0
    m = 2 * c
    mean = np.zeros(m)
    within = 0.0
    for j in range(m):
        first = (j % 2) * (n - half)
        for i in range(half):
            mean[j] += draws[j // 2, first + i]
        mean[j] /= half
        for i in range(half):
            within += (draws[j // 2, first + i] - mean[j]) ** 2 / ((half - 1) * m)
    centre = 0.0
    for j in range(m):
        centre += mean[j]
    centre /= m
    between = 0.0
    for j in range(m):
        between += (mean[j] - centre) ** 2 / (m - 1)
    if within == 0.0:
        return (OK, 1.0, float(m * half)) if between == 0.0 else (OK, np.inf, 1.0)
    total = (half - 1) / half * within + between
    # Geyer: pairs of autocorrelations are added while they stay positive, each no larger than the one before.
    tau = -1.0
    last = np.inf
    for lag in range(0, half - 1, 2):
        pair = 0.0
        for step in range(2):
            pair += 1.0 - (within - _autocovariance(draws, mean, half, lag + step)) / total
        if pair <= 0.0:
            break
        last = min(last, pair)
        tau += 2.0 * last
    draws_in_all = float(m * half)
    return OK, math.sqrt(total / within), draws_in_all / max(tau, 1.0 / math.log10(draws_in_all))


@kernel
def _autocovariance(draws: FloatArray, mean: FloatArray, half: int, lag: int) -> float:
    """Mean over the half chains of their autocovariance at a lag; at lag 0 the unbiased variance."""
    m = mean.shape[0]
    n = draws.shape[1]
    total = 0.0
    for j in range(m):
        first = (j % 2) * (n - half)
        for i in range(half - lag):
            a = draws[j // 2, first + i] - mean[j]
            total += a * (draws[j // 2, first + i + lag] - mean[j])
    return float(total / (m * (half - 1)))
