"""The twins once more on the flagship's own System: both reporters' figures over any spans, as of 2018-10-12."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pytest

from forecast.data.assemble import load_panel
from forecast.data.background import load_background
from forecast.kernels._jit import gate
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels.random import fill_normals
from forecast.kernels.sparse.kalman import gains_from, loglik, loglik_draws, moments_of_draws
from forecast.kernels.sparse.sampler import draw_paths
from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from forecast.models.structural.estimate import fit
from forecast.models.structural.linearise import observe
from forecast.models.structural.model import operations
from forecast.months import month
from tests.twins.dense import Law, draw_given, innovations, log_density, shocks_given, write_out
from tests.twins.systems import FloatArray, IntArray, window

THROUGH = month(2019, 12)


class Flagship(NamedTuple):
    """The System to 2019-12, its first month not observed, its posterior draws, and what simulation reads."""

    system: System
    stop: int
    coef: FloatArray
    var: FloatArray
    driver_of: IntArray
    read: IntArray


@pytest.fixture(scope="module")
def flagship() -> Flagship:
    fitted = fit(load_panel("CHN-RUS", as_of=date(2018, 10, 12)), load_background(), seed=7)
    ops = operations(fitted.panel, fitted.background, fitted.layout, THROUGH)
    system = observe(fitted.layout, fitted.reading, ops, fitted.a0, fitted.P0, fitted.path)
    stop = fitted.layout.end - fitted.layout.start + 1
    read = np.array([[states.log_flow, -1] for states in fitted.layout.flows])
    return Flagship(system, stop, fitted.coef, fitted.var, ops.driver_of, read)


@pytest.fixture(scope="module")
def law(flagship: Flagship) -> Law:
    s = flagship.system
    return write_out(s, flagship.coef[0], flagship.var[0], range(5, len(s.val), 18))


def test_flagship_is_what_the_twins_should_see(flagship: Flagship) -> None:
    s = flagship.system
    assert len(s.y) > 150
    assert np.diff(s.obs_ptr).max() >= 4, "several figures end in one month"
    assert (np.diff(s.obs_ptr[: flagship.stop]) == 0).any(), "months without figures"
    assert np.linalg.matrix_rank(s.P0) < len(s.a0)
    assert len(s.val) - flagship.stop >= 15


def test_flagship_loglik(flagship: Flagship, law: Law) -> None:
    s = flagship.system
    assert loglik(s, flagship.coef[0], flagship.var[0])[1] == pytest.approx(log_density(s, law), rel=1e-9)


def test_flagship_loglik_draws(flagship: Flagship) -> None:
    s = flagship.system
    coef, var = flagship.coef[:3], flagship.var[:3]
    expected = [log_density(s, write_out(s, c, v, range(0))) for c, v in zip(coef, var, strict=True)]
    np.testing.assert_allclose(loglik_draws(s, coef, var)[1], expected, rtol=1e-9)
    assert np.ptp(expected) > 0.01, "the draws differ"


def test_flagship_smoothed_states(flagship: Flagship, law: Law) -> None:
    s, coef, var = flagship.system, flagship.coef[0], flagship.var[0]
    states, noise = smoothed_states(s, coef, var)
    e, _ = shocks_given(s, law)
    for t, load in law.load.items():
        np.testing.assert_allclose(states[t], law.mean[t] + load @ e, rtol=1e-9, atol=1e-9)
    expected = np.sqrt(s.scale * var[s.var_of]) * e[len(s.a0) :].reshape(noise.shape)
    np.testing.assert_allclose(noise, expected, rtol=1e-9, atol=1e-9)


def test_flagship_moments_and_gains_on_the_way(flagship: Flagship, law: Law) -> None:
    s, coef, var = flagship.system, flagship.coef[:1], flagship.var[:1]
    t = list(law.load)[len(law.load) // 2]
    a, P = moments_of_draws(s, coef, var, t + 1)
    load, count = law.load[t], s.obs_ptr[t + 1]
    cross = load @ law.A[:count].T
    W = np.linalg.solve(law.V[:count, :count], cross.T)
    np.testing.assert_allclose(a[0], law.mean[t] + W.T @ (s.y - law.mu)[:count], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(P[0], load @ load.T - cross @ W, rtol=1e-9, atol=1e-9)
    gains, v, F = gains_from(s, coef[0], var[0], t + 1, flagship.stop, a[0], P[0])
    expected_gains, expected_v, expected_F = innovations(s, law)
    np.testing.assert_allclose(v, expected_v[count:], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(F, expected_F[count:], rtol=1e-9)
    later = [i for i in expected_gains if i >= count]
    assert len(later) >= 4
    for i in later:
        np.testing.assert_allclose(gains[i - count], expected_gains[i], rtol=1e-8, atol=1e-8)


def test_flagship_draw_paths(flagship: Flagship) -> None:
    """Each path of the flagship is the dense draw from its own window, with the same shocks."""
    s, paths = flagship.system, 3
    n, k, m = *s.row.shape, len(s.a0)
    start, coef, var = flagship.stop - 21, flagship.coef[:2], flagship.var[:2]
    a, P = moments_of_draws(s, coef, var, start)
    drivers = np.cos(np.arange(paths * (n - flagship.stop) * 9.0)).reshape(paths, n - flagship.stop, 9)
    heavy, keys = np.full(k, -1), np.array([11, 12])
    got = draw_paths(
        s, coef, var, start, a, P, start, flagship.stop,
        flagship.driver_of, gate(drivers), heavy, 5.0, flagship.read, keys, paths,
    )  # fmt: skip
    assert flagship.driver_of.max() < 9
    for p in range(paths):
        val = s.val.copy()
        val[flagship.stop :] = np.where(flagship.driver_of < 0, val[flagship.stop :], drivers[p][:, flagship.driver_of])
        part = window(s._replace(val=val), start, n, a[p % 2], P[p % 2])
        path_law = write_out(part, coef[p % 2], var[p % 2], root=semidefinite_root(P[p % 2]))
        g, observed = len(part.y), m + (flagship.stop - start) * k
        z = np.empty(m + (n - start) * k + g)
        fill_normals(11, p, z)
        states = draw_given(part, path_law, np.delete(z, np.s_[observed : observed + g]), z[observed : observed + g])
        np.testing.assert_allclose(got[p], states[:, flagship.read[:, 0]], rtol=0, atol=1e-8)
