"""Plausibility against the quadratic form with the dense covariance of the log price."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.models.oil import OilDensity
from forecast.scenarios.oil_paths import density_paths, median_path
from forecast.scenarios.plausibility import plausibility
from tests.exact.cases import FloatArray

DENSITY = OilDensity(0.3, 0.06, 5.0, np.log(80.0), 0.05)


def covariance(months: int) -> FloatArray:
    """Of log price h months ahead: sums of moving averages, written out."""
    load = np.zeros((months, months))
    for h in range(months):
        for j in range(h + 1):
            load[h, j] = 1.0 + (DENSITY.theta if j < h else 0.0)
    return DENSITY.shock_sd**2 * load @ load.T


def test_q_is_the_squared_distance_under_the_dense_covariance() -> None:
    rng = np.random.default_rng(0)
    path = median_path(DENSITY, 15) + np.cumsum(0.05 * rng.standard_normal(15))
    pinned = np.ones(15, dtype=bool)
    pinned[12:] = False
    found = plausibility(DENSITY, path, pinned)
    r = (path - median_path(DENSITY, 15))[:12]
    q = float(r @ np.linalg.solve(covariance(12), r))
    assert found.dof == 12
    assert found.q == pytest.approx(q, rel=1e-10)
    assert found.tail_prob == pytest.approx(stats.chi2.sf(q, 12), rel=1e-10)
    assert found.score == pytest.approx(0.5 * (1 + np.sqrt(1 - np.exp(-q / 12))), rel=1e-10)


def test_the_median_is_ordinary_and_far_paths_are_not() -> None:
    pinned = np.ones(12, dtype=bool)
    assert plausibility(DENSITY, median_path(DENSITY, 12), pinned).score == 0.5
    free = plausibility(DENSITY, median_path(DENSITY, 12), ~pinned)
    assert (free.q, free.dof, free.tail_prob, free.score) == (0.0, 0, 1.0, 0.5)
    scores = [plausibility(DENSITY, median_path(DENSITY, 12) - fall, pinned).score for fall in (0.1, 0.3, 1.0, 3.0)]
    assert scores == sorted(scores)
    assert scores[-1] > 0.99


def test_q_of_the_density_s_own_paths_averages_its_degrees() -> None:
    paths = density_paths(DENSITY, paths=2000, months=12, seed=3)
    q = np.array([plausibility(DENSITY, path, np.ones(12, dtype=bool)).q for path in paths])
    assert q.mean() == pytest.approx(12, abs=5 * q.std() / np.sqrt(2000))
