"""How wide the pool's bands should be before other pairs have taught anything.

    python -m benchmarks.accuracy.untaught

Measured on every second M3 monthly series of five years or more, 18 months before those that the table scores.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from benchmarks.accuracy.scores import quantile_crps, quantiles_of, seasonal_scale
from benchmarks.accuracy.series import M3_HORIZON, SEASON, Record, m3_monthly
from forecast.kernels._jit import FloatArray
from forecast.models.pool.pool import POOLED, raw_pool
from forecast.models.pool.recalibration import stretch
from forecast.models.task import Task
from forecast.series import Series

FACTORS = (1.0, 0.97, 0.94, 0.91, 0.88)
_FEWEST_MONTHS = 60


def raw_paths(record: Record) -> FloatArray:
    """The pool's paths (p, 18) before recalibration, from the record less its last 18 months."""
    known = record.values[:-M3_HORIZON]
    return raw_pool(Task(Series(record.name, record.start, 1, known), M3_HORIZON), POOLED).paths


def main() -> None:
    """Print cover of 80 and 95 % bands and scaled CRPS by factor."""
    records = [record for record, _ in m3_monthly() if len(record.values) >= _FEWEST_MONTHS][::2]
    os.environ["TRADEWIND_THREADS"] = "1"
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        drawn = list(workers.map(raw_paths, records, chunksize=8))
    for factor in FACTORS:
        rows = []
        for record, paths in zip(records, drawn, strict=True):
            came, moved = record.values[-M3_HORIZON:], stretch(paths, np.full(M3_HORIZON, factor))
            low, lower, upper, high = np.quantile(moved, [0.025, 0.1, 0.9, 0.975], axis=0)
            scale = seasonal_scale(record.values[:-M3_HORIZON], SEASON)
            crps = float(np.mean(quantile_crps(quantiles_of(moved), came))) / scale
            rows.append([np.mean((lower <= came) & (came <= upper)), np.mean((low <= came) & (came <= high)), crps])
        cover_80, cover_95, crps = np.mean(rows, axis=0)
        print(f"{factor:.2f}  in 80 %: {cover_80:.3f}  in 95 %: {cover_95:.3f}  CRPS {crps:.4f}")


if __name__ == "__main__":
    main()
