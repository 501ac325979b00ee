"""How flows answer oil: from prices to regressors month by month, and oil paths matched to the paths of a record.

A model of single months forecasts a record whose errors hold what oil did to it, without saying which part. The paths
of the price are therefore matched to those of the flows, so that the part of the flows' width that answers oil (the
elasticities of the structural model say how much) moves with the price. Neither law changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from forecast.kernels.random import draw_normals
from forecast.models.oil import OilDensity
from forecast.models.regressors import OIL_LAGS
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

MEASURED = 4000  #: paths from which moments are taken, so that more paths only append
BLOCK = 500  #: paths that are matched among each other
_MOST_CORRELATED = 0.95


@dataclass(frozen=True, slots=True)
class OilAnswer:
    """elasticities (p, k, groups): of each path. lags (groups, h, m): month's regressors from the m prices to come."""

    elasticities: FloatArray
    lags: FloatArray

    def moves(self, log_oil_moves: FloatArray) -> FloatArray:
        """What a move of each path's log price (p, m) does to its log flows (p, h, k)."""
        regressors = np.einsum("ghm,pm->phg", self.lags, log_oil_moves)
        return np.asarray(np.einsum("phg,pkg->phk", regressors, self.elasticities))

    def mean(self) -> FloatArray:
        """Average answer (h k, m) of log flows, months first, to log prices."""
        average = np.einsum("kg,ghm->hkm", self.elasticities[:MEASURED].mean(axis=0), self.lags)
        return np.asarray(average.reshape(-1, average.shape[2]))


def oil_lags(first: int, months: int, oil_end: int, prices: int) -> FloatArray:
    """Weights (groups, months, prices) of the prices after month ``oil_end`` in the regressors of months from first."""
    lags = np.zeros((len(OIL_LAGS), months, prices))
    for g, (shortest, longest) in enumerate(OIL_LAGS):
        for lag in range(shortest, longest + 1):
            at = first + np.arange(months) - lag - (oil_end + 1)
            inside = (at >= 0) & (at < prices)
            lags[g, np.flatnonzero(inside), at[inside]] += 1.0 / (longest - shortest + 1)
    return lags


def oil_covariance(density: OilDensity, months: int) -> FloatArray:
    """Covariance (months, months) of log prices ahead."""
    effect = np.tril(np.full((months, months), 1.0 + density.theta), -1) + np.eye(months)
    return np.asarray(density.shock_sd**2 * effect @ effect.T)


def match_oil(
    log_oil: FloatArray, log_flows: FloatArray, answer: OilAnswer, covariance: FloatArray, seed: int
) -> FloatArray:
    """The oil paths (p, m) in the order in which they go with the flows (p, h, k) as the elasticities imply.

    If log trade is an answer to oil and a rest that knows nothing of it, the answer given the flows is normal about its
    regression on them. One is drawn for each path of the flows, by half-years of the first year and by years later,
    and the oil paths are dealt out so that what they do comes near to what was drawn. No canonical correlation goes
    beyond .95, where oil would explain more than there is. Within blocks of 500 paths, so that further blocks only
    append.
    """
    paths, h, k = log_flows.shape
    means = _means(h, k)
    does = log_oil @ (means @ answer.mean()).T
    implied = (means @ answer.mean()) @ covariance @ (means @ answer.mean()).T
    size = np.sqrt(np.diag(implied))
    if not (size > 0.0).any():
        return log_oil
    flows = log_flows.reshape(paths, h * k) @ means.T
    flows, does = flows - np.median(flows[:MEASURED], axis=0), does - np.median(does[:MEASURED], axis=0)
    spread = np.atleast_2d(np.cov(flows[:MEASURED].T))
    slope, left = _answer_given(spread, implied)
    wanted = flows @ slope.T + draw_normals(stream_key(seed, "oil beside flows"), paths, len(means)) @ left.T
    unit = np.where(size > 0.0, size, 1.0)
    order = np.arange(paths)
    for first in range(0, paths, BLOCK):
        rows = slice(first, first + BLOCK)
        apart = cdist(wanted[rows] / unit, does[rows] / unit, "sqeuclidean")
        order[rows] = first + linear_sum_assignment(apart)[1]
    return np.asarray(log_oil[order])


def _means(h: int, k: int) -> FloatArray:
    """Rows that take means of each flow over half-years of the first year, and years later (., h k)."""
    bounds = [0, *range(6, min(h, 13), 6), *range(24, h, 12), h]
    rows = []
    for first, stop in pairwise(sorted({*bounds})):
        for f in range(k):
            row = np.zeros((h, k))
            row[first:stop, f] = 1.0 / (stop - first)
            rows.append(row.ravel())
    return np.array(rows)


def _answer_given(spread: FloatArray, implied: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slope of the answer on the flows, and a root of its covariance given them.

    spread, implied: covariances of flows and of answer.
    """
    values, vectors = np.linalg.eigh(spread)
    kept = values > 1e-10 * values[-1]
    root, inverse = vectors[:, kept] * np.sqrt(values[kept]), vectors[:, kept] / np.sqrt(values[kept])
    explained, turned = np.linalg.eigh(inverse.T @ implied @ inverse)
    explained = np.maximum(explained, 0.0)
    shared = np.minimum(explained, _MOST_CORRELATED * np.sqrt(explained))
    slope = (root @ turned * shared) @ turned.T @ inverse.T
    return slope, root @ turned * np.sqrt(explained - shared**2)
