"""Small dense linear algebra inside kernels."""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel

_ZERO_PIVOT = 1e-12


@kernel
def semidefinite_root(P: FloatArray) -> FloatArray:
    """Lower triangular L (m, m) with L L' = P for a covariance that may be singular.

    A pivot below 1e-12 of its own variance is taken as zero: that state is a combination of earlier ones.
    """
    m = P.shape[0]
    L = np.zeros((m, m))
    for j in range(m):
        pivot = P[j, j]
        for k in range(j):
            pivot -= L[j, k] * L[j, k]
        if pivot > _ZERO_PIVOT * P[j, j] and pivot > 0.0:
            root = math.sqrt(pivot)
            L[j, j] = root
            for i in range(j + 1, m):
                total = P[i, j]
                for k in range(j):
                    total -= L[i, k] * L[j, k]
                L[i, j] = total / root
    return L
