"""Shocks behind a moving average against one dense triangular system."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from forecast.kernels.moving_average import moving_average_shocks
from forecast.kernels.random import draw_normals


@pytest.mark.parametrize("theta", [-0.9, 0.0, 0.35, 0.99])
@pytest.mark.parametrize("before", [0.0, -1.7])
def test_moving_average_shocks_solve_the_triangular_system(theta: float, before: float) -> None:
    x = draw_normals(5, 1, 60)[0]
    L = np.eye(60) + theta * np.eye(60, k=-1)
    known = np.zeros(60)
    known[0] = theta * before
    expected = linalg.solve_triangular(L, x - known, lower=True)
    np.testing.assert_allclose(moving_average_shocks(x, theta, before), expected, rtol=1e-10, atol=1e-10)
