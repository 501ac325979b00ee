"""Sums of a monthly random walk over years and running years, Harvey 1989 s6.3: by closed form and by statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

from forecast.kernels._jit import gate
from forecast.kernels.random import draw_normals
from forecast.kernels.sparse.kalman import loglik
from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from tests.twins.systems import FloatArray, Operation, Seen, build_system

YEARS, N = 5, 60
MEAN, START, STEP, ERROR = 4.0, 2.5, 0.09, 0.3
COEF, VAR = gate([1.0]), gate([0.0, STEP])


def spans() -> list[tuple[int, int]]:
    """First and last month: every year, the first nine months of two of them, and some single months."""
    years = [(12 * year, 12 * year + 11) for year in range(YEARS)]
    return sorted([*years, (12, 20), (36, 44), (5, 5), (13, 13), (59, 59)], key=lambda span: span[1])


def figures() -> FloatArray:
    return 4.0 * np.array([last - first + 1 for first, last in spans()]) + draw_normals(3, 1, len(spans()))[0]


def cumulated() -> System:
    """The walk, and the sum of the running year, which January begins anew."""
    running = (np.arange(N) % 12 > 0) * 1.0
    ops = [Operation(0, [(0, 1.0, 0)], 1), Operation(1, [(1, running, 0), (0, 1.0, 0)])]
    read = [0 if first == last else 1 for first, last in spans()]
    seen = [
        Seen(last, [(state, 1.0)], ERROR, float(y))
        for (_, last), state, y in zip(spans(), read, figures(), strict=True)
    ]
    return build_system([MEAN, 0.0], [[START, 0.0], [0.0, 0.0]], N, ops, seen)


def closed_form() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Covariance of the months (N, N) by min(s, t), sums as a matrix (figures, N), covariance of the figures."""
    t = np.arange(1, N + 1)
    months = START + STEP * np.minimum.outer(t, t)
    A = np.array([[first <= month <= last for month in range(N)] for first, last in spans()], dtype=np.float64)
    return months, A, A @ months @ A.T + ERROR * np.eye(len(A))


def test_harvey_1989_sums_of_a_random_walk_by_generalised_least_squares() -> None:
    months, A, V = closed_form()
    y, mean = figures(), MEAN * A.sum(axis=1)
    expected = stats.multivariate_normal(mean, V).logpdf(y)
    assert loglik(cumulated(), COEF, VAR)[1] == pytest.approx(expected, rel=1e-10)
    states, _ = smoothed_states(cumulated(), COEF, VAR)
    walk = MEAN + months @ A.T @ linalg.solve(V, y - mean, assume_a="pos")
    np.testing.assert_allclose(states[:, 0], walk, rtol=1e-10)
    np.testing.assert_allclose(states[:, 1].reshape(YEARS, 12), np.cumsum(walk.reshape(YEARS, 12), axis=1), rtol=1e-10)


def test_harvey_1989_cumulator_in_statsmodels() -> None:
    """The same cumulator as a transition that changes by month; figures in three columns, most of them missing."""
    y = np.full((3, N), np.nan)
    for (first, last), value in zip(spans(), figures(), strict=True):
        y[0 if first == last else 1 + (last % 12 == 11), last] = value
    peer = KalmanSmoother(k_endog=3, k_states=2, k_posdef=1, tolerance=0, loglikelihood_burn=0)
    peer.bind(np.asfortranarray(y))
    keep = (np.arange(1, N + 1) % 12 > 0) * 1.0  # the transition into the following month
    peer["design"] = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    peer["obs_cov"] = ERROR * np.eye(3)
    peer["transition"] = np.array([[np.ones(N), np.zeros(N)], [np.ones(N), keep]])
    peer["selection"] = np.ones((2, 1))
    peer["state_cov"] = np.array([[STEP]])
    first = START + STEP
    peer.initialize_known(np.array([MEAN, MEAN]), np.full((2, 2), first))
    result = peer.smooth()
    assert loglik(cumulated(), COEF, VAR)[1] == pytest.approx(result.llf, rel=1e-10)
    states, _ = smoothed_states(cumulated(), COEF, VAR)
    np.testing.assert_allclose(states, result.smoothed_state.T, rtol=1e-9)
