"""residuals_of(): the one-step errors of a univariate member, from the same kernels and on the same scale as its paths.

A member says in one line what it fitted: the form or order it chose, whether it took logarithms. That line is read
here, so that the residuals are those of the model that forecasts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, NumericalError, SchemaError
from forecast.fields import suggest
from forecast.interop.box_jenkins import arima_residuals, fit_order
from forecast.interop.residuals import FIGURES, LOGARITHMS, RELATIVE, Residuals, gaussian_loglik, spans_of, standardise
from forecast.kernels._jit import gate
from forecast.kernels.ets.fit import ets_fit
from forecast.kernels.ets.forms import ets_form, ets_parts
from forecast.kernels.ets.recursion import ets_filter
from forecast.kernels.naive import naive_forecast
from forecast.kernels.theta.fit import ThetaRules, fit_theta
from forecast.kernels.theta.season import ADDITIVE, MULTIPLICATIVE
from forecast.models.calendar import has_calendar, trading_days
from forecast.models.catalogue import forecaster_named
from forecast.models.task import Task
from forecast.models.univariate.oil_ahead import oil_columns, oil_course, spans_mean
from forecast.panel import Driver
from forecast.series import Series

FloatArray = NDArray[np.float64]

_FORM = re.compile(r"ETS\((\w+),(\w+),(\w+)\)")
_THETA_FEWEST = 4


def residuals_of(model: str, series: Series, known: Mapping[str, Driver] | None = None) -> Residuals:
    """Fit a member of MODELS to a record and take its one-step errors.

    known: drivers by name, as ``Task.known`` has them; the airline model reads the oil price.

    Raises:
        SchemaError: no such member.
        GapError: fewer figures than it needs.
        InputError: a figure that no trade can have.
    """
    if model not in _LEFT:
        raise SchemaError(
            f"{model!r} is no model whose residuals can be taken. {suggest(model, MODELS)}",
            pointer="/model",
            allowed=MODELS,
        )
    if not len(series):
        raise GapError(f"{series.name} has no figures to fit.")
    task = Task(series, horizon=1, paths=1, known=known or {})
    return _LEFT[model](task, forecaster_named(model)(task).said)


def takes_logarithms(said: str) -> bool:
    """Whether a member's line says that errors are those of logarithms."""
    return "logarithm" in said or "relative errors" in said


def _arima(task: Task, said: str) -> Residuals:
    return arima_residuals(task.series, said)


def _airline(task: Task, said: str) -> Residuals:
    """With the groups of regressors that the member's line names, in its order."""
    series, groups = task.series, {}
    if has_calendar(series.start, series.origin):
        groups["trading days"] = spans_mean(trading_days(series.start, series.origin), series.step)
    course = oil_course(series, task.known, task.given)
    if course is not None:
        groups["oil"] = oil_columns(course, series.step)
    taken = [name for name in said.partition(", with ")[2].split(", ") if name]
    if not set(taken) <= set(groups):
        raise NumericalError(f"The regressors of {said!r} are not all known here; please report it.")
    X = np.concatenate([np.zeros((len(series), 0)), *(groups[name] for name in taken)], axis=1)
    names = tuple(f"{name}.{i + 1}" for name in taken for i in range(groups[name].shape[1]))
    s = series.season
    order = (0, 1, 1, 0, 1, 1, s) if s > 1 else (0, 1, 1, 0, 0, 0, 1)
    logs = "of logarithms" in said
    return fit_order(series, order, X=X, regressors=names, constant=s == 1, logs=logs, model="airline", said=said)


def _ets(task: Task, said: str) -> Residuals:
    """Of the form that the member's line names first."""
    series = task.series
    values, season = gate(series.values), series.season
    named = _FORM.match(said)
    if named is None:
        raise NumericalError(f"No form can be read from {said!r}; please report it.")
    fit = ets_fit(values, ets_form("".join(named.groups())), season)
    error, trend, seasonal = ets_parts(fit.form)
    passed = ets_filter(values, fit.form, season, fit.smoothing, fit.first)
    has = np.array([True, trend > 0, seasonal > 0, trend in (2, 4)])
    names = [name for name, there in zip(("alpha", "beta", "gamma", "phi"), has, strict=True) if there]
    states = [fit.first[0], *([fit.first[1]] if trend else []), *(fit.first[2:] if seasonal else [])]
    names += ["level.0", *(["growth.0"] if trend else []), *_season_names(season if seasonal else 0)]
    params = np.array([*fit.smoothing[has], *states, fit.squares / max(fit.observed, 1)])
    mixed = ("The member mixes several forms; these are the residuals of the heaviest.",) if ";" in said else ()
    return Residuals(
        name=series.name,
        model="ets",
        said=said,
        scale=RELATIVE if error == 1 else FIGURES,
        season=season,
        evenly=True,
        spans=spans_of(series),
        endog=values,
        fitted=passed.fitted,
        errors=passed.errors,
        standardised=standardise(passed.errors, fit.sigma2, 1.0 if error == 1 else _size(values)),
        start=0,
        loglik=fit.loglik,
        params=params,
        names=(*names, "sigma2"),
        bse=np.full(len(params), np.nan),
        memory=int(has.sum()),
        notes=mixed,
    )


def _size(values: FloatArray) -> float:
    return float(np.nanmax(np.abs(values)))


def _season_names(count: int) -> list[str]:
    return [f"season.{i + 1}" for i in range(count)]


def _theta(task: Task, said: str) -> Residuals:
    """Errors of the figures with their season; relative ones as differences of logarithms."""
    series = task.series
    values = gate(series.values)
    skipped = min(3, int(np.count_nonzero(~np.isnan(values))) - _THETA_FEWEST)
    fit = fit_theta(values, ThetaRules(season=series.season, skipped=skipped))
    index = np.array([fit.indices[t % len(fit.indices)] for t in range(len(values))])
    unseasoned = values / index if fit.kind == MULTIPLICATIVE else values - (index if fit.kind == ADDITIVE else 0.0)
    expected = unseasoned - fit.e
    fitted = expected * index if fit.kind == MULTIPLICATIVE else expected + (index if fit.kind == ADDITIVE else 0.0)
    logs = takes_logarithms(said)
    endog, fitted = (np.log(values), np.log(fitted)) if logs else (values, fitted)
    # Additive shocks belong to the adjusted series: the index scales them.
    errors = endog - fitted if logs else fit.e
    seen = ~np.isnan(errors)
    free = 3 if fit.model % 2 == 1 else 2
    variance = float(np.sum(errors[seen] ** 2)) / max(int(seen.sum()) - free, 1)
    return Residuals(
        name=series.name,
        model="theta",
        said=said,
        scale=LOGARITHMS if logs else FIGURES,
        season=series.season,
        evenly=True,
        spans=spans_of(series),
        endog=endog,
        fitted=fitted,
        errors=errors,
        standardised=standardise(errors, variance if fit.sigma2 > 0.0 else 0.0, 1.0 if logs else _size(values)),
        start=int(np.flatnonzero(seen)[0]),
        loglik=gaussian_loglik(errors),
        params=np.array([fit.alpha, fit.theta, fit.level, variance]),
        names=("alpha", "theta", "level.0", "sigma2"),
        bse=np.full(4, np.nan),
        memory=1,
    )


def _seasonal_naive(task: Task, said: str) -> Residuals:
    return _walk(task.series, said, "seasonal-naive", task.series.season, 0)


def _drift(task: Task, said: str) -> Residuals:
    return _walk(task.series, said, "drift", 1, 1)


def _walk(series: Series, said: str, model: str, cycle: int, drifts: int) -> Residuals:
    """Moves of a walk from cycle to cycle; over a gap of k cycles the move has k times the variance."""
    logs = takes_logarithms(said)
    values = gate(np.log(series.values) if logs else series.values)
    change, variance, of_change = naive_forecast(values, cycle, drifts, 1).numbers
    fitted, cycles = np.full(len(values), np.nan), np.ones(len(values))
    last = np.full(cycle, -1)
    for t in np.flatnonzero(~np.isnan(values)).tolist():
        before = int(last[t % cycle])
        if before >= 0:
            cycles[t] = (t - before) // cycle
            fitted[t] = values[before] + cycles[t] * change
        last[t % cycle] = t
    errors = values - fitted
    names = ("drift", "sigma2") if drifts else ("sigma2",)
    return Residuals(
        name=series.name,
        model=model,
        said=said,
        scale=LOGARITHMS if logs else FIGURES,
        season=series.season,
        evenly=True,
        spans=spans_of(series),
        endog=values,
        fitted=fitted,
        errors=errors,
        standardised=standardise(errors / np.sqrt(cycles), float(variance), 1.0 if logs else _size(values)),
        start=cycle,
        loglik=gaussian_loglik(errors / np.sqrt(cycles)),
        params=np.array([change, variance][1 - drifts :]),
        names=names,
        bse=np.array([np.sqrt(of_change), np.nan][1 - drifts :]),
        memory=0,
    )


_LEFT: dict[str, Callable[[Task, str], Residuals]] = {
    "ets": _ets,
    "arima": _arima,
    "theta": _theta,
    "airline": _airline,
    "seasonal-naive": _seasonal_naive,
    "drift": _drift,
}

MODELS = tuple(_LEFT)
"""Members whose residuals can be taken."""
