"""Where the search for the smoothing parameters starts, and where it starts again.

The likelihood of one series in seven has several optima. A first search starts at the likeliest of a small grid; others
start next door to the optimum found, with one part of the model switched off or on, for the optima nearly always differ
in which of the parameters is (almost) zero.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.ets.forms import ets_parts
from forecast.kernels.ets.recursion import TRACE, ets_pass
from forecast.kernels.ets.region import LEAST, ets_natural, ets_unknown_vector
from forecast.kernels.ets.start import ets_first_states
from forecast.kernels.status import NON_FINITE, OK

_DAMPING = 0.97
_YEARS = 5
_GRID = np.array([(a, b, g) for a in (0.1, 0.3, 0.8) for b in (0.03, 0.3) for g in (0.05, 0.3)])
"""alpha, beta / alpha, gamma / (1 - alpha)."""

_SLOW = 0.3
_MOVING = 0.02
"""Share of its range below which alpha is slow, and above which beta and gamma move."""

_OFF = 0.06
_ON = 0.6
_LONG = 1.4
"""Angles of a parameter that is switched off or on, and of phi when growth lasts."""


@kernel
def _likeliest(scaled: FloatArray, form: int, m: int, states: FloatArray, smoothing: FloatArray) -> None:
    """Write the likeliest of a small grid of smoothing parameters at the guessed states."""
    error, trend, season = ets_parts(form)
    trace, trial, moved = np.empty((scaled.shape[0], TRACE)), np.empty(4), np.empty(2 + m)
    least = np.inf
    for i in range(_GRID.shape[0]):
        if (trend == 0 and _GRID[i, 1] != _GRID[0, 1]) or (season == 0 and _GRID[i, 2] != _GRID[0, 2]):
            continue
        alpha = _GRID[i, 0]
        trial[0], trial[1], trial[2], trial[3] = alpha, alpha * _GRID[i, 1], (1.0 - alpha) * _GRID[i, 2], _DAMPING
        for j in range(2 + m):
            moved[j] = states[j]
        squares, logs, observed, status = ets_pass(scaled, form, m, trial, moved, trace)
        value = np.inf
        if status == OK and squares > 0.0:
            value = 0.5 * observed * math.log(squares / observed) + (logs if error == 1 else 0.0)
        if value < least or i == 0:
            least = value
            for j in range(4):
                smoothing[j] = trial[j]


@kernel
def ets_start(scaled: FloatArray, form: int, m: int, x: FloatArray) -> int:
    """Write the unknowns x (k) to start from, and return the status of a pass at them.

    scaled (n): the series at a mean size of 1, NaN in gaps. Where the model cannot run from the guessed states, it
    starts without growth and season, and hardly changes them.
    """
    _, trend, season = ets_parts(form)
    n = scaled.shape[0]
    smoothing, states, moved = np.empty(4), np.empty(2 + m), np.empty(2 + m)
    trace = np.empty((n, TRACE))
    years = min(_YEARS, n)
    ets_first_states(scaled, trend, season, m, years, states)
    _likeliest(scaled, form, m, states, smoothing)
    status = NON_FINITE
    for plain in range(2):
        if plain == 1:
            states[0] = 1.0
            states[1] = 1.0 if trend >= 3 else 0.0
            for j in range(m):
                states[2 + j] = 1.0 if season == 2 else 0.0
            smoothing[0], smoothing[1], smoothing[2] = 0.3, 2.0 * LEAST, 2.0 * LEAST
        ets_unknown_vector(form, m, smoothing, states, x)
        ets_natural(form, m, x, smoothing, moved)
        _, _, _, status = ets_pass(scaled, form, m, smoothing, moved, trace)
        if status == OK:
            break
    return status


@kernel
def ets_next_start(scaled: FloatArray, form: int, m: int, optimum: FloatArray, which: int, x: FloatArray) -> bool:
    """Write the unknowns x (k) of an optimum with one of its parts switched off or on; False if there is no more.

    scaled (n): the series at a mean size of 1, NaN in gaps. which: 0, 1, ... in the order: seasons that change, growth
    that changes, a level that changes slowly, each switched off, with first states from the whole series since they
    then hold throughout; growth and seasons that do not change switched on.
    """
    _, trend, season = ets_parts(form)
    beta = 1 if trend > 0 else 0
    gamma = beta + 1 if season > 0 else 0
    phi = max(beta, gamma) + 1 if trend == 2 or trend == 4 else 0
    at = max(beta, gamma, phi) + 1
    for i in range(x.shape[0]):
        x[i] = optimum[i]
    moving_growth = beta > 0 and math.sin(x[beta]) ** 2 > _MOVING
    moving_season = gamma > 0 and math.sin(x[gamma]) ** 2 > _MOVING
    season_off, growth_off, level_off, growth_on, season_on = -1, -1, -1, -1, -1
    count = 0
    if moving_season:
        season_off = count
        count += 1
    if moving_growth:
        growth_off = count
        count += 1
    if math.sin(x[0]) ** 2 < _SLOW:
        level_off = count
        count += 1
    if beta > 0 and not moving_growth:
        growth_on = count
        count += 1
    if gamma > 0 and not moving_season:
        season_on = count
        count += 1
    if which >= count:
        return False
    if which == growth_on:
        x[beta] = _ON
        if phi > 0:
            x[phi] = _ON
        return True
    if which == season_on:
        x[gamma] = _ON
        return True
    n = scaled.shape[0]
    states = np.empty(2 + m)
    ets_first_states(scaled, trend, season, m, n, states)
    if which == level_off:
        x[0] = _OFF
        x[at] = states[0]
        if phi > 0:
            x[phi] = _LONG
    if beta > 0 and which in (growth_off, level_off):
        x[beta] = _OFF
        x[at + 1] = states[1]
    if gamma > 0 and which in (season_off, level_off):
        x[gamma] = _OFF
        first = at + 2 if trend > 0 else at + 1
        for j in range(m - 1):
            x[first + j] = states[2 + j]
    return True
