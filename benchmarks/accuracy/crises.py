"""What crises laid over a forecaster's paths, and the regimes, are worth on United States trade by partner.

    python -m benchmarks.accuracy.crises [partners] [member ...]

CRPS of log turnover and the share that 80 % bands cover, over all months scored and in the crisis years alone. "hazard"
draws crises by the hazard alone; "news" also takes one as under way from the day it was known, which flatters, as the
list of such days was made later. A path under a fiftieth of the last year's median counts as that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy.peers import origins_of
from benchmarks.accuracy.series import CRISIS_YEARS, SEASON, US_HORIZON, Record, us_partners
from forecast.kernels._jit import FloatArray
from forecast.models.catalogue import forecaster_named
from forecast.models.crises.overlay import with_crises
from forecast.models.task import Forecaster, Task
from forecast.series import Series

PATHS = 512
_MEMBERS = ("seasonal-naive", "ets", "theta")
_LEAST_SHARE = 0.02


def contenders(members: tuple[str, ...]) -> dict[str, Forecaster]:
    """Each member as it is and with crises on it, and the regimes."""
    found: dict[str, Forecaster] = {"regimes": forecaster_named("regimes")}
    for name in members:
        member = forecaster_named(name)
        found |= {name: member, f"{name}, hazard": with_crises(member)}
        found |= {f"{name}, hazard and news": with_crises(member, news=True)}
    return found


def cases(partners: int) -> Iterator[tuple[Series, int, FloatArray]]:
    """Records up to each origin, the origin, and what came; partners without a month of no trade."""
    records: list[Record] = [record for record in us_partners() if np.nanmin(record.values) > 0.0]
    for record in records[:partners]:
        for origin in origins_of(record):
            known = record.values[: origin + 1 - record.start]
            if not np.isnan(known[-1]):
                yield Series(record.name, record.start, 1, known), origin, record.values[len(known) :][:US_HORIZON]


def log_scores(paths: FloatArray, outcome: FloatArray) -> tuple[FloatArray, FloatArray]:
    """CRPS (h) of log paths (p, h), exact over all pairs of paths, and whether the 80 % band holds the outcome (h)."""
    ranked = np.sort(paths, axis=0)
    low, high = np.quantile(ranked, [0.1, 0.9], axis=0)
    weights = 2.0 * np.arange(1, len(ranked) + 1) - 1.0 - len(ranked)
    crps = np.abs(ranked - outcome).mean(axis=0) - weights @ ranked / len(ranked) ** 2
    return crps, (low <= outcome) & (outcome <= high)


def main(partners: int, members: tuple[str, ...]) -> None:
    """Print one line a forecaster."""
    rivals = contenders(members)
    crps: dict[str, list[FloatArray]] = {name: [] for name in rivals}
    held: dict[str, list[FloatArray]] = {name: [] for name in rivals}
    in_crisis = []
    for series, origin, outcome in cases(partners):
        seen = ~np.isnan(outcome)
        in_crisis.append(np.isin((origin + 1 + np.arange(len(outcome))) // 12, CRISIS_YEARS)[seen])
        least = _LEAST_SHARE * float(np.nanmedian(series.values[-SEASON:]))
        for name, rival in rivals.items():
            paths = rival(Task(series, US_HORIZON, PATHS)).paths[:, : len(outcome)][:, seen]
            scores, covered = log_scores(np.log(np.maximum(paths, least)), np.log(outcome[seen]))
            crps[name].append(scores)
            held[name].append(covered)
    crisis = np.concatenate(in_crisis)
    print(f"{len(crisis)} months, {crisis.sum()} of them in {', '.join(map(str, CRISIS_YEARS))}")
    print(f"{'':32s}{'CRPS':>8s}{'crisis':>8s}{'calm':>8s}{'cover':>8s}{'crisis':>8s}{'calm':>8s}")
    for name in rivals:
        c, k = np.concatenate(crps[name]), np.concatenate(held[name])
        numbers = [c.mean(), c[crisis].mean(), c[~crisis].mean(), k.mean(), k[crisis].mean(), k[~crisis].mean()]
        print(f"{name:32s}" + "".join(f"{number:8.4f}" for number in numbers))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24, tuple(sys.argv[2:]) or _MEMBERS)
