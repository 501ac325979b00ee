"""The structural model's System, its priors and regressors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.kernels.sparse.kalman import loglik
from forecast.kernels.sparse.smoother import operate
from forecast.models.regressors import DEEPEST_OIL_LAG, OIL_LAGS, currency_gap, lunar_shares, oil_regressors
from forecast.models.structural.beliefs import drift_a_year, prior_moments
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.hyperparameters import (
    COMMON_LEVEL,
    COMMON_LEVEL_IN_CRISIS,
    CYCLE,
    CYCLE_START,
    IRREGULAR,
    OWN_LEVEL,
    hyperpriors,
    system_parameters,
)
from forecast.models.structural.layout import IMPORTS, lay_out
from forecast.models.structural.model import log_turnover, log_twice_flow, operations, size_variance
from forecast.models.structural.priors import (
    IRREGULAR_SIZE_EXPONENT,
    SIZE_EXPONENT,
    WORLD_DRIFT_A_YEAR,
    WORLD_DRIFT_LESS_WINDOW,
)
from forecast.months import month
from forecast.panel import Driver
from tests.exact.cases import (
    ANNUAL_DAY,
    FLAGSHIP_DAY,
    FloatArray,
    at_mode,
    background,
    flagship,
    frame,
    monthly_fit,
    monthly_flows,
    one_flow_fit,
    panel_of,
    spans_of,
)
from tests.twins.dense import log_density, write_out


@pytest.mark.parametrize("day", [FLAGSHIP_DAY, ANNUAL_DAY], ids=["monthly", "annual"])
def test_likelihood_at_the_mode_equals_its_dense_twin(day: date) -> None:
    fitted = flagship(day)
    system, coef, var = at_mode(fitted)
    dense = log_density(system, write_out(system, coef, var, range(0)))
    assert loglik(system, coef, var)[1] == pytest.approx(dense, rel=1e-9, abs=1e-9)
    assert fitted.loglik == pytest.approx(dense, rel=1e-9, abs=1e-9)


def test_likelihood_of_one_flow_equals_its_dense_twin() -> None:
    system, coef, var = at_mode(one_flow_fit())
    assert loglik(system, coef, var)[1] == pytest.approx(
        log_density(system, write_out(system, coef, var, range(0))), rel=1e-9
    )


def test_one_flow_has_no_second_level() -> None:
    fitted = one_flow_fit()
    assert [states.flow for states in fitted.layout.flows] == [0]
    assert "log_own_level_sd" not in fitted.names
    assert "log_own_level_sd" in monthly_fit().names


def test_hyperparameters_become_variances() -> None:
    fitted = flagship()
    u = fitted.mode
    _, var = system_parameters(fitted.layout, u)
    coef, many = system_parameters(fitted.layout, np.stack([u, u]))
    np.testing.assert_array_equal(many, np.stack([var, var]))
    persistence = coef[0, 1]
    assert 0 < persistence < 1
    assert np.log(persistence / (1 - persistence)) == pytest.approx(u[0])
    assert len(fitted.names) == len(u) == len(hyperpriors(fitted.panel, fitted.background, fitted.layout))
    assert (var[1:] > 0).all()
    assert var[0] == 0.0
    assert var[CYCLE] == pytest.approx(var[CYCLE_START] * (1 - persistence**2)), "a stationary cycle"
    assert np.log(var[CYCLE_START]) / 2 == pytest.approx(u[fitted.names.index("log_cycle_sd")])
    assert np.log(var[COMMON_LEVEL]) / 2 == pytest.approx(u[fitted.names.index("log_common_level_sd")])
    assert np.log(var[IRREGULAR + 1]) / 2 == pytest.approx(u[fitted.names.index("log_irregular_sd_imports")])
    factor = np.exp(2 * u[fitted.names.index("log_crisis_factor")])
    for calm in (CYCLE, COMMON_LEVEL, OWN_LEVEL):
        assert var[calm + 1] / var[calm] == pytest.approx(factor)


def response(fitted: Fitted, state: int, months: int) -> FloatArray:
    """Log flows (months, 2) when one state is 1 before the record and nothing else happens."""
    system, coef, _ = at_mode(fitted)
    alpha = np.zeros(fitted.layout.size)
    alpha[state] = 1.0
    found = []
    for t in range(months):
        operate(system, t, coef, np.zeros(system.row.shape[1]), alpha)
        found.append([alpha[states.log_flow] for states in fitted.layout.flows])
    return np.array(found)


def test_each_state_enters_the_log_flow_as_the_formula_says() -> None:
    fitted, n = flagship(), 60
    layout, panel = fitted.layout, fitted.panel
    exports, imports = layout.flows
    months = layout.start + np.arange(n)
    both = np.ones((n, 2))
    np.testing.assert_array_equal(response(fitted, layout.level, n), both)
    np.testing.assert_array_equal(response(fitted, exports.level, n), both * [1, 0])
    np.testing.assert_allclose(response(fitted, layout.drift, n), np.arange(1, n + 1)[:, None] * both)
    np.testing.assert_allclose(response(fitted, imports.drift, n), np.arange(1, n + 1)[:, None] * both * [0, 1])
    for number in (1, 9):
        expected = (months % 12 == number - 1)[:, None] * [1.0, 0.0]
        np.testing.assert_array_equal(response(fitted, exports.season + number - 1, n), expected)
    log_oil = np.log(panel.oil.values) - np.log(panel.oil.values[-1])
    for g, (first, last) in enumerate(OIL_LAGS):
        lagged = [log_oil[months - panel.oil.start - lag] for lag in range(first, last + 1)]
        np.testing.assert_allclose(response(fitted, imports.oil[g], n)[:, 1], np.mean(lagged, axis=0), atol=1e-12)
        assert (response(fitted, imports.oil[g], n)[:, 0] == 0).all()
    gap = currency_gap(panel.fx["RUS"], layout.start, layout.start + n - 1)
    np.testing.assert_allclose(response(fitted, exports.currency[0], n)[:, 0], gap, atol=1e-12)
    lunar = lunar_shares(fitted.background.lunar_new_year, layout.start, layout.start + n - 1)
    np.testing.assert_allclose(response(fitted, imports.lunar[1], n)[:, 1], lunar[:, 1], atol=1e-12)


def test_shocks_shrink_with_size_and_widen_in_crises() -> None:
    fitted = flagship()
    system, _, _ = at_mode(fitted)
    start = fitted.layout.start
    k = int(np.flatnonzero(system.row[0] == fitted.layout.level)[0])
    at = np.array([month(1994, 6), month(2017, 6)]) - start
    small, large = system.scale[at, k] / fitted.path.unrest[at]
    turnover = {year: fitted_turnover(year) for year in (1994, 2017)}
    assert large / small == pytest.approx((turnover[2017] / turnover[1994]) ** (2 * SIZE_EXPONENT), rel=0.02)
    kinds = system.var_of[:, k]
    assert kinds[month(2009, 1) - start] == COMMON_LEVEL_IN_CRISIS
    assert kinds[month(2007, 1) - start] == kinds[month(2017, 6) - start] == COMMON_LEVEL


def test_what_is_a_flows_own_shrinks_with_the_flow() -> None:
    flows = monthly_flows() * [1.0, 0.1]
    panel = panel_of(frame(spans_of(flows, 12)))
    layout = lay_out(panel, background())
    n = layout.end - layout.start + 1
    twice = [log_twice_flow(panel, layout, states, n) for states in layout.flows]
    yearly = flows.reshape(-1, 12, 2).sum(axis=1)
    np.testing.assert_allclose(np.transpose(twice)[6::12], np.log(2.0 * yearly), atol=1e-9)
    ops = operations(panel, background(), layout, layout.end)
    for states, log_size in zip(layout.flows, twice, strict=True):
        of = {
            state: ops.scale[:, int(np.flatnonzero(ops.row[0] == state)[0])] for state in (states.level, states.cycle)
        }
        expected = size_variance(log_size, SIZE_EXPONENT)
        np.testing.assert_allclose(of[states.level], expected)
        np.testing.assert_allclose(of[states.cycle], expected)
        irregular = ops.scale[:, int(np.flatnonzero(ops.row[0] == states.log_flow)[0])]
        np.testing.assert_allclose(irregular, size_variance(log_size, IRREGULAR_SIZE_EXPONENT))


def test_a_flow_without_figures_of_its_own_has_the_size_of_half_of_turnover() -> None:
    flows = monthly_flows()
    rows = [row for row in spans_of(flows, 12) if row[2] == "exports"]
    rows += [(first, last, "turnover", value * 1.8) for first, last, _, value in rows]
    panel = panel_of(frame(rows))
    layout = lay_out(panel, background())
    imports = next(states for states in layout.flows if states.flow == IMPORTS)
    np.testing.assert_allclose(log_twice_flow(panel, layout, imports, 12), log_turnover(panel, layout, 12))


def fitted_turnover(year: int) -> float:
    """Twice the median of a year's published flows, at the middle of the year, as the sizes are read."""
    obs = flagship().panel.observations
    middle = (obs.start + obs.end) // 2 // 12
    rate = obs.value_usd_bn * 12 / (obs.end - obs.start + 1) * np.where(obs.flow == 2, 1, 2)
    return float(np.exp(np.median(np.log(rate[middle == year]))))


def test_the_prior_drift_is_the_worlds_of_the_window_known_and_what_the_two_countries_did_better() -> None:
    panel = panel_of(frame(spans_of(monthly_flows(), 12)))
    b, ends = background(), (panel.first, panel.second)
    known = b.world_drift_known(panel.as_of)
    assert known is not None
    expected = known + WORLD_DRIFT_LESS_WINDOW + b.drift_over_world(ends, panel.as_of)
    assert drift_a_year(panel, b) == pytest.approx(expected)
    unknown = replace(b, world_drift={})
    assert drift_a_year(panel, unknown) == pytest.approx(WORLD_DRIFT_A_YEAR)


def test_season_sums_to_zero_under_the_prior() -> None:
    panel = panel_of(frame(spans_of(monthly_flows(), 1)))
    layout = lay_out(panel, background())
    a, P = prior_moments(panel, background(), layout)
    for states in layout.flows:
        block = slice(states.season, states.season + 12)
        assert a[block].sum() == pytest.approx(0.0, abs=0.006), "twelve means, each rounded to .005 or so"
        np.testing.assert_allclose(P[block, block].sum(axis=0), 0.0, atol=1e-15)
        assert np.linalg.eigvalsh(P).min() > -1e-12


def test_spans_that_follow_one_another_share_a_cumulator() -> None:
    flows = monthly_flows()
    yearly = lay_out(panel_of(frame(spans_of(flows, 12))), background())
    mixed = lay_out(panel_of(frame(spans_of(flows, 12, last=96) + spans_of(flows, 3, first=96))), background())
    assert mixed.size == yearly.size
    assert [len({life.state for life in lives}) for lives in mixed.lives.values()] == [1, 1]


def test_spans_that_overlap_have_a_cumulator_each() -> None:
    flows = monthly_flows()
    rows = spans_of(flows, 12, last=96)
    overlapping = [(month(2016, first), month(2016, first + 5), "exports", 6.0) for first in (1, 4, 7)]
    layout = lay_out(panel_of(frame(rows + overlapping)), background())
    lives = layout.lives[0, 0]
    assert [life.start for life in lives[-3:]] == [month(2016, 1), month(2016, 4), month(2016, 7)]
    assert lives[-3].state != lives[-2].state
    assert lives[-1].state == lives[-3].state, "January to June is over in July"


def test_record_before_the_oil_price_is_refused() -> None:
    rows = [
        (month(year, 1), month(year, 12), flow, 1.0) for year in range(1960, 1979) for flow in ("exports", "imports")
    ]
    panel = panel_of(frame(rows), as_of=date(1979, 12, 31))
    with pytest.raises(GapError, match="oil price"):
        lay_out(panel, background())


def test_oil_regressors_are_means_over_lags() -> None:
    log_oil = np.random.default_rng(0).standard_normal((2, DEEPEST_OIL_LAG + 5))
    found = oil_regressors(log_oil)
    assert found.shape == (2, 5, len(OIL_LAGS))
    for t in range(5):
        for g, (first, last) in enumerate(OIL_LAGS):
            at = DEEPEST_OIL_LAG + t
            np.testing.assert_allclose(found[:, t, g], log_oil[:, at - last : at - first + 1].mean(axis=1))


def test_currency_gap_closes_when_the_rate_stays() -> None:
    rate = np.full(60, 30.0)
    rate[48:] = 60.0
    fx = Driver("fx:QQQ", month(2000, 1), rate)
    gap = currency_gap(fx, month(2000, 1), month(2010, 12))
    assert (gap[:12] == 0).all(), "under a year of record"
    assert gap[40] == pytest.approx(0.0)
    assert gap[49] == pytest.approx(0.5 * np.tanh(np.log(2) * 23 / 24 / 0.5)), "one month after the fall"
    assert (np.diff(gap[49:74]) <= 1e-12).all()
    assert np.abs(gap[80:]).max() < 1e-12, "two years later the new rate is the usual one"


def test_lunar_shares_move_trade_between_months_only() -> None:
    shares = lunar_shares(background().lunar_new_year, month(1950, 1), month(2049, 12))
    by_year = shares.reshape(100, 12, 2)
    np.testing.assert_allclose(by_year[:, 3:10].sum(axis=(1, 2)), 0.0, atol=0.05)
    np.testing.assert_allclose(by_year.mean(axis=0), 0.0, atol=0.05)
    february_2018 = shares[month(2018, 2) - month(1950, 1)]
    assert february_2018[0] > 0, "New Year on 2018-02-16: most days before it lie in February"
    assert by_year[:, :3].std() > 0.1
