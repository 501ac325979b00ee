"""Linearised sums: how fast the mode is found, and that its figures are met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache, partial

import numpy as np
import pytest

from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.hyperparameters import system_parameters
from forecast.models.structural.linearise import Path, first_path, mode_path, observe, path_of
from forecast.models.structural.model import operations
from tests.exact.cases import (
    ANNUAL_DAY,
    FLAGSHIP_DAY,
    START,
    FloatArray,
    fit_of,
    flagship,
    frame,
    monthly_fit,
    monthly_flows,
    running_sums,
    spans_of,
)

DAYS = pytest.mark.parametrize("day", [FLAGSHIP_DAY, ANNUAL_DAY], ids=["monthly", "annual"])


def mode_from(fitted: Fitted, path: Path, turns: int = 60) -> tuple[Path, int]:
    ops = operations(fitted.panel, fitted.background, fitted.layout, fitted.layout.end)
    parameters = system_parameters(fitted.layout, fitted.mode)
    return mode_path(fitted.layout, fitted.reading, ops, fitted.a0, fitted.P0, *parameters, path, turns=turns)


def flat_path(fitted: Fitted) -> Path:
    flat = first_path(fitted.layout, fitted.a0[[states.level for states in fitted.layout.flows]])
    return replace(flat, unrest=fitted.path.unrest)


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
        moved = path_of(fitted.layout, ops, *smoothed_states(system, *parameters), parameters[1], path.unrest)
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


def read(fitted: Fitted, system: System, at: Path) -> FloatArray:
    """What the System's observations see of a path: log flows and biases as given, cumulators by their operations."""
    layout, alpha, found = fitted.layout, np.zeros(fitted.layout.size), []
    cumulators = {life.state for lives in layout.lives.values() for life in lives}
    for t in range(len(at.log_flow)):
        for f, states in enumerate(layout.flows):
            alpha[states.log_flow] = at.log_flow[t, f]
        for (r, f), state in layout.bias.items():
            alpha[state] = at.bias[t, layout.reporters.index(r), f]
        for k, row in enumerate(system.row[t]):
            if row in cumulators:
                entries = slice(system.ptr[k], system.ptr[k + 1])
                alpha[row] = system.val[t, entries] @ alpha[system.col[t, entries]]
        found += [system.z_val[i] @ alpha[system.z_col[i]] for i in range(system.obs_ptr[t], system.obs_ptr[t + 1])]
    return np.array(found)


@cache
def two_counts() -> Fitted:
    """Months, running sums and turnover by two reporters, in one table."""
    flows = monthly_flows()
    other = 1.1 * flows
    turnover = [(START + t, START + t, "turnover", float(other[t].sum())) for t in range(96, 108)]
    mine = frame(spans_of(flows, 12, last=60) + running_sums(flows, first=60))
    return fit_of(mine, frame(spans_of(other, 1, first=60, last=96) + turnover, reporter="CZE"))


@pytest.mark.parametrize("estimate", [flagship, two_counts, partial(flagship, ANNUAL_DAY)])
def test_observation_is_the_tangent_of_the_sum(estimate: Callable[[], Fitted]) -> None:
    """At the point of linearisation the system reads the log sum itself; nearby it errs by the square of the step."""
    fitted = estimate()
    ops = operations(fitted.panel, fitted.background, fitted.layout, fitted.layout.end)
    path, reading = fitted.path, fitted.reading
    system = observe(fitted.layout, reading, ops, fitted.a0, fitted.P0, path)
    rng = np.random.default_rng(0)
    step_flow = rng.standard_normal(path.log_flow.shape)
    step_bias = rng.standard_normal(path.bias.shape)
    step_bias[:, 0] = 0.0
    expected = reading.log_value - reading.curvature - log_sums(fitted, path)
    np.testing.assert_allclose(system.y - read(fitted, system, path), expected, atol=1e-10)
    errors = []
    for size in (1e-2, 1e-3):
        near = replace(path, log_flow=path.log_flow + size * step_flow, bias=path.bias + size * step_bias)
        linear = log_sums(fitted, path) + read(fitted, system, near) - read(fitted, system, path)
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
