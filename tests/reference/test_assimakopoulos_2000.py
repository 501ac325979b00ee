"""The Theta method against its published M3 forecasts, Hyndman & Billah's closed form and statsmodels.

Assimakopoulos & Nikolopoulos 2000; Hyndman & Billah 2003, International Journal of Forecasting 19, equations 3-5; the
forecasts that entered the M3 competition (Makridakis & Hibon 2000), in the folder shared/data.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from forecast.kernels.random import draw_normals
from forecast.kernels.theta.ahead import forecast_thetas
from forecast.kernels.theta.fit import STM, ThetaRules
from forecast.kernels.theta.recursion import theta_lines, theta_walk
from forecast.kernels.theta.season import ADDITIVE, MULTIPLICATIVE, is_seasonal, season_indices
from tests.reference.m3 import m3_monthly, smape


@pytest.mark.shared
def test_assimakopoulos_2000_m3_monthly(shared_data: Path) -> None:
    """All 1,428 monthly series: sMAPE 13.89 as published, and nearly the same forecasts series by series."""
    y, ends, came, published = m3_monthly(shared_data / "benchmarks")
    assert len(ends) == 1428
    assert smape(published, came) == pytest.approx(13.89, abs=0.01)
    batch = forecast_thetas(y, ends, ThetaRules(STM, 12, MULTIPLICATIVE, 3, 0.1, 0.99), 18)
    assert not batch.statuses.any()
    assert smape(batch.forecasts, came) == pytest.approx(13.89, abs=0.1)
    apart = (np.abs(batch.forecasts - published) / np.abs(published)).mean(axis=1)
    assert np.median(apart) < 0.01


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("theta", [1.0, 2.0, 5.0])
def test_hyndman_billah_2003_and_statsmodels_theta_model(seed: int, theta: float) -> None:
    """At statsmodels' alpha and level the forecasts are the same: smoothing with a drift of (1 - 1/theta) b."""
    n = 80
    y = 40.0 + 0.3 * np.arange(n) + draw_normals(seed, 1, n)[0].cumsum()
    fitted = ThetaModel(y, period=1, deseasonalize=False).fit()
    alpha, w = float(fitted.params["alpha"]), 1 - 1 / theta
    lines, moments = np.empty((n, 2)), np.empty(5)
    theta_lines(y, False, lines, moments)
    A, B = lines[0]
    assert pytest.approx(float(fitted.params["b0"]), rel=1e-9) == B
    p, c = (1 - alpha) ** n, (1 - (1 - alpha) ** (n + 1)) / alpha
    # Their level starts where the first month is expected, ours where its theta line is.
    state = np.array([float(np.asarray(fitted.forecast_components(1).ses)[0]) - w * (A + B) * p, p, c])
    out = np.empty(12)
    theta_walk(n + 1.0, state, moments, lines[-1].copy(), False, alpha, w, np.zeros(12), out)
    np.testing.assert_allclose(out, np.asarray(fitted.forecast(12, theta=theta)), rtol=1e-9)
    drift = w * B
    np.testing.assert_allclose(np.diff(out), drift, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("m", [4, 12])
@pytest.mark.parametrize("kind", [ADDITIVE, MULTIPLICATIVE])
@pytest.mark.parametrize("seed", range(3))
def test_statsmodels_seasonal_decompose_and_acf(m: int, kind: int, seed: int) -> None:
    n = 6 * m + 5
    shape = draw_normals(seed, 2, m)[0]
    y = 50.0 + 0.2 * np.arange(n) + seed * 4.0 * np.tile(shape, 8)[:n] + draw_normals(seed, 2, n)[1]
    r = acf(y, nlags=m, fft=False)[1:]
    seasonal = abs(r[-1]) > 1.6448536269514722 * np.sqrt((1 + 2 * (r[:-1] ** 2).sum()) / n)
    assert is_seasonal(y, m) == seasonal
    index = np.empty(m)
    if season_indices(y, m, kind, index) == kind:
        theirs = seasonal_decompose(y, model="additive" if kind == ADDITIVE else "multiplicative", period=m).seasonal
        np.testing.assert_allclose(index, theirs[:m], rtol=1e-10, atol=1e-12)
    assert seasonal == (seed > 0)
