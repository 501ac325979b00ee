"""What the oil price explains of a record's growth, so that crises are laid over what it does not explain.

Elasticities to groups of lags lean on those of other pairs, with and without an oil exporter in them, since a record
does not say which it is. They are found on growth freed of its own autocorrelation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.random import draw_normals
from forecast.models.structural.priors import OIL_OTHERS, OIL_TURNOVER_OF_EXPORTER
from forecast.models.task import Task
from forecast.models.univariate.oil_ahead import OilCourse, oil_column_paths, oil_columns, oil_course
from forecast.series import Series

FloatArray = NDArray[np.float64]

_LEAST_NOISE = 1e-4


@dataclass(frozen=True, slots=True)
class OilPart:
    """columns (n, g): regressors of the record. mean (g): elasticities; factor (g, g): root of their covariance."""

    course: OilCourse
    columns: FloatArray
    mean: FloatArray
    factor: FloatArray

    @property
    def log_effect(self) -> FloatArray:
        """What oil does to the log record (n), measured from its last figure."""
        return np.asarray((self.columns - self.columns[-1]) @ self.mean)


def elasticity_prior() -> tuple[FloatArray, FloatArray]:
    """Mean and sd (groups) over pairs of both kinds, either as likely."""
    kinds = np.array([OIL_OTHERS, OIL_TURNOVER_OF_EXPORTER])
    means, sds = kinds[..., 0], kinds[..., 1]
    return means.mean(axis=0), np.sqrt((sds**2).mean(axis=0) + means.var(axis=0))


def oil_part(series: Series, growth: FloatArray, task: Task, lags: int) -> OilPart | None:
    """Elasticities of a record whose log growth net of season is ``growth`` (n - 1); None where oil is not known."""
    course = oil_course(series, task.known, task.given)
    if course is None:
        return None
    columns = oil_columns(course, series.step)
    mean, sd = elasticity_prior()
    steps = np.diff(columns, axis=0)
    left = growth - steps @ mean
    left = left - left.mean()
    whole = np.column_stack([left, steps])
    lagged = np.column_stack([left[lags - j : len(left) - j] for j in range(1, lags + 1)])
    phi = np.linalg.lstsq(lagged, left[lags:], rcond=None)[0]
    for j in range(1, lags + 1):
        whole[lags:] -= phi[j - 1] * np.column_stack([left, steps])[lags - j : len(left) - j]
    y, x = whole[lags:, 0], whole[lags:, 1:]
    # The spread of the middle half: months of a crisis must not make oil less certain.
    noise = max(float(np.subtract(*np.quantile(y, [0.75, 0.25]))) / 1.349, _LEAST_NOISE)
    precision = x.T @ x / noise**2 + np.diag(sd**-2.0)
    found = mean + np.linalg.solve(precision, x.T @ y / noise**2)
    return OilPart(course, columns, found, np.linalg.inv(np.linalg.cholesky(precision)).T)


def oil_moves(part: OilPart, task: Task, paths: int, draws: int, key: int) -> FloatArray:
    """Log effect (paths, h) of each path's oil price since the last figure; path i has elasticities i modulo draws."""
    step = task.series.step
    ahead = oil_column_paths(part.course, step, task.horizon * step, paths, task.seed) - part.columns[-1]
    z = draw_normals(key, draws, len(part.mean))
    z[0] = 0.0
    elasticities = part.mean + z @ part.factor.T
    return np.asarray(np.einsum("phg,pg->ph", ahead, elasticities[np.arange(paths) % draws]))
