"""Made-up records of a pair and their common draws by a forecaster with known numbers."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.random import draw_normals
from forecast.models.task import Ahead, Task
from forecast.panel import Driver
from forecast.scenarios.common import CommonDraws, Pins, SumPin
from forecast.scenarios.regular.flows_ahead import each_flow
from forecast.scenarios.regular.record_draws import Asked, common_of_records
from forecast.series import Series
from forecast.streams import stream_key
from tests.unit.models.bvar.cases import background

Array = NDArray[np.float64]

START, MONTHS, HORIZON = 12 * 2000, 120, 24
ORIGIN = START + MONTHS - 1
OIL = Driver("oil", 12 * 1990, 50.0 * np.exp(np.cumsum(0.08 * draw_normals(99, 1, 12 * 20 + 2)[0])))


def record(name: str, key: int, start: int = START, step: int = 1) -> Series:
    z = draw_normals(key, 1, MONTHS)[0]
    return Series(name, start, step, np.exp(1.0 + 0.01 * np.arange(MONTHS) + 0.1 * z))


def records() -> dict[str, Series]:
    exports, imports = record("exports", 1), record("imports", 2)
    both = Series("turnover", START, 1, exports.values + imports.values)
    return {"exports": exports, "imports": imports, "turnover": both}


def walk(task: Task) -> Ahead:
    """The last figure times a random walk of 6 per cent a month."""
    z = draw_normals(stream_key(task.seed, "walk"), task.paths, task.horizon)
    paths = task.series.values[-1] * np.exp(0.06 * np.cumsum(z, axis=1))
    return Ahead(paths, np.median(paths, axis=0), "walk")


def with_zeros(task: Task) -> Ahead:
    """As `walk`, but a tenth of the paths has no trade in the second month."""
    paths = walk(task).paths.copy()
    paths[::10, 1] = 0.0
    return Ahead(paths, np.median(paths, axis=0), "walk with zeros")


def asked(model: str = "walk", paths: int = 2000, oil: Driver = OIL, horizon: int = HORIZON) -> Asked:
    return Asked(model, "AAA", date(2010, 1, 31), ORIGIN, ORIGIN + horizon, paths, 3, {"oil": oil}, background())


def elasticities(paths: int, flows: int) -> Array:
    """About .2, .2 and .3 by group of lags, .5 as much again for the second flow."""
    z = draw_normals(77, paths, flows * 3).reshape(paths, flows, 3)
    size = np.array([[1.0], [1.5]])[:flows]
    return np.asarray(size * np.array([0.2, 0.2, 0.3]) + 0.02 * z)


def common_of_two(paths: int = 2000) -> CommonDraws:
    return common_of_records(each_flow(walk), records(), asked(paths=paths), elasticities(paths, 2))[0]


def pins_of(
    common: CommonDraws, oil: Array | None = None, sums: tuple[SumPin, ...] = (), adjust: tuple[str, ...] = (),
    offset: Array | None = None, **drivers: Array,
) -> Pins:  # fmt: skip
    h, k = common.free.flows.shape[1:]
    free = np.full((1, common.free.oil.shape[1]), np.nan)
    still = np.zeros((1, h, k))
    return Pins(free if oil is None else oil, sums, still if offset is None else offset, adjust, drivers)


def log_sum(common: CommonDraws, logs: Array, pin: SumPin) -> Array:
    """Log of what a pin adds up, in paths (p, h, k)."""
    first = common.record_end + 1
    block = logs[:, pin.span.start - first : pin.span.end + 1 - first]
    return np.asarray(np.log(np.exp(block[:, :, list(pin.flows)]).sum(axis=(1, 2))))
