"""Closed-form posterior and log marginal likelihood of the conjugate vector autoregression, with its gradient.

With W = Omega^-1, the extra rows among the data and R = Y - X b: P = X'X + W, B = b + P^-1 X'R, Psi = diag(psi) + R'R
- R'X P^-1 X'R, and  log p(Y) = -n T/2 log pi + log G_n((T+d)/2) - log G_n(d/2) + n/2 log |W| + d/2 log |diag psi|
- n/2 log |P| - (T+d)/2 log |Psi|.  The marginal likelihood of the months alone is that of all rows minus that of the
extra rows, the latter from matrices of their own small number.

Source: Giannone, Lenza & Primiceri 2015, appendix A, equations A.12-A.15; the gradient is derived here.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._cholesky import (
    add_gram,
    log_determinant,
    solve_transposed,
    solve_upper,
    upper_factor,
    upper_inverse,
)
from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.bvar.data import VarMoments, add_cross
from forecast.kernels.bvar.prior import hyper_is_usable, minnesota_precision, unit_root_rows
from forecast.kernels.status import OK, OUT_OF_RANGE, SINGULAR


class Posterior(NamedTuple):
    """Sigma ~ IW(Psi, d), vec B | Sigma ~ N(vec B, Sigma x (U'U)^-1); log marginal likelihood; status.

    B (k, n), U (k, k) upper, Psi (n, n), d. E Sigma = Psi / (d - n - 1).
    """

    B: FloatArray
    U: FloatArray
    Psi: FloatArray
    d: float
    log_marginal: float
    status: int


@kernel
def _log_gamma_ratio(n: int, d: float, rows: int) -> float:
    """Log G_n((rows + d) / 2) - log G_n(d / 2) - n rows / 2 log pi."""
    total = -0.5 * n * rows * math.log(math.pi)
    for i in range(n):
        total += math.lgamma(0.5 * (rows + d - i)) - math.lgamma(0.5 * (d - i))
    return total


@kernel
def _form(A: FloatArray, x: FloatArray) -> float:
    """X'A x."""
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[0]):
            total += A[i, j] * x[i] * x[j]
    return total


@kernel
def _symmetric_inverse(U: FloatArray) -> FloatArray:
    """(U'U)^-1 of a small factor."""
    n = U.shape[0]
    V = upper_inverse(U)
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for x in range(max(i, j), n):
                out[i, j] += V[i, x] * V[j, x]
    return out


@kernel
def _extra_rows(
    theta: FloatArray, w: FloatArray, X: FloatArray, R: FloatArray, by: IntArray, m: int, gradient: FloatArray
) -> float:
    """Log marginal likelihood of the extra rows alone, nan if singular; its gradient is taken off ``gradient``."""
    r, n = R.shape
    k = X.shape[1]
    d = n + 2.0
    G, H = np.zeros((r, r)), np.zeros((r, n))
    for a in range(r):
        for c in range(r):
            for i in range(k):
                G[a, c] += X[a, i] * X[c, i] / w[i]
        G[a, a] += 1.0
    if upper_factor(G, G) != OK:
        return math.nan
    inverse = _symmetric_inverse(G)
    Psi = np.zeros((n, n))
    for a in range(r):
        for i in range(n):
            for c in range(r):
                H[a, i] += inverse[a, c] * R[c, i]
    value: float = _log_gamma_ratio(n, d, r) - 0.5 * n * log_determinant(G)
    for i in range(n):
        for j in range(n):
            for a in range(r):
                Psi[i, j] += R[a, i] * H[a, j]
        Psi[i, i] += math.exp(theta[3 + i])
        value += 0.5 * d * theta[3 + i]
    if upper_factor(Psi, Psi) != OK:
        return math.nan
    value -= 0.5 * (r + d) * log_determinant(Psi)
    if gradient.shape[0] == 0:
        return value
    Psi = _symmetric_inverse(Psi)
    part = np.empty(n)
    for i in range(m, k):
        own = 0.0
        for x in range(n):
            part[x] = 0.0
        for a in range(r):
            for c in range(r):
                own += X[a, i] * inverse[a, c] * X[c, i]
            for x in range(n):
                part[x] += H[a, x] * X[a, i]
        slope = (0.5 * n * own - 0.5 * (r + d) * _form(Psi, part)) / w[i]
        gradient[0] += 2.0 * slope
        gradient[3 + (i - m) % n] -= slope
    for a in range(r):
        slope = -0.5 * n * (1.0 - inverse[a, a]) - 0.5 * (r + d) * _form(Psi, H[a])
        gradient[by[a]] += 2.0 * slope
    for i in range(n):
        gradient[3 + i] -= 0.5 * d - 0.5 * (r + d) * math.exp(theta[3 + i]) * Psi[i, i]
    return value


@kernel
def bvar_posterior(data: VarMoments, theta: FloatArray, use: IntArray, decay: float, gradient: FloatArray) -> Posterior:
    """Posterior of the coefficients and Sigma, and the log marginal likelihood of the months.

    theta (3 + n) = log (lambda, mu, delta, psi). use (2): sums of
    coefficients, single unit root. decay: of the prior variance with the lag. gradient (3 + n, or none): where to
    write the gradient in theta. Marginal likelihoods are comparable on the same months only.
    """
    k, n = data.XR.shape
    m, d = k - n * data.lags, n + 2.0
    B, U, Psi = np.zeros((k, n)), np.zeros((k, k)), np.empty((n, n))
    for i in range(n):
        for j in range(n):
            Psi[i, j] = data.RR[i, j]
    if data.status != OK:
        return Posterior(B, U, Psi, d, 0.0, data.status)
    if not hyper_is_usable(theta, n) or not math.isfinite(decay):
        return Posterior(B, U, Psi, d, 0.0, OUT_OF_RANGE)
    w = minnesota_precision(theta, data.lags, m, decay)
    X, R, by = unit_root_rows(data, theta, use)
    r = X.shape[0]
    ones = np.ones(r)
    for i in range(k):
        for j in range(k):
            U[i, j] = data.XX[i, j]
        for j in range(n):
            B[i, j] = data.XR[i, j]
    add_gram(X, ones, U)
    add_gram(R, ones, Psi)
    add_cross(X, ones, R, B)
    value = _log_gamma_ratio(n, d, data.rows + r) + data.jacobian
    rows = data.rows + r + d
    for i in range(k):
        U[i, i] += w[i]
        value += 0.5 * n * math.log(w[i])
    for i in range(n):
        Psi[i, i] += math.exp(theta[3 + i])
        value += 0.5 * d * theta[3 + i]
    if upper_factor(U, U) != OK:
        return Posterior(B, U, Psi, rows, 0.0, SINGULAR)
    Z = np.empty((n, k))
    for x in range(k):
        for i in range(n):
            Z[i, x] = B[x, i]
    solve_transposed(U, Z)
    for i in range(n):
        for j in range(i, n):
            for x in range(k):
                Psi[i, j] -= Z[i, x] * Z[j, x]
    V = np.zeros((n, n))
    if upper_factor(Psi, V) != OK:
        return Posterior(B, U, Psi, rows, 0.0, SINGULAR)
    solve_upper(U, Z)
    for x in range(k):
        for i in range(n):
            B[x, i] = Z[i, x]
    for i in range(k):
        for j in range(i):
            U[i, j] = 0.0
    for i in range(n):
        for j in range(i):
            Psi[i, j] = Psi[j, i]
    value -= 0.5 * n * log_determinant(U) + 0.5 * rows * log_determinant(V)
    if gradient.shape[0] > 0:
        for i in range(3 + n):
            gradient[i] = 0.0
        _slopes(theta, w, U, B, _symmetric_inverse(V), X, R, by, rows, m, gradient)
    for i in range(n):
        B[m + i, i] += data.own[i]
    extra = _extra_rows(theta, w, X, R, by, m, gradient) if r > 0 else 0.0
    if not math.isfinite(value - extra):
        return Posterior(B, U, Psi, rows, 0.0, SINGULAR)
    return Posterior(B, U, Psi, rows, value - extra, OK)


@kernel
def _slopes(
    theta: FloatArray,
    w: FloatArray,
    U: FloatArray,
    B: FloatArray,
    inverse: FloatArray,
    X: FloatArray,
    R: FloatArray,
    by: IntArray,
    rows: float,
    m: int,
    gradient: FloatArray,
) -> None:
    """Add the gradient of the log marginal likelihood of all rows; ``inverse`` is that of Psi, B is less b."""
    k, n = B.shape
    r = X.shape[0]
    V = upper_inverse(U)
    part = np.empty(n)
    for i in range(m, k):
        spread = 0.0
        for j in range(i, k):
            spread += V[i, j] * V[i, j]
        for j in range(n):
            part[j] = B[i, j]
        slope = 0.5 * n - 0.5 * w[i] * (n * spread + rows * _form(inverse, part))
        gradient[0] -= 2.0 * slope
        gradient[3 + (i - m) % n] += slope
    for i in range(n):
        gradient[3 + i] += 0.5 * (n + 2.0) - 0.5 * rows * math.exp(theta[3 + i]) * inverse[i, i]
    if r == 0:
        return
    E, Z = np.empty((r, n)), np.empty((r, k))
    for a in range(r):
        for j in range(n):
            E[a, j] = R[a, j]
        for i in range(k):
            Z[a, i] = X[a, i]
        for i in range(k):
            for j in range(n):
                E[a, j] -= X[a, i] * B[i, j]
    solve_transposed(U, Z)
    for a in range(r):
        spread = 0.0
        for i in range(k):
            spread += Z[a, i] * Z[a, i]
        # The row is divided by exp(theta): its weight falls with the square.
        gradient[by[a]] += n * spread + rows * _form(inverse, E[a])
