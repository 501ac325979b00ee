"""Smoothed states and disturbances, diffuse time points included, against dense conditioning."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.statespace.backward import Backward, statespace_backward
from forecast.kernels.statespace.disturbance import statespace_disturbances
from forecast.kernels.statespace.filter import Filtered, statespace_filter
from forecast.kernels.statespace.model import StateSpace
from forecast.kernels.statespace.smoother import statespace_smooth
from forecast.kernels.statespace.univariate import Univariate, univariate_form
from tests.twins.statespace.dense import FloatArray, condition, identified, random_case, split

CASES = [seed for seed in range(160) if identified(*random_case(seed))]


def passes(y: FloatArray, s: StateSpace) -> tuple[Univariate, Filtered, Backward]:
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    return u, f, statespace_backward(u, f)


def close(got: FloatArray, expected: FloatArray) -> None:
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9 * (1.0 + np.abs(expected).max()))


@pytest.mark.parametrize("seed", CASES)
def test_statespace_smooth_is_dense_conditioning(seed: int) -> None:
    y, s = random_case(seed)
    u, f, b = passes(y, s)
    law = split(condition(y, s), len(y), len(s.a1), y.shape[1], s.Q.shape[1])
    mean, V = statespace_smooth(u, f, b)
    close(mean, law["states"])
    close(V, law["states_cov"])
    assert (np.diagonal(V, axis1=1, axis2=2) >= 0.0).all()


@pytest.mark.parametrize("seed", CASES)
def test_statespace_disturbances_are_dense_conditioning(seed: int) -> None:
    """Errors of the gaps too, which follow the errors beside them where H is not diagonal."""
    y, s = random_case(seed)
    u, _, b = passes(y, s)
    law = split(condition(y, s), len(y), len(s.a1), y.shape[1], s.Q.shape[1])
    got = statespace_disturbances(s, u, b)
    close(got.eps, law["eps"])
    close(got.eps_cov, law["eps_cov"])
    last = len(y) - 1
    close(got.eta[:last], law["eta"][:last])
    close(got.eta_cov[:last], law["eta_cov"][:last])
    np.testing.assert_array_equal(got.eta[last], 0.0)


@pytest.mark.parametrize("seed", range(12))
def test_both_smoothers_with_singular_covariances(seed: int) -> None:
    """Shocks and errors that are combinations of each other, states without noise, a start that is known exactly."""
    rng = np.random.default_rng(seed)
    y, s = random_case(seed)
    p, r, m = y.shape[1], s.Q.shape[1], len(s.a1)
    load, g = rng.normal(size=(r, max(r - 1, 1))), rng.normal(size=(p, max(p - 1, 1)))
    P1 = np.zeros((m, m))
    P1[0, 0] = 1.0
    s = s._replace(Q=(load @ load.T)[None], H=(g @ g.T)[None], P1=P1, P1_inf=np.zeros((m, m)))
    s = s._replace(R=np.ascontiguousarray(s.R[:1]), T=0.5 * s.T)
    y[:, 1:] = np.where(rng.uniform(size=y[:, 1:].shape) < 0.7, np.nan, y[:, 1:])
    u, f, b = passes(y, s)
    law = split(condition(y, s), len(y), m, p, r)
    mean, V = statespace_smooth(u, f, b)
    close(mean, law["states"])
    close(V, law["states_cov"])
    got = statespace_disturbances(s, u, b)
    close(got.eps, law["eps"])
    close(got.eps_cov, law["eps_cov"])


def test_no_kernel_was_compiled_twice() -> None:
    assert len(statespace_smooth.signatures) <= 1
    assert len(statespace_disturbances.signatures) <= 1
