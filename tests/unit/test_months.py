"""Months and spans, there and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import SchemaError
from forecast.months import Span, format_month, month, month_of, parse_month, parse_span, year_span

MONTHS = st.integers(12 * 1900, 12 * 2200 - 1)


@given(MONTHS)
def test_months_are_read_as_written(m: int) -> None:
    assert parse_month(format_month(m)) == m
    assert month(m // 12, m % 12 + 1) == m
    assert month_of(date(m // 12, m % 12 + 1, 28)) == m


@given(MONTHS, MONTHS)
def test_spans_are_read_as_written(a: int, b: int) -> None:
    span = Span(min(a, b), max(a, b))
    assert parse_span(str(span)) == span
    assert span.length == abs(a - b) + 1


def test_forms_of_a_span() -> None:
    assert parse_span("2018") == year_span(2018) == Span(month(2018, 1), month(2018, 12))
    assert parse_span(" 2018-10 ") == Span(month(2018, 10), month(2018, 10))
    assert parse_span("2018-01/2018-09") == Span(month(2018, 1), month(2018, 9))
    assert str(year_span(2018)) == "2018"
    assert str(Span(month(2017, 2), month(2018, 1))) == "2017-02/2018-01"


@pytest.mark.parametrize(
    "text", ["", "2018", "2018-13", "2018-00", "2018-1", "18-10", "1899-12", "2200-01", "2018-10-01"]
)
def test_no_month(text: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse_month(text, pointer="/through")
    assert caught.value.pointer == "/through"


@pytest.mark.parametrize(
    "text", ["", "1899", "2200", "2018/2019", "2018-01/", "/2018-01", "2018-01/2018-13", "2018-1", "2018Q1"]
)
def test_no_span(text: str) -> None:
    with pytest.raises(SchemaError, match="span") as caught:
        parse_span(text, pointer="/span")
    assert caught.value.pointer == "/span"


def test_a_span_that_ends_before_it_starts() -> None:
    with pytest.raises(SchemaError, match="before it starts"):
        parse_span("2018-09/2018-01")
