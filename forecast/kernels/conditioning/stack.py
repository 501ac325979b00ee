"""The future of a vector autoregression as an affine function of its shocks: y = b + M e.

A vector autoregression is y_t = c_t + A_1 y_{t-1} + .. + A_p y_{t-p} + P_t e_t with e_t ~ N(0, I). Its lags come
stacked and transposed, ``lags`` (p n, n): row (j - 1) n + l, column i holds A_j[i, l], as they stand in a coefficient
matrix under the deterministic terms. ``past`` (p, n) holds y_T, y_{T-1}, .., newest first.

Source: Waggoner & Zha 1999, "Conditional forecasts in dynamic multivariate models", section II.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels._tiles import TILE, add_row_tile


@kernel
def var_recursion(lags: FloatArray, steps: FloatArray, past: FloatArray, u: FloatArray, out: FloatArray) -> None:
    """Write the path (h, n) that follows ``past`` with deterministic terms ``steps`` (h, n) and errors u (h, n)."""
    h, n = out.shape
    s = past.shape[0] * n
    width = (n + TILE - 1) // TILE * TILE
    wide, line = np.zeros((s, width)), np.zeros((1, width))
    # All months newest first, so that those a month rests on stand in a row.
    months = np.empty(((h * n) + s, 1))
    for x in range(s):
        months[h * n + x, 0] = past[x // n, x % n]
        for i in range(n):
            wide[x, i] = lags[x, i]
    for t in range(h):
        for i in range(n):
            line[0, i] = steps[t, i] + u[t, i]
        for j in range(0, width, TILE):
            add_row_tile(line, 0, j, months, (h - t) * n, wide, j, 0, s)
        for i in range(n):
            out[t, i] = line[0, i]
            months[(h - 1 - t) * n + i, 0] = line[0, i]


@kernel
def var_responses(lags: FloatArray, i: int, h: int) -> FloatArray:
    """Row i of the moving-average matrices Psi_0 = I, Psi_k = sum_j Psi_{k-j} A_j for k < h; (h, n)."""
    s, n = lags.shape
    width = (n + TILE - 1) // TILE * TILE
    turned, line = np.zeros((s, width)), np.zeros((1, width))
    months = np.zeros((h * n, 1))
    row = np.zeros((h, n))
    for x in range(s):
        for v in range(n):
            turned[x - x % n + v, x % n] = lags[x, v]
    row[0, i] = 1.0
    months[(h - 1) * n + i, 0] = 1.0
    for k in range(1, h):
        for x in range(n):
            line[0, x] = 0.0
        for j in range(0, width, TILE):
            add_row_tile(line, 0, j, months, (h - k) * n, turned, j, 0, min(s, k * n))
        for x in range(n):
            row[k, x] = line[0, x]
            months[(h - 1 - k) * n + x, 0] = line[0, x]
    return row


@kernel
def var_stack(lags: FloatArray, steps: FloatArray, past: FloatArray, root: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean b (h n) and lower block triangular M (h n, h n) of the stacked future y = b + M e, month after month.

    root (h, n, n): P_t, the effect of the shocks of a month in that month; P_t P_t' is the error covariance.
    """
    h, n = steps.shape
    mean = np.empty((h, n))
    var_recursion(lags, steps, past, np.zeros((h, n)), mean)
    M = np.zeros((h * n, h * n))
    for i in range(n):
        row = var_responses(lags, i, h)
        for t in range(h):
            load_row(row, root, t, M[t * n + i])
    return mean.reshape(h * n), M


@kernel
def load_row(row: FloatArray, root: FloatArray, t: int, out: FloatArray) -> None:
    """Write how one variable in month t answers to all shocks up to then: Psi_{t-s} P_s for s <= t.

    row (h, n): that variable's row of the moving-average matrices. out: at least (t + 1) n cells.
    """
    n = row.shape[1]
    for s in range(t + 1):
        for e in range(n):
            total = 0.0
            for x in range(n):
                total += row[t - s, x] * root[s, x, e]
            out[s * n + e] = total
