"""What was known on any day, one kind of figure at a time: the days on which figures and drivers came out, and panels.

A panel here may know the figures of one day, the drivers of another and call itself that of a third, so that what a
release did can be told apart from what else happened meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from forecast.data.assemble import TableSource, load_panel
from forecast.data.reading import read_table
from forecast.data.schema import Figure, parse_table
from forecast.data.store import fixture_pairs, fixture_tables, load_driver, load_fx, release_days
from forecast.panel import Panel


def figure_days(pair: str, since: date, until: date, table: TableSource | None = None) -> tuple[date, ...]:
    """The days after ``since``, up to ``until``, on which figures of a pair were published, in order."""
    figures = parse_table(read_table(table), pair).figures if table is not None else _stored(pair)
    days = {figure.published for figure in figures}
    return tuple(date.fromordinal(day) for day in sorted(days) if since.toordinal() < day <= until.toordinal())


def driver_days(names: Iterable[str], since: date, until: date) -> tuple[date, ...]:
    """The days after ``since``, up to ``until``, on which any of some drivers ("oil", "fx:RUS") came out, in order."""
    return tuple(sorted({day for name in names for day in release_days(name) if since < day <= until}))


def panel_known(pair: str, *, figures: date, drivers: date, as_of: date, table: TableSource | None = None) -> Panel:
    """The figures known on one day beside the oil price and rates known on another, called that of ``as_of``."""
    panel = load_panel(pair, as_of=figures, table=table)
    if figures == drivers == as_of:
        return panel
    told = f"{panel.data_sha256} {drivers.isoformat()} {as_of.isoformat()}"
    return replace(
        panel,
        as_of=as_of,
        oil=load_driver("oil", drivers),
        fx=load_fx((panel.first, panel.second), drivers),
        data_sha256=hashlib.sha256(told.encode()).hexdigest(),
    )


def _stored(pair: str) -> list[Figure]:
    """Every figure of a pair that travels with Tradewind, seen from whichever country it is kept for."""
    turned = "-".join(reversed(pair.split("-")))
    kept = turned if turned in fixture_pairs() else pair
    return [figure for raw in fixture_tables(kept) for figure in parse_table(raw, kept).figures]
