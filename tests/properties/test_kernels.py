"""Whatever the System: units, order, months cut in two and states nobody reads do not change what is learnt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.kernels._jit import gate, gate_int
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels.random import fill_normals, fill_uniforms
from forecast.kernels.sparse.kalman import filter_on, loglik
from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from forecast.kernels.tangent import tangents
from tests.twins.systems import Case, random_case

cases = st.integers(0, 2**32 - 1).map(random_case)
NEAR = {"rel": 1e-8, "abs": 1e-8}


@given(cases, st.floats(0.1, 10.0))
def test_units_only_add_the_jacobian(case: Case, unit: float) -> None:
    s, coef, var = case
    scaled = s._replace(a0=unit * s.a0, P0=unit**2 * s.P0, H=unit**2 * s.H, y=unit * s.y)
    expected = loglik(s, coef, var)[1] - len(s.y) * np.log(unit)
    assert loglik(scaled, coef, unit**2 * var)[1] == pytest.approx(expected, **NEAR)
    states, _ = smoothed_states(s, coef, var)
    np.testing.assert_allclose(smoothed_states(scaled, coef, unit**2 * var)[0], unit * states, rtol=1e-7, atol=1e-8)


@given(cases)
def test_smoothing_is_affine_in_the_observations(case: Case) -> None:
    s, coef, var = case
    other = np.cos(np.arange(len(s.y)))
    one, two, both = (smoothed_states(s._replace(y=y), coef, var)[0] for y in (s.y, other, 0.3 * s.y + 0.7 * other))
    np.testing.assert_allclose(both, 0.3 * one + 0.7 * two, rtol=1e-8, atol=1e-8)


@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_a_month_s_observations_does_not_matter(case: Case, chance: object) -> None:
    s, coef, var = case
    order = np.arange(len(s.y))
    for t in range(len(s.val)):
        part = list(order[s.obs_ptr[t] : s.obs_ptr[t + 1]])
        chance.shuffle(part)  # type: ignore[attr-defined]
        order[s.obs_ptr[t] : s.obs_ptr[t + 1]] = part
    other = s._replace(z_col=s.z_col[order], z_val=s.z_val[order], H=s.H[order], y=s.y[order])
    assert loglik(other, coef, var)[1] == pytest.approx(loglik(s, coef, var)[1], **NEAR)
    np.testing.assert_allclose(
        smoothed_states(other, coef, var)[0], smoothed_states(s, coef, var)[0], rtol=1e-8, atol=1e-8
    )


@given(cases)
def test_a_month_without_operations_changes_nothing(case: Case) -> None:
    """Put in as operations that keep their state: every month is followed by one in which nothing happens."""
    s, coef, var = case
    n, k = s.row.shape
    held = np.repeat(np.arange(n), 2)
    stays = np.zeros((2 * n, 1))
    stays[1::2] = 1.0  # one more entry that keeps the row, in the idle months alone
    split = System(
        a0=s.a0,
        P0=s.P0,
        row=gate_int(s.row[held]),
        ptr=gate_int(s.ptr + np.arange(k + 1)),
        col=gate_int(
            np.column_stack([part for q in range(k) for part in (_entries(s.col, s, q)[held], s.row[held, q])])
        ),
        val=gate(
            np.column_stack([part for q in range(k) for part in (_entries(s.val, s, q)[held] * (1 - stays), stays)])
        ),
        coef_of=gate_int(
            np.concatenate([part for q in range(k) for part in (_entries(s.coef_of[None], s, q)[0], [0])])
        ),
        var_of=gate_int(s.var_of[held]),
        scale=gate(s.scale[held] * (1 - stays)),
        obs_ptr=gate_int(np.concatenate([[0], s.obs_ptr[1:][held]])),
        z_col=s.z_col,
        z_val=s.z_val,
        H=s.H,
        y=s.y,
    )
    assert loglik(split, coef, var)[1] == pytest.approx(loglik(s, coef, var)[1], **NEAR)
    states, _ = smoothed_states(s, coef, var)
    np.testing.assert_allclose(smoothed_states(split, coef, var)[0], states[held], rtol=1e-8, atol=1e-8)


def _entries(values: np.ndarray, s: System, q: int) -> np.ndarray:
    """Columns of operation q."""
    return values[:, s.ptr[q] : s.ptr[q + 1]]


@given(cases)
def test_states_that_nobody_reads_change_nothing(case: Case) -> None:
    s, coef, var = case
    m = len(s.a0)
    P0 = np.zeros((m + 2, m + 2))
    P0[:m, :m], P0[m:, m:] = s.P0, [[2.0, 1.0], [1.0, 2.0]]
    wider = s._replace(a0=gate([*s.a0, 5.0, -5.0]), P0=P0)
    assert loglik(wider, coef, var)[1] == pytest.approx(loglik(s, coef, var)[1], rel=1e-13)
    states, _ = smoothed_states(wider, coef, var)
    np.testing.assert_allclose(states[:, :m], smoothed_states(s, coef, var)[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(states[:, m:], np.tile([5.0, -5.0], (len(states), 1)), rtol=1e-12)


@given(cases)
def test_an_observation_of_no_use_is_no_observation(case: Case) -> None:
    """With an error so large that it says nothing, only its own density remains."""
    s, coef, var = case
    H = np.full(len(s.y), 1e14)
    states, noise = smoothed_states(s._replace(H=H), coef, var)
    unseen = s._replace(
        obs_ptr=np.zeros_like(s.obs_ptr), y=np.zeros(0), H=np.zeros(0), z_val=s.z_val[:0], z_col=s.z_col[:0]
    )
    expected, silence = smoothed_states(unseen, coef, var)
    np.testing.assert_allclose(states, expected, rtol=0, atol=1e-8)
    np.testing.assert_allclose(noise, silence, rtol=0, atol=1e-8)


@given(cases)
def test_filtered_covariances_stay_symmetric_and_are_none_below_zero(case: Case) -> None:
    s, coef, var = case
    a, P = s.a0.copy(), s.P0.copy()
    for t in range(len(s.val)):
        filter_on(s, coef, var, t, t + 1, a, P)
        np.testing.assert_allclose(P, P.T, rtol=0, atol=1e-12 * max(1.0, np.abs(P).max()))
        assert np.linalg.eigvalsh(P).min() > -1e-10 * max(1.0, np.abs(P).max())


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(0, 9))
def test_root_of_any_covariance(seed: int, m: int, rank: int) -> None:
    A = np.random.default_rng(seed).normal(size=(m, rank))
    L = semidefinite_root(A @ A.T)
    np.testing.assert_allclose(L @ L.T, A @ A.T, rtol=0, atol=1e-7)


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.integers(0, 40))
@settings(max_examples=60)
def test_numbers_of_any_path_are_inside_and_finite(key: int, path: int, size: int) -> None:
    u, z = np.empty(size), np.empty(size)
    fill_uniforms(key, path, u)
    fill_normals(key, path, z)
    assert ((u > 0.0) & (u < 1.0)).all()
    assert np.isfinite(z).all()
    again = np.empty(size)
    fill_uniforms(key, path, again)
    np.testing.assert_array_equal(u, again)


@given(st.lists(st.floats(-500.0, 500.0), min_size=1, max_size=12), st.floats(-1e5, 1e5))
def test_tangents_lie_between_the_largest_value_and_the_sum_of_as_many(values: list[float], shift: float) -> None:
    x = np.array(values).reshape(-1, 1, 1)
    span = np.array([0]), np.array([len(values) - 1]), np.array([0]), np.array([[1]])
    log_sum, mean = tangents(x, *span)
    assert max(values) - 1e-9 <= log_sum[0] <= max(values) + np.log(len(values)) + 1e-9
    assert min(values) - 1e-9 <= mean[0] <= max(values) + 1e-9
    moved_sum, moved_mean = tangents(x + shift, *span)
    assert moved_sum[0] == pytest.approx(log_sum[0] + shift, rel=1e-9, abs=1e-9)
    assert moved_mean[0] == pytest.approx(mean[0] + shift, rel=1e-9, abs=1e-9)
