"""Scenarios put together in Python: as a document would say it, immutable, with names; sets with odds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecast.errors import ScenarioError, SchemaError
from forecast.months import Span, month
from forecast.scenarios.algebra import (
    baseline,
    crisis,
    exports,
    hazard,
    imports,
    odds,
    oil,
    path,
    sanctions,
    shift,
    shock,
    tariff,
    turnover,
    within,
)
from forecast.scenarios.conditions.kinds import Condition, Uncertain
from forecast.scenarios.conditions.reading.condition import parse_condition
from forecast.scenarios.mixture import mixture_weights, scenario_set
from forecast.scenarios.scenario import BASELINE, Scenario, parse_scenario, scenario_fields

PATH = {"kind": "path", "driver": "oil"}


@pytest.mark.parametrize(
    ("condition", "document"),
    [
        (oil(hold=45), PATH | {"hold": 45}),
        (oil(values=np.array([50.0, 55.0]), start=month(2018, 10)), PATH | {"values": [50, 55], "start": "2018-10"}),
        (oil(replay=Span(month(2014, 7), month(2016, 1))), PATH | {"replay": "2014-07/2016-01"}),
        (exports(hold=np.float32(4)), {"kind": "path", "driver": "exports", "hold": 4}),
        (imports(percent=5, over_months=6), {"kind": "path", "driver": "imports", "percent": 5, "over_months": 6}),
        (turnover(total=110, span="2019"), {"kind": "path", "driver": "turnover", "total": 110, "span": "2019"}),
        (path("fx:RUS", hold=70), {"kind": "path", "driver": "fx:RUS", "hold": 70}),
        (within("oil", low=40, high=60), {"kind": "range", "driver": "oil", "low": 40, "high": 60}),
        (shock("oil", sd=-2, origin="demand"), {"kind": "shock", "driver": "oil", "sd": -2, "origin": "demand"}),
        (crisis("2008-09", severity=0.8), {"kind": "crisis", "episode": "2008-09", "severity": 0.8}),
        (crisis(), {"kind": "crisis"}),
        (hazard(3), {"kind": "crisis", "hazard": 3}),
        (shift("exports", percent=10), {"kind": "shift", "flow": "exports", "percent": 10}),
        (
            tariff("exports", 10, 25, share=0.5, elasticity=Uncertain(2.0, 1.0)),
            {"kind": "tariff", "flow": "exports", "from_percent": 10, "to_percent": 25, "share": 0.5}
            | {"elasticity": {"mean": 2, "sd": 1}},
        ),
        (sanctions("imports", "secondary"), {"kind": "sanctions", "flow": "imports", "type": "secondary"}),
        (odds("oil >= 80 in 2019", 0.3), {"kind": "odds", "event": "oil >= 80 in 2019", "probability": 0.3}),
    ],
)
def test_each_function_says_what_a_document_says(condition: Condition, document: dict[str, object]) -> None:
    assert condition == parse_condition(document)


def test_mistakes_are_those_of_a_document() -> None:
    for call, pointer in (
        (lambda: oil(hold=4500), "/hold"),
        (lambda: exports(holds=4), "/holds"),
        (lambda: exports(driver="oil", hold=45), ""),
        (lambda: crisis(start="soon"), "/start"),
        (lambda: turnover(total=110), "/span"),
        (lambda: shock("oil", sd=True), "/sd"),
    ):
        with pytest.raises(SchemaError) as caught:
            call()
        assert caught.value.pointer == pointer


def test_adding_gives_a_new_scenario() -> None:
    found = baseline + oil(hold=45) + crisis("2008-09", severity=0.8)
    assert baseline == BASELINE
    assert baseline.conditions == ()
    assert found.conditions == (oil(hold=45), crisis("2008-09", severity=0.8))
    assert found.name == "oil-hold-45-crisis-2008-09-times-0-8"
    assert found.title.startswith("Brent holds at 45 USD")
    assert oil(hold=45) + baseline == baseline + oil(hold=45)
    assert baseline + baseline == BASELINE
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found + 45  # type: ignore[operator]


def test_named_scenarios_join_their_names_and_drop_their_odds() -> None:
    cheap = (baseline + oil(hold=45)).named("cheap", title="Cheap oil", story="Cheap.").with_odds(0.3)
    deep = (baseline + crisis()).named("deep", title="Deep")
    both = cheap + deep
    assert (both.name, both.title, both.odds) == ("cheap-deep", "Cheap oil; Deep", None)
    assert both.conditions == cheap.conditions + deep.conditions
    assert (cheap.story, cheap.odds) == ("Cheap.", 0.3)
    assert (deep + hazard_free()).name == "deep-oil-shock-minus-2-sd-demand"


def hazard_free() -> Condition:
    return shock("oil", sd=-2, origin="demand")


def test_every_made_name_is_a_name_and_reads_back() -> None:
    for condition in (
        oil(percent=-12.5, start="2019-01"),
        oil(replay="2014-07/2016-01"),
        path("fx:RUS", quantile=0.1),
        within("oil", low=40, span="2019-01/2019-06"),
        shift("imports", usd_bn_a_year=-0.00001, group="Soy & meat"),
        tariff("exports", 10, 25),
        sanctions("imports", "secondary", start="next-january"),
        odds("turnover <= 100 in 2019", 0.3),
        hazard(0),
    ):
        found = baseline + condition
        assert parse_scenario(scenario_fields(found)) == found
    many = baseline
    for year in range(2019, 2039):
        many += crisis("2008-09", start=f"{year}-01")
    assert len(many.name) <= 64
    assert parse_scenario(scenario_fields(many)) == many


def test_contradictions_are_refused_when_adding() -> None:
    with pytest.raises(ScenarioError, match="both say where oil goes"):
        baseline + oil(hold=45) + oil(hold=60)


def test_bad_names_and_odds() -> None:
    with pytest.raises(SchemaError, match="no scenario name"):
        baseline.named("Two Words")
    for wrong in (0, 1.5, float("nan")):
        with pytest.raises(SchemaError):
            baseline.with_odds(wrong)


# ---- sets ----------------------------------------------------------------------------------------------


def test_weights_of_a_set() -> None:
    slump = (baseline + oil(hold=45)).named("slump")
    both = scenario_set({baseline: 0.6, slump: 0.4})
    assert [s.name for s in both] == ["baseline", "slump"]
    assert mixture_weights(both) == (0.6, 0.4)
    assert mixture_weights((baseline, slump)) is None
    assert mixture_weights(()) is None
    tenths = [Scenario(f"s{i}", odds=0.1) for i in range(10)]
    assert mixture_weights(tenths) == (0.1,) * 10
    with pytest.raises(ScenarioError, match="'slump' has no odds") as caught:
        mixture_weights((baseline.with_odds(1.0), slump))
    assert caught.value.pointer == "/scenarios/1/odds"
    with pytest.raises(ScenarioError, match=r"0.6 \+ 0.3 is 0.9"):
        scenario_set({baseline: 0.6, slump: 0.3})
    with pytest.raises(ScenarioError, match="add up to 1"):
        mixture_weights((baseline.with_odds(0.6), slump.with_odds(0.4 + 1e-8)))
    with pytest.raises(ScenarioError, match="Two scenarios"):
        scenario_set({baseline: 0.6, slump.named("baseline"): 0.4})
