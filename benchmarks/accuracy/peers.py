"""The forecasters that a user would take instead (statsforecast), run once over every record and kept under build/.

A record's forecasts are kept in a file of their own, so an interrupted run is taken up where it was left.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import numpy as np

from benchmarks.accuracy.series import (
    SEASON,
    US_HORIZON,
    US_ORIGINS,
    Record,
    hash_of,
    m3_monthly,
    us_partners,
)
from forecast.kernels._jit import FloatArray

KEPT = Path("build") / "accuracy"
PEERS = ("AutoETS", "AutoTheta", "SeasonalNaive", "AutoARIMA")
PROBS = np.arange(1, 100) / 100.0  #: quantiles kept of each month ahead
PATHS = 1000
_LEVELS = list(range(2, 100, 2))  #: central bands whose edges, with the median, are those quantiles
_SEED = 7


def filled(values: FloatArray) -> FloatArray:
    """The record with its gaps bridged by straight lines, since the peers take none."""
    at = np.arange(len(values))
    seen = ~np.isnan(values)
    return np.interp(at, at[seen], values[seen])


def peer_forecast(peer: str, values: FloatArray, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Quantiles (h, 99) and simulated paths (p, h) of one peer with its defaults."""
    from statsforecast import models

    model = getattr(models, peer)(season_length=SEASON)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(values)
        ahead = model.predict(horizon, level=_LEVELS)
        fitted = model.model_
        paths = _simulate(peer, fitted, horizon)
    below = [ahead[f"lo-{level}"] for level in reversed(_LEVELS)]
    above = [ahead[f"hi-{level}"] for level in _LEVELS]
    return np.column_stack([*below, ahead["mean"], *above]), paths


def _simulate(peer: str, fitted: dict, horizon: int) -> FloatArray:
    """Paths from the model as it was fitted (the public ``simulate`` would fit it once more)."""
    if peer == "AutoETS":
        from statsforecast.ets import simulate_ets as simulate
    elif peer == "AutoARIMA":
        from statsforecast.arima import simulate_arima as simulate
    elif peer == "AutoTheta":
        from statsforecast.theta import simulate_theta as simulate
    else:
        past = fitted["mean"]
        cycles = np.arange(horizon) // len(past)
        key = np.random.default_rng(_SEED)
        steps = key.normal(0.0, fitted["sigma"], (PATHS, cycles[-1] + 1, len(past))).cumsum(axis=1)
        return (past[np.arange(horizon) % len(past)] + steps.reshape(PATHS, -1)[:, :horizon]).astype(np.float64)
    return np.asarray(
        simulate(fitted, h=horizon, n_paths=PATHS, seed=_SEED, error_distribution="normal", error_params=None)
    )


def run_m3(peer: str) -> None:
    """Forecast every monthly series of M3."""
    for record, test in sorted(m3_monthly(), key=lambda pair: hash_of(pair[0].name)):
        _keep(KEPT / "m3" / peer / f"{record.name}.npz", lambda record=record, test=test: _one(peer, record, len(test)))


def run_us(peer: str) -> None:
    """Forecast every partner from every origin that leaves it eight years of record."""
    for record in us_partners():
        _keep(KEPT / "us" / peer / f"{record.name.split()[0]}.npz", lambda record=record: _rolling(peer, record))


def origins_of(record: Record) -> tuple[int, ...]:
    """Origins with eight years before them and a month after them."""
    last = record.start + len(record.values) - 1
    return tuple(origin for origin in US_ORIGINS if record.start + 96 <= origin + 1 and origin < last)


def _one(peer: str, record: Record, horizon: int) -> dict[str, FloatArray]:
    quantiles, _ = peer_forecast(peer, filled(record.values), horizon)
    return {"quantiles": quantiles.astype(np.float32)}


def _rolling(peer: str, record: Record) -> dict[str, FloatArray]:
    origins = origins_of(record)
    quantiles = np.full((len(origins), US_HORIZON, len(PROBS)), np.nan, dtype=np.float32)
    years = np.full((len(origins), PATHS, 2), np.nan, dtype=np.float32)
    for i, origin in enumerate(origins):
        known = filled(record.values[: origin - record.start + 1])
        quantiles[i], paths = peer_forecast(peer, known, US_HORIZON)
        years[i] = paths.reshape(PATHS, 2, SEASON).sum(axis=2)
    return {"origins": np.array(origins), "quantiles": quantiles, "years": years}


def _keep(path: Path, make) -> None:
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = make()
    except Exception as error:
        print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return
    part = path.with_suffix(f".{os.getpid()}.npz")
    np.savez_compressed(part, **found)
    os.replace(part, path)


if __name__ == "__main__":
    for name in sys.argv[2:] or PEERS:
        {"m3": run_m3, "us": run_us}[sys.argv[1]](name)
