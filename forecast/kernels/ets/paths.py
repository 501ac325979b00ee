"""Possible futures of an exponential smoothing model, from a key or from its own past errors.

A relative error below -1 would make a positive series negative; it counts as -1, and the figure is then 0. In models
whose states are multiplicative but whose errors are not, a path may reach a level, growth or season that is not
positive; these are then held at a small positive value. Levels end at 1e100. So no path ever holds a NaN.

Source: Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with Exponential Smoothing", section 6.1 (simulation).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, gate, kernel
from forecast.kernels._threads import spread
from forecast.kernels.ets.forms import FORMS, ets_parts
from forecast.kernels.random import fill_normals, fill_uniforms
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE

_MOST_LEVEL = 1e100
_LEAST_LEVEL = 1e-100
_MOST_GROWTH = 1e3
_MOST_SEASON = 1e6
_NEAR_ZERO = 1e-9


@kernel
def ets_extend(
    form: int, m: int, smoothing: FloatArray, states: FloatArray, errors: FloatArray, out: FloatArray
) -> None:
    """Write the figures out (h) that follow from given errors (h), and move the states (2 + m) along.

    errors: in the series' units, or relative when the error is multiplicative. states: level, growth and seasons, that
    of the next month first; the seasons stay in place, so that after h months the next one is at h modulo m.
    """
    error, trend, season = ets_parts(form)
    alpha = smoothing[0]
    beta = smoothing[1] if trend > 0 else 0.0
    gamma = smoothing[2] if season > 0 else 0.0
    phi = smoothing[3] if trend == 2 or trend == 4 else 1.0
    level = states[0]
    growth = states[1] if trend > 0 else 0.0
    near_zero = _NEAR_ZERO * abs(level) + _LEAST_LEVEL
    place = 0
    for t in range(out.shape[0]):
        s = states[2 + place] if season > 0 else 0.0
        if trend < 3:
            grown = phi * growth
            q = level + grown
        else:
            grown = math.exp(phi * math.log(growth)) if trend == 4 else growth
            q = level * grown
        f = q * s if season == 2 else q + s
        r = errors[t]
        e = r
        if error == 1:
            r = max(r, -1.0)
            e = f * r
        out[t] = f * (1.0 + r) if error == 1 else f + e
        eps = e
        if season == 2:
            eps = q * r if error == 1 else e / s
            away = q if abs(q) > near_zero else near_zero
            season_next = s + gamma * (s * r if error == 1 else e / away)
            states[2 + place] = min(max(season_next, 1.0 / _MOST_SEASON), _MOST_SEASON)
        elif season == 1:
            states[2 + place] = s + gamma * e
        if trend < 3:
            growth = min(max(grown + beta * eps, -_MOST_LEVEL), _MOST_LEVEL)
            level = min(max(q + alpha * eps, -_MOST_LEVEL), _MOST_LEVEL)
        else:
            growth = min(max(grown + beta * eps / level, 1.0 / _MOST_GROWTH), _MOST_GROWTH)
            level = min(max(q + alpha * eps, _LEAST_LEVEL), _MOST_LEVEL)
        place += 1
        if place == m:
            place = 0
    states[0], states[1] = level, growth


@kernel
def ets_ready(form: int, m: int, smoothing: FloatArray, states: FloatArray, sigma: float) -> int:
    """Whether a model may run into the future: OK, or NON_FINITE or OUT_OF_RANGE.

    OUT_OF_RANGE: no such form, states of another length than 2 + m, phi outside (0, 1], a negative sigma, or a
    multiplicative trend or season that does not start positive.
    """
    if form < 0 or form >= FORMS or m < 1 or states.shape[0] != 2 + m or smoothing.shape[0] != 4:
        return OUT_OF_RANGE
    for i in range(4):
        if not math.isfinite(smoothing[i]):
            return NON_FINITE
    for i in range(2 + m):
        if not abs(states[i]) < _MOST_LEVEL:
            return NON_FINITE
    if not math.isfinite(sigma):
        return NON_FINITE
    _, trend, season = ets_parts(form)
    if sigma < 0.0 or ((trend == 2 or trend == 4) and not 0.0 < smoothing[3] <= 1.0):
        return OUT_OF_RANGE
    if trend >= 3 and not (states[0] > 0.0 and states[1] > 0.0):
        return OUT_OF_RANGE
    if season == 2:
        for j in range(m):
            if not states[2 + j] > 0.0:
                return OUT_OF_RANGE
    return OK


@kernel
def ets_shocks(sigma: float, pool: FloatArray, key: int, path: int, out: FloatArray) -> None:
    """Fill out (h) with the errors of one path: sigma times N(0, 1), or drawn from a pool with replacement."""
    size = pool.shape[0]
    if size == 0:
        fill_normals(key, path, out)
        for t in range(out.shape[0]):
            out[t] *= sigma
    else:
        fill_uniforms(key, path, out)
        for t in range(out.shape[0]):
            out[t] = pool[min(int(out[t] * size), size - 1)]


@kernel
def _paths_of(
    first: int,
    last: int,
    form: int,
    m: int,
    smoothing: FloatArray,
    states: FloatArray,
    sigma: float,
    pool: FloatArray,
    key: int,
    out: FloatArray,
) -> None:
    """Fill the paths first to last - 1 of ``out`` (paths, h)."""
    shocks, moved = np.empty(out.shape[1]), np.empty(states.shape[0])
    for p in range(first, last):
        ets_shocks(sigma, pool, key, p, shocks)
        for i in range(states.shape[0]):
            moved[i] = states[i]
        ets_extend(form, m, smoothing, moved, shocks, out[p])


def ets_paths(
    form: int,
    m: int,
    smoothing: FloatArray,
    states: FloatArray,
    sigma: float,
    pool: FloatArray,
    key: int,
    paths: int,
    horizon: int,
) -> tuple[FloatArray, int]:
    """Futures (paths, horizon) of a model and a status; path i is the same whatever the number of paths and threads.

    states (2 + m): after the last month, the season of the next one first (``last`` of a fit). sigma: standard
    deviation of the errors, relative when they are multiplicative. pool: past errors to draw from with replacement
    in place of the normal law; empty for the normal law. key: of the random numbers.
    Status: that of ``ets_ready``, and NON_FINITE for a pool with a gap; the paths are then 0.
    """
    smoothing, states, pool, sigma = gate(smoothing), gate(states), gate(pool), float(sigma)
    out = np.zeros((max(paths, 0), max(horizon, 0)))
    status = int(ets_ready(form, m, smoothing, states, sigma))
    if not np.isfinite(pool).all():
        status = NON_FINITE
    if status == OK:
        spread(_paths_of, len(out), form, m, smoothing, states, sigma, pool, key, out)
    return out, status
