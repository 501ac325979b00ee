"""One path of a vector autoregression with pinned values: simulate freely, then correct the shocks by what is missed.

The correction is that of Durbin & Koopman 2002 for a simulation smoother, y = y+ + M D'(DD')^-1 (f - C y+), with the
rows of D built only for what is pinned: by the Cholesky factor of D D' where no pin nearly repeats others, else by
orthonormal rows, which tell what cannot be met. With few pins and a short horizon this is the cheapest exact route;
with many use the Kalman route. Each path may bring its own pins (a path of oil drawn from its own density), which is
how a soft condition keeps its width.

Source: Waggoner & Zha 1999, section II; Durbin & Koopman 2002; Jarocinski 2010.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._cholesky import solve_transposed, solve_upper, upper_factor
from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._tiles import TILE, add_tile
from forecast.kernels.conditioning.restrictions import restriction_factor
from forecast.kernels.conditioning.stack import load_row, var_recursion, var_responses
from forecast.kernels.status import INFEASIBLE, OK

_LEAST_NEW = 1e-6


@kernel
def pinned_path(
    lags: FloatArray,
    steps: FloatArray,
    past: FloatArray,
    root: FloatArray,
    pins: FloatArray,
    e: FloatArray,
    out: FloatArray,
) -> tuple[int, int]:
    """Write one path (h, n) that meets all pins; the status, and the first pin (t n + i) that cannot be met or -1.

    lags (p n, n), steps (h, n), past (p, n) and root (h, n, n): as in the stack of the model; root (1, n, n) where all
    months have the same.
    pins (h, n): values to be met, NaN where free. e (h, n): independent N(0, 1) shocks of the free path; they are
    replaced by the shocks of the path that meets the pins. With INFEASIBLE the free path stands in ``out``.
    """
    h, n = pins.shape
    u = np.empty((h, n))
    _errors(root, e, u)
    var_recursion(lags, steps, past, u, out)
    q = 0
    last = 0
    for t in range(h):
        for i in range(n):
            if not math.isnan(pins[t, i]):
                q += 1
                last = t + 1
    if q == 0:
        return OK, -1
    m = last * n
    rows = np.zeros((n, last, n))
    known = np.zeros(n, np.int64)
    D = np.zeros((q, m))
    missed = np.empty((q, 1))
    reach = np.empty(q, np.int64)
    cell = np.empty(q, np.int64)
    same = root.shape[0] == 1
    j = 0
    for t in range(last):
        for i in range(n):
            if not math.isnan(pins[t, i]):
                if known[i] == 0:
                    answer = var_responses(lags, i, last)
                    if same:
                        _load_once(answer, root[0])
                    for s in range(last):
                        for x in range(n):
                            rows[i, last - 1 - s if same else s, x] = answer[s, x]
                    known[i] = 1
                reach[j] = (t + 1) * n
                if same:
                    target, source = D[j], rows[i].reshape(m)
                    for s in range(reach[j]):
                        target[s] = source[m - reach[j] + s]
                else:
                    load_row(rows[i], root, t, D[j])
                missed[j, 0] = pins[t, i] - out[t, i]
                cell[j] = t * n + i
                j += 1
    shocks = e.reshape(h * n)[:m]
    answers = np.empty((1, q))
    for j in range(q):
        answers[0, j] = missed[j, 0]
    if _plain_answers(D, reach, answers):
        for j in range(q):
            f, row = answers[0, j], D[j]
            for s in range(reach[j]):
                shocks[s] += f * row[s]
    else:
        scale = np.empty(q)
        for j in range(q):
            size = 0.0
            for s in range(m):
                size += D[j, s] * D[j, s]
            scale[j] = math.sqrt(size)
        Q, W = np.empty((q, m)), np.empty((q, 1))
        rank, culprit = restriction_factor(D, reach, scale, missed, Q, W)
        if culprit >= 0:
            return INFEASIBLE, cell[culprit]
        for r in range(rank):
            for s in range(m):
                shocks[s] += Q[r, s] * W[r, 0]
    _errors(root, e, u)
    var_recursion(lags, steps, past, u, out)
    return OK, -1


@kernel
def _plain_answers(D: FloatArray, reach: IntArray, missed: FloatArray) -> bool:
    """Replace missed (1, q) by (DD')^-1 missed where the rows of D (q, m) are far from redundant; whether they are.

    Each must be new for a thousandth or more of its size, which costs six of the sixteen digits at the worst.
    """
    q, m = D.shape
    width = (q + TILE - 1) // TILE * TILE
    turned, G, U = np.zeros((m, width)), np.zeros((width, width)), np.zeros((q, q))
    for j in range(q):
        row = D[j]
        for s in range(reach[j]):
            turned[s, j] = row[s]
    for i in range(0, width, TILE):
        for j in range(i, width, TILE):
            add_tile(G, i, j, turned, i, turned, j, 0, reach[min(i + TILE, q) - 1])
    for j in range(q):
        row, source = U[j], G[j]
        for s in range(q):
            row[s] = source[s]
    if upper_factor(U, U) != OK:
        return False
    for j in range(q):
        if not U[j, j] * U[j, j] > _LEAST_NEW * G[j, j]:
            return False
    solve_transposed(U, missed)
    solve_upper(U, missed)
    return True


@kernel
def _errors(root: FloatArray, e: FloatArray, u: FloatArray) -> None:
    h, n = e.shape
    for t in range(h):
        at = t if root.shape[0] > 1 else 0
        for i in range(n):
            total = 0.0
            for x in range(n):
                total += root[at, i, x] * e[t, x]
            u[t, i] = total


@kernel
def _load_once(row: FloatArray, root: FloatArray) -> None:
    """Replace each response (h, n) to errors by that to shocks of the same root (n, n) in every month."""
    h, n = row.shape
    loaded = np.empty(n)
    for k in range(h):
        for e in range(n):
            loaded[e] = 0.0
        for x in range(n):
            f = row[k, x]
            for e in range(n):
                loaded[e] += f * root[x, e]
        for e in range(n):
            row[k, e] = loaded[e]
