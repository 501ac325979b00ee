"""The oil price by its own density: log Brent, monthly means, as a random walk whose steps carry over a little.

The change of a month's mean is e_t + theta e_{t-1} with Student-t e: averaging a price over the month makes
neighbouring changes share a part (Working 1960: theta near .27 for a random walk in daily prices).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from forecast.errors import ConvergenceError, GapError
from forecast.kernels._jit import gate
from forecast.kernels.moving_average import moving_average_shocks
from forecast.panel import Driver

FloatArray = NDArray[np.float64]

_FEWEST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class OilDensity:
    """log price_t = log price_{t-1} + e_t + theta e_{t-1}, e_t = scale_sd * Student-t(df).

    last_log: log of the last price known. last_shock: the e of that month.
    """

    theta: float
    scale_sd: float
    df: float
    last_log: float
    last_shock: float

    @property
    def shock_sd(self) -> float:
        """Standard deviation of e."""
        return self.scale_sd * float(np.sqrt(self.df / (self.df - 2.0)))


def fit_oil(oil: Driver) -> OilDensity:
    """Maximum likelihood on all months known.

    Raises:
        GapError: fewer than five years of prices.
        ConvergenceError: the likelihood has no maximum in sight.
    """
    log_price = np.log(oil.values)
    if len(log_price) < _FEWEST_MONTHS:
        raise GapError(f"The oil density needs {_FEWEST_MONTHS} months of prices; found {len(log_price)}.")
    steps = gate(np.diff(log_price))

    def cost(u: FloatArray) -> float:
        theta, scale, df = np.tanh(u[0]), np.exp(u[1]), 2.5 + np.exp(u[2])
        x = moving_average_shocks(steps, float(theta), 0.0) / scale
        constant = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * np.log(df * np.pi) - np.log(scale)
        prior = 0.5 * (u[2] - np.log(4.0)) ** 2
        return float(-(constant - (df + 1) / 2 * np.log1p(x**2 / df)).sum() + prior)

    found = optimize.minimize(cost, np.array([0.27, np.log(steps.std() * 0.7), np.log(4.0)]), method="Nelder-Mead")
    if not found.success:
        raise ConvergenceError(f"The oil density did not settle: {found.message}")
    theta = float(np.tanh(found.x[0]))
    return OilDensity(
        theta=theta,
        scale_sd=float(np.exp(found.x[1])),
        df=float(2.5 + np.exp(found.x[2])),
        last_log=float(log_price[-1]),
        last_shock=float(moving_average_shocks(steps, theta, 0.0)[-1]),
    )
