"""Recalibration: how much wider the pool's bands should have been, as other pairs had taught by the origin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MONTHS_AHEAD = (1, 3, 6, 12, 24)
"""Horizons of the stretches below; between them by straight lines, beyond them as at the nearest."""

UNTAUGHT = 0.95
"""Stretch of every horizon before other pairs had taught anything.

On the months of M3 before those that its table scores the pool's 80 % bands held 83 % and its CRPS was least at .91
(``benchmarks/accuracy/untaught.py``); half of that is believed.
"""

STRETCHES = {
    2005: (1.00, 1.00, 1.03, 1.00, 1.02),
    2010: (1.09, 1.05, 1.05, 1.02, 1.05),
    2015: (1.00, 1.02, 1.02, 1.00, 1.00),
    2020: (1.00, 1.07, 1.03, 1.00, 1.00),
    2022: (1.00, 1.07, 1.04, 1.02, 1.00),
}
"""By year: stretch at each of the MONTHS_AHEAD, learned from outcomes up to that December.

Found by ``fixtures/build/recalibration.py`` on a third of the United States' partners, drawn by lot; its table, with
the numbers of outcomes, is ``fixtures/recalibration.csv``. What was measured less its standard error, never below 1:
few partners, and calm years, are no reason to move the bands.
"""


def stretches(step: int, horizon: int, origin: int) -> FloatArray:
    """Stretches (h) for ``horizon`` spans of ``step`` months after month ``origin``.

    1 leaves a span alone. Until the first December that had taught anything it is UNTAUGHT.
    """
    known = [year for year in STRETCHES if 12 * year + 11 <= origin]
    if not known:
        return np.full(horizon, UNTAUGHT)
    return np.asarray(np.interp(step * np.arange(1.0, horizon + 1.0), MONTHS_AHEAD, STRETCHES[max(known)]))


def recalibrate(paths: FloatArray, step: int, origin: int) -> FloatArray:
    """Paths (p, h) of spans of ``step`` months after month ``origin``, stretched about their median in logarithms.

    The order of the paths at each horizon stays, and so do zeros; a horizon whose median is zero is left alone.
    """
    return stretch(paths, stretches(step, paths.shape[1], origin))


def stretch(paths: FloatArray, factors: FloatArray) -> FloatArray:
    """Paths (p, h) with each logarithmic distance from the median multiplied by the factor of its horizon (h)."""
    middle = np.median(paths, axis=0)
    firm = (middle > 0.0) & (factors != 1.0)
    share = np.where(firm, paths / np.where(firm, middle, 1.0), 1.0)
    return np.asarray(np.where(firm, middle * share**factors, paths))
