"""Candidates against the dense Gaussian density of the differenced figures."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.arima.columns import arima_columns
from forecast.kernels.arima.fit import arima_fit
from forecast.kernels.order_selection.candidate import arima_candidate, candidate_criterion, carried_coefficients
from forecast.kernels.order_selection.selection import best_of_starts
from forecast.kernels.status import NOT_CONVERGED, OK
from tests.twins.order_selection.naive import naive_carried, naive_criterion, parts_of, series

ORDERS = [
    [1, 0, 0, 0, 0, 0, 1, 1],
    [0, 1, 1, 0, 0, 0, 1, 1],
    [1, 1, 0, 0, 0, 0, 1, 0],
    [0, 1, 1, 0, 1, 1, 4, 0],
    [1, 0, 0, 1, 1, 0, 4, 1],
    [1, 0, 1, 1, 0, 1, 4, 1],
]


def dense_density(y: np.ndarray, X: np.ndarray, order: list[int], coef: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Log-likelihood at its best variance and regression, from the covariance of 600 shocks before the first figure."""
    _, d, _, _, D, _, s, constant = order
    phi, theta, Phi, Theta = parts_of(coef, np.array(order))
    season = lambda a: np.concatenate([[1.0], np.kron(a, np.eye(1, s, s - 1)[0])])  # noqa: E731
    ar, ma = np.convolve(np.r_[1.0, -phi], season(-Phi)), np.convolve(np.r_[1.0, theta], season(Theta))
    delta = np.ones(1)
    for lag in [1] * d + [s] * D:
        delta = np.convolve(delta, np.r_[1.0, np.zeros(lag - 1), -1.0])
    regressors = np.column_stack([(np.arange(1.0, len(y) + 1.0) ** (d + D))[:, None][:, :constant], X])
    w = np.convolve(y, delta, "valid")
    Z = np.column_stack([np.convolve(x, delta, "valid") for x in regressors.T] or [np.zeros((len(w), 0))])
    n = len(w) + 600
    toeplitz = lambda a: sum(c * np.eye(n, k=-i) for i, c in enumerate(a))  # noqa: E731
    L = np.linalg.solve(toeplitz(ar), toeplitz(ma))[600:]
    C = np.linalg.cholesky(L @ L.T)
    w, Z = np.linalg.solve(C, w), np.linalg.solve(C, Z)
    beta = np.linalg.lstsq(Z, w, rcond=None)[0]
    s2 = np.mean((w - Z @ beta) ** 2)
    return -0.5 * len(w) * (np.log(2 * np.pi * s2) + 1) - np.log(np.diag(C)).sum(), float(s2), beta


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_arima_candidate_is_at_the_top_of_the_dense_density(seed: int, order: list[int]) -> None:
    y = gate(series(seed, 4, 40) / 10.0 ** (seed % 7 - 3))
    X = gate(np.random.default_rng(seed).normal(size=(40, seed % 3)))
    columns, given = arima_columns(y, X, gate_int(order)), gate_int(order)
    size = order[0] + order[2] + order[3] + order[5]
    found = arima_candidate(columns, given, gate(np.zeros(size)), 1e-9, 200)
    assert found.counts[0] in (OK, NOT_CONVERGED)
    if max(found.roots[0], found.roots[1]) > 0.98:
        # The dense density needs the shocks before the first figure to have died away.
        assert found.numbers[0] >= arima_fit(y, X, given, 0).numbers[0] - 3.0
        return
    assert found.counts[0] == OK
    loglik, s2, beta = dense_density(y, X, order, found.coef)
    assert found.numbers[0] == pytest.approx(loglik, rel=1e-8)
    assert found.numbers[1] == pytest.approx(s2, rel=1e-6)
    np.testing.assert_allclose(found.beta, beta, rtol=1e-5, atol=1e-7)
    for i in range(size):
        for step in (-0.01, 0.01):
            moved = found.coef + step * np.eye(size)[i]
            assert dense_density(y, X, order, moved)[0] < found.numbers[0]


@pytest.mark.parametrize("seed", range(12))
def test_best_of_starts_is_no_worse_than_any_single_search(seed: int) -> None:
    y = series(seed, 4)
    X = gate(np.zeros((len(y), 0)))
    rng = np.random.default_rng(seed)
    order = gate_int([*rng.integers(0, 3, 1), seed % 2, *rng.integers(0, 3, 1), 1, seed % 3 % 2, 1, 4, 1])
    size = int(order[0] + order[2] + order[3] + order[5])
    start = gate(rng.uniform(-0.4, 0.4, size))
    found = best_of_starts(y, X, order, start)
    columns = arima_columns(y, X, order)
    singles = [arima_candidate(columns, order, at, 1e-8, 200).numbers[0] for at in (start, gate(np.zeros(size)))]
    singles += [arima_fit(y, X, order, method).numbers[0] for method in (0, 2)]
    assert found.numbers[0] >= max(singles) - 1e-5 * abs(max(singles)) ** 0.5
    assert found.coef.shape == (size,)


@pytest.mark.parametrize("seed", range(20))
def test_carried_coefficients_are_cut_or_filled(seed: int) -> None:
    rng = np.random.default_rng(seed)
    order, other = (gate_int([*part[:1], 1, *part[1:3], 0, *part[3:], 12, 0]) for part in rng.integers(0, 4, (2, 4)))
    coef = gate(rng.normal(size=int(order[0] + order[2] + order[3] + order[5])))
    np.testing.assert_array_equal(carried_coefficients(coef, order, other), naive_carried(coef, order, other))


@pytest.mark.parametrize("criterion", [0, 1, 2])
@pytest.mark.parametrize("seed", range(8))
def test_candidate_criterion_is_that_of_the_formula(seed: int, criterion: int) -> None:
    y = series(seed, 4)
    for p in range(3):
        order = gate_int([p, seed % 2, 1, 0, 0, 1, 4, 1])
        columns = arima_columns(y, gate(np.zeros((len(y), 0))), order)
        found = arima_candidate(columns, order, gate(np.zeros(p + 2)), 1e-6, 100)
        expected = naive_criterion(found, criterion)
        assert candidate_criterion(found, criterion) == pytest.approx(expected, rel=1e-12)
