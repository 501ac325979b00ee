"""Records with a known law, and forecasters that a backtest can send to another process."""

from __future__ import annotations

import numpy as np
from scipy import special

from forecast.errors import GapError
from forecast.kernels.random import draw_normals
from forecast.models.task import Ahead, Task
from forecast.panel import Driver
from forecast.series import Series
from forecast.streams import stream_key

START = 12 * 2000
MEAN, SD = 2.0, 0.1  #: of the logarithms of `noise`


def record(months: int = 120, seed: int = 1, *, name: str = "a record", step: int = 1) -> Series:
    """Trend, season and noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(months // step)
    season = 0.2 * np.sin(2 * np.pi * t * step / 12) if step < 12 else 0.0
    return Series(name, START, step, np.exp(3 + 0.004 * step * t + season + 0.05 * rng.standard_normal(len(t))))


def noise(months: int, seed: int = 2) -> Series:
    """Independent log-normal figures."""
    rng = np.random.default_rng(seed)
    return Series("noise", START, 1, np.exp(MEAN + SD * rng.standard_normal(months)))


def oil(months: int = 180) -> Driver:
    return Driver("oil", START - 24, np.exp(4 + 0.1 * np.random.default_rng(9).standard_normal(months).cumsum()))


def normal_grid(task: Task) -> Ahead:
    """Quantiles of N(10, 2^2) at every span: scores have closed forms."""
    paths = np.repeat(10 + 2 * special.ndtri((np.arange(20_000) + 0.5) / 20_000)[:, None], task.horizon, axis=1)
    return Ahead(paths, np.full(task.horizon, 10.0), "N(10, 4)")


def truth(task: Task) -> Ahead:
    """Draws from the law of `noise`."""
    return _lognormal(task, SD)


def too_narrow(task: Task) -> Ahead:
    """The same with half the spread."""
    return _lognormal(task, SD / 2)


def follows_oil(task: Task) -> Ahead:
    """The last figure, moved by the oil price where its course is given."""
    last = task.series.values[-1]
    given = task.given.get("oil")
    moved = given.values[-1] / task.known["oil"].values[-1] if given else 1.0
    noise_ = 0.1 * draw_normals(stream_key(task.seed, "oil test"), task.paths, task.horizon)
    return Ahead(last * moved * np.exp(noise_), np.full(task.horizon, last * moved), "follows oil")


def speaks_late(task: Task) -> Ahead:
    """Needs eight years of record."""
    if len(task.series) < 96:
        raise GapError(f"{len(task.series)} figures are too few for me.")
    return truth(task)


def broken(task: Task) -> Ahead:
    raise ZeroDivisionError("oh")


def wrong_shape(task: Task) -> Ahead:
    return Ahead(np.ones((task.paths, task.horizon + 1)), np.ones(task.horizon), "")


def _lognormal(task: Task, sd: float) -> Ahead:
    z = draw_normals(stream_key(task.seed, "truth"), task.paths, task.horizon)
    return Ahead(np.exp(MEAN + sd * z), np.full(task.horizon, np.exp(MEAN)), f"log-normal, sd {sd}")
