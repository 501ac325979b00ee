"""The origin of an oil shock: what trade does beside its answer to the price, when demand or supply moved it.

The models answer to the oil price as it moved on average, by demand and by supply. A price that demand moved comes with
more trade than that, one that supply moved with less; the two average to nothing over the moves of the past.

Source: Kilian 2009, "Not all oil price shocks are alike", American Economic Review 99(3); the figures are measured by
fixtures/build/oil_origin.py.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from forecast.models.oil import OilDensity
from forecast.models.trade_policy import OilOrigin
from forecast.scenarios.conditions.kinds import Shock
from forecast.scenarios.effects.chance import normal_draws
from forecast.scenarios.relative import first_month

FloatArray = NDArray[np.float64]


def oil_impulse(shock: Shock, density: OilDensity, *, known_to: int, first: int, months: int) -> FloatArray:
    """Log move (months from ``first`` on) of the oil price: the shock in its month, and what the density makes of it.

    known_to: last month of the price.
    """
    at = first_month(shock.start, known_to + 1) - first
    size = shock.size * density.shock_sd if shock.unit == "sd" else float(np.log1p(shock.size / 100.0))
    since = np.arange(months) - at
    return np.where(since < 0, 0.0, np.where(since == 0, size, size * (1.0 + density.theta)))


def origin_effect(
    origin: Literal["", "supply", "demand"], log_oil_move: FloatArray, figures: OilOrigin, *, paths: int, seed: int
) -> FloatArray:
    """Log effect (p, h) on trade of an oil price moved by demand or supply, beside the answer to the price itself.

    e times the mean of the move over lags 0 to ``last_lag``, with e = (1 - demand_share) c for demand and
    -demand_share c for supply, c drawn once a path from N(demand_less_supply, error).

    Args:
        origin: "" does nothing.
        log_oil_move: (1 or p, h) by how much the shock moved the log price; nothing before.
        figures: as measured.
        paths: number of paths.
        seed: of the streams.
    """
    if not origin:
        return np.zeros((1, log_oil_move.shape[1]))
    weight = 1.0 - figures.demand_share if origin == "demand" else -figures.demand_share
    c = normal_draws(figures.demand_less_supply, figures.error, purpose="oil origin", paths=paths, seed=seed)
    lags = figures.last_lag + 1
    total = np.cumsum(np.pad(log_oil_move, ((0, 0), (lags, 0))), axis=1)
    return weight * c[:, None] * (total[:, lags:] - total[:, :-lags]) / lags
