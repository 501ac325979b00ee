"""Records made up for the Bayesian VAR: a pair's flows that answer to oil, and a fitted model with known numbers."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.models.background import Background, Episode
from forecast.models.bvar.aligned import Aligned
from forecast.models.bvar.crisis_scale import first_scales
from forecast.models.bvar.fitted import FittedBvar
from forecast.models.bvar.mode import Mode
from forecast.models.bvar.terms import Terms
from forecast.months import month
from forecast.panel import Driver
from forecast.series import Series

Array = NDArray[np.float64]
START = month(1995, 1)
NO_EPISODES = np.zeros(0, dtype=np.int64)


def world(seed: int, months: int = 240) -> tuple[Series, Driver, Driver]:
    """A flow in USD mn with a season and half of oil's moves, the oil price, and an index of activity."""
    rng = np.random.default_rng(seed)
    at = np.arange(months)
    oil = np.log(40.0) + np.cumsum(0.08 * rng.normal(size=months))
    activity = np.zeros(months)
    for t in range(1, months):
        activity[t] = 0.95 * activity[t - 1] + 0.1 * rng.normal()
    flow = 6.0 + 0.003 * at + 0.1 * np.cos(2 * np.pi * at / 12) + 0.5 * (oil - oil[0])
    flow = flow + np.cumsum(0.02 * rng.normal(size=months)) + 0.05 * rng.normal(size=months)
    return (
        Series("AAA-BBB turnover", START, 1, np.exp(flow)),
        Driver("oil", START, np.exp(oil)),
        Driver("activity", START, 100.0 * activity),
    )


def episode(start: int, known: date = date(1990, 1, 1)) -> Episode:
    return Episode("made up", start, known, known, True, -0.2, 0.1, 6.0, 12.0)


def background(*episodes: Episode) -> Background:
    """Lunar New Year eleven days earlier every year, between 21 January and 19 February."""
    days = [date(year, 1, 21).toordinal() + -11 * year % 30 for year in range(1980, 2040)]
    return Background(np.array(days, dtype=np.int64), episodes, episode(START), 1980, frozenset(), {}, {})


def fitted_by_hand(
    lags: Array, constant: Array, S: Array, past: Array, scales: Array, starts: tuple[int, ...] = ()
) -> FittedBvar:
    """One draw with lags (p n, n), constant (n) and covariance; past (p, n) is oldest first, up to START - 1."""
    p, n = past.shape
    B = np.vstack([constant, np.zeros((11, n)), lags])
    mode = Mode(np.zeros(5 + n), scales, np.zeros((1, 1)), 0.0, 0.0, np.eye(5 + n))
    aligned = Aligned(tuple(f"y{i + 1}" for i in range(n)), 1, START - p, past, np.ones((p, n), dtype=np.bool_), ())
    return FittedBvar(
        aligned=aligned, settled=START - 1, lags=p, base=np.zeros(n), terms=Terms(1.0),
        episodes=tuple(episode(start) for start in starts), scales=scales, mode=mode,
        coefficients=B[None].copy(), roots=np.linalg.cholesky(S)[None], drawn=1, refused=0, accepted=1.0,
    )  # fmt: skip


def no_scales() -> Array:
    return first_scales(0)
