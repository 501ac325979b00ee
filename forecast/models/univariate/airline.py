"""The airline model: differences over a month and over a year of the logarithms, with calendar and oil beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.arima.fit import CSS_ML, ArimaFit, arima_fit
from forecast.kernels.arima.forecast import arima_forecast, arima_paths, psi_weights
from forecast.kernels.status import NOT_CONVERGED, OK, SINGULAR, TOO_SHORT
from forecast.models.calendar import has_calendar, trading_days
from forecast.models.regressors import lunar_shares
from forecast.models.task import Ahead, Task
from forecast.models.univariate.oil_ahead import (
    OilCourse,
    oil_column_paths,
    oil_columns,
    oil_columns_ahead,
    oil_course,
    spans_mean,
)
from forecast.models.univariate.record import (
    WIDEST,
    WIDEST_YEARS,
    FloatArray,
    all_positive,
    bridged,
    broken,
    figures_of,
    hand_over,
    too_short,
)
from forecast.streams import stream_key

_MEMBER = "airline"
_UNKNOWNS = 3
_STILL = 1e-12
_OIL = "oil"


@dataclass(frozen=True, slots=True)
class _Group:
    """Regressors that come in together: of the record (n, k), and ahead (h, k); oil's at its median price."""

    name: str
    behind: FloatArray
    ahead: FloatArray


def airline(task: Task, lunar_new_year: NDArray[np.int64] | None = None) -> Ahead:
    """ARIMA(0,1,1)(0,1,1) of the logarithms, with the regressors that lower its AICc; coefficients count as known.

    Trading days and the leap day, the windows about Lunar New Year and lags of the log oil price each come in as a
    whole, the best first, and only while AICc falls: a short record, or one that they do not move, goes without.
    lunar_new_year (years): proleptic ordinals of the days; None leaves the moving holiday out. Oil is read from
    ``task.known`` and, where it is there, ``task.given``; beyond, each path meets a price drawn from oil's own density.
    A record with zeros, or one whose logarithms spread absurdly far within three years, is taken as it is, its paths
    cut at zero. A yearly record has no season: (0,1,1) with drift.

    Raises:
        InputError: see ``figures_of``.
        GapError: fewer than five figures more than a year has.
        NumericalError: the likelihood broke.

    Source: Box & Jenkins 1976, "Time Series Analysis", s9.2; Bell & Hillmer 1983, "Modeling time series with calendar
    variation", Journal of the American Statistical Association 78; Hurvich & Tsai 1989, Biometrika 76 (AICc).
    """
    season = task.series.season
    fewest = (season if season > 1 else 0) + _UNKNOWNS + 2
    values = figures_of(task, _MEMBER, fewest)
    order = gate_int(np.array([0, 1, 1, 0, 1, 1, season, 0] if season > 1 else [0, 1, 1, 0, 0, 0, 1, 1]))
    course = oil_course(task.series, task.known, task.given)
    groups = _groups(task, lunar_new_year, course)
    logs = all_positive(values)
    y = np.log(values) if logs else values
    fit, chosen = _selected(task, y, order, groups, fewest)
    if logs and _spread_far_ahead(fit, order) > WIDEST:
        logs, y = False, values
        fit, chosen = _selected(task, y, order, groups, fewest)
    X, X_ahead = _side_by_side(chosen, len(y), task.horizon)
    law = arima_forecast(y, X, X_ahead, order, fit.coef, fit.beta, _variance(fit, y))
    if int(law.counts[0]) == SINGULAR:
        raise too_short(task.series, _MEMBER, fewest)
    if int(law.counts[0]) != OK:
        raise broken(task.series, _MEMBER, int(law.counts[0]))
    paths = arima_paths(law, stream_key(task.seed, "univariate airline"), task.paths)
    if course is not None and any(group.name == _OIL for group in chosen):
        paths = paths + _oil_moves(task, course, chosen, fit)
    point = law.mean
    if logs:
        paths, point = np.exp(paths), np.exp(point)
    return hand_over(task.series, _MEMBER, paths, point, _said(season, logs, chosen, fit))


def _groups(task: Task, lunar_new_year: NDArray[np.int64] | None, course: OilCourse | None) -> list[_Group]:
    """All regressors that the dates and the drivers of a task allow."""
    series, months = task.series, task.horizon * task.series.step
    n, end = len(series), task.series.origin + task.horizon * task.series.step
    groups = []
    if series.season > 1 and has_calendar(series.start, end):
        monthly = {"trading days": trading_days(series.start, end)}
        if lunar_new_year is not None and _covers(lunar_new_year, series.start, end):
            monthly["Lunar New Year"] = lunar_shares(lunar_new_year, series.start, end)
        for name, columns in monthly.items():
            spans = spans_mean(columns, series.step)
            groups.append(_Group(name, gate(spans[:n]), gate(spans[n:])))
    if course is not None:
        ahead = oil_columns_ahead(course, series.step, months)
        groups.append(_Group(_OIL, oil_columns(course, series.step), ahead))
    return groups


def _covers(lunar_new_year: NDArray[np.int64], start: int, end: int) -> bool:
    """Whether the table of days reaches from the first month to the last; its outermost years are not whole."""
    first, last = (date.fromordinal(int(day)).year for day in lunar_new_year[[0, -1]])
    return 12 * (first + 1) <= start and end < 12 * last


def _selected(
    task: Task, y: FloatArray, order: NDArray[np.int64], groups: list[_Group], fewest: int
) -> tuple[ArimaFit, list[_Group]]:
    """The fit to y (n) with the groups that lower AICc, taken in one after the other, the best first.

    Many gaps are bridged for the choice alone.
    """
    searched = bridged(y, task.series.season)
    fit = arima_fit(searched, np.zeros((len(y), 0)), order, CSS_ML)
    status = int(fit.counts[0])
    if status == TOO_SHORT:
        raise too_short(task.series, _MEMBER, fewest)
    if status not in (OK, NOT_CONVERGED, SINGULAR):
        raise broken(task.series, _MEMBER, status)
    chosen: list[_Group] = []
    left = groups if status != SINGULAR else []
    while left:
        tried = [arima_fit(searched, _side_by_side([*chosen, group], len(y), 0)[0], order, CSS_ML) for group in left]
        values = [float(t.numbers[3]) if int(t.counts[0]) in (OK, NOT_CONVERGED) else np.inf for t in tried]
        best = int(np.argmin(values))
        if not values[best] < float(fit.numbers[3]):
            break
        fit = tried[best]
        chosen = [*chosen, left[best]]
        left = [group for i, group in enumerate(left) if i != best]
    if searched is not y:
        fit = arima_fit(y, _side_by_side(chosen, len(y), 0)[0], order, CSS_ML)
        if int(fit.counts[0]) == TOO_SHORT:
            raise too_short(task.series, _MEMBER, fewest)
        if int(fit.counts[0]) not in (OK, NOT_CONVERGED, SINGULAR):
            raise broken(task.series, _MEMBER, int(fit.counts[0]))
    return fit, chosen


def _side_by_side(groups: list[_Group], n: int, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Regressors of the record (n, k) and ahead (h, k)."""
    X = np.concatenate([np.zeros((n, 0)), *(group.behind for group in groups)], axis=1)
    ahead = [group.ahead[:horizon] for group in groups]
    return gate(X), gate(np.concatenate([np.zeros((horizon, 0)), *ahead], axis=1))


def _oil_moves(task: Task, course: OilCourse, chosen: list[_Group], fit: ArimaFit) -> FloatArray:
    """What each path's oil price adds to the median price's forecast (paths, h)."""
    step, months = task.series.step, task.horizon * task.series.step
    drawn = oil_column_paths(course, step, months, task.paths, task.seed)
    first = len(fit.beta) - sum(group.behind.shape[1] for group in chosen)
    for group in chosen:
        if group.name == _OIL:
            beta = fit.beta[first : first + group.behind.shape[1]]
            return np.asarray((drawn - group.ahead) @ beta, dtype=np.float64)
        first += group.behind.shape[1]
    return np.zeros((task.paths, task.horizon))


def _variance(fit: ArimaFit, y: FloatArray) -> float:
    """Variance of the shocks, the coefficients allowed for; next to nothing for a record that does not vary."""
    if int(fit.counts[0]) == SINGULAR:
        return (_STILL * max(float(np.nanmax(np.abs(y))), _STILL)) ** 2
    figures, parameters = int(fit.counts[2]), int(fit.counts[3])
    return float(fit.numbers[1]) * figures / max(figures - parameters + 1, 1)


def _spread_far_ahead(fit: ArimaFit, order: NDArray[np.int64]) -> float:
    """Standard deviation of the forecast some years ahead."""
    weights = psi_weights(fit.coef, order, WIDEST_YEARS * int(order[6]))
    return float(np.sqrt(fit.numbers[1] * np.sum(weights**2)))


def _said(season: int, logs: bool, chosen: list[_Group], fit: ArimaFit) -> str:
    """ "airline of logarithms, theta -.40, Theta -.56, with trading days, oil"."""
    names = ("theta", "Theta")
    numbers = ", ".join(f"{name} {value:.2f}" for name, value in zip(names, fit.coef, strict=False))
    form = "airline" if season > 1 else "ARIMA(0,1,1) with drift"
    scale = "of logarithms" if logs else "of the figures"
    return f"{form} {scale}, {numbers}" + (f", with {', '.join(g.name for g in chosen)}" if chosen else "")
