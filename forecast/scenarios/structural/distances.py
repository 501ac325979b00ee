"""How far pinned sums lie from what the model finds ordinary, jointly with a pinned oil path.

Source: Antolin-Diaz, Petrella & Rubio-Ramirez 2021, s4; log sums by their expansion to second order about the mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.scenarios.oil_paths import median_path
from forecast.scenarios.structural.cells import PinnedCells
from forecast.scenarios.structural.moments import joint_moments, parted
from forecast.scenarios.structural.oil_law import oil_covariance
from forecast.scenarios.structural.stage import Stage

FloatArray = NDArray[np.float64]

_REPEATED = 1e-10


def sums_distance(
    stage: Stage, oil: FloatArray, cells: PinnedCells, offset: FloatArray | None, adjust: tuple[str, ...] = ()
) -> tuple[float | FloatArray, int]:
    """Distance q = r' V^-1 r of pinned months of oil (T; NaN free) and sums, and the rank of V; (p) of p targets."""
    mean, V, target = pinned_moments(stage, oil, cells, offset, adjust)
    q, rank = squared_distance(target - mean, V)
    return (float(q[0]) if len(q) == 1 else q), rank


def pinned_moments(
    stage: Stage, oil: FloatArray, cells: PinnedCells, offset: FloatArray | None, adjust: tuple[str, ...] = ()
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean (q) and covariance (q, q), over all draws, of what is pinned, oil first; the values asked (1 or p, q)."""
    T, at = len(oil), np.flatnonzero(~np.isnan(oil))
    oil_cov, median = oil_covariance(stage.fitted.oil, T), median_path(stage.fitted.oil, T)
    draws, means = len(stage.fitted.coef), []
    ahead = (stage.end - stage.fitted.layout.end) * len(stage.flows)
    cov = np.zeros((T + ahead, len(cells.cell)))
    for part in parted(stage, len(cells.cell)):
        moments = joint_moments(stage, cells.cell, oil_cov, median, adjust, part)
        means.append(moments.mean[:, cells.cell])
        cov += moments.cov.sum(axis=0) / draws
    of_draws = np.concatenate(means)
    mean = of_draws.mean(axis=0)
    spread = of_draws - mean
    inner = cov[T + cells.cell]
    if not adjust:  # else what is not known of today and of the parameters stays as it is
        inner = inner + spread.T @ spread / len(spread)
    x = mean + (0.0 if offset is None else offset.ravel()[cells.cell])
    weights = np.zeros((len(cells.ptr) - 1, len(x)))
    log_sum = np.empty(len(weights))
    for j in range(len(weights)):
        parts = cells.part[cells.ptr[j] : cells.ptr[j + 1]]
        top = x[parts].max()
        share = np.exp(x[parts] - top)
        weights[j, parts] = share / share.sum()
        log_sum[j] = top + np.log(share.sum())
    of_sums = weights @ inner @ weights.T
    log_sum += 0.5 * (weights @ np.diag(inner) - np.diag(of_sums))
    cross = cov[at] @ weights.T
    V = np.block([[oil_cov[np.ix_(at, at)], cross], [cross.T, of_sums]])
    return (
        np.concatenate([median[at], log_sum]),
        V,
        np.concatenate([np.tile(oil[at], (len(cells.target), 1)), cells.target], axis=1),
    )


def squared_distance(r: FloatArray, V: FloatArray) -> tuple[FloatArray, int]:
    """The form r' V^-1 r (p) of each row of r (p, q) in the directions in which V is not zero, and their number."""
    sd = np.sqrt(np.diag(V))
    value, vector = np.linalg.eigh(V / np.outer(sd, sd))
    kept = value > _REPEATED
    along = (r / sd) @ vector[:, kept]
    return np.asarray((along**2 / value[kept]).sum(axis=1)), int(kept.sum())
