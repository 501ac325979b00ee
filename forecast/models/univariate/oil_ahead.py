"""Oil as a regressor of a record: log prices behind it, and their own density, or a given course, ahead of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast.errors import InputError
from forecast.kernels._jit import gate
from forecast.kernels.moving_average import moving_average_shocks
from forecast.kernels.random import draw_uniforms
from forecast.models.oil import OilDensity, fit_oil
from forecast.models.regressors import DEEPEST_OIL_LAG, oil_regressors
from forecast.panel import Driver
from forecast.series import Series
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

OIL = "oil"
_FEWEST_MONTHS = 60  # what the density of the oil price needs
_LATEST_MONTHS = 3
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class OilCourse:
    """Log price, months in a row.

    behind (m): months from DEEPEST_OIL_LAG before the record's first to its last. known (k): all months known.
    ahead (a): months after the record's last one that are known or given, as many as are needed at most.
    """

    behind: FloatArray
    known: FloatArray
    ahead: FloatArray


def oil_course(series: Series, known: Mapping[str, Driver], given: Mapping[str, Driver]) -> OilCourse | None:
    """The price as far as a record needs it, or None where it is not known well enough.

    Known months go before given ones. It is not known well enough where it ends three months or more before the record
    does, or covers less than half of it. Months before the first price take the first, so they tell nothing about oil;
    the month or two at the end take the last.

    Raises:
        InputError: a price that is not above zero.
    """
    driver = known.get(OIL)
    if driver is None or len(driver.values) < _FEWEST_MONTHS:
        return None
    price, course = driver.values, given.get(OIL)
    if course is not None and course.start <= driver.end + 1 <= course.end:
        price = np.concatenate([price, course.values[driver.end + 1 - course.start :]])
    if not bool((price > 0.0).all()):
        raise InputError("A price of oil must be above zero in every month; found one that is not.", pointer=OIL)
    log_price, end = np.log(price), driver.start + len(price) - 1
    first = series.start - DEEPEST_OIL_LAG
    covered = min(end, series.origin) - max(driver.start, series.start) + 1
    if end <= series.origin - _LATEST_MONTHS or covered < _LEAST_SHARE * (series.origin - series.start + 1):
        return None
    at = np.clip(np.arange(first, series.origin + 1) - driver.start, 0, len(log_price) - 1)
    later = log_price[max(series.origin + 1 - driver.start, 0) :]
    return OilCourse(gate(log_price[at]), gate(np.log(driver.values)), gate(later))


def spans_mean(monthly: FloatArray, step: int) -> FloatArray:
    """Means over the months of each span: (..., months, k) -> (..., spans, k)."""
    shape = (*monthly.shape[:-2], monthly.shape[-2] // step, step, monthly.shape[-1])
    return gate(monthly.reshape(shape).mean(axis=-2))


def oil_columns(course: OilCourse, step: int) -> FloatArray:
    """Regressors of the record (spans, groups of lags)."""
    return spans_mean(oil_regressors(course.behind), step)


def oil_columns_ahead(course: OilCourse, step: int, months: int) -> FloatArray:
    """Regressors of the spans ahead (spans, groups) when every month to come has its median price."""
    density = _density(course)
    kept = course.ahead[:months]
    median = np.full(months - len(kept), density.last_log + density.theta * density.last_shock)
    return _columns(course, np.concatenate([kept, median]), step)


def oil_column_paths(course: OilCourse, step: int, months: int, paths: int, seed: int) -> FloatArray:
    """Regressors of the spans ahead (paths, spans, groups) when the price goes by its density.

    The law and the random numbers are those of the oil paths of a scenario, so path i meets the same price there.
    """
    density = _density(course)
    kept = course.ahead[:months]
    free = months - len(kept)
    uv = draw_uniforms(stream_key(seed, "oil"), paths, 2 * free)
    u, v = uv[:, 0::2], uv[:, 1::2]
    df = density.df
    shocks = density.scale_sd * np.cos(2.0 * np.pi * v) * np.sqrt(df * (u ** (-2.0 / df) - 1.0))
    before = np.concatenate([np.full((paths, 1), density.last_shock), shocks[:, :-1]], axis=1)[:, :free]
    drawn = density.last_log + np.cumsum(shocks + density.theta * before, axis=1)
    whole = np.concatenate([np.broadcast_to(kept, (paths, len(kept))), drawn], axis=1)
    return _columns(course, whole, step)


def _columns(course: OilCourse, ahead: FloatArray, step: int) -> FloatArray:
    """Regressors of the spans ahead from their log prices (..., months)."""
    past = course.behind[len(course.behind) - DEEPEST_OIL_LAG :]
    whole = np.concatenate([np.broadcast_to(past, (*ahead.shape[:-1], len(past))), ahead], axis=-1)
    return spans_mean(oil_regressors(whole), step)


def _density(course: OilCourse) -> OilDensity:
    """The density of the price, standing at the last month that is known or given."""
    fitted = _fitted(course.known.tobytes())
    if not len(course.ahead):
        return fitted
    steps = np.diff(np.concatenate([course.behind, course.ahead]))
    shock = float(moving_average_shocks(gate(steps), fitted.theta, 0.0)[-1])
    return OilDensity(fitted.theta, fitted.scale_sd, fitted.df, float(course.ahead[-1]), shock)


@lru_cache(maxsize=256)
def _fitted(log_price: bytes) -> OilDensity:
    """The density fitted to a price, kept, since many records ask for the same."""
    values = np.exp(np.frombuffer(log_price, dtype=np.float64))
    return fit_oil(Driver(OIL, 0, values))
