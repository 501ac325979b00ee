"""Restrictions on shocks brought to orthonormal rows, one after the other, so that each redundant one shows itself.

D e = f with D = L Q, Q orthonormal rows, L lower triangular: e = Q' L^-1 f + (I - Q'Q) x solves it for any x. Rows
come in their own order: the first that cannot be met together with those before it is the one that is named. No
normal equations D D' are formed, so a nearly redundant row costs accuracy once and not squared.

Source: Bjorck 1994, "Numerics of Gram-Schmidt orthogonalization" (two passes are enough).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel

ZERO_ROW = 1e-10
"""A row of which less than this share is new is taken as a combination of the rows before it."""

_CONTRADICTS = 1e-8


@kernel
def restriction_factor(
    D: FloatArray, reach: IntArray, scale: FloatArray, extra: FloatArray, Q: FloatArray, W: FloatArray
) -> tuple[int, int]:
    """Write Q and W = L^-1 extra row by row; the rank, and the first row that contradicts those before it or -1.

    D (q, m): restrictions. reach (q): row j loads on the first reach[j] shocks only; must not fall.
    scale (q): size of a row, against which zero is judged. extra (q, x): what D e shall equal, in columns that are
    carried along; a redundant row must have a redundant extra. Q (q, m) and W (q, x): the first ``rank`` rows count.
    """
    q, m = D.shape
    x = extra.shape[1]
    Qt = np.zeros((m, q))
    d = np.zeros(m)
    c = np.zeros(q)
    mixed = np.zeros(q)
    rank = 0
    for j in range(q):
        w = reach[j]
        size = 0.0
        for s in range(w):
            d[s] = D[j, s]
            size += d[s] * d[s]
        for i in range(rank):
            mixed[i] = 0.0
        for _ in range(2):
            before = size
            for i in range(rank):
                c[i] = 0.0
            for s in range(w):
                f, row = d[s], Qt[s]
                for i in range(rank):
                    c[i] += f * row[i]
            for i in range(rank):
                mixed[i] += c[i]
                f, row = c[i], Q[i]
                for s in range(w):
                    d[s] -= f * row[s]
            size = 0.0
            for s in range(w):
                size += d[s] * d[s]
            if size > 0.5 * before:
                break
        norm = math.sqrt(size)
        if norm > ZERO_ROW * scale[j]:
            for s in range(w):
                Q[rank, s] = d[s] / norm
                Qt[s, rank] = Q[rank, s]
            for s in range(w, m):
                Q[rank, s] = 0.0
            for v in range(x):
                total = extra[j, v]
                for i in range(rank):
                    total -= mixed[i] * W[i, v]
                W[rank, v] = total / norm
            rank += 1
        else:
            for v in range(x):
                total = extra[j, v]
                seen = abs(total)
                for i in range(rank):
                    total -= mixed[i] * W[i, v]
                    seen += abs(mixed[i] * W[i, v])
                if not abs(total) <= _CONTRADICTS * seen + 10.0 * ZERO_ROW * scale[j]:
                    return rank, j
    return rank, -1
