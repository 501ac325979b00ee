"""Log-volatilities drawn all at once: the log of a squared normal as a mixture of ten, then a tridiagonal precision.

y*_t = log e_t^2 = h_t + log chi^2_1, h_t = h_{t-1} + N(0, phi), h_1 ~ N(m_0, v_0). Given the component of each month
the law of h is Gaussian with a tridiagonal precision, whose Cholesky factor takes one pass.

Source: Omori, Chib, Shephard & Nakajima 2007, table 1 (ten components); Kim, Shephard & Chib 1998; Chan & Jeliazkov
2009 (precision sampler); Del Negro & Primiceri 2015 (components are drawn right before the volatilities).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.elementary import lane_exp

_COMPONENTS = 10
_LANES = 64
_WEIGHT = np.array([0.00609, 0.04775, 0.13057, 0.20674, 0.22715, 0.18842, 0.12047, 0.05591, 0.01575, 0.00115])
_MEAN = np.array(
    [1.92677, 1.34744, 0.73504, 0.02266, -0.85173, -1.97278, -3.46788, -5.55246, -8.68384, -14.65000]
)  # fmt: skip
_VARIANCE = np.array([0.11265, 0.17788, 0.26768, 0.40611, 0.62699, 0.98583, 1.57469, 2.54498, 4.16591, 7.33342])
_LOG_FRONT = np.log(_WEIGHT) - 0.5 * np.log(_VARIANCE)
_HALF_PRECISION = 0.5 / _VARIANCE
_SMALLEST_SHARE = 1e-12


@kernel
def draw_log_volatility(
    e: FloatArray, phi: float, m0: float, v0: float, u: FloatArray, z: FloatArray, h: FloatArray
) -> None:
    """Replace the log-volatilities h (T) by a draw given them and the errors e (T) of variance exp(h).

    phi > 0: variance of a step. m0, v0: mean and variance of the first. u (T): uniforms, z (T): N(0, 1). An error
    that is all but zero counts as 1e-12 of the mean square, so that its log is finite.
    """
    T = e.shape[0]
    mean_square = 0.0
    for t in range(T):
        mean_square += e[t] * e[t] / T
    least = max(_SMALLEST_SHARE * mean_square, 1e-290)
    diagonal, above, right = np.empty(T), np.empty(T), np.empty(T)
    shares = np.empty((_COMPONENTS, _LANES))
    y, top, mass, chosen = np.empty(_LANES), np.empty(_LANES), np.empty(_LANES), np.empty(_LANES, np.int64)
    tie = 1.0 / phi
    for start in range(0, T, _LANES):
        for lane in range(_LANES):
            # Lanes beyond the last month repeat it.
            t = min(start + lane, T - 1)
            y[lane] = math.log(max(e[t] * e[t], least))
            mass[lane] = y[lane] - h[t]
            top[lane] = -np.inf
        for j in range(_COMPONENTS):
            front, half, mean, share = _LOG_FRONT[j], _HALF_PRECISION[j], _MEAN[j], shares[j]
            for lane in range(_LANES):
                gap = mass[lane] - mean
                density = front - half * gap * gap
                share[lane] = density
                top[lane] = density if density > top[lane] else top[lane]
        for lane in range(_LANES):
            mass[lane] = 0.0
            chosen[lane] = 0
        for j in range(_COMPONENTS):
            share = shares[j]
            for lane in range(_LANES):
                mass[lane] += lane_exp(share[lane] - top[lane])
                share[lane] = mass[lane]
        for lane in range(_LANES):
            mass[lane] *= u[min(start + lane, T - 1)]
        for j in range(_COMPONENTS - 1):
            share = shares[j]
            for lane in range(_LANES):
                chosen[lane] += 1 if share[lane] < mass[lane] else 0
        for t in range(start, min(start + _LANES, T)):
            component = chosen[t - start]
            precision = 2.0 * _HALF_PRECISION[component]
            diagonal[t] = precision + (tie if t > 0 else 1.0 / v0) + (tie if t < T - 1 else 0.0)
            right[t] = precision * (y[t - start] - _MEAN[component]) + (m0 / v0 if t == 0 else 0.0)
    # L L' = precision, L bidiagonal; solve L x = right, then L' h = x + z.
    before = 0.0
    for t in range(T):
        root = math.sqrt(diagonal[t] - before * before)
        right[t] = (right[t] - before * (right[t - 1] if t > 0 else 0.0)) / root
        diagonal[t] = root
        before = -tie / root
        above[t] = before
    for back in range(T):
        t = T - 1 - back
        total = right[t] + z[t]
        if t < T - 1:
            total -= above[t] * h[t + 1]
        h[t] = total / diagonal[t]
