"""Releases in groups few enough to be told one by one."""

from __future__ import annotations

from datetime import date, timedelta

from forecast.explanations.releases_between import releases_between

DAYS = [date(2018, 1, 8) + timedelta(days=30 * k) for k in range(20)]


def test_by_day_with_drivers_first() -> None:
    same = date(2018, 3, 8)
    found, word = releases_between([same, date(2018, 3, 20)], [same])
    assert word == "day"
    assert [(each.day, each.figures) for each in found] == [(same, False), (same, True), (date(2018, 3, 20), True)]


def test_coarser_until_few_enough() -> None:
    assert releases_between(DAYS, DAYS, 40)[1] == "day"
    found, word = releases_between(DAYS, [day + timedelta(days=3) for day in DAYS], 39)
    assert word == "quarter"
    assert max(each.day for each in found if each.figures) == DAYS[-1]
    assert releases_between(DAYS, DAYS, 4)[1] == "year"
    whole, word = releases_between(DAYS, DAYS, 1)
    assert word == "whole"
    assert [(each.day, each.figures) for each in whole] == [(DAYS[-1], False), (DAYS[-1], True)]


def test_nothing_came() -> None:
    assert releases_between([], []) == ((), "day")
