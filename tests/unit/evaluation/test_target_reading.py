"""Targets written by people: text and objects read alike, mistakes are named with their place."""

from __future__ import annotations

import pytest

from forecast.errors import InputError, SchemaError, UnitError
from forecast.evaluation.asked import Joint, Target, months_trailed, target_fields, target_text
from forecast.evaluation.target_reading import parse_target, read_target
from forecast.months import Span, month, year_span

OVER = Target("turnover", 100.0, year_span(2018))
NEXT = Target("turnover", 120.0, year_span(2019))
UNDER = Target("imports", None, year_span(2019), at_most=60.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turnover <= 80 in 2019", Target("turnover", None, year_span(2019), at_most=80.0)),
        ("turnover \u2265 80 in 2019", Target("turnover", 80.0, year_span(2019))),
        ("turnover \u2264 8e1 in 2019", Target("turnover", None, year_span(2019), at_most=80.0)),
        ("exports >= 14 over trailing-3", Target("exports", 14.0, "trailing-3")),
        ("exports >= 14 in 2019-Q1", Target("exports", 14.0, Span(month(2019, 1), month(2019, 3)))),
        ("exports >= 14 in 2019-Q4", Target("exports", 14.0, Span(month(2019, 10), month(2019, 12)))),
        ("turnover >= 110% in 2019", Target("turnover", 110.0, year_span(2019), "%")),
        ("turnover >= 110 % over trailing-12", Target("turnover", 110.0, "trailing-12", "%")),
        ("turnover >= 95 over trailing-12 by 2019-06", Target("turnover", 95.0, "trailing-12", by=month(2019, 6))),
        ("turnover >= 95 in year-to-date by 2019-11", Target("turnover", 95.0, "year-to-date", by=month(2019, 11))),
        (
            "turnover >= 95 $ bn in 2019 by 2019-11",
            Target("turnover", 95.0, year_span(2019), "$ bn", by=month(2019, 11)),
        ),
        ("turnover >= 95 in 2019 counted by RUS", Target("turnover", 95.0, year_span(2019), reporter="RUS")),
        ("turnover >= 100 in 2018 and turnover >= 120 in 2019", Joint("all", (OVER, NEXT))),
        ("turnover >= 100 in 2018  or  imports <= 60 in 2019", Joint("any", (OVER, UNDER))),
        (
            "turnover >= 100 in 2018 and turnover >= 120 in 2019 or imports <= 60 in 2019",
            Joint("any", (Joint("all", (OVER, NEXT)), UNDER)),
        ),
    ],
)
def test_text_and_fields_say_the_same(text: str, expected: Target | Joint) -> None:
    assert parse_target(text) == expected
    assert read_target(text) == expected
    assert read_target(target_fields(expected)) == expected
    if not isinstance(expected, Joint) or not any(isinstance(part, Joint) for part in expected.parts):
        assert parse_target(target_text(expected)) == expected


def test_objects() -> None:
    found = read_target(
        {
            "name": "both flows",
            "all": [
                "exports >= 50 in 2019",
                {"any": [{"flow": "imports", "at_most": 60, "span": "2019"}, "turnover >= 100 in 2018"]},
            ],
        }
    )
    assert found == Joint("all", (Target("exports", 50.0, year_span(2019)), Joint("any", (UNDER, OVER))), "both flows")
    assert read_target(target_fields(found)) == found
    assert target_text(found) == (
        "exports >= 50 USD bn in 2019 and (imports <= 60 USD bn in 2019 or turnover >= 100 USD bn in 2018)"
    )
    assert target_fields(OVER) == {"flow": "turnover", "at_least": 100.0, "unit": "USD bn", "span": "2018"}


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("turnover >= 100 in 2018 and 2019", "turnover >= 100 in 2018 and turnover >= 100 in 2019"),
        (
            "turnover >= 9 USD bn in 2018-Q4 or in 2019-Q1",
            "turnover >= 9 USD bn in 2018-Q4 or turnover >= 9 USD bn in 2019-Q1",
        ),
        ("exports and imports each >= 50 in 2019", "exports >= 50 in 2019 and imports >= 50 in 2019"),
        (
            "exports and imports each >= 50 in 2018 and 2019",
            "exports >= 50 in 2018 and imports >= 50 in 2018 and exports >= 50 in 2019 and imports >= 50 in 2019",
        ),
        (
            "turnover >= 100 in 2018 and 2019 or imports <= 60 in 2019",
            "turnover >= 100 in 2018 and turnover >= 100 in 2019 or imports <= 60 in 2019",
        ),
    ],
)
def test_short_joints(short: str, whole: str) -> None:
    assert parse_target(short) == parse_target(whole)


@pytest.mark.parametrize("value", [1e-9, 0.1, 1 / 3, 84.07, 123456789.123, 1e15])
def test_every_mark_survives_text_and_fields(value: float) -> None:
    target = Target("turnover", value, "trailing-12")
    assert parse_target(target_text(target)) == target
    assert read_target(target_fields(target)) == target


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"at_least": 1, "at_most": 2, "span": "2018"}, "/targets/0/at_most"),
        ({"span": "2018"}, "/targets/0/at_least"),
        ({"at_most": -1, "span": "2018"}, "/targets/0/at_most"),
        ({"at_most": float("nan"), "span": "2018"}, "/targets/0/at_most"),
        ({"at_least": True, "span": "2018"}, "/targets/0/at_least"),
        ({"at_least": 1, "span": "trailing-0"}, "/targets/0/span"),
        ({"at_least": 1, "span": "trailing-61"}, "/targets/0/span"),
        ({"at_least": 1, "span": "trailing-1.5"}, "/targets/0/span"),
        ({"at_least": 1, "span": "2019-Q5"}, "/targets/0/span"),
        ({"at_least": 1, "span": "9999-Q1"}, "/targets/0/span"),
        ({"at_least": 1, "span": 2019}, "/targets/0/span"),
        ({"at_most": 1, "span": "year-to-date"}, "/targets/0/span"),
        ({"at_most": 1, "span": "2019", "by": "2019-06"}, "/targets/0/by"),
        ({"at_least": 1, "span": "2019", "by": "2020-01"}, "/targets/0/by"),
        ({"at_least": 1, "span": "2019", "by": "2018-12"}, "/targets/0/by"),
        ({"at_least": 1, "span": "2019", "by": "soon"}, "/targets/0/by"),
        ({"at_least": 1, "span": "2019", "reporter": "rus"}, "/targets/0/reporter"),
        ({"at_least": 1, "span": "2019", "name": ""}, "/targets/0/name"),
        ({"at_least": 1, "span": "2019", "name": "n" * 121}, "/targets/0/name"),
        ({"at_least": 110, "span": "2019-Q1", "unit": "%"}, "/targets/0/unit"),
        ({"at_least": 110, "span": "trailing-3", "unit": "%"}, "/targets/0/unit"),
        ({"at_least": 1, "span": "2019", "unit": "EUR bn"}, "/targets/0/unit"),
        ({"all": "turnover >= 1 in 2019"}, "/targets/0/all"),
        ({"all": []}, "/targets/0/all"),
        ({"any": ["turnover >= 1 in 2019"]}, "/targets/0/any"),
        ({"all": ["turnover >= 1 in 2019"] * 13}, "/targets/0/all"),
        ({"all": ["turnover >= 1 in 2019"] * 2, "any": []}, "/targets/0/any"),
        ({"all": ["turnover >= 1 in 2019"] * 2, "span": "2019"}, "/targets/0/span"),
        ({"all": ["turnover >= 1 in 2019", {"at_least": 0, "span": "2019"}]}, "/targets/0/all/1/at_least"),
        ({"all": ["turnover >= 1 in 2019", 7]}, "/targets/0/all/1"),
        ({"all": ["turnover >= 1 in 2019", {"zzz": 1}]}, "/targets/0/all/1/zzz"),
        ("turnover >= 1 in 2019 and gold >= 1 in 2019", "/targets/0/all/1/flow"),
        ("turnover >= 1 in 2019 or turnover >= 1 EUR in 2019", "/targets/0/any/1/unit"),
        ("turnover >= 1 in 2019 and", "/targets/0"),
        (" and ".join(["turnover >= 1 in 2019"] * 13), "/targets/0"),
        ("(turnover >= 1 in 2019) or (turnover >= 1 in 2018)", "/targets/0/any/0"),
        ("turnover > 1 in 2019", "/targets/0"),
        ("exports and imports >= 50 in 2019", "/targets/0"),
        ("exports and imports", "/targets/0"),
        ("2018 and turnover >= 1 in 2019", "/targets/0/all/0"),
        ("exports each >= 50 in 2019", "/targets/0"),
        ("", "/targets/0"),
        (None, "/targets/0"),
    ],
)
def test_mistakes_are_named_with_their_place(given: object, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        read_target(given, pointer="/targets/0")
    assert caught.value.pointer == pointer
    assert len(caught.value.message) < 400


def test_nesting_has_an_end() -> None:
    given: object = "turnover >= 1 in 2019"
    for _ in range(4):
        given = {"all": [given, "turnover >= 1 in 2018"]}
    with pytest.raises(SchemaError, match="3 deep"):
        read_target(given)


def test_percent_is_named_among_the_units() -> None:
    with pytest.raises(UnitError) as caught:
        read_target({"at_least": 1, "span": "2019", "unit": "percent"})
    assert "%" in caught.value.allowed


def test_a_target_built_without_a_mark_is_refused() -> None:
    with pytest.raises(SchemaError, match="exactly one"):
        _ = Target("turnover", None, "trailing-12").mark
    assert Target("turnover", 4500.0, "trailing-12", "USD mn").mark_usd_bn(0.0) == 4.5
    assert Target("turnover", 110.0, "trailing-12", "%").mark_usd_bn(90.0) == pytest.approx(99.0)


def test_trailing_months() -> None:
    assert [months_trailed(f"trailing-{n}") for n in ("1", "12", "60", "61", "0", "012", "x")] == [
        *(1, 12, 60),
        *(None, None, None, None),
    ]
