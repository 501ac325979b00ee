"""Shocks: the size that is said, and the rest by the model's own law."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.months import month
from forecast.scenarios.conditions.kinds import OIL, Shock
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.shocks import sizes
from forecast.scenarios.simulate import simulate_on
from tests.exact.cases import FloatArray, common_draws, oil, played

AHEAD = month(2018, 10) - month(2017, 1)


def effect(shock: Shock) -> tuple[FloatArray, FloatArray]:
    """What a shock does to log oil (p, months) and log flows (p, months, 2) after the record."""
    free, found = played(), played(shock)
    flows = np.log(found.values_usd_bn / free.values_usd_bn)[:, AHEAD:, :2]
    return np.log(found.oil_usd / free.oil_usd)[:, AHEAD:], flows


def test_an_oil_shock_moves_every_path_alike_and_carries_over() -> None:
    density = common_draws().oil_density
    moved, flows = effect(Shock(OIL, -2.0))
    np.testing.assert_allclose(moved[:, 0], -2.0 * density.shock_sd, atol=1e-12)
    np.testing.assert_allclose(moved[:, 1:], -2.0 * density.shock_sd * (1 + density.theta), atol=1e-12)
    assert flows[:, -1, 1].mean() < -0.03, "imports from an oil exporter"


def test_per_cent_is_of_the_month_and_months_before_stay() -> None:
    moved, flows = effect(Shock(OIL, 30.0, "percent", start=month(2019, 1)))
    np.testing.assert_allclose(moved[:, :3], 0.0, atol=1e-12)
    np.testing.assert_allclose(moved[:, 3], np.log(1.3), atol=1e-12)
    np.testing.assert_allclose(flows[:, :3], 0.0, atol=1e-12)


def test_origin_is_what_trade_does_beside_the_price() -> None:
    """Demand takes more of trade with it than the average shock, supply less; the price is the same."""
    each = {origin: effect(Shock(OIL, -2.0, origin=origin)) for origin in ("", "supply", "demand")}  # type: ignore[arg-type]
    for moved, _ in each.values():
        np.testing.assert_array_equal(moved, each[""][0])
    last = {origin: flows[:, -1].mean() for origin, (_, flows) in each.items()}
    assert last["demand"] < last[""] < last["supply"]


def test_a_flow_shock_moves_its_month_and_lasts_in_part() -> None:
    moved, flows = effect(Shock("exports", -10.0, "percent"))
    np.testing.assert_allclose(moved, 0.0, atol=1e-12)
    np.testing.assert_allclose(flows[:, 0, 0], np.log(0.9), atol=1e-10)
    later = flows[:, 1:, 0].mean(axis=0)
    assert (later < 0).all()
    assert later[0] > np.log(0.9) * 0.9


def test_sizes_are_the_plausibility() -> None:
    shocks = [Shock(OIL, -2.0), Shock("imports", 1.5, start=month(2019, 3))]
    np.testing.assert_allclose(sizes(common_draws(), shocks), [-2.0, 1.5])
    drawn = simulate_on(common_draws(), Scenario("two", conditions=tuple(shocks)), realised_oil=oil())
    assert drawn.plausibility.q == pytest.approx(6.25)
    assert drawn.plausibility.dof == 2


def test_what_is_known_cannot_be_shocked_and_beyond_the_horizon_nothing_moves() -> None:
    for driver in (OIL, "imports"):
        with pytest.raises(ScenarioError, match="2018-09"):
            played(Shock(driver, 1.0, start=month(2018, 9)))
        moved, flows = effect(Shock(driver, 1.0, start=month(2030, 1)))
        assert not moved.any()
        assert not flows.any()
