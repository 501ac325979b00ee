"""Forecasts of a pair's regular records side by side, so that exports, imports and turnover add up on every path.

Each flow is forecast from its own record. Exports and imports are then joined by how they moved together in the past
(whole paths are matched, so that each flow keeps its law), and scaled to the turnover that turnover's own record
foretells: two flows and their sum agree on every path, and the sum has the law of its own forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.random import draw_normals
from forecast.models.task import Ahead, Forecaster, Task
from forecast.panel import Driver
from forecast.series import Series
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

FlowsAhead = tuple[dict[str, FloatArray], str]
"""Paths (p, h) by flow, which add up, and what was fitted."""

FlowsForecaster = Callable[[Mapping[str, Series], int, int, int, Mapping[str, Driver]], FlowsAhead]
"""From records by flow, horizon, paths, seed and drivers."""

_YEAR = 12
_FEWEST_TO_JOIN = 24  #: months; the correlation of the flows is shrunk to none by as many


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
