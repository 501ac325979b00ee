"""The origin of an oil shock: demand adds, supply takes, and over the past the two add up to nothing."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.data.background import load_background
from forecast.models.oil import OilDensity
from forecast.models.trade_policy import OilOrigin
from forecast.scenarios.conditions.kinds import OIL, Shock
from forecast.scenarios.effects.origin import oil_impulse, origin_effect
from tests.unit.scenarios.effects.cases import FIRST

SURE = OilOrigin(demand_less_supply=0.2, error=0.0, demand_share=0.7, last_lag=2)


def test_the_mean_of_the_move_over_the_lags_by_hand() -> None:
    move = np.array([[0.0, 0.3, 0.3, 0.3, 0.0]])
    demand = origin_effect("demand", move, SURE, paths=1, seed=1)
    assert demand[0] == pytest.approx(0.3 * 0.2 * np.array([0.0, 0.1, 0.2, 0.3, 0.2]))
    supply = origin_effect("supply", move, SURE, paths=1, seed=1)
    assert 0.7 * demand + 0.3 * supply == pytest.approx(0.0, abs=1e-15)
    assert demand - supply == pytest.approx(0.2 * np.array([[0.0, 0.1, 0.2, 0.3, 0.2]]))
    assert not origin_effect("", move, SURE, paths=1, seed=1).any()


def test_the_error_is_drawn_once_a_path() -> None:
    figures = OilOrigin(0.14, 0.09, 0.7, 0)
    found = origin_effect("demand", np.ones((1, 3)), figures, paths=4000, seed=3)
    assert (found[:, 0] == found[:, 2]).all()
    assert found[:, 0].mean() == pytest.approx(0.3 * 0.14, abs=5 * 0.3 * 0.09 / np.sqrt(4000))
    assert found[:, 0].std() == pytest.approx(0.3 * 0.09, rel=5 / np.sqrt(8000))


def test_a_shock_moves_its_month_and_the_next_by_what_carries_over() -> None:
    density = OilDensity(theta=0.25, scale_sd=0.08, df=5.0, last_log=4.0, last_shock=0.0)
    shock = Shock(OIL, 20.0, unit="percent", origin="demand", start=FIRST + 1)
    move = oil_impulse(shock, density, known_to=FIRST - 1, first=FIRST, months=4)
    assert move == pytest.approx(np.log(1.2) * np.array([0.0, 1.0, 1.25, 1.25]))
    early = oil_impulse(shock, density, known_to=FIRST - 1, first=FIRST + 3, months=2)
    assert early == pytest.approx(np.log(1.2) * 1.25), "months before the window count too"
    beyond = oil_impulse(shock, density, known_to=FIRST - 1, first=FIRST, months=1)
    assert not beyond.any()


def test_the_figures_that_travel_are_small_and_uncertain() -> None:
    figures = load_background().oil_origin
    assert 0.0 < figures.demand_less_supply < 0.4
    assert figures.error > 0.04
    assert 0.5 < figures.demand_share < 0.9
    assert figures.last_lag == 6
