"""US monthly trade by partner: the pool and its members beside statsforecast's forecasters, from 22 origins each.

``python -m benchmarks.accuracy.us_pairs [records]`` writes build/accuracy/us_pairs.json; with a number it takes the
first so many records only (their order is by lot). AutoARIMA is slow: "four peers" are the records that it has forecast
so far, "three peers" all records without it.

CRPS is twice the mean quantile score over 99 levels, for ours as for peers, over the record's mean seasonal-naive error
up to the origin. "regular" records have neither gap nor zero, "whole" ones no gap (peers get gaps bridged by straight
lines; in one record with gaps that unit is next to nothing, and its row drowns all others). The constants of the local
level and the stretches of the bands were found on the first third of the records: "others" are the rest.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.accuracy.marks import MARKS, brier, outcomes_of
from benchmarks.accuracy.peers import KEPT, PEERS, origins_of
from benchmarks.accuracy.scores import seasonal_scale
from benchmarks.accuracy.series import CRISIS_YEARS, SEASON, US_HORIZON, Record, us_partners
from benchmarks.accuracy.us_ours import OURS, kept_ours
from forecast.kernels._jit import FloatArray
from forecast.models.pool.recalibration import stretch, stretches

HORIZONS = (1, 3, 6, 12, 24)
LEARNED_ON = len(us_partners()) // 3
BEFORE = "pool, not recalibrated"
MEANS = ("mean of the peers, by quantiles", "mean of the peers, by paths")
SLOW = "AutoARIMA"
REACH = {"best peer": 0.95, "mean": 0.98, "seasonal naive": 0.78, "cover": (0.77, 0.83), "crisis": (0.70, 0.90)}
_LEVELS = np.arange(1, 100) / 100.0

Cells = dict[str, FloatArray]


def cells_of(record: Record, quantiles: FloatArray) -> Cells:
    """Scores of each origin and month ahead (o, h), NaN where there is no outcome or no unit."""
    origins = origins_of(record)
    outcome = np.full((len(origins), US_HORIZON), np.nan)
    scale = np.full((len(origins), 1), np.nan)
    for i, origin in enumerate(origins):
        n = origin - record.start + 1
        outcome[i, : len(record.values) - n] = record.values[n : n + US_HORIZON]
        scale[i] = seasonal_scale(record.values[:n], SEASON)
    scale[~(scale > 0.0)] = np.nan
    off = outcome[:, :, None] - quantiles
    score = 2.0 * np.mean(np.maximum(_LEVELS * off, (_LEVELS - 1.0) * off), axis=2) / scale
    asked = ~np.isnan(score)
    bands = {
        "cover_80": (quantiles[..., 9], quantiles[..., 89]),
        "cover_95": (quantiles[..., 1:3].mean(axis=2), quantiles[..., 97:].mean(axis=2)),
    }
    found = {name: np.where(asked, (low <= outcome) & (outcome <= high), np.nan) for name, (low, high) in bands.items()}
    year = (np.array(origins)[:, None] + np.arange(1, US_HORIZON + 1)) // SEASON
    negative = np.where(np.isnan(quantiles[..., 0]), np.nan, (quantiles < 0.0).mean(axis=2))
    return {"crps": score, **found, "negative": negative, "year": year.astype(np.float64)}


def row_of(name: str, by: str, cells: list[Cells], said: dict[str, float | None]) -> dict[str, object]:
    """One forecaster over some records: means over all origins and months ahead that have an outcome."""
    all_of = {part: np.concatenate([one[part] for one in cells]) for part in cells[0]}
    score, hit, year = all_of["crps"], all_of["cover_80"], all_of["year"]
    crisis = np.isin(year, CRISIS_YEARS)
    return {
        "method": name,
        "by": by,
        "records": len(cells),
        "forecasts": int((~np.isnan(score)).any(axis=1).sum()),
        "refused": int(np.isnan(all_of["negative"]).all(axis=1).sum()),
        "crps": _mean(score),
        "crps_by_horizon": {str(h): _mean(score[:, h - 1]) for h in HORIZONS},
        "crps_in_crises": _mean(score[crisis]),
        "cover_80": _mean(hit),
        "cover_95": _mean(all_of["cover_95"]),
        "cover_80_in_crises": _mean(hit[crisis]),
        "cover_80_by_crisis": {str(y): _mean(hit[year == y]) for y in CRISIS_YEARS},
        "negative": _mean(all_of["negative"]),
        **said,
    }


def rows(records: list[Record], peers: tuple[str, ...]) -> list[dict[str, object]]:
    """Every forecaster over every group of records."""
    forecasters: dict[str, tuple[str, Callable[[Record], tuple[FloatArray, FloatArray]]]] = {}
    for name in OURS:
        files = kept_ours(name, records)
        forecasters[name] = ("tradewind", lambda record, files=files: _read(files[record.name]))
        print(f"{name}: {len(files)} records", file=sys.stderr, flush=True)
    pooled = forecasters["pool"][1]
    forecasters[BEFORE] = ("tradewind", lambda record: _before(record, *pooled(record)))
    for peer in peers:
        forecasters[peer] = ("statsforecast", lambda record, peer=peer: _read(_peer_file(peer, record)))
    for name in MEANS:
        forecasters[name] = ("statsforecast", lambda record, name=name: _mean_of_peers(name, record, peers))
    asked = {record.name: outcomes_of(record) for record in records}
    found = []
    for name, (by, read) in forecasters.items():
        cells, scores = {}, {}
        for record in records:
            quantiles, years = read(record)
            cells[record.name] = cells_of(record, quantiles)
            scores[record.name] = brier(asked[record.name], years)
        for group, members in _groups(records).items():
            if members:
                part = [scores[record.name] for record in members]
                row = row_of(name, by, [cells[record.name] for record in members], _brier_means(part))
                found.append({"group": group, **row})
    return found


def verdicts(found: list[dict[str, object]], peers: tuple[str, ...]) -> list[dict[str, object]]:
    """What was to be reached, what came, and whether it was, by groups of records."""
    said = []
    for group in dict.fromkeys(row["group"] for row in found):
        by_name = {row["method"]: row for row in found if row["group"] == group}
        ours, crps = by_name["pool"], {name: row["crps"] for name, row in by_name.items()}
        best = min(peers, key=lambda peer: crps[peer])
        mean = min(MEANS, key=lambda name: crps[name])
        beaten = [("best peer", best), ("mean", mean), ("seasonal naive", "SeasonalNaive")]
        said += [
            _said(f"{group}: crps beside {name}", crps["pool"] / crps[name], f"<= {REACH[part]}", 0.0, REACH[part])
            for part, name in beaten
        ]
        for mark in MARKS:
            for year in (1, 2):
                part = f"brier_{mark}_year_{year}"
                least = min(peers, key=lambda peer: by_name[peer][part])
                ratio = ours[part] / by_name[least][part]
                said.append(_said(f"{group}: {part} beside {least}", ratio, "< 1", 0.0, 1.0 - 1e-9))
        said.append(_said(f"{group}: 80 % bands", ours["cover_80"], "0.77 to 0.83", *REACH["cover"]))
        said += [
            _said(f"{group}: 80 % bands in {year}", share, "0.70 to 0.90", *REACH["crisis"])
            for year, share in (("crisis years", ours["cover_80_in_crises"]), *ours["cover_80_by_crisis"].items())
        ]
        said.append(_said(f"{group}: negative quantiles", ours["negative"], "0", 0.0, 0.0))
    return said


def _said(what: str, came: float, wanted: str, low: float, high: float) -> dict[str, object]:
    return {"what": what, "came": round(float(came), 4), "wanted": wanted, "reached": bool(low <= came <= high)}


def _groups(records: list[Record]) -> dict[str, list[Record]]:
    whole = [record for record in records if not np.isnan(record.values).any()]
    regular = [record for record in whole if record.values.min() > 0.0]
    others = {record.name for record in us_partners()[LEARNED_ON:]}
    return {
        "all": records,
        "whole": whole,
        "regular": regular,
        "whole, others": [record for record in whole if record.name in others],
        "regular, others": [record for record in regular if record.name in others],
    }


def _peer_file(peer: str, record: Record) -> Path:
    return KEPT / "us" / peer / f"{record.name.split()[0]}.npz"


def _read(path: Path) -> tuple[FloatArray, FloatArray]:
    """Quantiles (o, 24, 99) and yearly sums (o, paths, 2)."""
    with np.load(path) as kept:
        return kept["quantiles"].astype(np.float64), kept["years"].astype(np.float64)


def _mean_of_peers(name: str, record: Record, peers: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """The peers' mean: of each quantile, or of their laws (the quantiles of all together)."""
    kept = [_read(_peer_file(peer, record)) for peer in peers]
    quantiles = np.array([quantiles for quantiles, _ in kept])
    years = np.concatenate([years for _, years in kept], axis=1)
    if name == MEANS[0]:
        return quantiles.mean(axis=0), years
    return np.moveaxis(np.quantile(np.concatenate(quantiles, axis=2), _LEVELS, axis=2), 0, 2), years


def _before(record: Record, quantiles: FloatArray, years: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The pool's quantiles with the stretch taken back; what that does to yearly sums, quantiles do not say."""
    back = [
        stretch(at_origin.T, 1.0 / stretches(1, US_HORIZON, origin)).T
        for at_origin, origin in zip(quantiles, origins_of(record), strict=True)
    ]
    return np.array(back), np.full_like(years, np.nan)


def _brier_means(scores: list[dict[str, list[float]]]) -> dict[str, float | None]:
    return {part: _mean(np.concatenate([one[part] for one in scores])) for part in scores[0]}


def _mean(values: FloatArray) -> float | None:
    return round(float(np.nanmean(values)), 4) if np.isfinite(values).any() else None


def main(most: int) -> None:
    parts = {}
    for name, peers in (("four peers", PEERS), ("three peers", tuple(peer for peer in PEERS if peer != SLOW))):
        records = [
            record for record in us_partners()[:most] if all(_peer_file(peer, record).is_file() for peer in peers)
        ]
        found = rows(records, peers)
        said = verdicts(found, peers)
        for line in (*found, *said):
            print(json.dumps(line))
        parts[name] = {"records": len(records), "rows": found, "verdicts": said}
    if most >= len(us_partners()):
        text = json.dumps({"horizon": US_HORIZON, "parts": parts}, indent=1)
        (KEPT / "us_pairs.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else len(us_partners()))
