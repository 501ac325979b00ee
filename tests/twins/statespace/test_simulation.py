"""The simulation smoother: draw by draw from the same normals, and as a law over many draws."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels._threads import threads
from forecast.kernels.random import draw_normals
from forecast.kernels.statespace.filter import statespace_filter
from forecast.kernels.statespace.model import StateSpace, state_space
from forecast.kernels.statespace.simulation import LANES, statespace_draws, statespace_roots
from forecast.kernels.statespace.univariate import univariate_form
from forecast.kernels.status import OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT
from tests.twins.statespace.dense import FloatArray, at, condition, identified, random_case, split

CASES = [seed for seed in range(60) if identified(*random_case(seed))]
KEY = 20181012


def drawn(
    y: FloatArray, s: StateSpace, paths: int, start: int = 0, keep: list[int] | None = None, key: int = KEY
) -> tuple[FloatArray, FloatArray, np.ndarray]:
    u, _ = univariate_form(y, s)
    kept = gate_int(np.arange(len(s.a1)) if keep is None else keep)
    return statespace_draws(y, s, u, statespace_filter(u, s), key, paths, start, kept)


def naive_draw(y: FloatArray, s: StateSpace, z: FloatArray) -> FloatArray:
    """A path of the model from the normals, plus E(states | y) - E(states | the path's own observations)."""
    (n, p), m, r = y.shape, len(s.a1), s.Q.shape[1]
    alpha = s.a1 + statespace_roots(s).start @ z[:m]
    states, own = np.empty((n, m)), np.full((n, p), np.nan)
    for t in range(n):
        shock, error = np.split(z[m + t * (r + p) : m + (t + 1) * (r + p)], [r])
        gaps = np.isnan(y[t])
        order = np.concatenate([np.flatnonzero(~gaps), np.flatnonzero(gaps)])
        eps = np.empty(p)
        eps[order] = np.linalg.cholesky(at(s.H, t)[np.ix_(order, order)]) @ error
        states[t] = alpha
        own[t] = np.where(gaps, np.nan, at(s.d, t) + at(s.Z, t) @ alpha + eps)
        alpha = at(s.c, t) + at(s.T, t) @ alpha + at(s.R, t) @ np.linalg.cholesky(at(s.Q, t)) @ shock
    return states + (condition(y, s).mean - condition(own, s).mean)[: n * m].reshape(n, m)


@pytest.mark.parametrize("seed", range(40))
def test_statespace_roots_give_the_covariances_back(seed: int) -> None:
    _, s = random_case(seed)
    roots = statespace_roots(s)
    assert roots.status == OK
    np.testing.assert_allclose(roots.start @ roots.start.T, s.P1, atol=1e-10)
    np.testing.assert_allclose(roots.diffuse @ roots.diffuse.T, s.P1_inf, atol=1e-10)
    for t in range(max(len(s.R), len(s.Q))):
        G = np.zeros(s.R.shape[1:])
        entries = slice(*roots.ptr[t])
        G[roots.row[entries], roots.col[entries]] = roots.val[entries]
        np.testing.assert_allclose(G @ G.T, at(s.R, t) @ at(s.Q, t) @ at(s.R, t).T, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("matrix", ["Q", "P1"])
def test_statespace_roots_find_what_is_no_covariance(matrix: str) -> None:
    wrong = [[1.0, 2.0], [2.0, 1.0]]
    s = state_space(np.eye(2), np.eye(2), np.eye(2), np.eye(2), np.eye(2), P1=np.eye(2))
    assert statespace_roots(s).status == OK
    s = s._replace(**{matrix: gate([wrong] if matrix == "Q" else wrong)})
    assert statespace_roots(s).status == SINGULAR


@pytest.mark.parametrize("seed", CASES)
def test_statespace_draws_are_the_dense_draws_from_the_same_normals(seed: int) -> None:
    y, s = random_case(seed)
    n, paths = len(y), 5
    u, _ = univariate_form(y, s)
    kept = gate_int(np.arange(len(s.a1)))
    states, values, status = statespace_draws(y, s, u, statespace_filter(u, s), KEY, paths, 0, kept)
    z = draw_normals(KEY, paths, len(s.a1) + n * (s.Q.shape[1] + y.shape[1]))
    assert status.tolist() == [OK] * paths
    for i in range(paths):
        expected = naive_draw(y, s, z[i])
        near = 1e-8 * (1.0 + np.abs(expected).max())
        np.testing.assert_allclose(states[i], expected, rtol=1e-8, atol=near)
        np.testing.assert_allclose(values[i][~np.isnan(y)], y[~np.isnan(y)], rtol=0, atol=near)


@pytest.mark.parametrize("seed", CASES[:8])
def test_statespace_draws_have_the_smoothed_law_over_many_draws(seed: int) -> None:
    """Five standard errors for every mean and covariance of states and of the series in the gaps."""
    y, s = random_case(seed)
    paths, (n, p), m = 20_000, y.shape, len(s.a1)
    states, values, _ = drawn(y, s, paths)
    law = condition(y, s)
    mean = split(law, n, m, p, s.Q.shape[1])
    for t in range(n):
        Z = at(s.Z, t)
        read = np.vstack([np.hstack([np.eye(m), np.zeros((m, p))]), np.hstack([Z, np.eye(p)])])
        inner = np.concatenate([np.arange(t * m, (t + 1) * m), n * m + np.arange(t * p, (t + 1) * p)])
        cov = read @ law.cov[np.ix_(inner, inner)] @ read.T
        expected = read @ np.concatenate([mean["states"][t], mean["eps"][t]]) + np.append(np.zeros(m), at(s.d, t))
        got = np.hstack([states[:, t], values[:, t]])
        variance = np.maximum(np.diag(cov), 0.0)
        scale = 1e-8 * (1.0 + np.abs(expected).max() + variance.max())
        assert (np.abs(got.mean(axis=0) - expected) < 5 * np.sqrt(variance / paths) + scale).all()
        error = np.sqrt((np.outer(variance, variance) + cov**2) / paths)
        assert (np.abs(np.cov(got.T) - cov) < 5 * error + scale).all()


def scenario() -> tuple[FloatArray, StateSpace]:
    """Oil and exports, both random walks with correlated shocks; oil is seen without error and pinned ahead."""
    s = state_space(
        np.eye(2),
        np.diag([0.0, 0.04]),
        np.eye(2),
        np.eye(2),
        [[0.09, 0.03], [0.03, 0.05]],
        P1=np.diag([25.0, 0.0]),
        P1_inf=np.diag([0.0, 1.0]),
    )
    rng = np.random.default_rng(7)
    y = np.array([4.0, 2.0]) + np.cumsum(rng.multivariate_normal([0, 0], s.Q[0], size=48), axis=0)
    y[:, 1] += 0.2 * rng.normal(size=48)
    ahead = np.column_stack([np.linspace(y[-1, 0], 3.5, 12), np.full(12, np.nan)])
    return gate(np.vstack([y, ahead])), s


def test_statespace_draws_meet_a_pinned_future_exactly_and_bend_the_rest_to_it() -> None:
    y, s = scenario()
    states, values, status = drawn(y, s, 4000, start=48)
    assert states.shape == (4000, 12, 2)
    assert not status.any()
    np.testing.assert_allclose(states[:, :, 0], np.broadcast_to(y[48:, 0], (4000, 12)), rtol=0, atol=1e-10)
    np.testing.assert_allclose(values[:, :, 0], np.broadcast_to(y[48:, 0], (4000, 12)), rtol=0, atol=1e-10)
    law = split(condition(y, s), 60, 2, 2, 2)
    sd = np.sqrt(law["states_cov"][48:, 1, 1])
    assert (np.abs(states[:, :, 1].mean(axis=0) - law["states"][48:, 1]) < 5 * sd / np.sqrt(4000)).all()
    free = drawn(np.where(np.arange(60)[:, None] < 48, y, np.nan), s, 4000, start=48)[0]
    assert states[:, -1, 1].std() < 0.95 * free[:, -1, 1].std()


def test_statespace_draws_report_what_makes_a_draw_impossible() -> None:
    y, s = scenario()
    contradiction = y.copy()
    twice = s._replace(Z=gate([[[1.0, 0.0], [1.0, 0.0]]]), H=np.zeros((1, 2, 2)))
    assert set(drawn(contradiction, twice, 3)[2]) == {SINGULAR}
    assert set(drawn(y[:, :1] * [1.0, np.nan], s, 3)[2]) == {TOO_SHORT}
    for start, keep in ((-1, [0]), (61, [0]), (0, [2]), (0, [-1])):
        states, _, status = drawn(y, s, 3, start=start, keep=keep)
        assert set(status) == {OUT_OF_RANGE}
        assert np.isnan(states).all()
    assert drawn(y, s, 0)[0].shape == (0, 60, 2)


def test_statespace_draws_have_the_same_bits_on_one_and_two_threads() -> None:
    y, s = random_case(CASES[3])
    results = []
    for count in (1, 2):
        with threads(count):
            results.append(drawn(y, s, 333))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)


def test_statespace_draws_more_paths_only_append() -> None:
    y, s = random_case(CASES[5])
    many = drawn(y, s, 5 * LANES + 3)
    for paths in (1, LANES, LANES + 1):
        for few, all_of_them in zip(drawn(y, s, paths), many, strict=True):
            np.testing.assert_array_equal(few, all_of_them[:paths])
    assert not np.array_equal(drawn(y, s, 2, key=KEY + 1)[0], many[0][:2])


def test_statespace_draws_hand_back_the_states_and_time_points_asked_for() -> None:
    y, s = random_case(next(seed for seed in CASES if len(random_case(seed)[1].a1) >= 3))
    states, values, _ = drawn(y, s, 7)
    some, late, _ = drawn(y, s, 7, start=4, keep=[2, 0])
    np.testing.assert_array_equal(some, states[:, 4:][:, :, [2, 0]])
    np.testing.assert_array_equal(late, values[:, 4:])


def test_no_kernel_was_compiled_twice() -> None:
    assert len(statespace_roots.signatures) <= 1
