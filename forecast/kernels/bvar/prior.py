"""The Minnesota prior in normal-inverse-Wishart form, and the observations that stand for beliefs about unit roots.

Sigma ~ IW(diag(psi), d), d = n + 2; vec B | Sigma ~ N(vec b, Sigma x Omega): the own first lag has mean ``own``, all
else 0, and a coefficient of lag s of variable j the variance lambda^2 psi_i / (s^decay psi_j) in equation i.
Deterministic terms have variance 1e7. Sum of coefficients (mu) and single unit root (delta) enter as extra rows.

Source: Giannone, Lenza & Primiceri 2015, "Prior selection for vector autoregressions", section III and appendix A.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.bvar.data import VarMoments

_DIFFUSE_PRECISION = 1e-7
_LOW, _HIGH = -20.0, 20.0


@kernel
def hyper_is_usable(theta: FloatArray, n: int) -> bool:
    """Whether theta (3 + n) holds finite logs of lambda, mu, delta, psi that numbers can carry."""
    outside = 0
    for i in range(theta.shape[0]):
        outside += 0 if _LOW <= theta[i] <= _HIGH else 1
    return outside == 0 and int(theta.shape[0]) == 3 + n


@kernel
def minnesota_precision(theta: FloatArray, p: int, m: int, decay: float) -> FloatArray:
    """Diagonal (k) of Omega^-1 for theta (3 + n) = log (lambda, mu, delta, psi_1 .. psi_n), p lags, m terms.

    Entries of a lag are s^decay psi_j / lambda^2, since d - n - 1 = 1.
    """
    n = theta.shape[0] - 3
    w = np.empty(m + n * p)
    for i in range(m):
        w[i] = _DIFFUSE_PRECISION
    for s in range(p):
        for j in range(n):
            w[m + s * n + j] = math.exp(decay * math.log(s + 1.0) + theta[3 + j] - 2.0 * theta[0])
    return w


@kernel
def unit_root_rows(data: VarMoments, theta: FloatArray, use: IntArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Extra rows X (r, k), their errors R (r, n) of the prior mean, and the place in theta of their divisors (r).

    use (2): whether sums of coefficients (n rows: diag(start) / mu) and the single unit root (one row: all variables
    at their start, deterministic terms at their mean there, over delta) are wanted.
    """
    n, m, p = data.start.shape[0], data.terms.shape[0], data.lags
    r = (n if use[0] != 0 else 0) + (1 if use[1] != 0 else 0)
    X, R = np.zeros((r, m + n * p)), np.zeros((r, n))
    by = np.empty(r, np.int64)
    at = 0
    if use[0] != 0:
        for i in range(n):
            by[at] = 1
            value = data.start[i] * math.exp(-theta[1])
            R[at, i] = value * (1.0 - data.own[i])
            for s in range(p):
                X[at, m + s * n + i] = value
            at += 1
    if use[1] != 0:
        by[at] = 2
        f = math.exp(-theta[2])
        for i in range(m):
            X[at, i] = data.terms[i] * f
        for i in range(n):
            R[at, i] = data.start[i] * f * (1.0 - data.own[i])
            for s in range(p):
                X[at, m + s * n + i] = data.start[i] * f
    return X, R, by
