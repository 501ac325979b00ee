"""Exponential smoothing: every admissible form, weighted by AICc, futures by the forms' own errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate_int
from forecast.kernels.ets.fit import AICC, EtsFit, ets_fit_rows, ets_row
from forecast.kernels.ets.forms import FORMS, NAMES, ets_admissible, ets_parts
from forecast.kernels.ets.paths import ets_extend, ets_paths
from forecast.kernels.status import NOT_CONVERGED, OK, SINGULAR, TOO_SHORT
from forecast.models.task import Ahead, Task
from forecast.models.univariate.record import FloatArray, all_positive, broken, figures_of, hand_over, too_short
from forecast.streams import stream_key

_MEMBER = "ets"
_FEWEST = 3
_SEARCHES = 1
_EXPONENT = 0.0625
_LEAST_WEIGHT = 0.02
_GOLDEN = 0.6180339887498949


def ets(task: Task) -> Ahead:
    """Exponential smoothing by all forms that the record allows, each by its weight exp(-AICc / 16).

    One form alone, the one with the least AICc, errs more: the criterion tells forms apart less surely than Akaike's
    exp(-AICc / 2) says. The exponent is an eighth of his, chosen on the last 18 months of the training parts of M3;
    forms below 2 % are left out. The point is the weighted mean of theirs, and of the paths each has its share: the
    choice of the form is part of their spread, the parameters of each form count as known.
    Where errors are multiplicative, so are the paths; where they are additive the paths are cut at zero.

    Raises:
        InputError: see ``figures_of``.
        GapError: fewer than three figures.
        NumericalError: no form could be fitted.

    Source: Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with Exponential Smoothing", ch. 5-7; Kolassa 2011,
    "Combining exponential smoothing forecasts using Akaike weights", International Journal of Forecasting 27.
    """
    values = figures_of(task, _MEMBER, _FEWEST)
    season = task.series.season
    fits, weights = _weighted_forms(task, values)
    points = np.zeros((len(fits), task.horizon))
    for fit, point in zip(fits, points, strict=True):
        ets_extend(fit.form, season, fit.smoothing, fit.last.copy(), np.zeros(task.horizon), point)
    paths = np.empty((task.paths, task.horizon))
    owner = _owners(weights, task.paths)
    for i, fit in enumerate(fits):
        mine = np.flatnonzero(owner == i)
        key = stream_key(task.seed, f"univariate ets {NAMES[fit.form]}")
        sigma = float(np.sqrt(fit.sigma2))
        paths[mine], status = ets_paths(
            fit.form, season, fit.smoothing, fit.last, sigma, np.empty(0), key, len(mine), task.horizon
        )
        if status != OK:
            raise broken(task.series, _MEMBER, status)
    return hand_over(task.series, _MEMBER, paths, weights @ np.maximum(points, 0.0), _said(fits, weights))


def _weighted_forms(task: Task, values: FloatArray) -> tuple[list[EtsFit], FloatArray]:
    """The forms worth a weight, the heaviest first, and their weights, which add up to 1."""
    positive = all_positive(values)
    ptr, season = np.array([0, len(values)]), task.series.season
    fits, criteria = [], []
    for form in range(FORMS):
        if form > 0 and not ets_admissible(form, season, positive, False):
            continue
        rows = ets_fit_rows(values, ptr, season, gate_int(np.array([form])), AICC, _SEARCHES)
        fit = ets_row(rows, 0)
        if form == 0 and fit.status == TOO_SHORT:
            raise too_short(task.series, _MEMBER, _FEWEST)
        if form == 0 and fit.status not in (OK, NOT_CONVERGED, SINGULAR):
            raise broken(task.series, _MEMBER, fit.status)
        if fit.status == SINGULAR or (form == 0 and not np.isfinite(rows.numbers[0, 3])):
            return [fit], np.ones(1)
        fits.append(fit)
        criteria.append(rows.numbers[0, 3])
    above = np.array(criteria) - min(criteria)
    weights = np.exp(-_EXPONENT * above)
    order = np.argsort(-weights, kind="stable")
    order = order[weights[order] >= _LEAST_WEIGHT * weights.sum()]
    return [fits[i] for i in order], weights[order] / weights[order].sum()


def _owners(weights: FloatArray, paths: int) -> NDArray[np.int64]:
    """Which form draws each path (paths): by multiples of the golden section, so that more paths only append."""
    even = np.mod((np.arange(paths) + 0.5) * _GOLDEN, 1.0)
    owner = np.searchsorted(np.cumsum(weights), even, side="right")
    return np.asarray(np.minimum(owner, len(weights) - 1), dtype=np.int64)


def _said(fits: list[EtsFit], weights: FloatArray) -> str:
    """The heaviest form, its smoothing and the others: "ETS(M,Ad,M) 61 %, alpha .31, ...; MAM 30 %, MNM 9 %"."""
    first = fits[0]
    _, trend, season = ets_parts(first.form)
    name = NAMES[first.form]
    has = (True, trend > 0, season > 0, trend in (2, 4))
    names = ("alpha", "beta", "gamma", "phi")
    numbers = ", ".join(f"{names[i]} {first.smoothing[i]:.2f}" for i in range(4) if has[i])
    share = f" {weights[0]:.0%}" if len(fits) > 1 else ""
    others = [f"{NAMES[fit.form]} {weight:.0%}" for fit, weight in zip(fits[1:], weights[1:], strict=True)]
    return f"ETS({name[0]},{name[1:-1]},{name[-1]}){share}, {numbers}" + (f"; {', '.join(others)}" if others else "")
