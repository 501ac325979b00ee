"""How a crisis runs: a straight fall to the trough, then half of what is left made good every half-life."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_MOST_RECOVERED = 0.98  #: share won back in 24 months beyond which the half-life says no more


def crisis_effect(
    elapsed: FloatArray, depth: FloatArray, months_to_trough: FloatArray | float, months_to_half: FloatArray | float
) -> FloatArray:
    """Log effect (p, months) on trade; ``elapsed`` is 1 in the first month of the crisis and 0 or less before it.

    depth (p): log effect at the trough. months_to_trough: at least 1. months_to_half: infinite if nothing comes back;
    both a number or (p, 1).
    """
    fall = np.clip(elapsed / months_to_trough, 0.0, 1.0)
    since_trough = np.maximum(elapsed - months_to_trough, 0.0)
    return np.asarray(depth[:, None] * fall * 0.5 ** (since_trough / months_to_half))


def months_to_half(share: FloatArray) -> FloatArray:
    """Half-lives from shares won back in 24 months: infinite for none, and .98 at most is believed."""
    kept = np.clip(share, 0.0, _MOST_RECOVERED)
    with np.errstate(divide="ignore"):
        return np.asarray(-24.0 * np.log(2.0) / np.log1p(-kept))
