"""statsmodels on the same matrices, and the published models whose figures it carries.

Compared are the cases in which statsmodels is exact. Against the dense joint law (tests/twins/statespace) its
smoother is off in diffuse time points where T changes over time, and its likelihood where correlated errors meet a
diffuse start; ours agrees with the dense law there.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents
from statsmodels.tsa.statespace.tests.results import results_kalman_filter

from forecast.kernels._jit import gate
from forecast.kernels.statespace.backward import statespace_backward
from forecast.kernels.statespace.batch import statespace_loglik
from forecast.kernels.statespace.disturbance import statespace_disturbances
from forecast.kernels.statespace.filter import statespace_filter
from forecast.kernels.statespace.model import StateSpace, state_space
from forecast.kernels.statespace.smoother import statespace_smooth
from forecast.kernels.statespace.univariate import univariate_form
from tests.twins.statespace.dense import identified, random_case
from tests.twins.statespace.peers import from_statsmodels, to_statsmodels

FloatArray = NDArray[np.float64]


def is_diagonal(H: FloatArray) -> bool:
    return all(np.array_equal(h, np.diag(np.diag(h))) for h in H)


def likelihood_cases() -> list[int]:
    found = []
    for seed in range(240):
        y, s = random_case(seed)
        if identified(y, s) and (is_diagonal(s.H) or not s.P1_inf.any()):
            found.append(seed)
    return found


def smoother_cases() -> list[int]:
    def exact(seed: int) -> bool:
        _, s = random_case(seed)
        return not s.P1_inf.any() or (len(s.T) == 1 and is_diagonal(s.H))

    return [seed for seed in likelihood_cases() if exact(seed)]


def close(got: FloatArray, expected: FloatArray) -> None:
    np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-8 * (1.0 + np.abs(expected).max()))


def test_there_are_enough_cases_of_every_kind() -> None:
    cases = [random_case(seed) for seed in likelihood_cases()]
    assert len(cases) >= 150
    assert len(smoother_cases()) >= 100
    assert sum(np.isnan(y).any() for y, _ in cases) >= 60
    assert sum(bool(s.P1_inf.any()) for _, s in cases) >= 60
    assert sum(not is_diagonal(s.H) for _, s in cases) >= 40
    assert sum(len(s.T) > 1 for _, s in cases) >= 40


@pytest.mark.parametrize("seed", likelihood_cases())
def test_statsmodels_likelihood_of_random_systems(seed: int) -> None:
    y, s = random_case(seed)
    loglik, status = statespace_loglik(y, s)
    assert status == 0
    assert loglik == pytest.approx(to_statsmodels(y, s).loglike(), rel=1e-8)


@pytest.mark.parametrize("seed", smoother_cases())
@pytest.mark.filterwarnings("ignore")
def test_statsmodels_smoothed_states_and_disturbances(seed: int) -> None:
    y, s = random_case(seed)
    peer = to_statsmodels(y, s).smooth()
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    b = statespace_backward(u, f)
    mean, V = statespace_smooth(u, f, b)
    errors = statespace_disturbances(s, u, b)
    close(f.a[f.diffuse :], peer.predicted_state.T[f.diffuse :])
    close(f.P[f.diffuse :], np.moveaxis(peer.predicted_state_cov, -1, 0)[f.diffuse :])
    close(mean, peer.smoothed_state.T)
    close(V, np.moveaxis(peer.smoothed_state_cov, -1, 0))
    close(errors.eta, peer.smoothed_state_disturbance.T)
    close(errors.eta_cov, np.moveaxis(peer.smoothed_state_disturbance_cov, -1, 0))
    seen = ~np.isnan(y)
    close(errors.eps[seen], peer.smoothed_measurement_disturbance.T[seen])


def series(n: int, share: float) -> FloatArray:
    rng = np.random.default_rng(5)
    y = np.cumsum(rng.normal(size=n)) + 3.0 * np.sin(np.arange(n) * np.pi / 6) + rng.normal(size=n)
    y[rng.uniform(size=n) < share] = np.nan
    return np.asarray(y)


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_statsmodels_basic_structural_model_with_exact_diffuse_start(share: float) -> None:
    model = UnobservedComponents(series(150, share), "lltrend", seasonal=12, use_exact_diffuse=True)
    model.ssm.tolerance = 0
    params = [0.8, 0.3, 0.01, 0.05]
    peer = model.smooth(params)
    y, s = gate(model.ssm.endog.T), from_statsmodels(model.ssm)
    assert statespace_loglik(y, s)[0] == pytest.approx(peer.llf, rel=1e-9)
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    mean, V = statespace_smooth(u, f, statespace_backward(u, f))
    close(mean, peer.smoothed_state.T)
    close(V, np.moveaxis(peer.smoothed_state_cov, -1, 0))


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_statsmodels_sarima_with_stationary_start(share: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SARIMAX(series(150, share), order=(2, 0, 1), seasonal_order=(1, 0, 1, 12))
    model.ssm.tolerance = 0
    peer = model.filter([0.5, 0.2, 0.3, 0.4, 0.2, 1.3])
    y, s = gate(model.ssm.endog.T), from_statsmodels(model.ssm)
    assert statespace_loglik(y, s)[0] == pytest.approx(peer.llf, rel=1e-9)


def published(name: str) -> tuple[dict[str, Any], FloatArray]:
    true = getattr(results_kalman_filter, name)
    return true, np.asarray(true["data"], dtype=np.float64).reshape(len(true["data"]), -1)


def after(y: FloatArray, s: StateSpace, start: int) -> tuple[float, FloatArray]:
    u, _ = univariate_form(gate(y), s)
    f = statespace_filter(u, s)
    return float(f.loglik_at[start:].sum()), f.a_seen[start:]


def test_clark_1987_trend_and_cycle_of_american_output() -> None:
    """Kim & Nelson 1999, GAUSS output UC_UNI; their prior of variance 100 is before the first transition."""
    true, gdp = published("uc_uni")
    v, e, w, phi1, phi2 = true["parameters"]
    T = np.array([[1, 0, 0, 1], [0, phi1, phi2, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    Q = np.diag([v**2, e**2, 0, w**2])
    s = state_space([[1, 1, 0, 0]], [[0]], T, np.eye(4), Q, P1=100 * T @ T.T)
    loglik, states = after(np.log(gdp), s, true["start"])
    assert loglik == pytest.approx(true["loglike"], abs=1e-4)
    np.testing.assert_allclose(states[:, [0, 1, 3]], true["states"], atol=2e-4)


def test_clark_1989_output_and_unemployment() -> None:
    """Kim & Nelson 1999, UC_BI, with their likelihood's 2 pi set right, as in statsmodels' results."""
    true, data = published("uc_bi")
    v, e, w, vl, ec, phi1, phi2, *alpha = true["parameters"]
    T = np.eye(6)
    T[0, 4] = 1
    T[1:4] = [[0, phi1, phi2, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]]
    Z = [[1, 1, 0, 0, 0, 0], [0, *alpha, 0, 1]]
    Q = np.diag([v**2, e**2, 0, 0, w**2, vl**2])
    s = state_space(Z, np.diag([0, ec**2]), T, np.eye(6), Q, P1=100 * T @ T.T)
    y = np.column_stack([np.log(data[4:, 0]), data[4:, 1] / 100])
    loglik, _ = statespace_loglik(gate(y), s)
    assert loglik == pytest.approx(true["loglike"], abs=1e-2)
    _, states = after(y, s, true["start"])
    np.testing.assert_allclose(states[:, [0, 1, 4, 5]], true["states"], atol=1e-4)
