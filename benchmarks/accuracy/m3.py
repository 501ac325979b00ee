"""M3 monthly: the pool and its members beside statsforecast's forecasters and the competition's entrants.

``python -m benchmarks.accuracy.m3 [every]`` writes build/accuracy/m3.json; with a number it takes every so-manieth
series only, drawn by lot, for a quick look.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import polars as pl

from benchmarks.accuracy.peers import KEPT, PEERS
from benchmarks.accuracy.scores import held, mase, quantile_crps, quantiles_of, seasonal_scale, smape
from benchmarks.accuracy.series import M3_HORIZON, SEASON, SHARED, Record, hash_of, m3_monthly
from forecast.kernels._jit import FloatArray
from forecast.models.pool.pool import POOLED, pool
from forecast.models.task import Task
from forecast.models.univariate.members import MEMBERS
from forecast.series import Series

ASKED = {**MEMBERS, **POOLED}
WORKERS = 2
LIKE = {"ets": "AutoETS", "arima": "AutoARIMA", "theta": "AutoTheta"}  #: which peer each member answers to
REACH = {"smape": 13.45, "mase": 0.835, "seconds": 180.0, "cover_95": (0.92, 0.97), "against peer": 1.02}

Cases = list[tuple[Record, FloatArray]]


def rows(cases: Cases) -> list[dict[str, object]]:
    """One row a forecaster: how many series, sMAPE, MASE, scaled CRPS, cover of 80 and 95 % bands, seconds."""
    found = []
    for name in ("pool", *ASKED):
        started = time.perf_counter()
        answers = _spread(name, [record for record, _ in cases])
        seconds = time.perf_counter() - started
        scored = [_scores(answer, case) for answer, case in zip(answers, cases, strict=True)]
        found.append(_row(name, "tradewind", scored, seconds))
        print(json.dumps(found[-1]), flush=True)
    for peer in PEERS:
        scored = [_scores((q[:, 49], q), case) for case in cases if (q := _kept(peer, case[0])) is not None]
        if scored:
            found.append(_row(peer, "statsforecast", scored, None))
    found.extend(_mean_of_peers(cases))
    if len(cases) == len(m3_monthly()):
        found.extend(_entrants())
    return found


def verdicts(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """What was to be reached, what came, and whether it was."""
    by_name = {str(row["method"]): row for row in found}
    pooled, (low, high) = by_name["pool"], REACH["cover_95"]
    said = [
        _said(f"pool {part}", pooled[part], f"<= {REACH[part]}", pooled[part] <= REACH[part])
        for part in ("smape", "mase", "seconds")
    ]
    for name in ("pool", *LIKE):
        cover = by_name[name]["cover_95"]
        said.append(_said(f"{name} 95 % bands", cover, f"{low} to {high}", low <= cover <= high))
    for name, peer in LIKE.items():
        if peer in by_name and by_name[peer]["series"] == by_name[name]["series"]:
            most = REACH["against peer"] * by_name[peer]["smape"]
            said.append(
                _said(
                    f"{name} smape beside {peer}",
                    by_name[name]["smape"],
                    f"<= {most:.3f}",
                    by_name[name]["smape"] <= most,
                )
            )
    return said


def _said(what: str, came: object, wanted: str, reached: bool) -> dict[str, object]:
    return {"what": what, "came": came, "wanted": wanted, "reached": bool(reached)}


def _spread(name: str, records: list[Record]) -> list[tuple[FloatArray, FloatArray]]:
    """Point (h) and quantiles (h, 99) of each record, by two processes of one thread each."""
    os.environ["TRADEWIND_THREADS"] = "1"
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as workers:
        return list(workers.map(_answer, [name] * len(records), records, chunksize=8))


def _answer(name: str, record: Record) -> tuple[FloatArray, FloatArray]:
    ask = pool if name == "pool" else ASKED[name]
    ahead = ask(Task(Series(record.name, record.start, 1, record.values), M3_HORIZON))
    return ahead.point, quantiles_of(ahead.paths)


def _scores(answer: tuple[FloatArray, FloatArray], case: tuple[Record, FloatArray]) -> list[float]:
    (point, quantiles), (record, outcomes) = answer, case
    scale = seasonal_scale(record.values, SEASON)
    return [
        smape(point, outcomes),
        mase(point, outcomes, scale),
        float(np.mean(quantile_crps(quantiles, outcomes))) / scale,
        float(np.mean(held(quantiles, outcomes, 0.8))),
        float(np.mean(held(quantiles, outcomes, 0.95))),
    ]


def _row(name: str, by: str, scored: list[list[float]], seconds: float | None) -> dict[str, object]:
    means = [round(float(mean), 4) for mean in np.mean(scored, axis=0)]
    parts = dict(zip(("smape", "mase", "crps", "cover_80", "cover_95"), means, strict=True))
    return {"method": name, "by": by, "series": len(scored), **parts, "seconds": seconds and round(seconds, 1)}


def _kept(peer: str, record: Record) -> FloatArray | None:
    """Quantiles (h, 99) of a peer, or None where it has not come so far."""
    path = KEPT / "m3" / peer / f"{record.name}.npz"
    return np.load(path)["quantiles"].astype(np.float64) if path.is_file() else None


def _mean_of_peers(cases: Cases) -> list[dict[str, object]]:
    """The equal mean of all peers, point by point and quantile by quantile, where all have come."""
    scored = []
    for case in cases:
        kept = [_kept(peer, case[0]) for peer in PEERS]
        if all(q is not None for q in kept):
            mean = np.mean(np.array(kept), axis=0)
            scored.append(_scores((mean[:, 49], mean), case))
    return [_row("mean of the four", "statsforecast", scored, None)] if scored else []


def _entrants() -> list[dict[str, object]]:
    table = pl.read_csv(SHARED / "benchmarks" / "m3_method_accuracy_recomputed.csv")
    table = table.filter(pl.col("frequency") == "MONTHLY").sort("smape")
    kept = table.select("method", "n_series", "smape", "mase").iter_rows()
    return [
        {"method": name, "by": "M3 entrant", "series": series, "smape": smape, "mase": mase}
        for name, series, smape, mase in kept
    ]


def main(every: int) -> None:
    cases = sorted(m3_monthly(), key=lambda case: hash_of(case[0].name))[::every]
    found = rows(cases)
    said = verdicts(found)
    for row in (*found, *said):
        print(json.dumps(row))
    KEPT.mkdir(parents=True, exist_ok=True)
    if every == 1:
        text = json.dumps({"horizon": M3_HORIZON, "rows": found, "verdicts": said}, indent=1)
        (KEPT / "m3.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
