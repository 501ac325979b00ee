"""Stationarity tests: statuses, gaps, scale and shift."""

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
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

NOISE = gate(draw_normals(5, 1, 80)[0])
WALK = gate(NOISE.cumsum())


@pytest.mark.parametrize(
    ("y", "trend", "lags", "status"),
    [
        ([], 0, -1, TOO_SHORT),
        ([np.nan] * 9, 0, -1, TOO_SHORT),
        ([1.0], 0, -1, TOO_SHORT),
        ([1.0, 3.0], 1, -1, TOO_SHORT),
        ([1.0, 3.0], 0, -1, OK),
        ([1.0, 3.0], 0, 2, OUT_OF_RANGE),
        ([1.0, np.inf, 2.0], 0, -1, NON_FINITE),
        ([0.0] * 9, 0, -1, SINGULAR),
        ([4.2] * 9, 0, -1, SINGULAR),
        ([0.1 * t for t in range(30)], 1, -1, SINGULAR),
        ([1e150, -1e150, 1e150, 5e149, 1e149], 0, 1, OK),
        ([1e-300, -1e-300, 1e-300, 5e-301, 1e-301], 0, 1, OK),
    ],
)
def test_status(y: list[float], trend: int, lags: int, status: int) -> None:
    found = kpss_test(gate(y), trend, lags)
    assert found.counts[0] == status
    assert np.isfinite(found.numbers[:2]).all()
    assert 0.01 <= found.numbers[1] <= 0.10


def test_the_statistic_knows_no_scale_shift_or_gap_between_figures() -> None:
    known = kpss_test(WALK, 0, 3).numbers
    moved = kpss_test(gate(7.0 - 40.0 * WALK), 0, 3).numbers
    np.testing.assert_allclose(moved[:2], known[:2], rtol=1e-10)
    assert moved[2] == pytest.approx(1600.0 * known[2])
    spread = np.full(2 * len(WALK), np.nan)
    spread[::2] = WALK
    np.testing.assert_array_equal(kpss_test(gate(spread), 0, 3).numbers, known)


def test_a_line_is_no_wandering_level_under_trend() -> None:
    y = gate(NOISE + 0.5 * np.arange(80))
    assert kpss_test(y, 0, -1).numbers[1] < 0.05
    assert kpss_test(y, 1, -1).numbers[1] > 0.05


def test_each_sum_costs_a_difference() -> None:
    assert [first_differences(gate(y), 3) for y in (NOISE, WALK, WALK.cumsum())] == [0, 1, 2]
    assert first_differences(gate(WALK.cumsum()), 1) == 1
    assert first_differences(WALK, 0) == 0


@pytest.mark.parametrize("y", [[], [np.nan] * 4, [2.0], [3.0] * 20, [1.0, np.inf] * 8])
def test_what_cannot_be_tested_is_not_differenced(y: list[float]) -> None:
    assert first_differences(gate(y), 2) == 0


def test_differences_that_vary_by_rounding_alone_are_taken_no_further() -> None:
    assert first_differences(gate([0.1 * t for t in range(60)]), 2) == 1


def test_parts() -> None:
    y = gate([np.nan, 3.0, np.nan, -5.0])
    assert close_gaps(y).tolist() == [3.0, -5.0]
    assert difference(y, 2).tolist()[1] == -8.0
    assert np.isnan(difference(y, 1)).all()
    assert difference(y, 9).shape == (0,)
    assert largest(y) == 5.0
    assert largest(gate([])) == 0.0
    assert (varies(y, 5.0), varies(gate([1.0, 1.0 + 1e-15]), 1.0), varies(gate([]), 0.0)) == (1, 0, 0)
