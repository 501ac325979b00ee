"""Prior mean and covariance of the states: what is believed of a pair before its record is seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.models.background import Background
from forecast.models.regressors import LUNAR_COUNTRIES
from forecast.models.structural import priors
from forecast.models.structural.layout import TURNOVER, FlowStates, Layout
from forecast.panel import Panel

FloatArray = NDArray[np.float64]


def prior_moments(panel: Panel, background: Background, layout: Layout) -> tuple[FloatArray, FloatArray]:
    """Mean (m) and covariance (m, m) of the states before the first month."""
    a = np.zeros(layout.size)
    P = np.zeros((layout.size, layout.size))

    def believe(state: int, mean: float, sd: float) -> None:
        a[state] = mean
        P[state, state] = sd**2

    believe(layout.drift, drift_a_year(panel, background) / 12, priors.DRIFT_SD_A_YEAR / 12)
    for states in layout.flows:
        believe(states.level, _first_log_rate(panel, layout, states), priors.LEVEL_START_SD)
        believe(states.drift, 0.0, priors.OWN_DRIFT_SD_A_YEAR / 12 if len(layout.flows) > 1 else 0.0)
        block = slice(states.season, states.season + 12)
        a[block] = priors.SEASON_MEAN
        P[block, block] = priors.SEASON_SD**2 * (np.eye(12) - 1 / 12) * 12 / 11
        for state, belief in zip(states.oil, _oil_belief(panel, background, states), strict=True):
            believe(state, *belief)
        for state in states.currency:
            believe(state, *priors.CURRENCY_OF_BUYER)
        seller_keeps = states.seller in LUNAR_COUNTRIES
        for state, belief in zip(
            states.lunar, priors.LUNAR_SELLER if seller_keeps else priors.LUNAR_BUYER, strict=False
        ):
            believe(state, *belief)
    for state in layout.bias.values():
        believe(state, *priors.BIAS_START)
    return a, P


def drift_a_year(panel: Panel, background: Background) -> float:
    """Prior mean of the yearly drift that the flows share, from what the trade of others has done.

    The world's drift of the last window known, less what the years after a window were slower than it, and what the
    two countries' trade with others did better than the world's.
    """
    window = background.world_drift_known(panel.as_of)
    world = priors.WORLD_DRIFT_A_YEAR if window is None else window + priors.WORLD_DRIFT_LESS_WINDOW
    faster = background.drift_over_world((panel.first, panel.second), panel.as_of)
    return world + priors.COUNTRY_DRIFT_SLOPE * faster


def _oil_belief(panel: Panel, background: Background, states: FlowStates) -> tuple[tuple[float, float], ...]:
    exporters = background.oil_exporters
    if states.flow == TURNOVER:
        return priors.OIL_TURNOVER_OF_EXPORTER if {panel.first, panel.second} & exporters else priors.OIL_OTHERS
    if states.seller in exporters:
        return priors.OIL_FROM_EXPORTER
    return priors.OIL_TO_EXPORTER if states.buyer in exporters else priors.OIL_OTHERS


def _first_log_rate(panel: Panel, layout: Layout, states: FlowStates) -> float:
    """Log of the first figure known of a flow (or its half of turnover), a month."""
    obs = panel.observations
    own = [i for i in layout.used if obs.flow[i] == states.flow]
    rows = own or list(layout.used)
    first = min(rows, key=lambda i: (int(obs.start[i]), int(obs.end[i])))
    share = 1.0 if own else 0.5
    return float(np.log(share * obs.value_usd_bn[first] / (obs.end[first] - obs.start[first] + 1)))
