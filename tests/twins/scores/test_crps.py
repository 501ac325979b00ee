"""CRPS of ensembles against the integral of a step function and the double sum over pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels.scores.crps import crps_ensemble, crps_of_sorted, crps_of_weighted
from forecast.kernels.status import OK
from tests.twins.scores import naive

INF = math.inf


def ensembles(seed: int) -> list[tuple[np.ndarray, float]]:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 70))
    return [
        (rng.normal(size=size), float(rng.normal())),
        (rng.integers(0, 3, size).astype(float), 1.0),
        (np.full(size, 4.0), 4.0),
        (rng.normal(size=size), 50.0),
        (rng.normal(1e6, 1.0, size), -3.0),
        (rng.standard_cauchy(size), 0.5),
    ]


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(("low", "high"), [(-INF, INF), (0.0, INF), (-INF, 0.3), (-0.5, 1.0)])
def test_crps_of_sorted_is_the_integral(seed: int, low: float, high: float) -> None:
    for x, y in ensembles(seed):
        scores, statuses = np.full(1, np.nan), np.full(1, -9)
        crps_of_sorted(np.sort(x)[None], np.array([y]), low, high, False, scores, statuses)
        assert statuses[0] == OK
        twin = naive.crps_of_points(x, np.ones(len(x)), y, low, high)
        assert scores[0] == pytest.approx(twin, rel=1e-10, abs=1e-10)
        v, fair = np.clip(x, low, high), np.full(1, np.nan)
        crps_of_sorted(np.sort(x)[None], np.array([y]), low, high, True, fair, statuses)
        twin = naive.crps_over_pairs(v, float(np.clip(y, low, high)), True)
        assert fair[0] == pytest.approx(twin, rel=1e-10, abs=1e-9 * max(1.0, np.abs(v).max()))


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(("low", "high"), [(-INF, INF), (0.0, INF), (-0.5, 1.0)])
def test_crps_of_weighted_is_the_integral(seed: int, low: float, high: float) -> None:
    rng = np.random.default_rng(seed)
    for x, y in ensembles(seed):
        weights = rng.exponential(size=len(x)) * (rng.random(len(x)) < 0.8)
        weights[0] = 0.3
        order = np.argsort(x)
        scores, statuses = np.full(1, np.nan), np.full(1, -9)
        crps_of_weighted(x[order][None], weights[order][None], np.array([y]), low, high, scores, statuses)
        assert statuses[0] == OK
        twin = naive.crps_of_points(x, weights, y, low, high)
        assert scores[0] == pytest.approx(twin, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("m", [1, 2, 15, 16, 17, 33, 1_000])
def test_crps_ensemble_sorts_by_itself_and_in_blocks(m: int) -> None:
    rng = np.random.default_rng(m)
    n = 40_000 // m
    members, outcomes = rng.normal(size=(n, m)), rng.normal(size=n)
    before = members.copy()
    scores, statuses = crps_ensemble(members, outcomes)
    equal, _ = crps_ensemble(members, outcomes, weights=np.full((n, m), 0.7))
    assert (statuses == OK).all()
    np.testing.assert_array_equal(members, before)
    np.testing.assert_allclose(scores, equal, rtol=1e-10, atol=1e-12)
    for i in (0, n // 2, n - 1):
        assert scores[i] == pytest.approx(naive.crps_over_pairs(members[i], outcomes[i], False), abs=1e-12)
