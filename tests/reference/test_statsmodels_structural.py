"""Trend and season with gaps, against statsmodels' UnobservedComponents from the same known start."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecast.kernels._jit import gate
from forecast.kernels.random import draw_normals
from forecast.kernels.sparse.kalman import filter_on, loglik, moments_of_draws
from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from tests.twins.systems import FloatArray, Operation, Seen, build_system

SEASONS = 12
N = 72
LEVEL, TREND, SEASON, IRREGULAR = 0.02, 0.001, 0.004, 0.05
VAR = gate([0.0, LEVEL, TREND, SEASON])
GAPS = (*range(7, 11), 30, *range(49, 55), 71)


@pytest.fixture(scope="module")
def y() -> FloatArray:
    z = draw_normals(20181012, 2, N)
    t = np.arange(N)
    values = 3.0 + 0.02 * t + np.cumsum(0.1 * z[0]) + 0.4 * np.sin(2 * np.pi * t / SEASONS) + 0.2 * z[1]
    values[list(GAPS)] = np.nan
    return np.asarray(values)


def start() -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of level, slope and the season of this month and the ten before it."""
    A = draw_normals(4, 2 + SEASONS - 1, 2 + SEASONS - 1)
    mean = np.concatenate([[3.0, 0.02], np.linspace(-0.3, 0.3, SEASONS - 1)])
    return mean, 0.05 * A @ A.T + 0.1 * np.eye(len(mean))


def seasonal_system(y: FloatArray) -> System:
    """The eleven seasons lie in a ring: each month writes over its oldest, so nothing has to be moved along."""
    mean, cov = start()
    t = np.arange(N)
    here = 2 + (SEASONS - 1 - t) % (SEASONS - 1)
    later = (t > 0) * 1.0  # the first month is the start itself
    ring = [(2 + i, np.where(t > 0, -1.0, here == 2 + i), 0) for i in range(SEASONS - 1)]
    ops = [
        Operation(0, [(0, 1.0, 0), (1, later, 0)], 1, later),
        Operation(1, [(1, 1.0, 0)], 2, later),
        Operation(here, ring, 3, later),
    ]
    seen = [Seen(i, [(0, 1.0), (int(here[i]), 1.0)], IRREGULAR, float(y[i])) for i in t if not np.isnan(y[i])]
    return build_system(mean, cov, N, ops, seen)


def test_statsmodels_trend_and_season_with_gaps(y: FloatArray) -> None:
    model = UnobservedComponents(y, "lltrend", seasonal=SEASONS)
    model.ssm.initialize_known(*start())
    model.ssm.tolerance = 0
    model.ssm.loglikelihood_burn = 0
    assert model.param_names == ["sigma2.irregular", "sigma2.level", "sigma2.trend", "sigma2.seasonal"]
    peer = model.smooth([IRREGULAR, LEVEL, TREND, SEASON])
    s, coef = seasonal_system(y), gate([1.0])
    assert loglik(s, coef, VAR)[1] == pytest.approx(peer.llf, rel=1e-9)

    states, _ = smoothed_states(s, coef, VAR)
    here = s.row[:, 2]
    ours = np.column_stack([states[:, :2], states[np.arange(N), here]])
    np.testing.assert_allclose(ours, peer.smoothed_state[:3].T, rtol=1e-9, atol=1e-9)

    a, P = s.a0.copy(), s.P0.copy()
    for t in range(N):
        filter_on(s, coef, VAR, t, t + 1, a, P)
        now = [0, 1, here[t]]
        np.testing.assert_allclose(a[now], peer.filtered_state[:3, t], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(P[np.ix_(now, now)], peer.filtered_state_cov[:3, :3, t], rtol=1e-9, atol=1e-9)
    kept = moments_of_draws(s, coef[None], VAR[None], N)
    np.testing.assert_array_equal(kept[0][0], a)
    np.testing.assert_array_equal(kept[1][0], P)
