"""Theta models beyond the last figure: point forecasts, paths by key, and many series at once.

Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016, International Journal of Forecasting 32, section 3:
forecasts put mu for y; for a fixed line the variance h months ahead is sigma2 (1 + (h - 1) alpha^2) (as for simple
exponential smoothing), for a line that moves it is known from paths only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, gate_int, kernel
from forecast.kernels._threads import spread
from forecast.kernels.random import fill_normals
from forecast.kernels.status import OK, OUT_OF_RANGE, SINGULAR
from forecast.kernels.theta.fit import DSTM, ThetaFit, ThetaRules, fit_theta
from forecast.kernels.theta.recursion import theta_walk
from forecast.kernels.theta.season import ADDITIVE, MULTIPLICATIVE

FIGURES = 6
"""Figures of each series in ``ThetaBatch.figures``."""


class ThetaBatch(NamedTuple):
    """Fits and forecasts of many series.

    forecasts (series, horizon): from the month after the end of each series. figures (series, 6): alpha, theta, l_0,
    mse, sigma2, kind of season. models, statuses (series).
    """

    forecasts: FloatArray
    figures: FloatArray
    models: IntArray
    statuses: IntArray


@kernel
def theta_path(fit: ThetaFit, n: int, shocks: FloatArray, path: FloatArray, out: FloatArray) -> None:
    """Fill ``out`` (h) with the months after a series of ``n``, season put back.

    shocks and path (h + n - last): from the last figure on, gaps at the end included, in the units of y.
    """
    gap = n - fit.last
    w = 1.0 - 1.0 / fit.theta
    start = float(fit.last - fit.first + 1)
    theta_walk(start, fit.state, fit.moments, fit.line, fit.model >= DSTM, fit.alpha, w, shocks, path)
    for i in range(out.shape[0]):
        season = fit.indices[(n + i) % fit.indices.shape[0]]
        out[i] = path[gap + i]
        if fit.kind == MULTIPLICATIVE:
            out[i] *= season
        elif fit.kind == ADDITIVE:
            out[i] += season


@kernel
def _paths_of(begin: int, end: int, fit: ThetaFit, n: int, key: int, out: FloatArray) -> None:
    """Fill the paths begin to end - 1 of ``out`` (paths, h)."""
    sd = math.sqrt(fit.sigma2)
    shocks = np.empty(out.shape[1] + n - fit.last)
    path = np.empty(shocks.shape[0])
    for i in range(begin, end):
        fill_normals(key, i, shocks)
        for t in range(shocks.shape[0]):
            shocks[t] *= sd
        theta_path(fit, n, shocks, path, out[i])


def theta_paths(fit: ThetaFit, n: int, horizon: int, paths: int, key: int) -> FloatArray:
    """Paths (paths, horizon) after a series of ``n`` months by key; NaN if there is no fit.

    Shocks are N(0, sigma2); more paths and longer horizons only append. ``n`` that ends before the fit does: NaN.
    """
    out = np.full((max(paths, 0), max(horizon, 0)), np.nan)
    if fit.status in (OK, SINGULAR) and n >= fit.last:
        spread(_paths_of, len(out), fit, n, key, out)
    return out


@kernel
def _forecasts_of(begin: int, end: int, y: FloatArray, ends: IntArray, rules: ThetaRules, batch: ThetaBatch) -> None:
    """Fit and forecast the series begin to end - 1 of ``forecast_thetas``."""
    h = batch.forecasts.shape[1]
    for i in range(begin, end):
        start = ends[i - 1] if i > 0 else 0
        if start < 0 or ends[i] < start or ends[i] > y.shape[0]:
            continue
        series = y[start : ends[i]]
        fit = fit_theta(series, rules)
        batch.statuses[i] = fit.status
        if fit.status in (OK, SINGULAR):
            length = h + series.shape[0] - fit.last
            theta_path(fit, series.shape[0], np.zeros(length), np.empty(length), batch.forecasts[i])
            batch.models[i] = fit.model
            batch.figures[i, 0] = fit.alpha
            batch.figures[i, 1] = fit.theta
            batch.figures[i, 2] = fit.level
            batch.figures[i, 3] = fit.mse
            batch.figures[i, 4] = fit.sigma2
            batch.figures[i, 5] = fit.kind


def forecast_thetas(y: FloatArray, ends: IntArray, rules: ThetaRules, horizon: int) -> ThetaBatch:
    """Fit and forecast many series, one behind the other in ``y``; series i ends before ``ends[i]`` (series).

    A series that cannot be fitted has its status and NaN; the others are not touched by it. Ends that do not rise, or
    lie outside of y, are OUT_OF_RANGE.
    """
    many = len(ends)
    batch = ThetaBatch(
        np.full((many, max(horizon, 0)), np.nan),
        np.full((many, FIGURES), np.nan),
        np.full(many, -1),
        np.full(many, OUT_OF_RANGE),
    )
    spread(_forecasts_of, many, gate(y), gate_int(ends), rules, batch)
    return batch
