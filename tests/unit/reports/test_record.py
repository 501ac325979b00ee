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
