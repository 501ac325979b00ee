"""Linearised sums: how fast the mode is found, and that its figures are met."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.kernels.smoother import smoothed_states
from forecast.models.fitted import Fitted
from forecast.models.hyperparameters import system_parameters
from forecast.models.linearise import Path, first_path, mode_path, observe, path_of
from forecast.models.structural import operations
from tests.exact.cases import ANNUAL_DAY, FLAGSHIP_DAY, FloatArray, flagship, monthly_fit

DAYS = pytest.mark.parametrize("day", [FLAGSHIP_DAY, ANNUAL_DAY], ids=["monthly", "annual"])


def mode_from(fitted: Fitted, path: Path, turns: int = 60) -> tuple[Path, int]:
    ops = operations(fitted.panel, fitted.background, fitted.layout, fitted.layout.end)
    parameters = system_parameters(fitted.layout, fitted.mode)
    return mode_path(fitted.layout, fitted.reading, ops, fitted.a0, fitted.P0, *parameters, path, turns=turns)


def flat_path(fitted: Fitted) -> Path:
    return first_path(fitted.layout, fitted.a0[[states.level for states in fitted.layout.flows]])


def log_sums(fitted: Fitted, path: Path) -> FloatArray:
    """Log of the sum of each figure's months and parts, on a path, by plain loops."""
    found = []
    for i in range(len(fitted.reading.first)):
        months = slice(fitted.reading.first[i], fitted.reading.last[i] + 1)
        log_count = path.log_flow[months] + path.bias[months, fitted.reading.reporter[i]]
        found.append(np.log((np.exp(log_count) * fitted.reading.parts[i]).sum()))
    return np.array(found)


@DAYS
def test_sums_converge_tenfold_a_turn(day: date) -> None:
    """With the irregular's weights held, the distance to the mode falls about tenfold a turn (METHODS s0)."""
    fitted = flagship(day)
    ops = operations(fitted.panel, fitted.background, fitted.layout, fitted.layout.end)
    parameters = system_parameters(fitted.layout, fitted.mode)
    mode, _ = mode_from(fitted, fitted.path)
    path = replace(flat_path(fitted), irregular_weight=mode.irregular_weight)
    distance = [np.abs(path.log_flow - mode.log_flow).max()]
    for _ in range(6):
        system = observe(fitted.layout, fitted.reading, ops, fitted.a0, fitted.P0, path)
        moved = path_of(fitted.layout, ops, *smoothed_states(system, *parameters), parameters[1])
        path = replace(moved, irregular_weight=mode.irregular_weight)
        distance.append(np.abs(path.log_flow - mode.log_flow).max())
    assert distance[0] > 0.5
    assert distance[6] < 1e-5
    assert (distance[1] / distance[6]) ** (1 / 5) > 5


@DAYS
def test_mode_is_found_from_a_flat_start(day: date) -> None:
    fitted = flagship(day)
    mode, turns = mode_from(fitted, flat_path(fitted))
    again, one_more = mode_from(fitted, mode)
    assert turns < 50
    assert one_more <= 2
    assert np.abs(again.log_flow - mode.log_flow).max() < 1e-7
    assert np.abs(fitted.path.log_flow - mode.log_flow).max() < 0.01, "fit() linearised near the mode"


@DAYS
def test_figures_are_met_at_the_mode(day: date) -> None:
    fitted = flagship(day)
    mode, _ = mode_from(fitted, fitted.path)
    met = log_sums(fitted, mode) + fitted.reading.curvature
    off = (met - fitted.reading.log_value) / np.sqrt(fitted.reading.variance)
    assert np.abs(off).max() < 3.0
    assert np.sqrt((off**2).mean()) < 1.0


@DAYS
def test_observation_is_the_tangent_of_the_sum(day: date) -> None:
    """At the point of linearisation the system reads the log sum itself; nearby it errs by the square of the step."""
    fitted = flagship(day)
    ops = operations(fitted.panel, fitted.background, fitted.layout, fitted.layout.end)
    path, reading = fitted.path, fitted.reading
    system = observe(fitted.layout, reading, ops, fitted.a0, fitted.P0, path)
    rng = np.random.default_rng(0)
    step_flow = rng.standard_normal(path.log_flow.shape)
    step_bias = rng.standard_normal(path.bias.shape)
    step_bias[:, 0] = 0.0

    def read(at: Path) -> FloatArray:
        """The linear reading of a path: weights over the months as the cumulators would add them up."""
        x, x0 = at.log_flow[:, None] + at.bias, path.log_flow[:, None] + path.bias
        found = []
        for i in range(len(reading.first)):
            months, r = slice(reading.first[i], reading.last[i] + 1), reading.reporter[i]
            weight = np.exp(x0[months, r]) * reading.parts[i]
            found.append(float((weight * x[months, r]).sum() / weight.sum()))
        return np.array(found)

    expected = reading.log_value - reading.curvature - log_sums(fitted, path)
    np.testing.assert_allclose(system.y - read(path), expected, atol=1e-10)
    errors = []
    for size in (1e-2, 1e-3):
        near = replace(path, log_flow=path.log_flow + size * step_flow, bias=path.bias + size * step_bias)
        linear = log_sums(fitted, path) + read(near) - read(path)
        errors.append(np.abs(linear - log_sums(fitted, near)).max())
    assert errors[0] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.1)


def test_single_months_of_one_count_need_no_linearising() -> None:
    fitted = monthly_fit()
    assert (fitted.reading.first == fitted.reading.last).all()
    off = fitted.path.log_flow - np.log(fitted.panel.observations.value_usd_bn).reshape(-1, 2)
    assert np.abs(off).max() < 0.01
    mode, _ = mode_from(fitted, fitted.path)
    np.testing.assert_allclose(log_sums(fitted, mode), fitted.reading.log_value, atol=0.01)


def test_wild_months_get_a_wider_irregular() -> None:
    fitted = flagship()
    weight = fitted.path.irregular_weight
    assert weight.min() > 0.8, "a normal month: df / (df + 1)"
    assert weight.max() > 1.2, "and some month of the record is not normal"
