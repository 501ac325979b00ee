"""Tangents of log sums: single months, parts, huge values, and touching the curve they replace."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp, softmax

from forecast.kernels.tangent import tangents

X = np.log(np.arange(1.0, 13.0)).reshape(3, 2, 2)  # 3 months, 2 reporters, 2 flows


def one(x: np.ndarray, first: int, last: int, reporter: int, parts: list[int]) -> tuple[float, float]:
    log_sum, mean = tangents(x, np.array([first]), np.array([last]), np.array([reporter]), np.array([parts]))
    return float(log_sum[0]), float(mean[0])


def test_single_month_of_one_flow_is_itself() -> None:
    assert one(X, 1, 1, 1, [0, 1]) == pytest.approx((X[1, 1, 1], X[1, 1, 1]), rel=1e-15)


def test_sum_over_months_and_flows() -> None:
    values = np.exp(X[0:3, 0, :].ravel())
    log_sum, mean = one(X, 0, 2, 0, [1, 1])
    assert log_sum == pytest.approx(np.log(values.sum()), rel=1e-14)
    assert mean == pytest.approx((values * np.log(values)).sum() / values.sum(), rel=1e-14)


def test_scipy_agrees() -> None:
    flat = X[0:2, 1, :].ravel()
    assert one(X, 0, 1, 1, [1, 1]) == pytest.approx((logsumexp(flat), softmax(flat) @ flat), rel=1e-14)


@pytest.mark.parametrize("shift", [1e4, -1e4, 700.0])
def test_huge_values_do_not_overflow(shift: float) -> None:
    log_sum, mean = one(X, 0, 2, 0, [1, 1])
    assert one(X + shift, 0, 2, 0, [1, 1]) == pytest.approx((log_sum + shift, mean + shift), rel=1e-12)


def test_one_value_that_towers_above_the_others() -> None:
    x = np.array([[[0.0]], [[2000.0]], [[-3000.0]]])
    assert one(x, 0, 2, 0, [1]) == (2000.0, 2000.0)


def test_the_tangent_touches_and_stays_below() -> None:
    """log sum exp is convex: y = log_sum + weights (x - path) never lies above it."""
    path = X[:, 0, :].ravel()
    log_sum, mean = one(X, 0, 2, 0, [1, 1])
    weights = softmax(path)
    assert weights @ path == pytest.approx(mean, rel=1e-14)
    for step in (-1.0, -0.01, 0.01, 1.0):
        moved = path + step * np.cos(np.arange(6.0))
        assert log_sum + weights @ (moved - path) <= logsumexp(moved)


def test_no_figures() -> None:
    none = np.zeros(0, dtype=np.int64)
    log_sum, mean = tangents(X, none, none, none, np.zeros((0, 2), dtype=np.int64))
    assert log_sum.shape == mean.shape == (0,)
