"""Task and Ahead: what a forecaster of a regular record is asked, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Driver
from forecast.series import Series

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """Forecast the spans after a Series.

    series: what is known. horizon: spans ahead. paths: joint futures to draw. seed: of every random number; the same
    seed gives the same bits, more paths only append.
    known: monthly drivers up to the last month known of each, by name ("oil", "fx:RUS", "activity").
    given: drivers whose course beyond that is taken as known as well (the realised oil price); empty for an
    unconditional forecast. A forecaster that reads no drivers leaves both alone.
    """

    series: Series
    horizon: int
    paths: int = 1000
    seed: int = 7
    known: Mapping[str, Driver] = field(default_factory=dict)
    given: Mapping[str, Driver] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a forecaster says; read-only.

    paths (p, h): joint futures in the unit of the Series, never negative. point (h): the forecaster's own central
    forecast. said: one line on what was fitted, for the reader: "ETS(M,Ad,M), alpha .31".
    """

    paths: FloatArray
    point: FloatArray
    said: str


Forecaster = Callable[[Task], Ahead]
"""Raises GapError when the record is too short for it, NumericalError when the numbers broke."""
