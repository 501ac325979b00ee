"""What a reporter has published: origin, months, years, the known part of a year."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.errors import GapError
from forecast.evaluation.record import known_part, last_month_known, published
from forecast.months import month
from tests.exact.cases import flagship, frame, monthly_flows, panel_of, running_sums, spans_of


def test_origin_is_where_all_flows_are_known() -> None:
    flows = monthly_flows()
    rows = [row for row in spans_of(flows, 1) if not (row[2] == "imports" and row[1] > month(2017, 10))]
    assert last_month_known(panel_of(frame(rows)), "POL") == month(2017, 10)
    turnover = [(month(2017, 1), month(2017, 11), "turnover", float(flows[108:119].sum()))]
    assert last_month_known(panel_of(frame(rows), frame(turnover)), "POL") == month(2017, 11)


def test_origin_of_a_count_that_is_not_there() -> None:
    with pytest.raises(GapError) as caught:
        last_month_known(panel_of(frame(spans_of(monthly_flows(), 1))), "CZE")
    assert caught.value.pointer == "/reporter"
    assert caught.value.allowed == ("POL",)


def test_published_sums_add_up() -> None:
    flows = monthly_flows()
    for rows in (spans_of(flows, 1), running_sums(flows)):
        found = published(panel_of(frame(rows)), "turnover", "POL")
        assert list(found.years) == list(range(2008, 2018))
        assert list(found.months) == list(range(month(2008, 1), month(2017, 12) + 1))
        assert found.years[2013] == pytest.approx(flows[60:72].sum())
        assert found.months[month(2013, 5)] == pytest.approx(flows[64].sum())


def test_coarse_figures_are_years_but_no_months() -> None:
    flows = monthly_flows().round(1)
    found = published(panel_of(frame(spans_of(flows, 1), resolution=0.1)), "exports", "POL")
    assert not found.months
    assert found.years[2013] == pytest.approx(flows[60:72, 0].sum())


def test_known_part_of_a_year() -> None:
    panel = panel_of(frame(spans_of(monthly_flows(), 1)), as_of=date(2017, 9, 25))
    origin = last_month_known(panel, "POL")
    assert origin == month(2017, 8)
    assert known_part(panel, "exports", "POL", 2017, origin) == pytest.approx(monthly_flows()[108:116, 0].sum())
    assert known_part(panel, "exports", "POL", 2018, origin) == 0.0
    assert known_part(panel, "exports", "POL", 2016, origin) == pytest.approx(monthly_flows()[96:108, 0].sum())
    assert known_part(flagship().panel, "turnover", "CHN", 2018, month(2018, 9)) == 77.0
