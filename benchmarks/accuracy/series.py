"""The records that forecasts are judged on: M3's monthly series, and United States trade by partner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from forecast.kernels._jit import FloatArray
from forecast.months import parse_month

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SEASON = 12
M3_HORIZON = 18
US_HORIZON = 24
US_FEWEST_MONTHS = 300
US_ORIGINS = tuple(12 * year + 11 for year in range(2000, 2022))  #: Decembers; the last is scored on what there is
CRISIS_YEARS = (2001, 2008, 2009, 2015, 2016, 2020)


@dataclass(frozen=True, slots=True)
class Record:
    """One monthly record: values (n), the first of them in month ``start``; NaN where a month is missing."""

    name: str
    start: int
    values: FloatArray


@cache
def m3_monthly() -> tuple[tuple[Record, FloatArray], ...]:
    """The 1,428 monthly series of the M3 competition, training part and the 18 months to be forecast."""
    table = pl.read_parquet(SHARED / "benchmarks" / "m3_series.parquet").with_columns(
        pl.col("series", "split").cast(pl.String)
    )
    wanted = [f"N{number}" for number in range(1402, 2830)]
    found = {}
    for (name, split), part in table.filter(pl.col("series").is_in(wanted)).sort("t").group_by(["series", "split"]):
        found[name, split] = part["value"].to_numpy().astype(np.float64)
    return tuple((Record(name, 0, found[name, "train"]), found[name, "test"]) for name in wanted)


@cache
def us_partners() -> tuple[Record, ...]:
    """Turnover of the United States with each partner of 300 months or more, USD mn, in an order drawn by lot once."""
    table = pl.read_parquet(SHARED / "pairs" / "us_monthly_trade_by_partner_1985_2023.parquet")
    table = table.filter(~pl.col("is_aggregate")).with_columns(
        turnover=pl.col("us_exports_usd_mn") + pl.col("us_imports_usd_mn")
    )
    records = []
    for (code,), part in table.group_by(["census_code"], maintain_order=True):
        if len(part) < US_FEWEST_MONTHS:
            continue
        months = np.array([parse_month(text) for text in part["month"]])
        values = np.full(months.max() - months.min() + 1, np.nan)
        values[months - months.min()] = part["turnover"].to_numpy()
        records.append(Record(f"{code} {part['partner'][0]}", int(months.min()), values))
    records.sort(key=lambda record: record.name)
    order = np.argsort([hash_of(record.name) for record in records])
    return tuple(records[i] for i in order)


def hash_of(name: str) -> int:
    """A number that orders names as if by lot."""
    import hashlib

    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")
