"""One pass of exponential smoothing: states, one-step errors and the Gaussian log-likelihood.

States are the level l, the growth b and the seasons s, one for each place in the year. With q = l + phi b (or
l b^phi) what the series would be without its season, the forecast is f = q + s (or q s), and what was not foreseen,
on the scale of the level, is eps = y - s - q (or y / s - q):

    l' = q + alpha eps,  b' = phi b + beta eps  (or b^phi + beta eps / l),
    s' = s + gamma eps   (or s + gamma (y / q - s)).

The states do not depend on the kind of error; the likelihood does. Models without a trend or season run through the
same loop with zeros in their place. A gap (NaN) counts as a figure that came out as foreseen.

Source: Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with Exponential Smoothing", tables 2.2 and 2.3 (states),
equation (5.3) (likelihood; here with the constants kept, as the density of the series).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, gate, kernel
from forecast.kernels.ets.forms import FORMS, ets_parts
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

TRACE = 6
"""Columns of a trace: eps, growth (phi b with an additive trend, b else), s, q, relative error, level."""

_SMALL = 1e-100
_LARGE = 1e100


class EtsPass(NamedTuple):
    """What one pass leaves behind.

    fitted (n): one-step forecasts, also where the series has a gap. errors (n): y - fitted, relative to fitted when
    the error is multiplicative, NaN in gaps. states (2 + m): level, growth and seasons after the last figure, the
    season of the next month first. sum_squares: of the errors. observed: how many figures. loglik. status.
    """

    fitted: FloatArray
    errors: FloatArray
    states: FloatArray
    sum_squares: float
    observed: int
    loglik: float
    status: int


@kernel
def _run_additive(
    y: FloatArray,
    relative: bool,
    season: int,
    m: int,
    alpha: float,
    beta: float,
    gamma: float,
    phi: float,
    states: FloatArray,
    trace: FloatArray,
) -> tuple[float, float, int, bool]:
    """Additive or no trend: sum of squares, sum of log forecasts, figures seen, inside the domain of the model.

    The loop carries q, w = phi b and p = phi w. With d what a figure says of q, q and p are written out in d and q, not
    in eps = d - q, so that one forecast reaches the next in two operations: that is what the processor waits for.
    """
    w = phi * states[1]
    q = states[0] + w
    kappa, lift = alpha + phi * beta, phi * beta
    stay, lift_phi, p = 1.0 - kappa, phi * lift, phi * w
    squares, logs, product = 0.0, 0.0, 1.0
    observed, inside, place = 0, True, 0
    for t in range(y.shape[0]):
        s = states[2 + place]
        value = y[t]
        seen = value == value
        if season == 2:
            d = value / s
            f = q * s
            inside = inside and q > 0.0 and s > 0.0
            if seen:
                states[2 + place] = s + gamma * (value / q - s)
        else:
            d = value - s
            f = q + s
            if seen:
                states[2 + place] = s + gamma * (d - q)
        eps = d - q
        trace[t, 1], trace[t, 2], trace[t, 3] = w, s, q
        r = 0.0
        if seen:
            observed += 1
            if relative:
                r = (value - f) / f
                inside = inside and f > 0.0
                if _SMALL < f < _LARGE:
                    product *= f
                    if product < _SMALL or product > _LARGE:
                        logs += math.log(product)
                        product = 1.0
                else:
                    logs += math.log(abs(f))
            else:
                r = value - f
            squares += r * r
            w = p + lift * eps
            carried = (lift_phi * d - lift_phi * q) + phi * p
            q = (p + kappa * d) + stay * q
            p = carried
        else:
            eps = 0.0
            q = q + p
            w = p
            p = phi * p
        trace[t, 0], trace[t, 4] = eps, r
        place += 1
        if place == m:
            place = 0
    states[0] = q - w
    states[1] = w / phi
    return squares, logs + math.log(product), observed, inside


@kernel
def _run_multiplicative(
    y: FloatArray,
    relative: bool,
    season: int,
    m: int,
    alpha: float,
    beta: float,
    gamma: float,
    phi: float,
    damped: bool,
    states: FloatArray,
    trace: FloatArray,
) -> tuple[float, float, int, bool]:
    """Multiplicative trend: the same as ``_run_additive``, in the order of the textbook."""
    level, b = states[0], states[1]
    squares, logs, product = 0.0, 0.0, 1.0
    observed, inside, place = 0, True, 0
    for t in range(y.shape[0]):
        s = states[2 + place]
        value = y[t]
        seen = value == value
        inside = inside and level > 0.0 and b > 0.0
        g = b
        if damped:
            g = math.exp(phi * math.log(b)) if b > 0.0 else 1.0
        q = level * g
        if season == 2:
            eps = value / s - q
            f = q * s
            inside = inside and s > 0.0
            if seen:
                states[2 + place] = s + gamma * (value / q - s)
        else:
            eps = (value - s) - q
            f = q + s
            if seen:
                states[2 + place] = s + gamma * eps
        trace[t, 1], trace[t, 2], trace[t, 3], trace[t, 5] = b, s, q, level
        r = 0.0
        if seen:
            observed += 1
            if relative:
                r = (value - f) / f
                inside = inside and f > 0.0
                if _SMALL < f < _LARGE:
                    product *= f
                    if product < _SMALL or product > _LARGE:
                        logs += math.log(product)
                        product = 1.0
                else:
                    logs += math.log(abs(f))
            else:
                r = value - f
            squares += r * r
        else:
            eps = 0.0
        trace[t, 0], trace[t, 4] = eps, r
        b = g + beta * eps / level
        level = q + alpha * eps
        place += 1
        if place == m:
            place = 0
    states[0], states[1] = level, b
    return squares, logs + math.log(product), observed, inside


@kernel
def ets_pass(
    y: FloatArray, form: int, m: int, smoothing: FloatArray, states: FloatArray, trace: FloatArray
) -> tuple[float, float, int, int]:
    """Run the states through the series: sum of squared errors, sum of log forecasts, figures seen, status.

    y (n): the series, NaN where it has a gap. smoothing (4): alpha, beta, gamma, phi; beta counts only with a trend,
    gamma with a season, phi when the trend is damped. states (2 + m): level, growth, and the season of each place in
    the year, that of the first month first; overwritten by those after the last figure. trace (n, TRACE): written,
    for the adjoint. The sum of log forecasts is of use for multiplicative errors only, for which it is -log of the
    Jacobian. Status OUT_OF_RANGE: something that the model divides by, or takes for a growth factor, is not positive.
    NON_FINITE: the errors are not finite.
    """
    error, trend, season = ets_parts(form)
    alpha = smoothing[0]
    beta = smoothing[1] if trend > 0 else 0.0
    gamma = smoothing[2] if season > 0 else 0.0
    phi = smoothing[3] if trend == 2 or trend == 4 else 1.0
    if trend == 0:
        states[1] = 0.0
    places = m
    if season == 0:
        places = 1
        states[2] = 0.0
    if not 0.0 < phi <= 1.0:
        return np.inf, 0.0, 0, OUT_OF_RANGE
    if trend < 3:
        squares, logs, observed, inside = _run_additive(
            y, error == 1, season, places, alpha, beta, gamma, phi, states, trace
        )
    else:
        squares, logs, observed, inside = _run_multiplicative(
            y, error == 1, season, places, alpha, beta, gamma, phi, trend == 4, states, trace
        )
    if not inside:
        return np.inf, 0.0, observed, OUT_OF_RANGE
    if not (math.isfinite(squares) and math.isfinite(logs)):
        return np.inf, 0.0, observed, NON_FINITE
    return squares, logs, observed, OK


@kernel
def ets_density(error: int, squares: float, logs: float, observed: int) -> float:
    """Log-likelihood with the variance at its maximum, squares / observed; the series' log density.

    -n/2 (log(2 pi squares / n) + 1), less the sum of log forecasts when the error is multiplicative.
    """
    n = float(observed)
    value = -0.5 * n * (math.log(2.0 * math.pi * squares / n) + 1.0)
    if error == 1:
        value -= logs
    return value


def ets_filter(y: FloatArray, form: int, m: int, smoothing: FloatArray, states: FloatArray) -> EtsPass:
    """Forecasts, errors, last states and log-likelihood at given parameters and first states.

    y (n), smoothing (4), states (2 + m): as in ``ets_pass``; nothing is overwritten.
    Status beside those of ``ets_pass``: TOO_SHORT without a figure; SINGULAR when all errors are zero (the
    log-likelihood is infinite); OUT_OF_RANGE for no such form or arrays of other lengths.
    """
    n = len(y)
    if not 0 <= form < FORMS or m < 1 or len(states) != 2 + m or len(smoothing) != 4:
        return EtsPass(np.zeros(n), np.zeros(n), np.zeros(len(states)), 0.0, 0, -np.inf, OUT_OF_RANGE)
    error, _, season = ets_parts(form)
    figures, trace, last = gate(y), np.zeros((n, TRACE)), gate(states).copy()
    squares, logs, observed, status = ets_pass(figures, form, m, gate(smoothing), last, trace)
    loglik = -np.inf
    if status == OK and observed == 0:
        status = TOO_SHORT
    elif status == OK and squares == 0.0:
        loglik, status = np.inf, SINGULAR
    elif status == OK:
        loglik = ets_density(error, squares, logs, observed)
    _, _, s, q, r = trace[:, :5].T
    if season > 0:
        last[2:] = np.roll(last[2:], -n)
    fitted = q * s if season == 2 else q + s
    return EtsPass(fitted, np.where(np.isnan(figures), np.nan, r), last, squares, observed, loglik, status)
