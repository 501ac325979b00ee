"""Questions read from JSON: every field, every mistake with its place, and the grammar of targets."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.errors import InputError, SchemaError, UnitError
from forecast.months import Span, month, year_span
from forecast.question import Joint, Question, Target, parse_day, parse_question, parse_target, question_fields
from forecast.scenarios.scenario import Scenario

PAIR = {"pair": "CHN-RUS"}


def test_only_the_pair_has_no_default() -> None:
    assert parse_question(PAIR) == Question("CHN-RUS")
    with pytest.raises(SchemaError, match="missing") as caught:
        parse_question({})
    assert caught.value.pointer == "/pair"


def test_every_field() -> None:
    found = parse_question(
        PAIR
        | {
            "reporter": "RUS",
            "as_of": "2018-10-12",
            "through": "2019-12",
            "model": "structural",
            "levels": [95, 50, 95],
            "seed": 3,
            "paths": 500,
            "scenarios": ["baseline", {"name": "mine", "conditions": [{"kind": "path", "hold": 45}]}],
            "targets": [
                "turnover >= 100 in 2018",
                {"flow": "exports", "at_least": 4500, "unit": "USD mn", "span": "2018-11"},
                {"all": ["imports <= 60 over trailing-12", "exports >= 110% over trailing-12"]},
            ],
        }
    )
    assert found.as_of == date(2018, 10, 12)
    assert found.through == month(2019, 12)
    assert found.levels == (50, 95)
    assert isinstance(found.scenarios[1], Scenario)
    assert found.targets == (
        Target("turnover", 100.0, year_span(2018)),
        Target("exports", 4500.0, Span(month(2018, 11), month(2018, 11)), "USD mn"),
        Joint(
            "all", (Target("imports", None, "trailing-12", at_most=60.0), Target("exports", 110.0, "trailing-12", "%"))
        ),
    )
    assert parse_question(question_fields(found)) == found


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"pair": "CHN-CHN"}, "/pair"),
        ({"pair": "chn-rus"}, "/pair"),
        ({"pair": "CHNRUS"}, "/pair"),
        ({"pair": 7}, "/pair"),
        ({"reporter": "USA"}, "/reporter"),
        ({"as_of": "2018-02-30"}, "/as_of"),
        ({"as_of": "12.10.2018"}, "/as_of"),
        ({"as_of": "20181012"}, "/as_of"),
        ({"through": "2019"}, "/through"),
        ({"model": "oracle"}, "/model"),
        ({"levels": 80}, "/levels"),
        ({"levels": []}, "/levels"),
        ({"levels": [0]}, "/levels"),
        ({"levels": [100]}, "/levels"),
        ({"levels": [80.0]}, "/levels"),
        ({"levels": [True]}, "/levels"),
        ({"levels": list(range(1, 12))}, "/levels"),
        ({"seed": -1}, "/seed"),
        ({"seed": 1.5}, "/seed"),
        ({"seed": 10**400}, "/seed"),
        ({"paths": 99}, "/paths"),
        ({"paths": 200_001}, "/paths"),
        ({"paths": "many"}, "/paths"),
        ({"path": 1000}, "/path"),
        ({"scenarios": "baseline"}, "/scenarios"),
        ({"scenarios": ["a", "a"]}, "/scenarios"),
        ({"scenarios": ["a"] * 21}, "/scenarios"),
        ({"scenarios": [3]}, "/scenarios/0"),
        ({"scenarios": ["a", {"name": "B"}]}, "/scenarios/1/name"),
        (
            {"scenarios": [{"name": "b", "conditions": [{"kind": "path", "hold": 10**400}]}]},
            "/scenarios/0/conditions/0/hold",
        ),
        ({"targets": "turnover >= 100 in 2018"}, "/targets"),
        ({"targets": [100]}, "/targets/0"),
        ({"targets": ["turnover >= 1 in 2018", {"any": [1]}]}, "/targets/1/any"),
        ({"targets": [{"at_least": 1, "span": "2018", "reporter": "RUS"}]}, "/targets/0/reporter"),
        ({"targets": ["turnover >= 1 in 2018 or turnover >= 1 in 2018 counted by USA"]}, "/targets/0/any/1/reporter"),
        ({"targets": ["turnover > 100 in 2018"]}, "/targets/0"),
        ({"targets": [{"at_least": 100}]}, "/targets/0/span"),
        ({"targets": [{"at_least": 100, "span": "2018", "flow": "gold"}]}, "/targets/0/flow"),
        ({"targets": [{"at_least": 0, "span": "2018"}]}, "/targets/0/at_least"),
        ({"targets": [{"at_least": 10**400, "span": "2018"}]}, "/targets/0/at_least"),
        ({"targets": [{"at_least": 100, "span": "2018-13"}]}, "/targets/0/span"),
        ({"targets": [{"at_least": 100, "span": "2018", "unit": "EUR bn"}]}, "/targets/0/unit"),
        ({"targets": [{"at_least": 100, "span": "2018", "mark": 1}]}, "/targets/0/mark"),
    ],
)
def test_mistakes_are_named_with_their_place(given: dict[str, object], pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_question(PAIR | given)
    assert caught.value.pointer == pointer
    assert len(caught.value.message) < 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turnover >= 100 in 2018", Target("turnover", 100.0, year_span(2018))),
        ("  turnover>=100 in 2018 ", Target("turnover", 100.0, year_span(2018))),
        ("exports >= 4500 USD mn over trailing-12", Target("exports", 4500.0, "trailing-12", "USD mn")),
        ("imports >= 4.5 bn USD in 2018-11", Target("imports", 4.5, Span(month(2018, 11), month(2018, 11)), "bn USD")),
        ("turnover >= .5 in year-to-date", Target("turnover", 0.5, "year-to-date")),
        ("turnover >= 9 over 2018-01/2018-06", Target("turnover", 9.0, Span(month(2018, 1), month(2018, 6)))),
    ],
)
def test_grammar_of_targets(text: str, expected: Target) -> None:
    assert parse_target(text) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", SchemaError),
        ("turnover 100 in 2018", SchemaError),
        ("turnover == 100 in 2018", SchemaError),
        ("turnover >= 1.2.3 in 2018", SchemaError),
        ("turnover >= . in 2018", SchemaError),
        ("turnover >= 100", SchemaError),
        ("turnover >= 0 in 2018", SchemaError),
        ("turnover >= -5 in 2018", SchemaError),
        ("gold >= 100 in 2018", SchemaError),
        ("turnover >= 100 in soon", SchemaError),
        ("turnover >= 100 EUR in 2018", UnitError),
        ("turnover >= " + "9" * 400 + " in 2018", SchemaError),
        ("turnover >= 100 " + "a " * 5000 + "in", SchemaError),
    ],
)
def test_no_target(text: str, error: type[InputError]) -> None:
    with pytest.raises(error):
        parse_target(text)


@pytest.mark.parametrize("text", ["2018-10", "2018-10-1", "10-12-2018", "2018-W41-5", "", "2018-10-12T00:00"])
def test_no_day(text: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse_day(text, pointer="/as_of")
    assert caught.value.pointer == "/as_of"
