"""stress_map_of(): the odds of a target over flat oil prices and severities of a crisis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.stressed import StressMap
from forecast.kernels._threads import side_by_side
from forecast.months import format_month
from forecast.scenarios.common import Pins
from forecast.scenarios.conditions.kinds import Crisis
from forecast.scenarios.crisis_paths import CrisisPaths
from forecast.scenarios.pins import oil_pins
from forecast.scenarios.relative import Start
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.simulate import crises_under, ensemble_of
from forecast.stress.chances import Trial, flat

FloatArray = NDArray[np.float64]

PRICES, SEVERITIES = 21, 11


def stress_map_of(
    trial: Trial, prices_usd: Sequence[float], severities: Sequence[float], *, episode: str, start: Start
) -> StressMap:
    """P(target) and its error for every price held flat and every severity, all on the same draws.

    Each cell is what the scenario with both conditions gives. With a base that says nothing itself, prices are met
    once each and crises drawn once for each severity.

    Raises:
        ScenarioError: there is no such episode, or it would begin in months that are known.
    """
    grades = tuple(Crisis(episode, start, severity) for severity in severities)
    if trial.base.conditions:
        found = side_by_side(lambda price: [trial.chance(flat(price), crisis) for crisis in grades], tuple(prices_usd))
    else:
        common = trial.prepared.common
        drawn = [crises_under(common, Scenario("crisis", conditions=(crisis,))) for crisis in grades]
        found = side_by_side(lambda price: _cells(trial, price, drawn), tuple(prices_usd))
    return StressMap(
        episode=episode,
        start=format_month(trial.begins(start)),
        price_usd=tuple(prices_usd),
        severity=tuple(severities),
        chance=tuple(tuple(chance for chance, _ in cells) for cells in found),
        error=tuple(tuple(error for _, error in cells) for cells in found),
    )


def default_prices(today_usd: float) -> tuple[float, ...]:
    """21 prices from some half to some twice today's, on round numbers evenly apart in logs."""
    low, high = 0.5 * today_usd, 2.0 * today_usd
    return tuple(float(f"{price:.3g}") for price in np.geomspace(low, high, PRICES))


def default_severities() -> tuple[float, ...]:
    """0 to twice the episode as measured, in steps of a fifth."""
    return tuple(round(0.2 * i, 1) for i in range(SEVERITIES))


def _cells(trial: Trial, price: float, drawn: Sequence[tuple[CrisisPaths, FloatArray]]) -> list[tuple[float, float]]:
    """The row of one price, given the crises of every severity and what is taken off the paths for them."""
    common = trial.prepared.common
    nothing = np.zeros((1, *common.free.flows.shape[1:]))
    pins = oil_pins(common, [flat(price)], trial.prepared.realised_oil)
    moved = common.law.condition(common.free, Pins(pins.values, (), nothing))
    cells = []
    for crises, held in drawn:
        offset = nothing + crises.log_effect[:, :, None] + held
        cells.append(trial.read(ensemble_of(common, moved, offset, crises.start)))
    return cells
