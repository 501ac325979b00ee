"""Numbers and names in the form of the field."""

from __future__ import annotations

import pytest

from forecast.reports import words


@pytest.mark.parametrize(
    ("prob", "text"),
    [(0.0, "<0.1%"), (0.004, "0.4%"), (0.0349, "3%"), (0.5, "50%"), (0.988, "99%"), (0.9942, "99.4%"), (1.0, ">99.9%")],
)
def test_percent(prob: float, text: str) -> None:
    assert words.percent(prob) == text


def test_amounts_take_two_decimals_under_ten() -> None:
    assert [words.amount(v) for v in (1106.94, 106.94, 9.434, 0.4567)] == ["1,106.9", "106.9", "9.43", "0.457"]
    assert words.interval(9.4, 10.2) == "9.40 to 10.20"
    assert words.digits_for([]) == 1


def test_names_and_spans() -> None:
    assert words.count_of("CHN") == "China's count"
    assert words.count_of("USA") == "the United States' count"
    assert words.count_of("QQQ") == "QQQ's count"
    assert words.short_country("GBR") == "GBR"
    assert words.flow_between("imports", "CHN-RUS") == "imports of China from Russia"
    assert words.span_year("2018-01/2018-12") == 2018
    assert words.span_year("trailing-12") is None
    assert words.span_year("2018-02/2019-01") is None
    assert words.span_words("2018") == "in 2018"
    assert words.short_month("2018-12") == "Dec 2018"
    assert words.short_month("never") == "never"
    assert words.points(0.0) == "<0.1pp"
    assert words.points(0.0031) == "0.3pp"
    assert words.unit_words("USD bn") == "bn USD"
    assert words.unit_words("EUR") == "EUR"
