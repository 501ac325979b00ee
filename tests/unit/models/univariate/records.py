"""Records that the tests of the members share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.models.task import Task
from forecast.months import month
from forecast.series import Series

FloatArray = NDArray[np.float64]

# Box & Jenkins 1976, series G: international airline passengers, thousands, January 1949 to December 1960.
AIR_PASSENGERS = np.array([
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170,
    158, 133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181,
    183, 218, 230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201,
    204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347,
    312, 274, 237, 278, 284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315, 301, 356, 348,
    355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
    360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606,
    508, 461, 390, 432,
], dtype=float)  # fmt: skip


def passengers(*, dated: bool = True, until: int | None = None) -> Series:
    """The airline passengers; without dates the record starts at month 0, which no calendar knows."""
    return Series("passengers", month(1949, 1) if dated else 0, 1, AIR_PASSENGERS[:until].copy())


def flow(count: int, step: int = 1, seed: int = 3, level: float = 50.0) -> FloatArray:
    """A positive record that grows, with a season and relative errors."""
    rng, t = np.random.default_rng(seed), np.arange(count) * step
    size = level * np.exp(0.004 * t + (0.15 if step < 12 else 0.0) * np.sin(2.0 * np.pi * t / 12.0))
    return np.asarray(size * np.exp(0.05 * rng.standard_normal(count) / np.sqrt(step)))


def series(values: FloatArray, step: int = 1) -> Series:
    """A record from January 2004 on."""
    return Series("A-B turnover", month(2004, 1), step, np.array(values, dtype=float))


def task(values: FloatArray, horizon: int = 18, paths: int = 400, step: int = 1, seed: int = 7) -> Task:
    """Forecast what comes after some figures."""
    return Task(series(values, step), horizon, paths, seed)
