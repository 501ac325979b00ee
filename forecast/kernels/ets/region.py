"""Unknowns of exponential smoothing without bounds: angles in place of bounded parameters, seasons that balance.

alpha lies in [.0001, .9999], beta in [.0001, alpha], gamma in [.0001, 1 - alpha], phi in [.8, .98]. Each is written
as lower + width sin^2(angle): a search may then end on a bound, where many series put beta and gamma, at an angle like
any other, instead of running to infinity as with a logistic curve.

Source: Hyndman, Koehler, Ord & Snyder 2008, section 5.1 ("usual" region; the bounds are those of the R package
forecast); the last first season follows from the others, section 2.6.
"""

from __future__ import annotations

import math

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.ets.forms import ets_parts

LEAST = 1e-4
MOST = 1.0 - 1e-4
LEAST_DAMPING = 0.8
MOST_DAMPING = 0.98


@kernel
def _angle(share: float) -> float:
    """The angle whose squared sine is ``share``, kept off the ends, where the slope of the sine is zero."""
    return math.asin(math.sqrt(min(max(share, 1e-3), 1.0 - 1e-3)))


@kernel
def ets_unknown_vector(form: int, m: int, smoothing: FloatArray, states: FloatArray, x: FloatArray) -> None:
    """Write the unknowns x (k) that stand for smoothing (4) and first states (2 + m).

    Order: angles of alpha, beta, gamma, phi, then the first level, growth, and m - 1 seasons; those of the form only.
    A parameter outside its bounds, or on one, is moved a little inside.
    """
    _, trend, season = ets_parts(form)
    alpha = min(max(smoothing[0], LEAST), MOST)
    x[0] = _angle((alpha - LEAST) / (MOST - LEAST))
    at = 1
    if trend > 0:
        x[at] = _angle((smoothing[1] - LEAST) / max(alpha - LEAST, LEAST))
        at += 1
    if season > 0:
        x[at] = _angle((smoothing[2] - LEAST) / max(1.0 - alpha - LEAST, LEAST))
        at += 1
    if trend == 2 or trend == 4:
        x[at] = _angle((smoothing[3] - LEAST_DAMPING) / (MOST_DAMPING - LEAST_DAMPING))
        at += 1
    x[at] = states[0]
    at += 1
    if trend > 0:
        x[at] = states[1]
        at += 1
    if season > 0:
        for j in range(m - 1):
            x[at + j] = states[2 + j]


@kernel
def ets_natural(form: int, m: int, x: FloatArray, smoothing: FloatArray, states: FloatArray) -> None:
    """Write smoothing (4) and first states (2 + m) for the unknowns x (k); what the form lacks is 0, phi then 1."""
    _, trend, season = ets_parts(form)
    smoothing[1], smoothing[2], smoothing[3] = 0.0, 0.0, 1.0
    alpha = LEAST + (MOST - LEAST) * math.sin(x[0]) ** 2
    smoothing[0] = alpha
    at = 1
    if trend > 0:
        smoothing[1] = LEAST + (alpha - LEAST) * math.sin(x[at]) ** 2
        at += 1
    if season > 0:
        smoothing[2] = LEAST + (1.0 - alpha - LEAST) * math.sin(x[at]) ** 2
        at += 1
    if trend == 2 or trend == 4:
        smoothing[3] = LEAST_DAMPING + (MOST_DAMPING - LEAST_DAMPING) * math.sin(x[at]) ** 2
        at += 1
    states[0] = x[at]
    states[1] = 0.0
    at += 1
    if trend > 0:
        states[1] = x[at]
        at += 1
    for j in range(m):
        states[2 + j] = 0.0
    if season > 0:
        rest = float(m) if season == 2 else 0.0
        for j in range(m - 1):
            states[2 + j] = x[at + j]
            rest -= x[at + j]
        states[1 + m] = rest


@kernel
def ets_jacobian(form: int, m: int, x: FloatArray, jacobian: FloatArray) -> None:
    """Write d natural / d x to ``jacobian`` (6 + m, k), natural being alpha, beta, gamma, phi and the first states."""
    _, trend, season = ets_parts(form)
    for i in range(jacobian.shape[0]):
        for j in range(jacobian.shape[1]):
            jacobian[i, j] = 0.0
    d_alpha = (MOST - LEAST) * math.sin(2.0 * x[0])
    alpha = LEAST + (MOST - LEAST) * math.sin(x[0]) ** 2
    jacobian[0, 0] = d_alpha
    at = 1
    if trend > 0:
        jacobian[1, 0] = d_alpha * math.sin(x[at]) ** 2
        jacobian[1, at] = (alpha - LEAST) * math.sin(2.0 * x[at])
        at += 1
    if season > 0:
        jacobian[2, 0] = -d_alpha * math.sin(x[at]) ** 2
        jacobian[2, at] = (1.0 - alpha - LEAST) * math.sin(2.0 * x[at])
        at += 1
    if trend == 2 or trend == 4:
        jacobian[3, at] = (MOST_DAMPING - LEAST_DAMPING) * math.sin(2.0 * x[at])
        at += 1
    jacobian[4, at] = 1.0
    at += 1
    if trend > 0:
        jacobian[5, at] = 1.0
        at += 1
    if season > 0:
        for j in range(m - 1):
            jacobian[6 + j, at + j] = 1.0
            jacobian[5 + m, at + j] = -1.0


@kernel
def ets_pull_back(form: int, m: int, x: FloatArray, natural: FloatArray, gradient: FloatArray) -> None:
    """Write the gradient (k) in x for the gradient ``natural`` (6 + m): the Jacobian, transposed, times it."""
    _, trend, season = ets_parts(form)
    d_alpha = (MOST - LEAST) * math.sin(2.0 * x[0])
    alpha = LEAST + (MOST - LEAST) * math.sin(x[0]) ** 2
    gradient[0] = d_alpha * natural[0]
    at = 1
    if trend > 0:
        gradient[0] += d_alpha * math.sin(x[at]) ** 2 * natural[1]
        gradient[at] = (alpha - LEAST) * math.sin(2.0 * x[at]) * natural[1]
        at += 1
    if season > 0:
        gradient[0] -= d_alpha * math.sin(x[at]) ** 2 * natural[2]
        gradient[at] = (1.0 - alpha - LEAST) * math.sin(2.0 * x[at]) * natural[2]
        at += 1
    if trend == 2 or trend == 4:
        gradient[at] = (MOST_DAMPING - LEAST_DAMPING) * math.sin(2.0 * x[at]) * natural[3]
        at += 1
    gradient[at] = natural[4]
    at += 1
    if trend > 0:
        gradient[at] = natural[5]
        at += 1
    if season > 0:
        for j in range(m - 1):
            gradient[at + j] = natural[6 + j] - natural[5 + m]
