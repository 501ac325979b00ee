"""The joint law of the oil price over the months ahead: paths given some of their months, and distances.

log price = last + sum of shocks and what they carry over: jointly Gaussian in its first two moments, so a path meets
pins of some months by Matheron's rule, and months before and between them bridge, months after them go on from there,
the carry of the last shock included.

Source: Waggoner & Zha 1999; Antolin-Diaz, Petrella & Rubio-Ramirez 2021, s4 (the distance).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.models.oil import OilDensity
from forecast.scenarios.oil_paths import median_path

FloatArray = NDArray[np.float64]


def oil_effects(density: OilDensity, months: int) -> FloatArray:
    """Effect (months, shocks) of shocks of one standard deviation on the log price."""
    effect = np.tril(np.full((months, months), 1.0 + density.theta), -1) + np.eye(months)
    return np.asarray(density.shock_sd * effect)


def oil_covariance(density: OilDensity, months: int, pinned: NDArray[np.bool_] | None = None) -> FloatArray:
    """Covariance (months, months) of the log price, given the months that are ``pinned``."""
    effect = oil_effects(density, months)
    if pinned is None or not pinned.any():
        return effect @ effect.T
    known, free = effect[pinned], effect[~pinned]
    left = free - free @ known.T @ np.linalg.solve(known @ known.T, known)
    cov = np.zeros((months, months))
    cov[np.ix_(~pinned, ~pinned)] = left @ left.T
    return cov


def oil_pinned(values: FloatArray) -> NDArray[np.bool_]:
    """Which months (T) the pins (1 or p, T) fix; NaN where free.

    Raises:
        ScenarioError: a month is pinned for some paths only, or to no finite number.
    """
    free = np.isnan(values)
    if (free.any(axis=0) != free.all(axis=0)).any() or np.isinf(values).any():
        raise ScenarioError("The oil path must give a positive price for a month, for all paths or for none.")
    return np.asarray(~free.all(axis=0))


def oil_given(density: OilDensity, oil: FloatArray, values: FloatArray, pinned: NDArray[np.bool_]) -> FloatArray:
    """Paths (p, T) that meet ``values`` (1 or p, T) in the pinned months, the others moved jointly with them."""
    moved = np.array(np.broadcast_to(values, oil.shape))
    if not pinned.all():
        cov = oil_covariance(density, oil.shape[1])
        weights = np.linalg.solve(cov[np.ix_(pinned, pinned)], cov[np.ix_(pinned, ~pinned)])
        moved[:, ~pinned] = oil[:, ~pinned] + (moved[:, pinned] - oil[:, pinned]) @ weights
    return moved


def oil_distance(density: OilDensity, oil: FloatArray) -> tuple[float, int]:
    """Distance q = r' (D D')^-1 r of a log price (T), NaN where free, and the number of months pinned.

    r: distance from the median in the pinned months. D: effect of the shocks on them.
    """
    pinned = ~np.isnan(oil)
    if not pinned.any():
        return 0.0, 0
    D = oil_effects(density, len(oil))[pinned]
    r = (oil - median_path(density, len(oil)))[pinned]
    return float(r @ np.linalg.solve(D @ D.T, r)), int(pinned.sum())
