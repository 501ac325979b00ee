"""Nile, Durbin & Koopman 2012, ch. 2: a local level at their variances, against printed numbers and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.datasets import nile
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.sparse.kalman import filter_on, gains_from, loglik, moments_of_draws
from forecast.kernels.sparse.sampler import draw_paths
from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from tests.twins.systems import FloatArray, Operation, Seen, build_system

IRREGULAR, LEVEL = 15099.0, 1469.1  # s2.2.5
COEF, VAR = gate([1.0]), gate([0.0, LEVEL])
AHEAD = 3


@pytest.fixture(scope="module")
def flow() -> FloatArray:
    """Yearly flow of the Nile at Aswan 1871-1970, 10^8 m^3; it travels with statsmodels."""
    return np.asarray(nile.load_pandas().data["volume"], dtype=np.float64)


def local_level(y: FloatArray, mean: float, variance: float, missing: range = range(0)) -> System:
    """The state before the first month is already that month's, so its operation adds no noise there."""
    n = len(y) + AHEAD
    moves = np.ones(n)
    moves[0] = 0.0
    seen = [Seen(t, [(0, 1.0)], IRREGULAR, float(value)) for t, value in enumerate(y) if t not in missing]
    return build_system([mean], [[variance]], n, [Operation(0, [(0, 1.0, 0)], moves)], seen)


@pytest.mark.parametrize("missing", [range(0), range(20, 40)], ids=["whole", "gap"])
def test_durbin_koopman_2012_nile_known_start(flow: FloatArray, missing: range) -> None:
    """Likelihood, filtered and smoothed levels of statsmodels from N(1000, 300^2)."""
    y = flow.copy()
    y[list(missing)] = np.nan
    model = UnobservedComponents(y, "llevel")
    model.ssm.initialize_known(np.array([1000.0]), np.array([[300.0**2]]))
    model.ssm.tolerance = 0
    model.ssm.loglikelihood_burn = 0
    peer = model.smooth([IRREGULAR, LEVEL])
    s = local_level(flow, 1000.0, 300.0**2, missing)
    assert loglik(s, COEF, VAR)[1] == pytest.approx(peer.llf, rel=1e-10)
    a, P = s.a0.copy(), s.P0.copy()
    for t in range(len(flow)):
        filter_on(s, COEF, VAR, t, t + 1, a, P)
        assert a[0] == pytest.approx(peer.filtered_state[0, t], rel=1e-9)
        assert P[0, 0] == pytest.approx(peer.filtered_state_cov[0, 0, t], rel=1e-9)
    states, _ = smoothed_states(s, COEF, VAR)
    np.testing.assert_allclose(states[: len(flow), 0], peer.smoothed_state[0], rtol=1e-9)
    _, v, F = gains_from(s, COEF, VAR, 0, len(s.val), s.a0, s.P0)
    kept = ~np.isnan(y)
    np.testing.assert_allclose(v, peer.forecasts_error[0][kept], rtol=0, atol=1e-7)
    np.testing.assert_allclose(F, peer.forecasts_error_cov[0, 0][kept], rtol=1e-9)


@pytest.mark.parametrize("variance", [1e9, 1e10, 1e11])
def test_durbin_koopman_2012_nile_diffuse_likelihood(flow: FloatArray, variance: float) -> None:
    """The diffuse likelihood, -633.46456, is the limit of the proper one plus log(variance) / 2.

    Exactly diffuse, the first observation gives -log(2 pi) / 2 - log(F_inf) / 2 with F_inf = 1. From N(y_1, variance)
    it gives -log(2 pi) / 2 - log(variance + irregular) / 2: less by log(variance) / 2 and by what falls away as
    1 / variance. A start at y_1 leaves no squared error there.
    """
    got = loglik(local_level(flow, flow[0], variance), COEF, VAR)[1] + 0.5 * math.log(variance)
    assert got == pytest.approx(-633.46456, abs=6e-6 + IRREGULAR / variance)


def test_durbin_koopman_2012_nile_forecasts(flow: FloatArray) -> None:
    """798.370 for 1971 and after, with variances 20600.3, 22069.4 and 23538.5 of the flow itself."""
    s = local_level(flow, flow[0], 1e10)
    a, P = (moment[0] for moment in moments_of_draws(s, COEF[None], VAR[None], len(flow)))
    for t, printed in zip(range(len(flow), len(s.val)), (20600.3, 22069.4, 23538.5), strict=True):
        filter_on(s, COEF, VAR, t, t + 1, a, P)
        assert a[0] == pytest.approx(798.370, abs=5e-4)
        assert P[0, 0] + IRREGULAR == pytest.approx(printed, abs=0.05)


def test_durbin_koopman_2012_nile_forecasts_over_paths(flow: FloatArray) -> None:
    """The same from simulated paths, within 5 standard errors."""
    s, paths = local_level(flow, flow[0], 1e6), 20_000
    level = draw_paths(
        s, COEF[None], VAR[None], 0, s.a0[None], s.P0[None], 0, len(flow),
        gate_int([-1]), np.zeros((paths, AHEAD, 1)), gate_int([-1]), 5.0, gate_int([[0, -1]]), gate_int([1, 2]), paths,
    )[:, -AHEAD:, 0]  # fmt: skip
    variance = np.array([20600.3, 22069.4, 23538.5]) - IRREGULAR
    assert (np.abs(level.mean(axis=0) - 798.370) < 5 * np.sqrt(variance / paths)).all()
    assert (np.abs(level.var(axis=0) / variance - 1.0) < 5 * math.sqrt(2 / paths)).all()
