"""Records for the tests of crises: a trend with a season and noise, and a fall at its end if wanted."""

from __future__ import annotations

import numpy as np

from forecast.models.task import Task
from forecast.months import month
from forecast.series import Series

ORIGIN = month(2018, 9)


def record(
    spans: int = 180, step: int = 1, *, seed: int = 4, fall: float = 0.0, falling: int = 0, season: float = 0.1
) -> Series:
    """``spans`` figures that end at ORIGIN; the last ``falling`` lose ``fall`` of log trade each."""
    chance = np.random.default_rng(seed)
    at = np.arange(spans)
    logs = 3.0 + 0.05 * step / 12.0 * at + season * np.sin(2.0 * np.pi * at * step / 12.0)
    logs = logs + np.cumsum(chance.normal(0.0, 0.02 * np.sqrt(step), spans)) + chance.normal(0.0, 0.04, spans)
    logs[spans - falling :] -= fall * np.arange(1.0, falling + 1.0)
    values = np.exp(logs)
    values.flags.writeable = False
    return Series("a record", ORIGIN + 1 - spans * step, step, values)


def task(series: Series | None = None, horizon: int = 12, paths: int = 400, seed: int = 7) -> Task:
    """A task on a record."""
    return Task(record() if series is None else series, horizon, paths, seed)
