"""Least squares for the four Theta models of one series: only alpha is searched, l_0 and theta follow from it.

Sixteen alpha go side by side; the bracket of the best is searched again with sixteen until it is 1e-7 wide. The first
round spans all of [low, high], so what is found is the best of the whole range, not of the neighbourhood of a start.

Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016, International Journal of Forecasting 32, section 3
(the models, and least squares); the errors of the first three months are left out, as in their R package.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT
from forecast.kernels.theta.recursion import LANES, best_weights, theta_lines, theta_residuals, theta_sums
from forecast.kernels.theta.season import ADDITIVE, MULTIPLICATIVE, NO_SEASON, season_indices

STM = 0
"""Standard: theta = 2, one line through all figures."""

OTM = 1
"""Optimised: theta >= 1 from the figures, one line through all."""

DSTM = 2
"""Dynamic standard: theta = 2, the line learned month by month."""

DOTM = 3
"""Dynamic optimised: theta >= 1, the line learned month by month."""

AUTO = 4
"""The one of the four with the least squared error."""

SKIPPED = 3
"""Errors of so many first figures are usually left out."""

LOW, HIGH = 0.1, 0.99
"""The usual range of alpha."""

_WIDTH = 1e-7
_EXACT = 1e-24


class ThetaRules(NamedTuple):
    """What is fitted, and how; unless said otherwise the dynamic optimised model (DOTM).

    model: STM, OTM, DSTM, DOTM or AUTO, which takes the one of the four that errs least within the series. season:
    months a season (1: none). kind: NO_SEASON, ADDITIVE or MULTIPLICATIVE if the test finds one. skipped: first
    figures whose errors do not count. low, high: range of alpha.
    """

    model: int = DOTM
    season: int = 12
    kind: int = MULTIPLICATIVE
    skipped: int = SKIPPED
    low: float = LOW
    high: float = HIGH


class ThetaFit(NamedTuple):
    """One fitted model; everything but ``indices`` refers to the seasonally adjusted series.

    model: STM, OTM, DSTM or DOTM. kind, indices (season): the season taken out, indices[t % season] for month t.
    alpha, theta, level: smoothing, theta, l_0. mse: mean squared error of the months that count. sigma2: their sum of
    squares over (their number - unknowns). by_model (4): mse of each model that was tried. first, last: first month
    with a figure and the one after the last. state (3), moments (5), line (2): as after the last figure, for
    ``theta_walk``. e (n): errors, NaN in gaps
    and in the months that do not count (near alpha = 1 an l_0 that only serves the first error that counts makes
    nonsense of those before).
    status: OK; SINGULAR: the series is met exactly, as a constant is (sigma2 is 0, the forecast stands); TOO_SHORT,
    NON_FINITE, OUT_OF_RANGE: all is NaN.
    """

    model: int
    kind: int
    indices: FloatArray
    alpha: float
    theta: float
    level: float
    mse: float
    sigma2: float
    by_model: FloatArray
    first: int
    last: int
    state: FloatArray
    moments: FloatArray
    line: FloatArray
    e: FloatArray
    status: int


@kernel
def search_theta(
    y: FloatArray, lines: FloatArray, free: bool, skipped: int, low: float, high: float, out: FloatArray
) -> float:
    """Least sum of squared errors of ``y`` over alpha in [low, high]; ``out`` (3) is alpha, l_0 and w = 1 - 1/theta."""
    work = np.empty(10 * LANES)
    alphas = np.empty(LANES)
    weights = np.empty(2)
    bottom, top = low, high
    least = np.inf
    while True:
        for j in range(LANES):
            alphas[j] = bottom + (top - bottom) * j / (LANES - 1)
        theta_sums(y, lines, alphas, skipped, work)
        best = -1
        for j in range(LANES):
            sse = best_weights(work, j, free, weights)
            if sse < least:
                least = sse
                best = j
                out[0] = alphas[j]
                out[1] = y[0] + weights[0]
                out[2] = weights[1]
        if top - bottom <= _WIDTH or not math.isfinite(least):
            return least
        reach = (top - bottom) / (LANES - 1)
        if best < 0:
            reach *= 0.5
        bottom = max(low, out[0] - reach)
        top = min(high, out[0] + reach)


@kernel
def _refused(rules: ThetaRules, n: int, status: int) -> ThetaFit:
    """A fit that was not made."""
    nothing = np.full(max(rules.season, 1), np.nan)
    five = np.full(5, np.nan)
    return ThetaFit(
        rules.model,
        rules.kind * 0,
        nothing,
        np.nan,
        np.nan,
        np.nan,
        np.nan,
        np.nan,
        five[:4],
        status * 0,
        status * 0,
        five[:3],
        five,
        five[:2],
        np.full(n, np.nan),
        status,
    )


@kernel
def check_theta(y: FloatArray, rules: ThetaRules) -> int:
    """Whether ``y`` (n) can be fitted by these rules; a status."""
    if rules.model < STM or rules.model > AUTO or rules.kind < NO_SEASON or rules.kind > MULTIPLICATIVE:
        return OUT_OF_RANGE
    if rules.season < 1 or rules.skipped < 0 or not (0.0 < rules.low <= rules.high < 1.0):
        return OUT_OF_RANGE
    seen = 0
    for t in range(y.shape[0]):
        if math.isinf(y[t]):
            return NON_FINITE
        if not math.isnan(y[t]):
            seen += 1
    return OK if seen - rules.skipped >= 4 else TOO_SHORT


@kernel
def fit_theta(y: FloatArray, rules: ThetaRules) -> ThetaFit:
    """Fit a Theta model to ``y`` (n), NaN is a gap; four figures are needed beyond the skipped ones.

    The search is made in units of the largest figure, so scale and units do not matter.
    """
    n = y.shape[0]
    status = check_theta(y, rules)
    if status != OK:
        return _refused(rules, n, status)
    first = 0
    while math.isnan(y[first]):
        first += 1
    last = n
    while math.isnan(y[last - 1]):
        last -= 1
    scale = 0.0
    for t in range(first, last):
        if abs(y[t]) > scale:
            scale = abs(y[t])
    index = np.empty(rules.season)
    x = np.empty(n)
    if scale == 0.0:
        scale = 1.0
    for t in range(n):
        x[t] = y[t] / scale
    kind = season_indices(x, rules.season, rules.kind, index)
    for t in range(n):
        i = t % rules.season
        if kind == MULTIPLICATIVE:
            x[t] /= index[i]
        elif kind == ADDITIVE:
            x[t] -= index[i]
    z = x[first:last]
    counted = -rules.skipped
    squares = 0.0
    for t in range(z.shape[0]):
        if not math.isnan(z[t]):
            counted += 1
            squares += z[t] * z[t]
    lines = np.empty((z.shape[0], 2))
    moments = np.empty(5)
    by_model = np.full(4, np.nan)
    found = np.zeros(3)
    best = np.zeros(3)
    model = -1
    for tried in range(STM, DOTM + 1):
        if rules.model != AUTO and rules.model != tried:
            continue
        if tried % 2 == 0 or rules.model != AUTO:
            theta_lines(z, tried >= DSTM, lines, moments)
        sse = search_theta(z, lines, tried % 2 == 1, rules.skipped, rules.low, rules.high, found)
        by_model[tried] = sse
        if model < 0 or sse < by_model[model]:
            model = tried
            for i in range(3):
                best[i] = found[i]
    theta_lines(z, model >= DSTM, lines, moments)
    e = np.full(n, np.nan)
    state = np.empty(3)
    theta_residuals(z, lines, best[0], best[2], best[1], e[first:last], state)
    sse = 0.0
    seen = 0
    for t in range(first, last):
        if not math.isnan(e[t]):
            seen += 1
            if seen > rules.skipped:
                sse += e[t] * e[t]
                e[t] *= scale
            else:
                e[t] = np.nan
    status = OK if sse > _EXACT * squares else SINGULAR
    if status == SINGULAR:
        sse = 0.0
    mse = sse / counted * scale * scale
    if not math.isfinite(mse):
        status = NON_FINITE
    if status == NON_FINITE:
        return _refused(rules, n, status)
    line = np.empty(2)
    line[0] = lines[z.shape[0] - 1, 0] * scale
    line[1] = lines[z.shape[0] - 1, 1] * scale
    for i in range(4):
        if by_model[i] <= _EXACT * squares:
            by_model[i] = 0.0
        by_model[i] = by_model[i] / counted * scale * scale
    if kind == ADDITIVE:
        for i in range(rules.season):
            index[i] *= scale
    state[0] *= scale
    moments[2] *= scale
    moments[4] *= scale
    unknowns = 3 if model % 2 == 1 else 2
    return ThetaFit(
        model,
        kind,
        index,
        best[0],
        1.0 / (1.0 - best[2]),
        best[1] * scale,
        mse,
        mse * (counted / (counted - unknowns)),
        by_model,
        first,
        last,
        state,
        moments,
        line,
        e,
        status,
    )
