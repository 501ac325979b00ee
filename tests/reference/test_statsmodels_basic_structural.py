"""Basic structural model against statsmodels: likelihood, score, smoother, simulation smoother and fits.

statsmodels 0.15, UnobservedComponents with use_exact_diffuse and the steady state switched off (ssm.tolerance = 0);
data sets of statsmodels.datasets and AirPassengers (Box & Jenkins 1976, series G). Nile: Durbin & Koopman 2012, s2.2.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from forecast.kernels.status import OK
from forecast.kernels.structural.draws import structural_draws
from forecast.kernels.structural.fit import structural_fit
from forecast.kernels.structural.gradient import structural_gradient
from forecast.kernels.structural.lanes import structural_lanes_loglik
from forecast.kernels.structural.reduced_form import structural_reduced_loglik
from forecast.kernels.structural.ring import structural_ring_loglik
from forecast.kernels.structural.smoother import structural_smooth

sm = pytest.importorskip("statsmodels.api")
SARIMAX = pytest.importorskip("statsmodels.tsa.statespace.sarimax").SARIMAX

# fmt: off
AIR = np.array([
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118,
    115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
    145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
    171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
    196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201,
    204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
    315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
    340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
    360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405,
    417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
], dtype=float)
# fmt: on


def model(y: np.ndarray, period: int, slope: int, variances: np.ndarray) -> tuple[object, np.ndarray]:
    """statsmodels' model and its parameter vector."""
    kind = "lltrend" if slope else "llevel"
    seasonal = period if period > 1 else None
    made = sm.tsa.UnobservedComponents(y, kind, seasonal=seasonal, use_exact_diffuse=True)
    made.ssm.tolerance = 0.0
    used = [True, True, slope == 1, period > 1]
    return made, variances[used]


def series(seed: int, gaps: bool) -> tuple[np.ndarray, int, int, np.ndarray]:
    rng = np.random.default_rng(seed)
    period, slope, n = int(rng.choice([2, 3, 4, 7, 12])), int(rng.integers(2)), int(rng.integers(40, 160))
    y = np.cumsum(np.cumsum(0.05 * rng.normal(size=n)) + rng.normal(size=n))
    variances = np.exp(1.5 * rng.normal(size=4))
    if seed % 4 == 0:
        variances[rng.integers(1, 4)] = 0.0
    if gaps:
        y[rng.choice(n, n // 8, replace=False)] = np.nan
        if seed % 3 == 0:
            y[: rng.integers(1, period)] = np.nan
        if seed % 3 == 1:
            y[-int(rng.integers(1, period)) :] = np.nan
    return y, period, slope, variances


@pytest.mark.parametrize("seed", range(70))
def test_statsmodels_likelihood_with_gaps(seed: int) -> None:
    y, period, slope, variances = series(seed, gaps=True)
    made, parameters = model(y, period, slope, variances)
    value, status = structural_ring_loglik(y, period, slope, variances)
    assert status == OK
    assert value == pytest.approx(made.loglike(parameters), abs=1e-8)


@pytest.mark.parametrize("seed", range(100, 170))
def test_statsmodels_likelihood_without_gaps(seed: int) -> None:
    y, period, slope, variances = series(seed, gaps=False)
    made, parameters = model(y, period, slope, variances)
    expected = made.loglike(parameters)
    assert structural_reduced_loglik(y, period, slope, variances) == (pytest.approx(expected, abs=1e-8), OK)
    assert structural_ring_loglik(y, period, slope, variances) == (pytest.approx(expected, abs=1e-8), OK)
    value, _ = structural_lanes_loglik(y[None], np.zeros(1, np.int64), period, slope, variances[None])
    assert value[0] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("seed", range(200, 212))
def test_statsmodels_score(seed: int) -> None:
    """Central differences of statsmodels' log-likelihood."""
    y, period, slope, variances = series(seed, gaps=seed % 2 == 0)
    variances = np.maximum(variances, 0.1)
    made, parameters = model(y, period, slope, variances)
    _, gradient, _ = structural_gradient(y, period, slope, variances)
    gradient = gradient[[True, True, slope == 1, period > 1]]
    for p in range(parameters.size):
        h = 1e-4 * parameters[p] * np.eye(parameters.size)[p]
        central = (made.loglike(parameters + h) - made.loglike(parameters - h)) / (2.0 * h[p])
        assert gradient[p] == pytest.approx(central, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("seed", range(300, 324))
def test_statsmodels_smoother(seed: int) -> None:
    y, period, slope, variances = series(seed, gaps=seed % 2 == 0)
    made, parameters = model(y, period, slope, variances)
    result = made.smooth(parameters)
    smoothed, status = structural_smooth(y, period, slope, variances)
    assert status == OK
    states, ours = (range(3), [0, 1, 2]) if slope else (range(2), [0, 2])
    scale = max(1.0, result.smoothed_state_cov.max())
    for state, part in zip(states, ours, strict=True):
        np.testing.assert_allclose(smoothed.mean[:, part], result.smoothed_state[state], atol=1e-7)
        expected = result.smoothed_state_cov[state, state]
        np.testing.assert_allclose(smoothed.variance[:, part], expected, atol=1e-8 * scale)
    np.testing.assert_allclose(smoothed.mean[:, 3], result.smoothed_measurement_disturbance[0], atol=1e-7)
    expected = result.smoothed_measurement_disturbance_cov[0, 0]
    np.testing.assert_allclose(smoothed.variance[:, 3], expected, atol=1e-8 * scale)


def test_statsmodels_simulation_smoother_moments() -> None:
    """Means and standard deviations of 4,000 draws against statsmodels' smoother, within 5 standard errors."""
    y = np.log(AIR)
    y[[3, 20, 21]] = np.nan
    y = np.append(y, np.full(12, np.nan))
    variances = np.array([1e-4, 7e-4, 1e-6, 7e-5])
    made, parameters = model(y, 12, 1, variances)
    result = made.smooth(parameters)
    count = 4000
    drawn, status = structural_draws(y, 12, 1, variances, 2018, count)
    assert status == OK
    for part in range(3):
        variance = result.smoothed_state_cov[part, part]
        error = drawn[:, :, part].mean(axis=0) - result.smoothed_state[part]
        assert np.abs(error / np.sqrt(variance / count)).max() < 5.0
        assert np.abs(drawn[:, :, part].var(axis=0) / variance - 1.0).max() < 5.0 * np.sqrt(2.0 / count)


def datasets() -> dict[str, tuple[np.ndarray, int, int]]:
    data = sm.datasets
    macro = data.macrodata.load_pandas().data
    co2 = data.co2.load_pandas().data["co2"].resample("MS").mean().to_numpy()
    elnino = data.elnino.load_pandas().data.iloc[-25:, 1:].to_numpy().ravel()
    return {
        "airline": (np.log(AIR), 12, 1),
        "co2": (co2[-240:], 12, 1),
        "co2 with its gaps": (co2[:180], 12, 1),
        "elnino": (elnino, 12, 0),
        "inflation": (macro["infl"].to_numpy(), 4, 0),
        "gdp": (100.0 * np.log(macro["realgdp"].to_numpy()), 4, 1),
        "nile": (data.nile.load_pandas().data["volume"].to_numpy(float), 1, 0),
        "sunspots": (data.sunspots.load_pandas().data["SUNACTIVITY"].to_numpy()[-100:], 11, 1),
    }


@pytest.mark.parametrize(
    "name", ["airline", "co2", "co2 with its gaps", "elnino", "inflation", "gdp", "nile", "sunspots"]
)
def test_statsmodels_fit_is_no_higher(name: str) -> None:
    y, period, slope = datasets()[name]
    y = np.ascontiguousarray(y, dtype=float)
    fit = structural_fit(y, period, slope, np.ones(4, np.int64))
    assert fit.counts[0] == OK
    made, parameters = model(y, period, slope, fit.variances)
    assert fit.sums[0] == pytest.approx(made.loglike(parameters), abs=1e-7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        best = made.fit(disp=False, maxiter=500).llf
    assert fit.sums[0] >= best - 1e-6


def test_durbin_koopman_2012_nile_by_the_ring() -> None:
    """s2.10.3: 15099 and 1469.1, log-likelihood -633.46456 (with a flat start -log(2 pi) / 2 more is counted)."""
    y = np.ascontiguousarray(sm.datasets.nile.load_pandas().data["volume"].to_numpy(float))
    fit = structural_fit(y, 1, 0, np.array([1, 1, 0, 0]))
    assert fit.variances[0] == pytest.approx(15098.5, rel=1e-4)
    assert fit.variances[1] == pytest.approx(1469.18, rel=1e-3)
    value, _ = structural_reduced_loglik(y, 1, 0, np.array([15099.0, 1469.1, 0.0, 0.0]))
    assert value == pytest.approx(-633.46456, abs=1e-5)
    ahead, _ = structural_smooth(np.append(y, [np.nan] * 3), 1, 0, np.array([15099.0, 1469.1, 0.0, 0.0]))
    np.testing.assert_allclose(ahead.mean[100:, 0], 798.370, atol=1e-3)
    np.testing.assert_allclose(ahead.variance[100:, [0, 3]].sum(axis=1), [20600.3, 22069.4, 23538.5], atol=0.1)


def test_box_jenkins_1976_airline_numbers() -> None:
    """The 144 figures as typed: log, (0,1,1)(0,1,1)12: theta -.401812, Theta -.556947, s2 .00134773, llf 244.69648."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = SARIMAX(np.log(AIR), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), simple_differencing=True)
        value = found.loglike([-0.401812, -0.556947, 0.00134773])
    assert value == pytest.approx(244.69648, abs=1e-4)
