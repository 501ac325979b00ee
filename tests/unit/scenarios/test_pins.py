"""Pins of flows and sums: met on every path, jointly with oil, and refused where they cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.evaluation.targets import reach_over_span
from forecast.months import Span, month
from forecast.scenarios.conditions.kinds import (
    OIL,
    Between,
    Condition,
    Crisis,
    Hazard,
    Percent,
    Pinned,
    Quantile,
    Ramp,
    Realised,
    Replay,
    Shift,
    Shock,
    Tariff,
    Total,
    Uncertain,
    Values,
)
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.simulate import simulate_on
from tests.exact.cases import common_draws, oil, played

JANUARY, DECEMBER = month(2019, 1), month(2019, 12)
YEAR = Span(JANUARY, DECEMBER)


def column(when: int) -> int:
    return when - common_draws().start


def pinned(driver: str, form: object, start: int | None = JANUARY, **more: object) -> Pinned:
    return Pinned(driver, form, start, **{"width": "none"} | more)  # type: ignore[arg-type]


def test_a_flow_is_pinned_month_by_month_and_the_others_follow() -> None:
    free, found = played(), played(pinned("exports", Values((5.5, 6.0)), until=month(2019, 2)))
    np.testing.assert_allclose(found.flow("exports")[:, column(JANUARY)], 5.5, rtol=1e-12)
    np.testing.assert_allclose(found.flow("exports")[:, column(JANUARY) + 1], 6.0, rtol=1e-12)
    spread = [np.log(e.flow("exports")[:, column(month(2019, 3))]).std() for e in (found, free)]
    assert spread[0] < 0.9 * spread[1], "the next month is known better"
    assert np.ptp(found.flow("imports")[:, column(JANUARY)]) > 1.0
    np.testing.assert_array_equal(found.values_usd_bn[:, : column(month(2018, 10))], free.values_usd_bn[:, :21])


@pytest.mark.parametrize("total", [80.0, 140.0])
def test_a_year_s_sum_is_met_by_months_that_drift_there(total: float) -> None:
    found = played(pinned("turnover", Total(total, YEAR), None))
    months = found.flow("turnover")[:, column(JANUARY) :]
    np.testing.assert_allclose(months.sum(axis=1), total, rtol=1e-10)
    usual = np.median(played().flow("turnover")[:, column(JANUARY) :], axis=0)
    away = np.log(np.median(months, axis=0) / usual) * np.sign(total - 115)
    assert away[0] > 0.0
    assert (np.diff(away[::3]) > 0).all(), "further from the usual season month by month"
    oil = [np.median(e.oil_usd[:, -1]) for e in (found, played())]
    assert (oil[0] < oil[1]) == (total < 115), "a poor year is one of cheap oil"


def test_a_target_at_the_pinned_value_is_met_whichever_way() -> None:
    """Rounding decides nothing."""
    ensemble = played(pinned("exports", Total(60.0, YEAR), None))
    assert (reach_over_span(ensemble, "exports", 60.0, YEAR, 0.0).first >= 0).all()
    assert (reach_over_span(ensemble, "exports", 60.0, YEAR, 0.0, at_most=True).first >= 0).all()
    inside = played(pinned(OIL, Ramp(45.0), None), Between(OIL, 45.0, 45.0))
    assert inside.weights is not None
    np.testing.assert_allclose(inside.weights, 1 / 1000)


def test_an_earlier_shock_does_not_move_a_path_that_is_pinned_later() -> None:
    later = Pinned(OIL, Ramp(60.0), JANUARY)
    shocked = played(later, Shock(OIL, 3.0, start=month(2018, 11)))
    np.testing.assert_allclose(shocked.oil_usd[:, -12:], played(later).oil_usd[:, -12:], rtol=1e-9)
    assert np.median(shocked.oil_usd[:, column(month(2018, 11))]) > 70.0


def test_pins_that_take_a_price_beyond_all_bounds_are_refused() -> None:
    with pytest.raises(ScenarioError, match="let more shocks adjust"):
        played(pinned("exports", Ramp(14.0), adjust=("oil",)))
    with pytest.raises(ScenarioError, match="cannot move it"):
        played(Pinned(OIL, Ramp(45.0), adjust=("exports",)))


@pytest.mark.parametrize("count", [1, 8])
def test_effects_that_compound_beyond_all_bounds_are_refused(count: int) -> None:
    """One takes a flow beyond what is possible, eight beyond what a number can hold."""
    huge = Tariff("exports", 1000.0, 0.0, pass_through=Uncertain(1.5), elasticity=Uncertain(30.0), over_months=0)
    with pytest.raises(ScenarioError, match="beyond the 100,000"):
        played(*[huge] * count)


def test_what_may_adjust_is_what_the_plausibility_counts() -> None:
    """All shocks lie nearer to a pin than some of them."""

    def distance(*adjust: str) -> float:
        pin = pinned("turnover", Total(100.0, YEAR), None, adjust=adjust)
        return simulate_on(common_draws(), Scenario("x", conditions=(pin,)), realised_oil=oil()).plausibility.q

    every, of_oil, of_flows = distance(), distance("oil"), distance("exports", "imports", "common")
    assert every < of_oil
    assert every < of_flows


def test_what_is_known_of_a_sum_is_taken_off() -> None:
    found = played(pinned("turnover", Total(108.0, Span(month(2018, 1), month(2018, 12))), None))
    year = slice(column(month(2018, 1)), column(JANUARY))
    np.testing.assert_allclose(found.flow("turnover")[:, year].sum(axis=1), 108.0, rtol=1e-10)
    known = slice(0, column(month(2018, 10)))
    np.testing.assert_array_equal(found.values_usd_bn[:, known], played().values_usd_bn[:, known])


def test_own_width_moves_the_middle_and_keeps_the_spread() -> None:
    free, found = played(), played(pinned("turnover", Total(100.0, YEAR), None, width="own"))
    sums = [np.log(e.flow("turnover")[:, column(JANUARY) :].sum(axis=1)) for e in (free, found)]
    assert np.median(sums[1]) == pytest.approx(np.log(100.0), abs=1e-6)
    np.testing.assert_allclose(sums[1] - np.median(sums[1]), sums[0] - np.median(sums[0]), atol=1e-6)


def test_percent_and_replay_of_a_flow_keep_its_season() -> None:
    before = played().flow("imports")[:, column(month(2017, 10)) : column(month(2018, 10))]
    up = played(pinned("imports", Percent(10.0), None)).flow("imports")[:, column(month(2018, 10)) :]
    np.testing.assert_allclose(up[:, :11], 1.1 * before[:, :11], rtol=1e-6)
    with pytest.raises(ScenarioError, match="copies 2016"):
        played(pinned("imports", Replay(Span(month(2016, 1), month(2016, 12))), None))


def test_a_quantile_of_a_flow_lies_where_it_says() -> None:
    free = played().flow("exports")[:, column(month(2018, 10)) :]
    low = played(pinned("exports", Quantile(0.2), None)).flow("exports")[:, column(month(2018, 10)) :]
    np.testing.assert_allclose((free <= low * (1 + 1e-9)).mean(axis=0), 0.2, atol=0.002)


def test_oil_and_a_flow_are_met_together() -> None:
    found = played(pinned(OIL, Ramp(45.0), None), pinned("turnover", Total(120.0, YEAR), None))
    np.testing.assert_allclose(found.oil_usd[:, -1], 45.0, rtol=1e-9)
    np.testing.assert_allclose(found.flow("turnover")[:, column(JANUARY) :].sum(axis=1), 120.0, rtol=1e-10)


def test_a_pin_holds_under_a_crisis_and_a_shift() -> None:
    total = pinned("turnover", Total(110.0, YEAR), None)
    found = played(total, Crisis("2008-09", JANUARY), Shift("exports", percent=10.0))
    np.testing.assert_allclose(found.flow("turnover")[:, column(JANUARY) :].sum(axis=1), 110.0, rtol=1e-10)


def test_a_pinned_boom_makes_a_crisis_less_likely_and_a_pinned_slump_more() -> None:
    """Against the naive twin: free paths near the sum, which show the crises that go with it."""
    free = played(paths=20_000)
    sums = np.log(free.flow("turnover")[:, column(JANUARY) :].sum(axis=1))
    for total in (90.0, 140.0):
        found = played(pinned("turnover", Total(total, YEAR), None), paths=20_000)
        assert found.weights is not None
        share = found.weights[found.crisis_start >= 0].sum()
        near = np.abs(sums - np.log(total)) < 0.03
        naive = (free.crisis_start[near] >= 0).mean()
        assert abs(share - naive) < 5 * np.sqrt(naive * (1 - naive) / near.sum()) + 0.01, (share, naive)


def test_pins_that_hardly_any_crisis_explains_ask_what_else_happens() -> None:
    far = pinned("exports", Ramp(1.0), None)
    with pytest.raises(ScenarioError, match="hazard = 0"):
        played(far)
    np.testing.assert_allclose(played(far, Hazard(0.0)).flow("exports")[:, column(JANUARY)], 1.0, rtol=1e-10)


def test_only_named_shocks_adjust() -> None:
    free = played()
    oil_only = played(pinned("turnover", Total(100.0, YEAR), None, adjust=("oil",)))
    flows_only = played(pinned("turnover", Total(100.0, YEAR), None, adjust=("exports", "imports", "common")))
    for found in (oil_only, flows_only):
        np.testing.assert_allclose(found.flow("turnover")[:, column(JANUARY) :].sum(axis=1), 100.0, rtol=1e-10)
    np.testing.assert_array_equal(flows_only.oil_usd, free.oil_usd)
    assert np.median(oil_only.oil_usd[:, -6]) < 0.9 * np.median(free.oil_usd[:, -6])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((pinned("turnover", Total(60.0, Span(month(2018, 1), month(2018, 12))), None),), "known by 2018-09 already"),
        ((pinned("turnover", Total(60.0, Span(month(2016, 1), month(2018, 12))), None),), "begins in 2017-01 or later"),
        ((pinned("turnover", Total(60.0, Span(JANUARY, month(2030, 1))), None),), "horizon"),
        ((pinned("exports", Ramp(5.0), month(2018, 9)),), "known up to 2018-09"),
        ((pinned("exports", Realised(), None),), "none of the months asked has been realised"),
        ((pinned("fx:RUS", Ramp(70.0)),), "bvar"),
        ((pinned("exports", Ramp(5.0), adjust=("oil",)), pinned("imports", Ramp(5.0))), "same 'adjust'"),
        ((pinned("exports", Values((5.0, 9.0)), until=month(2019, 2), adjust=("imports",)),), "imports"),
    ],
)
def test_pins_that_cannot_be_met_say_why(given: tuple[Condition, ...], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        played(*given)
