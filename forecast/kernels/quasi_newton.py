"""Quasi-Newton search (BFGS) by reverse communication: the caller evaluates, the search says where.

A kernel that took the objective as an argument would be compiled for every objective anew and could not be kept, so
the search is a state that the caller carries along::

    search = begin(x0)
    while True:
        f = objective(search.x, search.g)      # writes the gradient into search.g
        if advance(search, f) != EVALUATE:
            break

Then ``search.best`` holds the minimiser, ``search.value[0]`` the minimum and ``search.counts[2]`` the status.

Source: Nocedal & Wright 2006, "Numerical Optimization", algorithms 3.5, 3.6 and 6.1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import NON_FINITE, NOT_CONVERGED, OK

EVALUATE = -1
"""``advance`` asks for the objective and its gradient at ``search.x``."""

_SUFFICIENT_DECREASE = 1e-4
_CURVATURE = 0.9
_MOST_EVALUATIONS_A_LINE = 30


class Search(NamedTuple):
    """State of a search over n unknowns.

    x (n): where to evaluate next. g (n): the caller writes the gradient at x here.
    best, best_g (n): the point that the line starts from and its gradient; after the end, the minimiser.
    inverse (n, n): approximation of the inverse Hessian. line (n): where the line heads. scratch (2, n).
    value (9): f at best, slope at best, step, lower and upper end of the bracket, f and slope at the lower end, f at
    the upper end, f at the start.
    counts (4): iterations, evaluations of this line, status, evaluations in all.
    limits (3): gradient tolerance, most iterations, longest step of one unknown.
    """

    x: FloatArray
    g: FloatArray
    best: FloatArray
    best_g: FloatArray
    inverse: FloatArray
    line: FloatArray
    scratch: FloatArray
    value: FloatArray
    counts: IntArray
    limits: FloatArray


@kernel
def begin(x0: FloatArray, tolerance: float, iterations: int, longest: float) -> Search:
    """A search that starts at ``x0`` (n).

    tolerance: the search ends when no |gradient| exceeds tolerance * max(1, |f|), |f| not above that of the start, or
    when f no longer falls.
    iterations: at most so many line searches. longest: no unknown moves further than this in a first trial.
    """
    n = x0.shape[0]
    inverse = np.zeros((n, n))
    for i in range(n):
        inverse[i, i] = 1.0
    search = Search(
        x0.copy(),
        np.zeros(n),
        x0.copy(),
        np.zeros(n),
        inverse,
        np.zeros(n),
        np.zeros((2, n)),
        np.zeros(9),
        np.zeros(4, np.int64),
        np.array([tolerance, float(iterations), longest]),
    )
    search.value[0] = np.inf
    search.counts[2] = EVALUATE
    return search


@kernel
def _steepest(search: Search) -> float:
    """Largest gradient entry at the best point."""
    top = 0.0
    for i in range(search.best_g.shape[0]):
        top = max(top, abs(search.best_g[i]))
    return top


@kernel
def _small(search: Search) -> float:
    """The gradient that counts as zero."""
    return float(search.limits[0] * max(1.0, min(abs(search.value[0]), abs(search.value[8]))))


@kernel
def _set_line(search: Search) -> None:
    """Aim along -inverse g from the best point and set the first trial."""
    n = search.best.shape[0]
    line = search.line
    for i in range(n):
        line[i] = 0.0
    for j in range(n):
        g = search.best_g[j]
        for i in range(n):
            line[i] -= search.inverse[j, i] * g  # symmetric: along rows, so that the loop is vectorised
    slope = 0.0
    for i in range(n):
        slope += line[i] * search.best_g[i]
    if not slope < 0.0:
        slope = 0.0
        for i in range(n):
            for j in range(n):
                search.inverse[i, j] = 1.0 if i == j else 0.0
            search.line[i] = -search.best_g[i]
            slope -= search.best_g[i] * search.best_g[i]
        search.counts[0] = max(search.counts[0], 1)
    furthest = 0.0
    for i in range(n):
        furthest = max(furthest, abs(search.line[i]))
    step = 1.0
    if search.counts[0] == 0 and furthest > 0.0:
        step = min(1.0, 0.1 * search.limits[2] / furthest)
    if step * furthest > search.limits[2]:
        step = search.limits[2] / furthest
    search.value[1] = slope
    search.value[2] = step
    search.value[3] = 0.0
    search.value[4] = np.inf
    search.value[5] = search.value[0]
    search.value[6] = slope
    search.value[7] = np.inf
    search.counts[1] = 0
    _set_trial(search)


@kernel
def _set_trial(search: Search) -> None:
    for i in range(search.best.shape[0]):
        search.x[i] = search.best[i] + search.value[2] * search.line[i]


@kernel
def _learn(search: Search) -> None:
    """BFGS update of the inverse Hessian from the step to ``x``; a step of no positive curvature teaches nothing."""
    n = search.best.shape[0]
    sy = 0.0
    yy = 0.0
    for i in range(n):
        y = search.g[i] - search.best_g[i]
        sy += (search.x[i] - search.best[i]) * y
        yy += y * y
    if not sy > 1e-14 * yy:
        return
    if search.counts[0] == 0:
        for i in range(n):
            search.inverse[i, i] = sy / yy
    v, step = search.scratch[0], search.scratch[1]
    for i in range(n):
        v[i] = 0.0
        step[i] = search.x[i] - search.best[i]
    for j in range(n):
        y = search.g[j] - search.best_g[j]
        for i in range(n):
            v[i] += search.inverse[j, i] * y
    quadratic = 0.0
    for i in range(n):
        quadratic += v[i] * (search.g[i] - search.best_g[i])
    scale = (1.0 + quadratic / sy) / sy
    for i in range(n):
        along = (scale * step[i]) - v[i] / sy
        across = step[i] / sy
        for j in range(n):
            search.inverse[i, j] += along * step[j] - across * v[j]


@kernel
def _accept(search: Search, f: float) -> int:
    """Take ``x`` as the best point and say whether that ends the search."""
    fell = search.value[0] - f
    _learn(search)
    for i in range(search.best.shape[0]):
        search.best[i] = search.x[i]
        search.best_g[i] = search.g[i]
    search.value[0] = f
    search.counts[0] += 1
    if _steepest(search) <= _small(search) or fell <= 1e-15 * max(1.0, abs(f)):
        return OK
    if search.counts[0] >= search.limits[1]:
        return NOT_CONVERGED
    return EVALUATE


@kernel
def _cubic(low: float, f_low: float, slope_low: float, high: float, f_high: float) -> float:
    """Minimiser of the parabola through one end and its slope and the other end, kept off the ends of the bracket."""
    width = high - low
    bend = f_high - f_low - slope_low * width
    step = 0.5 * width
    if math.isfinite(bend) and bend != 0.0:
        step = -0.5 * slope_low * width * width / bend
    least = 0.1 * width
    most = 0.9 * width
    if width > 0.0:
        step = min(max(step, least), most)
    else:
        step = max(min(step, least), most)
    return low + step


@kernel
def advance(search: Search, f: float) -> int:
    """Take the objective ``f`` and gradient ``search.g`` at ``search.x``; EVALUATE, or the status that ended it.

    A point where f is not finite counts as infinitely bad; if the first point is such, the status is NON_FINITE.
    """
    n = search.best.shape[0]
    search.counts[3] += 1
    finite = math.isfinite(f)
    for i in range(n):
        finite = finite and math.isfinite(search.g[i])
    if search.counts[3] == 1:
        if not finite:
            search.counts[2] = NON_FINITE
            return NON_FINITE
        search.value[0] = f
        search.value[8] = f
        for i in range(n):
            search.best_g[i] = search.g[i]
        if _steepest(search) <= _small(search):
            search.counts[2] = OK
            return OK
        _set_line(search)
        return EVALUATE
    if not finite:
        f = np.inf
    search.counts[1] += 1
    step = search.value[2]
    slope = 0.0
    if finite:
        for i in range(n):
            slope += search.g[i] * search.line[i]
    f0, slope0 = search.value[0], search.value[1]
    enough = f <= f0 + _SUFFICIENT_DECREASE * step * slope0
    if enough and abs(slope) <= -_CURVATURE * slope0:
        status = _accept(search, f)
    elif search.counts[1] >= _MOST_EVALUATIONS_A_LINE:
        # The line is used up: rounding decides below this scale, or the objective has a kink.
        status = _accept(search, f) if enough else OK
        if not enough and _steepest(search) > 1e3 * _small(search):
            status = NOT_CONVERGED
    else:
        if not enough or f >= search.value[5]:
            search.value[4], search.value[7] = step, f
        else:
            if slope * (search.value[4] - search.value[3]) >= 0.0:
                search.value[4], search.value[7] = search.value[3], search.value[5]
            search.value[3], search.value[5], search.value[6] = step, f, slope
        if math.isinf(search.value[4]):
            search.value[2] = 2.0 * step
        else:
            search.value[2] = _cubic(
                search.value[3], search.value[5], search.value[6], search.value[4], search.value[7]
            )
        _set_trial(search)
        return EVALUATE
    search.counts[2] = status
    if status == EVALUATE:
        _set_line(search)
    return status
