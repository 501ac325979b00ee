"""How log flows answer when the oil price of a path moves: elasticities times the moves of the lag means."""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread


@kernel
def answer_to_oil(
    first: int,
    last: int,
    moved: FloatArray,
    lags: IntArray,
    shift: int,
    response: FloatArray,
    flows: FloatArray,
) -> None:
    """Add to paths first to last - 1 of ``flows`` (p, h, k), in place, what a moved oil price does to them.

    moved (p, T): by how much the log price of month T moves. lags (groups, 2): first and last lag of each mean.
    shift: month of ``moved`` that is the first of ``flows``. response (p, k, groups): each path's elasticities.
    """
    T, h, k, groups = moved.shape[1], flows.shape[1], flows.shape[2], lags.shape[0]
    sums = np.empty(T + 1)
    for p in range(first, last):
        sums[0] = 0.0
        for i in range(T):
            sums[i + 1] = sums[i] + moved[p, i]
        for g in range(groups):
            width = lags[g, 1] - lags[g, 0] + 1
            for t in range(h):
                stop = min(max(t + shift - lags[g, 0] + 1, 0), T)
                start = min(max(t + shift - lags[g, 1], 0), T)
                by = (sums[stop] - sums[start]) / width
                for f in range(k):
                    flows[p, t, f] += response[p, f, g] * by


def answered(flows: FloatArray, moved: FloatArray, lags: IntArray, shift: int, response: FloatArray) -> FloatArray:
    """A copy of ``flows`` with the answers added; arguments as `answer_to_oil`."""
    out = flows.copy()
    spread(answer_to_oil, len(out), moved, lags, shift, response, out)
    return out
