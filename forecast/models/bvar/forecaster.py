"""bvar(): the vector autoregression as a forecaster of one record; bvar_joint(): of several flows of a pair at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import NumericalError
from forecast.models.background import Background
from forecast.models.bvar.aligned import DRIVERS, Aligned, align, driver_column
from forecast.models.bvar.fitted import FittedBvar, fit_bvar
from forecast.models.bvar.simulate import simulate_bvar
from forecast.models.task import Ahead, Task
from forecast.months import format_month
from forecast.panel import Driver
from forecast.series import Series

FloatArray = NDArray[np.float64]

_WIDEST_LOG = 700.0


@dataclass(frozen=True, slots=True)
class JointAhead:
    """Joint futures of several flows from month ``start`` on; read-only.

    paths (p, h, flows): in the units of the records, figures already known met exactly. point (h, flows): medians.
    said: one line on what was fitted.
    """

    start: int
    paths: FloatArray
    point: FloatArray
    said: str


def bvar(task: Task, background: Background | None = None) -> Ahead:
    """Forecast one monthly record jointly with the drivers of the task.

    ``task.known`` may hold "oil", "activity" and any number of "fx:..."; ``task.given`` pins them beyond that.
    background: for the days of Lunar New Year and the crises whose months are scaled; None: neither.

    Raises:
        GapError: the record is not monthly, too short, or has months without trade.
        ConvergenceError: the model found no mode, or nearly all draws explode.
        ScenarioError: the drivers given cannot be met together.
        NumericalError: the paths leave what a number can hold.
    """
    joint = bvar_joint(
        (task.series,),
        task.horizon,
        paths=task.paths,
        seed=task.seed,
        known=task.known,
        given=task.given,
        background=background,
    )
    return Ahead(_closed(joint.paths[:, :, 0]), _closed(joint.point[:, 0]), joint.said)


def bvar_joint(
    flows: tuple[Series, ...],
    horizon: int,
    *,
    paths: int,
    seed: int,
    known: Mapping[str, Driver],
    given: Mapping[str, Driver],
    background: Background | None = None,
) -> JointAhead:
    """Forecast several flows of a pair (exports and imports) jointly with drivers, as `bvar` does one.

    The flows may end in different months: paths begin after the first end and go ``horizon`` months beyond the last.
    """
    aligned = align(flows, _with_given(known, given, min(series.origin for series in flows)))
    fitted = fit_bvar(
        aligned,
        seed=seed,
        lunar_new_year=None if background is None else background.lunar_new_year,
        episodes=() if background is None else background.episodes,
    )
    months = max(series.origin for series in flows) - aligned.origin + horizon
    pins = pins_of(aligned, given, months)
    logs = simulate_bvar(fitted, months, paths, seed, pins)[:, :, : len(flows)]
    if not (np.abs(logs) < _WIDEST_LOG).all():
        raise NumericalError("A path of the Bayesian VAR is too large or too small for a number of the machine.")
    levels = np.exp(logs)
    said = describe(fitted, pins)
    if lost := sorted(name for name in given if name.startswith(DRIVERS) and name not in aligned.names):
        said += f"; without effect although given: {', '.join(lost)}"
    return JointAhead(aligned.origin + 1, _closed(levels), _closed(np.median(levels, axis=0)), said)


def pins_of(aligned: Aligned, given: Mapping[str, Driver], horizon: int) -> FloatArray:
    """Values (horizon, n) of the drivers given in the months after the origin, NaN where nothing is."""
    pins = np.full((horizon, len(aligned.names)), np.nan)
    for i, name in enumerate(aligned.names):
        if i >= aligned.flows and name in given:
            driver = given[name]
            value = driver_column(name, driver.values)
            at = np.arange(aligned.origin + 1, aligned.origin + 1 + horizon) - driver.start
            inside = (at >= 0) & (at < len(value))
            pins[inside, i] = value[at[inside]]
    return pins


def describe(fitted: FittedBvar, pins: FloatArray) -> str:
    """One line: variables, lags, months, shrinkage, scaled episodes, draws refused, what was given, what left out."""
    aligned = fitted.aligned
    drivers = aligned.names[aligned.flows :]
    given = [name for name, column in zip(aligned.names, pins.T, strict=True) if not np.isnan(column).all()]
    tight, tightness = np.exp(fitted.mode.theta[:3]), "lambda {:.2f}, of others {:.2f}, in drivers {:.2f}"
    parts = [
        f"BVAR({fitted.lags}) of {' + '.join(('flows' if aligned.flows > 1 else 'flow', *drivers))}",
        f"{format_month(aligned.start)} to {format_month(fitted.settled)}",
        "lambda {:.2f}".format(*tight) if len(aligned.names) == 1 else tightness.format(*tight),
    ]
    if fitted.episodes:
        top = 1.0 + np.exp(fitted.scales[:, :3]).max(axis=1)
        parts.append("crises " + ", ".join(f"{e.name} x{s:.1f}" for e, s in zip(fitted.episodes, top, strict=True)))
    parts.append(f"{fitted.refused} of {fitted.drawn} draws refused as explosive")
    if given:
        parts.append(f"given {', '.join(given)}")
    if aligned.left_out:
        parts.append(f"left out {', '.join(aligned.left_out)}")
    return "; ".join(parts)


def _with_given(known: Mapping[str, Driver], given: Mapping[str, Driver], origin: int) -> dict[str, Driver]:
    """Drivers as known; where one is given further, up to the origin by that; one that is only given, as it is."""
    drivers = dict(given) | dict(known)
    for name, more in given.items():
        seen = drivers[name]
        added = more.values[max(seen.end + 1 - more.start, 0) : max(origin + 1 - more.start, 0)]
        if more.start <= seen.end + 1 and len(added) and not np.isnan(added).any():
            drivers[name] = Driver(name, seen.start, np.concatenate([seen.values, added]))
    return drivers


def _closed(array: FloatArray) -> FloatArray:
    out = np.ascontiguousarray(array)
    out.flags.writeable = False
    return out
