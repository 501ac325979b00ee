"""Shares of simulated paths and their Monte Carlo error: weighted paths, shared parameter draws, mixtures.

Paths are first counted by what is asked of them (a slot each) and by parameter draw, so that many shares cost little
more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.scenarios.ensemble import Ensemble

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_MOST_CLUSTERS = 2_000
_MOST_CELLS = 2_000_000  #: groups x shares worked on at once, to bound the memory


@dataclass(frozen=True, slots=True)
class Sample:
    """Weights of paths, counted by group and slot; a group is one parameter draw within one member of a mixture.

    counted (g, slots): weights. squares (s, slots): squared weights by member. member (g): of a mixture, 0 when there
    is one. starts: first group of each draw. weighted: False when all paths count alike. shared: members have draws in
    common, so that they err together. alone (slots): number of paths that count, when each has a draw of its own (all
    are then one group, and clusters are paths); None otherwise.
    """

    counted: FloatArray
    squares: FloatArray
    member: IntArray
    starts: IntArray
    weighted: bool
    shared: bool
    alone: FloatArray | None


def count_paths(ensemble: Ensemble, slot: IntArray, slots: int) -> Sample:
    """The paths of an Ensemble counted by ``slot`` (p), numbers from 0 to ``slots`` - 1."""
    stratum = np.zeros(len(slot), dtype=np.int64) if ensemble.stratum is None else _numbered(ensemble.stratum)
    cluster = _numbered(ensemble.draw)
    members, draws = int(stratum.max()) + 1, int(cluster.max()) + 1
    alone = draws == len(slot) and members == 1
    if alone or (members > 1 and draws > _MOST_CLUSTERS):
        # Clusters may be joined at will; so many tell the error to 2 %.
        draws = 1 if alone else _MOST_CLUSTERS
        cluster = cluster % draws
    pair, group = (np.arange(draws), cluster) if members == 1 else _pairs(cluster * members + stratum)
    # Counts rather than shares: without weights every sum is then exact.
    weights = np.ones(len(slot)) if ensemble.weights is None else ensemble.weights
    return Sample(
        counted=_table(group, slot, weights, (len(pair), slots)),
        squares=_table(stratum, slot, weights**2, (members, slots)),
        member=pair % members,
        starts=np.searchsorted(pair // members, np.arange(draws)),
        weighted=ensemble.weights is not None or members > 1,
        shared=len(pair) > draws,
        alone=_table(group, slot, (weights > 0.0).astype(np.float64), (1, slots))[0] if alone else None,
    )


def _pairs(labels: IntArray) -> tuple[IntArray, IntArray]:
    return np.unique(labels, return_inverse=True)


def _numbered(labels: IntArray) -> IntArray:
    """Labels as numbers from 0 on without holes, in their order."""
    if len(labels) and labels.min() == 0 and labels.max() < len(labels) and np.bincount(labels).all():
        return labels  # they are already, and sorting them would cost more than all the rest
    return np.unique(labels, return_inverse=True)[1]


def _table(row: IntArray, column: IntArray, values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Sums of ``values`` (p) by row and column."""
    sums = np.bincount(row * shape[1] + column, weights=values, minlength=shape[0] * shape[1])
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def shares(sample: Sample, hit: BoolArray, among: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Share of the paths in the slots ``hit`` among those in the slots ``among`` (k, slots), and its error, each (k).

    NaN where no path is among them. Paths that share a parameter draw are one cluster; a share of some is linearised
    as a ratio; members of a mixture are strata with fixed odds. The error is never less than that of as many
    independent paths as these are worth, with one success and one failure added, so that 0 and 1 carry one as well.

    Source: Cochran, 1977, Sampling Techniques, chapters 5, 6 and 9.
    """
    at_once = max(1, _MOST_CELLS // len(sample.counted))
    parts = [_shares(sample, hit[k : k + at_once], among[k : k + at_once]) for k in range(0, len(hit), at_once)]
    return np.concatenate([found for found, _ in parts]), np.concatenate([error for _, error in parts])


def _shares(sample: Sample, hit: BoolArray, among: BoolArray) -> tuple[FloatArray, FloatArray]:
    hit = hit & among
    hits, misses = sample.counted @ hit.T, sample.counted @ (among & ~hit).T
    # A share is exactly 1 where nothing misses, whatever weights round to.
    within = hits + misses
    total = hits.sum(axis=0) + misses.sum(axis=0)
    empty = total <= 0.0
    safe = np.where(empty, 1.0, total)
    found = hits.sum(axis=0) / safe
    if sample.alone is not None:
        clustered = _by_path(sample.squares[0], sample.alone, hit, among, safe, found)
    else:
        clustered = _clustered(sample, hits, within, safe, found)
    if not sample.weighted and sample.alone is None:
        whole = among.all(axis=1)
        clustered[whole] = _equal_clusters(hits[:, whole], within[:, whole])
    errors = np.maximum(_independent(sample, hit, among, safe), clustered)
    found[empty] = errors[empty] = np.nan
    return found, errors


def _independent(sample: Sample, hit: BoolArray, among: BoolArray, total: FloatArray) -> FloatArray:
    """Error of independent paths, member by member.

    How far members err together is seen by the clusters; where nothing varies that cannot be seen, and members on
    common draws add their errors.
    """
    members = len(sample.squares)
    by_member = np.zeros((members, sample.counted.shape[1]))
    np.add.at(by_member, sample.member, sample.counted)
    weight, hits = by_member @ among.T, by_member @ hit.T
    squares = sample.squares @ among.T
    there = weight > 0.0
    size = np.where(there, weight**2 / np.where(there, squares, 1.0), 1.0)
    smoothed = (size * hits / np.where(there, weight, 1.0) + 1.0) / (size + 2.0)
    parts = np.where(there, weight / total * np.sqrt(smoothed * (1.0 - smoothed) / size), 0.0)
    found = np.sqrt((parts**2).sum(axis=0))
    settled = (hits.sum(axis=0) <= 0.0) | (hits.sum(axis=0) >= total)
    return np.asarray(np.where(settled & sample.shared, parts.sum(axis=0), found))


def _equal_clusters(hits: FloatArray, within: FloatArray) -> FloatArray:
    """Error of the mean over clusters of one size."""
    number = len(hits)
    if number < 2:
        return np.zeros(hits.shape[1])
    each = np.ascontiguousarray((hits / within).T)
    return np.asarray(each.std(axis=1, ddof=1) / np.sqrt(number))


def _by_path(
    squares: FloatArray, alone: FloatArray, hit: BoolArray, among: BoolArray, total: FloatArray, found: FloatArray
) -> FloatArray:
    """Error of a ratio of weighted sums where each path is a cluster."""
    residual = (hit - found[:, None] * among) / total[:, None]
    number = alone @ among.T
    spread = np.where(number > 1, number / np.maximum(number - 1.0, 1.0), 0.0)
    return np.asarray(np.sqrt(spread * (residual**2 @ squares)))


def _clustered(
    sample: Sample, hits: FloatArray, within: FloatArray, total: FloatArray, found: FloatArray
) -> FloatArray:
    """Error of a ratio of weighted sums over clusters of any size."""
    residual = (hits - found * within) / total
    members = len(sample.squares)
    if members > 1:
        # The odds of the members are given, so that only what varies within them errs.
        weight = sample.counted.sum(axis=1)
        off = np.zeros((members, residual.shape[1]))
        np.add.at(off, sample.member, residual)
        off /= np.bincount(sample.member, weight, members)[:, None]
        residual -= weight[:, None] * off[sample.member]
    number = (np.add.reduceat(within, sample.starts) > 0.0).sum(axis=0)
    clusters = np.add.reduceat(residual, sample.starts)
    spread = np.where(number > 1, number / np.maximum(number - 1.0, 1.0), 0.0)
    return np.asarray(np.sqrt(spread * (clusters**2).sum(axis=0)))
