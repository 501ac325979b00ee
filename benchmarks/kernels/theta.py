"""Theta models beside statsforecast: the best of four by squared error, and the dynamic optimised one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.contest import Contest, Growth
from forecast.kernels.random import draw_normals
from forecast.kernels.theta.ahead import forecast_thetas, theta_paths
from forecast.kernels.theta.fit import AUTO, DOTM, SKIPPED, ThetaRules, fit_theta
from forecast.kernels.theta.season import MULTIPLICATIVE

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "benchmarks"
HORIZON = 18
NAMES = ("STM", "OTM", "DSTM", "DOTM")


def rules(which: int) -> ThetaRules:
    return ThetaRules(which, 12, MULTIPLICATIVE, SKIPPED, 0.1, 0.99)


def made(many: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Monthly series with level, trend and season, by key, and what comes after."""
    month = np.arange(120 + HORIZON)
    whole = []
    for i in range(many):
        z = draw_normals(100 + i, 2, len(month))
        season = 1.0 + 0.1 * (i % 3) * np.sin(2 * np.pi * (month + i) / 12)
        whole.append((500.0 + (i % 7 - 2) * month + (10.0 * z[0]).cumsum()) * season + 10.0 * z[1])
    whole = [np.maximum(y, 5.0) for y in whole]
    return [y[:120] for y in whole], np.array([y[120:] for y in whole])


def monthly(many: int) -> tuple[str, list[np.ndarray], np.ndarray]:
    """``many`` monthly series spread over the M3 competition; made ones where its file is absent."""
    if not (SHARED / "m3_series.parquet").is_file():
        return ("made", *made(many))
    import polars as pl

    info = pl.read_csv(SHARED / "m3_series_info.csv").filter(pl.col("frequency") == "MONTHLY")
    chosen = info["series"].to_list()[:: max(1, len(info) // many)][:many]
    every = pl.read_parquet(SHARED / "m3_series.parquet").with_columns(pl.col("series", "split").cast(pl.String))
    parts = every.sort("t").partition_by(["series", "split"], as_dict=True)
    figures = [[parts[name, split]["value"].to_numpy().astype(float) for name in chosen] for split in ("train", "test")]
    return "M3", figures[0], np.array(figures[1])


def smape(forecasts: np.ndarray, came: np.ndarray) -> float:
    return float((200.0 * np.abs(forecasts - came) / (np.abs(forecasts) + np.abs(came))).mean())


def fitting(which: int, many: int) -> Contest:
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import AutoTheta, DynamicOptimizedTheta
    from statsforecast.theta import auto_theta, forecast_theta

    source, series, came = monthly(many)
    y, ends = np.concatenate(series), np.cumsum([len(x) for x in series])
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(many), np.diff(ends, prepend=0)),
            "ds": np.concatenate([np.arange(len(x)) for x in series]),
            "y": y,
        }
    )
    kind = AutoTheta if which == AUTO else DynamicOptimizedTheta
    peer = StatsForecast(models=[kind(season_length=12)], freq=1, n_jobs=2)

    def theirs() -> np.ndarray:
        table = peer.forecast(df=frame, h=HORIZON)
        return np.asarray(table[table.columns[-1]]).reshape(many, HORIZON)

    def alone() -> list[object]:
        return [
            forecast_theta(auto_theta(x, 12, model=None if which == AUTO else NAMES[which]), HORIZON) for x in series
        ]

    def agreement() -> str:
        worse = 0.0
        for x in series:
            ours = fit_theta(x, rules(which))
            fitted = auto_theta(x, 12, model=None if which == AUTO else NAMES[which])
            # Their residuals are put back on the scale of the series; ours are in its adjusted units.
            e = fitted["residuals"][SKIPPED:]
            if ours.kind == MULTIPLICATIVE:
                e = e / ours.indices[np.arange(SKIPPED, len(x)) % 12]
            worse = max(worse, ours.mse / float((e**2).mean()) - 1.0)
        assert worse < 1e-6, f"a squared error {worse:.1e} above theirs"
        ours = smape(forecast_thetas(y, ends, rules(which), HORIZON).forecasts, came)
        peers = smape(theirs(), came)
        assert ours < peers + 0.5
        return f"no squared error above theirs by {max(worse, 0.0):.0e}; sMAPE {ours:.2f} against {peers:.2f}"

    name = "best of four Theta models" if which == AUTO else "dynamic optimised Theta"
    return Contest(
        work=f"{name}, fit and {HORIZON} months ahead, {many} monthly series ({source})",
        ours=lambda: forecast_thetas(y, ends, rules(which), HORIZON),
        peers={"statsforecast, two processes": theirs, "statsforecast, one process": alone},
        agreement=agreement,
        at_least={"statsforecast, two processes": 20.0 if which == AUTO else 5.0},
        rounds=5,
        threads=2,
    )


def contests() -> Iterator[Contest]:
    yield fitting(AUTO, 60)
    yield fitting(DOTM, 60)


def growths() -> Iterator[Growth]:
    def batch(size: int) -> Callable[[], object]:
        series = made(size)[0]
        y, ends = np.concatenate(series), np.cumsum([len(x) for x in series])
        return lambda: forecast_thetas(y, ends, rules(AUTO), HORIZON)

    def paths(size: int) -> Callable[[], object]:
        y = made(1)[0][0]
        fit = fit_theta(y, rules(DOTM))
        return lambda: theta_paths(fit, len(y), 36, size, 1)

    yield Growth("best of four Theta models, 120 months each", "series", (10, 100, 1_000), batch)
    yield Growth("dynamic optimised Theta, 36 months ahead", "paths", (1_000, 10_000, 100_000), paths)
