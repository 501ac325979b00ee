"""First guesses of level, growth and seasons from the first years of a series, gaps allowed.

A straight line and twelve (m) seasonal means are fitted in turn to the first years (backfitting, so that gaps do no
harm); the season is what is left of the line, as a difference or a ratio; the first level and growth are those of a
line through the deseasonalised start. The search moves them all, so they only have to be near.

Source: after Hyndman, Koehler, Ord & Snyder 2008, section 2.6.1 (decompose, then a line through the first ten
figures).
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, kernel

_LINE = 10
_ROUNDS = 3
_LEAST_SEASON = 0.05


@kernel
def _line(y: FloatArray, season: FloatArray, m: int, relative: bool, first: int, last: int) -> tuple[float, float]:
    """Intercept, before the first month, and slope of the deseasonalised figures of first..last - 1."""
    count, sum_t, sum_y = 0.0, 0.0, 0.0
    for t in range(first, last):
        if y[t] == y[t]:
            value = y[t] / season[t % m] if relative else y[t] - season[t % m]
            count += 1.0
            sum_t += t + 1.0
            sum_y += value
    if count == 0.0:
        return 0.0, 0.0
    mean_t, mean_y = sum_t / count, sum_y / count
    tt, ty = 0.0, 0.0
    for t in range(first, last):
        if y[t] == y[t]:
            value = y[t] / season[t % m] if relative else y[t] - season[t % m]
            tt += (t + 1.0 - mean_t) * (t + 1.0 - mean_t)
            ty += (t + 1.0 - mean_t) * (value - mean_y)
    slope = ty / tt if tt > 0.0 else 0.0
    return mean_y - slope * mean_t, slope


@kernel
def _seasons(y: FloatArray, m: int, relative: bool, first: int, window: int, season: FloatArray) -> None:
    """Seasonal means around a line over first..window - 1; they add up to 0, or to m when they are ratios."""
    neutral = 1.0 if relative else 0.0
    total, count = np.empty(m), np.empty(m)
    for j in range(m):
        season[j] = neutral
    for _ in range(_ROUNDS):
        level, slope = _line(y, season, m, relative, first, window)
        for j in range(m):
            total[j] = 0.0
            count[j] = 0.0
        for t in range(first, window):
            if y[t] == y[t]:
                base = level + slope * (t + 1.0)
                if not relative:
                    total[t % m] += y[t] - base
                    count[t % m] += 1.0
                elif base > 0.0:
                    total[t % m] += y[t] / base
                    count[t % m] += 1.0
        mean = 0.0
        for j in range(m):
            season[j] = total[j] / count[j] if count[j] > 0.0 else neutral
            if relative:
                season[j] = max(season[j], _LEAST_SEASON)
            mean += season[j] / m
        for j in range(m):
            season[j] = season[j] / mean if relative else season[j] - mean


@kernel
def ets_first_states(y: FloatArray, trend: int, season: int, m: int, years: int, states: FloatArray) -> None:
    """Write a first guess of the states (2 + m): level, growth and the season of each place in the year.

    y (n): with NaN in gaps, positive if anything is multiplicative. trend (0..4), season (0..2): as in ``ets_parts``.
    """
    n = y.shape[0]
    first = 0
    while first < n and y[first] != y[first]:
        first += 1
    places = m if season > 0 else 1
    seasons = np.zeros(places)
    relative = season == 2
    if season > 0:
        _seasons(y, m, relative, first, min(n, first + years * m), seasons)
    width = max(_LINE, 2 * m) if season > 0 else _LINE
    if years >= n:
        width = n
    level, slope = _line(y, seasons, places, relative, first, min(n, first + width))
    if trend == 0:
        level, slope = level + slope * (first + 0.5 * (min(n, first + width) - first)), 0.0
    elif trend >= 3:
        middle = level + slope * (first + 0.5 * width)
        level = max(level, 0.2 * middle)
        slope = min(max(1.0 + slope / middle, 0.9), 1.1) if middle > 0.0 else 1.0
    states[0], states[1] = level, slope
    for j in range(m):
        states[2 + j] = seasons[j] if season > 0 else 0.0
