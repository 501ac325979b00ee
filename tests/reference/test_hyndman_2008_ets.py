"""Forecast variances printed in Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with Exponential Smoothing".

Table 6.2 gives closed forms for the models with additive errors. They are written here as printed, in the horizon h
itself, while the kernel adds up the weights c_j of one month after the other.
"""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.ets.forms import ets_form
from forecast.kernels.ets.moments import ets_forecast

A, B, G, PHI, M, SIGMA2 = 0.35, 0.12, 0.2, 0.9, 4, 2.3
h = np.arange(1, 31)
k = (h - 1) // M
LEVEL = 1.0 + A**2 * (h - 1)
LINE = 1.0 + (h - 1) * (A**2 + A * B * h + B**2 * h * (2 * h - 1) / 6.0)
DAMPED = (
    1.0
    + A**2 * (h - 1)
    + B * PHI * h / (1.0 - PHI) ** 2 * (2.0 * A * (1.0 - PHI) + B * PHI)
    - B
    * PHI
    * (1.0 - PHI**h)
    / ((1.0 - PHI) ** 2 * (1.0 - PHI**2))
    * (2.0 * A * (1.0 - PHI**2) + B * PHI * (1.0 + 2.0 * PHI - PHI**h))
)
PRINTED = {
    "ANN": LEVEL,
    "AAN": LINE,
    "AAdN": DAMPED,
    "ANA": LEVEL + G * k * (2.0 * A + G),
    "AAA": LINE + G * k * (2.0 * A + G + B * M * (k + 1)),
    "AAdA": DAMPED
    + G * k * (2.0 * A + G)
    + 2.0 * B * G * PHI / ((1.0 - PHI) * (1.0 - PHI**M)) * (k * (1.0 - PHI**M) - PHI**M * (1.0 - PHI ** (M * k))),
}


@pytest.mark.parametrize("name", PRINTED)
def test_hyndman_2008_table_6_2_variances(name: str) -> None:
    states = np.array([50.0, 0.4, -3.0, 1.0, 4.0, -2.0])
    found = ets_forecast(ets_form(name), M, np.array([A, B, G, PHI]), states, SIGMA2, 1, 0, 30)
    assert found.status == 0
    np.testing.assert_allclose(found.variance, SIGMA2 * PRINTED[name], rtol=1e-10)


@pytest.mark.parametrize("name", ["MNN", "MAN", "MAdA"])
def test_hyndman_2008_section_6_3_2_relative_errors_start_from_sigma2_mu2(name: str) -> None:
    """v_1 = sigma2 mu_1^2, and theta_h by equation (6.2) from the weights of table 6.2."""
    sigma2, states = 0.01, np.array([50.0, 0.4, -3.0, 1.0, 4.0, -2.0])
    found = ets_forecast(ets_form(name), M, np.array([A, B, G, PHI]), states, sigma2, 1, 0, 30)
    weights = np.sqrt(np.diff(PRINTED["A" + name[1:]]))
    theta = np.zeros(30)
    for i in range(30):
        theta[i] = found.mean[i] ** 2 + sigma2 * np.sum(weights[:i] ** 2 * theta[:i][::-1])
    np.testing.assert_allclose(found.variance, (1.0 + sigma2) * theta - found.mean**2, rtol=1e-9)
