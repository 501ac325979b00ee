"""Scenarios side by side against the first."""

from __future__ import annotations

import json

import pytest

from forecast.data.scenario_files import load_scenario
from forecast.errors import SchemaError
from forecast.evaluation.compared import Comparison
from forecast.evaluation.target_reading import parse_target
from forecast.explanations.comparison import compare
from forecast.prepared import Prepared, draw
from forecast.question import Target
from forecast.reports.comparison_table import comparison_frame, comparison_markdown, write_comparison
from forecast.scenarios.scenario import BASELINE
from forecast.summary import scenario_answer


@pytest.fixture(scope="module")
def compared(ready: Prepared, hundred: Target) -> Comparison:
    both = parse_target("turnover >= 100 in 2018 and turnover >= 110 in 2019")
    return compare(ready, (BASELINE, load_scenario("oil-slump"), load_scenario("recession-odds")), (hundred, both))


def test_numbers_are_those_of_the_answer(compared: Comparison, ready: Prepared) -> None:
    for each, name in zip(compared.scenarios, ("baseline", "oil-slump", "recession-odds"), strict=True):
        scenario = BASELINE if name == "baseline" else load_scenario(name)
        drawn = draw(ready, scenario)
        answer = scenario_answer(ready.panel, scenario, drawn.ensemble, drawn.plausibility, ready.question)
        assert each.effective_paths == answer.effective_paths
        assert each.plausibility == answer.plausibility
        years = answer.flows["turnover"].years
        mine = [year for year in each.years if year.flow == "turnover"]
        assert tuple(year.year for year in mine) == years.year
        assert [year.median for year in mine] == pytest.approx(years.median)
        assert [year.lower for year in mine] == pytest.approx(years.lower["80"])


def test_changes_are_against_the_first(compared: Comparison) -> None:
    first, *others = compared.scenarios
    for each in others:
        for one, other in zip(first.targets, each.targets, strict=True):
            assert other.change == pytest.approx(other.probability - one.probability, abs=1e-12)
            assert other.change_error > 0.0
        for one, other in zip(first.years, each.years, strict=True):  # type: ignore[assignment]
            assert other.change == pytest.approx(other.median - one.median, abs=1e-9)  # type: ignore[attr-defined]
    assert all(target.change == target.change_error == 0.0 for target in first.targets)
    slump = others[0]
    assert slump.conditions[0].startswith("Brent ramps to 45")
    assert slump.targets[0].change < -0.2


def test_every_format_holds_every_scenario(compared: Comparison) -> None:
    text = comparison_markdown(compared)
    assert all(f"| {each.name} |" in text for each in compared.scenarios)
    frame = comparison_frame(compared)
    assert len(frame) == 3 * (2 + len(compared.scenarios[0].years))
    told = json.loads(write_comparison(compared, "json"))
    assert [each["name"] for each in told["scenarios"]] == ["baseline", "oil-slump", "recession-odds"]
    with pytest.raises(SchemaError):
        write_comparison(compared, "yaml")


def test_one_scenario_is_no_comparison(ready: Prepared) -> None:
    with pytest.raises(SchemaError, match="two or more"):
        compare(ready, (BASELINE,))
    with pytest.raises(SchemaError, match="two or more"):
        compare(ready, (BASELINE, BASELINE))
