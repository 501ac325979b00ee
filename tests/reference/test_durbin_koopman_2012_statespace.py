"""Nile, Durbin & Koopman 2012, ch. 2, as a general state space: printed numbers, forecasts, disturbances, draws."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.datasets import nile

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.statespace.backward import statespace_backward
from forecast.kernels.statespace.batch import statespace_loglik
from forecast.kernels.statespace.disturbance import statespace_disturbances
from forecast.kernels.statespace.filter import statespace_filter
from forecast.kernels.statespace.model import StateSpace, state_space
from forecast.kernels.statespace.simulation import statespace_draws
from forecast.kernels.statespace.smoother import statespace_smooth
from forecast.kernels.statespace.univariate import univariate_form
from tests.twins.statespace.peers import to_statsmodels

IRREGULAR, LEVEL = 15099.0, 1469.1  # s2.2.5
AHEAD = 3


@pytest.fixture(scope="module")
def flow() -> NDArray[np.float64]:
    """Yearly flow at Aswan 1871-1970 with three years ahead still unknown."""
    y = np.asarray(nile.load_pandas().data["volume"], dtype=np.float64)
    return gate(np.append(y, np.full(AHEAD, np.nan))[:, None])


@pytest.fixture(scope="module")
def level() -> StateSpace:
    return state_space([[1.0]], [[IRREGULAR]], [[1.0]], [[1.0]], [[LEVEL]])


def test_durbin_koopman_2012_nile_diffuse_likelihood(flow: NDArray[np.float64], level: StateSpace) -> None:
    loglik, status = statespace_loglik(flow, level)
    assert status == 0
    assert loglik == pytest.approx(-633.46456, abs=5e-6)


def test_durbin_koopman_2012_nile_forecasts(flow: NDArray[np.float64], level: StateSpace) -> None:
    u, _ = univariate_form(flow, level)
    f = statespace_filter(u, level)
    np.testing.assert_allclose(f.a[100:103, 0], 798.370, atol=5e-4)
    np.testing.assert_allclose(f.P[100:103, 0, 0] + IRREGULAR, [20600.3, 22069.4, 23538.5], atol=0.05)
    assert f.diffuse == 1
    assert f.a[1, 0] == flow[0, 0]
    assert f.P[1, 0, 0] == pytest.approx(IRREGULAR + LEVEL, rel=1e-14)  # s2.9


def test_durbin_koopman_2012_nile_smoothing_as_statsmodels(flow: NDArray[np.float64], level: StateSpace) -> None:
    """Also with the years 1891-1910 and 1931-50 taken out, as in s2.7."""
    for gaps in ([], [*range(20, 40), *range(60, 80)]):
        y = flow.copy()
        y[gaps] = np.nan
        peer = to_statsmodels(y, level).smooth()
        u, _ = univariate_form(y, level)
        f = statespace_filter(u, level)
        b = statespace_backward(u, f)
        mean, V = statespace_smooth(u, f, b)
        errors = statespace_disturbances(level, u, b)
        assert f.loglik == pytest.approx(peer.llf, rel=1e-12)
        np.testing.assert_allclose(mean, peer.smoothed_state.T, rtol=1e-11)
        np.testing.assert_allclose(V[:, 0, 0], peer.smoothed_state_cov[0, 0], rtol=1e-10)
        np.testing.assert_allclose(errors.eta[:, 0], peer.smoothed_state_disturbance[0], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(errors.eta_cov[:, 0, 0], peer.smoothed_state_disturbance_cov[0, 0], rtol=1e-9)
        kept = ~np.isnan(y[:, 0])
        eps = peer.smoothed_measurement_disturbance[0]
        np.testing.assert_allclose(errors.eps[kept, 0], eps[kept], rtol=1e-9, atol=1e-9)
        variances = peer.smoothed_measurement_disturbance_cov[0, 0]
        np.testing.assert_allclose(errors.eps_cov[:, 0, 0], variances, rtol=1e-9)


def test_durbin_koopman_2012_nile_draws_have_the_smoothed_law(flow: NDArray[np.float64], level: StateSpace) -> None:
    paths = 20_000
    u, _ = univariate_form(flow, level)
    f = statespace_filter(u, level)
    mean, V = statespace_smooth(u, f, statespace_backward(u, f))
    states, values, _ = statespace_draws(flow, level, u, f, 1871, paths, 0, gate_int([0]))
    sd = np.sqrt(V[:, 0, 0])
    assert (np.abs(states[:, :, 0].mean(axis=0) - mean[:, 0]) < 5 * sd / np.sqrt(paths)).all()
    assert (np.abs(states[:, :, 0].var(axis=0) / sd**2 - 1) < 5 * np.sqrt(2 / paths)).all()
    ahead = values[:, 100:, 0]
    assert (np.abs(ahead.mean(axis=0) - 798.370) < 5 * np.sqrt(23538.5 / paths)).all()
    assert (np.abs(ahead.var(axis=0) / [20600.3, 22069.4, 23538.5] - 1) < 5 * np.sqrt(2 / paths)).all()
