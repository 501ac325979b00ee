"""replay(): benchmarks recomputed by hand, and nothing known too early."""

from __future__ import annotations

from dataclasses import replace as with_changes
from datetime import date
from functools import cache

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from forecast import retrospect
from forecast.errors import GapError, SchemaError
from forecast.evaluation.record import published
from forecast.evaluation.replayed import Forecast, Origin, Replay
from forecast.models.background import Background
from forecast.models.structural.fitted import Fitted
from forecast.months import month, month_of
from forecast.panel import Driver, Panel
from forecast.retrospect import FORECASTERS, replay
from tests.exact.cases import FloatArray, frame, monthly_flows, oil, spans_of

YEARS = (2015, 2016)
PATHS = 400


@cache
def replayed() -> Replay:
    return replay("CHN-RUS", *YEARS, paths=PATHS)


def by_name(origin: Origin) -> dict[str, Forecast]:
    return {forecast.forecaster: forecast for forecast in origin.forecasts}


def mean_price(year: int) -> float:
    at = month(year, 1) - oil().start
    return float(oil().values[at : at + 12].mean())


@cache
def known_years(as_of: date) -> dict[int, float]:
    from forecast.data.assemble import load_panel

    return published(load_panel("CHN-RUS", as_of=as_of), "turnover", "CHN").years


def test_benchmarks_by_hand() -> None:
    for origin in replayed().origins:
        known = known_years(origin.as_of)
        years = sorted(known)
        assert years == list(range(years[0], origin.year)), "every year up to the one before"
        totals = np.log([known[y] for y in years])
        growth = np.diff(totals)
        n = len(growth)
        found = by_name(origin)["drift"]
        half = stats.t.ppf(0.9, n - 1) * growth.std(ddof=1) * np.sqrt(1 + 1 / n)
        middle = totals[-1] + growth.mean()
        expected = np.exp([middle - half, middle, middle + half])
        np.testing.assert_allclose([found.lower_usd_bn, found.median_usd_bn, found.upper_usd_bn], expected, rtol=2e-3)

        X = sm.add_constant(np.diff(np.log([mean_price(y) for y in years])))
        ahead = np.log(mean_price(origin.year) / mean_price(origin.year - 1))
        given = sm.OLS(growth, X).fit().get_prediction([[1.0, ahead]]).summary_frame(alpha=0.2).iloc[0]
        found = by_name(origin)["oil regression, oil given"]
        expected = np.exp(totals[-1] + np.array([given["obs_ci_lower"], given["mean"], given["obs_ci_upper"]]))
        np.testing.assert_allclose([found.lower_usd_bn, found.median_usd_bn, found.upper_usd_bn], expected, rtol=2e-3)


def test_errors_and_cover_against_the_outcome() -> None:
    assert [origin.year for origin in replayed().origins] == list(YEARS)
    for origin in replayed().origins:
        assert origin.outcome_usd_bn == known_years(date(2019, 6, 30))[origin.year]
        assert [forecast.forecaster for forecast in origin.forecasts] == list(FORECASTERS)
        for f in origin.forecasts:
            assert f.lower_usd_bn < f.median_usd_bn < f.upper_usd_bn
            assert f.log_error == pytest.approx(np.log(origin.outcome_usd_bn / f.median_usd_bn))
            assert f.covered == (f.lower_usd_bn <= origin.outcome_usd_bn <= f.upper_usd_bn)
            assert 0 < f.crps < abs(f.log_error) + 0.3


def test_scores_are_means_over_origins() -> None:
    for i, score in enumerate(replayed().scores):
        each = [origin.forecasts[i] for origin in replayed().origins]
        assert score.forecaster == FORECASTERS[i]
        assert score.origins == 2
        assert score.log_rmse == pytest.approx(np.sqrt(np.mean([f.log_error**2 for f in each])))
        assert score.crps == pytest.approx(np.mean([f.crps for f in each]))
        assert score.coverage_80 == np.mean([f.covered for f in each])


def test_crps_of_the_drift_by_quadrature() -> None:
    origin = replayed().origins[0]
    known = known_years(origin.as_of)
    growth = np.diff(np.log([known[y] for y in sorted(known)]))
    n = len(growth)
    law = stats.t(n - 1, np.log(known[max(known)]) + growth.mean(), growth.std(ddof=1) * np.sqrt(1 + 1 / n))
    x = np.linspace(-5, 15, 400_001)
    step = (x >= np.log(origin.outcome_usd_bn)).astype(float)
    expected = np.trapezoid((law.cdf(x) - step) ** 2, x)
    assert by_name(origin)["drift"].crps == pytest.approx(expected, rel=2e-3)


def test_no_figure_published_later_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Panel] = []
    inner = retrospect.fit

    def spying(panel: Panel, background: Background, *, seed: int) -> Fitted:
        seen.append(panel)
        return inner(panel, background, seed=seed)

    monkeypatch.setattr(retrospect, "fit", spying)
    again = replay("CHN-RUS", *YEARS, paths=PATHS)
    assert again == replayed()
    assert [panel.as_of for panel in seen] == [origin.as_of for origin in again.origins]
    for panel, year in zip(seen, YEARS, strict=True):
        assert panel.as_of.year == year
        assert panel.observations.published.max() <= panel.as_of.toordinal()
        assert panel.observations.end.max() <= month_of(panel.as_of)
        assert panel.oil.end < month_of(panel.as_of)
        assert all(fx.end < month_of(panel.as_of) for fx in panel.fx.values())


def test_realised_oil_enters_only_where_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another oil price after the day of knowledge changes "oil given" and nothing else."""
    day = replayed().origins[0].as_of
    values: FloatArray = oil().values.copy()
    values[month_of(day) - oil().start :] *= 0.5

    def cheaper(name: str, as_of: date | None = None) -> Driver:
        assert (name, as_of) == ("oil", None)
        return with_changes(oil(), values=values)

    monkeypatch.setattr(retrospect, "load_driver", cheaper)
    other = by_name(replay("CHN-RUS", 2015, 2015, paths=PATHS).origins[0])
    plain = by_name(replayed().origins[0])
    for name in ("tradewind", "drift", "oil regression"):
        assert other[name] == plain[name]
    for name in ("tradewind, oil given", "oil regression, oil given"):
        assert other[name].median_usd_bn < 0.95 * plain[name].median_usd_bn


def test_years_that_cannot_be_replayed() -> None:
    with pytest.raises(SchemaError, match="swap"):
        replay("CHN-RUS", 2016, 2015)
    with pytest.raises(GapError, match="1980"):
        replay("CHN-RUS", 1980, 1981)
    with pytest.raises(GapError) as caught:
        replay("CHN-RUS", 2015, 2015, reporter="USA")
    assert caught.value.pointer == "/reporter"
    with pytest.raises(GapError, match="6"):
        replay("CHN-RUS", 1995, 1995)


def test_one_flow_of_a_table() -> None:
    rows = [row for row in spans_of(monthly_flows(), 12) if row[2] == "exports"]
    found = replay("POL-CZE", 2016, 2016, table=frame(rows), paths=PATHS)
    assert found.flow == "exports"
    assert found.origins[0].outcome_usd_bn == pytest.approx(monthly_flows()[96:108, 0].sum())
