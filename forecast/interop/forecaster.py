"""as_forecaster(): any model of statsmodels as a Forecaster, for a backtest beside our own.

Records of positive figures are fitted in logarithms, others as they are. What statsmodels warns of is caught and said
in the answer's line.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ConvergenceError, GapError, InputError
from forecast.interop.law import Law, add_up, condition, draw, state_space_law, theta_law, var_law
from forecast.kernels.random import draw_normals
from forecast.models.task import Ahead, Forecaster, Task
from forecast.models.univariate.record import all_positive, figures_of, hand_over
from forecast.months import format_month
from forecast.panel import Driver
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]
Build = Callable[[FloatArray], Any]
"""From the record, (n) or with drivers (n, 1 + k), to a model of statsmodels or what its ``fit`` returned."""

_HELD = 3  #: months that a driver may end before the record does; its last value stands for them


@dataclass(frozen=True, slots=True)
class Brought:
    """How a model of statsmodels is to be fed; see `as_forecaster`."""

    build: Build
    name: str
    drivers: tuple[str, ...]
    differenced: bool
    gaps: bool
    fewest: int


def as_forecaster(
    build: Build,
    *,
    name: str = "statsmodels",
    drivers: tuple[str, ...] = (),
    differenced: bool = False,
    gaps: bool = True,
    fewest: int = 10,
) -> Forecaster:
    """A Forecaster from a function that sets up (or fits) a model: state space, ETSModel, VAR or ThetaModel.

    It is called with the record at every origin, so it may choose orders by what it sees and by nothing else:

        as_forecaster(lambda y: SARIMAX(y, order=(1, 1, 1), seasonal_order=(0, 1, 1, 12)))
        as_forecaster(lambda y: VAR(y).fit(maxlags=6, ic="aic"), drivers=("oil",), differenced=True)

    Args:
        build: gets an array (n), oldest figure first, NaN in gaps, in logarithms where all are positive; with drivers
            (n, 1 + k). Returns a model, which is fitted with its defaults, or results. Without regressors of its own.
        name: for messages and for the stream of random numbers.
        drivers: names from ``Task.known`` to put beside the flow, as the mean over each span, in logarithms where
            positive. What the task gives of their course (``Task.given``) every path then meets.
        differenced: hand over differences from span to span, and add the forecasts up again.
        gaps: whether the model takes NaN; if not, the stretch after the last gap is fitted.
        fewest: figures needed.

    The forecaster can be sent to other processes if ``build`` can: a function of a module, no lambda.

    Raises (the forecaster):
        GapError: too few figures, or a driver that is not known for the record.
        ConvergenceError: statsmodels could not fit the model.
        InputError: what ``build`` returned is none of these models.
    """
    return partial(_forecast, Brought(build, name, drivers, differenced, gaps, fewest))


def _forecast(brought: Brought, task: Task) -> Ahead:
    values = figures_of(task, brought.name, brought.fewest)
    logs = all_positive(values)
    y, first = last_stretch(task, brought, np.log(values) if logs else values)
    columns = [driver_columns(task, driver) for driver in brought.drivers]
    table = _beside(task, brought, y, [known[first:] for known, _ in columns]) if columns else y
    results, notes = fitted_quietly(brought, task, np.diff(table, axis=0) if brought.differenced else table)
    key = stream_key(task.seed, f"interop {brought.name}")
    if is_ets(results):
        point, paths = _ets_futures(results, task, key)
    else:
        law = _law_of(brought, results, task.horizon)
        if brought.differenced:
            law = add_up(law, np.atleast_1d(table[-1]))
        if columns:
            free = np.full(task.horizon, np.nan)
            law = condition(law, np.column_stack([free, *(pinned for _, pinned in columns)]))
        point, paths = law.mean[:, 0], draw(law, key, task.paths)
    what = type(getattr(results, "model", results)).__name__
    return bring_back(task, brought.name, what, point, paths, logs=logs, notes=notes)


def bring_back(
    task: Task, name: str, what: str, point: FloatArray, paths: FloatArray, *, logs: bool, notes: tuple[str, ...] = ()
) -> Ahead:
    """Point (h) and paths (p, h) from the scale of the model to that of the record, and ``what`` was fitted."""
    if logs:
        with np.errstate(over="ignore"):
            point, paths = np.exp(point), np.exp(paths)
    said = ", ".join([f"{what}{' of logarithms' if logs else ''}", *notes])
    return hand_over(task.series, name, paths, point, said)


def _beside(task: Task, brought: Brought, y: FloatArray, known: list[FloatArray]) -> FloatArray:
    """The record and its drivers (n, 1 + k), from the first span on for which all drivers are known."""
    table = np.column_stack([y, *known])
    first = int(np.argmax(~np.isnan(table[:, 1:]).any(axis=1)))
    if len(table) - first < brought.fewest:
        raise GapError(
            f"{', '.join(brought.drivers)}: known for {len(table) - first} figures of {task.series.name}; "
            f"{brought.name} needs {brought.fewest}."
        )
    return table[first:]


def last_stretch(task: Task, brought: Brought, y: FloatArray) -> tuple[FloatArray, int]:
    """The part of ``y`` (n) that the model can take, and where it begins.

    Raises:
        GapError: the stretch after the last gap is too short for a model that takes no gaps.
    """
    empty = np.flatnonzero(np.isnan(y))
    if brought.gaps or not len(empty):
        return y, 0
    first = int(empty[-1]) + 1
    if len(y) - first < brought.fewest:
        at = format_month(task.series.start + task.series.step * int(empty[-1]))
        raise GapError(
            f"{task.series.name} has a gap at {at} and {len(y) - first} figures after it; {brought.name} takes no gaps "
            f"and needs {brought.fewest}."
        )
    return y[first:], first


def fitted_quietly(brought: Brought, task: Task, table: FloatArray) -> tuple[Any, tuple[str, ...]]:
    """The fitted results, and what statsmodels warned of, in a few words.

    Raises:
        ConvergenceError: statsmodels raised, whatever it was.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = brought.build(table)
            if hasattr(found, "fit"):
                quiet = {} if type(found).__name__ == "VAR" else {"disp": False}
                found = found.fit(**quiet)
        except (ArithmeticError, IndexError, TypeError, ValueError, np.linalg.LinAlgError) as error:
            raise ConvergenceError(
                f"{brought.name} could not be fitted to {task.series.name}: statsmodels says {str(error).strip()!r}."
            ) from error
    settled = not any("onverge" in str(warning.message) for warning in caught)
    return found, () if settled else ("search not settled",)


def is_ets(results: Any) -> bool:
    """Whether these are the results of an ETSModel."""
    return type(results).__name__.startswith("ETSResults")


def _law_of(brought: Brought, results: Any, horizon: int) -> Law:
    if hasattr(results, "ma_rep") and hasattr(results, "sigma_u"):
        return var_law(results, horizon)
    if hasattr(results, "filter_results"):
        return state_space_law(results, horizon)
    if type(results).__name__ == "ThetaModelResults":
        return theta_law(results, horizon)
    raise InputError(
        f"{brought.name} built {type(results).__name__}; a forecaster can be made of a state space model, an ETSModel, "
        "a VAR or a ThetaModel of statsmodels."
    )


def _ets_futures(results: Any, task: Task, key: int) -> tuple[FloatArray, FloatArray]:
    point = np.asarray(results.forecast(task.horizon), dtype=np.float64)
    shocks = np.sqrt(float(results.scale)) * draw_normals(key, task.paths, task.horizon).T
    found = results.simulate(
        task.horizon, anchor="end", repetitions=task.paths, random_errors=np.ascontiguousarray(shocks)
    )
    return point, np.asarray(found, dtype=np.float64).reshape(task.horizon, task.paths).T


def driver_columns(task: Task, name: str) -> tuple[FloatArray, FloatArray]:
    """A driver as means over the record's spans (n), and over spans ahead as far as they are known (h), NaN elsewhere.

    In logarithms where all of it is positive. A driver that ends up to _HELD months before the record is held.

    Raises:
        GapError: it is not known at the end of the record.
    """
    series = task.series
    if name not in task.known:
        there = ", ".join(task.known) or "none"
        raise GapError(f"The task brings no driver {name!r} for {series.name}; it brings {there}.")
    known = task.known[name]
    if known.start > series.origin or known.end < series.origin - _HELD:
        raise GapError(
            f"{name} is known from {format_month(known.start)} to {format_month(known.end)}, {series.name} to "
            f"{format_month(series.origin)}; a driver must be known up to the end of the record."
        )
    months = monthly(known, task.given.get(name), series.start, series.origin + series.step * task.horizon)
    held = months[max(known.end + 1 - series.start, 0) : series.origin + 1 - series.start]
    held[np.isnan(held)] = known.values[-1]
    if np.nanmin(months) > 0.0:
        months = np.log(months)
    by_span = months.reshape(-1, series.step).mean(axis=1)
    return by_span[: len(series)], by_span[len(series) :]


def monthly(known: Driver, given: Driver | None, start: int, end: int) -> FloatArray:
    """Months ``start`` to ``end`` of a driver, those that nobody gives NaN."""
    months = np.full(end - start + 1, np.nan)
    for source in (given, known):
        if source is not None:
            low, high = max(start, source.start), min(end, source.end)
            if low <= high:
                months[low - start : high - start + 1] = source.values[low - source.start : high - source.start + 1]
    return months
