"""Exact Shapley values of a game with few players: what each adds on average over all orders of joining."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def shapley_weights(players: int) -> FloatArray:
    """Weights (players, 2^players) that turn the values of all coalitions into Shapley values.

    Coalition c holds player i when bit i of c is set; row i adds up to 0, all rows together give the value of the whole
    less that of nobody.

    Source: Shapley 1953, "A value for n-person games", Contributions to the Theory of Games II.
    """
    coalitions = 1 << players
    size = np.array([c.bit_count() for c in range(coalitions)])
    joining = np.array([factorial(s) * factorial(players - 1 - s) for s in range(players)]) / factorial(players)
    weights = np.empty((players, coalitions))
    for i in range(players):
        inside = (np.arange(coalitions) >> i & 1).astype(bool)
        weights[i, inside] = joining[size[inside] - 1]
        weights[i, ~inside] = -joining[size[~inside]]
    return weights


def shapley_values(values: FloatArray) -> FloatArray:
    """Shapley values (players) of a game given the value of each of its 2^players coalitions."""
    players = len(values).bit_length() - 1
    return np.asarray(shapley_weights(players) @ values)
