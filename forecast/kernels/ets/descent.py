"""One search for the maximum of the likelihood, in coordinates that the curvature at its start has made alike.

A first level, a growth and a season are of different sizes and pull on one another; in coordinates in which the
Gauss-Newton Hessian at the start is the identity, BFGS with the adjoint gradient needs some twenty evaluations.

Source: Nocedal & Wright 2006, "Numerical Optimization", sections 6.1 (BFGS) and 10.3 (Gauss-Newton).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.ets.adjoint import ets_value
from forecast.kernels.ets.forms import ets_parts
from forecast.kernels.ets.recursion import TRACE, ets_pass
from forecast.kernels.ets.region import ets_jacobian, ets_natural, ets_pull_back
from forecast.kernels.ets.sensitivity import ets_information
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.status import OK, SINGULAR, TOO_SHORT

EXACT = 1e-22
"""Mean squared error, of a series scaled to a mean size of 1, below which the model reproduces it to the last digit."""

_LONGEST = 40.0
_SAME_ANGLE = 0.15
_SAME_VALUE = 2.0
"""A search that comes this near to a known optimum is in its basin, and given up."""


@kernel
def _whiten(information: FloatArray, angles: int, white: FloatArray) -> None:
    """Write the inverse (k, k) of the Cholesky factor of the Hessian, with a floor under its diagonal.

    An angle is known to a radian without any data, so its floor is 1.
    """
    k = information.shape[0]
    for i in range(k):
        information[i, i] = information[i, i] * (1.0 + 1e-8) + (1.0 if i < angles else 1e-8)
    for i in range(k):
        for j in range(i + 1):
            total = information[i, j]
            for p in range(j):
                total -= information[i, p] * information[j, p]
            if i == j:
                information[i, i] = math.sqrt(total) if total > 1e-10 else 1e-5
            else:
                information[i, j] = total / information[j, j]
    for i in range(k):
        for j in range(k):
            white[i, j] = 1.0 if i == j else 0.0
        for j in range(i):
            factor = information[i, j]
            for p in range(j + 1):
                white[i, p] -= factor * white[j, p]
        scale = 1.0 / information[i, i]
        for p in range(i + 1):
            white[i, p] *= scale


@kernel
def _move(start: FloatArray, white: FloatArray, z: FloatArray, x: FloatArray) -> None:
    """Write start + white' z to x."""
    k = x.shape[0]
    for i in range(k):
        x[i] = start[i]
    for j in range(k):
        for i in range(j + 1):
            x[i] += white[j, i] * z[j]


@kernel
def ets_descend(
    y: FloatArray, form: int, m: int, x: FloatArray, known: FloatArray, least: float, tolerance: float, iterations: int
) -> tuple[float, int, int]:
    """Minimise the negative log-likelihood from x (k), overwritten by the best: value, evaluations, status.

    y (n): scaled to a mean size of 1, NaN in gaps. known (k), least: an optimum known already and its value (infinite
    if there is none); a search that comes near to it ends with the value infinity and status OK. Status beside those
    of the search: that of the pass at x.
    """
    _, trend, season = ets_parts(form)
    k = x.shape[0]
    angles = 1
    if trend > 0:
        angles += 1
    if season > 0:
        angles += 1
    if trend == 2 or trend == 4:
        angles += 1
    smoothing, states = np.empty(4), np.empty(2 + m)
    natural, gradient = np.empty(6 + m), np.empty(k)
    trace, seeds = np.empty((y.shape[0], TRACE)), np.empty((6 + m, k))
    information, white, start = np.empty((k, k)), np.empty((k, k)), x.copy()
    ets_natural(form, m, x, smoothing, states)
    squares, _, observed, status = ets_pass(y, form, m, smoothing, states, trace)
    if status != OK:
        return np.inf, 1, status
    if observed == 0:
        return np.inf, 1, TOO_SHORT
    if squares <= EXACT * observed:
        return -np.inf, 1, SINGULAR
    ets_jacobian(form, m, x, seeds)
    ets_information(y, form, m, smoothing, squares, observed, trace, seeds, information)
    _whiten(information, angles, white)
    search = begin(np.zeros(k), tolerance, iterations, _LONGEST)
    search.counts[0] = 1  # the coordinates are scaled already: the first step is a Newton step
    while True:
        _move(start, white, search.x, x)
        ets_natural(form, m, x, smoothing, states)
        value, _ = ets_value(y, form, m, smoothing, states, trace, natural)
        if least < np.inf and value - least < _SAME_VALUE:
            apart = 0.0
            for i in range(angles):
                apart = max(apart, abs(x[i] - known[i]))
            if apart < _SAME_ANGLE:
                return np.inf, search.counts[3], OK
        ets_pull_back(form, m, x, natural, gradient)
        for j in range(k):
            total = 0.0
            for i in range(j + 1):
                total += white[j, i] * gradient[i]
            search.g[j] = total
        if advance(search, value) != EVALUATE:
            break
    _move(start, white, search.best, x)
    return search.value[0], search.counts[3], search.counts[2]
