"""Generalised least squares on innovations: coefficients of the columns, sum of squares, determinant of the gaps.

Source: Harvey & Phillips 1979, Biometrika 66 (regression with ARMA errors through the innovations of each column);
Gomez & Maravall 1994, J. American Statistical Association 89.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import OK, SINGULAR

_LEAST_PIVOT = 1e-11

_NOTHING_LEFT = 1e-24
"""A regression that leaves less than this of the squares has left rounding only: the sum of squares is zero."""


@kernel
def _product(a: FloatArray, b: FloatArray, low: int, high: int) -> float:
    """Sum of a_t b_t, ``low`` <= t < ``high``; four running sums, so that additions do not wait for each other."""
    left, right = a[low:high], b[low:high]
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    fours = left.shape[0] // 4
    for k in range(fours):
        t = 4 * k
        s0 += left[t] * right[t]
        s1 += left[t + 1] * right[t + 1]
        s2 += left[t + 2] * right[t + 2]
        s3 += left[t + 3] * right[t + 3]
    for t in range(4 * fours, left.shape[0]):
        s0 += left[t] * right[t]
    return (s0 + s1) + (s2 + s3)


@kernel
def _weigh(v: FloatArray, weight: FloatArray, out: FloatArray) -> None:
    for t in range(v.shape[0]):
        out[t] = v[t] * weight[t]


@kernel
def generalised_least_squares(
    V: FloatArray, first: IntArray, weight: FloatArray, gaps: int, beta: FloatArray, left: FloatArray
) -> tuple[float, float, int, FloatArray, int]:
    """Regress innovations V[0] on V[1:] with weights 1/F.

    V (1 + c, n): zero before first (1 + c). weight (n). The first ``gaps`` columns are gaps, the others regressors.
    Fills beta (c) and left (n) = V[0] - sum_j beta_j V[j]. Returns the weighted sum of squares, the log determinant
    of the gaps' cross products, how many gaps no figure tells anything of (their beta is zero), the Cholesky
    factor L (c, c) of the cross products (a zero on the diagonal where a gap was left out) and a status: SINGULAR
    when regressors are collinear.
    """
    c = V.shape[0] - 1
    n = V.shape[1]
    L = np.zeros((c, c))
    status = OK
    low, log_det, unseen = 0, 0.0, 0
    weighed = np.empty(n)
    for i in range(c):
        _weigh(V[i + 1], weight, weighed)
        for j in range(i + 1):
            L[i, j] = _product(weighed, V[j + 1], max(first[i + 1], first[j + 1]), n)
        beta[i] = _product(weighed, V[0], first[i + 1], n)
    for j in range(c):
        whole = L[j, j]
        pivot = whole
        for k in range(j):
            pivot -= L[j, k] * L[j, k]
        if pivot > _LEAST_PIVOT * whole and pivot > 0.0:
            root = math.sqrt(pivot)
            L[j, j] = root
            if j < gaps:
                log_det += math.log(pivot)
            for i in range(j + 1, c):
                L[i, j] = (L[i, j] - _product(L[i], L[j], low, j)) / root
        else:
            for i in range(j, c):
                L[i, j] = 0.0
            if j < gaps:
                unseen += 1
            else:
                status = SINGULAR
    for i in range(c):
        total = beta[i]
        for k in range(i):
            total -= L[i, k] * beta[k]
        beta[i] = total / L[i, i] if L[i, i] > 0.0 else 0.0
    for i in range(c - 1, -1, -1):
        total = beta[i]
        for k in range(i + 1, c):
            total -= L[k, i] * beta[k]
        beta[i] = total / L[i, i] if L[i, i] > 0.0 else 0.0
    for t in range(n):
        left[t] = V[0, t]
    for i in range(c):
        for t in range(first[i + 1], n):
            left[t] -= beta[i] * V[i + 1, t]
    _weigh(left, weight, weighed)
    squares = _product(weighed, left, first[0], n)
    if c > 0:
        _weigh(V[0], weight, weighed)
        if squares <= _NOTHING_LEFT * _product(weighed, V[0], first[0], n):
            squares = 0.0
    return squares, log_det, unseen, L, status


@kernel
def gap_covariance(L: FloatArray, gaps: int) -> FloatArray:
    """Inverse (g, g) of the gaps' cross products from the Cholesky factor of all; zero where a gap was left out."""
    inverse = np.zeros((gaps, gaps))
    # Row j holds column j of the inverse of L, so that both products run along rows.
    half = np.zeros((gaps, gaps))
    for j in range(gaps):
        if L[j, j] > 0.0:
            half[j, j] = 1.0 / L[j, j]
            for i in range(j + 1, gaps):
                half[j, i] = -_product(L[i], half[j], j, i) / L[i, i] if L[i, i] > 0.0 else 0.0
    for i in range(gaps):
        for j in range(i + 1):
            inverse[i, j] = _product(half[i], half[j], i, gaps)
            inverse[j, i] = inverse[i, j]
    return inverse
