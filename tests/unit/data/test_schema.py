"""schema: what a row may hold, and that each mistake names its row."""

from datetime import date

import pytest

from forecast.data.reading import RawTable
from forecast.data.schema import COLUMNS, Figure, parse_table
from forecast.errors import InputError, SchemaError, UnitError
from forecast.months import parse_span

GOOD = {"span": "2018-01/2018-09", "flow": "turnover", "value": "77.0", "unit": "USD bn"}


def table(*rows: dict[str, str]) -> RawTable:
    header = tuple(rows[0])
    return RawTable("mine.csv", header, tuple((n, tuple(row.values())) for n, row in enumerate(rows, start=1)))


def one(**changes: str) -> Figure:
    return parse_table(table(GOOD | changes), "AAA-BBB").figures[0]


def without_span(**span: str) -> dict[str, str]:
    return {key: value for key, value in GOOD.items() if key != "span"} | span


def test_a_full_row() -> None:
    figure = one(resolution="1.0", reporter="bbb", published="2018-10-12")
    assert figure == Figure(parse_span("2018-01/2018-09"), 2, "BBB", 77.0, 1.0, date(2018, 10, 12).toordinal(), 1)


def test_defaults_are_the_first_country_exact_and_twenty_days() -> None:
    parsed = parse_table(table(GOOD), "AAA-BBB")
    figure = parsed.figures[0]
    assert (figure.reporter, figure.resolution_usd_bn) == ("AAA", 0.0)
    assert figure.published == date(2018, 10, 20).toordinal()
    assert parsed.undated == 1


def test_value_and_resolution_are_scaled_together() -> None:
    figure = one(value="77000", resolution="1000", unit="USD mn")
    assert (figure.value_usd_bn, figure.resolution_usd_bn) == (77.0, 1.0)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2018", "2018-01/2018-12"),
        ("2018-Q3", "2018-07/2018-09"),
        ("2018q1", "2018-01/2018-03"),
        ("2018-10", "2018-10/2018-10"),
        ("2018-11/2019-02", "2018-11/2019-02"),
    ],
)
def test_forms_of_a_span(text: str, span: str) -> None:
    assert one(span=text).span == parse_span(span)


@pytest.mark.parametrize(
    ("row", "span"),
    [
        ({"month": "2018-10"}, "2018-10"),
        ({"month": "2018-10-01"}, "2018-10"),
        ({"month": "2018-10-31"}, "2018-10"),
        ({"span_start": "2018-01", "span_end": "2018-09"}, "2018-01/2018-09"),
        ({"span_start": "2018-01-01", "span_end": "2018-09-30"}, "2018-01/2018-09"),
        ({"span_start": "2018-01", "span_end": ""}, "2018-01"),
        ({"span_start": "2018-01"}, "2018-01"),
    ],
)
def test_ways_to_say_the_span(row: dict[str, str], span: str) -> None:
    assert parse_table(table(without_span(**row)), "AAA-BBB").figures[0].span == parse_span(span)


def test_a_month_in_published_is_its_last_day() -> None:
    assert one(published="2018-10").published == date(2018, 10, 31).toordinal()


def test_rows_of_other_pairs_are_passed_over_and_the_reverse_is_turned_round() -> None:
    rows = [
        GOOD | {"pair": "AAA-BBB", "flow": "exports", "reporter": "AAA"},
        GOOD | {"pair": "BBB-AAA", "flow": "exports", "reporter": "BBB"},
        GOOD | {"pair": "AAA-CCC", "flow": "nonsense", "reporter": "CCC"},
    ]
    figures = parse_table(table(*rows), "AAA-BBB").figures
    assert [(figure.flow, figure.reporter, figure.row) for figure in figures] == [(0, "AAA", 1), (1, "BBB", 2)]
    with pytest.raises(SchemaError, match="no figure of AAA-DDD; it is about AAA-BBB, AAA-CCC, BBB-AAA"):
        parse_table(table(*rows), "AAA-DDD")


def test_a_row_left_out_is_not_even_read() -> None:
    rows = [GOOD | {"left_out": ""}, GOOD | {"left_out": "a misprint", "value": "?"}]
    assert [figure.row for figure in parse_table(table(*rows), "AAA-BBB").figures] == [1]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({key: GOOD[key] for key in ("span", "value", "unit")}, "no column 'flow'"),
        ({key: GOOD[key] for key in ("span", "flow", "unit")}, "no column 'value'"),
        ({key: GOOD[key] for key in ("span", "flow", "value")}, "no column 'unit'.*USD bn"),
        ({key: GOOD[key] for key in ("flow", "value", "unit")}, "found: none"),
        (GOOD | {"month": "2018-10"}, "found: month, span"),
        (GOOD | {"span_end": "2018-10"}, "in one way"),
        (GOOD | {"resoluton": "1"}, "unknown column 'resoluton'. Did you mean 'resolution'"),
        (GOOD | {"gdp": "1"}, "unknown column 'gdp'. Expected one of"),
    ],
)
def test_columns_that_are_missing_doubled_or_unknown(row: dict[str, str], message: str) -> None:
    with pytest.raises(SchemaError, match=message) as caught:
        parse_table(table(row), "AAA-BBB")
    assert set(caught.value.allowed) <= set(COLUMNS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flow": "export"}, "flow 'export' is not known. Did you mean 'exports'"),
        ({"flow": ""}, "flow '' is not known"),
        ({"reporter": "CCC"}, "neither AAA nor BBB"),
        ({"value": ""}, "value is empty"),
        ({"value": "84,07"}, "comma.*decimal point"),
        ({"value": "1 234.5"}, "thousands"),
        ({"value": "1,234.5"}, "thousands"),
        ({"value": "eighty"}, "not a finite number"),
        ({"value": "nan"}, "not a finite number"),
        ({"value": "inf"}, "not a finite number"),
        ({"value": "1e999"}, "not a finite number"),
        ({"value": "0"}, "not positive"),
        ({"value": "-3.2"}, "not positive"),
        ({"resolution": "-0.1"}, "rounding step"),
        ({"resolution": "77"}, "rounding step"),
        ({"resolution": "x"}, "resolution 'x' is not"),
        ({"unit": "EUR bn"}, "unit 'EUR bn' cannot be read"),
        ({"span": "2018-13"}, "not a span"),
        ({"span": "2018-09/2018-01"}, "ends before it starts"),
        ({"published": "12.10.2018"}, "not a day"),
        ({"published": "2018-10-32"}, "not a day"),
        ({"published": "2018-13"}, "not a month"),
        ({"published": "2018-09-29"}, "before the span ended on 2018-09-30"),
    ],
)
def test_each_mistake_in_a_row_names_it(changes: dict[str, str], message: str) -> None:
    empty = dict.fromkeys(("resolution", "reporter", "published"), "")
    with pytest.raises(InputError, match=f"(?s)Row 2.*{message}") as caught:
        parse_table(table(GOOD | empty, GOOD | empty | changes), "AAA-BBB")
    assert caught.value.pointer == "row 2"
    assert isinstance(caught.value, UnitError if "unit" in changes else SchemaError)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"month": "2018-10-15"}, "a day inside a month"),
        ({"month": "2018"}, "not a month"),
        ({"month": "Oct 2018"}, "not a month"),
        ({"month": ""}, "not a month"),
        ({"span_start": "2018-03", "span_end": "2018-01"}, "ends .2018-01. before it starts"),
        ({"span_start": "2018-01-01", "span_end": "2018-03-01"}, "a day inside a month"),
        ({"span_start": "2018-02-30", "span_end": ""}, "not a day"),
    ],
)
def test_months_that_are_none(row: dict[str, str], message: str) -> None:
    with pytest.raises(SchemaError, match=f"Row 1.*{message}"):
        parse_table(table(without_span(**row)), "AAA-BBB")
