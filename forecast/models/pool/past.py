"""What forecasters were worth at earlier origins of the same record: their CRPS, member by member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, ModelError, NumericalError
from forecast.kernels.scores.crps import crps_ensemble
from forecast.models.task import Ahead, Forecaster, Task
from forecast.panel import Driver
from forecast.series import Series

FloatArray = NDArray[np.float64]

ORIGINS = 4
"""Earlier origins that members are judged from."""

LEAST_YEARS = 3
"""Years that must lie before an earlier origin; half of the record must as well."""

_PATHS = 300

FAILURES = (GapError, ModelError, NumericalError)
"""What a member raises when it cannot speak about a record; the pool then does without it."""


@dataclass(frozen=True, slots=True)
class Past:
    """Scores of the members' earlier forecasts; read-only.

    members (k): their names. known (o): figures known at each earlier origin, the latest first. scores (o, h, k): CRPS
    in the unit of the record, NaN where no figure has come or a member could not speak.
    """

    members: tuple[str, ...]
    known: tuple[int, ...]
    scores: FloatArray


def past_of(task: Task, members: Mapping[str, Forecaster]) -> Past:
    """Ask the members at earlier origins of the task's record, and score them by the figures that came."""
    known = earlier_origins(task.series)
    scores = np.full((len(known), task.horizon, len(members)), np.nan)
    for o, count in enumerate(known):
        before = task.series.cut(count)
        came = task.series.values[count : count + task.horizon]
        asked = replace(task, series=before, horizon=len(came), paths=_PATHS, known=_known_by(task, before.origin))
        for k, member in enumerate(members.values()):
            try:
                scores[o, : len(came), k] = _scores(member(asked), came)
            except FAILURES:
                continue
    scores.flags.writeable = False
    return Past(tuple(members), known, scores)


def earlier_origins(series: Series) -> tuple[int, ...]:
    """How many figures were known at each earlier origin: half a year apart, the latest first.

    Origins that follow a gap are left out: a forecaster would begin from the last figure before it.
    """
    step, total = max(series.season // 2, 1), len(series)
    least = max(total / 2.0, LEAST_YEARS * series.season)
    counts = range(total - step, 0, -step)
    fit = [count for count in counts if count >= least and not np.isnan(series.values[count - 1])]
    return tuple(fit[:ORIGINS])


def _known_by(task: Task, origin: int) -> dict[str, Driver]:
    """The task's drivers as they stood at an earlier origin; those that begin later are left out."""
    return {
        name: Driver(driver.name, driver.start, driver.values[: origin + 1 - driver.start])
        for name, driver in task.known.items()
        if driver.start <= origin
    }


def _scores(ahead: Ahead, came: FloatArray) -> FloatArray:
    """CRPS (h) of paths; NaN in a gap."""
    scores = np.full(len(came), np.nan)
    seen = ~np.isnan(came)
    scores[seen] = crps_ensemble(np.ascontiguousarray(ahead.paths.T[seen]), came[seen])[0]
    return scores
