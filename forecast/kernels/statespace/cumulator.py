"""Sums and averages over spans of time points as observations: annual totals, running years, joined months.

A span of series k from ``first`` to ``last`` is read at ``last`` as C + Z[k] alpha, where the cumulator C holds the
sum of the time points before: C <- keep C + Z[k] alpha, keep = 0 at ``first``. Spans of one series that begin together
share a cumulator (a year and its running totals); spans that overlap from different beginnings have their own; a
cumulator that is done with serves the next span.

Source: Harvey 1989, "Forecasting, Structural Time Series Models and the Kalman Filter", s6.3 (sums of flows).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.statespace.model import StateSpace
from forecast.kernels.status import OK, OUT_OF_RANGE


class Spans(NamedTuple):
    """k observations of spans.

    series, first, last (k): row of Z and time points, both included. average (k): 1 for the mean, 0 for the sum.
    value (k): NaN if it is not known yet. variance (k): of its error.
    """

    series: IntArray
    first: IntArray
    last: IntArray
    average: IntArray
    value: FloatArray
    variance: FloatArray


class Cumulated(NamedTuple):
    """The augmented system.

    y (n, w): values at the last time points of their spans, NaN elsewhere. system: with m + q states, the cumulators
    last. column (k): of a span in y, its row being ``last``. slot (k): cumulator of a span, -1 for one time point.
    status: OUT_OF_RANGE for a span that leaves the n time points or names no series.
    """

    y: FloatArray
    system: StateSpace
    column: IntArray
    slot: IntArray
    status: int


@kernel
def _assign(spans: Spans, n: int, begin: IntArray, series_of: IntArray) -> tuple[IntArray, int]:
    """Cumulator of each span; fills when each begins (n, k) for which series (n, k), -1 where it does not."""
    k = spans.first.shape[0]
    slot = np.full(k, -1)
    free_from, now_of, now_since = np.zeros(k, np.int64), np.full(k, -1), np.full(k, -1)
    slots = 0
    for t in range(n):
        for j in range(k):
            if spans.first[j] == t and spans.last[j] > t:
                found, shared = -1, -1
                for q in range(slots):
                    if now_since[q] == t and now_of[q] == spans.series[j]:
                        shared = q
                    elif found < 0 and now_since[q] < t and free_from[q] <= t:
                        found = q
                found = shared if shared >= 0 else found
                if found < 0:
                    found = slots
                    slots += 1
                if now_since[found] != t:
                    free_from[found] = 0
                now_since[found] = t
                now_of[found] = spans.series[j]
                free_from[found] = max(free_from[found], spans.last[j])
                begin[t, found] = t
                series_of[t, found] = spans.series[j]
                slot[j] = found
        for q in range(slots):
            if now_since[q] < t < free_from[q]:
                begin[t, q] = now_since[q]
                series_of[t, q] = now_of[q]
    return slot, slots


@kernel
def statespace_cumulate(s: StateSpace, n: int, spans: Spans) -> Cumulated:
    """The system whose observations are the spans; the errors H of ``s`` are not used, each span brings its own.

    s: over n time points, its Z and d the flows that are added up. A noise of the flows that should add up with them
    belongs into the states.
    """
    p, m, r, k = s.Z.shape[1], s.a1.shape[0], s.R.shape[2], spans.first.shape[0]
    good = n > 0
    for j in range(k):
        good = good and 0 <= spans.first[j] <= spans.last[j] < n and 0 <= spans.series[j] < p
    count, column = np.zeros(max(n, 1), np.int64), np.zeros(k, np.int64)
    if not good:
        return Cumulated(np.full((max(n, 1), 1), np.nan), s, column, column, OUT_OF_RANGE)
    begin, series_of = np.full((n, k), -1), np.full((n, k), -1)
    slot, q = _assign(spans, n, begin, series_of)
    width = 1
    for j in range(k):
        column[j] = count[spans.last[j]]
        count[spans.last[j]] += 1
        width = max(width, count[spans.last[j]])
    y = np.full((n, width), np.nan)
    Z, d, H = np.zeros((n, width, m + q)), np.zeros((n, width)), np.zeros((n, width, width))
    T, c = np.zeros((n, m + q, m + q)), np.zeros((n, m + q))
    R = np.zeros((s.R.shape[0], m + q, r))
    a1, P1, P1_inf = np.zeros(m + q), np.zeros((m + q, m + q)), np.zeros((m + q, m + q))
    for i in range(m):
        a1[i] = s.a1[i]
        for j in range(m):
            P1[i, j] = s.P1[i, j]
            P1_inf[i, j] = s.P1_inf[i, j]
        for t in range(s.R.shape[0]):
            for j in range(r):
                R[t, i, j] = s.R[t, i, j]
    for t in range(n):
        tt, tc, tz, td = (
            min(t, s.T.shape[0] - 1), min(t, s.c.shape[0] - 1), min(t, s.Z.shape[0] - 1), min(t, s.d.shape[0] - 1)
        )  # fmt: skip
        for i in range(m):
            c[t, i] = s.c[tc, i]
            for j in range(m):
                T[t, i, j] = s.T[tt, i, j]
        for a in range(q):
            series = series_of[t, a]
            if series >= 0:
                T[t, m + a, m + a] = 1.0 if begin[t, a] < t else 0.0
                c[t, m + a] = s.d[td, series]
                for j in range(m):
                    T[t, m + a, j] = s.Z[tz, series, j]
    for b in range(k):
        t, series, col = spans.last[b], spans.series[b], column[b]
        tz, td = min(t, s.Z.shape[0] - 1), min(t, s.d.shape[0] - 1)
        share = 1.0 / (t - spans.first[b] + 1) if spans.average[b] != 0 else 1.0
        y[t, col] = spans.value[b]
        d[t, col] = share * s.d[td, series]
        H[t, col, col] = spans.variance[b]
        for j in range(m):
            Z[t, col, j] = share * s.Z[tz, series, j]
        if slot[b] >= 0:
            Z[t, col, m + slot[b]] = share
    return Cumulated(y, StateSpace(Z, d, H, T, c, R, s.Q, a1, P1, P1_inf), column, slot, OK)
