"""Targets in words, in tables of the terminal, in sentences and in pictures."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from forecast.answer import Answer, TargetAnswer
from forecast.reports.briefing import headline
from forecast.reports.charts import fan_spec
from forecast.reports.target_words import flows_of, target_words
from forecast.reports.terminal import print_answer
from tests.unit.reports.conftest import target

ONE = target(2019, 0.815, {"2019-10": 0.2, "2019-11": 0.415, "2019-12": 0.2, "never": 0.185})
UNDER = replace(ONE, at_least=None, at_most=80.0, probability=0.6, first_month={"2019-12": 0.6, "never": 0.4})
JOINT = replace(ONE, flow=None, at_least=None, unit=None, span=None, all=(ONE, replace(UNDER, flow="exports")))


def with_target(answer: Answer, *targets: TargetAnswer) -> Answer:
    return replace(answer, scenarios=tuple(replace(scenario, targets=targets) for scenario in answer.scenarios))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ONE, "turnover of at least 100 bn USD in 2019"),
        (UNDER, "turnover of at most 80 bn USD in 2019"),
        (replace(ONE, by="2019-11"), "turnover of at least 100 bn USD in 2019 by November 2019"),
        (replace(ONE, span="trailing-12"), "turnover of at least 100 bn USD in any twelve months"),
        (replace(ONE, span="trailing-3"), "turnover of at least 100 bn USD in any 3 months"),
        (replace(ONE, span="trailing-1"), "turnover of at least 100 bn USD in any single month"),
        (replace(ONE, span="year-to-date"), "turnover of at least 100 bn USD in a running year"),
        (
            replace(ONE, at_least=110.0, unit="%", mark_usd_bn=92.51),
            "turnover of at least 110% of the last twelve months known (92.5 bn USD) in 2019",
        ),
        (replace(ONE, name="the goal of 2024"), "the goal of 2024"),
        (JOINT, "turnover of at least 100 bn USD in 2019 and exports of at most 80 bn USD in 2019"),
        (
            replace(JOINT, all=(), any=(ONE, JOINT)),
            "turnover of at least 100 bn USD in 2019 or (turnover of at least 100 bn USD in 2019 and exports of at "
            "most 80 bn USD in 2019)",
        ),
    ],
)
def test_targets_in_words(asked: TargetAnswer, said: str) -> None:
    assert target_words(asked) == said


def test_flows_of_a_joint_target() -> None:
    assert flows_of(JOINT) == ("turnover", "exports")
    assert flows_of(replace(JOINT, all=(), any=(JOINT, ONE))) == ("turnover", "exports")


def test_terminal_shows_joint_targets_and_fits(answer: Answer) -> None:
    for width in (60, 100):
        out = io.StringIO()
        print_answer(with_target(answer, JOINT, UNDER), Console(file=out, width=width))
        text = out.getvalue()
        assert max(map(len, text.splitlines())) <= width
        flat = " ".join(text.split())
        assert "Turnover of at least 100 bn USD in 2019 and exports of at most 80 bn USD in 2019" in flat
        assert "one by one 82% and 60%" in flat


def test_sentences(answer: Answer) -> None:
    text = headline(with_target(answer, UNDER, JOINT))
    assert "Turnover of at most 80 bn USD in 2019: 60%" in text
    assert "first reached" not in text.split("Turnover of at most")[1].split(".")[0]
    assert "Under oil-slump" in text
    known = replace(UNDER, first_month={"known": 1.0, "never": 0.0}, probability=1.0)
    assert "Turnover of at most 80 bn USD in 2019 is already certain." in headline(with_target(answer, known))


def test_pictures_mark_both_sides(answer: Answer) -> None:
    drawn = json.dumps(fan_spec(with_target(answer, JOINT, UNDER, replace(ONE, by="2019-06"))), ensure_ascii=False)
    assert "P(\u2264 80)" in drawn
    assert "P(\u2265 100)" not in drawn
    assert "P(\u2265 100)" in json.dumps(fan_spec(with_target(answer, ONE)), ensure_ascii=False)
