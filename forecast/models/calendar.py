"""The working calendar of a month: how its weekdays and its weekends balance, and the leap day."""

from __future__ import annotations

from datetime import MAXYEAR, date
from functools import cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

CALENDAR_COLUMNS = 2
_FIRST_YEAR = 1583  # the first whole year of the Gregorian calendar
_WEEKEND = 5
_MEAN_FEBRUARY = 28.25


def has_calendar(start: int, end: int) -> bool:
    """Whether all months from ``start`` to ``end`` lie in the Gregorian calendar; a record of no date starts at 0."""
    return start >= 12 * _FIRST_YEAR and end < 12 * MAXYEAR


def trading_days(start: int, end: int) -> FloatArray:
    """Weekdays less 5/2 of the days of the weekends, and February's length less its mean: (months, 2).

    Source: Findley, Monsell, Bell, Otto & Chen 1998, "New capabilities and methods of the X-12-ARIMA
    seasonal-adjustment program", Journal of Business & Economic Statistics 16, s3.3 (one coefficient for the contrast,
    the leap day on its own).
    """
    return np.array([_days_of(month) for month in range(start, end + 1)]).reshape(-1, CALENDAR_COLUMNS)


@cache
def _days_of(month: int) -> tuple[float, float]:
    first = date(month // 12, month % 12 + 1, 1).toordinal()
    after = date((month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal()
    days = np.arange(first, after) - 1
    weekend = int(np.count_nonzero(days % 7 >= _WEEKEND))
    length = after - first
    leap = length - _MEAN_FEBRUARY if month % 12 == 1 else 0.0
    return length - weekend - 2.5 * weekend, leap
