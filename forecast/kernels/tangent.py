"""Tangents of log sums of exponentials, one a published figure.

Source: Harvey 1989, s6.3; the softmax weights are the gradient of log sum exp.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel


@kernel
def tangents(
    x: FloatArray, first: IntArray, last: IntArray, reporter: IntArray, parts: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Log sum exp of x over each figure's months and parts, and the mean of x under its softmax weights; (N), (N).

    x (n, reporters, flows): log flows as each reporter counts them. first, last, reporter (N): months and reporter
    of each figure. parts (N, flows): 1 for the flows that it adds up.
    """
    N, flows = parts.shape
    log_sum = np.empty(N)
    mean = np.empty(N)
    for i in range(N):
        r = reporter[i]
        top = -np.inf
        for t in range(first[i], last[i] + 1):
            for f in range(flows):
                if parts[i, f] == 1 and x[t, r, f] > top:
                    top = x[t, r, f]
        total = 0.0
        weighted = 0.0
        for t in range(first[i], last[i] + 1):
            for f in range(flows):
                if parts[i, f] == 1:
                    e = np.exp(x[t, r, f] - top)
                    total += e
                    weighted += e * x[t, r, f]
        log_sum[i] = top + np.log(total)
        mean[i] = weighted / total
    return log_sum, mean
