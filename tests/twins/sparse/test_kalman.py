"""The filter against dense Gaussian algebra: likelihood, moments on the way, gains and innovations."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.sparse.kalman import (
    advance,
    advance_and_keep,
    filter_on,
    gain,
    gains_from,
    loglik,
    loglik_draws,
    moments_of_draws,
    update,
)
from tests.twins.dense import innovations, log_density, multiply_out, state_given, write_out
from tests.twins.systems import Case, random_case

SEEDS = range(30)
NEAR = {"rtol": 1e-10, "atol": 1e-10}


@pytest.fixture(params=SEEDS)
def case(request: pytest.FixtureRequest) -> Case:
    return random_case(request.param)


def test_random_cases_hold_the_awkward_parts() -> None:
    systems = [random_case(seed).system for seed in SEEDS]
    figures = np.concatenate([np.diff(s.obs_ptr) for s in systems])
    assert set(figures) == {0, 1, 2, 3}, "months without, with one and with several observations"
    assert all(np.linalg.matrix_rank(s.P0) < len(s.a0) for s in systems)
    assert any((np.diff(s.ptr) == 0).any() for s in systems), "an operation that only adds noise"
    assert any((s.var_of[:, :-1] == 0).any() for s in systems)
    resets = [s.val[:, s.ptr[-2]] for s in systems]
    assert any((keep == 0.0).any() and (keep == 1.0).any() for keep in resets)


def test_advance_is_one_transition(case: Case) -> None:
    s, coef, var = case
    a, P = s.a0.copy(), s.P0.copy()
    for t in range(len(s.val)):
        T, Q = multiply_out(s, t, coef, var)
        expected_a, expected_P = T @ a, T @ P @ T.T + Q
        advance(s, t, coef, var, a, P, np.empty(len(a)))
        np.testing.assert_allclose(a, expected_a, **NEAR)
        np.testing.assert_allclose(P, expected_P, **NEAR)


def test_advance_and_keep_keeps_the_moments_before_each_operation(case: Case) -> None:
    """One operation at a time: the kept rows are those of the moments just before the entry's own operation."""
    s, coef, var = case
    n, entries = s.val.shape
    a, P = s.a0.copy(), s.P0.copy()
    place = np.arange(entries)[::-1].copy()
    place[::3] = -1
    for t in range(n):
        one_a, one_P, expected = a.copy(), P.copy(), np.zeros((entries, len(a) + 1))
        for k in range(s.row.shape[1]):
            for j in range(s.ptr[k], s.ptr[k + 1]):
                if place[j] >= 0:
                    expected[place[j]] = [*one_P[:, s.col[t, j]], one_a[s.col[t, j]]]
            alone = s._replace(
                row=gate_int(s.row[:, [k]]), var_of=gate_int(s.var_of[:, [k]]), scale=gate(s.scale[:, [k]])
            )
            part = slice(s.ptr[k], s.ptr[k + 1])
            alone = alone._replace(
                ptr=gate_int([0, s.ptr[k + 1] - s.ptr[k]]),
                col=gate_int(s.col[:, part]),
                val=gate(s.val[:, part]),
                coef_of=gate_int(s.coef_of[part]),
            )
            T, Q = multiply_out(alone, t, coef, var)
            one_a, one_P = T @ one_a, T @ one_P @ T.T + Q
        before = np.zeros((entries, len(a) + 1))
        advance_and_keep(s, t, coef, var, a, P, np.empty(len(a)), place, before)
        np.testing.assert_allclose(before, expected, **NEAR)
        np.testing.assert_allclose(a, one_a, **NEAR)
        np.testing.assert_allclose(P, one_P, **NEAR)


def test_gain_and_update_are_one_conditioning(case: Case) -> None:
    s = case.system
    for i in range(len(s.y)):
        a, P, K = s.a0.copy(), s.P0.copy(), np.empty(len(s.a0))
        Z = np.zeros(len(a))
        np.add.at(Z, s.z_col[i], s.z_val[i])
        v, F = gain(s, i, a, P, K)
        assert v == pytest.approx(s.y[i] - Z @ a, rel=1e-10, abs=1e-10)
        assert pytest.approx(Z @ P @ Z + s.H[i], rel=1e-10) == F
        np.testing.assert_allclose(K, P @ Z / F, **NEAR)
        update(a, P, K, v, F)
        np.testing.assert_allclose(a, s.a0 + s.P0 @ Z * v / F, **NEAR)
        np.testing.assert_allclose(P, s.P0 - np.outer(s.P0 @ Z, s.P0 @ Z) / F, **NEAR)


def test_loglik_is_the_dense_density(case: Case) -> None:
    expected = log_density(case.system, write_out(*case))
    assert loglik(*case)[1] == pytest.approx(expected, rel=1e-10, abs=1e-10)


def test_loglik_draws_are_single_likelihoods(case: Case) -> None:
    s, coef, var = case
    factors = np.linspace(0.5, 1.5, 7)[:, None]
    coefs, variances = gate(1.0 + factors * (coef - 1.0)), gate(factors * var)
    expected = [log_density(s, write_out(s, c, w)) for c, w in zip(coefs, variances, strict=True)]
    np.testing.assert_allclose(loglik_draws(s, coefs, variances)[1], expected, **NEAR)


def test_filter_on_gives_filtered_moments_month_by_month(case: Case) -> None:
    s, coef, var = case
    law = write_out(*case)
    a, P = s.a0.copy(), s.P0.copy()
    for t in range(len(s.val)):
        filter_on(s, coef, var, t, t + 1, a, P)
        mean, cov = state_given(s, law, t, s.obs_ptr[t + 1])
        np.testing.assert_allclose(a, mean, **NEAR)
        np.testing.assert_allclose(P, cov, **NEAR)


def test_moments_of_draws_are_filtered_moments_of_each_draw(case: Case) -> None:
    s, coef, var = case
    coefs, variances = gate([coef, 0.7 * coef]), gate([var, 1.3 * var])
    for t_stop in (1, len(s.val) // 2, len(s.val)):
        a, P = moments_of_draws(s, coefs, variances, t_stop)
        for d in range(2):
            mean, cov = state_given(s, write_out(s, coefs[d], variances[d]), t_stop - 1, s.obs_ptr[t_stop])
            np.testing.assert_allclose(a[d], mean, **NEAR)
            np.testing.assert_allclose(P[d], cov, **NEAR)


def test_moments_of_draws_before_the_first_month_are_the_prior(case: Case) -> None:
    s, coef, var = case
    a, P = moments_of_draws(s, gate([coef]), gate([var]), 0)
    np.testing.assert_array_equal(a[0], s.a0)
    np.testing.assert_array_equal(P[0], s.P0)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_gains_from_are_regressions_on_innovations(case: Case, share: float) -> None:
    s, coef, var = case
    start, stop = int(share * len(s.val)), len(s.val)
    a, P = (moment[0] for moment in moments_of_draws(s, gate([coef]), gate([var]), start))
    before = a.copy(), P.copy()
    K, v, F = gains_from(s, coef, var, start, stop, a, P)
    np.testing.assert_array_equal(a, before[0])
    np.testing.assert_array_equal(P, before[1])
    expected_K, expected_v, expected_F = innovations(s, write_out(*case))
    first = s.obs_ptr[start]
    np.testing.assert_allclose(v, expected_v[first:], **NEAR)
    np.testing.assert_allclose(F, expected_F[first:], **NEAR)
    np.testing.assert_allclose(K, [expected_K[i] for i in range(first, len(s.y))] or np.empty(K.shape), **NEAR)
