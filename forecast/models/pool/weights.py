"""Weights of the members at each horizon, from their past scores, shrunk to weights that hold for every record.

    w[h, k]  ~  base[k] * ratio[h, k] ** -(STRENGTH * evidence)

ratio is a member's mean CRPS over that of all members, smoothed over horizons; evidence, the number of earlier
horizons seen, counted in whole horizons. Without evidence the weights are the base; each further origin moves them away
from it. One record's past says little: on M3 and on trade before 2001 stronger weights lose to weaker ones.

Source: Bates & Granger 1969, "The combination of forecasts" (inverse past errors); Smith & Wallis 2009, "A simple
explanation of the forecast combination puzzle" (why equal weights are hard to beat).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from forecast.models.pool.past import Past

FloatArray = NDArray[np.float64]

BASE: Mapping[str, float] = MappingProxyType({"local-level": 2.0, "airline": 0.5})
"""Weight of a member before anything is known of the record; 1 for those not named.

On trade before 2001 the local level's weight hardly matters from 2 to 5, on M3 less is better: see what
``benchmarks/accuracy/pool_design.py`` measures, on months that no table scores.
"""

STRENGTH = 0.5
"""By how much a whole horizon of past scores raises the power of the ratios."""

WIDTH = 0.5
"""Standard deviation of the smoothing over horizons, on the scale log(h)."""

_ASTRAY = 10.0
"""Scores count up to so many times the median member's: one that went astray says no more than that."""

_LEAST_RATIO = 0.05


def pool_weights(past: Past, strength: float = STRENGTH, base: Mapping[str, float] = BASE) -> FloatArray:
    """Weights (h, k) of the members at each horizon; each row sums to 1."""
    start = np.array([base.get(name, 1.0) for name in past.members])
    start = start / start.sum()
    scores = relative_scores(past.scores)
    evidence = np.count_nonzero(~np.isnan(scores).all(axis=2)) / scores.shape[1]
    weights = start * score_ratios(scores, start) ** -(strength * evidence)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def relative_scores(scores: FloatArray) -> FloatArray:
    """Scores (o, h, k) in units of the median member's mean at each origin, so that every origin counts alike.

    An origin at which that is zero, or no member spoke, has no scores.
    """
    out = np.full(scores.shape, np.nan)
    for o, at_origin in enumerate(scores):
        seen = at_origin[~np.isnan(at_origin).all(axis=1)][:, ~np.isnan(at_origin).all(axis=0)]
        if seen.size and (typical := float(np.median(np.nanmean(seen, axis=0)))) > 0.0:
            middle = np.full(len(at_origin), np.inf)
            some = ~np.isnan(at_origin).all(axis=1)
            middle[some] = np.nanmedian(at_origin[some], axis=1)
            out[o] = np.minimum(at_origin, _ASTRAY * np.maximum(middle, typical)[:, None]) / typical
    return out


def score_ratios(scores: FloatArray, base: FloatArray) -> FloatArray:
    """Mean score (h, k) of each member over the mean of all by base weights (k), smoothed over horizons.

    scores (o, h, k): relative ones. A member is compared with the others where it spoke; 1 where there is nothing
    to compare.
    """
    spoke = ~np.isnan(scores)
    shared = np.sum(spoke * base, axis=2)
    together = np.nansum(scores * base, axis=2) / np.where(shared > 0.0, shared, 1.0)
    near = _nearness(scores.shape[1])
    own = near @ np.nansum(scores, axis=0)
    others = near @ np.sum(np.where(spoke, together[:, :, None], 0.0), axis=0)
    ratios = np.where(others > 0.0, own / np.where(others > 0.0, others, 1.0), 1.0)
    return np.asarray(np.maximum(ratios, _LEAST_RATIO))


def _nearness(horizon: int) -> FloatArray:
    """Weight (h, g) of the scores at horizon g for the weights at horizon h."""
    at = np.log(np.arange(1.0, horizon + 1.0))
    return np.asarray(np.exp(-0.5 * ((at[:, None] - at) / WIDTH) ** 2))
