"""regular_series(): the shortest regular spans on record, gaps as gaps, and a clear refusal."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from forecast.errors import GapError
from forecast.evaluation.regular import published_since, regular_series, span_words
from forecast.months import month
from tests.exact.cases import MONTHS, PAIR, START, frame, monthly_flows, panel_of, spans_of


def test_months_of_the_sum_of_two_flows() -> None:
    series = regular_series(panel_of(frame(spans_of(monthly_flows(), 1))), "turnover", "POL")
    assert (series.start, series.step, len(series)) == (START, 1, MONTHS)
    np.testing.assert_allclose(series.values, monthly_flows().sum(axis=1), rtol=1e-12)
    assert not series.values.flags.writeable
    assert series.name == f"{PAIR} turnover by POL's count"
    assert span_words(series) == "months 2008-01 to 2017-12"


def test_years_where_there_are_only_years_and_quarters_where_there_are_quarters() -> None:
    years = panel_of(frame(spans_of(monthly_flows(), 12)))
    series = regular_series(years, "exports", "POL")
    assert (series.start, series.step, span_words(series)) == (START, 12, "years 2008 to 2017")
    np.testing.assert_allclose(series.values, monthly_flows()[:, 0].reshape(-1, 12).sum(axis=1))
    quarters = regular_series(panel_of(frame(spans_of(monthly_flows(), 3))), "imports", "POL")
    assert (quarters.step, len(quarters)) == (3, MONTHS // 3)
    np.testing.assert_allclose(quarters.values, monthly_flows()[:, 1].reshape(-1, 3).sum(axis=1))


def test_months_are_added_up_when_years_are_asked() -> None:
    series = regular_series(panel_of(frame(spans_of(monthly_flows(), 1))), "turnover", "POL", step=12)
    np.testing.assert_allclose(series.values, monthly_flows().sum(axis=1).reshape(-1, 12).sum(axis=1))


def test_a_gap_is_kept_and_a_stray_month_is_no_beginning() -> None:
    rows = spans_of(monthly_flows(), 1)
    stray, later = rows[:2], rows[60:]
    gap = month(2014, 5)
    series = regular_series(panel_of(frame(stray + [row for row in later if row[0] != gap])), "turnover", "POL")
    assert series.start == rows[60][0]
    assert np.flatnonzero(np.isnan(series.values)).tolist() == [gap - series.start]
    known = published_since(panel_of(frame(stray + later)), "turnover", "POL", 1)
    assert min(known) == START


def test_january_and_february_in_one_sum_are_two_gaps() -> None:
    flows = monthly_flows()
    rows = []
    for at in range(0, MONTHS, 12):
        rows += [
            (START + at, START + at + 1, n, float(flows[at : at + 2, f].sum()))
            for f, n in enumerate(("exports", "imports"))
        ]
        rows += spans_of(flows, 1, first=at + 2, last=at + 12)
    series = regular_series(panel_of(frame(rows)), "turnover", "POL")
    assert series.step == 1
    assert np.isnan(series.values).sum() == 2 * (MONTHS // 12 - 1)
    assert not np.isnan(series.values[[0, -1]]).any()


def test_what_makes_no_record_is_refused() -> None:
    short = panel_of(frame(spans_of(monthly_flows(), 12, first=72)))
    with pytest.raises(GapError, match="24 months"):
        regular_series(short, "turnover", "POL", step=1)
    with pytest.raises(GapError) as caught:
        regular_series(short, "turnover", "CZE")
    assert caught.value.pointer == "/reporter"
    assert caught.value.allowed == ("POL",)
    with pytest.raises(GapError, match="no regular record"):
        regular_series(
            panel_of(frame([row for row in spans_of(monthly_flows(), 1) if row[2] == "exports"])), "imports", "POL"
        )


def test_coarse_quarters_are_left_out() -> None:
    table = frame(spans_of(monthly_flows(), 3), resolution=0.0)
    coarse = table.with_columns(resolution=pl.when(pl.int_range(pl.len()) < 40).then(1.0).otherwise(0.0))
    series = regular_series(panel_of(coarse), "turnover", "POL", step=3)
    assert len(series) == 20
