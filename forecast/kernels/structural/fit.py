"""Maximum likelihood of the basic structural model: variances, of one series or of many.

One scale is concentrated out, sigma^2 = sum v^2 / F / M. The search runs over standard deviations x_p in units of the
start, in which the concentrated likelihood is even and does not change when all are multiplied by a number: a variance
that piles up at zero is then an ordinary minimum at x_p = 0 (in its logarithm it would lie infinitely far off), and no
variance has to serve as the unit, which may itself be zero. Such a variance is set to zero exactly where the likelihood
is at least as high there; one that the search left near zero although the likelihood rises with it starts again.

Source: Harvey 1989, s4.2.1 (concentration) and s4.2.4 (variances at zero); Harvey & Peters 1990, "Estimation procedures
for structural time series models", s3; Nocedal & Wright 2006 (quasi_newton).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT
from forecast.kernels.structural.gradient import structural_ring_score, structural_toeplitz_score
from forecast.kernels.structural.reduced_form import (
    structural_basis,
    structural_constant,
    structural_differenced,
    structural_stretch,
    structural_toeplitz_sums,
)
from forecast.kernels.structural.ring import Start, structural_check, structural_filter, structural_start

_LOG_2_PI = math.log(2.0 * math.pi)
_TOLERANCE = 1e-7
_ITERATIONS = 200
_LONGEST = 2.0
_ROUNDS = 4
_NEAR_ZERO = 1e-6
_AGAIN = 0.05
_ROUNDING = 1e-13
_STARTS = np.array(
    [
        [1.0, 0.3, 0.003, 0.03],
        [0.1, 1.0, 0.003, 0.03],
        [1.0, 0.03, 0.0003, 0.003],
        [0.3, 1.0, 0.1, 0.3],
        [1.0, 0.1, 0.03, 0.3],
        [0.03, 1.0, 0.0003, 0.003],
    ]
)


class Fit(NamedTuple):
    """Estimates.

    variances (4): irregular, level, slope, season. sums (2): log-likelihood, largest |d log-likelihood / d log
    variance|. counts (2): status, evaluations of the likelihood with its gradient.
    """

    variances: FloatArray
    sums: FloatArray
    counts: IntArray


class _Figures(NamedTuple):
    """What the search needs of one series: differenced figures if it is gapless, else how its start is resolved."""

    y: FloatArray
    w: FloatArray
    basis: FloatArray
    start: Start
    shape: IntArray
    constant: FloatArray


@kernel
def _prepare(y: FloatArray, period: int, slope: int) -> _Figures:
    first, end = structural_stretch(y)
    gapless = end > first
    N = max(0, end - first - period - slope)
    none = 0
    start = structural_start(y[:none] if gapless else y, period, slope)
    constant = np.zeros(1)
    if gapless:
        constant[0] = structural_constant(end - first, period, slope)
    else:
        constant[0] = -0.5 * start.counts[1] * _LOG_2_PI - start.volume[0]
    return _Figures(
        y,
        structural_differenced(y[first:end], period, slope),
        structural_basis(period, slope),
        start,
        np.array([period, slope, N]),
        constant,
    )


@kernel
def _evaluate(figures: _Figures, variances: FloatArray, slopes: FloatArray, steep: bool) -> tuple[float, float]:
    """-log-likelihood less its constant, the scale concentrated out, and that scale.

    slopes (4): with ``steep``, the derivatives in the variances.
    """
    period, slope, N = figures.shape[0], figures.shape[1], figures.shape[2]
    if steep:
        if N > 0:
            score, status = structural_toeplitz_score(figures.w, N, figures.basis, variances)
        else:
            score, status = structural_ring_score(figures.y, period, slope, variances, figures.start)
        log_F, squares, M = score.sums[0], score.sums[1], score.sums[2]
        if status == OK and squares > 0.0:
            for p in range(4):
                slopes[p] = 0.5 * (score.trace[p] - score.quad[p] * M / squares)
    elif N > 0:
        w = np.empty(figures.w.shape[0])
        for t in range(w.shape[0]):
            w[t] = figures.w[t]
        log_F, squares, status = structural_toeplitz_sums(w, N, figures.basis, variances)
        M = float(N)
    else:
        filtered = structural_filter(figures.y, period, slope, variances, figures.start, steep)
        log_F, squares, status = filtered.sums[1], filtered.sums[2], filtered.counts[0]
        M = float(filtered.counts[1])
    if status != OK or not squares > 0.0:
        return np.inf, 1.0
    return 0.5 * (M * math.log(squares / M) + log_F + M), squares / M


@kernel
def _fit(
    first: int, last: int, Y: FloatArray, period: int, slope: int, free: IntArray, variances: FloatArray,
    sums: FloatArray, counts: IntArray,
) -> None:  # fmt: skip
    """Fits of the rows first to last - 1 of ``Y``, into the same rows of the results; see `Fit`.

    One kernel with the search inside: kernels that call each other are compiled into one another each time.
    """
    steep, flat = period == period, period != period
    unit, trial, slopes, found = np.zeros(4), np.zeros(4), np.zeros(4), np.zeros(4)
    at = np.zeros(4, np.int64)
    for i in range(first, last):
        y = Y[i]
        good = free.shape[0] == 4
        unknown = 0
        for p in range(4):
            unit[p] = 0.0
            variances[i, p] = 0.0
            if good and (free[p] < 0 or free[p] > 1):
                good = False
            if good and free[p] == 1 and (p != 2 or slope == 1) and (p != 3 or period > 1):
                unit[p] = 1.0
                at[unknown] = p
                unknown += 1
        sums[i, 0], sums[i, 1], counts[i, 1] = np.nan, np.nan, 0
        if not good or unknown == 0:
            counts[i, 0] = OUT_OF_RANGE
            continue
        counts[i, 0] = structural_check(y, period, slope, unit)
        if counts[i, 0] != OK:
            continue
        figures = _prepare(y, period, slope)
        if figures.shape[2] == 0 and figures.start.counts[0] < period + slope:
            counts[i, 0] = TOO_SHORT
            continue
        least = np.inf
        for start in range(_STARTS.shape[0]):
            for p in range(4):
                trial[p] = _STARTS[start, p] if free[p] == 1 and unit[p] > 0.0 else 0.0
            f, _ = _evaluate(figures, trial, slopes, flat)
            if f < least:
                least = f
                for p in range(4):
                    found[p] = trial[p]
        for p in range(4):
            unit[p] = found[p]
        M = max(figures.shape[2], figures.start.counts[1] - period - slope)
        largest = 0.0
        for t in range(y.shape[0]):
            largest = max(largest, 0.0 if math.isnan(y[t]) else abs(y[t]))
        if not math.isfinite(least) or 2.0 * least / M - 1.0 < 2.0 * math.log(_ROUNDING * largest):
            counts[i, 0] = SINGULAR
            continue
        best = np.inf
        for _ in range(_ROUNDS):
            search = begin(np.ones(unknown), _TOLERANCE, _ITERATIONS, _LONGEST)
            for p in range(4):
                trial[p] = 0.0
            while True:
                for k in range(unknown):
                    trial[at[k]] = unit[at[k]] * search.x[k] * search.x[k]
                f, _ = _evaluate(figures, trial, slopes, steep)
                counts[i, 1] += 1
                for k in range(unknown):
                    search.g[k] = 2.0 * slopes[at[k]] * unit[at[k]] * search.x[k]
                if advance(search, f) != EVALUATE:
                    break
            counts[i, 0] = search.counts[2]
            for k in range(unknown):
                found[at[k]] = unit[at[k]] * search.best[k] * search.best[k]
            again = False
            _evaluate(figures, found, slopes, steep)
            for p in range(4):
                near = unit[p] > 0.0 and found[p] < _NEAR_ZERO * unit[p]
                if near and slopes[p] < 0.0:
                    trial[p] = _AGAIN * unit[p]
                    again = True
                else:
                    trial[p] = max(found[p], _NEAR_ZERO * unit[p])
            if not again or not search.value[0] < best:
                break
            best = search.value[0]
            for p in range(4):
                unit[p] = trial[p]
        best, _ = _evaluate(figures, found, slopes, flat)
        for p in range(4):
            kept = found[p]
            if kept > 0.0:
                found[p] = 0.0
                f, _ = _evaluate(figures, found, slopes, flat)
                if f <= best + _ROUNDING * max(1.0, abs(best)):
                    best = min(best, f)
                else:
                    found[p] = kept
        f, scale = _evaluate(figures, found, slopes, steep)
        sums[i, 1] = 0.0
        for p in range(4):
            sums[i, 1] = max(sums[i, 1], abs(slopes[p]) * found[p])
            variances[i, p] = found[p] * scale
        sums[i, 0] = figures.constant[0] - f
        if not math.isfinite(sums[i, 0]):
            counts[i, 0] = NON_FINITE


def structural_fit(y: FloatArray, period: int, slope: int, free: IntArray) -> Fit:
    """Variances of highest exact diffuse likelihood for ``y`` (n; NaN is a gap).

    period, slope: as ``structural_check``. free (4): 1 for each variance to be estimated, of irregular, level, slope
    and season; the others are zero (a slope without variance is a fixed one). Status SINGULAR for figures that the
    model fits without any shock but rounding (constant, straight or purely seasonal ones), OUT_OF_RANGE if no variance
    is free, TOO_SHORT if the figures leave some of the start unknown.
    """
    variances, sums, counts = np.empty((1, 4)), np.empty((1, 2)), np.empty((1, 2), np.int64)
    _fit(0, 1, y[None], period, slope, free, variances, sums, counts)
    return Fit(variances[0], sums[0], counts[0])


def structural_fits(Y: FloatArray, period: int, slope: int, free: IntArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """``structural_fit`` of each row of Y (series, n): variances (series, 4), log-likelihoods (series), statuses."""
    series = len(Y)
    variances, sums, counts = np.empty((series, 4)), np.empty((series, 2)), np.empty((series, 2), np.int64)
    spread(_fit, series, Y, period, slope, free, variances, sums, counts)
    return variances, sums[:, 0].copy(), counts[:, 0].copy()
