"""Shocks of a scenario: one month's innovation, from which everything else follows by the model's own law.

An oil shock moves the price from its month on, by as much as a month's shock lasts. A shock of a flow moves that month
away from where the path would be, and later months by what they share with it: the generalised impulse response of
Koop, Pesaran & Potter 1996, "Impulse response analysis in nonlinear multivariate models", with oil held.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.months import Span
from forecast.scenarios.centres import position
from forecast.scenarios.common import CommonDraws, JointPaths, Pins, SumPin
from forecast.scenarios.conditions.kinds import OIL, Shock
from forecast.scenarios.effects.origin import oil_impulse
from forecast.scenarios.pins import parts_of

FloatArray = NDArray[np.float64]


def shocked(common: CommonDraws, shocks: Sequence[Shock]) -> JointPaths:
    """The free paths after all shocks; beyond the horizon they change nothing.

    Raises:
        ScenarioError: a shock in months that are known, or of a flow that is not drawn.
    """
    paths = common.free
    still = np.zeros((1, *paths.flows.shape[1:]))
    moved = sum((_oil_move(common, shock) for shock in shocks if shock.driver == OIL), np.zeros(paths.oil.shape[1]))
    if moved.any():
        paths = common.law.condition(paths, Pins(paths.oil + moved, (), still))
    for shock in shocks:
        if shock.driver != OIL:
            paths = _flow_shock(common, paths, shock, still)
    return paths


def sizes(common: CommonDraws, shocks: Sequence[Shock]) -> FloatArray:
    """How many standard deviations of a month's shock each one is."""
    in_sd = [shock.size if shock.unit == "sd" else _log_size(common, shock) / _sd(common, shock) for shock in shocks]
    return np.array(in_sd)


def _sd(common: CommonDraws, shock: Shock) -> float:
    """Standard deviation of a month's shock: of the log price, or of a flow in the first month ahead."""
    if shock.driver == OIL:
        return common.oil_density.shock_sd
    parts = parts_of(common, shock.driver)
    return float(np.log(np.exp(common.free.flows[:, 0, parts]).sum(axis=1)).std())


def _log_size(common: CommonDraws, shock: Shock) -> float:
    return shock.size * _sd(common, shock) if shock.unit == "sd" else float(np.log1p(shock.size / 100.0))


def _oil_move(common: CommonDraws, shock: Shock) -> FloatArray:
    """Log price move (months) of one oil shock."""
    first, months = common.oil.end + 1, common.free.oil.shape[1]
    position(shock.start, first, months, "the oil price")
    return oil_impulse(shock, common.oil_density, known_to=common.oil.end, first=first, months=months)


def _flow_shock(common: CommonDraws, paths: JointPaths, shock: Shock, still: FloatArray) -> JointPaths:
    parts = parts_of(common, shock.driver)
    at = position(shock.start, common.record_end + 1, paths.flows.shape[1], shock.driver)
    if at >= paths.flows.shape[1]:
        return paths
    log_own = np.log(np.exp(paths.flows[:, at, parts]).sum(axis=1))
    month = common.record_end + 1 + at
    pin = SumPin(tuple(parts), Span(month, month), log_own + _log_size(common, shock))
    return common.law.condition(paths, Pins(paths.oil, (pin,), still))
