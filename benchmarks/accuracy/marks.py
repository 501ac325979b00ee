"""The next round mark above a year's trade, and how well the chance of reaching it was said (Brier score)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.peers import origins_of
from benchmarks.accuracy.series import SEASON, Record
from forecast.kernels._jit import FloatArray

MARKS = {
    "round": (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0),
    "coarse": (1.0, 2.0, 5.0, 10.0),
    "tenth": (),
}
"""Marks within a power of ten; "tenth" is a tenth more than the last twelve months."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mark at each origin (o) of a record, and whether each of the next two years (o, 2) reached it; NaN: unknown."""

    mark: FloatArray
    reached: FloatArray


def next_mark(total: float, steps: tuple[float, ...]) -> float:
    """The least mark above ``total``; NaN where there is none to speak of (a total of zero or unknown)."""
    if not total > 0.0:
        return float("nan")
    if not steps:
        return 1.1 * total
    power = 10.0 ** np.floor(np.log10(total))
    return float(min(power * step for step in (*steps, 10.0 * steps[0], 10.0 * steps[1]) if power * step > total))


def outcomes_of(record: Record) -> dict[str, Outcome]:
    """By kind of mark. A year with a missing month has no outcome, and twelve months with one have no mark."""
    values = np.concatenate([record.values, np.full(3 * SEASON, np.nan)])
    ends = [origin - record.start + 1 for origin in origins_of(record)]
    past = [float(values[n - SEASON : n].sum()) for n in ends]
    years = np.array([values[n : n + 2 * SEASON].reshape(2, SEASON).sum(axis=1) for n in ends])
    found = {}
    for kind, steps in MARKS.items():
        mark = np.array([next_mark(total, steps) for total in past])
        known = ~(np.isnan(years) | np.isnan(mark)[:, None])
        found[kind] = Outcome(mark, np.where(known, years >= mark[:, None], np.nan))
    return found


def brier(asked: dict[str, Outcome], years: FloatArray) -> dict[str, list[float]]:
    """Squared errors of the chances that yearly sums (o, paths, 2) give, by kind of mark and year; NaN: no outcome."""
    refused = np.isnan(years).all(axis=1)
    scores = {}
    for kind, outcome in asked.items():
        chance = np.where(refused, np.nan, (years >= outcome.mark[:, None, None]).mean(axis=1))
        for year in (0, 1):
            scores[f"brier_{kind}_year_{year + 1}"] = list((chance[:, year] - outcome.reached[:, year]) ** 2)
    return scores
