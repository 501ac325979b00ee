"""Shocks behind a first-order moving average.

Source: Brockwell & Davis 1991, "Time Series: Theory and Methods", s5.2 (innovations of an invertible MA(1), given the
shock before the first).
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, kernel


@kernel
def moving_average_shocks(x: FloatArray, theta: float, before: float) -> FloatArray:
    """Shocks e (n) with x_t = e_t + theta e_{t-1}, given the shock ``before`` the first."""
    shocks = np.empty(x.shape[0])
    last = before
    for t in range(x.shape[0]):
        last = x[t] - theta * last
        shocks[t] = last
    return shocks
