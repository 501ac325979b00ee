"""Marks, first months and bands of sums over spans, counted in one pass over paths that are not kept.

A measure is a run of spans in order: the trailing twelve months ending in each month, the calendar years, the year to
date, or the single months. The first span whose sum reaches a mark is the first passage.

Source: Siegmund 1985, "Sequential analysis", ch. 1 (first passage of sums); counts in fixed bins as the quantile
sketch whose error is at most the width of a bin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.paths.lanes import LANES
from forecast.kernels.paths.law import PathLaw, lane_totals, lanes_for, law_status
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE

SmallIntArray = NDArray[np.int32]

_STRIPES = 16
_PILOT_BLOCKS = 16
_MARGIN = 0.5
_WAITING = 8


class Watch(NamedTuple):
    """What is counted. The timeline is the k known months, then the months of the law.

    weights (d): of the flows in the total. known (k): totals of the months before the first simulated one.
    spans (n, 2): first and last month, inclusive, in the timeline. measure (n): to which of the m measures a span
    belongs; not falling, so that the spans of a measure lie together. marks (m, q): sums that are waited for.
    bins: of the histogram of each span, 0 for none.
    """

    weights: FloatArray
    known: FloatArray
    spans: IntArray
    measure: IntArray
    marks: FloatArray
    bins: int


class Tally(NamedTuple):
    """What came of the paths.

    reached (n, q): paths whose sum over the span is at least the mark. first (n, q): paths whose sum reaches the mark
    in this span and in no earlier one of the measure; never (m, q): in none.
    mean, variance (n): of the sums. low, width (n): where the bins begin and how wide one is.
    counts (n, bins + 2): paths by bin, those below first and those beyond last.
    """

    reached: IntArray
    first: IntArray
    never: IntArray
    mean: FloatArray
    variance: FloatArray
    low: FloatArray
    width: FloatArray
    counts: IntArray


class Cells(NamedTuple):
    """The same by stripe of blocks: moments (s, n, 2): sums and squares about a pivot; the rest as named.

    ends (s, n, 2): the least and greatest sum, of a pilot.
    """

    moments: FloatArray
    ends: FloatArray
    reached: IntArray
    first: IntArray
    never: IntArray
    counts: SmallIntArray


def watch_status(law: PathLaw, watch: Watch) -> int:
    """OK, OUT_OF_RANGE for shapes and spans that do not fit the law, NON_FINITE for a number that is not."""
    months, d = law.drift.shape
    n = watch.spans.shape[0]
    if watch.weights.shape != (d,) or watch.spans.shape != (n, 2) or watch.measure.shape != (n,):
        return OUT_OF_RANGE
    if n == 0 or watch.bins < 0:
        return OUT_OF_RANGE
    first, last = watch.spans.T
    fits = (first >= 0).all() and (first <= last).all() and (last < watch.known.shape[0] + months).all()
    of = watch.measure
    if not fits or of[0] < 0 or (np.diff(of) < 0).any() or of[-1] >= watch.marks.shape[0]:
        return OUT_OF_RANGE
    finite = all(np.isfinite(part).all() for part in (watch.weights, watch.known, watch.marks))
    return OK if finite else NON_FINITE


@kernel
def _add_month(row: FloatArray, sums: FloatArray) -> None:
    for lane in range(sums.shape[0]):
        sums[lane] += row[lane]


@kernel
def _span_sums(spans: IntArray, i: int, totals: FloatArray, sums: FloatArray) -> None:
    """Sum over span i of every lane; where it is the span before and one month more, that month is added."""
    begin, last = spans[i, 0], spans[i, 1]
    if i > 0 and spans[i - 1, 0] == begin and spans[i - 1, 1] == last - 1:
        begin = last
    else:
        for lane in range(sums.shape[0]):
            sums[lane] = 0.0
    for t in range(begin, last + 1):
        _add_month(totals[t], sums)


@kernel
def _note_ends(sums: FloatArray, ends: FloatArray) -> None:
    for value in sums:
        ends[0] = min(ends[0], value)
        ends[1] = max(ends[1], value)


@kernel
def _add_moments(sums: FloatArray, live: int, pivot: float, first: FloatArray, second: FloatArray) -> None:
    for lane in range(live):
        off = sums[lane] - pivot
        first[lane] += off
        second[lane] += off * off


@kernel
def _add_hits(sums: FloatArray, live: int, mark: float, i: int, since: IntArray) -> int:
    """How many lanes are at the mark in span i; since (lanes): the first span in which each was, or -1."""
    hits = 0
    for lane in range(live):
        hit = sums[lane] >= mark
        hits += 1 if hit else 0
        since[lane] = i if hit and since[lane] < 0 else since[lane]
    return hits


@kernel
def _place_in_bins(sums: FloatArray, low: float, width: float, top: int, place: SmallIntArray) -> None:
    """The bin of each sum: 0 for below, ``top`` for beyond (and for NaN)."""
    per = 1.0 / width if width > 0.0 else 0.0
    most = float(top)
    for lane in range(sums.shape[0]):
        at = (sums[lane] - low) * per + 1.0
        at = at if at < most else most
        place[lane] = np.int32(at if at > 0.0 else 0.0)


@kernel
def _count_places(place: SmallIntArray, size: int, counts: SmallIntArray) -> None:
    """Add up what waits in place (n, .), span by span, so that the bins of one stay in the cache."""
    for i in range(counts.shape[0]):
        of, row = counts[i], place[i]
        for k in range(size):
            of[row[k]] += 1


@kernel
def _tally_stripes(
    begin: int,
    end: int,
    law: PathLaw,
    watch: Watch,
    key: int,
    first: int,
    paths: int,
    pilot: bool,
    low: FloatArray,
    width: FloatArray,
    pivot: FloatArray,
    cells: Cells,
) -> None:
    """Simulate and count the stripes ``begin`` to end - 1; stripe s of S has the blocks s, s + S, ... of paths.

    pilot: note the ends of the sums and no more.
    """
    stripes, n = cells.ends.shape[0], low.shape[0]
    known, q = watch.known.shape[0], watch.marks.shape[1]
    lanes = lanes_for(law)
    totals = np.empty((known + law.drift.shape[0], LANES))
    for t in range(known):
        for lane in range(LANES):
            totals[t, lane] = watch.known[t]
    sums = np.empty(LANES)
    since = np.empty((q, LANES), np.int64)
    place = np.empty((n, _WAITING * LANES), np.int32)
    moments = np.empty((2 * n, LANES))
    for stripe in range(begin, end):
        for i in range(2 * n):
            for lane in range(LANES):
                moments[i, lane] = 0.0
        waiting = stripe - stripe
        for block in range(stripe, (paths + LANES - 1) // LANES, stripes):
            lane_totals(law, watch.weights, key, first + block * LANES, lanes, totals)
            live = min(LANES, paths - block * LANES)
            if waiting + LANES > place.shape[1]:
                _count_places(place, waiting, cells.counts[stripe])
                waiting -= waiting
            for i in range(n):
                m = watch.measure[i]
                _span_sums(watch.spans, i, totals, sums)
                if pilot:
                    _note_ends(sums, cells.ends[stripe, i])
                    continue
                if i == 0 or watch.measure[i - 1] != m:
                    for j in range(q):
                        for lane in range(LANES):
                            since[j, lane] = -1
                _add_moments(sums, live, pivot[i], moments[2 * i], moments[2 * i + 1])
                for j in range(q):
                    cells.reached[stripe, i, j] += _add_hits(sums, live, watch.marks[m, j], i, since[j])
                if watch.bins > 0:
                    _place_in_bins(sums, low[i], width[i], watch.bins + 1, place[i, waiting : waiting + LANES])
                if i == n - 1 or watch.measure[i + 1] != m:
                    for j in range(q):
                        for lane in range(live):
                            if since[j, lane] < 0:
                                cells.never[stripe, m, j] += 1
                            else:
                                cells.first[stripe, since[j, lane], j] += 1
            if watch.bins > 0 and not pilot:
                waiting += live
        _count_places(place, waiting, cells.counts[stripe])
        for i in range(n):
            for part in range(2):
                for lane in range(LANES):
                    cells.moments[stripe, i, part] += moments[2 * i + part, lane]


def _cells(stripes: int, watch: Watch, bins: int) -> Cells:
    n, (measures, q) = watch.spans.shape[0], watch.marks.shape
    return Cells(
        np.zeros((stripes, n, 2)),
        np.tile(np.array([np.inf, -np.inf]), (stripes, n, 1)),
        np.zeros((stripes, n, q), np.int64),
        np.zeros((stripes, n, q), np.int64),
        np.zeros((stripes, measures, q), np.int64),
        np.zeros((stripes, n, bins + 2), np.int32),
    )


def tally_paths(law: PathLaw, watch: Watch, key: int, first: int, paths: int) -> tuple[Tally, int]:
    """Count what the paths first, first + 1, ... do, without keeping them.

    The bins of the histograms reach from the least to the greatest sum of the first 1024 paths, and half that range
    more on each side; so more paths only add to the counts. Floats are summed in 16 stripes of blocks, which do not
    depend on the number of threads.

    status: that of ``law_status`` and ``watch_status``; OUT_OF_RANGE if ``paths`` is not positive or ``first``
    negative; NON_FINITE if a total overflows (the counts hold such a path as beyond every mark).
    """
    status = law_status(law) or watch_status(law, watch)
    if status == OK and (paths < 1 or first < 0):
        status = OUT_OF_RANGE
    if status != OK:
        none, (measures, q) = np.zeros(0), watch.marks.shape
        counts, empty = np.zeros((0, max(watch.bins, 0) + 2), np.int64), np.zeros((0, q), np.int64)
        return Tally(empty, empty.copy(), np.zeros((measures, q), np.int64), none, none, none, none, counts), status
    n, blocks = watch.spans.shape[0], (paths + LANES - 1) // LANES
    flat = np.zeros(n)
    pilot = _cells(1, watch, 0)
    _tally_stripes(0, 1, law, watch, key, first, min(blocks, _PILOT_BLOCKS) * LANES, True, flat, flat, flat, pilot)
    least, most = pilot.ends[0].T
    # Sums that overflow have no bins.
    seen = np.isfinite(least) & np.isfinite(most)
    least, most = np.where(seen, least, 0.0), np.where(seen, most, 0.0)
    margin = _MARGIN * (most - least)
    low, reach = least - margin, most - least + 2.0 * margin
    width, pivot = reach / max(watch.bins, 1), low + 0.5 * reach
    cells = _cells(min(_STRIPES, blocks), watch, watch.bins)
    spread(_tally_stripes, len(cells.ends), law, watch, key, first, paths, False, low, width, pivot, cells)
    with np.errstate(invalid="ignore", over="ignore"):
        total, square = cells.moments.sum(axis=0).T
        finite = np.isfinite(total) & np.isfinite(square)
        centred = np.maximum(square - total * total / paths, 0.0) / max(paths - 1, 1)
    tally = Tally(
        reached=cells.reached.sum(axis=0),
        first=cells.first.sum(axis=0),
        never=cells.never.sum(axis=0),
        mean=pivot + total / paths,
        variance=np.where(finite, centred, np.inf),
        low=low,
        width=width,
        counts=cells.counts.sum(axis=0, dtype=np.int64),
    )
    return tally, OK if finite.all() else NON_FINITE
