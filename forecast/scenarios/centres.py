"""Centres: the log path that a scenario's pins describe for a driver or a flow, month by month.

Pins of one driver may follow one another; where none speaks the path is free (NaN), and moves jointly with the months
that are pinned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.months import Span, format_month
from forecast.panel import Driver
from forecast.scenarios.conditions.kinds import (
    Form,
    Percent,
    Pinned,
    Quantile,
    Ramp,
    Realised,
    Replay,
    Total,
    Values,
)
from forecast.scenarios.relative import Start, first_month

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Centre:
    """log (n): pinned values, NaN where free. certain (n): where every path meets them without width of its own."""

    log: FloatArray
    certain: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ground:
    """What pins of one driver or flow refer to, over n months from ``first`` on.

    name: as the message calls it. read: values to the scale of the paths, their log unless said. median (n): the
    density's own, on that scale, as all that follows. log_before: log of the last value known.
    year_before (12): log values of the twelve months before ``first`` where percentages keep a season, None where they
    are of the last value. quantile: log path (n) at a level of the density. record: what it was, and what it is known
    to have been since.
    """

    name: str
    first: int
    median: FloatArray
    log_before: float
    year_before: FloatArray | None
    quantile: Callable[[float], FloatArray]
    record: Driver | None
    read: Callable[[FloatArray], FloatArray] = np.log


def centre_of(pins: Sequence[Pinned], ground: Ground) -> Centre:
    """The path that some pins of one driver describe together.

    Raises:
        ScenarioError: a pin begins in months that are known, two pins share a month, or a record to be copied is not
            known.
    """
    n = len(ground.median)
    path = Centre(np.full(n, np.nan), np.zeros(n, dtype=bool))
    for pin in sorted(pins, key=lambda pin: first_month(pin.start, ground.first)):
        at = position(pin.start, ground.first, n, ground.name)
        stop = n if pin.until is None else min(max(pin.until + 1 - ground.first, 0), n)
        if pin.until is not None and pin.until < ground.first + at:
            raise ScenarioError(
                f"A path of {ground.name} is pinned until {format_month(pin.until)}, before it begins in "
                f"{format_month(ground.first + at)}; end it later."
            )
        if at >= stop:
            continue
        given = _given(pin.form, at, stop, path.log, ground)
        months = slice(at, at + len(given))
        if not np.isnan(path.log[months]).all():
            month = ground.first + at + int(np.flatnonzero(~np.isnan(path.log[months]))[0])
            raise ScenarioError(
                f"Two paths of {ground.name} both pin {format_month(month)}; end the first with 'until', or keep one."
            )
        path.log[months] = given
        path.certain[months] = pin.width == "none" or isinstance(pin.form, Realised)
    return path


def position(start: Start, first: int, n: int, name: str) -> int:
    """The column of a start; n when it lies beyond the horizon.

    Raises:
        ScenarioError: it lies in months that are known.
    """
    begins = first_month(start, first)
    if begins < first:
        raise ScenarioError(
            f"The path of {name} begins in {format_month(begins)}, but it is already known up to "
            f"{format_month(first - 1)}; begin in {format_month(first)} or later."
        )
    return min(begins - first, n)


def _given(form: Form, at: int, stop: int, path: FloatArray, ground: Ground) -> FloatArray:
    """Log values from column ``at`` on, up to ``stop`` or as far as the form knows them."""
    months = stop - at
    match form:
        case Values(values=values):
            given = ground.read(np.asarray(values))[:months]
            return np.concatenate([given, np.full(months - len(given), given[-1])])
        case Ramp(to=to, over_months=over):
            base = _value_before(at, path, ground)
            return np.asarray(base + (ground.read(np.asarray(to)) - base) * _steps(months, over))
        case Percent(percent=percent, over_months=over):
            move = np.log1p(percent / 100.0) * _steps(months, over)
            if ground.year_before is None:
                base = _value_before(at, path, ground)
                there = ground.log_before + np.log1p(percent / 100.0)
                return np.asarray(base + (there - base) * _steps(months, over))
            return np.asarray(ground.year_before[np.arange(at, stop) % 12] + move)
        case Quantile(level=level):
            return ground.quantile(level)[at:stop]
        case Replay(like=like):
            return _replayed(like, at, months, path, ground)
        case Realised():
            return _realised(at, months, ground)
        case Total():
            raise AssertionError("totals are pins of a sum, not of a path")


def _value_before(at: int, path: FloatArray, ground: Ground) -> float:
    """Log value of the month before a column: pinned, else the density's median."""
    if at == 0:
        return float(ground.median[0])
    return float(path[at - 1] if not np.isnan(path[at - 1]) else ground.median[at - 1])


def _steps(months: int, over: int) -> FloatArray:
    return np.minimum(np.arange(1, months + 1) / max(over, 1), 1.0)


def _replayed(like: Span, at: int, months: int, path: FloatArray, ground: Ground) -> FloatArray:
    """The changes of a span of the record: from the month before, or, where a season is kept, on the year before."""
    record = ground.record
    apart = 1 if ground.year_before is None else 12
    if record is None or like.start - apart < record.start or like.end > record.end:
        known = (
            "it is not known month by month"
            if record is None
            else (f"it is known from {format_month(record.start)} to {format_month(record.end)}")
        )
        raise ScenarioError(
            f"The path of {ground.name} copies {like} and the {'month' if apart == 1 else 'year'} before, but {known}; "
            "copy months that are known."
        )
    logs = ground.read(record.values[like.start - apart - record.start : like.end + 1 - record.start])
    if np.isnan(logs).any():
        raise ScenarioError(
            f"The path of {ground.name} copies {like}, but not every month of it, and of the year before, is known; "
            "copy months that are."
        )
    if ground.year_before is None:
        changes = np.cumsum(np.diff(logs))[:months]
        given = _value_before(at, path, ground) + changes
        return np.concatenate([given, np.full(months - len(given), given[-1])])
    growth = (logs[12:] - logs[:-12])[:months]
    before = np.concatenate([ground.year_before, np.full(at + months, np.nan)])
    free = np.concatenate([ground.year_before, np.where(np.isnan(path[:at]), ground.median[:at], path[:at])])
    before[: len(free)] = free
    for i in range(months):
        before[12 + at + i] = before[at + i] + growth[min(i, len(growth) - 1)]
    return np.asarray(before[12 + at :])


def _realised(at: int, months: int, ground: Ground) -> FloatArray:
    record, first = ground.record, ground.first + at
    if record is None or record.end < first:
        upto = "not at all" if record is None else f"up to {format_month(record.end)} only"
        raise ScenarioError(
            f"{ground.name[0].upper()}{ground.name[1:]} is known {upto}, so none of the months asked has been "
            "realised; leave the condition out."
        )
    return np.asarray(ground.read(record.values[first - record.start : first - record.start + months]))
