"""The pool: what several forecasters say together about a record, as joint paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, TradewindError
from forecast.models.pool.mixture import BLOCK, mix
from forecast.models.pool.past import FAILURES, past_of
from forecast.models.pool.recalibration import recalibrate
from forecast.models.pool.weights import pool_weights
from forecast.models.task import Ahead, Forecaster, Task
from forecast.models.univariate.local_level import local_level
from forecast.models.univariate.members import MEMBERS

FloatArray = NDArray[np.float64]

LEFT_OUT = ("drift", "seasonal-naive")
"""Members that are there for comparison only: the pool is better without them."""

POOLED: Mapping[str, Forecaster] = MappingProxyType(
    {name: member for name, member in {**MEMBERS, "local-level": local_level}.items() if name not in LEFT_OUT}
)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pool before recalibration; read-only.

    members (k): names of those that could speak. weights (h, k): each row sums to 1. paths (b, h): joint paths, a
    whole number of blocks.
    """

    members: tuple[str, ...]
    weights: FloatArray
    paths: FloatArray


def pool(task: Task, members: Mapping[str, Forecaster] = POOLED) -> Ahead:
    """Joint paths of the pool, recalibrated by what other pairs have taught; the point is their median.

    members: by name; one that cannot speak about this record is left out.

    Raises:
        GapError: the record is too short for every member.
        ModelError: no member could speak, for another reason.
    """
    pooled = raw_pool(task, members)
    blocks = [
        recalibrate(pooled.paths[first : first + BLOCK], task.series.step, task.series.origin)
        for first in range(0, len(pooled.paths), BLOCK)
    ]
    paths = np.concatenate(blocks)
    point = np.median(paths[:BLOCK], axis=0)
    paths = paths[: task.paths]
    paths.flags.writeable = False
    point.flags.writeable = False
    return Ahead(paths, point, said_weights(pooled))


def raw_pool(task: Task, members: Mapping[str, Forecaster] = POOLED) -> Pooled:
    """The pool before recalibration.

    Raises:
        GapError: the record is too short for every member.
        ModelError: no member could speak, for another reason.
    """
    whole = replace(task, paths=-(-task.paths // BLOCK) * BLOCK)
    spoke: dict[str, FloatArray] = {}
    last: TradewindError | None = None
    for name, member in members.items():
        try:
            spoke[name] = member(whole).paths
        except FAILURES as failure:
            last = failure
    if not spoke:
        raise last or GapError("A pool needs a member; none was given.")
    names = tuple(spoke)
    if len(names) == 1:
        weights = np.ones((task.horizon, 1))
    else:
        weights = pool_weights(past_of(task, {name: members[name] for name in names}))
    paths = mix(np.stack(list(spoke.values())), weights, task.seed)
    weights.flags.writeable = False
    paths.flags.writeable = False
    return Pooled(names, weights, paths)


def said_weights(pooled: Pooled) -> str:
    """The weights at the first and the last horizon, in percent: "pool of local-level 40-35 %, ets 20-25 % ..."."""
    parts = []
    for name, first, last in zip(pooled.members, pooled.weights[0], pooled.weights[-1], strict=True):
        share = f"{100 * first:.0f}" + (f" to {100 * last:.0f}" if round(100 * first) != round(100 * last) else "")
        parts.append(f"{name} {share} %")
    return "pool of " + ", ".join(parts)
