"""CRPS of ensembles, exact: equal or unequal weights, fair or not, over all values or over a range that matters.

    CRPS = E|X - y| - E|X - X'| / 2

The ensemble is read as a distribution of m points (the second term over all m^2 pairs), or, ``fair``, as m draws from
an unknown one (over the m (m - 1) pairs of different members), which is unbiased for the score of that distribution.
With weight 1 on values from ``low`` to ``high`` and 0 elsewhere, the threshold-weighted score is the CRPS of
v(X) against v(y), v(z) = min(max(z, low), high).

Source: Gneiting & Raftery 2007, "Strictly proper scoring rules, prediction, and estimation", eq. 20-21; Ferro 2014,
"Fair scores for ensemble forecasts", s3; Allen, Ginsbourger & Ziegel 2023, "Evaluating forecasts for high-impact events
using transformed kernel scores", s3 (chaining functions).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, kernel
from forecast.kernels._threads import spread
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT

_BLOCK = 1 << 16
_WIDTH = 16


@kernel
def crps_of_sorted(
    x: FloatArray, y: FloatArray, low: float, high: float, fair: bool, scores: FloatArray, statuses: IntArray
) -> None:
    """Write the CRPS of n cases; x (n, m) ascending in each row, NaN last, y (n), scores (n), statuses (n).

    low, high: of the weighted range; -inf and inf for the plain CRPS. statuses: NON_FINITE for a case with a member or
    outcome that is not finite, TOO_SHORT for no member (fair: fewer than two), OUT_OF_RANGE if not low < high; such a
    score is NaN.
    """
    n, m = x.shape
    fewest = 2 if fair else 1
    distances, spreads = np.empty(_WIDTH), np.empty(_WIDTH)
    for i in range(n):
        scores[i] = np.nan
        statuses[i] = OK
        if not low < high:
            statuses[i] = OUT_OF_RANGE
        elif m < fewest:
            statuses[i] = TOO_SHORT
        elif not (math.isfinite(x[i, 0]) and math.isfinite(x[i, m - 1]) and math.isfinite(y[i])):
            statuses[i] = NON_FINITE
        if statuses[i] != OK:
            continue
        outcome = min(max(y[i], low), high)
        # Sums by place, four rows at a time: one sum would wait for each addition.
        for j in range(_WIDTH):
            distances[j] = 0.0
            spreads[j] = 0.0
        distance, ranked = 0.0, 0.0
        # Members outside the range stand together at its ends; the sum of their 2 j + 1 - m is known.
        a, b = 0, m
        while a < m and x[i, a] < low:
            a += 1
        while b > a and x[i, b - 1] > high:
            b -= 1
        if a > 0:
            distance += a * abs(low - outcome)
            ranked += float(a) * (a - m) * (low - outcome)
        if b < m:
            distance += (m - b) * abs(high - outcome)
            ranked += float(b) * (m - b) * (high - outcome)
        whole = b - (b - a) % (4 * _WIDTH)
        for start in range(a, whole, 4 * _WIDTH):
            r0, r1 = x[i, start : start + _WIDTH], x[i, start + _WIDTH : start + 2 * _WIDTH]
            r2, r3 = x[i, start + 2 * _WIDTH : start + 3 * _WIDTH], x[i, start + 3 * _WIDTH : start + 4 * _WIDTH]
            rank = 2.0 * start + 1.0 - m
            for j in range(_WIDTH):
                z0, z1, z2, z3 = r0[j] - outcome, r1[j] - outcome, r2[j] - outcome, r3[j] - outcome
                distances[j] += abs(z0) + abs(z1) + (abs(z2) + abs(z3))
                spreads[j] += (rank + 2.0 * j) * (z0 + z1 + (z2 + z3)) + 2.0 * _WIDTH * (z1 + 2.0 * z2 + 3.0 * z3)
        for j in range(_WIDTH):
            distance += distances[j]
            ranked += spreads[j]
        for j in range(whole, b):
            z = x[i, j] - outcome
            distance += abs(z)
            ranked += (2.0 * j + 1.0 - m) * z
        pairs = float(m) * (m - 1.0) if fair else float(m) * m
        scores[i] = distance / m - ranked / pairs


@kernel
def crps_of_weighted(
    x: FloatArray, weights: FloatArray, y: FloatArray, low: float, high: float, scores: FloatArray, statuses: IntArray
) -> None:
    """Write the CRPS of n weighted ensembles; x (n, m) ascending, weights (n, m) of those members, any positive sum.

    low, high, statuses: as in ``crps_of_sorted``; OUT_OF_RANGE also for a negative weight or weights that sum to 0.
    """
    n, m = x.shape
    for i in range(n):
        scores[i] = np.nan
        statuses[i] = OK if low < high else OUT_OF_RANGE
        if m < 1:
            statuses[i] = TOO_SHORT
        total = 0.0
        finite = math.isfinite(y[i])
        for j in range(m):
            finite = finite and math.isfinite(x[i, j]) and math.isfinite(weights[i, j])
            total += weights[i, j]
            if weights[i, j] < 0.0:
                statuses[i] = OUT_OF_RANGE
        if not finite:
            statuses[i] = NON_FINITE
        elif not total > 0.0 and m > 0:
            statuses[i] = OUT_OF_RANGE
        if statuses[i] != OK:
            continue
        outcome = min(max(y[i], low), high)
        distance, ranked, below = 0.0, 0.0, 0.0
        for j in range(m):
            w = weights[i, j] / total
            z = min(max(x[i, j], low), high) - outcome
            distance += w * abs(z)
            ranked += w * z * (2.0 * below + w - 1.0)
            below += w
        scores[i] = distance - ranked


def _score_rows(
    begin: int,
    end: int,
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray | None,
    low: float,
    high: float,
    fair: bool,
    scores: FloatArray,
    statuses: IntArray,
) -> None:
    """`crps_ensemble` of the cases ``begin`` to end - 1, in blocks that stay in the cache after they are sorted."""
    rows = max(1, _BLOCK // max(1, x.shape[1]))
    room = np.empty((min(rows, end - begin), x.shape[1]))
    for at in range(begin, end, rows):
        part = slice(at, min(at + rows, end))
        if weights is None:
            ascending = room[: part.stop - at]
            ascending[:] = x[part]
            ascending.sort(axis=1)
            crps_of_sorted(ascending, y[part], float(low), float(high), fair, scores[part], statuses[part])
        else:
            order = np.argsort(x[part], axis=1)
            w = np.take_along_axis(weights[part], order, axis=1)
            ascending = np.take_along_axis(x[part], order, axis=1)
            crps_of_weighted(ascending, w, y[part], float(low), float(high), scores[part], statuses[part])


def crps_ensemble(
    members: FloatArray,
    outcomes: FloatArray,
    weights: FloatArray | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    fair: bool = False,
) -> tuple[FloatArray, IntArray]:
    """CRPS of each case, in the unit of the members; scores (n) and statuses (n).

    members (n, m), in any order. outcomes (n). weights (n, m), or None for equal ones. low, high: the range that
    matters (threshold-weighted CRPS). fair: unbiased for draws; not with weights.

    statuses: see ``crps_of_sorted`` and ``crps_of_weighted``; OUT_OF_RANGE if the shapes do not fit or fair is asked
    for with weights. A score that has none is NaN.
    """
    x, y = gate(members), gate(outcomes)
    scores, statuses = np.full(len(y), np.nan), np.full(len(y), OUT_OF_RANGE, dtype=np.int64)
    if x.ndim != 2 or y.ndim != 1 or len(x) != len(y):
        return scores, statuses
    if weights is not None and (fair or np.shape(weights) != x.shape):
        return scores, statuses
    spread(_score_rows, len(y), x, y, None if weights is None else gate(weights), low, high, fair, scores, statuses)
    return scores, statuses
