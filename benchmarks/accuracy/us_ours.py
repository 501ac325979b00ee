"""Our forecasters over every US record and origin, kept under build/ by what their code was."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.accuracy.peers import KEPT, PATHS, origins_of
from benchmarks.accuracy.scores import PROBS, quantiles_of
from benchmarks.accuracy.series import SEASON, US_HORIZON, Record
from forecast.errors import TradewindError
from forecast.kernels._jit import FloatArray
from forecast.models.pool.pool import pool
from forecast.models.task import Forecaster, Task
from forecast.models.univariate.members import MEMBERS
from forecast.series import Series

OURS: dict[str, Forecaster] = {"pool": pool, **MEMBERS}
WORKERS = 2

_SOURCES = Path(__file__).resolve().parents[2] / "forecast"
_READ = ("kernels", "models/univariate", "models/pool", "models/task.py", "series.py", "streams.py")


def kept_ours(name: str, records: list[Record]) -> dict[str, Path]:
    """The files of one of ours, by record; what is missing is forecast first, by two processes of one thread each.

    A file holds what a peer's does: origins (o), quantiles (o, 24, 99) and yearly sums (o, paths, 2); an origin at
    which the forecaster refused is NaN throughout.
    """
    folder = KEPT / "us" / f"{name}.{_digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {record.name: folder / f"{record.name.split()[0]}.npz" for record in records}
    missing = [record for record in records if not paths[record.name].is_file()]
    if missing:
        os.environ["TRADEWIND_THREADS"] = "1"
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as workers:
            for record, found in zip(missing, workers.map(partial(rolling, name), missing), strict=True):
                _keep(paths[record.name], found)
    return paths


def rolling(name: str, record: Record, origins: tuple[int, ...] | None = None) -> dict[str, FloatArray]:
    """Forecasts of a record from each of its origins, with nothing known but what lies before."""
    origins = origins_of(record) if origins is None else origins
    quantiles = np.full((len(origins), US_HORIZON, len(PROBS)), np.nan, dtype=np.float32)
    years = np.full((len(origins), PATHS, 2), np.nan, dtype=np.float32)
    for i, origin in enumerate(origins):
        paths = ahead_of(OURS[name], record, origin, PATHS)
        if paths is not None:
            quantiles[i] = quantiles_of(paths)
            years[i] = paths.reshape(PATHS, 2, SEASON).sum(axis=2)
    return {"origins": np.array(origins), "quantiles": quantiles, "years": years}


def ahead_of(ask: Forecaster, record: Record, origin: int, count: int) -> FloatArray | None:
    """Paths (count, 24) of the months after an origin, None where the forecaster refuses.

    Where the last months before the origin are missing, the forecast begins earlier and its first months are passed
    over.
    """
    known = Series(record.name, record.start, 1, record.values).until(origin)
    if len(known) == 0:
        return None
    behind = origin - known.origin
    try:
        return ask(Task(known, US_HORIZON + behind, count)).paths[:, behind:]
    except TradewindError:
        return None


def _digest() -> str:
    """Eight characters that change with the code of the forecasters."""
    seen = hashlib.sha256()
    for part in _READ:
        root = _SOURCES / part
        for source in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            seen.update(source.read_bytes())
    return seen.hexdigest()[:8]


def _keep(path: Path, found: dict[str, FloatArray]) -> None:
    part = path.with_suffix(f".{os.getpid()}.npz")
    np.savez_compressed(part, **found)
    os.replace(part, path)
