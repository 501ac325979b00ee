"""STL and the strength of the season: statuses, gaps, scale and shift."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.order_selection.seasonal_strength import seasonal_differences, seasonal_strength
from forecast.kernels.order_selection.stl import stl_decompose
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT

NOISE = draw_normals(6, 1, 40)[0]
SEASON = np.tile([3.0, -1.0, 0.0, -2.0], 10)
WINDOWS, DEGREES = gate_int([7, 9, 5]), gate_int([0, 1, 1])


@pytest.mark.parametrize(
    ("y", "s", "windows", "degrees", "inner", "status"),
    [
        (SEASON, 4, [7, 9, 5], [0, 1, 1], 2, OK),
        (SEASON, 4, [7, 9, 4], [0, 1, 1], 2, OUT_OF_RANGE),
        (SEASON, 4, [1, 9, 5], [0, 1, 1], 2, OUT_OF_RANGE),
        (SEASON, 4, [7, 9, 5], [0, 2, 1], 2, OUT_OF_RANGE),
        (SEASON, 4, [7, 9, 5], [0, -1, 1], 2, OUT_OF_RANGE),
        (SEASON, 4, [7, 9], [0, 1], 2, OUT_OF_RANGE),
        (SEASON, 4, [7, 9, 5], [0, 1, 1], 0, OUT_OF_RANGE),
        (SEASON, 1, [7, 9, 5], [0, 1, 1], 2, OUT_OF_RANGE),
        (SEASON, 0, [7, 9, 5], [0, 1, 1], 2, OUT_OF_RANGE),
        (SEASON[:7], 4, [7, 9, 5], [0, 1, 1], 2, TOO_SHORT),
        (SEASON[:8], 4, [7, 9, 5], [0, 1, 1], 2, OK),
        ([], 4, [7, 9, 5], [0, 1, 1], 2, TOO_SHORT),
        ([np.nan] * 20, 4, [7, 9, 5], [0, 1, 1], 2, TOO_SHORT),
        ([np.inf] + [1.0] * 20, 4, [7, 9, 5], [0, 1, 1], 2, NON_FINITE),
    ],
)
def test_status(y: list[float], s: int, windows: list[int], degrees: list[int], inner: int, status: int) -> None:
    found = stl_decompose(gate(y), s, gate_int(windows), gate_int(degrees), inner)
    assert found.counts[0] == status
    for part in (found.trend, found.seasonal, found.remainder):
        assert np.isfinite(part).all()
        assert status == OK or not part.any()


@pytest.mark.parametrize("lost", [range(0, 40, 4), range(6, 18), range(39), [0, 39], range(1, 40, 2)])
def test_gaps_leave_trend_and_season_finite(lost: list[int]) -> None:
    """A season never seen, years in a row, all but one figure, both ends, every other figure."""
    y = gate(SEASON + NOISE)
    y[list(lost)] = np.nan
    found = stl_decompose(y, 4, WINDOWS, DEGREES, 2)
    assert found.counts[0] == OK
    assert np.isfinite(found.trend).all()
    assert np.isfinite(found.seasonal).all()
    np.testing.assert_array_equal(np.isnan(found.remainder), np.isnan(y))
    assert 0.0 <= seasonal_strength(y, 4) <= 1.0


def test_a_line_with_a_fixed_season_is_taken_apart_exactly() -> None:
    """Up to a constant, which trend and season may share differently at the ends."""
    y = gate(5.0 + 0.3 * np.arange(40) + SEASON)
    found = stl_decompose(y, 4, WINDOWS, gate_int([1, 1, 1]), 20)
    np.testing.assert_allclose(found.trend, y - SEASON, atol=1e-6)
    np.testing.assert_allclose(found.seasonal, SEASON, atol=1e-6)


def test_strength_between_nothing_and_all() -> None:
    weak, strong = seasonal_strength(gate(NOISE + 0.01 * SEASON), 4), seasonal_strength(gate(0.1 * NOISE + SEASON), 4)
    assert weak < 0.5
    assert strong > 0.95
    assert seasonal_strength(gate(SEASON), 4) == pytest.approx(1.0)
    assert seasonal_strength(gate(1e200 - 1e199 * (0.1 * NOISE + SEASON)), 4) == pytest.approx(strong, rel=1e-9)


@pytest.mark.parametrize("y", [[], [1.0] * 40, [np.nan] * 40, [np.inf, 1.0] * 20, [1.0, 2.0, 3.0]])
def test_where_nothing_can_be_measured_the_strength_is_nothing(y: list[float]) -> None:
    assert seasonal_strength(gate(y), 4) == 0.0
    assert seasonal_differences(gate(y), 4, 2) == 0


def test_seasonal_differences_up_to_the_most() -> None:
    y = gate(SEASON + 0.1 * NOISE)
    assert [seasonal_differences(y, 4, most) for most in (0, 1, 2)] == [0, 1, 1]
    assert seasonal_differences(y, 1, 1) == seasonal_differences(y, 0, 1) == seasonal_differences(y, -3, 1) == 0
    assert seasonal_differences(gate(y[:8]), 4, 1) == 0


def test_a_seasonal_difference_that_would_leave_nothing_is_not_taken() -> None:
    y = np.full(40, np.nan)
    y[[1, 2, 7, 8, 13, 16, 18, 19, 24, 31]] = SEASON[[1, 2, 7, 8, 13, 16, 18, 19, 24, 31]]
    y[::4], y[1::4] = np.nan, np.nan
    y[[2, 7, 38]] = SEASON[[2, 7, 38]]
    assert seasonal_differences(gate(y), 4, 1) in (0, 1)
    y[:] = np.nan
    y[[0, 5, 10, 15]] = SEASON[[0, 5, 10, 15]]
    assert seasonal_differences(gate(y), 4, 1) == 0
