"""Theta against its kernel, and the two scales of its paths."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.theta.ahead import forecast_thetas
from forecast.kernels.theta.fit import ThetaRules, fit_theta
from forecast.models.univariate.theta import theta
from tests.unit.models.univariate.records import AIR_PASSENGERS, flow, task


@pytest.mark.parametrize("step", [1, 3])
def test_point_is_the_kernels(step: int) -> None:
    values = flow(90, step)
    batch = forecast_thetas(gate(values), gate_int(np.array([90])), ThetaRules(season=12 // step), 18)
    assert theta(task(values, step=step)).point == pytest.approx(batch.forecasts[0])


def test_relative_paths_spread_as_the_relative_errors_did() -> None:
    """The first month: standard deviation of log(figure / expected), three unknowns allowed for."""
    ahead = theta(task(AIR_PASSENGERS, horizon=12, paths=20_000))
    assert ahead.said.endswith("season multiplicative, relative errors")
    fit = fit_theta(AIR_PASSENGERS, ThetaRules())
    index = fit.indices[np.arange(144) % 12]
    counted = ~np.isnan(fit.e)
    errors = np.log(AIR_PASSENGERS / (AIR_PASSENGERS - fit.e * index))[counted]
    spread = np.sqrt(np.sum(errors**2) / (counted.sum() - 3))
    moved = np.log(ahead.paths / ahead.point)
    assert moved[:, 0].std() == pytest.approx(spread, rel=5.0 / np.sqrt(2 * 20_000))
    # A line that moves adds a little to the sum of the shocks' weights alpha.
    assert moved[:, 11].std() == pytest.approx(spread * np.sqrt(1.0 + 11.0 * fit.alpha**2), rel=0.1)


def test_absolute_errors_stay_absolute() -> None:
    values = 400.0 + 5.0 * np.random.default_rng(2).standard_normal(90) - 3.5 * np.arange(90)
    ahead = theta(task(values, paths=5000))
    assert ahead.said.endswith("absolute errors")
    assert ahead.paths[:, 0].std() == pytest.approx(5.0, rel=0.25)


def test_a_few_figures_use_all_their_errors() -> None:
    assert np.isfinite(theta(task(np.array([5.0, 6.0, 4.0, 7.0]))).paths).all()
