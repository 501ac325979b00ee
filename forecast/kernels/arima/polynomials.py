"""Seasonal polynomials multiplied out, and the unconstrained unknowns that a search may move.

phi(L) Phi(L^s) (1-L)^d (1-L^s)^D y_t = theta(L) Theta(L^s) e_t, with phi(L) = 1 - phi_1 L - ... and
theta(L) = 1 + theta_1 L + .... Coefficients come as phi (p), theta (q), Phi (P), Theta (Q), one after the other.
Unknowns x: autoregressive partial autocorrelations are x / sqrt(1 + x^2), so that a search never meets a unit root;
those of the moving average are sin x, because a unit root is an ordinary maximum there (the likelihood is the same for
a root and its inverse) and must be reached at a finite x.

Source: Box & Jenkins 1976, "Time Series Analysis", s9.2; Monahan 1984, Biometrika 71.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.partials import (
    coefficients_to_partials,
    largest_inverse_root,
    partials_adjoint,
    partials_to_coefficients,
)
from forecast.kernels.status import OK, OUT_OF_RANGE

_MOST_OF_A_PART = 60
_MOST_DIFFERENCES = 3
_MOST_LAGS = 512


@kernel
def check_order(order: IntArray) -> int:
    """OK, or OUT_OF_RANGE for an order (8: p, d, q, P, D, Q, s, constant) that the kernels do not take.

    Parts up to 60, differences up to 3, no multiplied-out polynomial above 512 lags, s at least 2 where it is used.
    """
    if order.shape[0] != 8:
        return OUT_OF_RANGE
    p, d, q, P, D, Q, s = order[0], order[1], order[2], order[3], order[4], order[5], order[6]
    if min(min(p, q), min(P, Q)) < 0 or max(max(p, q), max(P, Q)) > _MOST_OF_A_PART:
        return OUT_OF_RANGE
    if d < 0 or D < 0 or d > _MOST_DIFFERENCES or D > _MOST_DIFFERENCES:
        return OUT_OF_RANGE
    if s < 0 or s > _MOST_LAGS or (s < 2 and P + D + Q > 0) or order[7] < 0 or order[7] > 1:
        return OUT_OF_RANGE
    if p + s * P > _MOST_LAGS or q + s * Q > _MOST_LAGS or d + s * D > _MOST_LAGS:
        return OUT_OF_RANGE
    return OK


@kernel
def _multiply(low: FloatArray, high: FloatArray, s: int, sign: float, out: FloatArray) -> None:
    """Lags of (1 + sign*low)(1 + sign*high(L^s)), again with ``sign`` in front."""
    for i in range(low.shape[0]):
        out[i] += low[i]
    for j in range(high.shape[0]):
        at = s * (j + 1)
        out[at - 1] += high[j]
        for i in range(low.shape[0]):
            out[at + i] += sign * high[j] * low[i]


@kernel
def _multiply_adjoint(
    low: FloatArray, high: FloatArray, s: int, sign: float, bar: FloatArray, low_bar: FloatArray, high_bar: FloatArray
) -> None:
    for i in range(low.shape[0]):
        low_bar[i] = bar[i]
    for j in range(high.shape[0]):
        at = s * (j + 1)
        high_bar[j] = bar[at - 1]
        for i in range(low.shape[0]):
            high_bar[j] += sign * bar[at + i] * low[i]
            low_bar[i] += sign * bar[at + i] * high[j]


@kernel
def _cuts(order: IntArray) -> tuple[int, int, int, int]:
    p, q = order[0], order[0] + order[2]
    return p, q, q + order[3], q + order[3] + order[5]


@kernel
def arima_polynomials(coef: FloatArray, order: IntArray) -> tuple[FloatArray, FloatArray]:
    """phi, theta (m), m = max(p + sP, q + sQ, 1): lags 1..m of phi(L)Phi(L^s) = 1 - ... and theta(L)Theta(L^s)."""
    i, j, k, end = _cuts(order)
    s = order[6]
    m = max(max(order[0] + s * order[3], order[2] + s * order[5]), 1)
    phi = np.zeros(m)
    theta = np.zeros(m)
    minus, plus = -1.0, 1.0
    _multiply(coef[:i], coef[j:k], s, minus, phi)
    _multiply(coef[i:j], coef[k:end], s, plus, theta)
    return phi, theta


@kernel
def arima_polynomials_adjoint(
    coef: FloatArray, order: IntArray, phi_bar: FloatArray, theta_bar: FloatArray
) -> FloatArray:
    """Derivative by the coefficients, from those by the lags 1..m of the multiplied-out polynomials."""
    i, j, k, end = _cuts(order)
    s = order[6]
    bar = np.zeros(end)
    minus, plus = -1.0, 1.0
    _multiply_adjoint(coef[:i], coef[j:k], s, minus, phi_bar, bar[:i], bar[j:k])
    _multiply_adjoint(coef[i:j], coef[k:end], s, plus, theta_bar, bar[i:j], bar[k:end])
    return bar


@kernel
def _lags_of(low: int, high: int, s: int) -> IntArray:
    top = low + s * high
    lags = np.empty(top, np.int64)
    count, season = 0, 0
    for lag in range(1, top + 1):
        while season < high and s * (season + 1) <= lag:
            season += 1
        if lag - s * season <= low:
            lags[count] = lag
            count += 1
    return lags[:count]


@kernel
def arima_lags(order: IntArray) -> tuple[IntArray, IntArray]:
    """Lags, rising, at which phi(L)Phi(L^s) and theta(L)Theta(L^s) may differ from zero: s j + i."""
    return _lags_of(order[0], order[3], order[6]), _lags_of(order[2], order[5], order[6])


@kernel
def differencing_lags(order: IntArray) -> FloatArray:
    """Weights delta (d + sD + 1) with (1-L)^d (1-L^s)^D = sum_j delta_j L^j."""
    d, D, s = order[1], order[4], order[6]
    delta = np.zeros(d + s * D + 1)
    delta[0] = 1.0
    top = 0
    for turn in range(d + D):
        lag = 1 if turn < d else s
        for j in range(top, -1, -1):
            delta[j + lag] -= delta[j]
        top += lag
    return delta


@kernel
def arima_coefficients(x: FloatArray, order: IntArray) -> FloatArray:
    """Coefficients (p+q+P+Q) of the unknowns ``x``: always stationary, never outside the invertible region."""
    i, j, k, end = _cuts(order)
    partials = np.empty(end)
    for a in range(end):
        moving = i <= a < j or a >= k
        partials[a] = math.sin(x[a]) if moving else x[a] / math.sqrt(1.0 + x[a] * x[a])
    coef = np.empty(end)
    cuts = (0, i, j, k, end)
    for part in range(4):
        low, high = cuts[part], cuts[part + 1]
        partials_to_coefficients(partials[low:high], coef[low:high])
    for a in range(end):
        if i <= a < j or a >= k:
            coef[a] = -coef[a]
    return coef


@kernel
def arima_coefficients_adjoint(x: FloatArray, order: IntArray, coef_bar: FloatArray) -> FloatArray:
    """Derivative by the unknowns ``x``, from the derivative ``coef_bar`` by the coefficients."""
    i, j, k, end = _cuts(order)
    partials = np.empty(end)
    slope = np.empty(end)
    bar = np.empty(end)
    for a in range(end):
        if i <= a < j or a >= k:
            partials[a] = math.sin(x[a])
            slope[a] = math.cos(x[a])
            bar[a] = -coef_bar[a]
        else:
            root = math.sqrt(1.0 + x[a] * x[a])
            partials[a] = x[a] / root
            slope[a] = 1.0 / (root * root * root)
            bar[a] = coef_bar[a]
    cuts = (0, i, j, k, end)
    for part in range(4):
        low, high = cuts[part], cuts[part + 1]
        partials_adjoint(partials[low:high], bar[low:high])
    for a in range(end):
        bar[a] *= slope[a]
    return bar


@kernel
def arima_unknowns(coef: FloatArray, order: IntArray, most: float) -> FloatArray:
    """Unknowns x of the coefficients; partial autocorrelations are drawn in to at most ``most`` in modulus."""
    i, j, k, end = _cuts(order)
    cuts = (0, i, j, k, end)
    x = np.empty(end)
    for part in range(4):
        moving = part == 1 or part == 3
        inside = coef[cuts[part] : cuts[part + 1]].copy()
        if moving:
            for a in range(inside.shape[0]):
                inside[a] = -inside[a]
        partials, _ = coefficients_to_partials(inside)
        for a in range(inside.shape[0]):
            r = min(max(partials[a], -most), most)
            x[cuts[part] + a] = math.asin(r) if moving else r / math.sqrt(max(1.0 - r * r, 1e-300))
    return x


@kernel
def arima_inverse_roots(coef: FloatArray, order: IntArray) -> tuple[float, float]:
    """Largest modulus of the inverse roots of phi(L)Phi(L^s) and of theta(L)Theta(L^s)."""
    i, j, k, end = _cuts(order)
    per_season = 1.0 / max(order[6], 1)
    ar = max(largest_inverse_root(coef[:i]), largest_inverse_root(coef[j:k]) ** per_season)
    signed = np.empty(end)
    for a in range(end):
        signed[a] = -coef[a]
    ma = max(largest_inverse_root(signed[i:j]), largest_inverse_root(signed[k:end]) ** per_season)
    return ar, ma
