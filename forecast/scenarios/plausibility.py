"""How far a Scenario's pins lie from what the model finds ordinary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from forecast.scenarios.common import Law, SumPin

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plausibility:
    """How far what the scenario pins lies from what the model finds ordinary.

    ``q`` is the squared distance of the pins under the model's law (chi-square with ``dof`` degrees),
    ``tail_prob`` the chance of a future at least as far out whichever way, ``score`` 0.5 (ordinary) to 1 (extreme).
    ``further_prob`` is the chance of one at least as far out in the same direction: a smooth path of many months is no
    great distance among all the ways in which months may differ, yet far out in its own.
    """

    q: float
    dof: int
    tail_prob: float
    score: float
    further_prob: float = 0.5


ORDINARY = Plausibility(q=0.0, dof=0, tail_prob=1.0, score=0.5)  #: of a scenario that pins nothing


def plausibility(
    law: Law, oil: FloatArray, sums: tuple[SumPin, ...] = (), adjust: tuple[str, ...] = ()
) -> Plausibility:
    """How far the centre of some pins lies out under a model's law, on average where paths have centres of their own.

    oil (months): log price, NaN where free. sums: of one value each or of p. adjust: the shocks that may meet them.
    """
    q, dof = law.distance(oil, sums, adjust=adjust)
    return judged(float(np.mean(q)), dof)


def judged(q: float, dof: int) -> Plausibility:
    """A squared distance with its degrees of freedom: score .5 (1 + sqrt(1 - exp(-q / dof))).

    Along its own direction the distance is sqrt(q) standard deviations of a normal law.

    Source: Antolin-Diaz, Petrella & Rubio-Ramirez 2021, s4 (after McCulloch 1989), with the density's covariance.
    """
    if dof == 0:
        return ORDINARY
    score = 0.5 * (1.0 + np.sqrt(1.0 - np.exp(-q / dof)))
    further = float(special.ndtr(-np.sqrt(q)))
    return Plausibility(q, dof, float(special.chdtrc(dof, q)), float(score), further)
