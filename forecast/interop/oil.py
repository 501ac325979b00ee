"""The oil price as regressors of a record: columns over the record, and over what comes, given or drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.interop.forecaster import monthly
from forecast.kernels.random import draw_normals
from forecast.models.regressors import DEEPEST_OIL_LAG, oil_regressors
from forecast.models.task import Task

FloatArray = NDArray[np.float64]

_HELD = 3  #: months that the price may end before the record does


@dataclass(frozen=True, slots=True)
class OilColumns:
    """What is known of the price, as a record needs it.

    columns (n, g): regressors over the record, NaN before its figure ``first``. log_oil: months from the first that a
    regressor reads to the last known, given ones included. spread: standard deviation of its monthly changes.
    """

    columns: FloatArray
    first: int
    log_oil: FloatArray
    spread: float


def oil_columns(task: Task) -> OilColumns | None:
    """Mean log oil over groups of lags (annual records: over the year); None where the price is not known."""
    oil, series = task.known.get("oil"), task.series
    if oil is None or oil.end < series.origin - _HELD or oil.start > series.origin or not (oil.values > 0.0).all():
        return None
    given = task.given.get("oil")
    start = series.start - DEEPEST_OIL_LAG
    end = min(max(oil.end, series.origin, given.end if given else 0), series.origin + series.step * task.horizon)
    months = monthly(oil, given, start, end)
    held = months[max(oil.end + 1 - start, 0) :]
    held[np.isnan(held)] = oil.values[-1]
    log_oil = np.log(months)
    past = log_oil[: series.origin + 1 - start]
    columns = _by_span(past, series.step)
    usable = ~np.isnan(columns).any(axis=1)
    if not usable.any():
        return None
    changes = np.diff(np.log(oil.values[: max(series.origin + 1 - oil.start, 2)]))
    return OilColumns(columns, int(np.argmax(usable)), log_oil, float(changes.std()))


def oil_ahead(task: Task, known: OilColumns, key: int) -> tuple[FloatArray, FloatArray]:
    """Regressors of the spans ahead: with the last price known lasting (h, g), and by path (p, h, g).

    Beyond what is known or given the log price walks at random, one walk a path.
    """
    series = task.series
    need = DEEPEST_OIL_LAG + series.step * (len(series) + task.horizon)
    lacking = need - len(known.log_oil)
    walk = np.zeros((task.paths, 0))
    if lacking > 0:
        walk = known.spread * np.cumsum(draw_normals(key, task.paths, lacking), axis=1)
    tail = series.step * task.horizon + DEEPEST_OIL_LAG
    last = known.log_oil[-1]
    still = np.concatenate([known.log_oil, np.full(max(lacking, 0), last)])[-tail:]
    central = _by_span(still, series.step)
    if lacking <= 0:
        return central, np.broadcast_to(central, (task.paths, *central.shape))
    moved = np.broadcast_to(still, (task.paths, tail)).copy()
    width = min(lacking, tail)
    moved[:, tail - width :] = last + walk[:, lacking - width :]
    return central, _by_span(moved, series.step)


def _by_span(log_oil: FloatArray, step: int) -> FloatArray:
    """Regressors (..., n, g) of spans from log oil (..., DEEPEST_OIL_LAG + n * step)."""
    if step == 12:
        own = log_oil[..., DEEPEST_OIL_LAG:]
        return np.asarray(own.reshape(*own.shape[:-1], -1, 12).mean(axis=-1)[..., None])
    columns = oil_regressors(log_oil)
    by_span = columns.reshape(*columns.shape[:-2], -1, step, columns.shape[-1])
    return np.asarray(by_span.mean(axis=-2))
