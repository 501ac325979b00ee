"""The least implausible path: against the closed form, a dense optimiser, flat prices and random paths."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from forecast.evaluation.asked import Target
from forecast.evaluation.stressed import LeastPath
from forecast.kernels.random import draw_normals
from forecast.months import Span
from forecast.scenarios.structural.oil_law import oil_covariance
from forecast.stress.break_even import break_even_of
from forecast.stress.chances import Trial, along
from forecast.stress.least_path import least_path_of, price_median
from tests.unit.stress.linear import FIRST, LAST, MONTHS, PATHS, last_month, trial_of, weights_of

LAGS = weights_of((0.2, 0.15, 0.1))
V = oil_covariance(trial_of(LAGS, last_month(9.0)).prepared.common.oil_density, MONTHS)


def found_by(trial: Trial, alpha: float = 0.5) -> LeastPath:
    found = least_path_of(trial, alpha, break_even_of(trial, alpha))
    assert found is not None
    return found


@pytest.mark.parametrize("mark", [8.5, 11.5])
def test_q_is_the_closed_form_s_where_log_flows_are_linear(mark: float) -> None:
    # The median of log flow is w' path + constant: least q = c^2 / (w' V w), c what the median lacks.
    trial = trial_of(LAGS, last_month(mark))
    found = found_by(trial)
    common = trial.prepared.common
    w = LAGS[:, -1, 0]
    lacks = np.log(mark) - np.median(common.free.flows[:, -1, 0])
    assert found.plausibility.q == pytest.approx(lacks**2 / (w @ V @ w), rel=0.02)
    assert found.chance == pytest.approx(0.5, abs=3.0 / PATHS)
    moved = np.log(found.price_usd) - price_median(common)
    np.testing.assert_allclose(moved, V @ w * lacks / (w @ V @ w), atol=0.05 * np.abs(moved).max())
    assert found.month == tuple(f"2019-{i:02d}" for i in range(1, MONTHS + 1))


def test_q_of_a_sum_is_that_of_a_dense_optimiser() -> None:
    mark, span = 6 * 8.6, Span(FIRST, LAST.end)
    trial = trial_of(LAGS, Target("exports", mark, span))
    common = trial.prepared.common
    median = price_median(common)
    factor = np.linalg.cholesky(V)

    def sum_at(u: np.ndarray) -> float:
        logs = common.free.flows[:, :, 0] + (factor @ u) @ LAGS[:, :, 0]
        return float(np.log(np.exp(logs).sum(axis=1)).mean() - np.log(mark))

    dense = optimize.minimize(
        lambda u: float(u @ u),
        np.full(MONTHS, -0.2),
        jac=lambda u: 2.0 * u,
        constraints={"type": "eq", "fun": sum_at},
        method="SLSQP",
        options={"ftol": 1e-10},
    )
    assert dense.success
    q = found_by(trial).plausibility.q
    assert trial.chance(along(median + factor @ dense.x))[0] == pytest.approx(0.5, abs=0.02)
    assert q == pytest.approx(dense.fun, rel=0.02)


@pytest.mark.parametrize("at_most", [False, True])
def test_no_flat_price_and_no_random_path_that_gets_there_is_nearer(at_most: bool) -> None:
    target = Target("exports", None, LAST, at_most=8.8) if at_most else last_month(11.3)
    trial = trial_of(LAGS, target)
    begun = trial.chance()[0]
    assert begun < 0.5
    found = found_by(trial)
    assert found.flat is not None
    assert found.plausibility.q <= found.flat.q
    median, factor = price_median(trial.prepared.common), np.linalg.cholesky(V)
    there = 0
    for z in draw_normals(5, 400, MONTHS):
        path = median + 2.0 * np.sqrt(found.plausibility.q) * factor @ z / np.linalg.norm(z)
        if trial.chance(along(path))[0] >= 0.5:
            there += 1
            nearer = median + (path - median) * (0.98 * np.sqrt(found.plausibility.q)) / np.sqrt(
                trial.prepared.common.law.distance(path, ())[0]
            )
            assert trial.chance(along(nearer))[0] < 0.5  # not even along its own direction
    assert there > 20


def test_a_flow_that_does_not_answer_to_oil_has_no_path() -> None:
    trial = trial_of(weights_of((0.0,)), last_month(9.0))
    assert least_path_of(trial, 0.5, break_even_of(trial, 0.5)) is None


def test_a_chance_that_is_certain_at_the_median_still_has_a_path() -> None:
    # No month alone moves any path across the mark: slopes are found where a flat price makes it a coin toss.
    trial = trial_of(LAGS, last_month(4.0))
    assert trial.chance()[0] == 1.0
    found = found_by(trial)
    w = LAGS[:, -1, 0]
    lacks = np.log(4.0) - np.median(trial.prepared.common.free.flows[:, -1, 0])
    assert found.flat is not None
    assert found.plausibility.q < 0.9 * found.flat.q
    assert found.plausibility.q == pytest.approx(lacks**2 / (w @ V @ w), rel=0.02)


def test_prices_stay_within_what_a_scenario_may_say() -> None:
    found = found_by(trial_of(LAGS, last_month(32.0)))
    assert max(found.price_usd) <= 1000.0 * (1.0 + 1e-9)
    assert found.chance == pytest.approx(0.5, abs=3.0 / PATHS)
