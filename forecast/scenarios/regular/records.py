"""A pair's monthly records, cut at the last month that all of them know, and the months of them that are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError
from forecast.months import format_month
from forecast.panel import Driver
from forecast.series import Series

FloatArray = NDArray[np.float64]

_YEAR = 12


def cut_records(records: Mapping[str, Series], origin: int) -> dict[str, Series]:
    """Monthly records by flow as they stood when ``origin`` was the last month known.

    Raises:
        GapError: a record is not monthly, or has no figure for that month.
    """
    cut = {flow: _monthly(series).until(origin) for flow, series in records.items()}
    for series in cut.values():
        if not len(series) or series.origin != origin:
            raise GapError(
                f"{series.name} has no figure for {format_month(origin)}; a model of single months needs one. Ask for "
                "the structural model, or for an earlier day of knowledge."
            )
    return cut


def drawn_flows(records: Mapping[str, Series]) -> tuple[str, ...]:
    """Flows that are drawn: turnover only where it stands alone, else it is the sum of the others."""
    return tuple(flow for flow in records if flow != "turnover" or len(records) == 1)


def past_shown(records: Mapping[str, Series], oil: Driver, origin: int, paths: int) -> tuple[int, FloatArray]:
    """First month shown, and the drawn flows of the months from it to ``origin`` (p, months, k), USD bn; read-only."""
    start = max(_first_month_held(records, origin), oil.start)
    past = np.stack([records[flow].values[start - records[flow].start :] for flow in drawn_flows(records)], axis=1)
    return start, np.broadcast_to(past, (paths, *past.shape))


def as_drivers(
    records: Mapping[str, Series], drivers: Mapping[str, Driver] = MappingProxyType({})
) -> Callable[[str], Driver | None]:
    """Each flow's record, or a driver, by name; None where there is none."""
    found = {flow: Driver(flow, series.start, series.values) for flow, series in records.items()}
    return {**drivers, **found}.get


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
