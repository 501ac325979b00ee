"""How far forecasts were off: sMAPE, MASE, CRPS from quantiles, and how often bands held."""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray

PROBS = np.arange(1, 100) / 100.0  #: quantiles that every forecaster is scored by


def smape(points: FloatArray, outcomes: FloatArray) -> float:
    """Mean of 200 |y - f| / (|y| + |f|); points and outcomes (h), months without an outcome (NaN) left out."""
    return float(np.nanmean(200.0 * np.abs(outcomes - points) / (np.abs(outcomes) + np.abs(points))))


def seasonal_scale(values: FloatArray, season: int) -> float:
    """Mean |y_t - y_{t-season}| of the record (n), gaps left out: the unit of MASE and of scaled CRPS."""
    return float(np.nanmean(np.abs(values[season:] - values[:-season])))


def mase(points: FloatArray, outcomes: FloatArray, scale: float) -> float:
    """Mean absolute error in units of the record's own seasonal-naive error."""
    return float(np.nanmean(np.abs(outcomes - points)) / scale)


def quantiles_of(paths: FloatArray, probs: FloatArray = PROBS) -> FloatArray:
    """Quantiles (h, k) of paths (p, h)."""
    return np.quantile(paths, probs, axis=0).T


def quantile_crps(quantiles: FloatArray, outcomes: FloatArray, probs: FloatArray = PROBS) -> FloatArray:
    """CRPS read off quantiles (h, k): twice their mean quantile score (h); NaN where there is no outcome (h)."""
    off = outcomes[:, None] - quantiles
    return np.asarray(2.0 * np.mean(np.maximum(probs * off, (probs - 1.0) * off), axis=1))


def held(quantiles: FloatArray, outcomes: FloatArray, share: float, probs: FloatArray = PROBS) -> FloatArray:
    """1 where the central band of this share holds the outcome, 0 where not, NaN without one; quantiles (h, k).

    Edges between two of the quantiles are read off by straight lines.
    """
    edges = np.array([0.5 - share / 2.0, 0.5 + share / 2.0])
    low, high = np.array([np.interp(edges, probs, row) for row in quantiles]).T
    return np.where(np.isnan(outcomes), np.nan, (low <= outcomes) & (outcomes <= high))
