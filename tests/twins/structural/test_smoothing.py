"""Smoothed components and draws of the basic structural model against the dense posterior."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.random import fill_normals
from forecast.kernels.status import OK
from forecast.kernels.structural.draws import structural_draws
from forecast.kernels.structural.smoother import structural_smooth
from tests.twins.structural import dense
from tests.twins.structural.cases import cases


@pytest.mark.parametrize("gaps", [True, False])
def test_structural_smooth_is_the_dense_posterior(gaps: bool) -> None:
    for y, period, slope, variances in cases(50, 30 + gaps, gaps, zeros=False):
        smoothed, status = structural_smooth(y, period, slope, variances)
        assert status == OK
        mean, variance = dense.posterior(y, period, slope, variances)
        np.testing.assert_allclose(smoothed.mean, mean, atol=1e-8 * (1.0 + np.abs(mean).max()))
        np.testing.assert_allclose(smoothed.variance, variance, atol=1e-8 * (1.0 + variance.max()))


def test_structural_draws_are_the_dense_posterior_of_a_difference_plus_a_simulation() -> None:
    """Durbin & Koopman's draw by plain loops for the simulation and the dense posterior mean for the correction."""
    key = 77
    for y, period, slope, variances in cases(12, 33, gaps=True, zeros=False):
        n, sd = y.size, np.sqrt(variances)
        drawn, status = structural_draws(y, period, slope, variances, key, 19)
        assert status == OK
        shocks = np.empty(4 * n)
        for d in (0, 17):
            fill_normals(key, d, shocks)
            e = shocks.reshape(n, 4)
            level, growth, seasons = 0.0, 0.0, [0.0] * (period - 1)
            plus = np.zeros((n, 3))
            for t in range(n):
                plus[t] = level, growth, seasons[-1] if seasons else 0.0
                level += growth + sd[1] * e[t, 1]
                growth += slope * sd[2] * e[t, 2]
                if seasons:
                    seasons = [*seasons[1:], -sum(seasons) + sd[3] * e[t, 3]]
            figure = plus[:, 0] + plus[:, 2] + sd[0] * e[:, 0]
            mean, _ = dense.posterior(y - figure, period, slope, variances)
            scale = 1.0 + np.abs(mean).max()
            np.testing.assert_allclose(drawn[d, :, :3], plus + mean[:, :3], atol=1e-8 * scale)
            given = np.isfinite(y)
            np.testing.assert_array_equal(drawn[d, given, 3], y[given])
            free = figure + mean[:, 0] + mean[:, 2]
            np.testing.assert_allclose(drawn[d, ~given, 3], free[~given], atol=1e-8 * scale)
