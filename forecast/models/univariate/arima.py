"""Automatic seasonal ARIMA: logarithms or not, orders by a stepwise search, futures by its exact law."""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import gate_int
from forecast.kernels.arima.fit import CSS_ML, arima_fit
from forecast.kernels.arima.forecast import arima_forecast, arima_paths, psi_weights
from forecast.kernels.order_selection.candidate import AICC
from forecast.kernels.order_selection.plan import SEARCH_LIMITS
from forecast.kernels.order_selection.selection import ArimaSelection
from forecast.kernels.order_selection.stepwise import arima_stepwise
from forecast.kernels.status import NOT_CONVERGED, OK, SINGULAR, TOO_SHORT
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

_MEMBER = "arima"
_FEWEST = 3
_MOST_FIRST_DIFFERENCES = 1  # a second one lets a bend run on for the whole horizon
_MOST_MODELS = 24  # more find hardly better ones and take half as long again
_LIMITS = gate_int(np.array([*SEARCH_LIMITS[:5], _MOST_FIRST_DIFFERENCES, *SEARCH_LIMITS[6:-1], _MOST_MODELS]))
_STILL = 1e-12


def arima(task: Task) -> Ahead:
    """The seasonal ARIMA model that a stepwise search finds best by AICc; its coefficients count as known.

    Of the logarithms where they make the record likelier and their spread some years ahead stays
    moderate, else of the figures, with paths cut at zero. At most one first and one seasonal difference.

    Raises:
        InputError: see ``figures_of``.
        GapError: fewer than three figures.
        NumericalError: no order could be fitted.

    Source: Hyndman & Khandakar 2008, "Automatic time series forecasting: the forecast package for R", s3.
    """
    values = figures_of(task, _MEMBER, _FEWEST)
    season = task.series.season if _whole_year_seen(values, task.series.season) else 1
    logs = all_positive(values) and logs_fit(values, season)
    y, centre = _centred(np.log(values) if logs else values)
    found, variance = _chosen(task, y, season)
    if logs and _spread_far_ahead(found, variance, task.series.season) > WIDEST:
        logs = False
        y, centre = _centred(values)
        found, variance = _chosen(task, y, season)
    none, beyond = np.zeros((len(y), 0)), np.zeros((task.horizon, 0))
    law = arima_forecast(y, none, beyond, found.order, found.coef, found.beta, variance)
    if int(law.counts[0]) != OK:
        raise broken(task.series, _MEMBER, int(law.counts[0]))
    paths = centre + arima_paths(law, stream_key(task.seed, "univariate arima"), task.paths)
    point = centre + law.mean
    if logs:
        paths, point = np.exp(paths), np.exp(point)
    return hand_over(task.series, _MEMBER, paths, point, said_order(found.order) + (" of logarithms" if logs else ""))


def _whole_year_seen(values: FloatArray, season: int) -> bool:
    """Whether every place of the year has a figure."""
    return len(set(np.flatnonzero(~np.isnan(values)) % season)) == season


def _centred(y: FloatArray) -> tuple[FloatArray, float]:
    """The figures (n) less their median, and the median: without a mean a model then stays near the record."""
    centre = float(np.nanmedian(y))
    return y - centre, centre


def _spread_far_ahead(found: ArimaSelection, variance: float, season: int) -> float:
    """Standard deviation of the forecast some years ahead."""
    weights = psi_weights(found.coef, found.order, WIDEST_YEARS * season)
    return float(np.sqrt(variance * np.sum(weights**2)))


def _chosen(task: Task, y: FloatArray, season: int) -> tuple[ArimaSelection, float]:
    """The best order for y (n) and the variance of its shocks; many gaps are bridged for the search alone."""
    searched, none = bridged(y, season), np.zeros((len(y), 0))
    found = arima_stepwise(searched, none, season, _LIMITS, AICC)
    if searched is not y and int(found.counts[0]) in (OK, NOT_CONVERGED):
        fit = arima_fit(y, none, found.order, CSS_ML)
        found = found._replace(coef=fit.coef, beta=fit.beta, numbers=fit.numbers, counts=fit.counts)
    status = int(found.counts[0])
    if status == TOO_SHORT:
        raise too_short(task.series, _MEMBER, _FEWEST)
    if status not in (OK, NOT_CONVERGED, SINGULAR):
        raise broken(task.series, _MEMBER, status)
    return found, _variance(found, y)


def said_order(order: np.ndarray) -> str:
    """ "ARIMA(2,1,1)(0,1,1)[12] with drift"."""
    p, d, q, P, D, Q, s, constant = (int(part) for part in order)
    seasonal = f"({P},{D},{Q})[{s}]" if s > 1 and P + D + Q > 0 else ""
    extra = (" with a mean" if d + D == 0 else " with drift") if constant and d + D <= 1 else ""
    return f"ARIMA({p},{d},{q}){seasonal}{extra}"


def _variance(found: ArimaSelection, y: FloatArray) -> float:
    """Variance of the shocks, the coefficients allowed for; next to nothing for a record that does not vary."""
    if int(found.counts[0]) == SINGULAR:
        return (_STILL * max(float(np.nanmax(np.abs(y))), _STILL)) ** 2
    figures, parameters = int(found.counts[2]), int(found.counts[3])
    return float(found.numbers[1]) * figures / max(figures - parameters + 1, 1)


def logs_fit(values: FloatArray, season: int) -> bool:
    """Whether an airline model of the logarithms makes a record likelier than one of the figures, both with Jacobian.

    Where the record is too short for one, or does not vary, the changes from step to step have to do.
    """
    seasonal = season > 1 and len(values) > 3 * season
    order = gate_int(np.array([0, 1, 1, 0, 1, 1, season, 0] if seasonal else [0, 1, 1, 0, 0, 0, 1, 0]))
    values = bridged(values, season)
    logs, none = np.log(values), np.zeros((len(values), 0))
    fits = [arima_fit(y, none, order, CSS_ML) for y in (values, logs)]
    lost = 1 + (season if seasonal else 0)
    if all(int(fit.counts[0]) in (OK, NOT_CONVERGED) for fit in fits):
        jacobian = _fresh_logs(logs, lost)
        return bool(fits[1].numbers[0] - jacobian > fits[0].numbers[0])
    moves, steps = np.diff(values), np.diff(logs)
    seen = ~np.isnan(moves)
    if np.count_nonzero(seen) < 2:
        return True
    moves, steps = moves[seen], steps[seen]
    return relative_is_likelier(moves - moves.mean(), steps - steps.mean(), values[1:][seen], np.inf)


def _fresh_logs(logs: FloatArray, lost: int) -> float:
    """Sum of the logarithms of the figures that a likelihood of differences speaks of: all but the first ones."""
    seen = logs[~np.isnan(logs)]
    return float(seen[lost:].sum())
