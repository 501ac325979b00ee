"""The course of a crisis by month."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.models.crises.shape import crisis_effect, months_to_half


def test_a_straight_fall_then_half_of_the_rest_every_half_life() -> None:
    elapsed = np.arange(-1.0, 20.0)[None, :]
    effect = crisis_effect(elapsed, np.array([-0.4]), 4.0, 6.0)[0]
    np.testing.assert_allclose(effect[:6], [0.0, 0.0, -0.1, -0.2, -0.3, -0.4], rtol=1e-15, atol=0.0)
    assert effect[11] == pytest.approx(-0.2)
    assert effect[17] == pytest.approx(-0.1)


def test_without_recovery_it_stays() -> None:
    effect = crisis_effect(np.array([[2.0, 50.0]]), np.array([-0.4]), 2.0, np.inf)
    np.testing.assert_array_equal(effect, [[-0.4, -0.4]])


def test_half_lives_win_back_the_share_in_24_months() -> None:
    shares = np.array([0.1, 0.35, 0.9])
    np.testing.assert_allclose(1.0 - 0.5 ** (24.0 / months_to_half(shares)), shares, rtol=1e-12)
    assert np.isinf(months_to_half(np.array([0.0, -0.7]))).all()
    assert months_to_half(np.array([1.3])) == pytest.approx(months_to_half(np.array([0.98])))
