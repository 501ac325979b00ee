"""What the pool's constants were chosen by: months that no accuracy table scores.

``python -m benchmarks.accuracy.pool_design`` forecasts, for every fourth series of M3, the 18 months before those to be
forecast in the competition, and for forty of the United States' partners drawn by lot the two years after each December
of 1995 to 1998 (tables begin with the origin of December 2000). Printed and written to build/accuracy/pool_design.json:
the CRPS, scaled by the record's seasonal-naive error, of pools of several base weights and strengths, as a geometric
mean over the forecasts and as a plain one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.peers import KEPT
from benchmarks.accuracy.scores import seasonal_scale
from benchmarks.accuracy.series import M3_HORIZON, SEASON, US_HORIZON, hash_of, m3_monthly, us_partners
from forecast.errors import TradewindError
from forecast.kernels._jit import FloatArray
from forecast.kernels.scores.crps import crps_ensemble
from forecast.models.pool.past import Past, past_of
from forecast.models.pool.pool import POOLED
from forecast.models.pool.weights import BASE, pool_weights
from forecast.models.task import Task
from forecast.series import Series

M3_EVERY = 4
US_PARTNERS = 40
US_BEFORE = tuple(12 * year + 11 for year in (1995, 1996, 1997, 1998))
FEWEST_KNOWN = 48
PATHS = 200
STRENGTHS = (0.0, 0.25, 0.5, 1.0, 2.0)
BASES = {
    "equal": {},
    "local-level 2": {**BASE, "local-level": 2.0},
    "local-level 3": {**BASE, "local-level": 3.0},
    "local-level 5": {**BASE, "local-level": 5.0},
    "local-level 3, airline 1": {**BASE, "airline": 1.0},
}


@dataclass(frozen=True, slots=True)
class Case:
    """One forecast: members' paths (k, p, h), what they were worth before, outcomes (h), and the unit of scores."""

    paths: FloatArray
    past: Past
    came: FloatArray
    scale: float


def m3_cases() -> Iterator[Case]:
    records = sorted((record for record, _ in m3_monthly()), key=lambda record: hash_of(record.name))
    for record in records[::M3_EVERY]:
        known, came = record.values[:-M3_HORIZON], record.values[-M3_HORIZON:]
        yield from _case(Series(record.name, record.start, 1, known), came)


def us_cases() -> Iterator[Case]:
    for record in us_partners()[:US_PARTNERS]:
        series = Series(record.name, record.start, 1, record.values)
        for origin in US_BEFORE:
            first = origin + 1 - record.start
            known = series.until(origin)
            if first >= FEWEST_KNOWN and len(known) == first:
                yield from _case(known, record.values[first : first + US_HORIZON])


def _case(series: Series, came: FloatArray) -> Iterator[Case]:
    task = Task(series, len(came), PATHS)
    scale = seasonal_scale(series.values, SEASON)
    try:
        paths = np.stack([member(task).paths for member in POOLED.values()])
    except TradewindError:
        return
    if scale > 0.0 and not np.isnan(came).all():
        yield Case(paths, past_of(task, POOLED), came, scale)


def score(case: Case, weights: FloatArray) -> float:
    """Mean scaled CRPS over the horizons of the mixture by the weights (h, k)."""
    seen = ~np.isnan(case.came)
    members, paths, horizon = case.paths.shape
    draws = case.paths.transpose(2, 0, 1).reshape(horizon, members * paths)[seen]
    return (
        float(np.mean(crps_ensemble(draws, case.came[seen], np.repeat(weights[seen], paths, axis=1))[0])) / case.scale
    )


def main() -> None:
    found = []
    for name, cases in (("M3", list(m3_cases())), ("US", list(us_cases()))):
        for at, member in enumerate(POOLED):
            one = np.zeros(len(POOLED))
            one[at] = 1.0
            scores = [score(case, np.tile(one, (len(case.came), 1))) for case in cases]
            found.append(_row(name, member, None, scores))
        for base, start in BASES.items():
            for strength in STRENGTHS:
                scores = [score(case, pool_weights(case.past, strength, start)) for case in cases]
                found.append(_row(name, base, strength, scores))
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / "pool_design.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _row(records: str, base: str, strength: float | None, scores: list[float]) -> dict[str, object]:
    row = {
        "records": records,
        "base": base,
        "strength": strength,
        "forecasts": len(scores),
        "crps_geometric": round(float(np.exp(np.mean(np.log(scores)))), 4),
        "crps": round(float(np.mean(scores)), 4),
    }
    print(json.dumps(row), flush=True)
    return row


if __name__ == "__main__":
    main()
