"""What must not change the answer, and what may, on made-up tables and on the flagship.

Exact: the unit of the table; more paths only append. Up to Monte Carlo error: which country comes first, and the
scale of trade where shocks no longer shrink with size. Close, since figures allow for vintages of .3 %: year-to-date
sums in place of months, quarters in place of years.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from forecast.cover import known_cover
from forecast.evaluation.bands import year_sums
from forecast.models.structural.fitted import Fitted
from forecast.months import Span, month, parse_month
from tests.exact.cases import (
    FLAGSHIP_DAY,
    MONTHS,
    FloatArray,
    fit_of,
    flagship,
    frame,
    monthly_fit,
    monthly_flows,
    paths_of,
    running_sums,
    spans_of,
)

PATHS = 4000


def year_2018(fitted: Fitted, flow: str = "turnover", reporter: str | None = None) -> FloatArray:
    ensemble, _ = paths_of(fitted, through=month(2018, 12), paths=PATHS, reporter=reporter)
    return year_sums(ensemble.flow(flow), ensemble.start, 2018, 2018)[:, 0]


def width(draws: FloatArray) -> float:
    """Of the 80 % band, in logs."""
    return float(np.ptp(np.quantile(np.log(draws), [0.1, 0.9])))


def shift(draws: FloatArray, other: FloatArray) -> float:
    """Log of the ratio of medians."""
    return float(np.log(np.median(draws) / np.median(other)))


@cache
def base() -> FloatArray:
    return year_2018(monthly_fit())


@cache
def scaled(factor: float) -> Fitted:
    return fit_of(frame(spans_of(monthly_flows(), 1), factor=factor))


def test_the_unit_of_the_table_changes_nothing() -> None:
    table = frame(spans_of(monthly_flows(), 1), factor=1e3).with_columns(pl.lit("USD mn").alias("unit"))
    other = fit_of(table)
    np.testing.assert_allclose(
        other.panel.observations.value_usd_bn, monthly_fit().panel.observations.value_usd_bn, rtol=1e-15
    )
    np.testing.assert_allclose(other.mode, monthly_fit().mode, atol=2e-3)  # the optimiser's own tolerance
    assert abs(shift(year_2018(other), base())) < 1e-3


def test_a_thousand_times_the_trade_is_a_thousand_times_the_forecast() -> None:
    """Nearly: shocks are believed to shrink with size, so the bands are a little narrower."""
    large = year_2018(scaled(1e3))
    assert abs(shift(large, 1e3 * base())) < 0.015
    assert 0.7 * width(base()) < width(large) < width(base())


def test_beyond_the_sizes_measured_scaling_is_exact() -> None:
    """At 500 bn USD and above shocks shrink no more."""
    np.testing.assert_allclose(scaled(2e3).mode, scaled(1e3).mode, atol=2e-3)
    assert abs(shift(year_2018(scaled(2e3)), 2 * year_2018(scaled(1e3)))) < 1e-3


def test_year_to_date_sums_say_what_months_say() -> None:
    running = fit_of(frame(running_sums(monthly_flows())))
    assert abs(shift(year_2018(running), base())) < 0.01
    assert width(year_2018(running)) == pytest.approx(width(base()), rel=0.12)
    for m in (month(2016, 1), month(2017, 6), month(2017, 12)):
        for flow in ("exports", "imports", "turnover"):
            covers = [known_cover(f.panel, flow, "POL", Span(m, m)) for f in (running, monthly_fit())]
            assert covers[0] is not None
            assert covers[1] is not None
            assert covers[0].value_usd_bn == pytest.approx(covers[1].value_usd_bn, rel=1e-9)


def test_quarters_in_place_of_years_keep_the_answer_close_and_narrow_it() -> None:
    flows = monthly_flows()
    yearly = year_2018(fit_of(frame(spans_of(flows, 12))))
    some = year_2018(fit_of(frame(spans_of(flows, 12, last=72) + spans_of(flows, 3, first=72))))
    assert abs(shift(some, yearly)) < 0.03
    assert width(some) < 0.85 * width(yearly)
    assert abs(shift(some, base())) < 0.03
    assert width(base()) < width(some), "months say more than quarters"


def test_the_same_years_told_twice_say_no_more() -> None:
    """Yearly sums beside the months that make them up are repetitions."""
    flows = monthly_flows()
    both = fit_of(frame(spans_of(flows, 1) + spans_of(flows, 12)))
    np.testing.assert_array_equal(both.draws, monthly_fit().draws)


def test_a_second_count_does_not_widen_the_first() -> None:
    flows = monthly_flows()
    drift = np.exp(0.1 + 0.03 * np.random.default_rng(3).standard_normal((MONTHS // 12, 2)))
    counted = np.repeat(drift, 12, axis=0) * flows
    two = fit_of(frame(spans_of(flows, 1)), frame(spans_of(counted, 12), reporter="CZE"))
    assert two.panel.reporters == ("POL", "CZE")
    assert abs(shift(year_2018(two), base())) < 0.01
    assert width(year_2018(two)) < 1.05 * width(base())
    by_other = year_2018(two, reporter="CZE")
    assert np.log(np.median(by_other) / np.median(base())) == pytest.approx(0.1, abs=0.03)
    assert width(by_other) > width(base())


def test_swapping_the_pair_swaps_the_flows_and_leaves_the_law() -> None:
    turned = flagship(FLAGSHIP_DAY, "RUS-CHN")
    ours = dict(zip(flagship().names, flagship().mode, strict=True))
    theirs = dict(zip(turned.names, turned.mode, strict=True))
    for name, value in ours.items():
        other = {"exports": "imports", "imports": "exports"}.get(name.rsplit("_", 1)[-1])
        twin = f"{name.rsplit('_', 1)[0]}_{other}" if other else name
        assert theirs[twin] == pytest.approx(value, abs=0.05), name
    one, _ = paths_of(flagship(), through=month(2019, 12), paths=PATHS, reporter="CHN")
    two, _ = paths_of(turned, through=month(2019, 12), paths=PATHS, reporter="CHN")
    for flow, twin in (("exports", "imports"), ("imports", "exports"), ("turnover", "turnover")):
        a, b = (year_sums(e.flow(f), e.start, 2018, 2019) for e, f in ((one, flow), (two, twin)))
        for year in range(2):
            for level in (0.1, 0.5, 0.9):
                share = (b[:, year] <= np.quantile(a[:, year], level)).mean()
                error = np.sqrt(2 * level * (1 - level) / PATHS + 2 * level * (1 - level) / 512 * 0.1)
                assert abs(share - level) < 5 * error, (flow, year, level)


# ---- what is known -----------------------------------------------------------------------------------


@cache
def to_august() -> Fitted:
    """Single months to August 2017, then a sum of eight months and one print too coarse to be a month."""
    flows = monthly_flows()
    last = parse_month("2017-08") - parse_month("2008-01") + 1
    coarse = [(month(2017, 1), month(2017, 9), "turnover", float(flows[108:117].sum().round()))]
    return fit_of(frame(spans_of(flows, 1, last=last)), frame(coarse, resolution=1.0))


def test_months_published_singly_are_pinned() -> None:
    ensemble, _ = paths_of(to_august(), through=month(2018, 12), paths=500)
    flows = monthly_flows()
    for f, flow in enumerate(("exports", "imports")):
        known = ensemble.flow(flow)[:, : month(2017, 8) - ensemble.start + 1]
        assert np.ptp(known, axis=0).max() < 1e-12
        np.testing.assert_allclose(known[0], flows[ensemble.start - month(2008, 1) : 116, f], rtol=1e-12)


def test_a_coarse_print_is_not_pinned_but_heard() -> None:
    ensemble, _ = paths_of(to_august(), through=month(2018, 12), paths=4000)
    assert ensemble.origin == month(2017, 9)
    at = month(2017, 9) - ensemble.start
    september = ensemble.flow("turnover")[:, at]
    printed, known = monthly_flows()[108:117].sum().round(), monthly_flows()[108:116].sum()
    assert september.std() > 0.03
    assert np.median(september) == pytest.approx(printed - known, abs=0.5)
    without = fit_of(frame(spans_of(monthly_flows(), 1, last=116)))
    unheard, _ = paths_of(without, through=month(2018, 12), paths=4000)
    assert september.std() < 0.97 * unheard.flow("turnover")[:, at].std(), (
        "a print to the nearest billion says something"
    )


def test_known_months_enter_the_year() -> None:
    ensemble, _ = paths_of(to_august(), through=month(2017, 12), paths=2000)
    year = year_sums(ensemble.flow("turnover"), ensemble.start, 2017, 2017)[:, 0]
    known = monthly_flows()[108:116].sum()
    assert year.min() > known
    rest = ensemble.flow("turnover")[:, month(2017, 9) - ensemble.start :].sum(axis=1)
    np.testing.assert_allclose(year, known + rest, rtol=1e-12)


def test_longer_spans_are_met_in_their_sum() -> None:
    """Months known only as quarters: draws differ, their sums do not."""
    quarters = fit_of(frame(spans_of(monthly_flows(), 3)))
    ensemble, _ = paths_of(quarters, through=month(2018, 12), paths=500)
    values = ensemble.flow("exports")[:, : month(2017, 12) - ensemble.start + 1]
    by_quarter = values.reshape(500, -1, 3)
    expected = monthly_flows()[ensemble.start - month(2008, 1) :, 0].reshape(-1, 3).sum(axis=1)
    np.testing.assert_allclose(by_quarter.sum(axis=2), np.tile(expected, (500, 1)), rtol=1e-12)
    assert by_quarter.std(axis=0).min() > 0.005
