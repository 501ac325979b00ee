"""Bands of single months and of sums over calendar years, read off an Ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.weighted import mean_of, quantiles

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bands:
    """median, mean (c): of each column. lower, upper (c): by level in per cent."""

    median: FloatArray
    mean: FloatArray
    lower: dict[int, FloatArray]
    upper: dict[int, FloatArray]


def bands(draws: FloatArray, levels: tuple[int, ...], weights: FloatArray | None = None) -> Bands:
    """Equal-tailed bands of each column of ``draws`` (paths, c), weighted by ``weights`` (paths); ``levels`` in %."""
    tails = np.array([0.5] + [side for level in levels for side in (0.5 - level / 200.0, 0.5 + level / 200.0)])
    columns = np.ascontiguousarray(draws.T).T  # path after path in memory, as both are read
    found = quantiles(columns, tails, weights)
    return Bands(
        median=found[0],
        mean=mean_of(columns, weights),
        lower={level: found[1 + 2 * i] for i, level in enumerate(levels)},
        upper={level: found[2 + 2 * i] for i, level in enumerate(levels)},
    )


def year_sums(draws: FloatArray, start: int, first_year: int, last_year: int) -> FloatArray:
    """Sums (paths, years) over whole calendar years of monthly ``draws`` (paths, h) that begin in month ``start``."""
    at = 12 * first_year - start
    years = last_year - first_year + 1
    total = np.zeros((len(draws), years))
    for month in range(12):
        total += draws[:, at + month : at + 12 * years : 12]
    return total
