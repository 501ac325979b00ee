"""The M3 competition from the folder shared/data: monthly series, what came, and the forecasts THETA entered.

Makridakis & Hibon 2000, "The M3-Competition: results, conclusions and implications", International Journal of
Forecasting 16; the error is their symmetric MAPE.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl


def m3_monthly(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Figures one series behind the other, their ends, what came (series, 18), and THETA's forecasts (series, 18)."""
    info = pl.read_csv(folder / "m3_series_info.csv").filter(pl.col("frequency") == "MONTHLY")["series"]
    names = pl.DataFrame({"series": info})
    every = pl.read_parquet(folder / "m3_series.parquet").with_columns(pl.col("series", "split").cast(pl.String))
    theirs = pl.read_parquet(folder / "m3_original_method_forecasts.parquet")
    theirs = theirs.with_columns(pl.col("series", "method").cast(pl.String)).filter(pl.col("method") == "THETA")
    every, theirs = every.sort("series", "t"), theirs.sort("series", "h")
    train = every.filter(pl.col("split") == "train").join(names, on="series", how="semi")
    test = every.filter(pl.col("split") == "test").join(names, on="series", how="semi")
    ends = train.group_by("series", maintain_order=True).len()["len"].to_numpy().astype(np.int64).cumsum()
    published = theirs.join(names, on="series", how="semi")["forecast"].to_numpy().reshape(-1, 18)
    return train["value"].to_numpy().astype(float), ends, test["value"].to_numpy().reshape(-1, 18), published


def smape(forecasts: np.ndarray, came: np.ndarray) -> float:
    return float((200.0 * np.abs(forecasts - came) / (np.abs(forecasts) + np.abs(came))).mean())
