"""Automatic ARIMA against statsmodels at the same order, and the choice of logarithms."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.models.task import Task
from forecast.models.univariate.arima import arima, logs_fit, said_order
from tests.unit.models.univariate.records import AIR_PASSENGERS, passengers, task


def test_passengers_are_the_airline_model_of_logarithms() -> None:
    """Point and spread as statsmodels has them; the variance of the shocks is theirs times n / (n - parameters + 1)."""
    ahead = arima(Task(passengers(), 24, 20_000))
    assert ahead.said == "ARIMA(0,1,1)(0,1,1)[12] of logarithms"
    model = SARIMAX(np.log(AIR_PASSENGERS), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), simple_differencing=True)
    fit = SARIMAX(np.log(AIR_PASSENGERS), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).smooth(
        [-0.401812, -0.556947, 0.00134773]
    )
    assert len(model.endog) == 131
    law = fit.get_forecast(24)
    assert np.log(ahead.point) == pytest.approx(law.predicted_mean, abs=2e-5)
    spread = np.log(ahead.paths).std(axis=0)
    assert spread == pytest.approx(law.se_mean * np.sqrt(131 / 129), rel=5.0 / np.sqrt(2 * 20_000))


def test_spread_that_goes_with_the_level_asks_for_logarithms() -> None:
    rng, t = np.random.default_rng(5), np.arange(144)
    season = np.sin(2.0 * np.pi * t / 12.0)
    relative = np.exp(2.0 + 0.02 * t + 0.2 * season + 0.05 * rng.standard_normal(144))
    absolute = 20.0 + 2.0 * t + 5.0 * season + 2.0 * rng.standard_normal(144)
    assert logs_fit(relative, 12)
    assert not logs_fit(absolute, 12)
    assert "logarithms" in arima(task(relative)).said
    assert "logarithms" not in arima(task(absolute)).said


def test_units_do_not_sway_the_choice() -> None:
    for seed in range(4):
        values = np.exp(0.3 * np.random.default_rng(seed).standard_normal(80)).cumsum()
        assert logs_fit(values, 12) == logs_fit(1e6 * values, 12) == logs_fit(1e-6 * values, 12)


def test_logarithms_of_a_wild_record_are_given_up() -> None:
    wild = np.exp(np.cumsum(0.6 * np.random.default_rng(0).standard_normal(90)))
    assert logs_fit(wild, 12)
    assert "logarithms" not in arima(task(wild)).said


def test_order_in_words() -> None:
    assert said_order(np.array([2, 1, 1, 0, 1, 1, 12, 0])) == "ARIMA(2,1,1)(0,1,1)[12]"
    assert said_order(np.array([1, 0, 0, 0, 0, 0, 12, 1])) == "ARIMA(1,0,0) with a mean"
    assert said_order(np.array([0, 1, 1, 0, 0, 0, 1, 1])) == "ARIMA(0,1,1) with drift"


def test_never_a_second_difference() -> None:
    """A bend in the record may not run on: twice-summed noise is forecast by at most one difference."""
    bend = 1000.0 + np.cumsum(np.cumsum(np.random.default_rng(1).standard_normal(80)))
    d = int(arima(task(bend)).said.split("(")[1].split(",")[1])
    assert d <= 1
