"""Paths of the oil price: its own density, moved so that its median follows the scenario's path.

The move keeps the density's width (Antolin-Diaz, Petrella & Rubio-Ramirez 2021 with Omega_f = DD'), unless the
path is said to be certain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels.random import draw_uniforms
from forecast.models.oil import OilDensity
from forecast.months import Span, format_month
from forecast.panel import Driver
from forecast.scenarios.conditions import (
    OilPath,
    OilPercent,
    OilRamp,
    OilRealised,
    OilReplay,
    OilValues,
)
from forecast.scenarios.relative import Start, first_month
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]


def density_paths(density: OilDensity, *, paths: int, months: int, seed: int) -> FloatArray:
    """Log price (paths, months) of the months after the last one known, by the density alone."""
    uv = draw_uniforms(stream_key(seed, "oil"), paths, 2 * months)
    u, v = uv[:, 0::2], uv[:, 1::2]
    df = density.df
    shocks = density.scale_sd * np.cos(2 * np.pi * v) * np.sqrt(df * (u ** (-2.0 / df) - 1.0))
    before = np.concatenate([np.full((paths, 1), density.last_shock), shocks[:, :-1]], axis=1)
    return np.asarray(density.last_log + np.cumsum(shocks + density.theta * before, axis=1))


def median_path(density: OilDensity, months: int) -> FloatArray:
    """Median log price (months): only the last shock's carry-over moves it."""
    return np.full(months, density.last_log + density.theta * density.last_shock)


def scenario_path(
    condition: OilPath, oil: Driver, realised: Driver, density: OilDensity, months: int
) -> tuple[FloatArray, NDArray[np.bool_], NDArray[np.bool_]]:
    """The log price (months) that a condition asks for after the last month known.

    Returns the path, which months it pins, and which of those are certain. Months before its start keep the median
    of the density; ``realised`` is the record as known today.

    Raises:
        ScenarioError: the path speaks about months that are already known, or the price that it copies is not.
    """
    first = oil.end + 1
    path = median_path(density, months)
    pinned = np.zeros(months, dtype=bool)
    certain = np.zeros(months, dtype=bool)
    match condition:
        case OilRealised():
            known = min(months, realised.end - oil.end)
            if known <= 0:
                raise ScenarioError(
                    f"The oil price is known up to {format_month(realised.end)} only, so none of the months asked has "
                    "been realised; leave the condition out."
                )
            later = np.log(realised.values[first - realised.start : first - realised.start + known])
            path[:known], path[known:] = later, later[-1]
            pinned[:known] = certain[:known] = True
            return path, pinned, certain
        case OilValues(start=start, values_usd=values):
            at = _position(start, first, months)
            if at < months:
                given = np.log(values)[: months - at]
                path[at : at + len(given)], path[at + len(given) :] = given, given[-1]
                pinned[at:] = True
        case OilRamp(to_usd=to_usd, over_months=over, start=start):
            at = _position(start, first, months)
            _ramp(path, at, np.log(to_usd), over)
            pinned[at:] = True
        case OilPercent(percent=percent, over_months=over, start=start):
            at = _position(start, first, months)
            _ramp(path, at, density.last_log + np.log1p(percent / 100.0), over)
            pinned[at:] = True
        case OilReplay(like=like, start=start):
            at = _position(start, first, months)
            changes = np.cumsum(np.diff(_copied(realised, like)))[: months - at]
            base = path[at - 1] if at > 0 else density.last_log
            path[at : at + len(changes)] = base + changes
            if at < months:
                path[at + len(changes) :] = base + changes[-1]
            pinned[at:] = True
    if condition.width == "none":
        certain = pinned.copy()
    return path, pinned, certain


def _position(start: Start, first: int, months: int) -> int:
    begins = first_month(start, first)
    if begins < first:
        raise ScenarioError(
            f"The oil path begins in {format_month(begins)}, but the price is already known up to "
            f"{format_month(first - 1)}; begin in {format_month(first)} or later."
        )
    return min(begins - first, months)


def _ramp(path: FloatArray, at: int, target: float, over: int) -> None:
    """Equal log steps from the value before position ``at`` to the target, which then holds."""
    if at >= len(path):
        return
    base = path[at - 1] if at > 0 else path[0]
    steps = np.arange(1, len(path) - at + 1) / max(over, 1)
    path[at:] = base + (target - base) * np.minimum(steps, 1.0)


def _copied(realised: Driver, like: Span) -> FloatArray:
    """Log price of the months of a span and the one before it."""
    if like.start - 1 < realised.start or like.end > realised.end:
        raise ScenarioError(
            f"The oil price is known from {format_month(realised.start)} to {format_month(realised.end)}; "
            f"{like} cannot be replayed whole."
        )
    return np.asarray(np.log(realised.values[like.start - 1 - realised.start : like.end + 1 - realised.start]))


def move_paths(
    free: FloatArray, density: OilDensity, path: FloatArray, pinned: NDArray[np.bool_], certain: NDArray[np.bool_]
) -> FloatArray:
    """Paths (paths, months) of the density moved onto the scenario's path; certain months have no width.

    After the last certain month the width grows anew from there.
    """
    moved = free + (path - median_path(density, len(path)))
    if certain.any():
        last = int(np.flatnonzero(certain)[-1])
        moved[:, last + 1 :] -= (free[:, last] - median_path(density, len(path))[last])[:, None]
        moved[:, certain] = path[certain]
    return np.asarray(moved)
