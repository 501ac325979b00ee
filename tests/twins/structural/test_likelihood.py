"""Likelihoods of the basic structural model against one dense normal law with a flat start."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT
from forecast.kernels.structural.lanes import structural_lanes_loglik
from forecast.kernels.structural.reduced_form import (
    structural_basis,
    structural_constant,
    structural_differenced,
    structural_reduced_loglik,
    structural_stretch,
    structural_toeplitz_sums,
)
from forecast.kernels.structural.ring import (
    PROPER,
    structural_check,
    structural_filter,
    structural_ring_loglik,
    structural_start,
)
from tests.twins.structural import dense
from tests.twins.structural.cases import cases


def test_structural_check_reports_what_a_plain_reading_finds() -> None:
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(400):
        period, slope = int(rng.integers(-1, 6)), int(rng.integers(-1, 3))
        y = rng.choice([1.0, 2.0, np.nan, np.inf], p=[0.5, 0.3, 0.19, 0.01], size=rng.integers(1, 12))
        variances = rng.choice([0.0, 1.0, -1.0, np.nan], p=[0.6, 0.3, 0.05, 0.05], size=4)
        used = variances[[True, True, slope == 1, period > 1]]
        bad = np.flatnonzero(~(variances >= 0.0))
        if period < 1 or slope not in (0, 1):
            expected = OUT_OF_RANGE
        elif bad.size:
            expected = NON_FINITE if np.isnan(variances[bad[0]]) else OUT_OF_RANGE
        elif np.isinf(y).any():
            expected = NON_FINITE
        elif np.isfinite(y).sum() <= period + slope:
            expected = TOO_SHORT
        else:
            expected = OK if used.any() else SINGULAR
        assert structural_check(y, period, slope, variances) == expected
        seen.add(expected)
    assert seen == {OK, NON_FINITE, OUT_OF_RANGE, SINGULAR, TOO_SHORT}


def test_structural_start_resolves_the_directions_that_the_figures_span() -> None:
    """Its months are those that raise the rank of the start's regressors; its volume is their log determinant."""
    for y, period, slope, _ in cases(60, 2, gaps=True):
        X = dense.law(y.size, period, slope, np.ones(4))[0]
        X = X[:, 0] + X[:, 2]
        rank, months = 0, []
        for t in np.flatnonzero(np.isfinite(y)):
            higher = np.linalg.matrix_rank(X[[*months, t]], tol=1e-9)
            if higher > rank:
                rank, months = higher, [*months, int(t)]
        start = structural_start(y, period, slope)
        assert start.counts[0] == rank == period + slope
        assert start.at.tolist() == months
        assert start.volume[0] == pytest.approx(np.linalg.slogdet(X[months])[1], abs=1e-9)


def test_structural_filter_has_innovations_of_dense_forecasts() -> None:
    """v and F of a figure past the start, from the change that it makes to the dense likelihood."""
    for y, period, slope, variances in cases(12, 3, gaps=True, zeros=False):
        start = structural_start(y, period, slope)
        filtered = structural_filter(y, period, slope, variances, start, True)
        assert filtered.counts[0] == OK
        assert filtered.counts[1] == np.isfinite(y).sum() - period - slope
        late = [t for t in np.flatnonzero(start.kind == PROPER) if t > start.at[-1]]
        for t in late[-3:]:
            ahead = y[: t + 1].copy()
            ahead[t] = np.nan
            mean, _ = dense.posterior(ahead, period, slope, variances)
            assert filtered.v[t] == pytest.approx(y[t] - mean[t, 0] - mean[t, 2], abs=1e-8)
            gain = dense.loglik(y[: t + 1], period, slope, variances) - dense.loglik(ahead, period, slope, variances)
            F = filtered.F[t]
            assert gain == pytest.approx(-0.5 * (np.log(2 * np.pi * F) + filtered.v[t] ** 2 / F), abs=1e-8)


@pytest.mark.parametrize("gaps", [True, False])
def test_structural_ring_loglik_is_the_dense_density(gaps: bool) -> None:
    for y, period, slope, variances in cases(80, 4 + gaps, gaps):
        value, status = structural_ring_loglik(y, period, slope, variances)
        assert status == OK
        assert value == pytest.approx(dense.loglik(y, period, slope, variances), rel=1e-9, abs=1e-8)


def test_structural_reduced_loglik_is_the_dense_density() -> None:
    for y, period, slope, variances in cases(80, 6, gaps=False):
        framed = np.concatenate([np.full(period, np.nan), y, [np.nan]])
        value, status = structural_reduced_loglik(framed, period, slope, variances)
        assert status == OK
        assert value == pytest.approx(dense.loglik(y, period, slope, variances), rel=1e-9, abs=1e-8)


def test_structural_lanes_loglik_is_the_dense_density() -> None:
    rng = np.random.default_rng(7)
    for lanes in (1, 7, 8, 19):
        Y = np.cumsum(rng.normal(size=(5, 70)), axis=1)
        Y[1, :20] = np.nan
        Y[2, -13:] = np.nan
        Y[3, [4, 30]] = np.nan
        Y[4, 12:] = np.nan
        of = rng.integers(-1, 6, size=lanes)
        variances = np.exp(rng.normal(size=(lanes, 4)))
        for slope in (0, 1):
            value, status = structural_lanes_loglik(Y, of, 12, slope, variances)
            for i in range(lanes):
                if of[i] < 0 or of[i] > 4:
                    assert status[i] == OUT_OF_RANGE
                    assert np.isnan(value[i])
                elif of[i] == 4:
                    assert status[i] == TOO_SHORT
                    assert np.isnan(value[i])
                else:
                    y = Y[of[i]]
                    assert status[i] == OK
                    assert value[i] == pytest.approx(dense.loglik(y, 12, slope, variances[i]), rel=1e-10)


def test_structural_basis_holds_autocovariances_of_polynomials() -> None:
    for period in (1, 2, 3, 4, 5, 12):
        season_sum, season = np.ones(period), np.array([1.0] + [0.0] * (period - 1) + [-1.0])
        for slope in (0, 1):
            polynomials = [season, season_sum, np.zeros(1), np.array([1.0, -1.0])]
            if slope:
                polynomials = [np.convolve(season, [1, -1]), season, season_sum, np.array([1.0, -2.0, 1.0])]
            basis = structural_basis(period, slope)
            assert basis.shape == (period + slope + 1, 4)
            for p, c in enumerate(polynomials):
                if p == 3 and period == 1:
                    c = np.zeros(1)
                full = np.correlate(c, c, "full")[c.size - 1 :]
                np.testing.assert_allclose(basis[:, p], np.pad(full, (0, basis.shape[0] - full.size)))


def test_structural_differenced_is_convolution() -> None:
    rng = np.random.default_rng(8)
    for period in (1, 2, 7):
        for slope in (0, 1):
            y = rng.normal(size=20)
            c = np.array([1.0] + [0.0] * (period - 1) + [-1.0])
            c = np.convolve(c, [1.0, -1.0]) if slope else c
            expected = np.concatenate([np.convolve(y, c, "valid"), np.zeros(period + slope)])
            np.testing.assert_allclose(structural_differenced(y, period, slope), expected, atol=1e-14)


def test_structural_stretch_is_found_by_strings() -> None:
    rng = np.random.default_rng(9)
    for _ in range(200):
        y = rng.choice([1.0, np.nan], size=rng.integers(1, 7))
        text = "".join("_" if np.isnan(v) else "x" for v in y)
        inner = text.strip("_")
        expected = (text.index("x"), text.index("x") + len(inner)) if "x" in text and "_" not in inner else (0, 0)
        found = structural_stretch(y)
        assert found == expected or (not inner and found[0] == found[1])


def test_structural_constant_is_the_determinant_of_the_first_figures() -> None:
    for period in (1, 2, 5, 12):
        for slope in (0, 1):
            X = dense.law(period + slope, period, slope, np.ones(4))[0]
            expected = -0.5 * 40 * np.log(2 * np.pi) - np.linalg.slogdet(X[:, 0] + X[:, 2])[1]
            assert structural_constant(40, period, slope) == pytest.approx(expected, abs=1e-10)


def test_structural_toeplitz_sums_are_those_of_a_dense_covariance() -> None:
    rng = np.random.default_rng(10)
    for period in (1, 2, 4, 12):
        for slope in (0, 1):
            for N in (1, 5, 30):
                variances = np.exp(rng.normal(size=4))
                basis = structural_basis(period, slope)
                lags = np.pad(basis @ variances, (0, N))
                S = np.array([[lags[abs(i - j)] for i in range(N)] for j in range(N)])
                w = rng.normal(size=N + period + slope)
                u = w[:N].copy()
                log_F, squares, status = structural_toeplitz_sums(w, N, basis, variances)
                assert status == OK
                assert log_F == pytest.approx(np.linalg.slogdet(S)[1], rel=1e-10, abs=1e-10)
                assert squares == pytest.approx(u @ np.linalg.solve(S, u), rel=1e-10)
