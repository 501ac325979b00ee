"""Theta: the dynamic optimised model, season taken out and put back."""

from __future__ import annotations

import numpy as np

from forecast.kernels.status import OK, SINGULAR, TOO_SHORT
from forecast.kernels.theta.ahead import theta_path, theta_paths
from forecast.kernels.theta.fit import ThetaFit, ThetaRules, fit_theta
from forecast.kernels.theta.season import MULTIPLICATIVE
from forecast.models.task import Ahead, Task
from forecast.models.univariate.record import (
    WIDEST,
    WIDEST_YEARS,
    FloatArray,
    all_positive,
    bridged,
    broken,
    figures_of,
    hand_over,
    relative_is_likelier,
    too_short,
)
from forecast.streams import stream_key

_MEMBER = "theta"
_FEWEST = 4
_LARGEST_SAID = 100.0  # beyond, the forecast is all but a line and its smoothing
_NAMES = ("STM", "OTM", "DSTM", "DOTM")


def theta(task: Task) -> Ahead:
    """The dynamic optimised Theta model; its parameters count as known.

    Paths lie about the point forecast, by shocks in the unit of the record or by relative ones, whichever makes the
    errors within the record likelier; the former are cut at zero. Many gaps are bridged, or no season would be found.

    Raises:
        InputError: see ``figures_of``.
        GapError: fewer than four figures.

    Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016, International Journal of Forecasting 32, s3.
    """
    values = bridged(figures_of(task, _MEMBER, _FEWEST), task.series.season)
    n, horizon = len(values), task.horizon
    skipped = min(3, int(np.count_nonzero(~np.isnan(values))) - _FEWEST)
    fit = fit_theta(values, ThetaRules(season=task.series.season, skipped=skipped))
    if fit.status == TOO_SHORT:
        raise too_short(task.series, _MEMBER, _FEWEST)
    if fit.status not in (OK, SINGULAR):
        raise broken(task.series, _MEMBER, fit.status)
    point, quiet = np.zeros(horizon), np.zeros(horizon + n - fit.last)
    theta_path(fit, n, quiet, quiet.copy(), point)
    paths = theta_paths(fit, n, horizon, task.paths, stream_key(task.seed, "univariate theta"))
    spread = _relative_spread(fit, values)
    numbers = f"alpha {fit.alpha:.2f}, theta {min(fit.theta, _LARGEST_SAID):.2f}"
    said = f"Theta({_NAMES[fit.model]}), {numbers}, season {_season(fit)}"
    if spread > 0.0 and bool((point > 0.0).all()):
        index = np.array([fit.indices[(n + i) % len(fit.indices)] for i in range(horizon)])
        unit = np.sqrt(fit.sigma2) * (index if fit.kind == MULTIPLICATIVE else 1.0)
        paths = point * np.exp(spread * (paths - point) / unit)
        return hand_over(task.series, _MEMBER, paths, point, said + ", relative errors")
    return hand_over(task.series, _MEMBER, paths, point, said + ", absolute errors")


def _season(fit: ThetaFit) -> str:
    return ("none", "additive", "multiplicative")[int(fit.kind)]


def _relative_spread(fit: ThetaFit, values: FloatArray) -> float:
    """Standard deviation of the errors of the logarithm, or 0 where errors in the record's unit are likelier."""
    if fit.status == SINGULAR or not all_positive(values):
        return 0.0
    index = np.array([fit.indices[t % len(fit.indices)] for t in range(len(values))])
    counted = ~np.isnan(fit.e)
    index, e, figures = index[counted], fit.e[counted], values[counted]
    if fit.kind == MULTIPLICATIVE:
        e = e * index
    expected = figures - e
    if not (expected > 0.0).all():
        return 0.0
    relative = np.log(figures / expected)
    ahead = WIDEST_YEARS * len(fit.indices)
    if not relative_is_likelier(e, relative, figures, WIDEST / np.sqrt(1.0 + (ahead - 1) * fit.alpha**2)):
        return 0.0
    free = 3 if fit.model % 2 == 1 else 2
    return float(np.sqrt(np.sum(relative**2) / max(len(relative) - free, 1)))
