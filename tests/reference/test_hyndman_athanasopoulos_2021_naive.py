"""Naive forecasts against the formulas of Hyndman & Athanasopoulos 2021, s5.2 and table 5.2, on the Nile's flow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.datasets import nile

from forecast.kernels._jit import gate
from forecast.kernels.naive import naive_forecast

NILE = gate(nile.load().data["volume"].to_numpy())
T = len(NILE)
H = np.arange(1, 11)


def residual_sd(residuals: np.ndarray, estimated: int) -> float:
    """Equation 5.1 of s5.5: residuals without a figure (M) and parameters (K) do not count."""
    return math.sqrt(float(residuals @ residuals) / (len(residuals) - estimated))


def test_hyndman_athanasopoulos_naive_method() -> None:
    found = naive_forecast(NILE, 1, 0, 10)
    sigma = residual_sd(np.diff(NILE), 0)
    np.testing.assert_allclose(found.point, np.full(10, NILE[-1]))
    np.testing.assert_allclose(found.sd, sigma * np.sqrt(H), rtol=1e-12)


@pytest.mark.parametrize("m", [4, 7])
def test_hyndman_athanasopoulos_seasonal_naive_method(m: int) -> None:
    found = naive_forecast(NILE, m, 0, 10)
    sigma = residual_sd(NILE[m:] - NILE[:-m], 0)
    k = (H - 1) // m
    np.testing.assert_allclose(found.point, NILE[T + H - m * (k + 1) - 1])
    np.testing.assert_allclose(found.sd, sigma * np.sqrt(k + 1), rtol=1e-12)


def test_hyndman_athanasopoulos_drift_method() -> None:
    found = naive_forecast(NILE, 1, 1, 10)
    slope = (NILE[-1] - NILE[0]) / (T - 1)
    sigma = residual_sd(np.diff(NILE) - slope, 1)
    np.testing.assert_allclose(found.point, NILE[-1] + H * slope, rtol=1e-12)
    np.testing.assert_allclose(found.sd, sigma * np.sqrt(H * (1.0 + H / (T - 1))), rtol=1e-12)
