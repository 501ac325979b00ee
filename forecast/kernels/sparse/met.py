"""Paths moved onto pinned log sums, jointly: of all paths that meet the pins, the nearest under the law's covariance.

With x = log values and pins g_j(x) = log sum exp of some of them, x' = argmin (x' - x)' C^-1 (x' - x) subject to
g(x') = target, by relinearising: x' = x + C D' (D C D')^-1 (target - g(x_i) + D (x_i - x)), D the softmax weights at
x_i. With single values D is fixed, one step is exact, and the law is that of a Gaussian given its pins (Matheron's
rule): free paths with covariance C become paths with the conditional covariance, whatever else their law.

Source: Journel & Huijbregts 1978, "Mining Geostatistics", ch. VII (a simulation conditioned by its kriged miss);
Oliver, He & Reynolds 1996, "Conditioning permeability fields to pressure data" (nearest paths, pins not linear).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.status import INFEASIBLE, NON_FINITE, NOT_CONVERGED, OK, SINGULAR

NEW = 1e-10
"""A pin of which less than this share of its variance is new is taken as a combination of the pins before it."""

_ROOTED = 20  # turns that seek the nearest path; later ones only meet the pins
_TURNS = 80
_SHORTEST = 1e-6
_MET, _NEAR = 2e-13, 1e-12
_CONTRADICTS = 1e-8
_LONGEST = 2.0


@kernel
def softmax_pins(
    x: FloatArray, offset: FloatArray, cell: IntArray, ptr: IntArray, part: IntArray, value: FloatArray, w: FloatArray
) -> None:
    """Write the log sums ``value`` (q) of the pins and the weights ``w`` (entries) of their parts.

    x, offset (n): log values and what lies on top of them. cell (c): positions in x. ptr (q + 1), part (entries): pin j
    adds up the cells part[ptr[j]], .., part[ptr[j + 1] - 1].
    """
    for j in range(value.shape[0]):
        top = -np.inf
        for i in range(ptr[j], ptr[j + 1]):
            here = cell[part[i]]
            w[i] = x[here] + offset[here]
            top = max(top, w[i])
        total = 0.0
        for i in range(ptr[j], ptr[j + 1]):
            w[i] = math.exp(w[i] - top)
            total += w[i]
        for i in range(ptr[j], ptr[j + 1]):
            w[i] /= total
        value[j] = top + math.log(total)


@kernel
def pin_factor(
    cov: FloatArray,
    variance: FloatArray,
    cell: IntArray,
    ptr: IntArray,
    part: IntArray,
    w: FloatArray,
    L: FloatArray,
    new: IntArray,
) -> int:
    """Write the lower factor L (q, q) of D C D' for weights w (entries); the rank.

    new (q): 1, 0 for a pin that those before it settle, -1 for one that nothing may move; both leave zeros in L.
    cov (n, c): covariance with the cells of the shocks that may move. variance (c): of the cells under all shocks.
    """
    q, rank = ptr.shape[0] - 1, 0
    for j in range(q):
        size, own = 0.0, 0.0
        for i in range(ptr[j], ptr[j + 1]):
            size += w[i] * math.sqrt(variance[part[i]])
        size *= size
        for g in range(j + 1):
            total = 0.0
            for i in range(ptr[j], ptr[j + 1]):
                row, inner = cov[cell[part[i]]], 0.0
                for x in range(ptr[g], ptr[g + 1]):
                    inner += w[x] * row[part[x]]
                total += w[i] * inner
            if g == j:
                own = total
            for x in range(g):
                total -= L[j, x] * L[g, x]
            L[j, g] = total / L[g, g] if g < j and L[g, g] > 0.0 else (total if g == j else 0.0)
        pivot = L[j, j]
        if pivot > NEW * size:
            L[j, j] = math.sqrt(pivot)
            new[j] = 1
            rank += 1
        else:
            new[j] = 0 if own > NEW * size else -1
            for g in range(j + 1):
                L[j, g] = 0.0
    return rank


@kernel
def solve_factor(L: FloatArray, b: FloatArray) -> None:
    """Replace b (q) by (L L')^-1 b; rows whose pivot is zero stay out and become zero."""
    q = b.shape[0]
    for j in range(q):
        if L[j, j] == 0.0:
            b[j] = 0.0
            continue
        for g in range(j):
            b[j] -= L[j, g] * b[g]
        b[j] /= L[j, j]
    for j in range(q - 1, -1, -1):
        if L[j, j] == 0.0:
            continue
        for g in range(j + 1, q):
            b[j] -= L[g, j] * b[g]
        b[j] /= L[j, j]


@kernel
def meet_path(
    x: FloatArray,
    offset: FloatArray,
    target: FloatArray,
    cov: FloatArray,
    variance: FloatArray,
    cell: IntArray,
    ptr: IntArray,
    part: IntArray,
    rank: int,
    L: FloatArray,
    new: IntArray,
) -> tuple[int, int, int]:
    """Move one path x (n), in place, onto its pins: target (q) = log sums; other arguments as in the factor.

    rank: with pins of single values that of a factor L, new which is ready, as it does not depend on the path; else -1.
    Status, rank, and the pin that could not be met or -1. INFEASIBLE: it contradicts those before it. SINGULAR: nothing
    that may move moves it. NOT_CONVERGED, NON_FINITE: no path was found. A pin that repeats others is met once.
    """
    q, n, c = target.shape[0], x.shape[0], cell.shape[0]
    value, w, b, u = np.empty(q), np.empty(ptr[q]), np.empty(q), np.empty(c)
    moved, step, start = np.zeros(n), np.zeros(n), x.copy()
    share = 1.0
    linear = True
    for j in range(q):
        linear = linear and ptr[j + 1] - ptr[j] == 1
    worst, last = -1, np.inf
    rooted = not linear
    for turn in range(_TURNS):
        softmax_pins(x, offset, cell, ptr, part, value, w)
        if rank < 0 or not linear:
            rank = pin_factor(cov, variance, cell, ptr, part, w, L, new)
        most = 0.0
        worst = -1
        for j in range(q):
            miss = abs(target[j] - value[j])
            if not math.isfinite(miss):
                return NON_FINITE, rank, j
            if new[j] == 1 and miss >= most:
                most, worst = miss, j
        met = most <= _MET or (most <= _NEAR and most >= last)  # no nearer than rounding allows
        if met:
            for j in range(q):
                if new[j] != 1 and abs(target[j] - value[j]) > _CONTRADICTS:
                    return (INFEASIBLE if new[j] == 0 else SINGULAR), rank, j
            return OK, rank, -1
        if rooted and (turn >= _ROOTED or (turn > 1 and most > 2.0 * last)):
            rooted = False
            if most > last:
                for i in range(n):
                    moved[i], x[i] = 0.0, start[i]
                last = np.inf
                continue
        if not rooted and most > last and share > _SHORTEST:
            # The tangent reached too far: go back by half.
            share *= 0.5
            for i in range(n):
                moved[i] -= share * step[i]
                x[i] = start[i] + moved[i]
            continue
        last, share = most, 1.0
        for j in range(q):
            b[j] = min(max(target[j] - value[j], -_LONGEST), _LONGEST)
            if rooted:
                for i in range(ptr[j], ptr[j + 1]):
                    b[j] += w[i] * moved[cell[part[i]]]
        solve_factor(L, b)
        for i in range(c):
            u[i] = 0.0
        for j in range(q):
            for i in range(ptr[j], ptr[j + 1]):
                u[part[i]] += w[i] * b[j]
        for i in range(n):
            row, total = cov[i], 0.0
            for j in range(c):
                total += row[j] * u[j]
            step[i] = total
            moved[i] = total if rooted else moved[i] + total
            x[i] = start[i] + moved[i]
    return NOT_CONVERGED, rank, worst


@kernel
def _meet_block(
    first: int,
    last: int,
    x: FloatArray,
    offset: FloatArray,
    target: FloatArray,
    cov: FloatArray,
    variance: FloatArray,
    cell: IntArray,
    ptr: IntArray,
    part: IntArray,
    before: int,
    draws: int,
    found: IntArray,
) -> None:
    """`meet_pins` for the draws first to last - 1 of ``cov``: of each, every path that has it."""
    q = ptr.shape[0] - 1
    L, new, w = np.zeros((q, q)), np.zeros(q, np.int64), np.ones(ptr[q])
    for d in range(first, last):
        rank = pin_factor(cov[d], variance[d], cell, ptr, part, w, L, new) if ptr[q] == q else -1
        for p in range(before + d, x.shape[0], draws):
            o = p if offset.shape[0] > 1 else 0
            t = p if target.shape[0] > 1 else 0
            found[p, 0], found[p, 1], found[p, 2] = meet_path(
                x[p], offset[o], target[t], cov[d], variance[d], cell, ptr, part, rank, L, new
            )


def meet_pins(
    x: FloatArray,
    offset: FloatArray,
    target: FloatArray,
    cov: FloatArray,
    variance: FloatArray,
    cell: IntArray,
    ptr: IntArray,
    part: IntArray,
    before: int,
    draws: int,
) -> IntArray:
    """Move paths x (p, n), in place, onto their pins; status, rank and unmet pin (p, 3) of each, see `meet_path`.

    offset (1 or p, n), target (1 or p, q). cov (d, n, c), variance (d, c): of the draws ``before`` to before + d - 1.
    Path p has draw p mod ``draws``; paths of other draws are left alone and count as met.
    """
    found = np.zeros((len(x), 3), dtype=np.int64)
    spread(_meet_block, len(cov), x, offset, target, cov, variance, cell, ptr, part, before, draws, found)
    return found
