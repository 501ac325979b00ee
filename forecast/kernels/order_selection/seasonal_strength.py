"""Strength of the season, and whether a series needs seasonal differences.

From an STL decomposition into trend, season S and remainder R the strength is

    F = max(0, 1 - Var(R) / Var(R + S)),

0 without a season, 1 if the season leaves nothing over. A seasonal difference is taken where F exceeds .64.

Source: Wang, Smith & Hyndman 2006, "Characteristic-based clustering for time series data", s3.2; Hyndman &
Athanasopoulos 2021, "Forecasting: Principles and Practice" (3rd edition), s4.3 and s9.1 (.64); STL with a seasonal
window of 11, a local level in each season and the default trend window of Cleveland et al. 1990, s4.4.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.order_selection.stl import stl_decompose
from forecast.kernels.order_selection.unit_roots import difference, largest, varies
from forecast.kernels.status import OK

STRONG = 0.64
"""A season stronger than this is differenced away."""

_WINDOW = 11
_PASSES = 2


@kernel
def _variance(x: FloatArray, z: FloatArray, share: float) -> float:
    """Mean squared deviation of the figures of x + share z from their mean, gaps passed over."""
    mean, squares = 0.0, 0.0
    seen = 0
    for t in range(x.shape[0]):
        value = x[t] + share * z[t]
        if not math.isnan(value):
            seen += 1
            step = value - mean
            mean += step / seen
            squares += step * (value - mean)
    return squares / seen if seen > 0 else 0.0


@kernel
def seasonal_strength(y: FloatArray, s: int) -> float:
    """Strength F in [0, 1] of a season of ``s`` figures in ``y`` (n, NaN is a gap); 0 where it cannot be measured.

    It cannot be below two cycles, for s < 2, for a series that does not vary and with an infinite figure.
    """
    scale = largest(y)
    if s < 2 or math.isinf(scale) or varies(y, scale) == 0:
        return 0.0
    windows, degrees = np.empty(3, np.int64), np.ones(3, np.int64)
    windows[0] = _WINDOW
    windows[1] = math.ceil(1.5 * s / (1.0 - 1.5 / _WINDOW))
    windows[2] = s
    for i in range(1, 3):
        windows[i] = max(windows[i] + 1 - windows[i] % 2, 3)
    degrees[0] = 0
    inner = int(np.int64(_PASSES))
    x = np.empty(y.shape[0])
    for t in range(y.shape[0]):
        x[t] = y[t] / scale
    parts = stl_decompose(x, s, windows, degrees, inner)
    if parts.counts[0] != OK:
        return 0.0
    none, whole = 0.0, 1.0
    noise = _variance(parts.remainder, parts.seasonal, none)
    both = _variance(parts.remainder, parts.seasonal, whole)
    return max(0.0, 1.0 - noise / both) if both > 0.0 else 0.0


@kernel
def seasonal_differences(y: FloatArray, s: int, most: int) -> int:
    """How many seasonal differences, 0 to ``most``, a series ``y`` (n, NaN is a gap) with ``s`` figures a cycle needs.

    None for s < 2 or a series of two cycles or less; a difference that would leave no figure is not taken.
    """
    D = 0
    scale = largest(y)
    x = y
    while s > 1 and most > D and x.shape[0] > 2 * s and varies(x, scale) == 1 and seasonal_strength(x, s) > STRONG:
        shorter = difference(x, s)
        left = 0
        for t in range(shorter.shape[0]):
            if not math.isnan(shorter[t]):
                left += 1
        if left == 0:
            break
        x = shorter
        D += 1
    return D
