"""Made-up members and records that the pool's tests share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.kernels.random import draw_normals
from forecast.models.task import Ahead, Forecaster, Task
from forecast.series import Series
from forecast.streams import stream_key


def _frozen(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values


@pytest.fixture(scope="session")
def record() -> Series:
    """Eight years of months about 100, ending before the first stretch of the recalibration."""
    shocks = draw_normals(stream_key(3, "record"), 1, 96)[0]
    return Series("AAA-BBB turnover", 12 * 1980, 1, _frozen(100.0 * np.exp(np.cumsum(0.03 * shocks))))


@pytest.fixture(scope="session")
def member() -> Callable[..., Forecaster]:
    """A member that goes on from the last figure times ``off`` with relative errors ``sd``; it needs ``fewest``."""

    def make(off: float = 1.0, sd: float = 0.1, fewest: int = 1, stream: str = "") -> Forecaster:
        def ask(task: Task) -> Ahead:
            if len(task.series) < fewest:
                raise GapError(f"{len(task.series)} figures; at least {fewest} are needed.")
            shocks = draw_normals(stream_key(task.seed, f"made up {stream or off}"), task.paths, task.horizon)
            point = np.full(task.horizon, off * task.series.values[-1])
            return Ahead(_frozen(point * np.exp(np.cumsum(sd * shocks, axis=1))), _frozen(point), f"off {off}")

        return ask

    return make
