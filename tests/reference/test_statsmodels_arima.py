"""Seasonal ARIMA against statsmodels' SARIMAX, and against the figures of Stata that its tests carry."""

from __future__ import annotations

import csv
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from statsmodels.tsa.statespace import tests as statespace_tests
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.tests.results import results_sarimax

from forecast.kernels._jit import FloatArray, IntArray, gate, gate_int
from forecast.kernels.arima.columns import arima_columns
from forecast.kernels.arima.fit import arima_fit
from forecast.kernels.arima.forecast import arima_forecast
from forecast.kernels.arima.likelihood import arima_loglik, arima_work, concentrated_loglik
from forecast.kernels.arima.polynomials import arima_coefficients
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.kernels.status import OK, UNSTABLE

WPI = gate(results_sarimax.wpi1_data)
STATA = Path(statespace_tests.__file__).parent / "results" / "results_sarimax_coverage.csv"


def case(seed: int) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
    """Random order, coefficients (some of the moving average on the unit circle), regressors and gaps."""
    u, z = draw_uniforms(seed, 1, 60)[0], draw_normals(seed, 4, 200)
    top = np.array([4, 3, 4, 2, 2, 2])
    order = gate_int([*(u[:6] * top).astype(int), (4, 7, 12)[int(3 * u[6])], 0])
    n = 60 + int(90 * u[7])
    y = np.cumsum(z[0, :n])
    X = gate(z[1:3, :n].T[:, : int(3 * u[8])])
    if seed % 2:
        y[1 + (u[20 : 21 + int(30 * u[9])] * (n - 1)).astype(int)] = np.nan
    size = int(order[[0, 2, 3, 5]].sum())
    x = z[3, :size].copy()
    if seed % 5 == 0 and order[2]:
        x[order[0]] = 1.57
    return y, X, order, arima_coefficients(x, order)


def theirs(y: FloatArray, X: FloatArray, order: IntArray) -> SARIMAX:
    p, d, q, P, D, Q, s = (int(v) for v in order[:7])
    model = SARIMAX(
        y,
        X if X.shape[1] else None,
        order=(p, d, q),
        seasonal_order=(P, D, Q, s if P + D + Q else 0),
        use_exact_diffuse=True,
    )
    model.ssm.tolerance = 0.0
    return model


@pytest.mark.parametrize("seed", range(160))
def test_statsmodels_sarimax_exact_diffuse_likelihood(seed: int) -> None:
    """SARIMAX counts log 2 pi also for each of the d + sD figures that start the differences."""
    y, X, order, coef = case(seed)
    loglik, sigma2, status = arima_loglik(y, X, order, coef)
    assert status == OK
    columns = arima_columns(y, X, order)
    work = arima_work(columns, order)
    concentrated_loglik(coef, order, columns, work)
    beta = work.beta[columns.counts[1] :]
    expected = theirs(y, X, order).loglike(np.r_[beta, coef, sigma2])
    lost = order[1] + order[4] * order[6]
    assert loglik == pytest.approx(expected + 0.5 * lost * np.log(2 * np.pi), rel=1e-8)


@pytest.mark.parametrize("seed", range(0, 40))
def test_statsmodels_sarimax_forecasts(seed: int) -> None:
    y, X, order, coef = case(seed)
    ahead = draw_normals(seed + 500, 12, 3)[:, : X.shape[1]].copy()
    beta = np.linspace(0.5, 1.0, X.shape[1])
    law = arima_forecast(y, X, ahead, order, coef, beta, 1.3)
    result = theirs(y, X, order).filter(np.r_[beta, coef, 1.3])
    expected = result.get_forecast(12, exog=ahead if X.shape[1] else None)
    assert law.counts[0] == OK
    scale = np.abs(expected.predicted_mean).max()
    np.testing.assert_allclose(law.mean, expected.predicted_mean, rtol=1e-7, atol=1e-8 * scale)
    np.testing.assert_allclose(law.variance, expected.var_pred_mean, rtol=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_statsmodels_sarimax_estimates_are_never_likelier(seed: int) -> None:
    y, X, order, _ = case(7 * seed)
    order[0], order[2] = min(order[0], 1), min(order[2], 1)
    y = y[~np.isnan(y)]
    X = X[: len(y)].copy()
    fit = arima_fit(y, X, order, 0)
    model = theirs(y, X, order)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = model.fit(disp=0, maxiter=60)
    lost = order[1] + order[4] * order[6]
    assert fit.numbers[0] >= result.llf + 0.5 * lost * np.log(2 * np.pi) - 1e-6


def stata_models() -> list[tuple[str, float, list[float]]]:
    with STATA.open(encoding="utf-8") as lines:
        rows = [
            (row["mod"], float(row["llf"]), [float(v) for v in row["parameters"].split(",")])
            for row in csv.DictReader(lines)
        ]
    return [row for row in rows if re.match(r"arima wpi, .*noconstant", row[0]) and "diffuse" not in row[0]]


@pytest.mark.parametrize(("command", "loglik", "parameters"), stata_models())
def test_statsmodels_fixtures_of_stata_arima(command: str, loglik: float, parameters: list[float]) -> None:
    plain = re.search(r" arima\((\d), ?(\d), ?(\d)\)", command)
    seasonal = re.search(r"sarima\((\d), ?(\d), ?(\d), ?(\d+)\)", command)
    low = [int(v) for v in plain.groups()] if plain else [0, 0, 0]
    high = [int(v) for v in seasonal.groups()] if seasonal else [0, 0, 0, 0]
    order = gate_int([*low, *high, 0])
    found, sigma2, status = arima_loglik(WPI, np.zeros((len(WPI), 0)), order, gate(parameters[:-1]))
    if status != OK:
        # Printed to seven digits, one of Stata's estimates lies on the unit circle.
        assert status == UNSTABLE
        assert max(abs(v) for v in parameters[:-1]) > 0.999
        return
    assert found == pytest.approx(loglik, abs=2e-3)
    assert np.sqrt(sigma2) == pytest.approx(abs(parameters[-1]), rel=2e-3)


def test_statsmodels_fixture_of_stata_wpi_arima_1_1_1_with_drift() -> None:
    """Stata manual, [TS] arima, example 1; the mean of the differences is the drift."""
    stata = results_sarimax.wpi1_stationary
    fit = arima_fit(WPI, np.zeros((len(WPI), 0)), gate_int([1, 1, 1, 0, 0, 0, 1, 1]), 0)
    assert fit.counts[0] == OK
    assert fit.numbers[0] == pytest.approx(stata["loglike"], abs=1e-4)
    np.testing.assert_allclose(fit.coef, [*stata["params_ar"], *stata["params_ma"]], atol=2e-4)
    assert fit.numbers[1] == pytest.approx(stata["params_variance"][0], rel=1e-3)
    np.testing.assert_allclose(fit.numbers[[2, 4]], [stata["aic"], stata["bic"]], atol=2e-3)


def test_statsmodels_fixture_of_stata_wpi_with_a_seasonal_lag() -> None:
    """Stata manual, [TS] arima, example 2: ln wpi, moving average at lags 1 and 4 (no product), as a check of lags."""
    stata = results_sarimax.wpi1_seasonal
    order = gate_int([1, 1, 4, 0, 0, 0, 1, 1])
    coef = gate([*stata["params_ar"], stata["params_ma"][0], 0.0, 0.0, stata["params_ma"][1]])
    loglik, sigma2, status = arima_loglik(gate(np.log(WPI)), np.zeros((len(WPI), 0)), order, coef)
    assert status == OK
    assert loglik == pytest.approx(stata["loglike"], abs=1e-4)
    assert sigma2 == pytest.approx(stata["params_variance"][0], rel=1e-3)


def test_statsmodels_fixture_of_stata_friedman_consumption_on_money() -> None:
    """Stata manual, [TS] arima, example 4: ARMAX with the constant and money as regressors."""
    stata = results_sarimax.friedman2_mle
    data = stata["data"]
    y, m2 = gate(data["consump"]), gate(data["m2"])
    fit = arima_fit(y, m2[:, None].copy(), gate_int([1, 0, 1, 0, 0, 0, 1, 1]), 0)
    assert fit.counts[0] == OK
    assert fit.numbers[0] >= stata["loglike"] - 1e-4
    assert fit.numbers[0] == pytest.approx(stata["loglike"], abs=1e-3)
    np.testing.assert_allclose(fit.coef, [*stata["params_ar"], *stata["params_ma"]], atol=2e-3)
    np.testing.assert_allclose(fit.beta, stata["params_exog"], rtol=2e-2)
