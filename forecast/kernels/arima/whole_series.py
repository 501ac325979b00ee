"""Exact likelihood of a series without gaps or regressors in one pass that keeps nothing, alone or side by side.

The recursion is that of ``chandrasekhar.py``, two months at a time: G and U pass through both steps while they are in
registers, which halves the stores that bound it. Side by side, series or draws of the coefficients fill the lanes
of the vector registers, and the divisions of one overlap with those of the others.

Source: Pearlman 1980, Biometrika 67; Melard 1984, Applied Statistics 33 (AS 197).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.arima.columns import arima_differences, arima_span
from forecast.kernels.arima.polynomials import arima_lags, arima_polynomials, check_order
from forecast.kernels.arima.stationary_start import stationary_start
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

_LANES = 16
_ROW = 3 * _LANES
_LOG_2_PI = math.log(2.0 * math.pi)


@kernel
def moving_average_residue(w: FloatArray, low: int, phi: FloatArray, ar_lags: IntArray) -> FloatArray:
    """z_t = w_t - sum_j phi_j w_{t-j} of w[low:], lags before ``low`` left out: what is left for the moving average."""
    n = w.shape[0] - low
    now = w[low:]
    z = np.empty(n)
    for t in range(n):
        z[t] = now[t]
    for lag in ar_lags:
        if lag >= n:
            break
        weight = phi[lag - 1]
        later = z[lag:]
        for t in range(later.shape[0]):
            later[t] -= weight * now[t]
    return z


@kernel
def whole_loglik(z: FloatArray, phi: FloatArray, variance: float, G: FloatArray) -> tuple[float, float]:
    """Sum of squares and sum of log F from ``moving_average_residue`` and ``stationary_start``.

    With G - phi F in place of G the companion matrix becomes a plain shift, and the autoregression only acts through z.
    F of the second month is (F - U_0)(F + U_0) / F, so its division need not wait for the first month's.
    Both are NaN when a variance is not positive.
    """
    n, m = z.shape[0], phi.shape[0]
    U = np.zeros(m + 2)
    a = np.zeros(m + 2)
    g = np.zeros(m + 2)
    for i in range(m):
        U[i] = G[i]
        g[i] = G[i] - phi[i] * variance
    squares, log_f, product = 0.0, 0.0, 1.0
    f = variance
    for pair in range((n + 1) // 2):
        t = 2 * pair
        u = U[0]
        both = (f - u) * (f + u)
        if not both > 0.0:
            return np.nan, np.nan
        weight = 1.0 / f
        v = z[t] - a[0]
        e = v * weight
        squares += v * e
        if t + 1 == n:
            product *= f
            break
        c = u * weight
        crossed = f * U[1] - u * g[0]
        c_next = crossed / both
        v = (z[t + 1] - a[1]) - g[0] * e
        e_next = v * (f / both)
        squares += v * e_next
        product *= both
        f = both * weight - c_next * (crossed * weight)
        if not f > 0.0:
            return np.nan, np.nan
        if product > 1e100 or product < 1e-100:
            log_f += math.log(product)
            product = 1.0
        for i in range(m):
            after = g[i + 1]
            once = g[i] - c * U[i + 1]
            shifted = U[i + 2] - c * after
            a[i] = (a[i + 2] + after * e) + once * e_next
            g[i] = once - c_next * shifted
            U[i] = shifted - c_next * once
    return squares, log_f + math.log(product)


@kernel
def _side_by_side(
    Z: FloatArray, m: int, buffer: FloatArray, F: FloatArray, squares: FloatArray, log_f: FloatArray
) -> None:
    """The recursion in lanes: Z (n, lanes); buffer (m+2 rows of U, G - phi F and the state, lanes each) in one row.

    F (lanes): the first variances.
    """
    n = Z.shape[0]
    e, e_next = np.zeros(_LANES), np.zeros(_LANES)
    c, c_next = np.zeros(_LANES), np.zeros(_LANES)
    product = np.ones(_LANES)
    for pair in range((n + 1) // 2):
        t = 2 * pair
        z = Z[t]
        for j in range(_LANES):
            u = buffer[j]
            weight = 1.0 / F[j]
            v = z[j] - buffer[2 * _LANES + j]
            e[j] = v * weight
            squares[j] += v * e[j]
            product[j] *= F[j]
            c[j] = u * weight
            F[j] -= c[j] * u
        if t + 1 == n:
            break
        z = Z[t + 1]
        for j in range(_LANES):
            g = buffer[_LANES + j]
            u = buffer[_ROW + j] - c[j] * g
            weight = 1.0 / F[j]
            v = z[j] - (buffer[_ROW + 2 * _LANES + j] + g * e[j])
            e_next[j] = v * weight
            squares[j] += v * e_next[j]
            product[j] *= F[j]
            c_next[j] = u * weight
            F[j] -= c_next[j] * u
        for i in range(m):
            at = i * _ROW
            for j in range(_LANES):
                after = buffer[at + _ROW + _LANES + j]
                once = buffer[at + _LANES + j] - c[j] * buffer[at + _ROW + j]
                shifted = buffer[at + 2 * _ROW + j] - c[j] * after
                buffer[at + 2 * _LANES + j] = (buffer[at + 2 * _ROW + 2 * _LANES + j] + after * e[j]) + once * e_next[j]
                buffer[at + _LANES + j] = once - c_next[j] * shifted
                buffer[at + j] = shifted - c_next[j] * once
        if pair % 4 == 3:
            for j in range(_LANES):
                log_f[j] += math.log(product[j])
                product[j] = 1.0
    for j in range(_LANES):
        log_f[j] += math.log(product[j])


@kernel
def _start_lane(
    order: IntArray,
    coef: FloatArray,
    ar_lags: IntArray,
    ma_lags: IntArray,
    lane: int,
    weights: FloatArray,
    buffer: FloatArray,
    F: FloatArray,
) -> int:
    """Lay the autoregressive weights (lags, lanes) and the start of the recursion into a lane; a status."""
    for i in range(coef.shape[0]):
        if not math.isfinite(coef[i]):
            return NON_FINITE
    phi, theta = arima_polynomials(coef, order)
    m = phi.shape[0]
    G = np.zeros(m)
    variance, status = stationary_start(phi, theta, ar_lags, ma_lags, G)
    if status != OK:
        return status
    for i in range(ar_lags.shape[0]):
        weights[i, lane] = phi[ar_lags[i] - 1]
    F[lane] = variance
    for i in range(m):
        buffer[i * _ROW + lane] = G[i]
        buffer[i * _ROW + _LANES + lane] = G[i] - phi[i] * variance
    return OK


@kernel
def _moving_average_residues(W: FloatArray, low: int, weights: FloatArray, ar_lags: IntArray, Z: FloatArray) -> None:
    """``moving_average_residue`` in lanes: Z (n, lanes) of W (low + n, lanes)."""
    for t in range(Z.shape[0]):
        z, w = Z[t], W[low + t]
        for j in range(_LANES):
            z[j] = w[j]
        for i in range(ar_lags.shape[0]):
            if ar_lags[i] > t:
                break
            before, weight = W[low + t - ar_lags[i]], weights[i]
            for j in range(_LANES):
                z[j] -= weight[j] * before[j]


@kernel
def _lay_lanes(y: FloatArray, order: IntArray, low: int, high: int, W: FloatArray) -> int:
    """Lay the differences of ``y`` (n) into lanes ``low`` to ``high`` - 1 of W (n, lanes); a status."""
    n = y.shape[0]
    start, end, gaps, finite = arima_span(y)
    if not finite or gaps > 0 or end - start < n:
        return NON_FINITE
    w = arima_differences(y, order)
    for t in range(order[1] + order[6] * order[4], n):
        for j in range(low, high):
            W[t, j] = w[t]
    return OK


@kernel
def _loglik_blocks(
    first: int,
    last: int,
    Y: FloatArray,
    order: IntArray,
    coefs: FloatArray,
    loglik: FloatArray,
    sigma2: FloatArray,
    statuses: IntArray,
) -> None:
    """Blocks ``first`` to ``last`` - 1, each as many rows of ``coefs`` as there are lanes."""
    count, n = coefs.shape[0], Y.shape[1]
    lost = order[1] + order[6] * order[4]
    figures = n - lost
    m = max(max(order[0] + order[6] * order[3], order[2] + order[6] * order[5]), 1)
    ar_lags, ma_lags = arima_lags(order)
    W, Z = np.zeros((n, _LANES)), np.zeros((figures, _LANES))
    weights = np.zeros((ar_lags.shape[0], _LANES))
    buffer = np.zeros((m + 2) * _ROW)
    F, squares, log_f = np.zeros(_LANES), np.zeros(_LANES), np.zeros(_LANES)
    laid = OK
    for block in range(first, last):
        for i in range(buffer.shape[0]):
            buffer[i] = 0.0
        start = block * _LANES
        lanes = min(_LANES, count - start)
        for j in range(_LANES):
            F[j], squares[j], log_f[j] = 1.0, 0.0, 0.0
            # One series fills all lanes once, before the first block.
            row, end = (start + j, j + 1) if Y.shape[0] > 1 else (0, _LANES)
            if j < lanes and (Y.shape[0] > 1 or (j == 0 and block == first)):
                laid = _lay_lanes(Y[row], order, j, end, W)
            if j < lanes:
                statuses[start + j] = laid
                if laid == OK:
                    statuses[start + j] = _start_lane(order, coefs[start + j], ar_lags, ma_lags, j, weights, buffer, F)
        _moving_average_residues(W, lost, weights, ar_lags, Z)
        _side_by_side(Z, m, buffer, F, squares, log_f)
        for j in range(lanes):
            at = start + j
            if statuses[at] == OK:
                if squares[j] > 0.0 and math.isfinite(squares[j]) and math.isfinite(log_f[j]):
                    sigma2[at] = squares[j] / figures
                    loglik[at] = -0.5 * (figures * (_LOG_2_PI + math.log(sigma2[at]) + 1.0) + log_f[j])
                else:
                    statuses[at] = SINGULAR


def arima_loglik_lanes(Y: FloatArray, order: IntArray, coefs: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Log-likelihoods, variances of the shocks and statuses (N) of many series or many draws, sixteen at a time.

    Y (S, n): whole series, no gaps; coefs (N, p+q+P+Q). With S = 1 each row of coefs is a draw for that series, with
    S = N each series has its own row. No constant, no regressors. Status: as for ``arima_loglik``; NON_FINITE also for
    a gap; OUT_OF_RANGE for a constant or for shapes that do not fit.
    """
    count, n = coefs.shape[0], Y.shape[1]
    loglik, sigma2, statuses = np.full(count, -np.inf), np.zeros(count), np.zeros(count, np.int64)
    status = check_order(order)
    if status == OK:
        size = order[0] + order[2] + order[3] + order[5]
        if order[7] != 0 or coefs.shape[1] != size or (Y.shape[0] != 1 and Y.shape[0] != count):
            status = OUT_OF_RANGE
        elif n - order[1] - order[6] * order[4] < 1:
            status = TOO_SHORT
    if status == OK:
        spread(_loglik_blocks, -(-count // _LANES), Y, order, coefs, loglik, sigma2, statuses)
    else:
        statuses[:] = status
    return loglik, sigma2, statuses
