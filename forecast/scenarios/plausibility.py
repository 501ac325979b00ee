"""How far a Scenario's oil path lies from what the oil density finds ordinary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from forecast.kernels._jit import gate
from forecast.kernels.moving_average import moving_average_shocks
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


def plausibility(density: OilDensity, path: FloatArray, pinned: NDArray[np.bool_]) -> Plausibility:
    """How far the pinned months lie from what the oil density finds ordinary.

    q = r' Sigma^-1 r over the shocks that lead from the median to the path up to the last pinned month; score
    .5 (1 + sqrt(1 - exp(-q / dof))) (METHODS after Antolin-Diaz et al. 2021, s4).
    """
    if not pinned.any():
        return Plausibility(q=0.0, dof=0, tail_prob=1.0, score=0.5)
    dof = int(np.flatnonzero(pinned)[-1]) + 1
    steps = np.diff(np.concatenate(([0.0], (path - median_path(density, len(path)))[:dof])))
    q = float(((moving_average_shocks(gate(steps), density.theta, 0.0) / density.shock_sd) ** 2).sum())
    score = 0.5 * (1.0 + np.sqrt(1.0 - np.exp(-q / dof)))
    return Plausibility(q=q, dof=dof, tail_prob=float(special.chdtrc(dof, q)), score=float(score))
