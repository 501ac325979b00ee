"""Entropic tilting: the weights on given paths that meet stated means and stray least from equal ones.

w_i is proportional to exp(lambda' g_i); lambda minimises the convex dual log mean exp(lambda'(g_i - target)), found by
damped Newton steps. If some lambda puts every exponent below zero, that lambda separates the target from all paths,
which proves that no weights meet it.

Source: Robertson, Tallman & Whiteman 2005, "Forecasting using relative entropy"; Kish 1965 for the effective size.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._cholesky import solve_transposed, solve_upper, upper_factor
from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import INFEASIBLE, NON_FINITE, NOT_CONVERGED, OK, TOO_SHORT

_MOST_STEPS = 200
_TOLERANCE = 1e-11
_ROUNDING = 1e-12


class Tilt(NamedTuple):
    """Weights that add up to one, and what they cost.

    weights (paths). multipliers (k): lambda. effective: size 1 / sum w^2. distance: Kullback-Leibler, from equal
    weights. culprit: the condition that no path can meet, or -1 where it is no single one.
    """

    weights: FloatArray
    multipliers: FloatArray
    effective: float
    distance: float
    status: int
    culprit: int


@kernel
def _dual(
    g: FloatArray, alive: FloatArray, x: FloatArray, w: FloatArray, gradient: FloatArray, H: FloatArray
) -> tuple[float, float]:
    """Log mean exp(x'g_i) over the paths left, its gradient and Hessian; and the largest exponent."""
    paths, k = g.shape
    top = -np.inf
    count = 0.0
    for i in range(paths):
        if alive[i] > 0.0:
            total = 0.0
            for j in range(k):
                total += x[j] * g[i, j]
            w[i] = total
            top = max(top, total)
            count += 1.0
    mass = 0.0
    for i in range(paths):
        w[i] = math.exp(w[i] - top) if alive[i] > 0.0 else 0.0
        mass += w[i]
    for j in range(k):
        gradient[j] = 0.0
        for v in range(k):
            H[j, v] = 0.0
    for i in range(paths):
        w[i] /= mass
        if w[i] > 0.0:
            for j in range(k):
                f = w[i] * g[i, j]
                gradient[j] += f
                for v in range(j, k):
                    H[j, v] += f * g[i, v]
    for j in range(k):
        for v in range(j, k):
            H[j, v] -= gradient[j] * gradient[v]
    return top + math.log(mass / count), top


@kernel
def _centre(G: FloatArray, targets: FloatArray, alive: FloatArray, g: FloatArray, scale: FloatArray) -> int:
    """Write (G - target) / scale; drop the paths that cannot carry weight; -1 or the condition beyond all paths.

    A target at the edge of what the paths show leaves only the paths at that edge.
    """
    paths, k = G.shape
    for _ in range(k):
        left = 0
        for j in range(k):
            low, high, top = np.inf, -np.inf, abs(targets[j])
            for i in range(paths):
                if alive[i] > 0.0:
                    low, high = min(low, G[i, j]), max(high, G[i, j])
                    left += 1
            top = max(top, max(abs(low), abs(high)))
            slack = 1e-12 * max(top, high - low)
            if targets[j] < low - slack or targets[j] > high + slack:
                return j
            scale[j] = high - low if high - low > slack else 1.0
            if high - low > slack:
                for i in range(paths):
                    if (targets[j] <= low + slack and G[i, j] > low + slack) or (
                        targets[j] >= high - slack and G[i, j] < high - slack
                    ):
                        alive[i] = 0.0
        after = 0
        for i in range(paths):
            after += k if alive[i] > 0.0 else 0
        if after == left:
            break
    for i in range(paths):
        for j in range(k):
            g[i, j] = (G[i, j] - targets[j]) / scale[j]
    return -1


@kernel
def tilt(G: FloatArray, targets: FloatArray) -> Tilt:
    """Weights under which the columns of G (paths, k) have the means ``targets`` (k).

    A column may be a value of a path (its mean is tilted) or 1 where the path shows an event (its probability is).
    INFEASIBLE when no weights can do it, with the condition outside all paths where there is one; conditions that
    repeat each other are met together. A target at the very edge leaves the paths at the edge alone.
    """
    paths, k = G.shape
    equal, alive = np.empty(paths), np.empty(paths)
    for i in range(paths):
        equal[i], alive[i] = 1.0 / paths, 1.0
    x = np.zeros(k)
    if paths < 1:
        return Tilt(equal, x, 0.0, 0.0, TOO_SHORT, -1)
    for j in range(k):
        finite = math.isfinite(targets[j])
        for i in range(paths):
            finite = finite and math.isfinite(G[i, j])
        if not finite:
            return Tilt(equal, x, float(paths), 0.0, NON_FINITE, j)
    g = np.empty((paths, k))
    scale = np.empty(k)
    culprit = _centre(G, targets, alive, g, scale)
    if culprit >= 0:
        return Tilt(equal, x, float(paths), 0.0, INFEASIBLE, culprit)
    w = np.zeros(paths)
    gradient, gradient_new, step, trial = np.zeros(k), np.zeros(k), np.zeros((1, k)), np.zeros(k)
    H, H_new, U = np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k))
    f, top = _dual(g, alive, x, w, gradient, H)
    status = NOT_CONVERGED
    damping = 1e-12
    for _ in range(_MOST_STEPS):
        steepest, trace = 0.0, 0.0
        for j in range(k):
            steepest = max(steepest, abs(gradient[j]))
            trace += H[j, j]
        if steepest <= _TOLERANCE:
            status = OK
            break
        if top < 0.0:
            status = INFEASIBLE
            break
        for j in range(k):
            for v in range(j, k):
                U[j, v] = H[j, v]
            U[j, j] += damping * trace + 1e-300
            step[0, j] = -gradient[j]
        if upper_factor(U, U) != OK:
            damping = max(10.0 * damping, 1e-10)
            continue
        solve_transposed(U, step)
        solve_upper(U, step)
        slope, longest = 0.0, 0.0
        for j in range(k):
            slope += step[0, j] * gradient[j]
            longest = max(longest, abs(step[0, j]))
        share = min(1.0, 20.0 / longest)
        better = False
        for _ in range(40):
            for j in range(k):
                trial[j] = x[j] + share * step[0, j]
            f_new, top_new = _dual(g, alive, trial, w, gradient_new, H_new)
            # Near the minimum rounding hides the fall of f; there the gradient decides.
            if f_new <= f + 1e-4 * share * slope + _ROUNDING:
                better = True
                break
            share *= 0.5
        if not better:
            damping = max(100.0 * damping, 1e-8)
            if damping > 1.0:
                break
            continue
        f, top = f_new, top_new
        for j in range(k):
            x[j], gradient[j] = trial[j], gradient_new[j]
            for v in range(k):
                H[j, v] = H_new[j, v]
    if status == INFEASIBLE:
        for j in range(k):
            x[j] = 0.0
        return Tilt(equal, x, float(paths), 0.0, status, -1)
    f, top = _dual(g, alive, x, w, gradient, H)
    squares, distance = 0.0, 0.0
    for i in range(paths):
        squares += w[i] * w[i]
        if w[i] > 0.0:
            distance += w[i] * math.log(w[i] * paths)
    for j in range(k):
        x[j] /= scale[j]
    return Tilt(w, x, 1.0 / squares, distance, status, -1)
