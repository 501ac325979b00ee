"""Figures become a Panel: cut at the day of knowledge, vintages resolved, repetitions dropped, drivers beside."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast.data.reading import RawTable, read_table
from forecast.data.redundancy import informative
from forecast.data.schema import DEFAULT_LAG_DAYS, Figure, parse_table
from forecast.data.store import fixture_pairs, fixture_tables, last_release, load_driver, load_fx
from forecast.data.vintages import REVISED, TOLERANCE, latest_known, refuse_falling_sums, refuse_short_records
from forecast.errors import SchemaError
from forecast.panel import FLOWS, Driver, Observations, Panel

TableSource = str | Path | pl.DataFrame  #: path of a CSV or Parquet file, or a frame

_PAIR = re.compile(r"([A-Z]{3})-([A-Z]{3})")


def load_panel(pair: str, *, as_of: date | None = None, table: TableSource | None = None) -> Panel:
    """Everything known about a pair on a day.

    Args:
        pair: two country codes, "CHN-RUS"; flows are seen from the first. A pair that travels with Tradewind may
            be asked for in either order.
        as_of: the day of knowledge; None takes everything, as on the day of the latest release.
        table: the user's own figures in place of those that travel with Tradewind: path of a CSV or Parquet
            file, or a frame, in the schema of `forecast.data.schema`.

    Raises:
        SchemaError: the pair is no pair, or the table breaks the schema or contradicts itself.
        UnitError: a unit of the table cannot be read.
        GapError: too little was known on that day, or there is a hole of more than five years.
        NotFoundError: no figures of the pair travel with Tradewind and no table was given, or there is no such file.
    """
    countries = _countries(pair)
    figures, source = _figures(pair, table)
    known = latest_known(figures, None if as_of is None else as_of.toordinal())
    refuse_short_records(known, "any day" if as_of is None else as_of.isoformat())
    tolerance = REVISED if table is None else TOLERANCE
    refuse_falling_sums(known, tolerance)
    kept = informative(known, tolerance)
    reporters = tuple(country for country in countries if any(figure.reporter == country for figure in kept))
    observations = _observations(kept, reporters)
    oil, fx = load_driver("oil", as_of), load_fx(countries, as_of)
    return Panel(
        pair=pair,
        reporters=reporters,
        as_of=as_of or _last_day(observations, [oil, *fx.values()]),
        observations=observations,
        oil=oil,
        fx=fx,
        data_sha256=_digest(pair, reporters, observations, [oil, *fx.values()]),
        source=source,
    )


def _countries(pair: str) -> tuple[str, str]:
    found = _PAIR.fullmatch(pair)
    if found is None or found[1] == found[2]:
        raise SchemaError(
            f"{pair!r} is not a pair; write two different three-letter country codes, for example CHN-RUS.",
            pointer="/pair",
        )
    return found[1], found[2]


def _figures(pair: str, table: str | Path | pl.DataFrame | None) -> tuple[list[Figure], str]:
    if table is not None:
        raw = read_table(table)
        parsed = parse_table(raw, pair)
        lag = (
            f"; {parsed.undated} rows without a publication date count as known {DEFAULT_LAG_DAYS} days after the span"
        )
        return list(parsed.figures), raw.name + (lag if parsed.undated else "")
    turned = "-".join(reversed(pair.split("-")))
    stored = turned if turned in fixture_pairs() else pair
    tables = [_with_pair(raw, stored) for raw in fixture_tables(stored)]
    figures = [figure for raw in tables for figure in parse_table(raw, pair).figures]
    return figures, f"figures that travel with Tradewind, {stored}: {', '.join(raw.name for raw in tables)}"


def _with_pair(raw: RawTable, pair: str) -> RawTable:
    return RawTable(raw.name, ("pair", *raw.header), tuple((row, (pair, *cells)) for row, cells in raw.rows))


def _observations(figures: Sequence[Figure], reporters: tuple[str, ...]) -> Observations:
    ordered = sorted(figures, key=lambda f: (f.span.end, f.span.start, f.flow, reporters.index(f.reporter)))
    return Observations(
        start=_integers(figure.span.start for figure in ordered),
        end=_integers(figure.span.end for figure in ordered),
        flow=_integers(figure.flow for figure in ordered),
        reporter=_integers(reporters.index(figure.reporter) for figure in ordered),
        value_usd_bn=_floats(figure.value_usd_bn for figure in ordered),
        resolution_usd_bn=_floats(figure.resolution_usd_bn for figure in ordered),
        published=_integers(figure.published for figure in ordered),
        row=_integers(figure.row for figure in ordered),
    )


def _last_day(seen: Observations, drivers: Iterable[Driver]) -> date:
    return max(date.fromordinal(int(seen.published.max())), last_release(driver.name for driver in drivers))


def _integers(values: Iterable[int]) -> NDArray[np.int64]:
    array = np.fromiter(values, np.int64)
    array.flags.writeable = False
    return array


def _floats(values: Iterable[float]) -> NDArray[np.float64]:
    array = np.fromiter(values, np.float64)
    array.flags.writeable = False
    return array


def _digest(pair: str, reporters: tuple[str, ...], seen: Observations, drivers: Iterable[Driver]) -> str:
    """SHA-256 of the figures themselves: the order of the rows, file names and notes do not enter."""
    digest = hashlib.sha256(f"{pair} {reporters} {FLOWS}".encode())
    for column in (seen.start, seen.end, seen.flow, seen.reporter, seen.published):
        digest.update(column.astype("<i8").tobytes())
    for amount in (seen.value_usd_bn, seen.resolution_usd_bn):
        digest.update(amount.astype("<f8").tobytes())
    for driver in drivers:
        digest.update(f"{driver.name} {driver.start}".encode())
        digest.update(driver.values.astype("<f8").tobytes())
    return digest.hexdigest()
