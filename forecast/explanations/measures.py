"""What is explained, read off an Ensemble, and how far it errs: probability, mean and median, path by path."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.cover import known_cover
from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.explained import Amounts
from forecast.evaluation.reaching import reach_of
from forecast.evaluation.targets import is_certain
from forecast.evaluation.weighted import effective_size, mean_of, quantiles
from forecast.months import Span
from forecast.panel import Panel
from forecast.scenarios.ensemble import Ensemble

FloatArray = NDArray[np.float64]

PROBABILITY, MEAN, MEDIAN = range(3)


@dataclass(frozen=True, slots=True)
class Measured:
    """Probability, mean and median (3) of one set of paths, NaN where there is no single sum.

    influence (p, 3): what each path adds to their errors, adding up to 0: a mean's is its weight times its distance
    from the mean. first (p): month in which the mark is reached, -1 for never. sums (p): of the target's span, empty
    where it is no single sum. effective: paths these are worth.
    """

    values: FloatArray
    influence: FloatArray
    first: NDArray[np.int64]
    sums: FloatArray
    effective: float

    @property
    def digest(self) -> bytes:
        """The same for two sets of paths between which nothing differs."""
        found = hashlib.sha256(self.first.tobytes())
        found.update(self.sums.tobytes())
        found.update(self.influence.tobytes())
        return found.digest()


def measure(panel: Panel, ensemble: Ensemble, asked: Target | Joint, reporter: str) -> Measured:
    """Read a target, and the sum it speaks of, off an Ensemble.

    Raises:
        GapError: the span is neither known nor forecast.
        SchemaError: a flow that the figures do not hold, or another reporter than the Ensemble's.
    """
    reach = reach_of(panel, ensemble, asked, reporter).reach
    paths, weights = len(ensemble.draw), ensemble.weights
    share = np.full(paths, 1.0 / paths) if weights is None else weights
    hit = (reach.first >= 0).astype(np.float64)
    values, influence = np.full(3, np.nan), np.zeros((paths, 3))
    values[PROBABILITY] = mean_of(hit, weights)
    if not is_certain(ensemble, reach):
        influence[:, PROBABILITY] = share * (hit - values[PROBABILITY])
    sums = np.zeros(0)
    if isinstance(asked, Target) and isinstance(asked.span, Span):
        sums = sums_over(panel, ensemble, asked.flow, asked.span, reporter)
        values[MEAN] = mean_of(sums, weights)
        values[MEDIAN] = quantiles(sums[:, None], np.array([0.5]), weights)[0, 0]
        influence[:, MEAN] = share * (sums - values[MEAN])
        influence[:, MEDIAN] = median_influence(sums, weights, float(values[MEDIAN]))
    return Measured(values, influence, reach.first, sums, effective_size(paths, weights))


def sums_over(panel: Panel, ensemble: Ensemble, flow: str, span: Span, reporter: str) -> FloatArray:
    """Sums (p) of a flow over a span that ends within the Ensemble; months before it as published."""
    before = 0.0
    if span.start < ensemble.start:
        cover = known_cover(panel, flow, reporter, Span(span.start, min(span.end, ensemble.start - 1)))
        before = np.nan if cover is None else cover.value_usd_bn
    first = max(span.start - ensemble.start, 0)
    return np.asarray(before + ensemble.flow(flow)[:, first : max(span.end - ensemble.start + 1, 0)].sum(axis=1))


def error_of(influence: FloatArray, draw: NDArray[np.int64]) -> FloatArray:
    """Standard error (m) of something that paths influence by (p, m), linear to first order.

    Paths that share a parameter draw are one cluster; never less than the error of independent paths.

    Source: Cochran, 1977, Sampling Techniques, chapters 6 and 9.
    """
    paths = len(influence)
    alone = paths / (paths - 1.0) * (influence**2).sum(axis=0)
    _, cluster = np.unique(draw, return_inverse=True)
    number = int(cluster.max()) + 1
    if number in (1, paths):
        return np.asarray(np.sqrt(alone))
    sums = np.zeros((number, influence.shape[1]))
    np.add.at(sums, cluster, influence)
    return np.asarray(np.sqrt(np.maximum(alone, number / (number - 1.0) * (sums**2).sum(axis=0))))


def difference_error(influence: FloatArray, draw: NDArray[np.int64], effective: float, *, moved: bool) -> FloatArray:
    """`error_of` a difference (p, 3), 0 where no path moved; where some did a probability errs by a path either way."""
    error = error_of(influence, draw)
    if not moved:
        return np.zeros(len(error))
    error[PROBABILITY] = np.sqrt(error[PROBABILITY] ** 2 + 2.0 / (effective + 2.0) ** 2)
    return error


def amounts_of(values: FloatArray) -> Amounts:
    """Three numbers as Amounts, NaN as None."""
    mean, median = (None if np.isnan(value) else float(value) for value in values[1:])
    return Amounts(float(values[PROBABILITY]), mean, median)


def errors_of(errors: FloatArray, values: FloatArray) -> Amounts:
    """Three errors as Amounts; None where there is no value to err."""
    return amounts_of(np.where(np.isnan(values), np.nan, errors))


def median_influence(sums: FloatArray, weights: FloatArray | None, median: float) -> FloatArray:
    """Influence (p) of each path on the median, by the density about it.

    The density is the distance of two quantiles about it, which come nearer as the paths grow in number.

    Source: Bofinger 1975, "Estimation of a density function using order statistics", Australian Journal of
    Statistics 17.
    """
    share = np.full(len(sums), 1.0 / len(sums)) if weights is None else weights
    width = min(0.4, 1.296 * effective_size(len(sums), weights) ** -0.2)
    low, high = quantiles(sums[:, None], np.array([0.5 - width / 2, 0.5 + width / 2]), weights)[:, 0]
    if high <= low:
        return np.zeros(len(sums))
    above = np.where(sums > median, 0.5, np.where(sums < median, -0.5, 0.0))
    return np.asarray(share * (above - (share * above).sum()) * (high - low) / width)
