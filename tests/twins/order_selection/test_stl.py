"""STL and the strength of the season against matrices of loess weights."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.order_selection.seasonal_strength import seasonal_differences, seasonal_strength
from forecast.kernels.order_selection.stl import stl_decompose
from forecast.kernels.status import OK
from tests.twins.order_selection.dense import dense_stl


def series(seed: int, s: int) -> np.ndarray:
    """A walk with a season of random size; every other one with gaps, but never a season without neighbours."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6 * s, 9 * s))
    season = rng.normal(0.0, rng.choice([0.1, 1.0, 4.0]), s)
    y = 100.0 + rng.normal(0.0, 1.0, n).cumsum() + season[np.arange(n) % s] + rng.normal(0.0, 0.5, n)
    if seed % 2:
        y[rng.choice(n, n // 12, replace=False)] = np.nan
    return gate(10.0 ** rng.integers(-6, 7) * y)


def dense_parts(y: np.ndarray, s: int, windows: list[int], degrees: list[int], inner: int) -> tuple[np.ndarray, ...]:
    weight = np.where(np.isnan(y), 0.0, 1.0)
    return dense_stl(np.nan_to_num(y), weight, s, windows, degrees, inner)


@pytest.mark.parametrize("degrees", [[0, 1, 1], [1, 0, 0], [1, 1, 1], [0, 0, 1]])
@pytest.mark.parametrize("s", [2, 4, 7, 12])
@pytest.mark.parametrize("seed", range(4))
def test_stl_decompose_is_its_matrices(seed: int, s: int, degrees: list[int]) -> None:
    y = series(seed, s)
    for windows in ([7, 2 * s + 1, s + 1 + s % 2], [11, 2 * s + 9, s + 3 + s % 2], [35, 301, 51]):
        trend, seasonal = dense_parts(y, s, windows, degrees, 3)
        found = stl_decompose(y, s, gate_int(windows), gate_int(degrees), 3)
        assert found.counts[0] == OK
        scale = np.nanmax(np.abs(y))
        np.testing.assert_allclose(found.trend, trend, rtol=0.0, atol=1e-10 * scale)
        np.testing.assert_allclose(found.seasonal, seasonal, rtol=0.0, atol=1e-10 * scale)
        np.testing.assert_allclose(found.remainder, y - trend - seasonal, rtol=0.0, atol=1e-10 * scale)


def dense_strength(y: np.ndarray, s: int) -> float:
    window = int(np.ceil(1.5 * s / (1.0 - 1.5 / 11)))
    T, S = dense_parts(y, s, [11, window + 1 - window % 2, s + 1 - s % 2], [0, 1, 1], 2)
    return float(max(0.0, 1.0 - np.nanvar(y - T - S) / np.nanvar(y - T)))


@pytest.mark.parametrize("s", [4, 7, 12])
@pytest.mark.parametrize("seed", range(16))
def test_seasonal_strength_is_that_of_the_matrices(seed: int, s: int) -> None:
    y = series(seed, s)
    assert seasonal_strength(y, s) == pytest.approx(dense_strength(y, s), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("s", [4, 7, 12])
@pytest.mark.parametrize("seed", range(16))
def test_seasonal_differences_are_those_of_the_matrices(seed: int, s: int) -> None:
    y = series(seed, s)
    for most in (0, 1, 2):
        x, D = y, 0
        while most > D and dense_strength(x, s) > 0.64:
            x, D = x[s:] - x[:-s], D + 1
        assert seasonal_differences(y, s, most) == D
