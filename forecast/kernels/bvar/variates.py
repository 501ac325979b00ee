"""Gamma variates from the counter-based generator: exact by rejection, each from a counter line of its own.

Source: Marsaglia & Tsang 2000, "A simple method for generating gamma variables".
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import kernel
from forecast.kernels.random import philox

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_UNIT = 1.0 / 4294967296.0
_MOST_TRIES = 1000


@kernel
def gamma_variate(key: int, path: int, line: int, shape: float) -> float:
    """A Gamma(shape, 1) variate; twice one of shape k / 2 is chi-squared with k degrees of freedom.

    It depends on key, path, line and shape alone, and shares no number with the normals of the same key and path.
    A shape that is not positive gives NaN, which the caller must have ruled out.
    """
    if not shape > 0.0:
        return math.nan
    k0, k1 = np.uint64(key) & _LOW, np.uint64(key) >> _SHIFT
    p0, p1 = np.uint64(path) & _LOW, np.uint64(path) >> _SHIFT
    raised = shape if shape >= 1.0 else shape + 1.0
    d = raised - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    value = d
    lift = 1.0
    for attempt in range(_MOST_TRIES):
        w0, w1, w2, w3 = philox(np.uint64(attempt), np.uint64(line + 1), p0, p1, k0, k1)
        u0, u1 = (np.float64(w0) + 0.5) * _UNIT, (np.float64(w1) + 0.5) * _UNIT
        u2, u3 = (np.float64(w2) + 0.5) * _UNIT, (np.float64(w3) + 0.5) * _UNIT
        x = math.sqrt(-2.0 * math.log(u0)) * math.cos(2.0 * math.pi * u1)
        v = (1.0 + c * x) ** 3
        if v > 0.0 and math.log(u2) < 0.5 * x * x + d - d * v + d * math.log(v):
            value = d * v
            # Shapes below one: Gamma(shape + 1) times a uniform to the power 1 / shape.
            lift = u3
            break
    if shape < 1.0:
        value *= lift ** (1.0 / shape)
    return value
