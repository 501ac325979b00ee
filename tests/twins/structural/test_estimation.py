"""Gradients and maximum-likelihood fits of the basic structural model against dense and plain searches."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from forecast.kernels.status import OK
from forecast.kernels.structural.fit import structural_fit, structural_fits
from forecast.kernels.structural.gradient import (
    structural_gradient,
    structural_ring_score,
    structural_toeplitz_score,
)
from forecast.kernels.structural.reduced_form import structural_basis
from forecast.kernels.structural.ring import structural_start
from tests.twins.structural import dense
from tests.twins.structural.cases import cases


def difference(y: dense.Array, period: int, slope: int, variances: dense.Array, p: int) -> float:
    """Central difference of fourth order of the dense log-likelihood."""
    h = 2e-3 * variances[p]
    at = [dense.loglik(y, period, slope, variances + k * h * np.eye(4)[p]) for k in (-2, -1, 1, 2)]
    return (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * h)


@pytest.mark.parametrize("gaps", [True, False])
def test_structural_gradient_is_the_slope_of_the_dense_density(gaps: bool) -> None:
    for y, period, slope, variances in cases(30, 20 + gaps, gaps, zeros=False):
        value, gradient, status = structural_gradient(y, period, slope, variances)
        assert status == OK
        assert value == pytest.approx(dense.loglik(y, period, slope, variances), rel=1e-9)
        for p in range(4):
            expected = difference(y, period, slope, variances, p)
            assert gradient[p] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_structural_toeplitz_score_is_traces_of_a_dense_inverse() -> None:
    rng = np.random.default_rng(22)
    for period in (1, 2, 4, 12):
        for slope in (0, 1):
            for N in (1, 6, 40):
                variances = np.exp(rng.normal(size=4))
                basis = structural_basis(period, slope)
                parts = np.pad(basis, ((0, N), (0, 0)))
                lag = np.abs(np.subtract.outer(np.arange(N), np.arange(N)))
                S = (parts @ variances)[lag]
                w = rng.normal(size=N + period + slope)
                a = np.linalg.solve(S, w[:N])
                score, status = structural_toeplitz_score(w, N, basis, variances)
                assert status == OK
                assert score.sums[0] == pytest.approx(np.linalg.slogdet(S)[1], rel=1e-10, abs=1e-10)
                assert score.sums[1] == pytest.approx(w[:N] @ a, rel=1e-10)
                for p in range(4):
                    change = parts[lag, p]
                    assert score.quad[p] == pytest.approx(a @ change @ a, rel=1e-9, abs=1e-10)
                    assert score.trace[p] == pytest.approx(np.trace(np.linalg.solve(S, change)), rel=1e-9, abs=1e-10)


def test_structural_ring_score_parts_scale_apart() -> None:
    """Both parts by the dense density: its gradient at the figures, and at figures a hundred times as large."""
    for y, period, slope, variances in cases(15, 23, gaps=True, zeros=False):
        score, status = structural_ring_score(y, period, slope, variances, structural_start(y, period, slope))
        assert status == OK
        for p in range(4):
            if (p == 2 and slope == 0) or (p == 3 and period == 1):
                continue
            small = difference(1e-6 * y, period, slope, variances, p)
            whole = difference(y, period, slope, variances, p)
            assert -0.5 * score.trace[p] == pytest.approx(small, rel=1e-6, abs=1e-6)
            assert 0.5 * score.quad[p] == pytest.approx(whole - small, rel=1e-5, abs=1e-6)


def test_structural_fit_is_no_lower_than_a_simplex_search_of_the_dense_density() -> None:
    rng = np.random.default_rng(24)
    free = np.ones(4, np.int64)
    for trial in range(6):
        y = np.cumsum(rng.normal(size=28) * 0.5) + np.tile([2.0, 0.0, -1.0, -1.0], 7) + rng.normal(size=28)
        y[5 + trial] = np.nan if trial % 2 else y[5 + trial]
        fit = structural_fit(y, 4, 1, free)
        assert fit.counts[0] == OK
        assert fit.sums[0] == pytest.approx(dense.loglik(y, 4, 1, fit.variances), abs=1e-8)

        def loss(x: dense.Array, y: dense.Array = y) -> float:
            return -dense.loglik(y, 4, 1, np.exp(np.clip(x, -18.0, 8.0)))

        for start in ([-0.5, -1.0, -5.0, -3.0], np.log(fit.variances + 1e-7)):
            found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 500, "fatol": 1e-9})
            assert fit.sums[0] >= -found.fun - 1e-6


def test_structural_fits_are_fits_one_by_one() -> None:
    rng = np.random.default_rng(25)
    Y = np.cumsum(rng.normal(size=(5, 40)), axis=1)
    Y[1, 7] = np.nan
    Y[2] = 3.0
    Y[3, 0] = np.inf
    free = np.array([1, 1, 0, 1])
    variances, value, status = structural_fits(Y, 4, 1, free)
    for i in range(5):
        fit = structural_fit(Y[i], 4, 1, free)
        np.testing.assert_array_equal(variances[i], fit.variances)
        np.testing.assert_array_equal(value[i], fit.sums[0])
        assert status[i] == fit.counts[0]
    assert (status[[0, 1, 4]] == OK).all()
    assert (status[[2, 3]] != OK).all()
