"""Oil paths given some of their months: dense conditioning, bridges before, the carry after, distances."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.models.oil import OilDensity
from forecast.scenarios.oil_paths import density_paths, median_path
from forecast.scenarios.structural.oil_law import oil_covariance, oil_distance, oil_given, oil_pinned

DENSITY = OilDensity(0.3, 0.06, 5.0, np.log(80.0), 0.05)
T = 15


def covariance(months: int) -> np.ndarray:
    """Of log price h months ahead: sums of moving averages, written out."""
    load = np.zeros((months, months))
    for h in range(months):
        for j in range(h + 1):
            load[h, j] = 1.0 + (DENSITY.theta if j < h else 0.0)
    return DENSITY.shock_sd**2 * load @ load.T


def pinned_at(*months: int) -> np.ndarray:
    which = np.zeros(T, dtype=bool)
    which[list(months)] = True
    return which


def test_covariance_given_months_is_the_schur_complement() -> None:
    C = covariance(T)
    np.testing.assert_allclose(oil_covariance(DENSITY, T), C, rtol=1e-12)
    at = pinned_at(3, 4, 9)
    expected = C - C[:, at] @ np.linalg.solve(C[np.ix_(at, at)], C[at])
    found = oil_covariance(DENSITY, T, at)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert not found[at].any()
    assert not oil_covariance(DENSITY, T, np.ones(T, dtype=bool)).any()


def test_pinned_months_are_met_exactly_and_the_others_move_with_them() -> None:
    free = density_paths(DENSITY, paths=500, months=T, seed=1)
    at = pinned_at(5, 8)
    values = np.full((1, T), np.nan)
    values[:, at] = [4.0, 4.2]
    moved = oil_given(DENSITY, free, values, at)
    np.testing.assert_array_equal(moved[:, at], np.tile([4.0, 4.2], (500, 1)))
    C = covariance(T)
    gain = C[:, at] @ np.linalg.inv(C[np.ix_(at, at)])
    np.testing.assert_allclose(moved, free + (values[:, at] - free[:, at]) @ gain.T, rtol=1e-10)


def test_a_pin_moves_the_months_before_it_and_the_carry_after_it() -> None:
    """A conditioner that goes month by month leaves the months before at the median, and forgets the last shock."""
    median = median_path(DENSITY, T)
    moved = (oil_given(DENSITY, median[None], np.where(pinned_at(5), median + 0.5, np.nan)[None], pinned_at(5)))[0]
    assert (np.diff(moved - median)[:4] > 0.05).all()
    assert (moved - median)[4] < 0.5
    start = np.where(np.arange(T) <= 5, median + np.linspace(0, 0.5, T), np.nan)
    whole = oil_given(DENSITY, median[None], start[None], np.arange(T) <= 5)[0]
    e = 0.0
    for step in np.diff(start[:6] - median[:6], prepend=0.0):
        e = step - DENSITY.theta * e
    np.testing.assert_allclose(whole[6:] - median[6:], start[5] - median[5] + DENSITY.theta * e, rtol=1e-10)


def test_each_path_may_bring_its_own_values_and_keeps_its_width_so() -> None:
    free = density_paths(DENSITY, paths=400, months=T, seed=2)
    median = median_path(DENSITY, T)
    every = np.ones(T, dtype=bool)
    moved = oil_given(DENSITY, free, free + 0.2, every)
    np.testing.assert_array_equal(moved, free + 0.2)
    at = pinned_at(7, 8, 9)
    same = oil_given(DENSITY, free, np.where(at, free, np.nan), at)
    np.testing.assert_allclose(same, free, rtol=1e-13)
    assert np.ptp(same[:, 7]) > 0.1
    assert oil_given(DENSITY, median[None], np.full((1, T), 4.0), every).tolist() == [[4.0] * T]


def test_a_month_is_pinned_for_all_paths_or_for_none() -> None:
    values = np.full((3, T), np.nan)
    values[:, 4] = 4.0
    assert np.flatnonzero(oil_pinned(values)).tolist() == [4]
    values[1, 4] = np.nan
    with pytest.raises(ScenarioError, match="for all paths or for none"):
        oil_pinned(values)
    with pytest.raises(ScenarioError):
        oil_pinned(np.full((1, 2), -np.inf))
    assert not oil_pinned(np.empty((1, 0))).any()


def test_distance_is_the_quadratic_form_with_the_dense_covariance() -> None:
    rng = np.random.default_rng(0)
    path = median_path(DENSITY, T) + np.cumsum(0.05 * rng.standard_normal(T))
    path[[0, 1, 12]] = np.nan
    known = ~np.isnan(path)
    r = (path - median_path(DENSITY, T))[known]
    q, dof = oil_distance(DENSITY, path)
    assert q == pytest.approx(float(r @ np.linalg.solve(covariance(T)[np.ix_(known, known)], r)), rel=1e-10)
    assert dof == 12
    assert oil_distance(DENSITY, np.full(T, np.nan)) == (0.0, 0)


def test_distance_of_the_density_s_own_paths_averages_its_degrees() -> None:
    q = np.array([oil_distance(DENSITY, path)[0] for path in density_paths(DENSITY, paths=2000, months=12, seed=3)])
    assert q.mean() == pytest.approx(12, abs=5 * q.std() / np.sqrt(2000))
