"""Whether chances held: histogram of the probability integral, and what a chance should have been (CORP)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """The Brier score in three parts, brier = miscalibration - discrimination + uncertainty.

    prob (k): the different chances given, ascending. calibrated_prob (k): what each should have been, the best
    non-decreasing fit. count (k): how often each was given. All three parts are at least 0.
    """

    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    prob: FloatArray
    calibrated_prob: FloatArray
    count: NDArray[np.int64]


def reliability(probs: FloatArray, hits: FloatArray) -> Reliability:
    """Chances (n) held against what came (n), 1 or 0, n at least 1.

    Recalibrated chances are the isotonic regression of what came on what was said (pool adjacent violators, equal
    chances pooled first); miscalibration is what they would have gained, discrimination what they gain over
    the base rate, uncertainty the score of the base rate.

    Source: Dimitriadis, Gneiting & Jordan 2021, "Stable reliability diagrams for probabilistic classifiers", PNAS 118,
    eq. 3-5.
    """
    said, where, count = np.unique(probs, return_inverse=True, return_counts=True)
    came = np.bincount(where, weights=hits) / count
    calibrated = np.clip(isotonic_regression(came, weights=count.astype(np.float64)).x, 0.0, 1.0)
    brier = float(np.mean((probs - hits) ** 2))
    best = float(np.mean((calibrated[where] - hits) ** 2))
    base = float(np.mean((hits.mean() - hits) ** 2))
    return Reliability(
        brier=brier,
        miscalibration=max(brier - best, 0.0),
        discrimination=max(base - best, 0.0),
        uncertainty=base,
        prob=said,
        calibrated_prob=calibrated,
        count=count,
    )


def pit_histogram(low: FloatArray, high: FloatArray, bins: int) -> FloatArray:
    """Outcomes in equal parts of (0, 1), (bins); the mass of each is spread evenly from ``low`` to ``high`` (n).

    The sum is n; under a forecaster that tells the truth every part holds n / bins in expectation.

    Source: Czado, Gneiting & Held 2009, "Predictive model assessment for count data", Biometrics 65, s2.1.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    below = np.clip((edges[None, :] - low[:, None]) / (high - low)[:, None], 0.0, 1.0)
    return np.asarray(np.diff(below, axis=1).sum(axis=0))
