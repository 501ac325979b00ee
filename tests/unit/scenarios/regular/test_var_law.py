"""Scenarios of the Bayesian VAR: every variable answers to every pin, under the same free shocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.models.bvar.forecaster import bvar_joint
from forecast.models.bvar.simulate import simulate_bvar
from forecast.months import Span
from forecast.panel import Driver
from forecast.scenarios.common import CommonDraws, JointPaths, SumPin
from forecast.scenarios.regular.named import common_of
from forecast.scenarios.regular.record_draws import Asked
from forecast.scenarios.regular.var_law import VarLaw
from forecast.series import Series
from tests.unit.models.bvar.cases import START, background, world
from tests.unit.scenarios.regular.cases import log_sum, pins_of

MONTHS, HORIZON, PATHS = 160, 12, 300
ORIGIN = START + MONTHS - 1
YEAR = SumPin((0,), Span(ORIGIN + 1, ORIGIN + 12), np.zeros(1))


def drivers(oil_months: int = MONTHS) -> dict[str, Driver]:
    """Activity is known a month less far."""
    _, oil, activity = world(3, MONTHS + HORIZON)
    return {
        "oil": replace(oil, values=oil.values[:oil_months]),
        "activity": replace(activity, values=activity.values[: MONTHS - 1]),
    }


def asked(known: dict[str, Driver]) -> Asked:
    return Asked("bvar", "AAA", date(2008, 5, 1), ORIGIN, ORIGIN + HORIZON, PATHS, 7, known, background())


def turnover() -> dict[str, Series]:
    return {"turnover": world(3, MONTHS)[0]}


@cache
def common(two: bool = False) -> CommonDraws:
    if not two:
        return common_of(turnover(), asked(drivers()))[0]
    first, second = (replace(world(seed, MONTHS)[0], name=name) for seed, name in ((3, "exports"), (4, "imports")))
    both = Series("turnover", START, 1, first.values + second.values)
    return common_of({"exports": first, "imports": second, "turnover": both}, asked(drivers()))[0]


def moved(condition_on: CommonDraws, free: JointPaths | None = None, **pins: object) -> JointPaths:
    found = pins_of(condition_on, **pins)  # type: ignore[arg-type]
    return condition_on.law.condition(condition_on.free if free is None else free, found)


def test_the_baseline_is_the_forecasters_own_with_oil_and_activity_beside_it() -> None:
    flow = turnover()["turnover"]
    alone = bvar_joint((flow,), HORIZON, paths=PATHS, seed=7, known=drivers(), given={}, background=background())
    np.testing.assert_array_equal(np.exp(common().free.flows), alone.paths)
    assert common().free.oil.shape == (PATHS, HORIZON)
    assert {name: found.shape for name, found in common().free.drivers.items()} == {"activity": (PATHS, HORIZON)}
    assert common().oil_median is not None
    assert moved(common()) is common().free


def test_pins_of_all_kinds_hold_and_are_the_kernels_own() -> None:
    """An oil path with its own width, two months of activity, a month of the flow: one joint correction."""
    law = common().law
    assert isinstance(law, VarLaw)
    oil = common().free.oil - 0.3
    activity = np.full((1, HORIZON), np.nan)
    activity[0, 4:6] = 0.05
    pin = SumPin((0,), Span(ORIGIN + 8, ORIGIN + 8), np.array([6.5]))
    offset = np.full((1, HORIZON, 1), -0.1)
    got = moved(common(), oil=oil, sums=(pin,), offset=offset, activity=activity)
    np.testing.assert_array_equal(got.oil, oil)
    np.testing.assert_array_equal(got.drivers["activity"][:, 4:6], 0.05)
    np.testing.assert_array_equal(got.flows[:, 7, 0], 6.6)
    one = np.full((HORIZON, 3), np.nan)
    one[:, 1], one[4:6, 2], one[7, 0] = oil[11], 0.05, 6.6
    np.testing.assert_allclose(
        simulate_bvar(law.fitted, HORIZON, PATHS, 7, one)[11, :, 0], got.flows[11, :, 0], atol=1e-9
    )


def test_the_same_shocks_meet_every_scenario() -> None:
    """A small move of the pins is a small move of every path; own shocks that are not told of oil stay."""
    near, far = (moved(common(), oil=common().free.oil - size).flows for size in (0.01, 0.02))
    step = near - common().free.flows
    np.testing.assert_allclose(far - common().free.flows, 2.0 * step, atol=1e-9)
    assert np.abs(step).max() < 0.1
    np.testing.assert_array_equal(moved(common(), oil=common().free.oil - 0.01).flows, near)


def test_own_width_keeps_the_width_and_a_certain_path_takes_some() -> None:
    """Half of oil's moves are in the flow."""
    free = common().free.flows[:, -1, 0]
    own = moved(common(), oil=common().free.oil - 0.4).flows[:, -1, 0]
    certain = moved(common(), oil=np.median(common().free.oil, axis=0)[None]).flows[:, -1, 0]
    assert own.std() == pytest.approx(free.std(), rel=0.1)
    assert own.mean() < free.mean() - 0.05
    assert certain.std() < 0.95 * free.std()


def test_paths_that_were_moved_before_stay_moved() -> None:
    """A shock to oil, then a pin of the flow: as both at once, since the law is linear for each path."""
    oil = common().free.oil + 0.2
    pin = SumPin((0,), Span(ORIGIN + 4, ORIGIN + 4), np.array([6.7]))
    shocked = moved(common(), oil=oil)
    again = moved(common(), shocked, oil=oil, sums=(pin,))
    at_once = moved(common(), oil=oil, sums=(pin,))
    np.testing.assert_allclose(again.flows, at_once.flows, atol=1e-9)
    loose = moved(common(), shocked, sums=(pin,))
    np.testing.assert_allclose(loose.flows[:, 3, 0], 6.7, atol=1e-12)
    assert np.abs(loose.oil - oil).mean() < np.abs(moved(common(), sums=(pin,)).oil - oil).mean()


def test_years_and_turnover_hold_beside_months_and_do_not_move_them() -> None:
    two = common(two=True)
    year = SumPin((0, 1), Span(ORIGIN + 1, ORIGIN + 12), np.linspace(9.6, 9.8, PATHS))
    month = SumPin((0,), Span(ORIGIN + 3, ORIGIN + 3), np.array([6.6]))
    both = SumPin((0, 1), Span(ORIGIN + 5, ORIGIN + 5), np.array([7.4]))
    offset = 0.1 * np.cos(np.arange(PATHS * HORIZON * 2)).reshape(PATHS, HORIZON, 2)
    oil = two.free.oil - 0.1
    got = moved(two, oil=oil, sums=(year, month, both), offset=offset)
    np.testing.assert_array_equal(got.oil, oil)
    for pin in (year, month, both):
        expected = np.broadcast_to(pin.log_total, PATHS)
        np.testing.assert_allclose(log_sum(two, got.flows + offset, pin), expected, atol=1e-12)
    assert two.flows == ("exports", "imports")


def test_only_named_shocks_adjust() -> None:
    """A dearer year by oil alone, or by the flow's own shocks, which leave the price as it was."""
    year = SumPin((0,), Span(ORIGIN + 1, ORIGIN + 12), np.median(log_sum(common(), common().free.flows, YEAR)) + 0.1)
    by_oil, by_flow, by_all = (
        moved(common(), sums=(replace(year, log_total=np.atleast_1d(year.log_total)),), adjust=adjust)
        for adjust in (("oil",), ("turnover",), ())
    )
    for got in (by_oil, by_flow, by_all):
        np.testing.assert_allclose(log_sum(common(), got.flows, year), year.log_total, atol=1e-12)
    shift = [np.mean(got.oil - common().free.oil) for got in (by_oil, by_all)]
    assert shift[0] > shift[1] > 0.0
    np.testing.assert_allclose(by_flow.oil[:, 0], common().free.oil[:, 0], atol=1e-12)
    assert np.abs(by_flow.oil - common().free.oil).mean() < 0.2 * shift[0]
    cheap = moved(common(), oil=common().free.oil - 0.3, adjust=("oil",))
    np.testing.assert_allclose(cheap.oil, common().free.oil - 0.3, atol=1e-12)
    assert (cheap.flows.mean(axis=0) < common().free.flows.mean(axis=0)).all()


def test_distance_grows_with_the_square_and_counts_pins() -> None:
    law, middle = common().law, np.median(common().free.oil, axis=0)
    (near, count), (far, _) = law.distance(middle - 0.1, ()), law.distance(middle - 0.2, ())
    assert count == HORIZON
    assert isinstance(near, float)
    assert far == pytest.approx(4.0 * near, rel=0.2)
    flow = common().free.flows[:, -1, 0]
    pin = SumPin((0,), Span(ORIGIN + 12, ORIGIN + 12), np.median(flow) + np.array([0.0, 0.5]))
    q, count = law.distance(np.full(HORIZON, np.nan), (pin,))
    assert count == 1
    assert q[0] == pytest.approx(0.0, abs=0.05)  # type: ignore[index]
    assert q[1] == pytest.approx((0.5 / flow.std()) ** 2, rel=0.25)  # type: ignore[index]


def test_oil_known_less_far_than_the_record_is_drawn_from_its_own_end() -> None:
    late, _ = common_of(turnover(), asked(drivers(MONTHS - 3)))
    assert late.free.oil.shape == (PATHS, HORIZON + 3)
    oil = late.free.oil + 0.1
    got = moved(late, oil=oil)
    np.testing.assert_array_equal(got.oil, oil)
    assert (got.flows.mean(axis=0) > late.free.flows.mean(axis=0)).all()


def test_what_the_model_cannot_do_is_refused_with_the_reason() -> None:
    free = common().free.oil
    with pytest.raises(ScenarioError, match="Ask the structural model"):
        moved(common(), oil=free - 0.1, adjust=("common",))
    with pytest.raises(ScenarioError, match=r"oil of 2008-05 cannot be pinned .* leave it no room"):
        moved(common(), oil=free - 0.1, adjust=("turnover",))
    with pytest.raises(ScenarioError, match=r"does not read 'fx:AAA' here.*it reads oil, activity"):
        moved(common(), **{"fx:AAA": np.zeros((1, HORIZON))})
    month = SumPin((0,), Span(ORIGIN + 2, ORIGIN + 2), np.array([6.0]))
    with pytest.raises(ScenarioError, match="pinned twice"):
        moved(common(), sums=(month, replace(month, log_total=np.array([6.1]))))


def test_a_price_that_does_not_move_is_no_variable_and_the_reason_is_said() -> None:
    flat = drivers() | {"oil": Driver("oil", START, np.where(np.arange(MONTHS) < 20, 40.0 + np.arange(MONTHS), 60.0))}
    flat["oil"].values[20:] += 0.5 * np.cos(np.arange(MONTHS - 20))
    short = {**flat, "oil": Driver("oil", START + 70, flat["oil"].values[70:])}
    bare, said = common_of(turnover(), asked(short))
    assert "left out oil (begins in" in said
    assert bare.free.oil.shape == (PATHS, HORIZON)
    assert bare.oil_median is None
    with pytest.raises(ScenarioError, match=r"does not read 'oil' here \(begins in"):
        moved(bare, oil=bare.free.oil - 0.1)
