"""Conditional mean, standard deviation and draws of a vector autoregression with pinned or read future values.

Source: Banbura, Giannone & Lenza 2015; Durbin & Koopman 2002 for the draws: a free path plus the smoothed answer to
what it misses.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels._threads import spread
from forecast.kernels.conditioning.kalman import PinGains, pin_corrections, pin_gains, pin_residuals, pin_variances
from forecast.kernels.conditioning.stack import var_recursion
from forecast.kernels.random import fill_normals
from forecast.kernels.status import INFEASIBLE, NON_FINITE, OK, OUT_OF_RANGE


@kernel
def pins_are_usable(
    lags: FloatArray, steps: FloatArray, past: FloatArray, S: FloatArray, pins: FloatArray, noise: FloatArray
) -> int:
    """OK, NON_FINITE for a model, a pin or a noise variance that is not finite, OUT_OF_RANGE for sizes that do not fit.

    Sizes as in the conditional moments; a NaN among the pins is a free value.
    """
    h, n = pins.shape
    p = past.shape[0]
    fits = p >= 1 and past.shape[1] == n and lags.shape == (p * n, n) and S.shape == (n, n)
    if not (fits and steps.shape == pins.shape and noise.shape == pins.shape):
        return OUT_OF_RANGE
    for x in range(p * n):
        for i in range(n):
            if not math.isfinite(lags[x, i]):
                return NON_FINITE
    for i in range(n):
        for j in range(p):
            if not math.isfinite(past[j, i]):
                return NON_FINITE
        for j in range(n):
            if not math.isfinite(S[i, j]):
                return NON_FINITE
        if S[i, i] < 0.0:
            return OUT_OF_RANGE
        for t in range(h):
            if not (math.isfinite(steps[t, i]) and math.isfinite(noise[t, i])) or math.isinf(pins[t, i]):
                return NON_FINITE
            if noise[t, i] < 0.0:
                return OUT_OF_RANGE
    return OK


@kernel
def _given(
    lags: FloatArray,
    S: FloatArray,
    gains: PinGains,
    pins: FloatArray,
    free: FloatArray,
    u: FloatArray,
) -> int:
    """Write into u the answer to what a free path misses; -1 or the pin that contradicts."""
    h, n = pins.shape
    missed = np.zeros((h, n))
    for t in range(h):
        for i in range(n):
            if gains.F[t, i] != 0.0:
                missed[t, i] = pins[t, i] - free[t, i]
    v = np.empty((h, n))
    culprit = pin_residuals(lags, gains, missed, v)
    pin_corrections(lags, S, gains, v, u)
    return culprit


@kernel
def pinned_moments(
    lags: FloatArray, steps: FloatArray, past: FloatArray, S: FloatArray, pins: FloatArray, noise: FloatArray
) -> tuple[FloatArray, FloatArray, int, int]:
    """Mean and standard deviation (h, n) of the path given the pins; the status, and the pin that contradicts or -1.

    lags (p n, n), steps (h, n), past (p, n; newest first), S (n, n) error covariance, pins (h, n; NaN: free) read
    with variances ``noise`` (h, n; 0: met exactly). With another status than OK both are those without pins, or zero.
    """
    h, n = pins.shape
    mean = np.zeros((h, n))
    sd = np.zeros((h, n))
    status = pins_are_usable(lags, steps, past, S, pins, noise)
    if status != OK:
        return mean, sd, status, -1
    u = np.zeros((h, n))
    var_recursion(lags, steps, past, u, mean)
    gains = pin_gains(lags, S, pins, noise)
    culprit = _given(lags, S, gains, pins, mean, u)
    if culprit >= 0:
        # With no pin anywhere the path keeps its own width.
        free = np.empty((h, n))
        for t in range(h):
            for i in range(n):
                free[t, i] = math.nan
        gains = pin_gains(lags, S, free, noise)
        status = INFEASIBLE
    else:
        var_recursion(lags, steps, past, u, mean)
    variances = pin_variances(lags, gains)
    for t in range(h):
        for i in range(n):
            sd[t, i] = math.sqrt(variances[t, i])
    return mean, sd, status, culprit


@kernel
def pinned_block(
    first: int,
    last: int,
    key: int,
    lags: FloatArray,
    steps: FloatArray,
    past: FloatArray,
    S: FloatArray,
    pins: FloatArray,
    noise: FloatArray,
    gains: PinGains,
    out: FloatArray,
) -> None:
    """Write paths first to last - 1 into out (draws, h, n), given gains of pins that do not contradict each other."""
    h, n = pins.shape
    root = semidefinite_root(S)
    z = np.empty(2 * h * n)
    errors, answer, read = np.empty((h, n)), np.empty((h, n)), np.empty((h, n))
    for d in range(first, last):
        fill_normals(key, d, z)
        for t in range(h):
            for i in range(n):
                errors[t, i] = 0.0
                for x in range(i + 1):
                    errors[t, i] += root[i, x] * z[t * n + x]
                read[t, i] = pins[t, i] - math.sqrt(noise[t, i]) * z[(h + t) * n + i]
        var_recursion(lags, steps, past, errors, out[d])
        _given(lags, S, gains, read, out[d], answer)
        for t in range(h):
            for i in range(n):
                errors[t, i] += answer[t, i]
        var_recursion(lags, steps, past, errors, out[d])


def draw_pinned(
    key: int,
    draws: int,
    lags: FloatArray,
    steps: FloatArray,
    past: FloatArray,
    S: FloatArray,
    pins: FloatArray,
    noise: FloatArray,
) -> tuple[FloatArray, int, int]:
    """Paths (draws, h, n) given the pins, by the simulation smoother; status and contradicting pin as in the moments.

    Path d depends on the key and d alone. With another status than OK the paths are zero.
    """
    out = np.zeros((draws, *pins.shape))
    _, _, status, culprit = pinned_moments(lags, steps, past, S, pins, noise)
    if status == OK:
        spread(pinned_block, draws, key, lags, steps, past, S, pins, noise, pin_gains(lags, S, pins, noise), out)
    return out, status, culprit
