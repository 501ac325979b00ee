"""Effects laid over each other: nothing is nothing, months that are known, flows that are not drawn."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.scenarios.conditions.kinds import Crisis, Sanctions, Shift, Shock, Tariff
from tests.unit.scenarios.effects.cases import FIRST, SURE, effect, laid, levels


def test_without_effects_there_is_nothing_to_lay() -> None:
    assert laid().log_effect is None
    assert laid(Crisis(), Shock("oil", 1.0)).log_effect is None
    assert laid(Shift("exports", percent=0.0)).log_effect is None
    assert laid(Shift("exports", usd_bn_a_year=0.0)).log_effect is None


def test_a_start_beyond_the_horizon_changes_nothing() -> None:
    late = FIRST + 30
    found = laid(Shift("exports", percent=-100.0, start=late), Tariff("imports", 0.0, 25.0, start=late))
    assert found.log_effect is None
    assert found.warnings == ()


def test_a_longer_horizon_leaves_the_earlier_months_as_they_are() -> None:
    conditions = (Shift("turnover", usd_bn_a_year=9.0, sd=2.0, over_months=8), Tariff("exports", 0.0, 25.0))
    short, long = (effect(*conditions, on=levels(months=months)) for months in (13, 30))
    assert (short == long[:, :13]).all()


def test_more_paths_append() -> None:
    few, many = (effect(Tariff("exports", 0.0, 25.0), on=levels(paths=paths)) for paths in (3, 9))
    assert (few == many[:3]).all()


def test_another_seed_draws_anew() -> None:
    one, other = (effect(Tariff("exports", 0.0, 25.0), seed=seed) for seed in (1, 2))
    assert (one[:, -1, 0] != other[:, -1, 0]).all()


@pytest.mark.parametrize(
    "condition",
    [
        Shift("exports", percent=1.0, start=FIRST - 1),
        Tariff("exports", 0.0, 25.0, start=FIRST - 12),
        Sanctions("exports", start=FIRST - 1),
    ],
)
def test_months_that_are_known_are_refused(condition: Shift | Tariff | Sanctions) -> None:
    with pytest.raises(ScenarioError, match="known up to 2018-09") as caught:
        laid(Shift("exports", percent=1.0), condition)
    assert caught.value.pointer == "/conditions/1/start"


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        laid(Shift("exports", percent=1.0, start="next-january", until=FIRST))
    assert caught.value.pointer == "/conditions/0/until"


def test_a_flow_that_is_not_drawn_names_those_that_are() -> None:
    for flow, drawn, can in (
        ("exports", ("turnover",), ("turnover",)),
        ("turnover", ("imports",), ("imports",)),
        ("oil", ("exports", "imports"), ("exports", "imports", "turnover")),
    ):
        with pytest.raises(ScenarioError) as caught:
            laid(Shift(flow, percent=1.0), flows=drawn)
        assert caught.value.pointer == "/conditions/0/flow"
        assert caught.value.allowed == can


def test_turnover_alone_takes_conditions_on_turnover() -> None:
    found = laid(Tariff("turnover", 0.0, 25.0, over_months=0, **SURE), flows=("turnover",)).log_effect
    assert found is not None
    assert found == pytest.approx(-2.0 * np.log(1.25))


def test_a_share_beyond_the_whole_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        laid(Sanctions("exports", share=1.5))
    assert caught.value.pointer == "/conditions/0/share"
