"""The calendar, past crises, oil exporters, trade policy and composition, as compiled in the fixtures."""

from __future__ import annotations

import math
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from forecast.data.fixtures import fixture_path
from forecast.models.background import Background, Episode
from forecast.models.composition import Composition
from forecast.models.trade_policy import Figure, OilOrigin, TradePolicy
from forecast.months import parse_month

_TYPICAL = "typical"


@cache
def load_background() -> Background:
    """What is known of the world beside any pair.

    From fixtures/crises.csv, lunar_new_year.csv, oil_exporters.csv, country_drift.csv, trade_policy.csv, oil_origin.csv
    and composition.csv.
    """
    crises = pl.read_csv(fixture_path("crises.csv"), infer_schema=False)
    rows = {str(row["episode"]): row for row in crises.iter_rows(named=True)}
    typical = rows.pop(_TYPICAL)
    days = pl.read_csv(fixture_path("lunar_new_year.csv"), infer_schema=False)["date"]
    lunar = np.array([date.fromisoformat(day).toordinal() for day in days], dtype=np.int64)
    lunar.flags.writeable = False
    exporters = pl.read_csv(fixture_path("oil_exporters.csv"), infer_schema=False)
    drifts = pl.read_csv(fixture_path("country_drift.csv"))
    by_country: dict[str, dict[int, float]] = {}
    for iso3, year, drift in drifts.select("iso3", "origin_year", "drift_net_of_oil").iter_rows():
        by_country.setdefault(iso3, {})[year] = drift
    counted_from = int(typical["hazard_from"])
    return Background(
        lunar_new_year=lunar,
        episodes=tuple(_episode(name, row) for name, row in rows.items()),
        typical=_episode(
            _TYPICAL,
            typical | {"start": f"{counted_from}-01", "first_known": f"{counted_from}-01-01", "in_hazard": "true"},
        ),
        counted_from=counted_from,
        oil_exporters=frozenset(exporters.filter(pl.col("oil_exporter") == "true")["iso3"].to_list()),
        drift=by_country,
        world_drift=dict(drifts.select("origin_year", "world_drift").unique().sort("origin_year").iter_rows()),
        policy=_policy(),
        oil_origin=_oil_origin(),
        composition=_composition(),
    )


def _episode(name: str, row: dict[str, str]) -> Episode:
    half = row["months_to_recover_half"]
    return Episode(
        name=name,
        start=parse_month(row["start"]),
        known=date.fromisoformat(row["first_known"]),
        depth_known=date.fromisoformat(row["depth_known"] or row["first_known"]),
        counted=row["in_hazard"] == "true",
        depth_log=float(row["depth_log_mean"]),
        depth_log_sd=float(row["depth_log_pair_sd"]),
        months_to_trough=float(row["months_to_trough"]),
        months_to_half=float(half) if half else math.inf,
    )


def _policy() -> TradePolicy:
    """The rows that are used by default; the others stand beside them for the reader."""
    rows = pl.read_csv(fixture_path("trade_policy.csv"), infer_schema=False).filter(pl.col("used") == "true")
    return TradePolicy(
        {
            (row["quantity"], row["kind"]): Figure(
                mean=float(row["mean"]),
                sd=float(row["sd"] or 0.0),
                low=float(row["low"]),
                high=float(row["high"]),
                published=date.fromisoformat(row["published"]),
                basis=row["basis"],
                source=row["source"],
            )
            for row in rows.iter_rows(named=True)
        }
    )


def _oil_origin() -> OilOrigin:
    table = pl.read_csv(fixture_path("oil_origin.csv"), infer_schema=False).filter(pl.col("pairs") == "all")
    rows = {row["quantity"]: row for row in table.iter_rows(named=True)}
    return OilOrigin(
        demand_less_supply=float(rows["used"]["value"]),
        error=float(rows["used"]["error"]),
        demand_share=float(rows["demand_share"]["value"]),
        last_lag=int(rows["used"]["lag_last"]),
    )


def _composition() -> dict[str, Composition]:
    table = pl.read_csv(fixture_path("composition.csv"), infer_schema=False)
    found = {}
    for (pair,), rows in table.group_by("pair", maintain_order=True):
        values = {
            (row["flow"], int(row["year"]), row["group"]): float(row["value_usd_bn"])
            for row in rows.iter_rows(named=True)
        }
        published = {int(year): date.fromisoformat(day) for year, day in rows.select("year", "published").iter_rows()}
        found[str(pair)] = Composition(values, published)
    return found
