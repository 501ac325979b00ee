"""Other oil-linked pairs, replayed as China-Russia is: ``python -m benchmarks.accuracy.oil_pairs [choosing]``.

Ten pairs are judged on: eight oil exporters that the aim names and the two largest others of
fixtures/oil_exporters.csv, each with the partner that counted most trade with it in 1998-2002, before the first origin.
The model was chosen on others (``choosing``): the next two partners of the same ten, the first two of every other
exporter, and pairs without an oil exporter. Neither rule looks at a score, and China-Russia is in neither. A partner
counts if its figures are printed, not estimated, for every year from 1996 to 2020; the count is the partner's, as
China's is of Russia.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.accuracy.series import SHARED
from fixtures.build.iso_codes import ISO3
from forecast.evaluation.replayed import Replay
from forecast.retrospect import replay

KEPT = Path("build") / "accuracy"
DOTS = SHARED / "pairs" / "imf_dots_annual_pairs_1960_2020.parquet"
EXPORTERS = Path("fixtures") / "oil_exporters.csv"

NAMED = ("RUS", "SAU", "NGA", "VEN", "NOR", "IRN", "AGO", "KAZ")
OTHERS = 2
FIRST_ORIGIN, LAST_ORIGIN = 2003, 2020
FIRST_YEAR = 1980
RANKED_OVER = (1998, 2002)
PRINTED_OVER = (1996, 2020)
NON_OIL_PAIRS = 10
LEAST_USD_BN = 0.2  #: mean turnover of 1998-2002 from which a pair of the choosing set counts

GIVEN, FREE = "tradewind, oil given", "tradewind"
ASKED_FALL = 0.20


@dataclass(frozen=True, slots=True)
class Pair:
    """One country's count of its trade with another; ``size_usd_bn`` is the mean turnover that ranked it."""

    reporter: str
    partner: str
    size_usd_bn: float

    @property
    def name(self) -> str:
        """Written as the rest of Tradewind writes it, the reporter first."""
        return f"{self.reporter}-{self.partner}"


def annual_flows() -> pl.DataFrame:
    """Printed (not estimated) yearly flows of every pair of countries, USD mn, China-Russia left out."""
    table = pl.read_parquet(DOTS).with_columns(
        pl.col("reporter").cast(pl.String).replace_strict(ISO3, default=None),
        pl.col("partner").cast(pl.String).replace_strict(ISO3, default=None),
        pl.col("year").cast(pl.Int32),
    )
    printed = pl.all_horizontal(
        ~pl.col("exports_estimated"),
        ~pl.col("imports_estimated"),
        pl.col("exports_fob_usd_mn", "imports_cif_usd_mn") > 0,
    )
    flagship = pl.col("reporter").is_in(["CHN", "RUS"]) & pl.col("partner").is_in(["CHN", "RUS"])
    kept = table.drop_nulls(["reporter", "partner"]).filter(printed & ~flagship)
    return kept.select(
        "reporter",
        "partner",
        "year",
        pl.col("exports_fob_usd_mn").alias("exports"),
        pl.col("imports_cif_usd_mn").alias("imports"),
    ).sort("reporter", "partner", "year")


def ranked(flows: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose reporter printed every year of PRINTED_OVER, the largest of RANKED_OVER first."""
    first, last = PRINTED_OVER
    whole = flows.filter(pl.col("year").is_between(first, last)).group_by("reporter", "partner").len()
    whole = whole.filter(pl.col("len") == last - first + 1).select("reporter", "partner")
    size = (pl.col("exports") + pl.col("imports")).mean() / 1000.0
    sizes = (
        flows.filter(pl.col("year").is_between(*RANKED_OVER)).group_by("reporter", "partner").agg(size.alias("size"))
    )
    return sizes.join(whole, on=["reporter", "partner"]).sort("size", "reporter", descending=[True, False])


def judging_pairs(flows: pl.DataFrame) -> list[Pair]:
    """The ten pairs that the model is judged on."""
    order = ranked(flows)
    return [_pairs(order, exporter, 0, 1)[0] for exporter in judged_exporters()]


def choosing_pairs(flows: pl.DataFrame) -> tuple[list[Pair], list[Pair]]:
    """The pairs that variants of the model are compared on: oil-linked ones, and others."""
    order = ranked(flows).filter(pl.col("size") >= LEAST_USD_BN)
    judged = judged_exporters()
    oily = [pair for exporter in judged for pair in _pairs(order, exporter, 1, 3)]
    oily += [pair for exporter in _exporters() if exporter not in judged for pair in _pairs(order, exporter, 0, 2)]
    exporters = _exporters()
    dry = order.filter(~pl.col("reporter").is_in(exporters) & ~pl.col("partner").is_in(exporters))
    seen: set[str] = set()
    others = []
    for row in dry.iter_rows():  # each country once, so that ten pairs are not ten times the United States
        if not seen & set(row[:2]):
            seen |= set(row[:2])
            others.append(Pair(*row))
    return oily, others[:NON_OIL_PAIRS]


def judged_exporters() -> list[str]:
    """The eight exporters that the aim names, and the two largest others."""
    return [*NAMED, *[code for code in _exporters() if code not in NAMED][:OTHERS]]


def _exporters() -> list[str]:
    """Oil exporters, the largest first."""
    table = pl.read_csv(EXPORTERS).filter("oil_exporter").sort("mean_usd_bn", descending=True)
    return table["iso3"].to_list()


def _pairs(order: pl.DataFrame, exporter: str, first: int, last: int) -> list[Pair]:
    return [Pair(*row) for row in order.filter(pl.col("partner") == exporter).rows()[first:last]]


def table_of(flows: pl.DataFrame, pair: Pair) -> pl.DataFrame:
    """A pair's figures in Tradewind's schema; a year counts as known on 25 January, as China's does.

    The unbroken run of years up to the last origin, from FIRST_YEAR at the earliest.
    """
    own = flows.filter((pl.col("reporter") == pair.reporter) & (pl.col("partner") == pair.partner))
    years = set(own["year"].to_list())
    first = LAST_ORIGIN
    while first > FIRST_YEAR and first - 1 in years:
        first -= 1
    kept = own.filter(pl.col("year").is_between(first, LAST_ORIGIN))
    long = kept.unpivot(["exports", "imports"], index="year", variable_name="flow")
    return long.sort("year", "flow").select(
        pl.col("year").cast(pl.String).alias("span"),
        "flow",
        "value",
        pl.lit("USD mn").alias("unit"),
        pl.lit(pair.reporter).alias("reporter"),
        pl.format("{}-01-25", pl.col("year") + 1).alias("published"),
    )


def replay_pair(flows: pl.DataFrame, pair: Pair) -> Replay:
    """Every year from FIRST_ORIGIN to LAST_ORIGIN, forecast when the year before was known whole."""
    return replay(pair.name, FIRST_ORIGIN, LAST_ORIGIN, reporter=pair.reporter, table=table_of(flows, pair))


def row_of(pair: Pair, told: Replay) -> dict[str, object]:
    """One pair's scores, and by how much realised oil lowers the CRPS."""
    scores = {
        score.forecaster: {"log_rmse": score.log_rmse, "crps": score.crps, "cover_80": score.coverage_80}
        for score in told.scores
    }
    fall = 1.0 - scores[GIVEN]["crps"] / scores[FREE]["crps"]
    return {"pair": pair.name, "origins": len(told.origins), "fall_of_crps": fall, "scores": scores}


def summary(rows: list[dict[str, object]]) -> dict[str, object]:
    """Means over the pairs, and the fall of the CRPS both ways of averaging it, with its standard error over pairs."""
    names = list(rows[0]["scores"])
    mean = {
        name: {key: float(np.mean([row["scores"][name][key] for row in rows])) for key in rows[0]["scores"][name]}
        for name in names
    }
    falls = np.array([row["fall_of_crps"] for row in rows])
    return {
        "pairs": len(rows),
        "mean": mean,
        "fall_of_crps": float(falls.mean()),
        "fall_of_crps_se": float(falls.std(ddof=1) / np.sqrt(len(falls))),
        "fall_of_mean_crps": 1.0 - mean[GIVEN]["crps"] / mean[FREE]["crps"],
        "asked_fall_of_crps": ASKED_FALL,
    }


def measure(pairs: list[Pair], flows: pl.DataFrame, out: Path) -> dict[str, object]:
    """Replay the pairs one by one and keep the scores in a file."""
    rows = []
    for pair in pairs:
        rows.append(row_of(pair, replay_pair(flows, pair)))
        scores = rows[-1]["scores"]
        print(
            f"{pair.name}: CRPS {scores[FREE]['crps']:.4f}, oil given {scores[GIVEN]['crps']:.4f}, "
            f"{rows[-1]['fall_of_crps']:+.1%} lower",
            flush=True,
        )
    found = {"rows": rows, "summary": summary(rows)}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


if __name__ == "__main__":
    every_flow = annual_flows()
    if sys.argv[1:] == ["choosing"]:
        oil_linked, rest = choosing_pairs(every_flow)
        result = measure([*oil_linked, *rest], every_flow, KEPT / "oil_pairs_choosing.json")
    else:
        result = measure(judging_pairs(every_flow), every_flow, KEPT / "oil_pairs.json")
    print(json.dumps(result["summary"], indent=1))
