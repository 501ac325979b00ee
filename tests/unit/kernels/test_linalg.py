"""Roots of small covariances by hand."""

from __future__ import annotations

import numpy as np

from forecast.kernels._linalg import semidefinite_root


def test_root_of_a_regular_covariance() -> None:
    np.testing.assert_allclose(semidefinite_root(np.array([[4.0, 2.0], [2.0, 10.0]])), [[2.0, 0.0], [1.0, 3.0]])


def test_a_state_without_variance_and_one_that_repeats_another() -> None:
    P = np.array([[0.0, 0.0, 0.0], [0.0, 9.0, 9.0], [0.0, 9.0, 9.0]])
    np.testing.assert_array_equal(semidefinite_root(P), [[0, 0, 0], [0, 3, 0], [0, 3, 0]])


def test_a_season_that_sums_to_zero() -> None:
    """The covariance of twelve effects without their mean, as the structural model starts from: rank 11."""
    P = 0.08**2 * (np.eye(12) - 1 / 12) * 12 / 11
    L = semidefinite_root(P)
    np.testing.assert_allclose(L @ L.T, P, rtol=0, atol=1e-15)
    assert L[11, 11] == 0.0
    np.testing.assert_allclose(L.sum(axis=0), 0.0, atol=1e-14)


def test_rounding_below_zero_is_taken_as_zero() -> None:
    P = np.array([[1.0, 1.0], [1.0, 1.0 - 1e-15]])
    np.testing.assert_array_equal(semidefinite_root(P), [[1.0, 0.0], [1.0, 0.0]])


def test_very_small_and_very_large_variances_keep_their_own_scale() -> None:
    P = np.diag([1e-20, 1e20, 1e-14])
    np.testing.assert_allclose(semidefinite_root(P), np.diag([1e-10, 1e10, 1e-7]))
