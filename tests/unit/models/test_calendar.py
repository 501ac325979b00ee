"""Trading days and the leap day against a calendar counted by hand."""

from __future__ import annotations

import calendar

import numpy as np

from forecast.models.calendar import has_calendar, trading_days
from forecast.months import month


def test_days_against_the_library() -> None:
    start, end = month(1996, 1), month(2001, 12)
    found = trading_days(start, end)
    for i, number in enumerate(range(start, end + 1)):
        year, m = number // 12, number % 12 + 1
        weeks = calendar.monthcalendar(year, m)
        weekdays = sum(day > 0 for week in weeks for day in week[:5])
        weekend = sum(day > 0 for week in weeks for day in week[5:])
        assert found[i, 0] == weekdays - 2.5 * weekend
        assert found[i, 1] == (calendar.monthrange(year, m)[1] - 28.25 if m == 2 else 0.0)


def test_both_balance_over_four_hundred_years() -> None:
    """The calendar repeats every 400 years; a week holds five weekdays and two days of the weekend."""
    found = trading_days(month(1600, 1), month(1999, 12))
    assert found[:, 0].sum() == 0.0
    assert abs(found[:, 1].sum() / 400 - (97 / 400 - 0.25)) < 1e-12


def test_october_2018() -> None:
    """23 weekdays and four weekends."""
    assert np.array_equal(trading_days(month(2018, 10), month(2018, 10)), [[23 - 2.5 * 8, 0.0]])


def test_records_without_dates_have_no_calendar() -> None:
    assert not has_calendar(0, 120)
    assert has_calendar(month(1985, 1), month(2030, 12))
    assert not has_calendar(month(9990, 1), month(10010, 12))
