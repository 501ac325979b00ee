"""How far a Scenario's oil path lies from what the oil density finds ordinary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from forecast.models.oil import OilDensity
from forecast.scenarios.oil_paths import median_path

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plausibility:
    """How far the scenario's oil path lies from what the oil density finds ordinary.

    ``q`` is the squared distance of the path under the density (chi-square with ``dof`` degrees),
    ``tail_prob`` the chance of a path at least as far out, ``score`` 0.5 (ordinary) to 1 (extreme).
    """

    q: float
    dof: int
    tail_prob: float
    score: float


ORDINARY = Plausibility(q=0.0, dof=0, tail_prob=1.0, score=0.5)  #: of a scenario that pins nothing


def plausibility(density: OilDensity, path: FloatArray, pinned: NDArray[np.bool_]) -> Plausibility:
    """How far the pinned months lie from what the oil density finds ordinary; other months are free.

    q = r' (D D')^-1 r, r the distance of the path from the median in the pinned months and D the effect of the shocks
    on them; score .5 (1 + sqrt(1 - exp(-q / dof))).

    Source: Antolin-Diaz, Petrella & Rubio-Ramirez 2021, s4, with the density's covariance.
    """
    dof = int(pinned.sum())
    if dof == 0:
        return ORDINARY
    months = len(path)
    effect = np.tril(np.full((months, months), 1.0 + density.theta), -1) + np.eye(months)
    D = density.shock_sd * effect[pinned]
    r = (path - median_path(density, months))[pinned]
    q = float(r @ np.linalg.solve(D @ D.T, r))
    score = 0.5 * (1.0 + np.sqrt(1.0 - np.exp(-q / dof)))
    return Plausibility(q=q, dof=dof, tail_prob=float(special.chdtrc(dof, q)), score=float(score))
