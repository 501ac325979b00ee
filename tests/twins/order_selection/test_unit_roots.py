"""Stationarity tests and differences against quadratic forms and plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate
from forecast.kernels.order_selection.unit_roots import (
    close_gaps,
    difference,
    first_differences,
    kpss_test,
    largest,
    varies,
)
from forecast.kernels.status import OK
from tests.twins.order_selection.dense import dense_first_differences, dense_kpss


def series(seed: int) -> np.ndarray:
    """Noise, walks and twice integrated walks, on lines, at many scales, every other one with gaps."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 160))
    y = rng.standard_t(4, n)
    for _ in range(seed % 3):
        y = y.cumsum()
    y = 10.0 ** rng.integers(-8, 9) * (y + rng.normal(0.0, 3.0) + 0.02 * (seed % 5 - 2) * np.arange(n))
    if seed % 2:
        y[rng.random(n) < 0.25] = np.nan
    return gate(y)


@pytest.mark.parametrize("seed", range(60))
def test_kpss_test_is_its_quadratic_form(seed: int) -> None:
    y = series(seed)
    for trend in (0, 1):
        for lags in (-1, 0, 1, 5):
            found = kpss_test(y, trend, lags)
            assert found.counts[0] == OK
            np.testing.assert_allclose(found.numbers, dense_kpss(y, trend, lags), rtol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_first_differences_are_those_of_the_dense_test(seed: int) -> None:
    y = series(seed)
    for most in (0, 1, 2, 4):
        assert first_differences(y, most) == dense_first_differences(y, most)


@pytest.mark.parametrize("seed", range(20))
def test_close_gaps_difference_largest_and_varies(seed: int) -> None:
    y = series(seed)
    seen = y[~np.isnan(y)]
    np.testing.assert_array_equal(close_gaps(y), seen)
    for lag in (1, 4, 12):
        np.testing.assert_array_equal(difference(y, lag), y[lag:] - y[:-lag] if lag < len(y) else [])
    assert largest(y) == np.abs(seen).max()
    assert varies(y, float(np.abs(seen).max())) == 1
    assert varies(gate(np.where(np.isnan(y), y, seen[0])), 1.0) == 0
