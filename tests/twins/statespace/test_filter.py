"""Check, univariate form, filter, backward pass and likelihoods against dense conditioning of everything at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats

from forecast.kernels._jit import gate
from forecast.kernels._threads import threads
from forecast.kernels.statespace.backward import statespace_backward
from forecast.kernels.statespace.batch import statespace_loglik, statespace_logliks
from forecast.kernels.statespace.filter import statespace_filter, statespace_pass
from forecast.kernels.statespace.model import StateSpace, state_space, state_space_batch, statespace_check
from forecast.kernels.statespace.univariate import univariate_form
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR
from tests.twins.statespace.dense import FloatArray, at, condition, identified, random_case, split

SEEDS = range(60)


def broken(s: StateSpace, y: FloatArray, how: int) -> tuple[FloatArray, StateSpace]:
    """One thing wrong, or nothing."""
    name = s._fields[how % 10]
    matrix = getattr(s, name).copy()
    kind = how // 10
    if kind == 0:
        matrix.flat[how % matrix.size] = np.inf
    elif kind == 1:
        matrix.flat[-1] = np.nan
    elif kind == 2:
        matrix = np.concatenate([matrix, matrix[..., :1]], axis=-1)
    elif name in ("H", "Q", "P1", "P1_inf"):
        matrix[..., 0, 0] = -1.0
    elif name == "d":
        y = np.where(np.isnan(y), np.inf, y) if np.isnan(y).any() else -np.inf * y
    return gate(y), s._replace(**{name: gate(matrix)})


def naive_check(y: FloatArray, s: StateSpace) -> int:
    (n, p), m, r = y.shape, len(s.a1), s.Q.shape[1]
    wanted = {
        "Z": (p, m), "d": (p,), "H": (p, p), "T": (m, m), "c": (m,), "R": (m, r), "Q": (r, r)
    }  # fmt: skip
    leads = all(getattr(s, k).shape[1:] == v and len(getattr(s, k)) in (1, n) for k, v in wanted.items())
    if not leads or s.P1.shape != (m, m) or s.P1_inf.shape != (m, m):
        return OUT_OF_RANGE
    if not all(np.isfinite(x).all() for x in s) or np.isinf(y).any():
        return NON_FINITE
    variances = [np.diagonal(x, axis1=-2, axis2=-1).min() for x in (s.H, s.Q, s.P1, s.P1_inf)]
    return OK if min(variances) >= 0 else SINGULAR


@pytest.mark.parametrize("how", range(40))
def test_statespace_check_finds_what_numpy_finds(how: int) -> None:
    found = set()
    for seed in range(8):
        y, s = random_case(seed)
        y, s = broken(s, y, how)
        found.add(statespace_check(y, s))
        assert statespace_check(y, s) == naive_check(y, s)
    assert how >= 30 or found <= {NON_FINITE, OUT_OF_RANGE}


@pytest.mark.parametrize("seed", SEEDS)
def test_univariate_form_is_a_unit_triangular_change_of_the_seen_series(seed: int) -> None:
    y, s = random_case(seed)
    u, status = univariate_form(y, s)
    assert status == OK
    for t in range(len(y)):
        order, seen = u.order[t], u.obs_ptr[t + 1] - u.obs_ptr[t]
        assert sorted(order) == list(range(y.shape[1]))
        assert not np.isnan(y[t, order[:seen]]).any()
        assert np.isnan(y[t, order[seen:]]).all()
        H = at(s.H, t)[np.ix_(order, order)]
        L = u.L[t] if len(u.L) else np.eye(len(order))
        np.testing.assert_array_equal(np.diag(L), 1.0)
        np.testing.assert_allclose(L @ np.diag(u.D[t]) @ L.T, H, rtol=1e-12, atol=1e-12)
        now, inner = slice(u.obs_ptr[t], u.obs_ptr[t + 1]), order[:seen]
        rows = np.zeros((seen, len(s.a1)))
        for k in range(seen):
            entries = slice(u.z_from[now.start + k], u.z_to[now.start + k])
            rows[k, u.z_col[entries]] = u.z_val[entries]
        inverse = linalg.inv(L[:seen, :seen])
        np.testing.assert_allclose(rows, inverse @ at(s.Z, t)[inner], rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(u.y[now], inverse @ (y[t] - at(s.d, t))[inner], rtol=1e-10, atol=1e-10)
        np.testing.assert_array_equal(u.h[now], u.D[t, :seen])


@pytest.mark.parametrize("seed", SEEDS)
def test_univariate_form_finds_the_places_that_states_take_over(seed: int) -> None:
    """T is ones from each source but in the mixed rows, and the sources are a permutation."""
    _, s = random_case(seed)
    rng, m = np.random.default_rng(seed), len(s.a1)
    T = s.T[:1].copy()
    T[0, rng.uniform(size=m) < 0.6] = 0.0
    moved = rng.integers(0, m, m)
    T[0, np.arange(m), moved] += np.where(rng.uniform(size=m) < 0.7, 1.0, 0.0)
    u, _ = univariate_form(
        np.ones((3, s.Z.shape[1])), StateSpace(*(x[:1] if x.ndim > 1 else x for x in s[:7]), *s[7:])._replace(T=T)
    )
    assert sorted(u.source[0]) == list(range(m))
    mixed = u.mixed_row[0, : u.mixed[0]]
    kept = np.setdiff1d(np.arange(m), mixed)
    np.testing.assert_array_equal(T[0, kept], np.eye(m)[u.source[0, kept]])
    for i in mixed:
        ones = (T[0, i] != 0.0).sum() == 1 and T[0, i].max() == 1.0
        assert not ones or np.argmax(T[0, i]) in u.source[0, :i]


@pytest.mark.parametrize("seed", range(250))
def test_statespace_loglik_is_the_joint_density_with_gaps_and_diffuse_states(seed: int) -> None:
    y, s = random_case(seed)
    loglik, status = statespace_loglik(y, s)
    assert status == OK
    assert np.isfinite(loglik)
    if not identified(y, s):  # a diffuse direction is never seen, or so badly that the dense twin has no digits
        return
    assert loglik == pytest.approx(condition(y, s).loglik, rel=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_statespace_pass_has_the_moments_of_dense_conditioning_at_every_time_point(seed: int) -> None:
    y, s = random_case(seed)
    n, m, p, r = len(y), len(s.a1), y.shape[1], s.Q.shape[1]
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    assert statespace_pass(u, s, False)[:5] == (*f[:4], pytest.approx(f.loglik_at))
    assert f.loglik == pytest.approx(statespace_loglik(y, s)[0], rel=1e-13)
    assert f.loglik == pytest.approx(f.loglik_at.sum(), rel=1e-13)
    for t in range(n):
        for state, cov, known in ((f.a, f.P, t), (f.a_seen, f.P_seen, t + 1)):
            part = np.where(np.arange(n)[:, None] < known, y, np.nan)
            if np.isnan(part).all() or not identified(part, s):
                continue
            law = split(condition(part, s), n, m, p, r)
            near = {"rtol": 1e-7, "atol": 1e-8 * (1 + np.abs(law["states_cov"][t]).max())}
            np.testing.assert_allclose(state[t], law["states"][t], **near)
            np.testing.assert_allclose(cov[t], law["states_cov"][t], **near)


@pytest.mark.parametrize("seed", SEEDS)
def test_statespace_backward_solves_for_the_step_from_prediction_to_smoothed_state(seed: int) -> None:
    """P r = smoothed - predicted and P N P = what smoothing takes from P; D is what the errors lose."""
    y, s = random_case(seed)
    s = s._replace(P1=s.P1 + np.eye(len(s.a1)), P1_inf=np.zeros_like(s.P1_inf))
    n, m, p, r = len(y), len(s.a1), y.shape[1], s.Q.shape[1]
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    b = statespace_backward(u, f)
    law = split(condition(y, s), n, m, p, r)
    np.testing.assert_array_equal(b.N, np.swapaxes(b.N, 1, 2))
    np.testing.assert_array_equal(f.P, np.swapaxes(f.P, 1, 2))
    for t in range(n):
        near = {"rtol": 1e-9, "atol": 1e-9 * np.abs(f.P[t]).max()}
        np.testing.assert_allclose(f.P[t] @ b.r[t], law["states"][t] - f.a[t], **near)
        np.testing.assert_allclose(f.P[t] @ b.N[t] @ f.P[t], f.P[t] - law["states_cov"][t], **near)
        seen = u.obs_ptr[t + 1] - u.obs_ptr[t]
        L = (u.L[t] if len(u.L) else np.eye(p))[:seen, :seen]
        G, inner = L * u.D[t, :seen], u.order[t, :seen]
        e = b.e[u.obs_ptr[t] : u.obs_ptr[t + 1]]
        np.testing.assert_allclose(G @ e, law["eps"][t][inner], rtol=1e-8, atol=1e-8)
        lost = (at(s.H, t) - law["eps_cov"][t])[np.ix_(inner, inner)]
        np.testing.assert_allclose(G @ b.D[t, :seen, :seen] @ G.T, lost, rtol=1e-8, atol=1e-8)


def test_statespace_logliks_are_those_of_the_systems_one_by_one() -> None:
    for seed in range(12):
        y, s = random_case(seed)
        scale = np.linspace(0.5, 2.0, 7)
        batch = state_space_batch(s, Q=s.Q * scale[:, None, None, None], H=s.H / scale[:, None, None, None])
        got, status = statespace_logliks(y[None], batch)
        one_by_one = [statespace_loglik(y, s._replace(Q=s.Q * k, H=s.H / k)) for k in scale]
        np.testing.assert_allclose(got, [x for x, _ in one_by_one], rtol=1e-12)
        np.testing.assert_array_equal(status, [x for _, x in one_by_one])


def test_statespace_logliks_take_many_series_and_report_each_by_itself() -> None:
    s = state_space([[1.0]], [[0.3]], [[1.0]], [[1.0]], [[0.1]], P1=[[2.0]])
    y = np.random.default_rng(1).normal(size=(5, 9, 1))
    y[2, 4, 0] = np.inf
    got, status = statespace_logliks(y, state_space_batch(s))
    assert status.tolist() == [OK, OK, NON_FINITE, OK, OK]
    cov = 2.0 + 0.1 * np.minimum.outer(np.arange(9), np.arange(9)) + 0.3 * np.eye(9)
    for i in (0, 1, 3, 4):
        assert got[i] == pytest.approx(stats.multivariate_normal(np.zeros(9), cov).logpdf(y[i, :, 0]), rel=1e-10)
    misfit = state_space_batch(s, Q=np.ones((3, 1, 1, 1)))
    assert set(statespace_logliks(y, misfit)[1].tolist()) == {OUT_OF_RANGE}


def test_statespace_logliks_have_the_same_bits_on_one_and_two_threads() -> None:
    y, s = random_case(3)
    batch = state_space_batch(s, Q=s.Q * np.linspace(0.5, 2.0, 40)[:, None, None, None])
    results = []
    for count in (1, 2):
        with threads(count):
            results.append(statespace_logliks(y[None], batch)[0])
    np.testing.assert_array_equal(*results)


def test_no_kernel_was_compiled_twice() -> None:
    kernels = (statespace_check, univariate_form, statespace_pass, statespace_backward)
    assert all(len(kernel.signatures) <= 1 for kernel in kernels)
