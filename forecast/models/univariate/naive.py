"""Seasonal naive and drift: the figure of a year ago, and the line from the first figure to the last."""

from __future__ import annotations

import numpy as np

from forecast.kernels.naive import NaiveForecast, naive_forecast, naive_paths
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NON_FINITE, OK
from forecast.models.task import Ahead, Task
from forecast.models.univariate.record import (
    WIDEST,
    WIDEST_YEARS,
    FloatArray,
    all_positive,
    broken,
    figures_of,
    hand_over,
    relative_is_likelier,
    too_short,
)
from forecast.streams import stream_key

_MOST_CARRIED = 0.98


def seasonal_naive(task: Task) -> Ahead:
    """Each month as a year before, with errors that add up over the years and carry over from month to month.

    Each month by itself has the law of the method; a year's months go together as their errors did in the record. The
    spread is taken as known.

    Raises:
        InputError: see ``figures_of``.
        GapError: fewer than two figures more than a year has, or a month of the year that was never seen.

    Source: Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", s5.2, s5.5.
    """
    season = task.series.season
    values, law, relative = _law(task, "seasonal-naive", season, 0)
    errors = values[season:] - values[:-season]
    carried = _carried(errors)
    z = draw_normals(stream_key(task.seed, "univariate seasonal-naive"), task.paths, task.horizon)
    paths = np.empty((task.paths, task.horizon))
    error = z[:, 0]
    for i in range(task.horizon):
        if i > 0:
            error = carried * error + np.sqrt(1.0 - carried**2) * z[:, i]
        # The variance grows by as many years as the season's last figure lies further back.
        grown = law.sd[i] ** 2 - (law.sd[i - season] ** 2 if i >= season else 0.0)
        paths[:, i] = (paths[:, i - season] if i >= season else law.point[i]) + np.sqrt(grown) * error
    said = f"seasonal-naive, {_errors_said(law, relative)}, carried over {carried:.2f}"
    return _hand_over(task, "seasonal-naive", paths, law, relative, said)


def drift(task: Task) -> Ahead:
    """The last figure and the average change since the first; paths carry the uncertainty of that change.

    Raises:
        InputError: see ``figures_of``.
        GapError: fewer than three figures.

    Source: Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", s5.2, s5.5.
    """
    values, law, relative = _law(task, "drift", 1, 1)
    key = stream_key(task.seed, "univariate drift")
    drawn = naive_paths(values, 1, 1, task.horizon, task.paths, key)
    if int(drawn.counts[0]) != OK:
        raise broken(task.series, "drift", int(drawn.counts[0]))
    said = f"drift {law.numbers[0]:+.3g} a step, {_errors_said(law, relative)}"
    return _hand_over(task, "drift", drawn.paths, law, relative, said)


def _law(task: Task, member: str, cycle: int, drifts: int) -> tuple[FloatArray, NaiveForecast, bool]:
    """The figures or their logarithms (n), whichever a random walk makes likelier, its law, and whether the latter."""
    fewest = cycle + 2
    values = figures_of(task, member, fewest)
    relative = all_positive(values) and _logs_fit(values, cycle, drifts, task.series.season)
    walked = np.log(values) if relative else values
    law = naive_forecast(walked, cycle, drifts, task.horizon)
    status = int(law.counts[0])
    if status == NON_FINITE:
        raise broken(task.series, member, status)
    if status != OK:
        raise too_short(task.series, member, fewest)
    return walked, law, relative


def _logs_fit(values: FloatArray, cycle: int, drifts: int, season: int) -> bool:
    """Whether a walk of the logarithms is likelier than one of the figures."""
    at = np.arange(cycle, len(values))
    moves = values[at] - values[at - cycle]
    seen = ~np.isnan(moves)
    if np.count_nonzero(seen) <= drifts:
        return True
    absolute = moves[seen]
    relative = (np.log(values[at]) - np.log(values[at - cycle]))[seen]
    centre = float(drifts)
    # The errors of all steps add up.
    widest = float(WIDEST / np.sqrt(WIDEST_YEARS * season / cycle))
    absolute, relative = absolute - centre * absolute.mean(), relative - centre * relative.mean()
    return relative_is_likelier(absolute, relative, values[at][seen], widest)


def _carried(errors: FloatArray) -> float:
    """How much of an error the next one shares: their first autocorrelation about zero, never below it."""
    pairs = errors[1:] * errors[:-1]
    seen = ~np.isnan(pairs)
    squares = float(np.nanmean(errors**2))
    if not seen.any() or not squares > 0.0:
        return 0.0
    share = np.count_nonzero(seen) / np.count_nonzero(~np.isnan(errors))
    return float(np.clip(share * np.mean(pairs[seen]) / squares, 0.0, _MOST_CARRIED))


def _errors_said(law: NaiveForecast, relative: bool) -> str:
    return f"{'relative' if relative else 'absolute'} errors, sd {np.sqrt(law.numbers[1]):.3g}"


def _hand_over(task: Task, member: str, paths: FloatArray, law: NaiveForecast, relative: bool, said: str) -> Ahead:
    point = law.point
    if relative:
        paths, point = np.exp(paths), np.exp(point)
    return hand_over(task.series, member, paths, point, said)
