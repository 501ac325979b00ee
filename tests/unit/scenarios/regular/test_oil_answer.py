"""Regressors of months ahead as a linear map of prices, and oil paths matched to flows by what oil explains of them."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.random import draw_normals
from forecast.models.oil import OilDensity
from forecast.models.regressors import DEEPEST_OIL_LAG, oil_regressors
from forecast.scenarios.oil_paths import density_paths
from forecast.scenarios.regular.oil_answer import OilAnswer, match_oil, oil_covariance, oil_lags
from tests.unit.scenarios.regular.cases import elasticities

DENSITY = OilDensity(0.3, 0.08, 400.0, 4.0, 0.02)


@pytest.mark.parametrize("later", [-2, 0, 3])
def test_lags_are_the_models_regressors(later: int) -> None:
    """Prices known beyond, or not up to, the month before the first."""
    first, months = 24_000, 20
    oil_end = first - 1 + later
    prices = months - later
    move = draw_normals(4, 2, prices)
    whole = np.concatenate([np.zeros((2, DEEPEST_OIL_LAG + later)), move], axis=1)
    np.testing.assert_allclose(
        np.einsum("ghm,pm->phg", oil_lags(first, months, oil_end, prices), move), oil_regressors(whole), atol=1e-14
    )


def test_covariance_is_that_of_the_density() -> None:
    paths = density_paths(DENSITY, paths=20_000, months=8, seed=1)
    np.testing.assert_allclose(np.cov(paths.T), oil_covariance(DENSITY, 8), rtol=0.07)


def test_matching_keeps_all_paths_and_explains_what_oil_explains() -> None:
    """After matching, what is left of either flow without the answer to oil knows nothing of oil, near and far."""
    paths, h = 4000, 24
    log_oil = density_paths(DENSITY, paths=paths, months=h, seed=1)
    flows = 0.08 * draw_normals(8, paths, h * 2).reshape(paths, h, 2).cumsum(axis=1)
    answer = OilAnswer(0.4 * elasticities(paths, 2), oil_lags(100, h, 99, h))
    matched = match_oil(log_oil, flows, answer, oil_covariance(DENSITY, h), seed=3)
    np.testing.assert_array_equal(np.sort(matched[:, -1]), np.sort(log_oil[:, -1]))
    does = answer.moves(matched - 4.0)
    for months in (slice(0, 6), slice(6, 12), slice(12, 24), slice(0, 24)):
        for f in range(2):
            a, y = does[:, months, f].mean(axis=1), flows[:, months, f].mean(axis=1)
            assert abs(np.corrcoef(a, y - a)[0, 1]) < 5 / np.sqrt(paths)
    assert np.corrcoef(does[:, 12:, 1].mean(axis=1), flows[:, 12:, 1].mean(axis=1))[0, 1] > 0.3


def test_oil_never_explains_all_there_is() -> None:
    """Flows that hardly move: the correlation stops at .95, the price keeps its law."""
    paths, h = 1000, 12
    log_oil = density_paths(DENSITY, paths=paths, months=h, seed=1)
    flows = 0.001 * draw_normals(8, paths, h)[:, :, None].cumsum(axis=1)
    answer = OilAnswer(elasticities(paths, 1), oil_lags(100, h, 99, h))
    matched = match_oil(log_oil, flows, answer, oil_covariance(DENSITY, h), seed=3)
    np.testing.assert_array_equal(np.sort(matched[:, -1]), np.sort(log_oil[:, -1]))
    does = answer.mean()[6:].mean(axis=0) @ (matched - 4.0).T
    assert 0.8 < np.corrcoef(does, flows[:, 6:, 0].mean(axis=1))[0, 1] < 0.97


def test_further_blocks_only_append() -> None:
    log_oil = density_paths(DENSITY, paths=4500, months=6, seed=1)
    flows = 0.05 * draw_normals(8, 4500, 6)[:, :, None].cumsum(axis=1)
    answer = OilAnswer(elasticities(4500, 1), oil_lags(100, 6, 99, 6))
    covariance = oil_covariance(DENSITY, 6)
    few, many = (match_oil(log_oil[:n], flows[:n], answer, covariance, 3) for n in (4000, 4500))
    np.testing.assert_array_equal(few, many[:4000])


def test_flows_that_do_not_answer_leave_the_order() -> None:
    log_oil = density_paths(DENSITY, paths=100, months=6, seed=1)
    still = OilAnswer(np.zeros((100, 1, 3)), oil_lags(100, 6, 99, 6))
    flows = draw_normals(8, 100, 6)[:, :, None]
    assert match_oil(log_oil, flows, still, oil_covariance(DENSITY, 6), 3) is log_oil
