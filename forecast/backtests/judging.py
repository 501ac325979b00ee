"""Paths beside what came: the scores of every horizon and target of one forecast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.backtests.marks import Mark
from forecast.backtests.situation import Situation
from forecast.errors import GapError, NumericalError
from forecast.evaluation.score_card import LEVELS, Case, TargetCase
from forecast.kernels.scores.crps import crps_ensemble
from forecast.kernels.scores.density import log_score_ensemble
from forecast.kernels.scores.probability import pit_of_ensemble
from forecast.models.task import Ahead
from forecast.months import format_month
from forecast.series import Series

FloatArray = NDArray[np.float64]


def yearly_scale(series: Series) -> float:
    """Mean |y_t - y_{a year before}| of a record, gaps left out: the unit of MASE and of the CRPS.

    Raises:
        GapError: the record holds no two figures a year apart that differ.

    Source: Hyndman & Koehler 2006, "Another look at measures of forecast accuracy", s2.5 (seasonal form).
    """
    season, values = series.season, np.asarray(series.values)
    moves = np.abs(values[season:] - values[:-season])
    moves = moves[~np.isnan(moves)]
    scale = float(moves.mean()) if len(moves) else 0.0
    if not scale > 0.0:
        raise GapError(f"{series.name} has no change over a year up to {format_month(series.origin)} to measure by.")
    return scale


def judge(
    ahead: Ahead, name: str, situation: Situation, realised: FloatArray, horizons: tuple[int, ...]
) -> tuple[Case, ...]:
    """One Case for each horizon with an outcome; realised (h): the spans ahead as they came, NaN where unknown.

    Raises:
        GapError: the record has no scale.
        NumericalError: a score that is not finite.
    """
    series = situation.series
    scale = yearly_scale(series)
    at = np.array([horizon // series.step - 1 for horizon in horizons], dtype=np.int64)
    at = at[~np.isnan(realised[at])]
    if not len(at):
        return ()
    members = np.ascontiguousarray(ahead.paths[:, at].T)
    outcomes, points = realised[at], np.asarray(ahead.point)[at]
    crps = crps_ensemble(members, outcomes)[0] / scale
    before = _year_before(series, at)
    falls = crps_ensemble(np.minimum(members, before[:, None]), np.minimum(outcomes, before))[0] / scale
    crps_log, log_score = _of_logs(members, outcomes, scale)
    low, high, _ = pit_of_ensemble(members, np.ascontiguousarray(outcomes))
    sides = [0.5] + [side for level in LEVELS for side in (0.5 - level / 200.0, 0.5 + level / 200.0)]
    quantiles = np.quantile(members, sides, axis=1)
    if not np.isfinite(crps).all():
        raise NumericalError(f"A CRPS of {name} is not finite.")
    cases = []
    for i, k in enumerate(at.tolist()):
        middle = abs(float(outcomes[i])) + abs(float(points[i]))
        error = abs(float(outcomes[i] - points[i]))
        cases.append(
            Case(
                model=name,
                origin=format_month(series.origin),
                known_on=situation.known_on,
                horizon=series.step * (k + 1),
                outcome=float(outcomes[i]),
                point=float(points[i]),
                median=float(quantiles[0, i]),
                lower={str(level): float(quantiles[1 + 2 * j, i]) for j, level in enumerate(LEVELS)},
                upper={str(level): float(quantiles[2 + 2 * j, i]) for j, level in enumerate(LEVELS)},
                scale=scale,
                crps=float(crps[i]),
                crps_log=_finite(crps_log[i]),
                crps_falls=_finite(falls[i]),
                log_score=_finite(log_score[i]),
                mase=error / scale,
                smape=200.0 * error / middle if middle > 0.0 else 0.0,
                pit_low=float(low[i]),
                pit_high=float(high[i]),
            )
        )
    return tuple(cases)


def judge_targets(
    ahead: Ahead,
    name: str,
    situation: Situation,
    realised: FloatArray,
    horizons: tuple[int, ...],
    marks: tuple[Mark, ...],
) -> tuple[TargetCase, ...]:
    """One TargetCase for each horizon and target whose twelve months are all known, or were forecast and came."""
    series = situation.series
    spans = series.season
    scale = yearly_scale(series) * spans
    past = np.asarray(series.values)[-spans:]
    last_twelve = float(past.sum()) if len(past) == spans else np.nan
    found = []
    for horizon in horizons:
        k = horizon // series.step
        kept = past[len(past) - max(spans - k, 0) :]
        came = realised[max(k - spans, 0) : k]
        known, outcome = float(kept.sum()), float(kept.sum() + came.sum())
        if len(kept) + len(came) < spans or np.isnan(outcome):
            continue
        sums = known + np.asarray(ahead.paths)[:, max(k - spans, 0) : k].sum(axis=1)
        for mark in marks:
            level = mark.at(last_twelve)
            if np.isnan(level):
                continue
            tail = crps_ensemble(np.maximum(sums, level)[None, :], np.maximum(np.array([outcome]), level))[0]
            found.append(
                TargetCase(
                    target=mark.text,
                    model=name,
                    origin=format_month(series.origin),
                    horizon=horizon,
                    mark=level,
                    prob=float((sums >= level).mean()),
                    outcome=outcome,
                    hit=outcome >= level,
                    tail_crps=float(tail[0]) / scale,
                )
            )
    return tuple(found)


def _year_before(series: Series, at: NDArray[np.int64]) -> FloatArray:
    """The last figure known at the origin of the same span of the year; NaN where there never was one."""
    values, season = np.asarray(series.values), series.season
    found = np.full(len(at), np.nan)
    for i, k in enumerate(at.tolist()):
        back = values[(len(values) + k) % season :: season]
        back = back[~np.isnan(back)]
        found[i] = back[-1] if len(back) else np.nan
    return found


def _of_logs(members: FloatArray, outcomes: FloatArray, scale: float) -> tuple[FloatArray, FloatArray]:
    """CRPS of the logarithms, and -log density of outcome / scale; NaN where there is none.

    The density is a kernel density of the logarithms brought back by its Jacobian, so that it gives nothing to
    negative trade; with a zero among members or outcome it is one of the figures themselves.
    """
    crps, density = np.full(len(outcomes), np.nan), np.full(len(outcomes), np.nan)
    for i, (row, outcome) in enumerate(zip(members, outcomes, strict=True)):
        if outcome > 0.0 and row.min() > 0.0:
            logs, y = np.log(row)[None, :], np.log(np.array([outcome]))
            crps[i] = crps_ensemble(logs, y)[0][0]
            density[i] = log_score_ensemble(logs, y)[0][0] + y[0] - np.log(scale)
        else:
            density[i] = log_score_ensemble(row[None, :], np.array([outcome]))[0][0] - np.log(scale)
    return crps, density


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
