"""Tariffs: the value by hand, shares, steps, defaults, and trade that turns here."""

from __future__ import annotations

from datetime import date
from math import log

import numpy as np
import pytest

from forecast.data.background import load_background
from forecast.errors import ScenarioError
from forecast.scenarios.conditions.kinds import Tariff, Uncertain
from tests.unit.scenarios.effects.cases import FIRST, SURE, effect, laid, levels


def test_ten_to_twenty_five_per_cent_by_hand() -> None:
    found = effect(Tariff("exports", 10.0, 25.0, over_months=0, **SURE))
    assert found[:, :, 0] == pytest.approx(-2.0 * log(1.25 / 1.10))
    assert not found[:, :, 1].any()


def test_what_the_buyer_does_not_bear_lowers_the_price_before_duty() -> None:
    half = Tariff("exports", 10.0, 25.0, pass_through=Uncertain(0.5), elasticity=Uncertain(2.0), over_months=0)
    assert effect(half)[0, 0, 0] == pytest.approx(-(2.0 * 0.5 + 0.5) * log(1.25 / 1.10))
    none = Tariff("exports", 10.0, 25.0, pass_through=Uncertain(0.0), elasticity=Uncertain(2.0), over_months=0)
    assert effect(none)[0, 0, 0] == pytest.approx(-log(1.25 / 1.10)), "the price alone"


def test_a_share_of_the_flow_and_steps() -> None:
    found = effect(Tariff("exports", 0.0, 25.0, share=0.4, over_months=5, start=FIRST + 1, **SURE))[0, :, 0]
    for step in range(1, 6):
        assert np.exp(found[step]) == pytest.approx(0.6 + 0.4 * 1.25 ** (-2.0 * step / 5.0))
    assert found[0] == 0.0
    assert found[6:] == pytest.approx(found[5])


def test_steps_one_after_the_other_are_one_step() -> None:
    steps = Tariff("exports", 10.0, 25.0, over_months=0, **SURE), Tariff("exports", 25.0, 15.0, over_months=0, **SURE)
    one = Tariff("exports", 10.0, 15.0, over_months=0, **SURE)
    assert effect(*steps) == pytest.approx(effect(one), abs=1e-14)
    assert effect(*steps)[0, 0, 0] < 0.0


def test_trade_that_others_lose_turns_here() -> None:
    paths = levels()
    diverting = Tariff(
        "imports", 0.0, 25.0, over_months=0, lost_from_usd_bn_a_year=14.0, diversion=Uncertain(0.3), **SURE
    )
    gained = (paths * np.exp(effect(diverting, on=paths)) - paths)[:, :, 1]
    assert gained[:, :12].sum(axis=1) == pytest.approx(0.3 * 14.0 * (1.0 - 1.25**-2), rel=1e-12)


def test_defaults_are_those_of_the_table_and_phase_in_over_its_months() -> None:
    policy = load_background().policy
    months = round(policy.figure("over_months", "tariff").mean)
    found = effect(Tariff("exports", 0.0, 25.0), on=levels(paths=3000))[:, :, 0]
    elasticity, carried = policy.figure("elasticity", "tariff"), policy.figure("pass_through", "tariff")
    mean = -log(1.25) * (elasticity.mean * carried.mean + 1.0 - carried.mean)
    assert found[:, months].mean() == pytest.approx(mean, rel=0.08)  # bounds of the draws move it a little
    assert found[:, months].std() == pytest.approx(elasticity.sd * carried.mean * log(1.25), rel=0.1)
    assert found[:, 0] == pytest.approx(found[:, months] / months)
    assert found[:, months - 1] == pytest.approx(found[:, months])


def test_all_tariffs_of_a_scenario_meet_the_same_world() -> None:
    both = effect(Tariff("exports", 0.0, 25.0), Tariff("imports", 0.0, 25.0), on=levels(paths=50))
    assert (both[:, :, 0] == both[:, :, 1]).all()


def test_defaults_from_after_the_day_are_named() -> None:
    told = laid(Tariff("exports", 10.0, 25.0), as_of=date(2018, 10, 12)).warnings
    assert len(told) == 1
    assert "elasticity (tariff)" in told[0]
    assert "diversion" not in told[0]
    assert laid(Tariff("exports", 10.0, 25.0, **SURE), as_of=date(2018, 10, 12)).warnings == ()


def test_an_elasticity_below_zero_or_an_impossible_rate_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        laid(Tariff("exports", 10.0, 25.0, elasticity=Uncertain(-2.0)))
    assert caught.value.pointer == "/conditions/0/elasticity"
    with pytest.raises(ScenarioError) as caught:
        laid(Tariff("exports", 10.0, -100.0))
    assert caught.value.pointer == "/conditions/0/to_percent"
