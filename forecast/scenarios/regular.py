"""regular_ensemble(): forecasts of a pair's regular records, made one coherent Ensemble.

Each flow is forecast from its own record. Exports and imports are then joined by how they moved together in the past
(whole paths are matched, so that each flow keeps its law), and scaled to the turnover that turnover's own record
foretells: two flows and their sum agree on every path, and the sum has the law of its own forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, ScenarioError
from forecast.kernels.random import draw_normals
from forecast.models.catalogue import JointForecaster
from forecast.models.oil import fit_oil
from forecast.models.task import Ahead, Forecaster, Task
from forecast.months import format_month
from forecast.panel import Driver
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.oil_paths import density_paths
from forecast.scenarios.scenario import Scenario
from forecast.series import Series
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

FlowsAhead = tuple[dict[str, FloatArray], str]
"""Paths (p, h) by flow, which add up, and what was fitted."""

FlowsForecaster = Callable[[Mapping[str, Series], int, int, int, Mapping[str, Driver]], FlowsAhead]
"""From records by flow, horizon, paths, seed and drivers."""

_YEAR = 12
_FEWEST_TO_JOIN = 24  #: months; the correlation of the flows is shrunk to none by as many


def regular_ensemble(
    forecast: FlowsForecaster,
    records: Mapping[str, Series],
    *,
    known: Mapping[str, Driver],
    origin: int,
    through: int,
    paths: int,
    seed: int,
) -> tuple[Ensemble, str]:
    """Draw joint paths to month ``through``; also what was fitted.

    forecast: `each_flow` of a forecaster, or one of all flows at once. records: monthly Series by flow: one flow, or
    exports, imports and turnover. origin: last month that all of them know. known: drivers as known, "oil" among them.

    Raises:
        GapError: a record is not monthly, or too short for the forecaster.
    """
    cut = {flow: _monthly(series).until(origin) for flow, series in records.items()}
    for series in cut.values():
        if series.origin != origin:
            raise GapError(
                f"{series.name} has no figure for {format_month(origin)}; a model of single months needs one. Ask for "
                "the structural model, or for an earlier day of knowledge."
            )
    ahead, said = forecast(cut, through - origin, paths, seed, known)
    start = max(_first_month_held(cut, origin), known["oil"].start)
    past = {flow: series.values[start - series.start :] for flow, series in cut.items()}
    flows = tuple(cut)
    values = np.stack(
        [np.hstack([np.broadcast_to(past[flow], (paths, origin - start + 1)), ahead[flow]]) for flow in flows], axis=2
    )
    ensemble = Ensemble(
        start=start,
        origin=origin,
        flows=flows,
        values_usd_bn=values,
        oil_usd=_oil(known["oil"], start, through, paths, seed),
        crisis_start=np.full(paths, -1, dtype=np.int64),
        draw=np.arange(paths),
    )
    return ensemble, said


def each_flow(forecaster: Forecaster) -> FlowsForecaster:
    """Forecast every flow by itself, and bring exports, imports and turnover together (see above)."""

    def forecast(
        records: Mapping[str, Series], horizon: int, paths: int, seed: int, known: Mapping[str, Driver]
    ) -> FlowsAhead:
        said = {
            flow: forecaster(Task(series, horizon, paths, stream_key(seed, flow), known))
            for flow, series in records.items()
        }
        words = "; ".join(f"{flow} by {found.said}" for flow, found in said.items())
        if len(said) == 1:
            return {flow: found.paths for flow, found in said.items()}, words
        return _coherent(said, records, seed), words

    return forecast


def flows_at_once(joint: JointForecaster) -> FlowsForecaster:
    """Forecast exports and imports (or the one flow there is) by one model; turnover is their sum."""

    def forecast(
        records: Mapping[str, Series], horizon: int, paths: int, seed: int, known: Mapping[str, Driver]
    ) -> FlowsAhead:
        flows = [flow for flow in records if flow != "turnover" or len(records) == 1]
        series = tuple(records[flow] for flow in flows)
        ahead = joint(series, horizon, paths=paths, seed=seed, known=known, given={})
        found = {flow: np.asarray(ahead.paths[:, -horizon:, i]) for i, flow in enumerate(flows)}
        if len(flows) > 1:
            found["turnover"] = found["exports"] + found["imports"]
        return found, ahead.said

    return forecast


def refuse_conditions(scenario: Scenario, model: str) -> None:
    """A forecaster of a record alone cannot be told about oil or crises.

    Raises:
        ScenarioError: the scenario has conditions.
    """
    if scenario.conditions:
        raise ScenarioError(
            f"The model {model!r} forecasts from the record alone, so the scenario {scenario.name!r} would change "
            "nothing; ask the structural model, or for the baseline only.",
            pointer="/model",
        )


def join(first: FloatArray, second: FloatArray, correlation: float, seed: int) -> FloatArray:
    """The rows of ``second`` (p, h) in an order in which their heights go with those of ``first`` as correlated.

    The height of a path is its mean over the horizon; ranks of both follow a bivariate normal law.
    """
    z = draw_normals(stream_key(seed, "joining of flows"), len(first), 2)
    other = correlation * z[:, 0] + np.sqrt(1.0 - correlation**2) * z[:, 1]
    place = np.argsort(np.argsort(first.mean(axis=1)))
    rank_of_partner = np.argsort(np.argsort(other))[np.argsort(z[:, 0])][place]
    return np.asarray(second[np.argsort(second.mean(axis=1))][rank_of_partner])


def yearly_correlation(first: Series, second: Series) -> float:
    """Correlation of the twelve-month log growth of two records over their common months, shrunk to none."""
    start, origin = max(first.start, second.start), min(first.origin, second.origin)
    a, b = (series.values[start - series.start : origin + 1 - series.start] for series in (first, second))
    good = (a > 0) & (b > 0)
    x, y = (np.log(np.where(good, values, np.nan)) for values in (a, b))
    dx, dy = x[_YEAR:] - x[:-_YEAR], y[_YEAR:] - y[:-_YEAR]
    both = ~np.isnan(dx) & ~np.isnan(dy)
    if both.sum() < 3 or not dx[both].std() or not dy[both].std():
        return 0.0
    n = int(both.sum())
    return float(np.corrcoef(dx[both], dy[both])[0, 1]) * n / (n + _FEWEST_TO_JOIN)


def _coherent(said: Mapping[str, Ahead], records: Mapping[str, Series], seed: int) -> dict[str, FloatArray]:
    """Exports, imports and turnover that add up on every path."""
    exports, imports = said["exports"].paths, said["imports"].paths
    imports = join(exports, imports, yearly_correlation(records["exports"], records["imports"]), seed)
    both = exports + imports
    turnover = np.take_along_axis(
        np.sort(said["turnover"].paths, axis=0), np.argsort(np.argsort(both, axis=0), axis=0), axis=0
    )
    factor = np.divide(turnover, both, out=np.ones_like(both), where=both > 0)
    exports, imports = exports * factor, imports * factor
    return {"exports": exports, "imports": imports, "turnover": exports + imports}


def _monthly(series: Series) -> Series:
    if series.step != 1:
        raise GapError(
            f"{series.name} is known by spans of {series.step} months; a model of single months cannot read them. Ask "
            "for the structural model."
        )
    return series


def _first_month_held(records: Mapping[str, Series], origin: int) -> int:
    """January of the year before the origin, or the month after the last gap behind it."""
    start = max(_YEAR * (origin // _YEAR - 1), *(series.start for series in records.values()))
    for series in records.values():
        missing = np.flatnonzero(np.isnan(series.values[start - series.start :]))
        start = max(start, start + int(missing[-1]) + 1) if len(missing) else start
    return start


def _oil(oil: Driver, start: int, through: int, paths: int, seed: int) -> FloatArray:
    """Price (p, months from start to through): as known, then by its own density."""
    months = max(through - oil.end, 0)
    known = np.broadcast_to(
        oil.values[start - oil.start : through + 1 - oil.start], (paths, min(oil.end, through) - start + 1)
    )
    if not months:
        return np.array(known)
    return np.hstack([known, np.exp(density_paths(fit_oil(oil), paths=paths, months=months, seed=seed))])
