"""What came out: by month, by year, and whether a target was met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from forecast.answer import Answer, MonthSeries, Record
from forecast.reports.record import main_flow, outcome_months, outcome_year, target_outcome, text_of


def test_outcome_of_a_year_is_the_published_total_else_twelve_months(answer: Answer) -> None:
    assert outcome_year(answer, "turnover", 2018) == 107.3
    months = outcome_months(answer, "turnover")
    assert outcome_year(answer, "turnover", 2019) == pytest.approx(sum(v for m, v in months.items() if m > "2019"))
    assert outcome_year(answer, "turnover", 2020) is None
    assert outcome_year(answer, "exports", 2018) is None


def test_months_up_to_the_origin_are_no_outcome(answer: Answer) -> None:
    record = answer.outcome["turnover"]
    late = Record(MonthSeries(("2018-09", *record.months.month), (9.0, *record.months.value)), record.years)
    assert "2018-09" not in outcome_months(replace(answer, outcome={"turnover": late}), "turnover")


def test_target_met_with_its_month(answer: Answer) -> None:
    of_2019 = answer.scenarios[0].targets[1]
    running, months = 0.0, outcome_months(answer, "turnover")
    reached = ""
    for month in sorted(m for m in months if m > "2019"):
        running += months[month]
        reached = reached or (month if running >= 100.0 else "")
    assert target_outcome(answer, of_2019) == f"yes, {reached}"
    assert target_outcome(answer, replace(of_2019, at_least=400.0)) == "no"
    assert target_outcome(answer, replace(of_2019, at_least=100_000.0, unit="USD mn")) == f"yes, {reached}"
    assert target_outcome(answer, replace(of_2019, span="trailing-12")) == ""


def test_outcome_of_marks_not_to_be_exceeded_of_shares_and_of_a_month(answer: Answer) -> None:
    one = answer.scenarios[0].targets[1]
    came = sum(value for month, value in outcome_months(answer, "turnover").items() if month > "2019")
    assert target_outcome(answer, replace(one, at_least=None, at_most=came - 1)) == "no"
    assert target_outcome(answer, replace(one, at_least=None, at_most=came + 1)) == "yes"
    assert target_outcome(answer, replace(one, at_least=110.0, unit="%", mark_usd_bn=came + 1)) == "no"
    assert target_outcome(answer, replace(one, at_least=110.0, unit="%", mark_usd_bn=came - 1)) == "yes, 2019-12"
    reached = target_outcome(answer, one).removeprefix("yes, ")
    assert target_outcome(answer, replace(one, by=reached)) == f"yes, {reached}"
    assert target_outcome(answer, replace(one, by="2019-06")) == "no"


def test_outcome_of_several_targets(answer: Answer) -> None:
    early, late = answer.scenarios[0].targets
    never, unknown = replace(late, at_least=1e6), replace(late, span="trailing-12")
    first, last = (target_outcome(answer, one).removeprefix("yes, ") for one in (early, late))
    joint = replace(late, flow=None, at_least=None, unit=None, span=None)
    assert target_outcome(answer, replace(joint, all=(early, late))) == f"yes, {max(first, last)}"
    assert target_outcome(answer, replace(joint, any=(early, late))) == f"yes, {min(first, last)}"
    assert target_outcome(answer, replace(joint, all=(early, never))) == "no"
    assert target_outcome(answer, replace(joint, any=(never, late))) == f"yes, {last}"
    assert target_outcome(answer, replace(joint, any=(never, never))) == "no"
    assert target_outcome(answer, replace(joint, all=(early, unknown))) == ""
    assert target_outcome(answer, replace(joint, any=(never, unknown))) == ""
    assert target_outcome(answer, replace(joint, any=(early, unknown))) == "yes"
    assert main_flow(
        replace(answer, scenarios=(replace(answer.scenarios[0], targets=(replace(joint, all=(late,)),)),))
    ) == ("turnover")


def test_target_from_the_year_alone(build: Callable[..., Answer]) -> None:
    answer = build(single_months=False)
    of_2018, of_2019 = answer.scenarios[0].targets
    assert target_outcome(answer, of_2018) == "yes"
    assert target_outcome(answer, replace(of_2018, at_least=108.0)) == "no"
    assert target_outcome(answer, of_2019) == ""


def test_fields_of_the_question_fall_back(answer: Answer) -> None:
    bare = replace(answer, question={"pair": "CHN-RUS"})
    assert text_of(bare, "as_of") == "2018-10-12"
    assert text_of(bare, "reporter") == "CHN"
    assert main_flow(bare) == "turnover"
