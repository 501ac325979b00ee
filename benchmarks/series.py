"""Monthly series to work on: those of the M3 competition where its table lies beside the repository, else simulated."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from forecast.kernels._jit import FloatArray, gate
from forecast.kernels.random import draw_normals

SEASON = 12
M3 = Path(__file__).resolve().parents[2] / "shared" / "data" / "benchmarks" / "m3_series.parquet"
M3_MONTHLY = range(1402, 2830)


def monthly(count: int) -> tuple[str, list[FloatArray]]:
    """What the series are, and ``count`` of them, spread over the whole set."""
    return ("monthly M3 series", _m3(count)) if M3.is_file() else ("simulated monthly series", simulated(count))


def simulated(count: int, months: int = 132) -> list[FloatArray]:
    """Positive monthly series with level, trend, season and noise of several sizes."""
    z = draw_normals(2008, count, 2 * months + SEASON)
    t = np.arange(months)
    out = []
    for i, row in enumerate(z):
        walk = 0.02 * (i % 5) * row[:months].cumsum()
        season = 0.05 * (i % 4) * row[2 * months :][t % SEASON]
        out.append(gate(1000.0 * np.exp(0.003 * (i % 3) * t + walk + season + 0.04 * row[months : 2 * months])))
    return out


def _m3(count: int) -> list[FloatArray]:
    """Every so manieth monthly series, its training part."""
    import polars as pl

    table = pl.read_parquet(M3).with_columns(pl.col("series", "split").cast(pl.String)).filter(split="train")
    step = len(M3_MONTHLY) // count
    chosen = [f"N{number}" for number in M3_MONTHLY[step // 2 :: step][:count]]
    parts = table.filter(pl.col("series").is_in(chosen)).sort("series", "t").partition_by("series", maintain_order=True)
    return [gate(part["value"].to_numpy()) for part in parts]
