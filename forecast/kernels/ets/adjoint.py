"""Gradient of the log-likelihood of exponential smoothing by one pass backwards through the recursion.

The adjoint of a state is the derivative of the objective in that state, all later figures included. Going back over
one month, it collects what the forecast of the month and the states after it owe to the states before it; the
derivatives in alpha, beta, gamma and phi add up on the way. The cost is that of a second pass, whatever the number of
unknowns.

Source: Griewank & Walther 2008, "Evaluating Derivatives", section 3.2 (reverse mode); the recursion is that of
`recursion`.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, gate, kernel
from forecast.kernels.ets.forms import FORMS, ets_parts
from forecast.kernels.ets.recursion import TRACE, ets_density, ets_pass
from forecast.kernels.status import OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT


@kernel
def _back_additive(
    y: FloatArray,
    relative: bool,
    season: int,
    m: int,
    alpha: float,
    beta: float,
    gamma: float,
    phi: float,
    weight: float,
    trace: FloatArray,
    gradient: FloatArray,
) -> None:
    """Additive or no trend. The trace holds w = phi b, so the adjoint of b is never divided by anything.

    level and growth are the adjoints of l and b after the month. Their chain through a month is written out, with
    ``own`` the part that does not depend on them, for it is what the processor waits for:
    level <- (1 - alpha) level - beta growth + own, growth <- phi ((1 - alpha) level + (1 - beta) growth + own).
    """
    stay, sway = 1.0 - alpha, 1.0 - beta
    stay_phi, sway_phi = phi * stay, phi * sway
    level, growth = 0.0, 0.0
    d_alpha, d_beta, d_gamma, d_w = 0.0, 0.0, 0.0, 0.0
    n = y.shape[0]
    place = (n - 1) % m
    for back in range(n):
        t = n - 1 - back
        eps, w, s, q, r = trace[t, 0], trace[t, 1], trace[t, 2], trace[t, 3], trace[t, 4]
        of_season = gradient[6 + place]
        if y[t] == y[t]:
            if season == 2:
                to_f = -weight * r
                if relative:
                    to_f = (1.0 - weight * r * (1.0 + r)) / (q * s)
                per_s, per_q = 1.0 / s, 1.0 / q
                share = y[t] * per_q
                d_gamma += of_season * (share - s)
                of_eps = alpha * level + beta * growth
                of_delta = gamma * of_season
                own = to_f * s - of_delta * share * per_q
                gradient[6 + place] = of_season + to_f * q - of_eps * y[t] * per_s * per_s - of_delta
            else:
                to_f = -weight * r
                if relative:
                    to_f = (1.0 - weight * r * (1.0 + r)) / (q + s)
                d_gamma += of_season * eps
                own = to_f - gamma * of_season
                gradient[6 + place] = of_season + (own - (alpha * level + beta * growth))
            d_alpha += level * eps
            d_beta += growth * eps
            d_w += w * ((own + sway * growth) + stay * level)
            on = (own - beta * growth) + stay * level
            growth = (phi * own + sway_phi * growth) + stay_phi * level
            level = on
        else:
            both = level + growth
            d_w += w * both
            growth = phi * both
        place -= 1
        if place < 0:
            place = m - 1
    gradient[0], gradient[1], gradient[2], gradient[3] = d_alpha, d_beta, d_gamma, d_w / phi
    gradient[4], gradient[5] = level, growth


@kernel
def _back_multiplicative(
    y: FloatArray,
    relative: bool,
    season: int,
    m: int,
    alpha: float,
    beta: float,
    gamma: float,
    phi: float,
    damped: bool,
    weight: float,
    trace: FloatArray,
    gradient: FloatArray,
) -> None:
    """Multiplicative trend: the same as ``_back_additive``; the growth factor of the month is g = b^phi."""
    level, growth = 0.0, 0.0
    d_alpha, d_beta, d_gamma, d_phi = 0.0, 0.0, 0.0, 0.0
    n = y.shape[0]
    place = (n - 1) % m
    for back in range(n):
        t = n - 1 - back
        eps, b, s, q, r, before = trace[t, 0], trace[t, 1], trace[t, 2], trace[t, 3], trace[t, 4], trace[t, 5]
        of_season = gradient[6 + place]
        of_eps = alpha * level + beta * growth / before
        to_q = level
        if y[t] == y[t]:
            if season == 2:
                to_f = -weight * r
                if relative:
                    to_f = (1.0 - weight * r * (1.0 + r)) / (q * s)
                share = y[t] / q
                d_gamma += of_season * (share - s)
                of_delta = gamma * of_season
                to_q = level - of_eps + (to_f * s - of_delta * share / q)
                gradient[6 + place] = of_season + to_f * q - of_eps * y[t] / (s * s) - of_delta
            else:
                to_f = -weight * r
                if relative:
                    to_f = (1.0 - weight * r * (1.0 + r)) / (q + s)
                d_gamma += of_season * eps
                total = (to_f - gamma * of_season) - of_eps
                to_q = level + total
                gradient[6 + place] = of_season + total
            d_alpha += level * eps
            d_beta += growth * eps / before
        g = q / before
        to_g = growth + to_q * before
        level = to_q * g - beta * growth * eps / (before * before)
        if damped:
            d_phi += to_g * g * math.log(b)
            growth = to_g * phi * g / b
        else:
            growth = to_g
        place -= 1
        if place < 0:
            place = m - 1
    gradient[0], gradient[1], gradient[2], gradient[3] = d_alpha, d_beta, d_gamma, d_phi
    gradient[4], gradient[5] = level, growth


@kernel
def ets_value(
    y: FloatArray,
    form: int,
    m: int,
    smoothing: FloatArray,
    states: FloatArray,
    trace: FloatArray,
    gradient: FloatArray,
) -> tuple[float, int]:
    """Negative log-likelihood and status; its gradient is written to ``gradient`` (6 + m).

    y (n), smoothing (4), states (2 + m), trace (n, TRACE): as in ``ets_pass``; states is overwritten by the last
    ones. gradient: in alpha, beta, gamma, phi, the first level, growth, and seasons; 0 for what the form lacks.
    Status beside those of ``ets_pass``: TOO_SHORT without a figure; SINGULAR when all errors are zero. With any status
    but OK the value is infinite and the gradient 0.
    """
    error, trend, season = ets_parts(form)
    for i in range(gradient.shape[0]):
        gradient[i] = 0.0
    squares, logs, observed, status = ets_pass(y, form, m, smoothing, states, trace)
    if status != OK:
        return np.inf, status
    if observed == 0:
        return np.inf, TOO_SHORT
    weight = float(observed) / squares
    if not weight < np.inf:
        return np.inf, SINGULAR
    damped = trend == 2 or trend == 4
    alpha = smoothing[0]
    beta = smoothing[1] if trend > 0 else 0.0
    gamma = smoothing[2] if season > 0 else 0.0
    phi = smoothing[3] if damped else 1.0
    places = m if season > 0 else 1
    if trend < 3:
        _back_additive(y, error == 1, season, places, alpha, beta, gamma, phi, weight, trace, gradient)
    else:
        _back_multiplicative(y, error == 1, season, places, alpha, beta, gamma, phi, damped, weight, trace, gradient)
    if trend == 0:
        gradient[1] = 0.0
        gradient[5] = 0.0
    if not damped:
        gradient[3] = 0.0
    if season == 0:
        gradient[2] = 0.0
        gradient[6] = 0.0
    return -ets_density(error, squares, logs, observed), OK


def ets_gradient(y: FloatArray, form: int, m: int, smoothing: FloatArray, states: FloatArray) -> tuple[FloatArray, int]:
    """Gradient (6 + m) of the log-likelihood in alpha, beta, gamma, phi and the first states, and a status.

    y (n), smoothing (4), states (2 + m) and the status: as in ``ets_value``, and OUT_OF_RANGE for
    no such form or arrays of other lengths; nothing is overwritten.
    """
    gradient = np.zeros(4 + len(states))
    if not 0 <= form < FORMS or m < 1 or len(states) != 2 + m or len(smoothing) != 4:
        return gradient, OUT_OF_RANGE
    figures = gate(y)
    trace = np.empty((len(figures), TRACE))
    _, status = ets_value(figures, form, m, gate(smoothing), gate(states).copy(), trace, gradient)
    return -gradient, int(status)
