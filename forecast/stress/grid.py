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
    once each and the crisis, which scales with its severity, is drawn once.

    Raises:
        ScenarioError: there is no such episode, or it would begin in months that are known.
    """
    row = _cells_by_scenario if trial.base.conditions else _cells_at_once
    found = side_by_side(lambda price: row(trial, price, tuple(severities), Crisis(episode, start)), tuple(prices_usd))
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


def _cells_by_scenario(
    trial: Trial, price: float, severities: tuple[float, ...], crisis: Crisis
) -> list[tuple[float, float]]:
    return [trial.chance(flat(price), Crisis(crisis.episode, crisis.start, severity)) for severity in severities]


def _cells_at_once(
    trial: Trial, price: float, severities: tuple[float, ...], crisis: Crisis
) -> list[tuple[float, float]]:
    common = trial.prepared.common
    nothing = np.zeros((1, *common.free.flows.shape[1:]))
    pins = oil_pins(common, [flat(price)], common.free, trial.prepared.realised_oil)
    moved = common.law.condition(common.free, Pins(pins.values, (), nothing))
    drawn, held = crises_under(common, Scenario("crisis", conditions=(crisis,)))
    cells = []
    for severity in severities:
        offset = nothing + severity * drawn.log_effect[:, :, None] + held
        cells.append(trial.read(ensemble_of(common, moved, offset, drawn.start)))
    return cells
