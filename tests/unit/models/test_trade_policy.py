"""Trade policy: what is asked for and not there."""

from __future__ import annotations

import pytest

from forecast.data.background import load_background
from forecast.errors import ScenarioError
from forecast.models.trade_policy import TradePolicy


def test_every_default_that_effects_ask_for_is_there() -> None:
    policy = load_background().policy
    for quantity in ("pass_through", "elasticity", "diversion", "over_months"):
        assert policy.figure(quantity, "tariff").source
    for kind in ("trade", "financial", "secondary"):
        assert policy.figure("loss_percent", kind).basis == "measured"
    for quantity in ("diversion", "over_months"):
        assert policy.figure(quantity, "sanctions").source
    assert all(f.low <= f.mean <= f.high and f.sd >= 0.0 for f in policy.figures.values())


def test_a_default_that_is_not_there() -> None:
    with pytest.raises(ScenarioError, match="give it in the condition"):
        TradePolicy().figure("elasticity", "tariff")


def test_composition_turns_with_the_pair() -> None:
    here, there = (load_background().composition_of(pair) for pair in ("CHN-RUS", "RUS-CHN"))
    assert here is not None
    assert there is not None
    assert here.value_usd_bn["imports", 2017, "wood"] == there.value_usd_bn["exports", 2017, "wood"]
    assert load_background().composition_of("USA-MEX") is None
