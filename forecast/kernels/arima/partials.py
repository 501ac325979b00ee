"""Partial autocorrelations and autoregressive coefficients, both ways, with the reverse of the derivative.

Coefficients a (k) stand for 1 - a_1 L - ... - a_k L^k; all roots lie outside the unit circle exactly when every
partial autocorrelation lies inside (-1, 1).

Source: Monahan 1984, "A note on enforcing stationarity in autoregressive-moving average models", Biometrika 71;
Jones 1980, Technometrics 22; Barndorff-Nielsen & Schou 1973.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, kernel

_HALVINGS = 60


@kernel
def partials_to_coefficients(partials: FloatArray, a: FloatArray) -> None:
    """Fill the coefficients a (k) of the partial autocorrelations (k): a_j <- a_j - r_i a_{i-j}, a_i = r_i."""
    k = partials.shape[0]
    for i in range(k):
        a[i] = partials[i]
    for i in range(1, k):
        r = partials[i]
        for j in range((i + 1) // 2):
            low, high = a[j], a[i - 1 - j]
            a[j] = low - r * high
            a[i - 1 - j] = high - r * low


@kernel
def coefficients_to_partials(a: FloatArray) -> tuple[FloatArray, bool]:
    """Partial autocorrelations (k) of the coefficients ``a`` (k), and whether all lie inside (-1, 1).

    From the first that does not, the lower ones are left at zero.
    """
    k = a.shape[0]
    partials = np.zeros(k)
    work = a.copy()
    for i in range(k - 1, -1, -1):
        r = work[i]
        partials[i] = r
        left = 1.0 - r * r
        if not left > 0.0:
            return partials, False
        if r != 0.0:
            for j in range((i + 1) // 2):
                low, high = work[j], work[i - 1 - j]
                work[j] = (low + r * high) / left
                work[i - 1 - j] = (high + r * low) / left
    return partials, True


@kernel
def partials_adjoint(partials: FloatArray, bar: FloatArray) -> None:
    """Turn the derivative ``bar`` (k) by the coefficients into that by the partial autocorrelations (k)."""
    k = partials.shape[0]
    rows = np.zeros((k, k))
    for i in range(k):
        for j in range(i):
            rows[i, j] = rows[i - 1, j] - partials[i] * rows[i - 1, i - 1 - j]
        rows[i, i] = partials[i]
    lower = np.zeros(k)
    for i in range(k - 1, 0, -1):
        total = bar[i]
        for j in range(i):
            total -= bar[j] * rows[i - 1, i - 1 - j]
            lower[j] = bar[j] - partials[i] * bar[i - 1 - j]
        bar[i] = total
        for j in range(i):
            bar[j] = lower[j]


@kernel
def _all_inside(a: FloatArray, radius: float, scaled: FloatArray) -> bool:
    power = 1.0
    for j in range(a.shape[0]):
        power /= radius
        scaled[j] = a[j] * power
    for i in range(a.shape[0] - 1, -1, -1):
        r = scaled[i]
        left = 1.0 - r * r
        if not left > 0.0:
            return False
        if r != 0.0:
            for j in range((i + 1) // 2):
                low, high = scaled[j], scaled[i - 1 - j]
                scaled[j] = (low + r * high) / left
                scaled[i - 1 - j] = (high + r * low) / left
    return True


@kernel
def largest_inverse_root(a: FloatArray) -> float:
    """Largest modulus among the inverse roots of 1 - a_1 L - ... - a_k L^k; 0 without lags.

    All inverse roots are shorter than c exactly when a_j / c^j has its partial autocorrelations inside (-1, 1), so
    the modulus is found by halving an interval.
    """
    k = a.shape[0]
    while k > 0 and a[k - 1] == 0.0:
        k -= 1
    if k == 0:
        return 0.0
    high: float = abs(a[0])
    if k == 1:
        return high
    for j in range(k):
        high = max(high, 2.0 * abs(a[j]) ** (1.0 / (j + 1)))
    low = 0.0
    scaled = np.empty(k)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if high - low <= 1e-13 * high:
            break
        if _all_inside(a[:k], middle, scaled):
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)
