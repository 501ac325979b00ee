"""Likelihoods of many gapless series, or of one at many variances, side by side.

A single likelihood waits for each division before it knows the next gain; lanes that do not know of each other keep the
processor busy meanwhile, and a lane's column is updated by vector instructions. A lane has its own series, variances
and length. (Sixteen lanes in the innermost loop were tried: numba 0.68 unrolls it and then does not vectorise.)

Source: as ``reduced_form``.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR
from forecast.kernels.structural.reduced_form import (
    structural_basis,
    structural_constant,
    structural_differenced,
    structural_stretch,
)
from forecast.kernels.structural.ring import LONGEST_PERIOD, structural_check, structural_ring_loglik

LANES = 8
"""Likelihoods side by side."""

_LEAST = 1e-150
_HIGH = 1e100
_LOW = 1e-100
_NEEDS_FILTER = -1


@kernel
def _columns(
    x: FloatArray, g: FloatArray, w: FloatArray, width: int, most: int, lengths: IntArray, out: FloatArray
) -> None:
    """Schur's recursion in each lane; out (4, lanes): product of the last F, sum of v^2 / F, least F, earlier log F.

    x (lanes, width), g (lanes, most + width + 1 or more): generators. w (as g): differenced figures. lengths (lanes).
    """
    lanes = x.shape[0]
    for i in range(lanes):
        out[0, i], out[1, i], out[2, i], out[3, i] = 1.0, 0.0, np.inf, 0.0
    for t in range(most):
        for i in range(lanes):
            F = x[i, 0]
            inverse = 1.0 / F
            e = w[i, t] * inverse
            gain = g[i, t + 1] * inverse
            inside = t < lengths[i]
            out[1, i] += w[i, t] * e if inside else 0.0
            out[2, i] = min(out[2, i], F)
            out[0, i] *= F if inside else 1.0
            if out[0, i] > _HIGH or out[0, i] < _LOW:
                out[3, i] += math.log(out[0, i])
                out[0, i] = 1.0
            own = x[i]
            other = g[i, t + 1 : t + 1 + width]
            figures = w[i, t : t + width]
            for k in range(width):
                old, reflected = own[k], other[k]
                figures[k] -= e * old
                own[k] = old - gain * reflected
                other[k] = reflected - gain * old


@kernel
def _blocks(
    first: int, last: int, Y: FloatArray, of: IntArray, period: int, slope: int, variances: FloatArray,
    basis: FloatArray, value: FloatArray, status: IntArray,
) -> None:  # fmt: skip
    """Blocks of LANES likelihoods from ``first`` to ``last`` - 1; those that need the filter are marked."""
    q, wide = period + slope, LANES
    width = (q + 8) // 8 * 8
    room = Y.shape[1] + width + 1
    lengths, begins = np.zeros(wide, np.int64), np.zeros(wide, np.int64)
    x, g, w, out = np.zeros((wide, width)), np.zeros((wide, room)), np.zeros((wide, room)), np.empty((4, wide))
    for block in range(first, last):
        most = int(np.int64(0))  # a literal 0 would make numba compile _columns twice
        for i in range(wide):
            at = block * wide + i
            lengths[i] = 0
            if at < of.shape[0]:
                status[at] = OUT_OF_RANGE
                if 0 <= of[at] < Y.shape[0]:
                    status[at] = structural_check(Y[of[at]], period, slope, variances[at])
                if status[at] == OK:
                    begins[i], end = structural_stretch(Y[of[at]])
                    lengths[i] = max(0, end - begins[i] - q)
                    most = max(most, lengths[i])
                    if lengths[i] == 0:
                        status[at] = _NEEDS_FILTER
        if most == 0:
            continue
        for i in range(wide):
            at = block * wide + i
            for k in range(width):
                x[i, k] = 0.0
            for t in range(most + width + 1):
                g[i, t] = 0.0
                w[i, t] = 0.0
            x[i, 0] = 1.0
            if lengths[i] > 0:
                x[i, 0] = 0.0
                u = structural_differenced(Y[of[at], begins[i] : begins[i] + lengths[i] + q], period, slope)
                for t in range(lengths[i]):
                    w[i, t] = u[t]
                for k in range(q + 1):
                    for p in range(4):
                        x[i, k] += basis[k, p] * variances[at, p]
                    g[i, k] = x[i, k]
        _columns(x, g, w, width, most, lengths, out)
        for i in range(wide):
            if lengths[i] > 0:
                at = block * wide + i
                log_F = out[3, i] + math.log(out[0, i])
                value[at] = structural_constant(lengths[i] + q, period, slope) - 0.5 * (log_F + out[1, i])
                if not out[2, i] > _LEAST:
                    status[at] = SINGULAR
                elif not math.isfinite(value[at]):
                    status[at] = NON_FINITE
                if status[at] != OK:
                    value[at] = np.nan


@kernel
def _one_by_one(
    first: int, last: int, Y: FloatArray, of: IntArray, period: int, slope: int, variances: FloatArray,
    value: FloatArray, status: IntArray,
) -> None:  # fmt: skip
    for i in range(first, last):
        if status[i] == _NEEDS_FILTER:
            value[i], status[i] = structural_ring_loglik(Y[of[i]], period, slope, variances[i])


def structural_lanes_loglik(
    Y: FloatArray, of: IntArray, period: int, slope: int, variances: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Exact diffuse log-likelihoods (L) of series ``Y[of[i]]`` at ``variances[i]`` and their statuses (L).

    Y (series, n; NaN is a gap): series with gaps between their figures go through the filter one by one. of (L): rows
    of Y. variances (L, 4): as ``structural_check``.
    """
    L = len(variances)
    value, status = np.full(L, np.nan), np.full(L, OUT_OF_RANGE)
    known = 1 <= period <= LONGEST_PERIOD and 0 <= slope <= 1
    if not known:
        return value, status
    basis = structural_basis(period, slope)
    spread(_blocks, (L + LANES - 1) // LANES, Y, of, period, slope, variances, basis, value, status)
    if (status == _NEEDS_FILTER).any():
        spread(_one_by_one, L, Y, of, period, slope, variances, value, status)
    return value, status
