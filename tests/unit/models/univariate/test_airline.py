"""The airline model against published figures and statsmodels; what lets a regressor in."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.data.background import load_background
from forecast.models.calendar import trading_days
from forecast.models.regressors import lunar_shares
from forecast.models.task import Task
from forecast.models.univariate.airline import airline
from forecast.models.univariate.members import members_with
from forecast.months import month
from forecast.panel import Driver
from forecast.series import Series
from tests.unit.models.univariate.records import AIR_PASSENGERS, FloatArray, flow, passengers, task

START, MONTHS = month(2000, 1), 240
LUNAR = load_background().lunar_new_year


def airline_noise(count: int, seed: int, sd: float = 0.03) -> FloatArray:
    """Log figures of an airline model: theta -.4, Theta -.6, on a season."""
    rng = np.random.default_rng(seed)
    e = sd * rng.standard_normal(count + 13)
    w = e[13:] - 0.4 * e[12:-1] - 0.6 * e[1:-12] + 0.24 * e[:-13]
    out = np.concatenate([0.1 * np.sin(2.0 * np.pi * np.arange(13) / 12.0), np.zeros(count)])
    for t in range(13, count + 13):
        out[t] = out[t - 1] + out[t - 12] - out[t - 13] + w[t - 13]
    return np.asarray(4.0 + out[13:])


def brent(months: int, seed: int = 1) -> Driver:
    steps = 0.08 * np.random.default_rng(seed).standard_normal(months)
    return Driver("oil", START - 24, np.exp(4.0 + np.cumsum(steps)))


def test_passengers_have_the_published_law() -> None:
    """Theta -.401812, Theta -.556947, variance .00134773: forecasts and spread at those, by statsmodels."""
    ahead = airline(Task(passengers(dated=False), 24, 20_000))
    assert ahead.said == "airline of logarithms, theta -0.40, Theta -0.56"
    law = (
        SARIMAX(np.log(AIR_PASSENGERS), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))
        .smooth([-0.401812, -0.556947, 0.00134773])
        .get_forecast(24)
    )
    assert np.log(ahead.point) == pytest.approx(law.predicted_mean, abs=1e-5)
    spread = np.log(ahead.paths).std(axis=0)
    assert spread == pytest.approx(law.se_mean * np.sqrt(131 / 129), rel=5.0 / np.sqrt(2 * 20_000))


def test_trading_days_come_in_where_they_work_and_statsmodels_agrees() -> None:
    days = trading_days(START, START + MONTHS + 11)
    y = airline_noise(MONTHS, 1, sd=0.02) + days[:MONTHS] @ np.array([0.01, 0.04])
    ahead = airline(Task(Series("x", START, 1, np.exp(y)), 12, 500))
    assert ahead.said.endswith("with trading days")
    model = SARIMAX(y, days[:MONTHS], order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))
    fit = model.fit(disp=False)
    assert np.log(ahead.point) == pytest.approx(fit.forecast(12, exog=days[MONTHS:]), abs=2e-3)


def test_calendar_is_left_out_where_it_does_not_work() -> None:
    """AICc lets two idle coefficients in for less than a fifth of all records."""
    said = [airline(Task(Series("x", START, 1, np.exp(airline_noise(120, s))), 6, 10), LUNAR).said for s in range(15)]
    assert sum("with" in one for one in said) <= 6


def test_lunar_new_year_moves_february() -> None:
    """Exports that fall by the share of the holiday: with its days the years to come differ as their dates do."""
    shares = lunar_shares(LUNAR, START, START + MONTHS + 23)
    y = airline_noise(MONTHS + 24, 2, sd=0.02) + shares @ np.array([0.15, -0.4])
    known = Series("CHN-USA exports", START, 1, np.exp(y[:MONTHS]))
    with_days, without = airline(Task(known, 24, 500), LUNAR), airline(Task(known, 24, 500))
    assert "Lunar New Year" in with_days.said
    assert "Lunar New Year" not in without.said
    error = [np.abs(np.log(ahead.point) - y[MONTHS:]).mean() for ahead in (with_days, without)]
    assert error[0] < error[1]
    spread = [np.log(ahead.paths[:, 0]).std() for ahead in (with_days, without)]
    assert spread[0] < 0.8 * spread[1]
    bound = members_with(LUNAR)["airline"](Task(known, 24, 500))
    assert np.array_equal(bound.paths, with_days.paths)


def test_days_that_end_too_early_are_not_used() -> None:
    few = LUNAR[: np.searchsorted(LUNAR, date(2020, 6, 1).toordinal())]
    known = Series("x", START, 1, np.exp(airline_noise(MONTHS, 3)))
    assert "Lunar" not in airline(Task(known, 12, 10), few).said


def oil_flow(seed: int, oil: Driver) -> FloatArray:
    """A flow that follows the mean of this month's oil and the last two's, half and half."""
    log_oil = np.log(oil.values)
    lagged = np.mean([log_oil[24 - lag : 24 - lag + MONTHS] for lag in range(3)], axis=0)
    return np.asarray(np.exp(airline_noise(MONTHS, seed, sd=0.02) + 0.5 * lagged))


def test_oil_comes_in_and_its_future_is_drawn() -> None:
    oil = brent(MONTHS + 24)
    known = Series("x", START, 1, oil_flow(4, oil))
    ahead = airline(Task(known, 24, 2000, known={"oil": oil}))
    assert "oil" in ahead.said
    plain = airline(Task(known, 24, 2000))
    assert "oil" not in plain.said
    # Two years of oil by its density spread by .08 sqrt(24) = .39, half of which reaches the flow.
    given = {"oil": Driver("oil", oil.end + 1, np.full(24, oil.values[-1]))}
    fixed = airline(Task(known, 24, 2000, known={"oil": oil}, given=given))
    spread, bare = np.log(ahead.paths[:, 23]).std(), np.log(fixed.paths[:, 23]).std()
    assert np.sqrt(spread**2 - bare**2) == pytest.approx(0.5 * 0.39, rel=0.35)
    assert np.log(ahead.point) == pytest.approx(np.log(fixed.point), abs=0.03)


def test_given_oil_moves_the_forecast_by_its_elasticity() -> None:
    oil = brent(MONTHS + 24)
    known = Series("x", START, 1, oil_flow(4, oil))
    points = []
    for factor in (1.0, 2.0):
        given = {"oil": Driver("oil", oil.end + 1, np.full(24, factor * oil.values[-1]))}
        points.append(airline(Task(known, 24, 100, known={"oil": oil}, given=given)).point)
    moved = np.log(points[1] / points[0])
    assert moved[0] == pytest.approx(0.5 * np.log(2.0) / 3.0, rel=0.25), "one of three months"
    assert moved[6] == pytest.approx(0.5 * np.log(2.0), rel=0.25)


def test_members_without_drivers_leave_oil_alone() -> None:
    oil = brent(MONTHS + 24)
    known = Series("x", START, 1, oil_flow(4, oil))
    for name, member in members_with(LUNAR).items():
        if name != "airline":
            bare = member(Task(known, 6, 20))
            assert np.array_equal(member(Task(known, 6, 20, known={"oil": oil}, given={"oil": oil})).paths, bare.paths)


@pytest.mark.parametrize("step", [3, 12])
def test_longer_spans(step: int) -> None:
    oil = brent(MONTHS + 24)
    sums = oil_flow(5, oil).reshape(-1, step).sum(axis=1)
    ahead = airline(Task(Series("x", START, step, sums), 4, 100, known={"oil": oil}), LUNAR)
    assert ahead.said.startswith("airline" if step == 3 else "ARIMA(0,1,1) with drift")
    assert np.median(ahead.paths, axis=0) == pytest.approx(ahead.point, rel=0.1)


def test_zeros_and_wild_records_are_taken_as_they_are() -> None:
    values = flow(96)
    values[3] = 0.0
    assert "of the figures" in airline(task(values)).said
    wild = np.exp(np.cumsum(0.5 * np.random.default_rng(1).standard_normal(120)))
    assert "of the figures" in airline(task(wild)).said
