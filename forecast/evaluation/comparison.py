"""Is one forecaster better than another, or was it luck? Forecasts whose months overlap are not counted twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEWEST_INDEPENDENT = 5  #: forecasts without common months below which nothing is tested


@dataclass(frozen=True, slots=True)
class EqualScores:
    """The test statistic and its two-sided p value; negative where the first forecaster was better."""

    statistic: float
    p_value: float


def independent_cases(origins: IntArray, horizon: int) -> int:
    """The most forecasts among those from ``origins`` (n, ascending) whose months do not overlap.

    A forecast spans the months origin + 1 to origin + horizon. Of origins s months apart these are the forecasts
    at every ceil(horizon / s)-th origin: 100 monthly origins and 36 months ahead leave 3.
    """
    count, free_from = 0, -np.inf
    for origin in origins.tolist():
        if origin >= free_from:
            count += 1
            free_from = origin + horizon
    return count


def longest_overlap(origins: IntArray, horizon: int) -> int:
    """How many forecasts from ``origins`` (n, ascending) share a month at most."""
    return int((np.searchsorted(origins, origins + horizon) - np.arange(len(origins))).max(initial=1))


def equal_scores(differences: FloatArray, origins: IntArray, horizon: int) -> EqualScores | None:
    """Test that two forecasters score alike, from the differences (n) of their scores; None where nothing can be told.

    Differences of forecasts that share months are correlated: the variance of their mean adds up all products of
    two such differences (for evenly spaced origins the autocovariances up to lag k - 1, k = ceil(horizon / spacing)).
    Where that is not positive, each product is weighted by the share of months in common, which cannot be negative.
    The statistic is shrunk by sqrt((n + 1 - 2 k + k (k - 1) / n) / n) and held against Student-t with n - 1 degrees.

    Source: Diebold & Mariano 1995, "Comparing predictive accuracy", eq. 2-4; Harvey, Leybourne & Newbold 1997,
    "Testing the equality of prediction mean squared errors", eq. 8-9.
    """
    n = len(differences)
    if independent_cases(origins, horizon) < FEWEST_INDEPENDENT:
        return None
    k = longest_overlap(origins, horizon)
    deviation = differences - differences.mean()
    apart = np.abs(origins[:, None] - origins[None, :])
    products = deviation[:, None] * deviation[None, :]
    variance = float(products[apart < horizon].sum()) / n**2
    negligible = 1e-20 * float(np.mean(differences**2))
    if variance <= negligible:
        variance = float((products * np.maximum(1.0 - apart / horizon, 0.0)).sum()) / n**2
    if variance <= negligible:
        return None
    shrunk = max(n + 1 - 2 * k + k * (k - 1) / n, 0.0) / n
    statistic = float(differences.mean() / np.sqrt(variance) * np.sqrt(shrunk))
    return EqualScores(statistic, float(2.0 * special.stdtr(n - 1, -abs(statistic))))
