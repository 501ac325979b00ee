"""Panel: what was observed, over which span, by whose count, known when; read-only.

An observation is a sum over a span of months, of one flow, by one reporter, known from one date.
Annual totals, year-to-date figures, combined months and single months are one kind of thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

FLOWS = ("exports", "imports", "turnover")  #: as seen from the first country of the pair


@dataclass(frozen=True, slots=True)
class Observations:
    """Columns of n published figures, sorted by (end, start, flow, reporter); all arrays are read-only.

    start, end (n): first and last month of the span (months as integers).
    flow (n): index into FLOWS.
    reporter (n): index into ``Panel.reporters``.
    value_usd_bn (n): the figure.
    resolution_usd_bn (n): the rounding step of the figure as printed (0.01 for "84.07 bn"), 0 when exact.
    published (n): proleptic ordinal of the day it became known (`datetime.date.toordinal`).
    row (n): 1-based row of the table it came from, for messages.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    flow: NDArray[np.int64]
    reporter: NDArray[np.int64]
    value_usd_bn: NDArray[np.float64]
    resolution_usd_bn: NDArray[np.float64]
    published: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Driver:
    """A monthly series known up to its last month: ``values[i]`` is month ``start + i``; no gaps; read-only.

    For "oil" the unit is USD a barrel (Brent, monthly mean); for "fx:RUS" it is units of that country's
    currency per USD (monthly mean).
    """

    name: str
    start: int
    values: NDArray[np.float64]

    @property
    def end(self) -> int:
        """Last month known."""
        return self.start + len(self.values) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Everything known about one pair on one day.

    pair: "CHN-RUS"; flows are seen from its first country.
    reporters: whose counts are in the observations, for example ("CHN", "RUS").
    as_of: the day of knowledge; no figure published later is inside.
    observations: see Observations.
    oil: Brent as known on that day.
    fx: currency per USD by country code, for the countries of the pair whose rate is at hand.
    data_sha256: hash of all that is inside.
    source: one line saying where the figures come from.
    """

    pair: str
    reporters: tuple[str, ...]
    as_of: date
    observations: Observations
    oil: Driver
    fx: dict[str, Driver]
    data_sha256: str
    source: str

    @property
    def first(self) -> str:
        """The country from which exports and imports are seen."""
        return self.pair.split("-")[0]

    @property
    def second(self) -> str:
        """The partner."""
        return self.pair.split("-")[1]
