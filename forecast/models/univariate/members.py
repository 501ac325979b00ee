"""The members by name."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from forecast.models.task import Forecaster
from forecast.models.univariate.airline import airline
from forecast.models.univariate.arima import arima
from forecast.models.univariate.ets import ets
from forecast.models.univariate.local_level import local_level
from forecast.models.univariate.naive import drift, seasonal_naive
from forecast.models.univariate.theta import theta

MEMBERS: dict[str, Forecaster] = {
    "seasonal-naive": seasonal_naive,
    "drift": drift,
    "ets": ets,
    "arima": arima,
    "theta": theta,
    "airline": airline,
    "local-level": local_level,
}


def members_with(lunar_new_year: NDArray[np.int64]) -> dict[str, Forecaster]:
    """The members, the airline model among them knowing the days of Lunar New Year (years), proleptic ordinals."""
    return {**MEMBERS, "airline": partial(airline, lunar_new_year=lunar_new_year)}
