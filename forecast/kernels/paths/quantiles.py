"""Quantiles of simulated sums: exact ones by partial sorting, and from the bins of a tally with a bound on the error.

Numpy's selection uses vector instructions; row after row and over threads it needs no kernel.

Source: Hyndman & Fan 1996, "Sample quantiles in statistical packages", definition 7.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray
from forecast.kernels._threads import spread
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT


def _fits(probs: FloatArray) -> bool:
    """Whether probabilities lie in 0 ... 1 and do not fall."""
    return bool(((probs >= 0.0) & (probs <= 1.0)).all() and (np.diff(probs) >= 0.0).all())


def _ranks(probs: FloatArray, size: int) -> tuple[IntArray, IntArray, FloatArray]:
    """The places below and above each quantile in ascending order, and how far it is on the way."""
    at = probs * (size - 1)
    below = np.minimum(at.astype(np.int64), size - 1)
    return below, np.minimum(below + 1, size - 1), at - below


def _between(below: FloatArray, above: FloatArray, share: FloatArray) -> FloatArray:
    """Interpolated; equal neighbours, infinite ones too, are the quantile itself."""
    with np.errstate(invalid="ignore"):
        mixed: FloatArray = np.where((below == above) | (share == 0.0), below, below + share * (above - below))
    return mixed


def _quantiles_of_rows(
    begin: int, end: int, values: FloatArray, probs: FloatArray, out: FloatArray, statuses: IntArray
) -> None:
    """`ensemble_quantiles` of the rows ``begin`` to end - 1."""
    below, above, share = _ranks(probs, values.shape[1])
    places = np.unique(np.append(np.concatenate([below, above]), values.shape[1] - 1))
    for i in range(begin, end):
        ordered = np.partition(values[i], places)
        # Numpy orders NaN last.
        if np.isnan(ordered[-1]):
            statuses[i] = NON_FINITE
        else:
            out[i] = _between(ordered[below], ordered[above], share)


def ensemble_quantiles(values: FloatArray, probs: FloatArray) -> tuple[FloatArray, IntArray]:
    """Exact quantiles (definition 7, that of ``numpy.quantile``) of each row of values (n, p); (n, probabilities).

    probs: rising, in 0 ... 1. statuses (n): NON_FINITE for a row with a NaN, OUT_OF_RANGE for probabilities that do not
    fit, TOO_SHORT for no values; such a row's quantiles are NaN.
    """
    n, p = values.shape
    out = np.full((n, len(probs)), np.nan)
    statuses = np.full(n, OK, dtype=np.int64)
    if not _fits(probs):
        statuses[:] = OUT_OF_RANGE
    elif p == 0:
        statuses[:] = TOO_SHORT
    else:
        spread(_quantiles_of_rows, n, values, probs, out, statuses)
    return out, statuses


def _of_rank(ends: IntArray, rank: IntArray, low: float, width: float) -> FloatArray:
    """Where values of some ranks lie, those of a bin spread evenly over it; NaN outside the bins.

    ends (bins + 2): how many values lie in this bin or below.
    """
    at = np.searchsorted(ends, rank, side="right")
    inside = (at > 0) & (at < len(ends) - 1)
    at = np.where(inside, at, 1)
    before = ends[at - 1]
    place: FloatArray = low + width * (at - 1 + (rank - before + 0.5) / np.maximum(ends[at] - before, 1))
    return np.where(inside, place, np.nan)


def binned_quantiles(
    counts: IntArray, low: FloatArray, width: FloatArray, probs: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Quantiles (definition 7) from counts (n, bins + 2) of a tally; (n, probabilities), off by at most ``width`` (n).

    low (n): where the first bin begins. statuses (n): OUT_OF_RANGE if probabilities do not fit or a quantile lies
    outside the bins (that one is NaN), TOO_SHORT if nothing was counted.
    """
    n = counts.shape[0]
    out = np.full((n, len(probs)), np.nan)
    statuses = np.full(n, OUT_OF_RANGE, dtype=np.int64)
    if not _fits(probs) or counts.shape[1] < 3:
        return out, statuses
    for i in range(n):
        ends = np.cumsum(counts[i])
        if ends[-1] == 0:
            statuses[i] = TOO_SHORT
            continue
        below, above, share = _ranks(probs, int(ends[-1]))
        out[i] = _between(_of_rank(ends, below, low[i], width[i]), _of_rank(ends, above, low[i], width[i]), share)
        statuses[i] = OUT_OF_RANGE if np.isnan(out[i]).any() else OK
    return out, statuses
