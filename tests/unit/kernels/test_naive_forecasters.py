"""Naive forecasts: what they say of broken, short and constant series, and how they move with scale and shift."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate
from forecast.kernels.naive import naive_forecast, naive_forecast_many, naive_paths
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT

WALK = gate(draw_normals(11, 1, 40)[0].cumsum())


def test_the_last_figure_is_carried_on() -> None:
    np.testing.assert_array_equal(naive_forecast(WALK, 1, 0, 3).point, np.full(3, WALK[-1]))
    np.testing.assert_array_equal(naive_forecast(WALK, 4, 0, 6).point, WALK[[-4, -3, -2, -1, -4, -3]])
    line = naive_forecast(WALK, 1, 1, 2)
    np.testing.assert_allclose(line.point, WALK[-1] + (WALK[-1] - WALK[0]) / 39.0 * np.array([1.0, 2.0]), rtol=1e-12)


def test_a_gap_at_the_end_widens_the_forecast() -> None:
    shorter, gap = WALK[:-1].copy(), WALK.copy()
    gap[-1] = np.nan
    ahead, behind = naive_forecast(gate(shorter), 1, 1, 4), naive_forecast(gap, 1, 1, 3)
    np.testing.assert_allclose(behind.point, ahead.point[1:], rtol=1e-13)
    np.testing.assert_allclose(behind.sd, ahead.sd[1:], rtol=1e-13)


@pytest.mark.parametrize("s", [1, 4])
@pytest.mark.parametrize("drift", [0, 1])
def test_scale_and_shift(s: int, drift: int) -> None:
    plain, moved = naive_forecast(WALK, s, drift, 9), naive_forecast(gate(100.0 - 3.0 * WALK), s, drift, 9)
    np.testing.assert_allclose(moved.point, 100.0 - 3.0 * plain.point, rtol=1e-10)
    np.testing.assert_allclose(moved.sd, 3.0 * plain.sd, rtol=1e-10)
    assert np.all(np.diff(plain.sd[::s]) > 0.0)


def test_a_constant_series_has_no_spread() -> None:
    found = naive_forecast(gate(np.full(20, 7.5)), 4, 1, 5)
    assert found.counts.tolist() == [OK, 16]
    assert found.point.tolist() == [7.5] * 5
    assert found.sd.tolist() == [0.0] * 5
    for bootstrap in (0, 1):
        assert set(naive_paths(gate(np.full(20, 7.5)), 4, 1, 5, 3, 1, bootstrap).paths.ravel()) == {7.5}


@pytest.mark.parametrize(
    ("y", "s", "drift", "h", "status"),
    [
        ([], 1, 0, 2, TOO_SHORT),
        ([np.nan] * 5, 1, 0, 2, TOO_SHORT),
        ([1.0], 1, 0, 2, TOO_SHORT),
        ([1.0, 2.0], 1, 1, 2, TOO_SHORT),
        ([1.0, 2.0], 1, 0, 2, OK),
        ([1.0, 2.0, 3.0], 12, 0, 12, TOO_SHORT),
        ([1.0, np.inf, 3.0], 1, 0, 2, NON_FINITE),
        ([1.0, -1e308, 1e308], 1, 0, 2, NON_FINITE),
        ([1.0, 2.0, 3.0], 0, 0, 2, OUT_OF_RANGE),
        ([1.0, 2.0, 3.0], -4, 1, 2, OUT_OF_RANGE),
        ([1.0, 2.0, 3.0], 1, 0, -1, OUT_OF_RANGE),
        ([1.0, 2.0, 3.0], 1, 0, 0, OK),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_status(y: list[float], s: int, drift: int, h: int, status: int) -> None:
    found = naive_forecast(gate(y), s, drift, h)
    assert found.counts[0] == status
    many = naive_forecast_many(gate([y]), s, drift, h)
    assert many.counts[0, 0] == status
    for bootstrap in (0, 1):
        paths = naive_paths(gate(y), s, drift, h, 4, 1, bootstrap)
        assert paths.counts[0] == status
        assert np.isfinite(paths.paths).all() == (status == OK or paths.paths.size == 0)


def test_one_season_never_seen_leaves_the_others_their_forecasts() -> None:
    y = np.tile([1.0, np.nan, 3.0, 4.0], 6)
    found = naive_forecast(gate(y), 4, 0, 8)
    assert found.counts[0] == TOO_SHORT
    np.testing.assert_array_equal(np.isnan(found.point), np.tile([False, True, False, False], 2))
    assert found.point[0] == 1.0


def test_no_series_and_no_paths() -> None:
    assert naive_forecast_many(gate(np.empty((0, 5))), 1, 0, 3).point.shape == (0, 3)
    assert naive_paths(WALK, 1, 0, 3, 0, 1, 0).paths.shape == (0, 3)
    assert naive_paths(WALK, 1, 0, 3, -2, 1, 0).counts[0] == OUT_OF_RANGE
