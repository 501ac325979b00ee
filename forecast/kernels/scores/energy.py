"""Energy and variogram scores of multivariate ensembles.

    ES = E||X - y|| - E||X - X'|| / 2,    VS = sum_ij (|y_i - y_j|^(1/2) - E|X_i - X_j|^(1/2))^2

The second term of ES takes all pairs, O(m^2 d), or pairs at most ``bands`` places apart, O(m bands d), unbiased for
members in random order (draws), and wrong for sorted ones.

Source: Gneiting & Raftery 2007, eq. 22; Ziel & Berk 2019, "Multivariate forecasting evaluation: on sensitive and
strictly proper scoring rules", s3 (K-band estimator); Scheuerer & Hamill 2015, "Variogram-based proper scoring rules
for probabilistic forecasts of multivariate quantities", eq. 1 with p = 1/2.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT


@kernel
def _columns(members: FloatArray, y: FloatArray, out: FloatArray) -> bool:
    """Members (m, d) less y (d) as rows of variables out (d, m); False if a figure is not finite."""
    finite = True
    for k in range(members.shape[1]):
        finite = finite and math.isfinite(y[k])
        for j in range(members.shape[0]):
            out[k, j] = members[j, k] - y[k]
            finite = finite and math.isfinite(out[k, j])
    return finite


@kernel
def _add_distances(x: FloatArray, i: int, start: int, stop: int, squares: FloatArray, total: FloatArray) -> None:
    """Add the distances from member i to the members start ... stop - 1 of x (d, m) to their places in total (m)."""
    # Slices of rows begin at 0, which spares the loops the question of negative places.
    count = max(stop - start, 0)
    first, at = x[0], total[start:stop]
    others, centre = first[start:stop], first[i]
    for j in range(count):
        off = others[j] - centre
        squares[j] = off * off
    for k in range(1, x.shape[0]):
        row = x[k]
        others, centre = row[start:stop], row[i]
        for j in range(count):
            off = others[j] - centre
            squares[j] += off * off
    for j in range(count):
        at[j] += math.sqrt(squares[j])


@kernel
def _energy_of_case(members: FloatArray, y: FloatArray, bands: int, fair: bool) -> tuple[float, int]:
    """`energy_scores` of one case, and its status."""
    m, d = members.shape
    if m < (2 if fair or bands > 0 else 1):
        return np.nan, TOO_SHORT
    if d < 1 or y.shape[0] != d or bands < 0 or bands >= m:
        return np.nan, OUT_OF_RANGE
    x = np.empty((d, m + 1))
    if not _columns(members, y, x):
        return np.nan, NON_FINITE
    squares = np.empty(m + 1)
    total = np.zeros(m + 1)
    # Place m holds the outcome, from which all was measured.
    for k in range(d):
        x[k, m] = 0.0
    begin = m - m
    _add_distances(x, m, begin, m, squares, total)
    distance = 0.0
    for j in range(m):
        distance += total[j]
        total[j] = 0.0
    pairs = 0.5 * m * (m - 1.0) if fair else 0.5 * m * m
    if bands == 0:
        for i in range(m - 1):
            _add_distances(x, i, i + 1, m, squares, total)
    else:
        pairs = float(m) * bands
        for i in range(m):
            _add_distances(x, i, i + 1, min(i + 1 + bands, m), squares, total)
            _add_distances(x, i, begin, max(i + 1 + bands - m, begin), squares, total)
    apart = 0.0
    for j in range(m):
        apart += total[j]
    return distance / m - 0.5 * apart / pairs, OK


@kernel
def _energy_of_cases(
    begin: int,
    end: int,
    members: FloatArray,
    y: FloatArray,
    bands: int,
    fair: bool,
    scores: FloatArray,
    statuses: IntArray,
) -> None:
    for i in range(begin, end):
        scores[i], statuses[i] = _energy_of_case(members[i], y[i], bands, fair)


def energy_scores(members: FloatArray, y: FloatArray, bands: int, fair: bool) -> tuple[FloatArray, IntArray]:
    """Energy scores of n cases; members (n, m, d), y (n, d), scores (n) in the common unit of the d variables.

    bands: 0 for all pairs; else each member meets the next ``bands`` members, in a circle, at most m - 1. fair: without
    the pairs of a member with itself, unbiased for draws (with bands it always is).

    statuses (n): NON_FINITE for a case with a figure that is not, TOO_SHORT for fewer than one member (two where pairs
    must differ), OUT_OF_RANGE for shapes or bands that do not fit; such a score is NaN.
    """
    n = members.shape[0]
    scores = np.full(n, np.nan)
    statuses = np.full(n, OUT_OF_RANGE, dtype=np.int64)
    if y.shape[0] == n:
        spread(_energy_of_cases, n, members, y, bands, fair, scores, statuses)
    return scores, statuses


@kernel
def variogram_scores(members: FloatArray, y: FloatArray) -> tuple[FloatArray, IntArray]:
    """Variogram scores of order 1/2, all pairs of variables with weight 1; members (n, m, d), y (n, d), scores (n).

    Each pair counts twice, as in the double sum. statuses: NON_FINITE, TOO_SHORT for no member, OUT_OF_RANGE.
    """
    n, m, d = members.shape
    scores = np.full(n, np.nan)
    statuses = np.full(n, OUT_OF_RANGE, np.int64)
    if y.shape[0] != n or y.shape[1] != d:
        return scores, statuses
    x = np.empty((d, m))
    for i in range(n):
        if m < 1:
            statuses[i] = TOO_SHORT
        elif not _columns(members[i], y[i], x):
            statuses[i] = NON_FINITE
        else:
            statuses[i] = OK
            score = 0.0
            for a in range(d):
                for b in range(a):
                    mean = 0.0
                    for j in range(m):
                        mean += math.sqrt(abs(members[i, j, a] - members[i, j, b]))
                    off = math.sqrt(abs(y[i, a] - y[i, b])) - mean / m
                    score += 2.0 * off * off
            scores[i] = score
    return scores, statuses
