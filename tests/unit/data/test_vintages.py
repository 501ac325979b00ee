"""vintages: which print counts on a day, falling sums, short and broken records."""

import pytest

from forecast.data.schema import Figure
from forecast.data.vintages import latest_known, refuse_falling_sums, refuse_short_records
from forecast.errors import GapError, SchemaError
from forecast.months import Span


def figure(first: int, last: int, value: float, *, published: int = 1, step: float = 0.0, row: int = 1) -> Figure:
    return Figure(Span(first, last), 0, "AAA", value, step, published, row)


def test_the_latest_print_known_on_the_day_counts() -> None:
    prints = [figure(0, 0, 5.2, published=30), figure(0, 0, 5.0, published=10), figure(1, 1, 6.0, published=31)]
    assert latest_known(prints, 9) == []
    assert [f.value_usd_bn for f in latest_known(prints, 29)] == [5.0]
    assert [f.value_usd_bn for f in latest_known(prints, 30)] == [5.2]
    assert [f.value_usd_bn for f in latest_known(prints, None)] == [5.2, 6.0]


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_agreeing_prints_of_a_day_the_finer_counts(turn: int) -> None:
    prints = [figure(0, 0, 84.07, step=0.01), figure(0, 0, 84.0, step=1.0, row=2)]
    assert latest_known(prints[::turn], None) == [prints[0]]


def test_two_values_on_one_day_are_refused() -> None:
    with pytest.raises(SchemaError, match=r"Rows 3 and 7 print the same figure.*different values") as caught:
        latest_known([figure(0, 0, 5.0, row=7), figure(0, 0, 5.1, row=3)], None)
    assert caught.value.pointer == "row 7"


def test_a_running_sum_cannot_fall() -> None:
    with pytest.raises(SchemaError, match=r"Row 2 .*is smaller than row 1"):
        refuse_falling_sums([figure(0, 3, 30.0, row=1), figure(0, 4, 29.9, row=2)])
    refuse_falling_sums([figure(0, 3, 30.0), figure(0, 4, 29.9, step=0.2)])


def test_a_part_cannot_be_larger_than_the_whole() -> None:
    with pytest.raises(SchemaError, match=r"Row 2 .*is smaller than row 1"):
        refuse_falling_sums([figure(2, 3, 31.0, row=1), figure(0, 4, 30.0, row=2)])
    refuse_falling_sums([figure(2, 3, 30.5), figure(0, 4, 30.0)])  # 2 % between vintages


def test_other_flows_and_reporters_may_be_smaller() -> None:
    refuse_falling_sums([figure(0, 3, 30.0), Figure(Span(0, 4), 1, "AAA", 5.0, 0.0, 1, 2)])
    refuse_falling_sums([figure(0, 3, 30.0), Figure(Span(0, 4), 0, "BBB", 5.0, 0.0, 1, 2)])


def test_too_few_figures_or_months() -> None:
    with pytest.raises(GapError, match="No figure was known on 2018-10-12"):
        refuse_short_records([], "2018-10-12")
    with pytest.raises(GapError, match="3 figures over 36 months"):
        refuse_short_records([figure(12 * y, 12 * y + 11, 5.0) for y in range(3)], "any day")
    with pytest.raises(GapError, match="23 figures over 23 months"):
        refuse_short_records([figure(m, m, 5.0) for m in range(23)], "any day")
    refuse_short_records([figure(m, m, 5.0) for m in range(24)], "any day")


def test_a_hole_of_five_years_is_the_longest() -> None:
    early, base = [figure(m, m, 5.0) for m in range(24000, 24012)], 24012
    refuse_short_records([*early, figure(base + 60, base + 60, 5.0)], "any day")
    with pytest.raises(GapError, match="from 2001-01 to 2006-01, more than 60 months"):
        refuse_short_records([*early, figure(base + 61, base + 61, 5.0)], "any day")
    refuse_short_records([*early, figure(24000, base + 3, 65.0), figure(base + 64, base + 64, 5.0)], "any day")
