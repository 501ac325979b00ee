"""Scores of an ensemble against what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def crps(draws: FloatArray, outcome: float) -> float:
    """Continuous ranked probability score of equally weighted draws (p), in the unit of the draws.

    E|X - y| - E|X - X'| / 2, by sorting.

    Source: Gneiting & Raftery 2007, "Strictly proper scoring rules, prediction, and estimation", eq. 21.
    """
    x = np.sort(draws)
    p = len(x)
    spread = float(((2.0 * np.arange(1, p + 1) - p - 1.0) * x).sum()) / p**2
    return float(np.abs(x - outcome).mean()) - spread


def covered(draws: FloatArray, outcome: float, level: int) -> bool:
    """Whether the equal-tailed band of ``level`` per cent holds the outcome."""
    low, high = np.quantile(draws, [0.5 - level / 200.0, 0.5 + level / 200.0])
    return bool(low <= outcome <= high)
