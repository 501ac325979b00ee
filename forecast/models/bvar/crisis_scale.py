"""How much larger errors are in months of crisis: one scale for all variables, by episode.

The first three months of an episode have scales s0, s1, s2; then s = 1 + (s2 - 1) rho^(j - 2) in month j. Where
episodes overlap their scales multiply. s0, s1, s2 ~ Pareto(1, 1), rho ~ Beta with mode .8 and sd .2. The search runs
over log(s - 1) and the log odds of rho, for the density of s and rho themselves.

Source: Lenza & Primiceri 2022, "How to estimate a VAR after March 2020", section 2.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

FloatArray = NDArray[np.float64]

SCALES = 4  #: numbers of an episode: log(s0 - 1), log(s1 - 1), log(s2 - 1), log odds of rho
RHO_MODE, RHO_SD = 0.8, 0.2
LEAST, MOST = -9.0, 7.0  #: of log(s - 1), and of the log odds in size


def first_scales(episodes: int) -> FloatArray:
    """Where the search begins (episodes, 4): s of 1.5 and rho at its mode."""
    row = np.array([*np.log([0.5, 0.5, 0.5]), np.log(RHO_MODE / (1.0 - RHO_MODE))])
    return np.tile(row, (episodes, 1))


@cache
def rho_shapes() -> tuple[float, float]:
    """Shapes a, b of the Beta law with RHO_MODE and RHO_SD."""

    def excess(c: float) -> float:
        a, b = 1.0 + RHO_MODE * c, 1.0 + (1.0 - RHO_MODE) * c
        return float(a * b / ((a + b) ** 2 * (a + b + 1.0)) - RHO_SD**2)

    c = float(optimize.brentq(excess, 0.0, 100.0, xtol=1e-12))
    return 1.0 + RHO_MODE * c, 1.0 + (1.0 - RHO_MODE) * c


def log_prior(u: FloatArray) -> tuple[float, FloatArray]:
    """Log density of s and rho at u (episodes, 4), and its gradient in u."""
    a, b = rho_shapes()
    excess, rho = np.exp(u[:, :3]), special.expit(u[:, 3])
    value = -2.0 * np.log1p(excess).sum()
    value += (special.xlogy(a - 1.0, rho) + special.xlog1py(b - 1.0, -rho) - special.betaln(a, b)).sum()
    slope = np.empty_like(u)
    slope[:, :3] = -2.0 * excess / (1.0 + excess)
    slope[:, 3] = (a - 1.0) * (1.0 - rho) - (b - 1.0) * rho
    return float(value), slope


def log_scale(u: FloatArray, starts: NDArray[np.int64], first: int, months: int) -> tuple[FloatArray, FloatArray]:
    """Log scales (months) of the months from ``first``, and their slopes (months, episodes, 4) in u (episodes, 4).

    starts (episodes): the month in which each began.
    """
    value, slope = np.zeros(months), np.zeros((months, len(starts), SCALES))
    for e, start in enumerate(starts):
        for j in range(3):
            if 0 <= (at := int(start) + j - first) < months:
                value[at] += np.log1p(np.exp(u[e, j]))
                slope[at, e, j] = special.expit(u[e, j])
        since = np.arange(max(int(start) + 3 - first, 0), months)
        later = first + since - int(start) - 2
        rho = special.expit(u[e, 3])
        excess = np.exp(u[e, 2] + later * np.log(rho))
        value[since] += np.log1p(excess)
        share = excess / (1.0 + excess)
        slope[since, e, 2] = share
        slope[since, e, 3] = share * later * (1.0 - rho)
    return value, slope


def with_months_to_come(u: FloatArray, starts: NDArray[np.int64], origin: int) -> FloatArray:
    """The scales, where an episode is younger than three months: s0 decays at rho from the last month seen."""
    out = u.copy()
    for e, start in enumerate(starts):
        for j in range(max(origin - int(start) + 1, 1), 3):
            out[e, j] = out[e, j - 1] + np.log(special.expit(out[e, 3]))
    return out
