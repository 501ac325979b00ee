"""Background: only what was known on the day enters."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.months import month
from tests.exact.cases import background


def test_only_crises_measured_by_the_day() -> None:
    assert [e.name for e in background().measured_by(date(2009, 1, 31))] == ["1981-82", "1998", "2001"]
    assert [e.name for e in background().measured_by(date(2018, 10, 12))] == ["1981-82", "1998", "2001", "2008-09"]
    assert background().measured_by(date(1975, 1, 1)) == (background().typical,)
    assert all(e.counted for e in background().measured_by(date(2024, 1, 1)))


def test_hazard_counts_what_had_begun() -> None:
    assert background().crises_a_year(date(2018, 10, 12)) == pytest.approx(4 / 39)
    assert background().crises_a_year(date(2020, 3, 11)) == pytest.approx(4 / 41)
    assert background().crises_a_year(date(2020, 3, 12)) == pytest.approx(5 / 41)


def test_a_crisis_is_under_way_from_its_first_month_known_to_its_trough() -> None:
    first = month(2009, 1)
    running = background().under_way(date(2009, 1, 31), first)
    assert running is not None
    assert running.name == "2008-09"
    assert background().under_way(date(2008, 9, 14), month(2008, 9)) is None, "not yet known"
    measured = (12 + 17 + 18) / 3  # months to the trough of 1981-82, 1998 and 2001, those measured by then
    assert background().under_way(date(2010, 6, 30), running.start + int(measured)) is not None
    assert background().under_way(date(2010, 6, 30), running.start + int(measured) + 1) is None
    assert background().under_way(date(2018, 10, 12), month(2018, 10)) is None


def test_the_worlds_drift_is_that_of_a_window_two_years_old() -> None:
    b = background()
    assert b.world_drift_known(date(2018, 1, 31)) == b.world_drift[2016]
    assert b.world_drift_known(date(2017, 12, 31)) == b.world_drift[2015]
    assert b.world_drift_known(date(2026, 1, 1)) == b.world_drift[max(b.world_drift)]
    assert b.world_drift_known(date(1900, 1, 1)) is None


def test_drift_over_world_uses_windows_two_years_old() -> None:
    b = background()
    assert b.drift_over_world(("CHN", "RUS"), date(1900, 1, 1)) == 0.0
    year = max(y for y in b.world_drift if y <= 2016)
    expected = sum(b.drift[c].get(year, b.world_drift[year]) for c in ("CHN", "RUS")) / 2 - b.world_drift[year]
    assert b.drift_over_world(("CHN", "RUS"), date(2018, 10, 12)) == pytest.approx(expected)
    assert b.drift_over_world(("QQQ", "YYY"), date(2018, 10, 12)) == 0.0
