"""least_path_of(): the least implausible oil path on which a target has a stated chance.

Least distance q = r' V^-1 r from the density's median, given that the chance gets to alpha. At the least r is
proportional to V g, g the slope of the chance in the log path: the direction is found from slopes, the length by
bisection, and both again from there until the distance stays.

Source: the condition of first order; Breuer, Jandacka, Rheinberger & Summer 2009, "How to find plausible, severe and
useful stress scenarios", International Journal of Central Banking 5(3), for stress of least distance.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.stressed import BreakEven, LeastPath
from forecast.months import format_month
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.conditions.table import OIL_RANGE_USD
from forecast.scenarios.oil_paths import median_path
from forecast.scenarios.plausibility import plausibility
from forecast.scenarios.structural.oil_law import oil_covariance
from forecast.stress.chances import Trial, along
from forecast.stress.crossing import bisect

FloatArray = NDArray[np.float64]

_STEP = 0.1  #: log points of the price by which a month is moved to see the slope
_TURNS = 6
_SETTLED = 0.01  #: share of q
_NEAR = 1e-4  #: log points
_LONGEST = 4.0  #: log points that the price may be moved by


def least_path_of(trial: Trial, alpha: float, flat_prices: BreakEven) -> LeastPath | None:
    """The path from the first month ahead; None where the chance gets to ``alpha`` along no direction tried.

    It lies no further out than the nearest flat price of ``flat_prices``: where the search ends beyond that, the flat
    path is the answer.
    """
    common = trial.prepared.common
    months = common.free.oil.shape[1]
    if not months:
        return None
    median = price_median(common)
    nearest = min(
        (np.full(months, np.log(crossing.price_usd)) for crossing in flat_prices.crossings),
        key=lambda path: _distance(common, path),
        default=None,
    )
    best = _search(trial, alpha, median, median)
    if nearest is not None:
        if best is None:  # no slope at the median: it is steeper where the chance is alpha
            best = _search(trial, alpha, median, nearest)
        if best is None or _distance(common, nearest) < _distance(common, best):
            best = nearest
    if best is None:
        return None
    return LeastPath(
        month=tuple(format_month(common.oil.end + 1 + i) for i in range(months)),
        price_usd=tuple(float(price) for price in np.exp(best)),
        chance=trial.chance(along(best))[0],
        plausibility=plausibility(common.law, best),
        flat=None if nearest is None else plausibility(common.law, nearest),
    )


def price_covariance(common: CommonDraws) -> FloatArray:
    """Covariance of the log price ahead (months, months), as the model draws it."""
    if common.response is None:  # one of the model's own variables
        return np.atleast_2d(np.cov(common.free.oil, rowvar=False))
    return oil_covariance(common.oil_density, common.free.oil.shape[1])


def price_median(common: CommonDraws) -> FloatArray:
    """Median log price ahead (months)."""
    if common.oil_median is not None:
        return common.oil_median
    return median_path(common.oil_density, common.free.oil.shape[1])


def _search(trial: Trial, alpha: float, median: FloatArray, here: FloatArray) -> FloatArray | None:
    """The nearest path found by slopes, the first of them ``here``; None where none gets to ``alpha``."""
    common = trial.prepared.common
    V, begun = price_covariance(common), trial.chance(along(median))[0]
    best: FloatArray | None = None
    least = np.inf
    for _ in range(_TURNS):
        direction = V @ _slopes(trial, here)
        size = float(np.abs(direction).max())
        found = _reaching(trial, median, direction / size, alpha, begun) if size else None
        if found is None:
            break
        q = _distance(common, found)
        settled = q > least * (1.0 - _SETTLED)
        if q < least:
            best, least = found, q
        if settled:
            break
        here = found
    return best


def _distance(common: CommonDraws, path: FloatArray) -> float:
    """Squared distance of a log path (months)."""
    return plausibility(common.law, path).q


def _slopes(trial: Trial, path: FloatArray) -> FloatArray:
    """Slope (months) of the chance in the log price of each month."""
    slopes = np.zeros(len(path))
    for month in range(len(path)):
        move = np.zeros(len(path))
        move[month] = _STEP
        slopes[month] = (trial.chance(along(path + move))[0] - trial.chance(along(path - move))[0]) / (2.0 * _STEP)
    return slopes


def _reaching(trial: Trial, median: FloatArray, direction: FloatArray, alpha: float, begun: float) -> FloatArray | None:
    """The path nearest to the median along a direction, either way, at which the chance gets to ``alpha``."""
    way = 1.0 if begun < alpha else -1.0

    def chance(length: float) -> float:
        return trial.chance(along(median + way * length * direction))[0]

    lowest, highest = np.log(OIL_RANGE_USD)
    room = np.where(way * direction > 0.0, highest - median, median - lowest)
    moved = np.abs(direction) > 0.0
    steps = np.linspace(0.0, min(_LONGEST, float((room[moved] / np.abs(direction[moved])).min())), 17)
    for left, right in pairwise(steps):
        if (chance(float(right)) >= alpha) != (begun >= alpha):
            length = bisect(chance, float(left), float(right), alpha, _NEAR) + _NEAR  # beyond the mark, not before it
            return np.asarray(median + way * length * direction)
    return None
