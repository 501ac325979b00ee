"""Where a chance that is known only by asking crosses a level: all crossings on a grid, each by bisection."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_TURNS = 40


def find_crossings(
    chance: Callable[[float], float], grid: FloatArray, level: float, near: float
) -> list[tuple[float, bool]]:
    """Every point between neighbours of a rising ``grid`` on which ``chance`` lies on different sides of ``level``.

    Each to within ``near``, and whether the chance rises there. A chance at the level counts as above it.
    """
    above = [chance(float(x)) >= level for x in grid]
    found = []
    for left, right, here, there in zip(grid[:-1], grid[1:], above[:-1], above[1:], strict=True):
        if here != there:
            found.append((bisect(chance, float(left), float(right), level, near), there))
    return found


def bisect(chance: Callable[[float], float], left: float, right: float, level: float, near: float) -> float:
    """The point between ``left`` and ``right``, on different sides of ``level``, at which the chance changes sides."""
    begins_above = chance(left) >= level
    for _ in range(_TURNS):
        if abs(right - left) <= near:
            break
        middle = 0.5 * (left + right)
        if (chance(middle) >= level) == begins_above:
            left = middle
        else:
            right = middle
    return 0.5 * (left + right)
