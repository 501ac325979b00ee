"""Seasonal naive and drift against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.naive import naive_forecast
from forecast.models.univariate.naive import drift, seasonal_naive
from tests.unit.models.univariate.records import flow, task


def test_point_is_the_year_before() -> None:
    values = flow(40)
    ahead = seasonal_naive(task(values, horizon=30))
    assert ahead.point == pytest.approx(np.concatenate([values[-12:], values[-12:], values[-12:-6]]))


def test_point_skips_a_gap_to_the_year_before_that() -> None:
    values = flow(48)
    values[40] = np.nan
    assert seasonal_naive(task(values)).point[4] == pytest.approx(values[28])


def test_each_month_has_the_law_of_the_method() -> None:
    """Quantiles of each month against the normal law of the logarithms, within five standard errors."""
    values = flow(120)
    paths = seasonal_naive(task(values, horizon=36, paths=20_000)).paths
    law = naive_forecast(np.log(values), 12, 0, 36)
    assert np.log(paths).mean(axis=0) == pytest.approx(law.point, abs=5.0 * law.sd.max() / np.sqrt(20_000))
    assert np.log(paths).std(axis=0) == pytest.approx(law.sd, rel=5.0 / np.sqrt(2 * 20_000))


def test_errors_carry_over_as_in_the_record() -> None:
    """Yearly changes of a random walk go together; those of independent months do not."""
    rng = np.random.default_rng(4)
    walk = np.exp(3.0 + np.cumsum(0.02 * rng.standard_normal(240)))
    noise = np.exp(3.0 + 0.05 * rng.standard_normal(240))
    found = []
    for values in (walk, noise):
        z = np.log(seasonal_naive(task(values, horizon=12, paths=5000)).paths) - np.log(values[-12:])
        found.append(float(np.corrcoef(z[:, 3], z[:, 4])[0, 1]))
    errors = np.log(walk[12:] / walk[:-12])
    measured = float(np.sum(errors[1:] * errors[:-1]) / np.sum(errors**2))
    assert found[0] == pytest.approx(measured, abs=0.05)
    assert abs(found[1]) < 0.25


def test_drift_is_the_line_from_first_to_last() -> None:
    values = 100.0 + 2.0 * np.arange(30) + np.random.default_rng(0).standard_normal(30)
    ahead = drift(task(values, horizon=12, paths=20_000))
    slope = (values[-1] - values[0]) / 29
    relative = (values[-1] / values[0]) ** (1 / 29)
    assert "absolute" in ahead.said or "relative" in ahead.said
    if "absolute" in ahead.said:
        assert ahead.point == pytest.approx(values[-1] + slope * np.arange(1, 13))
    else:
        assert ahead.point == pytest.approx(values[-1] * relative ** np.arange(1, 13))


def test_drift_carries_its_own_uncertainty() -> None:
    """Variance sigma2 h (1 + h / (n - 1)), Hyndman & Athanasopoulos 2021, table 5.2."""
    values = np.exp(3.0 + np.cumsum(0.05 + 0.03 * np.random.default_rng(6).standard_normal(40)))
    paths = drift(task(values, horizon=24, paths=20_000)).paths
    moves = np.diff(np.log(values))
    h = np.arange(1, 25)
    expected = np.sqrt(moves.var(ddof=1) * h * (1.0 + h / 39))
    assert np.log(paths).std(axis=0) == pytest.approx(expected, rel=5.0 / np.sqrt(2 * 20_000))


def test_scale_of_the_errors_follows_the_record() -> None:
    rng = np.random.default_rng(9)
    grows = 10.0 * np.exp(0.03 * np.arange(120)) * np.exp(0.04 * rng.standard_normal(120))
    shifts = 1000.0 - 7.0 * np.arange(120) + 3.0 * rng.standard_normal(120)
    assert "relative" in drift(task(grows)).said
    assert "absolute" in drift(task(shifts)).said
