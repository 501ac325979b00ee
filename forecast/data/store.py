"""The figures on disk that travel with Tradewind: pairs, oil prices and exchange rates."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

import numpy as np
import polars as pl

from forecast.data.fixtures import fixture_path
from forecast.data.reading import RawTable, read_table
from forecast.errors import GapError, NotFoundError
from forecast.months import parse_month
from forecast.panel import Driver, Panel

_SINGLE = {"oil": "brent", "wti": "wti", "activity": "activity"}  #: drivers that are no exchange rate


def fixture_pairs() -> tuple[str, ...]:
    """Codes of the pairs whose figures travel with Tradewind, sorted; flows are seen from the first country."""
    folder = fixture_path("pairs")
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()


def fixture_tables(pair: str) -> list[RawTable]:
    """The tables of a pair; rows are numbered through, in the order of the file names.

    Raises:
        NotFoundError: no figures of this pair travel with Tradewind.
    """
    here = fixture_pairs()
    if pair not in here:
        raise NotFoundError(
            f"No figures of the pair {pair!r} travel with Tradewind (here: {', '.join(here)}); "
            "give a table of your own.",
            pointer="/pair",
            allowed=here,
        )
    tables: list[RawTable] = []
    count = 0
    for path in sorted(fixture_path("pairs", pair).glob("*.csv")):
        table = read_table(path)
        tables.append(RawTable(table.name, table.header, tuple((row + count, cells) for row, cells in table.rows)))
        count += table.rows[-1][0]
    return tables


def driver_names() -> tuple[str, ...]:
    """What `load_driver` can load: "oil" (Brent), "wti", "activity", and "fx:" with a country code."""
    countries = _currencies()["country"].to_list()
    return (*_SINGLE, *sorted(f"fx:{country}" for country in countries))


def load_driver(name: str, as_of: date | None = None) -> Driver:
    """A monthly series with the months known on a day (all when ``as_of`` is None).

    "oil" and "wti" are USD a barrel; "activity" is the index of global real economic activity; "fx:RUS" is units of
    that country's currency per USD, for members of the euro area euros from the month they joined.

    Raises:
        NotFoundError: there is no such series.
        GapError: none of its months was known on that day.
    """
    frame = _driver_frame(name)
    if as_of is not None:
        frame = frame.filter(pl.col("published") <= as_of.isoformat())
    if frame.is_empty():
        raise GapError(f"No month of the series {name!r} was known on {as_of}.")
    months = np.array([parse_month(text) for text in frame["month"]])
    if (np.diff(months) != 1).any():
        raise GapError(f"The series {name!r} has a gap or is out of order.")
    values = frame["value"].to_numpy().copy()
    values.flags.writeable = False
    return Driver(name, int(months[0]), values)


def load_fx(countries: tuple[str, ...], as_of: date | None) -> dict[str, Driver]:
    """The exchange rates at hand for some countries; those without any on that day are left out."""
    known: dict[str, Driver] = {}
    for country in countries:
        if f"fx:{country}" in driver_names():
            try:
                known[country] = load_driver(f"fx:{country}", as_of)
            except GapError:
                continue
    return known


def drivers_of(panel: Panel) -> dict[str, Driver]:
    """What forecasters of a pair may read beside its record, as known on its day: oil, rates, activity."""
    found = {"oil": panel.oil} | {f"fx:{country}": rate for country, rate in panel.fx.items()}
    with suppress(GapError):  # before the index begins
        found["activity"] = load_driver("activity", panel.as_of)
    return found


def last_release(names: Iterable[str]) -> date:
    """The day on which the latest month of any of these series became known."""
    return max(date.fromisoformat(_driver_frame(name)["published"][-1]) for name in names)


def release_days(name: str) -> tuple[date, ...]:
    """The days on which a series that `load_driver` can load was published, in order."""
    return tuple(date.fromisoformat(day) for day in _driver_frame(name)["published"].unique().sort())


def _driver_frame(name: str) -> pl.DataFrame:
    if name not in driver_names():
        raise NotFoundError(f"There is no series {name!r}; here: {', '.join(driver_names())}.", allowed=driver_names())
    since: str | None = None
    stem = _SINGLE.get(name)
    if stem is None:
        currency, since = _currencies().filter(pl.col("country") == name[3:]).select("currency", "since").row(0)
        stem = f"{currency.lower()}_usd"
    path = fixture_path("drivers", f"{stem}.csv")
    frame = pl.read_csv(path, columns=["month", "value", "published"], schema_overrides={"value": pl.Float64})
    return frame.filter(pl.col("month") >= since) if since else frame


def _currencies() -> pl.DataFrame:
    return pl.read_csv(fixture_path("drivers", "currencies.csv"), infer_schema=False)
