"""Fields written by a person: one voice for mistakes."""

from __future__ import annotations

import pytest

from forecast.errors import SchemaError
from forecast.fields import choice_field, integer_field, number_field, refuse_unknown, suggest, text_field

NO_NUMBERS = [
    True,
    "3",
    None,
    [3],
    {},
    float("nan"),
    float("inf"),
    -float("inf"),
    10**400,
    -(10**400),
    pytest.param(10**5000, id="five thousand digits"),
]


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_no_number(value: object) -> None:
    with pytest.raises(SchemaError) as caught:
        number_field({"x": value}, "x", None, pointer="/a")
    assert caught.value.pointer == "/a/x"
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("value", [*NO_NUMBERS, 2.0, 2.5])
def test_no_whole_number(value: object) -> None:
    with pytest.raises(SchemaError) as caught:
        integer_field({"n": value}, "n", None, low=-(10**6), high=10**6)
    assert caught.value.pointer == "/n"


def test_numbers_and_their_limits() -> None:
    assert number_field({"x": 3}, "x", None) == 3.0
    assert isinstance(number_field({"x": 3}, "x", None), float)
    assert number_field({}, "x", 1.5) == 1.5
    assert number_field({"x": 2.0}, "x", None, low=2.0, high=2.0) == 2.0
    for value in (1.999, 2.001):
        with pytest.raises(SchemaError, match=r"between 2 and 2"):
            number_field({"x": value}, "x", None, low=2.0, high=2.0)
    assert integer_field({"n": 7}, "n", None, low=0, high=10) == 7
    with pytest.raises(SchemaError, match="missing"):
        number_field({}, "x", None)
    with pytest.raises(SchemaError, match="between 0 and 10"):
        integer_field({"n": 11}, "n", None, low=0, high=10)


def test_text() -> None:
    assert text_field({"t": "  word "}, "t", None) == "word"
    assert text_field({}, "t", "default") == "default"
    for value in (3, "", "   ", True, ["word"]):
        with pytest.raises(SchemaError) as caught:
            text_field({"t": value}, "t", None, pointer="/0")
        assert caught.value.pointer == "/0/t"
    with pytest.raises(SchemaError, match="missing"):
        text_field({}, "t", None)


def test_choice_names_what_would_do() -> None:
    assert choice_field({"c": "red"}, "c", None, ("red", "blue")) == "red"
    with pytest.raises(SchemaError, match="Did you mean 'blue'") as caught:
        choice_field({"c": "bleu"}, "c", None, ("red", "blue"))
    assert caught.value.allowed == ("blue", "red")


def test_unknown_fields_are_refused_with_a_suggestion() -> None:
    refuse_unknown({"seed": 1}, ("seed", "paths"))
    with pytest.raises(SchemaError, match="Did you mean 'paths'") as caught:
        refuse_unknown({"path": 1}, ("seed", "paths"), pointer="/q")
    assert caught.value.pointer == "/q/path"
    assert suggest("zzzz", ("b", "a")) == "Expected one of: a, b."
