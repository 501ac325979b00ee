"""The disturbance smoother against dense conditioning: states, noise and the score of the first states."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate
from forecast.kernels.sparse.kalman import gains_from, moments_of_draws
from forecast.kernels.sparse.smoother import disturbances, operate, smoothed_states
from tests.twins.dense import multiply_out, shocks_given, state_given, write_out
from tests.twins.systems import Case, random_case

NEAR = {"rtol": 1e-10, "atol": 1e-10}


@pytest.fixture(params=range(30))
def case(request: pytest.FixtureRequest) -> Case:
    return random_case(request.param, unseen_tail=request.param % 3)


def test_operate_is_one_transition(case: Case) -> None:
    s, coef, var = case
    alpha = np.linspace(-1.0, 2.0, len(s.a0))
    for t in range(len(s.val)):
        T, _ = multiply_out(s, t, coef, var)
        expected = T @ alpha
        operate(s, t, coef, np.zeros(s.row.shape[1]), alpha)
        np.testing.assert_allclose(alpha, expected, **NEAR)


def test_operate_adds_noise_where_its_operation_stands(case: Case) -> None:
    s, coef, var = case
    law = write_out(*case)
    m, k = len(s.a0), s.row.shape[1]
    e = np.cos(np.arange(law.A.shape[1]))
    e[:m] = 0.0
    alpha = s.a0.copy()
    for t in range(len(s.val)):
        sd = np.sqrt(s.scale[t] * var[s.var_of[t]])
        operate(s, t, coef, sd * e[m + t * k : m + (t + 1) * k], alpha)
        np.testing.assert_allclose(alpha, law.mean[t] + law.load[t] @ e, **NEAR)


def test_smoothed_states_are_dense_conditional_means(case: Case) -> None:
    s, coef, var = case
    law = write_out(*case)
    states, noise = smoothed_states(s, coef, var)
    for t in range(len(s.val)):
        np.testing.assert_allclose(states[t], state_given(s, law, t)[0], **NEAR)
    shocks = shocks_given(s, law)[0][len(s.a0) :].reshape(noise.shape)
    np.testing.assert_allclose(noise, np.sqrt(s.scale * var[s.var_of]) * shocks, **NEAR)


def test_disturbances_of_a_later_window_and_the_score_of_its_first_states(case: Case) -> None:
    s, coef, var = case
    start, stop = len(s.val) // 2, len(s.val)
    a, P = (moment[0] for moment in moments_of_draws(s, gate([coef]), gate([var]), start))
    K, v, F = gains_from(s, coef, var, start, stop, a, P)
    r, noise = np.full(len(a), 9.0), np.full((stop - start, s.row.shape[1]), 9.0)
    disturbances(s, coef, var, start, stop, K, v, F, r, noise)
    law = write_out(*case)
    shocks = shocks_given(s, law)[0][len(a) :].reshape(s.row.shape)
    np.testing.assert_allclose(noise, (np.sqrt(s.scale * var[s.var_of]) * shocks)[start:], **NEAR)
    np.testing.assert_allclose(a + P @ r, state_given(s, law, start - 1)[0], **NEAR)
