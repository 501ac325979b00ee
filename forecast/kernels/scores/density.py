"""Log score of an ensemble through a Gaussian kernel density.

The bandwidth is Silverman's, .9 min(sd, IQR / 1.34) m^(-1/5), with sd of divisor m - 1 and quartiles of definition 7.
The score of a density estimated from few members is harsh in the tails; it is not the score of the unknown density.

Source: Silverman 1986, "Density estimation for statistics and data analysis", eq. 3.31; Good 1952, "Rational decisions"
(logarithmic score); Krueger, Lerch, Thorarinsdottir & Gneiting 2021, "Predictive inference based on Markov chain Monte
Carlo output", s3.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, kernel
from forecast.kernels.status import NON_FINITE, OUT_OF_RANGE, SINGULAR, TOO_SHORT

_LOWER = 0.25
_UPPER = 0.75
_LOG_ROOT_2_PI = 0.5 * math.log(2.0 * math.pi)


@kernel
def _quartile(x: FloatArray, p: float) -> float:
    at = p * (x.shape[0] - 1)
    rank = min(int(at), x.shape[0] - 2)
    quartile: float = x[rank] + (at - rank) * (x[rank + 1] - x[rank])
    return quartile


@kernel
def _bandwidth(x: FloatArray) -> float:
    """Silverman's bandwidth of ascending x (m), m >= 2."""
    m = x.shape[0]
    mean = 0.0
    for value in x:
        mean += value / m
    square = 0.0
    for value in x:
        square += (value - mean) * (value - mean)
    spread = math.sqrt(square / (m - 1))
    quartiles = (_quartile(x, _UPPER) - _quartile(x, _LOWER)) / 1.34
    if 0.0 < quartiles < spread:
        spread = quartiles
    bandwidth: float = 0.9 * spread * m**-0.2
    return bandwidth


@kernel
def log_score_of_sorted(x: FloatArray, y: FloatArray) -> tuple[FloatArray, IntArray]:
    """-log of the kernel density of x (n, m), ascending in each row with NaN last, at y (n); (n).

    If half the members are equal, the standard deviation alone sets the bandwidth. statuses (n): NON_FINITE, TOO_SHORT
    for fewer than two members, SINGULAR if all are equal; such a score is NaN.
    """
    n, m = x.shape
    scores = np.full(n, np.nan)
    statuses = np.zeros(n, np.int64)
    for i in range(n):
        if m < 2:
            statuses[i] = TOO_SHORT
            continue
        if not (math.isfinite(x[i, 0]) and math.isfinite(x[i, m - 1]) and math.isfinite(y[i])):
            statuses[i] = NON_FINITE
            continue
        h = _bandwidth(x[i])
        if not h > 0.0 or not math.isfinite(h):
            statuses[i] = SINGULAR
            continue
        nearest = np.inf
        for j in range(m):
            nearest = min(nearest, abs(x[i, j] - y[i]))
        nearest = nearest / h
        total = 0.0
        for j in range(m):
            z = (x[i, j] - y[i]) / h
            total += math.exp(0.5 * (nearest - abs(z)) * (nearest + abs(z)))
        scores[i] = 0.5 * nearest * nearest - math.log(total / m) + math.log(h) + _LOG_ROOT_2_PI
    return scores, statuses


def log_score_ensemble(members: FloatArray, outcomes: FloatArray) -> tuple[FloatArray, IntArray]:
    """`log_score_of_sorted` of members (n, m) in any order; OUT_OF_RANGE if the shapes do not fit outcomes (n)."""
    x, y = gate(members), gate(outcomes)
    if x.ndim != 2 or y.ndim != 1 or len(x) != len(y):
        return np.full(len(y), np.nan), np.full(len(y), OUT_OF_RANGE, dtype=np.int64)
    return log_score_of_sorted(np.sort(x, axis=1), y)
