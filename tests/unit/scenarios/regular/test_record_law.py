"""Scenarios of records: oil moves flows by the elasticities, widths go with what is known, pins hold on every path."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.models.pool.pool import pool
from forecast.models.regressors import DEEPEST_OIL_LAG, oil_regressors
from forecast.months import Span
from forecast.panel import Driver
from forecast.scenarios.common import CommonDraws, JointPaths, SumPin
from forecast.scenarios.oil_paths import density_paths, median_path
from forecast.scenarios.regular.flows_ahead import each_flow
from forecast.scenarios.regular.record_draws import common_of_records
from tests.unit.scenarios.regular.cases import (
    HORIZON,
    OIL,
    ORIGIN,
    Array,
    asked,
    common_of_two,
    elasticities,
    log_sum,
    pins_of,
    records,
    walk,
    with_zeros,
)

YEAR = Span(ORIGIN + 1, ORIGIN + 12)


@cache
def common() -> CommonDraws:
    return common_of_two()


def moved(condition_on: CommonDraws, **pins: object) -> JointPaths:
    return condition_on.law.condition(condition_on.free, pins_of(condition_on, **pins))  # type: ignore[arg-type]


def year_of(paths: JointPaths, first: int = 0) -> Array:
    return np.asarray(np.log(np.exp(paths.flows[:, first : first + 12]).sum(axis=(1, 2))))


def test_the_baseline_is_the_forecasters_own_and_holds_every_oil_path() -> None:
    found, _ = each_flow(walk)(records(), HORIZON, 2000, 3, {"oil": OIL})
    for f, flow in enumerate(common().flows):
        np.testing.assert_allclose(np.exp(common().free.flows[:, :, f]), found[flow], rtol=1e-14)
    own = density_paths(common().oil_density, paths=2000, months=HORIZON - 2, seed=3)
    np.testing.assert_array_equal(np.sort(common().free.oil, axis=0), np.sort(own, axis=0))
    assert (common().start, common().record_end, common().past_usd_bn.shape) == (12 * 2008, ORIGIN, (2000, 24, 2))
    assert not common().crises.log_effect.any()
    assert (common().crises.start == -1).all()
    bare, _ = common_of_records(each_flow(walk), records(), asked())
    np.testing.assert_array_equal(bare.free.oil, own)
    np.testing.assert_array_equal(bare.free.flows, common().free.flows)


def test_nothing_pinned_gives_the_same_paths() -> None:
    assert moved(common()) is common().free


def test_an_oil_path_moves_flows_by_each_paths_elasticities() -> None:
    move = np.linspace(-0.1, -0.6, common().free.oil.shape[1])
    got = moved(common(), oil=common().free.oil + move)
    behind = np.zeros(DEEPEST_OIL_LAG + 2)  # two prices of the months ahead are known
    regressors = oil_regressors(np.concatenate([behind, move]))
    expected = np.einsum("hg,pkg->phk", regressors, elasticities(2000, 2))
    np.testing.assert_allclose(got.flows - common().free.flows, expected, atol=1e-12)
    np.testing.assert_allclose(got.oil - common().free.oil, np.broadcast_to(move, got.oil.shape), atol=1e-12)


def test_a_certain_oil_path_takes_oils_part_of_the_width_and_its_own_width_keeps_it() -> None:
    """The part is the variance of what oil does to the year's sum, by each path's elasticities."""
    median = median_path(common().oil_density, common().free.oil.shape[1])
    certain = moved(common(), oil=median[None])
    assert (certain.oil == median).all()
    free, left = year_of(common().free, 12), year_of(certain, 12)
    se = np.sqrt(2 / 2000) * free.var()
    assert (free - left).var() > 10 * se
    assert free.var() - left.var() == pytest.approx((free - left).var(), abs=5 * se)
    own = moved(common(), oil=common().free.oil - 0.4)
    assert year_of(own, 12).var() == pytest.approx(free.var(), abs=5 * se)
    assert year_of(own, 12).mean() < free.mean() - 0.1


def test_some_certain_months_of_oil_move_the_others_by_the_density() -> None:
    """A price pinned half a year ahead draws the months before it towards it, and all after it along."""
    m = common().free.oil.shape[1]
    pin = np.full((1, m), np.nan)
    pin[0, 5] = np.log(30.0)
    got = moved(common(), oil=pin)
    assert (got.oil[:, 5] == np.log(30.0)).all()
    move = got.oil - common().free.oil
    np.testing.assert_allclose(move[:, 6:] / move[:, 5:6], 1.0, atol=0.1)
    assert ((move[:, 2] / move[:, 5] > 0.4) & (move[:, 2] / move[:, 5] < 0.7)).all()


def test_pinned_months_and_years_hold_on_every_path_beside_an_oil_path_and_offsets() -> None:
    offset = 0.2 * np.sin(np.arange(2000 * HORIZON * 2)).reshape(2000, HORIZON, 2)
    sums = (
        SumPin((0,), Span(ORIGIN + 2, ORIGIN + 2), np.array([1.5])),
        SumPin((0, 1), YEAR, np.linspace(5.0, 5.5, 2000)),
        SumPin((0, 1), Span(ORIGIN + 15, ORIGIN + 15), np.array([3.0])),
    )
    oil = common().free.oil - 0.3
    got = moved(common(), oil=oil, sums=sums, offset=offset)
    np.testing.assert_allclose(got.oil, oil, atol=1e-13)
    for pin in sums:
        np.testing.assert_allclose(
            log_sum(common(), got.flows + offset, pin), np.broadcast_to(pin.log_total, 2000), atol=1e-12
        )


def test_a_higher_year_goes_with_dearer_oil_and_more_trade_after_it() -> None:
    total = np.array([float(np.median(year_of(common().free))) + 0.2])
    got = moved(common(), sums=(SumPin((0, 1), YEAR, total),))
    low = moved(common(), sums=(SumPin((0, 1), YEAR, total - 0.4),))
    assert (got.oil.mean(axis=0) > low.oil.mean(axis=0)).all()
    assert (got.flows.mean(axis=0) > low.flows.mean(axis=0)).all()
    only_oil = moved(common(), sums=(SumPin((0, 1), YEAR, total),), adjust=("oil",))
    only_rest = moved(common(), sums=(SumPin((0, 1), YEAR, total),), adjust=("exports", "imports"))
    np.testing.assert_array_equal(only_rest.oil, common().free.oil)
    assert (only_oil.oil.mean(axis=0) > got.oil.mean(axis=0)).all()
    assert year_of(only_oil) == pytest.approx(total[0], abs=1e-12)


def test_what_cannot_be_met_is_refused_by_name() -> None:
    month = SumPin((0,), Span(ORIGIN + 2, ORIGIN + 2), np.array([1.0]))
    cases = {
        "cannot tell the shocks of exports and imports apart": {"sums": (month,), "adjust": ("exports",)},
        "knows no shock 'imprts'": {"sums": (month,), "adjust": ("imprts",)},
        "oil shock may not adjust": {"oil": common().free.oil - 0.1, "adjust": ("exports", "imports")},
        "pinned twice, to different values": {"sums": (month, replace(month, log_total=np.array([2.0])))},
        "months drawn are 2010-01/2011-12": {"sums": (replace(month, span=Span(ORIGIN, ORIGIN)),)},
        "together with the rest": {"sums": (month, SumPin((0,), Span(month.span.start, ORIGIN + 3), np.zeros(1)))},
        "reads no driver 'activity'": {"activity": np.ones((1, HORIZON))},
    }
    for words, pins in cases.items():
        with pytest.raises(ScenarioError, match=words):
            moved(common(), **pins)
    bare, _ = common_of_records(each_flow(walk), records(), asked())
    with pytest.raises(ScenarioError, match="ask the structural model"):
        moved(bare, oil=bare.free.oil - 0.1)
    held = moved(bare, oil=bare.free.oil, sums=(month,))
    np.testing.assert_array_equal(held.oil, bare.free.oil)
    assert (held.flows[:, 1, 0] == 1.0).all()


def test_months_without_trade_stay_so_unless_they_are_pinned_themselves() -> None:
    some, _ = common_of_records(each_flow(with_zeros), records(), asked(), elasticities(2000, 2))
    second = np.exp(some.free.flows[:, 1])
    dead = second < 1e-12
    assert dead.any()
    assert np.abs(np.exp(some.free.flows)).min() < 1e-12
    year = SumPin((0, 1), YEAR, np.array([5.0]))
    got = moved(some, oil=some.free.oil + 0.2, sums=(year,))
    assert (np.exp(got.flows[:, 1])[dead] < 1e-12).all()
    np.testing.assert_allclose(log_sum(some, got.flows, year), 5.0, atol=1e-12)
    assert np.abs(got.flows[:, 2:] - some.free.flows[:, 2:]).max() < 3.0
    month = SumPin((0,), Span(ORIGIN + 2, ORIGIN + 2), np.array([1.0]))
    assert (moved(some, sums=(month,)).flows[:, 1, 0] == 1.0).all()


def test_one_flow_alone_and_oil_known_to_the_horizon_or_not_to_the_record() -> None:
    turnover = {"turnover": records()["turnover"]}
    for months, horizon in ((0, 2), (5, HORIZON)):
        oil = Driver("oil", OIL.start, OIL.values[: len(OIL.values) - months])
        one, _ = common_of_records(
            each_flow(walk), turnover, asked(paths=300, oil=oil, horizon=horizon), elasticities(300, 1)
        )
        assert one.flows == ("turnover",)
        assert one.free.oil.shape == (300, horizon - 2 + months)
        pin = SumPin((0,), Span(ORIGIN + 1, ORIGIN + 2), np.array([2.0]))
        got = moved(one, sums=(pin,))
        np.testing.assert_allclose(log_sum(one, got.flows, pin), 2.0, atol=1e-12)
        dearer = moved(one, oil=one.free.oil + 0.1)
        assert (dearer.flows > one.free.flows).any() == bool(one.free.oil.shape[1])


def test_distance_of_oil_is_that_of_its_density_and_sums_add_to_it() -> None:
    m = common().free.oil.shape[1]
    median = median_path(common().oil_density, m)
    none = np.full(m, np.nan)
    effect = np.tril(np.full((m, m), 1.0 + common().oil_density.theta), -1) + np.eye(m)
    far = np.linalg.solve(effect, np.full(m, -0.3)) / common().oil_density.shock_sd
    q, count = common().law.distance(median - 0.3, ())
    assert (q, count) == (pytest.approx(float(far @ far)), m)
    low = SumPin((0, 1), YEAR, np.array([float(np.median(year_of(common().free))) - 0.3]))
    alone, _ = common().law.distance(none, (low,))
    cheap, _ = common().law.distance(median - 0.3, (low,))
    z = 0.3 / float(year_of(common().free).std())
    assert alone == pytest.approx(z**2, rel=0.2)
    assert q < cheap < q + alone, "a low year is less surprising when oil is cheap"


def test_the_pool_speaks_under_conditions() -> None:
    one, said = common_of_records(
        each_flow(pool), {"turnover": records()["turnover"]}, asked("pool", paths=300), elasticities(300, 1)
    )
    assert "pool of" in said
    cheap = moved(one, oil=one.free.oil - 0.5)
    assert year_of(cheap).mean() < year_of(one.free).mean() - 0.05
