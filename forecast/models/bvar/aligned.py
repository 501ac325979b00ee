"""Flows and drivers side by side, month by month: what the vector autoregression is fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError
from forecast.months import format_month
from forecast.panel import Driver
from forecast.series import Series

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

FEWEST_MONTHS = 36  #: of the flows, the least that is fitted at all
ACTIVITY = "activity"  #: the one driver that is no price: per cent from trend, so it is taken as it is, by hundredths
DRIVERS = ("oil", "fx:", ACTIVITY)  #: names, or how names begin, of the drivers that are read
_MOST_GAPS = 0.2
_LATEST_END = 12  # months that a driver may end before the flows do
_LONG_RECORD = 120
_KEPT_SHARE, _ALL_BUT = 0.6, 0.9
_PEGGED_SD = 1e-4


@dataclass(frozen=True, slots=True)
class Aligned:
    """Columns of T months from ``start`` on; read-only.

    names (n): flows first, then drivers. flows: how many flows. values (T, n): logs (activity: hundredths); NaN before
    the first or after the last month known, and in no other place, as gaps inside have been bridged. told (T, n): False
    where a value is such a bridge. left_out: drivers that were not taken, each with the reason.
    """

    names: tuple[str, ...]
    flows: int
    start: int
    values: FloatArray
    told: BoolArray
    left_out: tuple[str, ...]

    @property
    def origin(self) -> int:
        """Last month in which all flows are known."""
        ends = [int(np.flatnonzero(~np.isnan(column))[-1]) for column in self.values[:, : self.flows].T]
        return self.start + min(ends)


def align(flows: tuple[Series, ...], known: Mapping[str, Driver]) -> Aligned:
    """Put flows and the drivers at hand beside each other, from the first month in which all are known.

    Drivers are "oil", "activity" and those that begin with "fx:"; others are not read. A driver is left out that
    would cost the record too many of its first months (two fifths, or a tenth where under ten years would be left),
    that ends more than a year before the flows, or that never moves.

    Raises:
        GapError: a flow is not monthly, shorter than three years, has a month without trade, or too many gaps; a
            driver has a value that it cannot have.
    """
    origin = min(series.origin for series in flows)
    begin = max(series.start for series in flows)
    if origin - begin + 1 < FEWEST_MONTHS:
        raise GapError(
            f"The Bayesian VAR needs {FEWEST_MONTHS} months of {' and '.join(s.name for s in flows)} together; "
            f"found {max(origin - begin + 1, 0)}."
        )
    columns = [(series.name, series.start, _log_flow(series)) for series in flows]
    left_out: list[str] = []
    drivers = []
    for name in sorted(known, key=_order):
        if name.startswith(DRIVERS):
            value, why = _log_driver(known[name], begin, origin)
            if value is None:
                left_out.append(f"{name} ({why})")
            else:
                drivers.append((name, known[name].start, value))
    drivers = _with_long_records(drivers, begin, origin, left_out)
    columns += drivers
    first = max(start for _, start, _ in columns)
    last = max(start + len(value) - 1 for _, start, value in columns)
    values = np.full((last - first + 1, len(columns)), np.nan)
    for i, (_, start, value) in enumerate(columns):
        values[: start + len(value) - first, i] = value[first - start :]
    told = ~np.isnan(values)
    for i in range(len(columns)):
        values[:, i] = _bridged(values[:, i], first)
    values.flags.writeable = False
    told.flags.writeable = False
    return Aligned(tuple(name for name, _, _ in columns), len(flows), first, values, told, tuple(left_out))


def driver_column(name: str, values: FloatArray) -> FloatArray:
    """A driver as the model sees it: its log, or hundredths of the activity index; gaps stay gaps.

    Raises:
        GapError: an infinite value, or a price or rate that is not above zero.
    """
    if np.isinf(values).any():
        raise GapError(f"The driver {name!r} holds an infinite value.")
    if name == ACTIVITY:
        return np.asarray(values / 100.0)
    if (values <= 0.0).any():
        raise GapError(f"The driver {name!r} holds a price or rate that is not above zero, which has no logarithm.")
    return np.asarray(np.log(values))


def _order(name: str) -> tuple[int, str]:
    """Oil, then exchange rates, then activity."""
    return next((i for i, head in enumerate(DRIVERS) if name.startswith(head)), len(DRIVERS)), name


def _log_flow(series: Series) -> FloatArray:
    if series.step != 1:
        raise GapError(f"The Bayesian VAR reads monthly records; {series.name} has spans of {series.step} months.")
    seen = ~np.isnan(series.values)
    wrong = np.flatnonzero(seen & ~((series.values > 0.0) & np.isfinite(series.values)))
    if len(wrong):
        when = format_month(series.start + int(wrong[0]))
        raise GapError(
            f"{series.name} has months without trade ({len(wrong)}, the first in {when}); the Bayesian VAR works on "
            "logarithms. Choose a model that takes zeros, or begin the record later."
        )
    if seen.mean() < 1.0 - _MOST_GAPS:
        raise GapError(
            f"{series.name} has {int((~seen).sum())} gaps in {len(seen)} months; the Bayesian VAR takes one month in "
            f"{1 / _MOST_GAPS:.0f} at the most."
        )
    return np.log(series.values)


def _log_driver(driver: Driver, begin: int, origin: int) -> tuple[FloatArray | None, str]:
    """The column of a driver, or None and why it is of no use."""
    if not len(driver.values) or driver.start > origin:
        return None, "begins after the record"
    if driver.end < origin - _LATEST_END:
        return None, f"ends in {format_month(driver.end)}"
    if np.isnan(driver.values).any():
        return None, "has gaps"
    value = driver_column(driver.name, driver.values)
    within = np.diff(value[max(begin - driver.start, 0) : origin - driver.start + 1])
    if len(within) < FEWEST_MONTHS - 1:
        return None, f"known from {format_month(driver.start)} to {format_month(driver.end)} only"
    if within.std() < _PEGGED_SD:
        return None, "never moves"
    return value, ""


def _with_long_records(
    drivers: list[tuple[str, int, FloatArray]], begin: int, origin: int, left_out: list[str]
) -> list[tuple[str, int, FloatArray]]:
    """Without those that begin so late that the fit would lose more by them than it gains."""
    months = origin - begin + 1
    enough = min(_ALL_BUT * months, max(_LONG_RECORD, _KEPT_SHARE * months))
    late = [name for name, start, _ in drivers if origin - start + 1 < enough]
    left_out += [f"{name} (begins in {format_month(start)})" for name, start, _ in drivers if name in late]
    return [driver for driver in drivers if driver[0] not in late]


def _bridged(column: FloatArray, start: int) -> FloatArray:
    """Gaps between known months filled by straight lines, once the mean of each calendar month is taken off."""
    seen = np.flatnonzero(~np.isnan(column))
    gaps = np.flatnonzero(np.isnan(column[: seen[-1] + 1]))
    if not len(gaps):
        return column
    out = column.copy()
    at = np.arange(seen[-1] + 1)
    out[at] = np.interp(at, seen, column[seen])
    month = (start + at) % 12
    for _ in range(2):
        level = np.convolve(np.pad(out[at], 6, mode="edge"), np.r_[0.5, np.ones(11), 0.5] / 12.0, mode="valid")
        away = out[at] - level
        effect = np.zeros(12)
        for m in range(12):
            mine = seen[(start + seen) % 12 == m]
            effect[m] = away[mine].mean() if len(mine) else 0.0
        flat = column[at] - effect[month]
        out[gaps] = np.interp(gaps, seen, flat[seen]) + effect[month[gaps]]
    return out
