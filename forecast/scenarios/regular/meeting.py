"""Draws moved until they meet what is asked: cells and sums, everything else jointly with them.

The move of a draw is the regression of all its cells on what it misses (Matheron's rule), which turns a draw of the
free law into one of the conditional law when the law is normal; sums of exponentials are met by Newton's steps, each
path about itself (`forecast.kernels.sparse.met`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels._jit import gate
from forecast.kernels.sparse.met import meet_pins
from forecast.kernels.status import INFEASIBLE, OK, SINGULAR

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LEAST_EIGENVALUE = 1e-10  # of a matrix scaled to ones on its diagonal; smaller ones count as none


@dataclass(frozen=True, slots=True)
class Sum:
    """Cells (positions among the n of a draw) whose exponentials add up to exp(log_total); log_total (1 or p)."""

    cells: IntArray
    log_total: FloatArray
    name: str


def cells_of(sums: tuple[Sum, ...]) -> IntArray:
    """The cells (c) that any of the sums adds up, in ascending order."""
    return np.unique(np.concatenate([one.cells for one in sums]))


def meet(
    x: FloatArray,
    sums: tuple[Sum, ...],
    offset: FloatArray,
    covariance: FloatArray,
    variance: FloatArray,
    before: int = 0,
    draws: int | None = None,
) -> None:
    """Move draws x (p, n), in place, so that with ``offset`` (1 or p, n) their exponentials add up to every Sum.

    covariance (d, n, c): of what may move with the cells of the sums (`cells_of`), for the paths i with i mod ``draws``
    from ``before`` to before + d - 1; others stay. A cell with zero variance stays. variance (n): of the cells under
    all shocks, against which zero is judged. A Sum of one cell is met to the last bit, others to 1e-12.

    Raises:
        ScenarioError: sums that cannot be met together, or not by what may move.
    """
    if not sums:
        return
    draws = len(covariance) if draws is None else draws
    cell = cells_of(sums)
    found = meet_pins(
        x,
        gate(offset),
        gate(np.column_stack(np.broadcast_arrays(*(one.log_total for one in sums)))),
        gate(covariance),
        gate(np.tile(variance[cell], (len(covariance), 1))),
        cell.astype(np.int64),
        np.cumsum([0, *(len(one.cells) for one in sums)], dtype=np.int64),
        np.searchsorted(cell, np.concatenate([one.cells for one in sums])).astype(np.int64),
        before,
        draws,
    )
    failed = np.flatnonzero(found[:, 0] != OK)
    if len(failed):
        _refuse(found[failed[0]], sums)
    of = np.arange(len(x)) % draws
    mine = (of >= before) & (of < before + len(covariance))
    for one in sums:
        if len(one.cells) == 1:
            at = one.cells[0]
            x[:, at] = np.where(mine, one.log_total - offset[:, at], x[:, at])


def given_cells(covariance: FloatArray, cells: IntArray) -> FloatArray:
    """Covariance (n, n) of all cells once some are known; their own rows and columns are zero."""
    if not len(cells):
        return covariance
    rows = covariance[cells]
    left = covariance - rows.T @ inverse(covariance[np.ix_(cells, cells)])[0] @ rows
    left[cells] = 0.0
    left[:, cells] = 0.0
    return np.asarray(left)


def distance(
    centre: FloatArray, covariance: FloatArray, cells: IntArray, values: FloatArray, sums: tuple[Sum, ...]
) -> tuple[float | FloatArray, int]:
    """Squared distance r' V^-1 r of cells at values (q) and of sums from the centre (n) of a law, and the rank of V.

    Sums by their linear part at the centre. One distance, or one for each path where a Sum has as many values.
    """
    D = np.zeros((len(cells) + len(sums), len(centre)))
    D[np.arange(len(cells)), cells] = 1.0
    paths = max((len(one.log_total) for one in sums), default=1)
    missed = np.empty((paths, len(D)))
    missed[:, : len(cells)] = values - centre[cells]
    for j, one in enumerate(sums, len(cells)):
        top = centre[one.cells].max()
        shares = np.exp(centre[one.cells] - top)
        D[j, one.cells] = shares / shares.sum()
        missed[:, j] = one.log_total - top - np.log(shares.sum())
    turned, rank = inverse(D @ covariance @ D.T)
    q = np.einsum("pi,ij,pj->p", missed, turned, missed)
    return (float(q[0]) if paths == 1 else q), rank


def shrunk_covariance(x: FloatArray) -> FloatArray:
    """Covariance (n, n) of draws (draws, n), drawn a little to its diagonal, the more the fewer draws a cell has."""
    draws, n = x.shape
    found = np.atleast_2d(np.cov(x.T)) if draws > 1 else np.zeros((n, n))
    weight = n / (n + 10.0 * draws)
    return np.asarray((1.0 - weight) * found + weight * np.diag(np.diag(found)))


def inverse(V: FloatArray) -> tuple[FloatArray, int]:
    """Inverse of a covariance over the directions that vary at all, and their number."""
    if not len(V):
        return V, 0
    scale = np.sqrt(np.maximum(np.diag(V), 0.0))
    unit = np.where(scale > 0.0, scale, 1.0)
    values, vectors = np.linalg.eigh(V / np.outer(unit, unit))
    kept = values > _LEAST_EIGENVALUE
    turned = vectors[:, kept] / unit[:, None]
    return np.asarray((turned / values[kept]) @ turned.T), int(kept.sum())


def _refuse(found: IntArray, sums: tuple[Sum, ...]) -> None:
    status, rank, pin = (int(value) for value in found)
    name, share = sums[pin].name, f"rank {rank} of {len(sums)}"
    if status == SINGULAR:
        raise ScenarioError(f"{name} cannot be pinned: the shocks that may adjust do not move it ({share}).")
    if status == INFEASIBLE:
        raise ScenarioError(
            f"{name} cannot be pinned together with the rest: beside the other pins the shocks that may adjust leave "
            f"it no room ({share})."
        )
    raise ScenarioError(f"{name} cannot be pinned: what is asked lies too far from every path, or below its parts.")
