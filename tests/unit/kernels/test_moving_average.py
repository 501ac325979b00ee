"""Shocks behind a moving average by hand."""

from __future__ import annotations

import numpy as np

from forecast.kernels.moving_average import moving_average_shocks


def test_shocks_give_the_steps_back() -> None:
    shocks = np.array([1.0, -2.0, 0.5, 3.0])
    steps = shocks + 0.4 * np.array([0.7, 1.0, -2.0, 0.5])
    np.testing.assert_allclose(moving_average_shocks(steps, 0.4, 0.7), shocks, rtol=1e-14)


def test_without_memory_steps_are_shocks() -> None:
    steps = np.array([1.0, -2.0])
    np.testing.assert_array_equal(moving_average_shocks(steps, 0.0, 5.0), steps)
    assert moving_average_shocks(np.zeros(0), 0.3, 0.0).shape == (0,)
