"""A forecaster of regimes: growth that switches between calm and crisis, its chain simulated forward.

The density is the mixture of paths in which a crisis begins (or goes on) and paths in which none does. The season is
taken off by the record up to the origin alone, so a backtest sees no later year in it. Where the oil price is known,
what it explains is taken off first and comes back by its own density, or as given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, InputError, NumericalError
from forecast.kernels._jit import gate
from forecast.kernels.regimes.hamilton import hamilton_filter
from forecast.kernels.regimes.simulate import simulate_regimes
from forecast.kernels.regimes.stability import switching_radius
from forecast.kernels.status import OK, UNSTABLE
from forecast.models.crises.oil_part import oil_moves, oil_part
from forecast.models.crises.overlay import law_known_by
from forecast.models.crises.regime_fit import (
    CALM,
    CRISIS,
    RegimePosterior,
    fit_posterior,
    posterior_draws,
    regime_prior,
    switching_of,
)
from forecast.models.task import Ahead, Task
from forecast.series import Series
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_LAGS = 8
FIGURES_A_LAG = 8  #: of growth that a lag needs
LONGEST_YEARS = 20  #: of the record that are read: growth and noise of earlier decades say little of the next years
_LONGEST_FIGURES = 40  #: that are read in any case, where figures are few a year
SEASON_HALF_LIFE_YEARS = 5.0
DRAWS = 16  #: of the unknowns; path i has those of draw i modulo this
_FEWEST_YEARS = 3
_FEWEST = 16
_POINT_PATHS = 512
_MOST_EMPTY = 0.1  #: share of gaps and zeros
_ZERO_SHARE = 0.02  #: of the median figure; a smaller one is read as that


@dataclass(frozen=True, slots=True)
class RegimePaths:
    """log_paths (p, h): of the flow. regimes (p, h): 0 crisis, 1 calm. crisis_prob: that the last span was in a crisis.

    unknowns (6 + lags): at the mode, as in regime_fit.py. net_of_oil: whether growth was freed of the oil price.
    """

    log_paths: FloatArray
    regimes: IntArray
    crisis_prob: float
    unknowns: FloatArray
    net_of_oil: bool


def regimes(task: Task) -> Ahead:
    """Two regimes, calm and crisis, fitted to log growth net of season; crises lean on those measured by the origin.

    ``said`` gives the chance that a crisis is under way at the origin.

    Raises:
        InputError: no span to forecast, no path to draw, or a figure that no trade can have.
        GapError: fewer than three years of record without a long gap, or too many gaps and zeros in them.
        NumericalError: the filter broke.
    """
    if task.horizon < 1 or task.paths < 1:
        raise InputError(
            f"A forecast needs a horizon and a number of paths of at least 1; found {task.horizon} and {task.paths}."
        )
    # The point is the median of as many paths whatever is asked, so that more paths do not move it.
    found = regime_paths(task, max(task.paths, _POINT_PATHS))
    every = np.exp(found.log_paths)
    paths, point = every[: task.paths].copy(), np.median(every[:_POINT_PATHS], axis=0)
    if not (np.isfinite(paths).all() and np.isfinite(point).all()):
        raise NumericalError(f"regimes gave a number that is not finite for {task.series.name}; please report it.")
    paths.flags.writeable = False
    point.flags.writeable = False
    u, season = found.unknowns, task.series.season
    last = task.series.step / (1.0 / (1.0 + math.exp(-u[1])))
    said = (
        f"calm growth {100.0 * season * u[2]:.1f}% a year, in a crisis {100.0 * season * (u[2] - math.exp(u[3])):.0f}% "
        f"over {last:.0f} months{', net of oil' if found.net_of_oil else ''}; "
        f"P(crisis now) {100.0 * found.crisis_prob:.0f}%"
    )
    return Ahead(paths, point, said)


def regime_paths(task: Task, count: int) -> RegimePaths:
    """Log paths and regimes of a task, ``count`` of them if given; see ``regimes``."""
    series = last_years(task.series)
    logs = log_record(series)
    season = season_of(logs, series.season)
    place = np.arange(len(logs) + task.horizon) % series.season
    lags = max(1, min(MOST_LAGS, (len(logs) - 1) // FIGURES_A_LAG))
    oil = oil_part(series, np.diff(logs - season[place[: len(logs)]]), task, lags)
    if oil is not None:
        logs = logs - oil.log_effect
        season = season_of(logs, series.season)
    net = logs - season[place[: len(logs)]]
    growth = gate(np.diff(net))
    posterior = fit_posterior(growth, regime_prior(law_known_by(series.origin), growth, series.step), lags)
    known = hamilton_filter(growth, switching_of(posterior.mode))
    if known.status != OK:
        raise NumericalError(f"regimes broke on {series.name} (status {known.status}); please report the record.")
    values, visited = _simulate(growth, posterior, task.horizon, count, task.seed)
    ahead = net[-1] + np.cumsum(values, axis=1) + season[place[len(logs) :]]
    if oil is not None:
        ahead += oil_moves(oil, task, count, DRAWS, stream_key(task.seed, "regimes oil"))
    return RegimePaths(ahead, visited, float(known.filtered[-1, CRISIS]), posterior.mode, oil is not None)


def _simulate(
    growth: FloatArray, posterior: RegimePosterior, horizon: int, paths: int, seed: int
) -> tuple[FloatArray, IntArray]:
    """Growth and regimes (p, h) ahead; an explosive draw of the unknowns gives its place to the mode."""
    values, visited = np.empty((paths, horizon)), np.full((paths, horizon), CALM, dtype=np.int64)
    draws = posterior_draws(posterior, DRAWS, stream_key(seed, "regimes unknowns"))
    for d, u in enumerate(draws):
        mine = np.arange(d, paths, DRAWS)
        model = switching_of(u if switching_radius(switching_of(u)) < 1.0 else posterior.mode)
        found = simulate_regimes(growth, model, horizon, len(mine), stream_key(seed, f"regimes paths {d}"))
        if found.status not in (OK, UNSTABLE):
            raise NumericalError(f"regimes could not be simulated (status {found.status}); please report the record.")
        values[mine], visited[mine] = found.values, found.regimes
    return values, visited


def last_years(series: Series) -> Series:
    """The end of a record that is read: LONGEST_YEARS, or forty figures if that is more, after any long gap."""
    first = max(len(series) - max(LONGEST_YEARS * series.season, _LONGEST_FIGURES), 0)
    seen = np.flatnonzero(~np.isnan(series.values))
    seen = seen[seen >= first]
    broken = np.flatnonzero(np.diff(seen) > max(series.season // 2, 2))
    first = int(seen[broken[-1] + 1] if len(broken) else seen[0]) if len(seen) else len(series)
    return Series(series.name, series.start + first * series.step, series.step, series.values[first:])


def log_record(series: Series) -> FloatArray:
    """Logarithms (n) of a record; a gap is bridged by a straight line net of season.

    Raises:
        InputError: a figure that no trade can have.
        GapError: too short a record, or too many gaps and zeros for growth to be read.
    """
    values = series.values
    if np.isinf(values).any() or (values < 0.0).any():
        raise InputError(f"{series.name} has a figure that is negative or not finite; a flow has none such.")
    above, fewest = values > 0.0, max(_FEWEST_YEARS * series.season, _FEWEST)
    found = int(above.sum())
    if found < fewest:
        raise GapError(
            f"{series.name} has {found} figures above 0 after its last long gap; regimes needs {fewest}. "
            "Give a longer record or another model."
        )
    if found < (1.0 - _MOST_EMPTY) * len(values) or not above[-1]:
        raise GapError(
            f"{series.name} has {len(values) - found} gaps and zeros in {len(values)} spans; regimes reads growth and "
            f"takes {100.0 * _MOST_EMPTY:.0f}% of them, none at the end. Take another model."
        )
    seen = ~np.isnan(values)
    least = _ZERO_SHARE * float(np.median(values[above]))
    logs = np.log(np.maximum(np.where(seen, values, 1.0), least))
    at = np.arange(len(values))
    season = season_of(np.interp(at, at[seen], logs[seen]), series.season)[at % series.season]
    return np.asarray(np.interp(at, at[seen], (logs - season)[seen]) + season)


def season_of(logs: FloatArray, season: int) -> FloatArray:
    """Seasonal deviations (season) by place in the year from the first figure on, adding up to 0.

    Mean distance from the moving average of a year, later years weighing more, drawn towards none by what noise there
    is in them. All inside the record: nothing after its last figure is used.
    """
    if season == 1 or len(logs) < 2 * season + 1:
        return np.zeros(season)
    weights = np.ones(season + 1) / season
    weights[[0, -1]] /= 2.0
    half = season // 2
    apart = logs[half : len(logs) - half] - np.convolve(logs, weights, mode="valid")
    place = (np.arange(len(apart)) + half) % season
    age = (len(apart) - 1 - np.arange(len(apart))) / season
    weight = 0.5 ** (age / SEASON_HALF_LIFE_YEARS)
    total = np.bincount(place, weight, season)
    mean = np.bincount(place, weight * apart, season) / total
    mean -= mean.mean()
    left = apart - mean[place]
    of_mean = float(np.mean(np.bincount(place, weight**2, season) / total**2))
    noise = float((weight * left**2).sum() / weight.sum()) * of_mean
    signal = max(float(np.mean(mean**2)) - noise, 0.0)
    return np.asarray(mean * signal / max(signal + noise, 1e-300))
