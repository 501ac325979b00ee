"""Sums over spans of an ensemble that is kept, one row for each span, and what reaches a mark in them.

Source: Siegmund 1985, "Sequential analysis", ch. 1 (first passage).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE


@kernel
def _totals_of_path(flows: FloatArray, weights: FloatArray, known: FloatArray, totals: FloatArray) -> bool:
    """Totals of the timeline of one path, flows (months, d); False if one is not finite."""
    k = known.shape[0]
    finite = True
    for t in range(k):
        totals[t] = known[t]
    for t in range(flows.shape[0]):
        total = 0.0
        for i in range(weights.shape[0]):
            if weights[i] != 0.0:
                total += weights[i] * flows[t, i]
        totals[k + t] = total
    for t in range(totals.shape[0]):
        finite = finite and math.isfinite(totals[t])
    return finite


@kernel
def _sums_of_paths(
    begin: int,
    end: int,
    flows: FloatArray,
    weights: FloatArray,
    known: FloatArray,
    spans: IntArray,
    sums: FloatArray,
    bad: IntArray,
) -> None:
    """`ensemble_sums` of the paths ``begin`` to end - 1."""
    totals = np.empty(known.shape[0] + flows.shape[1])
    for p in range(begin, end):
        if _totals_of_path(flows[p], weights, known, totals):
            for i in range(spans.shape[0]):
                total = 0.0
                for t in range(spans[i, 0], spans[i, 1] + 1):
                    total += totals[t]
                sums[i, p] = total
        else:
            bad[p] = 1


def ensemble_sums(
    flows: FloatArray, weights: FloatArray, known: FloatArray, spans: IntArray
) -> tuple[FloatArray, IntArray, int]:
    """Sums over each span of the weighted total of an ensemble's flows (p, months, d); sums (n, p).

    weights (d): a flow of weight 0 is not read. known (k): totals of the months before the ensemble's first.
    spans (n, 2): first and last month, inclusive, in the timeline of the known months and then the ensemble's.
    bad (p): 1 for a path with a total that is not finite; its sums are 0 and the status is NON_FINITE. OUT_OF_RANGE if
    shapes or spans do not fit.
    """
    paths, months, d = flows.shape
    n = spans.shape[0]
    fits = weights.shape == (d,) and spans.shape == (n, 2) and paths > 0
    if fits:
        first, last = spans.T
        fits = bool((first >= 0).all() and (first <= last).all() and (last < len(known) + months).all())
    if not fits:
        return np.empty((0, 0)), np.empty(0, np.int64), OUT_OF_RANGE
    sums = np.zeros((n, paths))
    bad = np.zeros(paths, np.int64)
    spread(_sums_of_paths, paths, flows, weights, known, spans, sums, bad)
    return sums, bad, NON_FINITE if bad.any() else OK


@kernel
def ensemble_reach(sums: FloatArray, marks: FloatArray) -> tuple[IntArray, IntArray, int]:
    """Which marks the sums (n, p) of a measure's spans, in order, reach.

    reached (n, q): paths whose sum over the span is at least the mark. first_at (q, p): the first span in which a path
    reaches the mark, n for never. status: NON_FINITE if a sum or mark is NaN (the counts are 0 then).
    """
    n, paths = sums.shape
    q = marks.shape[0]
    reached = np.zeros((n, q), np.int64)
    first_at = np.full((q, paths), n, np.int64)
    status = OK
    for mark in marks:
        if math.isnan(mark):
            status = NON_FINITE
    for value in sums.flat:
        if math.isnan(value):
            status = NON_FINITE
    if status != OK:
        return reached, first_at, status
    for j in range(q):
        for i in range(n - 1, -1, -1):
            for p in range(paths):
                if sums[i, p] >= marks[j]:
                    reached[i, j] += 1
                    first_at[j, p] = i
    return reached, first_at, status


@kernel
def passage_law(first: IntArray, paths: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, int]:
    """First passage by span from counts ``first`` (n, q) of paths that reach a mark in a span and in none before it.

    by (n, q): P(reached by the end of the span); its last row is 1 - P(never). at (n, q): P(first in the span).
    hazard (n, q): P(first in the span, given not before), 0 where no path is left. error (n, q): Monte Carlo standard
    error of ``by``, sqrt(b (1 - b) / paths), for independent paths; shared parameter draws make it larger.
    status: OUT_OF_RANGE if the counts are negative or more than ``paths``.
    """
    n, q = first.shape
    by = np.zeros((n, q))
    at = np.zeros((n, q))
    hazard = np.zeros((n, q))
    error = np.zeros((n, q))
    status = OK if paths > 0 else OUT_OF_RANGE
    for j in range(q):
        total = 0
        for i in range(n):
            if first[i, j] < 0:
                status = OUT_OF_RANGE
            total += first[i, j]
        if total > paths:
            status = OUT_OF_RANGE
    if status != OK:
        return by, at, hazard, error, status
    for j in range(q):
        before = 0
        for i in range(n):
            at[i, j] = first[i, j] / paths
            hazard[i, j] = first[i, j] / (paths - before) if before < paths else 0.0
            before += first[i, j]
            share = before / paths
            by[i, j] = share
            error[i, j] = math.sqrt(share * (1.0 - share) / paths)
    return by, at, hazard, error, status
