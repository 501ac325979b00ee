"""store: pairs and drivers on disk, cut at the day of knowledge."""

from datetime import date

import pytest

from forecast.data.fixtures import fixture_path
from forecast.data.store import driver_names, fixture_pairs, fixture_tables, load_driver, load_fx
from forecast.errors import GapError, NotFoundError
from forecast.months import parse_month


def test_the_flagship_pair_travels_with_its_three_tables() -> None:
    assert "CHN-RUS" in fixture_pairs()
    tables = fixture_tables("CHN-RUS")
    assert [table.name for table in tables] == ["annual.csv", "monthly.csv", "press.csv"]
    rows = [row for table in tables for row, _ in table.rows]
    assert rows == list(range(1, len(rows) + 1))


def test_a_pair_that_is_not_here_says_what_is() -> None:
    with pytest.raises(NotFoundError, match=r"CHN-RUS.*give a table of your own") as caught:
        fixture_tables("AAA-BBB")
    assert caught.value.allowed == fixture_pairs()


@pytest.mark.parametrize(
    ("name", "first", "month", "value"),
    [
        ("oil", "1979-01", "1987-04", 18.1),  # the World Bank's last month
        ("oil", "1979-01", "1987-05", 18.58),  # the EIA's first
        ("wti", "1986-01", "1986-01", 22.93),
        ("fx:RUS", "1992-07", "1992-07", 0.13995),
        ("fx:CHN", "1981-01", "1981-01", 1.5518),
        ("fx:DEU", "1999-01", "1999-01", 0.8627),
        ("fx:LTU", "2015-01", "2026-06", 0.8684),
    ],
)
def test_drivers(name: str, first: str, month: str, value: float) -> None:
    driver = load_driver(name)
    assert driver.name == name
    assert driver.start == parse_month(first)
    assert driver.values[parse_month(month) - driver.start] == value
    assert not driver.values.flags.writeable


@pytest.mark.parametrize(("day", "last"), [(4, "2018-08"), (5, "2018-09")])
def test_a_month_of_oil_is_known_on_the_fifth_of_the_next(day: int, last: str) -> None:
    assert load_driver("oil", date(2018, 10, day)).end == parse_month(last)


def test_every_driver_loads_without_a_gap() -> None:
    for name in driver_names():
        driver = load_driver(name)
        assert (driver.values > 0).all() or name == "activity"
        assert driver.end - driver.start + 1 == len(driver.values)


def test_a_rate_not_known_yet_is_left_out_and_a_series_not_here_is_refused() -> None:
    assert list(load_fx(("CHN", "RUS", "USA"), date(1992, 7, 31))) == ["CHN"]
    with pytest.raises(GapError, match="fx:RUS"):
        load_driver("fx:RUS", date(1992, 7, 31))
    with pytest.raises(NotFoundError, match="oil, wti, activity, fx:AUT"):
        load_driver("gold")


def test_the_chinese_new_year() -> None:
    lines = fixture_path("lunar_new_year.csv").read_text(encoding="utf-8").splitlines()[1:]
    days = {int(line.split(",")[0]): date.fromisoformat(line.split(",")[1]) for line in lines}
    known = (
        "2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06"
    )
    assert [days[date.fromisoformat(text).year].isoformat() for text in known.split()] == known.split()
    assert sorted(days) == list(range(1900, 2100))
    assert all(date(year, 1, 20) < day < date(year, 2, 22) for year, day in days.items())
    lengths = {(days[year + 1] - days[year]).days for year in range(1900, 2099)}
    assert lengths <= {353, 354, 355, 383, 384, 385}
