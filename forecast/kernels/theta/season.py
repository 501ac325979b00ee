"""Season of a series before a Theta model: the 90 % test of its autocorrelation, and classical decomposition.

Source: Assimakopoulos & Nikolopoulos 2000, International Journal of Forecasting 16, section 3; Fiorucci, Pellegrini,
Louzada, Petropoulos & Koehler 2016, International Journal of Forecasting 32, section 4 (test and decomposition);
Makridakis, Wheelwright & Hyndman 1998, "Forecasting", section 3/4 (classical decomposition).
"""

from __future__ import annotations

import math

from forecast.kernels._jit import FloatArray, kernel

NO_SEASON = 0
ADDITIVE = 1
MULTIPLICATIVE = 2

_Z90 = 1.6448536269514722
_SMALLEST_INDEX = 0.01


@kernel
def is_seasonal(y: FloatArray, m: int) -> bool:
    """Whether |r_m| > 1.645 sqrt((1 + 2 sum_k<m r_k^2) / n) for ``y`` (n) with season m; NaN is a gap.

    Autocorrelations r_k are sums over the pairs that are both there, over the sum of all squares. Two seasons' length
    is needed, else False.
    """
    n = y.shape[0]
    if m < 2 or n < 2 * m:
        return False
    seen = 0
    mean = 0.0
    for t in range(n):
        if not math.isnan(y[t]):
            seen += 1
            mean += y[t]
    mean /= max(seen, 1)
    squares = 0.0
    for t in range(n):
        if not math.isnan(y[t]):
            squares += (y[t] - mean) ** 2
    if not squares > 0.0:
        return False
    spread = 1.0
    r = 0.0
    for lag in range(1, m + 1):
        r = 0.0
        for t in range(lag, n):
            product = (y[t] - mean) * (y[t - lag] - mean)
            if not math.isnan(product):
                r += product
        r /= squares
        if lag < m:
            spread += 2.0 * r * r
    return abs(r) > _Z90 * math.sqrt(spread / seen)


@kernel
def _fill_indices(y: FloatArray, m: int, kind: int, index: FloatArray) -> bool:
    """Mean by season of what a centred average over whole seasons leaves; False where a season has no such figure."""
    n = y.shape[0]
    half = m // 2
    even = m % 2 == 0
    total = 0.0
    for season in range(m):
        many = 0
        index[season] = 0.0
        for t in range(half + (season - half) % m, n - half, m):
            trend = 0.0
            for i in range(t - half, t + half + 1):
                weight = 0.5 if even and (i == t - half or i == t + half) else 1.0
                trend += weight * y[i]
            trend /= m
            part = y[t] / trend if kind == MULTIPLICATIVE else y[t] - trend
            if not math.isnan(part):
                index[season] += part
                many += 1
        if many == 0:
            return False
        index[season] /= many
        total += index[season] / m
    for season in range(m):
        index[season] = index[season] / total if kind == MULTIPLICATIVE else index[season] - total
    return True


@kernel
def season_indices(y: FloatArray, m: int, kind: int, index: FloatArray) -> int:
    """Fill ``index`` (m) for ``y`` (n), index[i] for months t with t % m = i; the kind that was found to fit.

    kind: what is asked for. MULTIPLICATIVE becomes ADDITIVE if a figure is not positive or an index is under 1 %.
    NO_SEASON where the test finds none, or where gaps leave a month without one whole season about it.
    """
    neutral = 1.0 if kind == MULTIPLICATIVE else 0.0
    if kind == NO_SEASON or not is_seasonal(y, m):
        for i in range(m):
            index[i] = neutral
        return NO_SEASON
    for t in range(y.shape[0]):
        if y[t] <= 0.0:
            kind = ADDITIVE
    whole = _fill_indices(y, m, kind, index)
    if whole and kind == MULTIPLICATIVE:
        for i in range(m):
            if not index[i] >= _SMALLEST_INDEX:
                kind = ADDITIVE
        if kind == ADDITIVE:
            whole = _fill_indices(y, m, kind, index)
    if not whole:
        for i in range(m):
            index[i] = neutral
        return NO_SEASON
    return kind
