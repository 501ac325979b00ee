"""How often a crisis begins, with what is not known about it.

Starts are counted over years. A constant rate with the prior 1 / rate has a Gamma posterior whose mean is the count by
the years, and the time to the next start a closed law:

    rate | n starts in T years ~ Gamma(n, T)        P(none within t) = (T / (T + t)) ^ n

Source: Gelman et al. 2013, "Bayesian Data Analysis", s2.6-2.8 (Poisson rates, their conjugate and vague priors).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.models.crises.kinds import COUNTED_FROM, starts_known_by

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hazard:
    """A yearly rate of starts: Gamma with ``shape`` and exposure ``years``; shape 0 is never.

    mean: of the rate. sd: what is not known about it.
    """

    shape: float
    years: float

    @property
    def mean(self) -> float:
        """Expected starts a year."""
        return self.shape / self.years

    @property
    def sd(self) -> float:
        """Standard deviation of the rate."""
        return math.sqrt(self.shape) / self.years


NEVER = Hazard(0.0, 1.0)


def hazard_by(origin: int) -> Hazard:
    """The hazard as known at the end of month ``origin``: starts known by then over the years since 1980.

    Before the first start one is taken as seen, and before 1981 a year as watched, so that the rate is positive and
    finite.
    """
    return Hazard(float(max(starts_known_by(origin), 1)), max((origin + 1 - COUNTED_FROM) / 12.0, 1.0))


def start_chances(hazard: Hazard, months: int) -> FloatArray:
    """Chance (months) that a crisis begins in each of the months ahead, none having begun before."""
    none = (hazard.years / (hazard.years + np.arange(months + 1) / 12.0)) ** hazard.shape
    return np.asarray(none[:-1] - none[1:])


def start_months(hazard: Hazard, u: FloatArray, months: int) -> NDArray[np.int64]:
    """Month ahead (0 for the first) in which a crisis begins, -1 for none within ``months``; u uniform in (0, 1)."""
    if hazard.shape == 0.0:
        return np.full(u.shape, -1, dtype=np.int64)
    wait = 12.0 * hazard.years * (u ** (-1.0 / hazard.shape) - 1.0)
    return np.where(wait < months, np.minimum(wait, months), -1.0).astype(np.int64)
