"""The sampler against dense conditioning: path by path with the same shocks, and as a law over many paths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from forecast.kernels._jit import gate, gate_int
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels._threads import threads
from forecast.kernels.random import draw_normals, draw_uniforms, fill_normals
from forecast.kernels.sparse.kalman import gains_from, loglik_draws, moments_of_draws
from forecast.kernels.sparse.sampler import corrected_path, draw_paths, draw_paths_and_keep, run_on
from forecast.streams import stream_key
from tests.twins.dense import draw_given, shocks_given, write_out
from tests.twins.naive import student_variate
from tests.twins.systems import Case, FloatArray, Operation, Seen, build_system, random_case, window

AHEAD = 3
KEYS = np.array([stream_key(1, "states"), stream_key(1, "irregular")], dtype=np.int64)
NEAR = {"rtol": 1e-9, "atol": 1e-9}
SEEDS = range(15)


class Window(NamedTuple):
    """A System cut at ``start`` and ``stop``, with the moments of the states before the cut."""

    case: Case
    start: int
    stop: int
    a: FloatArray
    P: FloatArray


def cut(seed: int, share: float) -> Window:
    """A random case of AHEAD months beyond its observations, its window begun after a share of its months."""
    case = random_case(seed, unseen_tail=AHEAD)
    stop = len(case.system.val) - AHEAD
    start = int(share * stop)
    a, P = moments_of_draws(case.system, gate([case.coef]), gate([case.var]), start)
    return Window(case, start, stop, a[0], P[0])


def paths_of(w: Window, paths: int, **changed: object) -> FloatArray:
    """Paths of every state of a cut case, Gaussian shocks all; ``changed`` replaces arguments by name."""
    return np.asarray(draw_paths(*arguments_of(w, paths, **changed).values()))


def arguments_of(w: Window, paths: int, **changed: object) -> dict[str, object]:
    s, coef, var = w.case
    states = np.arange(len(s.a0))
    return {
        "s": s,
        "coef": gate([coef]),
        "var": gate([var]),
        "t_kept": w.start,
        "a_kept": w.a[None],
        "P_kept": w.P[None],
        "t_start": w.start,
        "t_stop": w.stop,
        "driver_of": np.full(s.val.shape[1], -1, dtype=np.int64),
        "drivers": np.zeros((paths, AHEAD, 1)),
        "heavy": np.full(s.row.shape[1], -1, dtype=np.int64),
        "df": 5.0,
        "read": gate_int(np.column_stack([states, np.full(len(states), -1)])),
        "keys": KEYS,
        "paths": paths,
    } | changed


@pytest.mark.parametrize("share", [0.0, 0.6])
@pytest.mark.parametrize("seed", SEEDS)
def test_corrected_path_is_the_dense_draw_with_the_same_shocks(seed: int, share: float) -> None:
    w = cut(seed, share)
    s, coef, var = w.case
    (n, k), m = (w.stop - w.start, s.row.shape[1]), len(s.a0)
    K, _, F = gains_from(s, coef, var, w.start, w.stop, w.a, w.P)
    L = semidefinite_root(w.P)
    z = draw_normals(seed, 1, m + n * k + len(F))[0]
    states = np.full((n, m), np.nan)
    corrected_path(s, coef, var, w.start, w.stop, w.a, w.P, L, K, F, z, states)
    part = window(s, w.start, w.stop, w.a, w.P)
    law = write_out(part, coef, var, root=L)
    np.testing.assert_allclose(states, draw_given(part, law, z[: m + n * k], z[m + n * k :]), **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_corrected_path_has_the_conditional_law_exactly(seed: int) -> None:
    """It is affine in its shocks, so one path for each shock alone gives its mean and covariance without chance."""
    w = cut(seed, 0.4)
    s, coef, var = w.case
    (n, k), m = (w.stop - w.start, s.row.shape[1]), len(s.a0)
    K, _, F = gains_from(s, coef, var, w.start, w.stop, w.a, w.P)
    L = semidefinite_root(w.P)

    def states_of(z: FloatArray) -> FloatArray:
        states = np.empty((n, m))
        corrected_path(s, coef, var, w.start, w.stop, w.a, w.P, L, K, F, z, states)
        return states.ravel()

    size = m + n * k + len(F)
    mean = states_of(np.zeros(size))
    load = np.column_stack([states_of(unit) - mean for unit in np.eye(size)])
    part = window(s, w.start, w.stop, w.a, w.P)
    law = write_out(part, coef, var)
    e, cov = shocks_given(part, law)
    stacked = np.vstack([law.load[t] for t in range(n)])
    np.testing.assert_allclose(mean, law.mean.ravel() + stacked @ e, **NEAR)
    np.testing.assert_allclose(load @ load.T, stacked @ cov @ stacked.T, **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_run_on_is_one_more_month_with_its_own_drivers_and_heavy_tails(seed: int) -> None:
    s, coef, var = random_case(seed)
    rng = np.random.default_rng(seed)
    (n, k), entries = s.row.shape, s.val.shape[1]
    driver_of = rng.integers(-1, 2, entries)
    driver = rng.normal(size=2)
    heavy = np.full(k, -1)
    heavy[rng.permutation(k)[:2]] = (0, 1)
    z, uv, df = rng.normal(size=k), rng.uniform(size=4), 4.0
    alpha = rng.normal(size=len(s.a0))
    e = np.where(heavy < 0, z, [student_variate(uv[2 * h], uv[2 * h + 1], df) for h in heavy])
    t = n - 1
    month = window(s._replace(val=np.where(driver_of < 0, s.val, driver[driver_of])), t, n, alpha, s.P0)
    law = write_out(month, coef, var)
    expected = law.mean[0] + law.load[0][:, len(alpha) :] @ e
    run_on(s, t, coef, var, driver_of, driver, z, uv, heavy, df, alpha)
    np.testing.assert_allclose(alpha, expected, **NEAR)


@pytest.mark.parametrize("share", [0.0, 0.6])
@pytest.mark.parametrize("seed", SEEDS)
def test_draw_paths_is_the_dense_draw_path_by_path(seed: int, share: float) -> None:
    """Own drivers for each path, two parameter draws in turn, moments kept earlier than the window, sums of states."""
    w = cut(seed, share)
    s, coef, var = w.case
    (n, k), m, d, paths = s.row.shape, len(s.a0), 2, 5
    rng = np.random.default_rng(seed)
    coefs, variances = gate([coef, 0.7 * coef]), gate([var, 1.3 * var])
    driver_of = rng.integers(-1, 2, s.val.shape[1])
    drivers = rng.normal(size=(paths, AHEAD, 2))
    read = np.array([[0, -1], [1, m - 1]])
    t_kept = w.start // 2
    a_kept, P_kept = moments_of_draws(s, coefs, variances, t_kept)
    got = paths_of(
        w, paths, coef=coefs, var=variances, t_kept=t_kept, a_kept=a_kept, P_kept=P_kept,
        driver_of=driver_of, drivers=drivers, read=read,
    )  # fmt: skip
    assert got.shape == (paths, n - w.start, 2)
    a, P = moments_of_draws(s, coefs, variances, w.start)
    for p in range(paths):
        val = s.val.copy()
        val[w.stop :] = np.where(driver_of < 0, val[w.stop :], drivers[p][:, driver_of])
        part = window(s._replace(val=val), w.start, n, a[p % d], P[p % d])
        law = write_out(part, coefs[p % d], variances[p % d], root=semidefinite_root(P[p % d]))
        observed, g = m + (w.stop - w.start) * k, len(part.y)
        z = np.empty(m + (n - w.start) * k + g)
        fill_normals(KEYS[0], p, z)
        states = draw_given(part, law, np.delete(z, np.s_[observed : observed + g]), z[observed : observed + g])
        np.testing.assert_allclose(got[p], np.column_stack([states[:, 0], states[:, 1] + states[:, m - 1]]), **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_draw_paths_and_keep_reads_the_last_observed_month(seed: int) -> None:
    w = cut(seed, 0.6)
    s = w.case.system
    states = np.array([0, len(s.a0) - 1])
    arguments = list(arguments_of(w, 5).values())
    paths, kept = draw_paths_and_keep(*arguments[:13], states, *arguments[13:])
    arguments[12] = np.column_stack([states, np.full(2, -1)])
    np.testing.assert_array_equal(kept, draw_paths(*arguments)[:, w.stop - w.start - 1])
    assert paths.shape == (5, len(s.val) - w.start, len(s.a0))


@pytest.mark.parametrize("seed", [3, 8, 11])
def test_draw_paths_have_the_conditional_law_over_many_paths(seed: int) -> None:
    w, paths = cut(seed, 0.3), 20_000
    s, coef, var = w.case
    got = paths_of(w, paths).reshape(paths, -1)
    part = window(s, w.start, len(s.val), w.a, w.P)
    law = write_out(part, coef, var)
    e, cov = shocks_given(part, law)
    stacked = np.vstack([law.load[t] for t in range(len(law.mean))])
    mean, cov = law.mean.ravel() + stacked @ e, stacked @ cov @ stacked.T
    variance = np.maximum(np.diag(cov), 0.0)
    assert (np.abs(got.mean(axis=0) - mean) < 5 * np.sqrt(variance / paths) + 1e-9).all()
    error = np.sqrt((np.outer(variance, variance) + cov**2) / paths)
    assert (np.abs(np.cov(got.T) - cov) < 5 * error + 1e-9).all()
    assert (variance[-len(s.a0) :] > 0.01).sum() >= 2, "there is something to draw in the last month"


def span_of_sums(H: float) -> Case:
    """Two random walks, a cumulator of their sum over months 2 to 5, and what is seen of them."""
    kept = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    added = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    ops = [
        Operation(0, [(0, 1.0, 0)], 1),
        Operation(1, [(1, 0.9, 0)], 2),
        Operation(2, [(2, kept, 0), (0, added, 0), (1, added, 0)]),
    ]
    seen = [Seen(1, [(0, 1.0)], H, 0.7), Seen(3, [(0, 1.0), (1, -2.0)], H, -1.2), Seen(5, [(2, 1.0)], H, 11.0)]
    return Case(build_system([0, 0, 0], np.diag([2.0, 1.0, 0.0]), 8, ops, seen), gate([1.0]), gate([0.0, 0.3, 0.2]))


def test_an_observation_without_error_is_met_by_every_draw() -> None:
    case = span_of_sums(H=0.0)
    s = case.system
    drawn = paths_of(Window(case, 0, 6, s.a0, s.P0), 500, drivers=np.zeros((500, 2, 1)))
    np.testing.assert_allclose(drawn[:, 1, 0], 0.7, rtol=0, atol=1e-9)
    np.testing.assert_allclose(drawn[:, 3, 0] - 2.0 * drawn[:, 3, 1], -1.2, rtol=0, atol=1e-9)
    np.testing.assert_allclose(drawn[:, 2:6, :2].sum(axis=(1, 2)), 11.0, rtol=0, atol=1e-9)
    assert drawn[:, 4, 0].std() > 0.1, "the months inside the sum stay uncertain"


def test_same_bits_on_one_and_two_threads() -> None:
    w = cut(4, 0.5)
    s, coef, var = w.case
    coefs, variances = np.tile(coef, (8, 1)), np.linspace(0.5, 1.5, 8)[:, None] * var
    results = []
    for count in (1, 2):
        with threads(count):
            a, P = moments_of_draws(s, coefs, variances, w.start)
            drawn = paths_of(w, 200, coef=coefs, var=variances, a_kept=a, P_kept=P)
            results.append((a, P, loglik_draws(s, coefs, variances)[1], drawn))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)


def test_more_paths_only_append() -> None:
    w = cut(5, 0.3)
    np.testing.assert_array_equal(paths_of(w, 50), paths_of(w, 120)[:50])


def test_a_longer_horizon_only_appends() -> None:
    w = cut(6, 0.3)
    s = w.case.system
    shorter = window(s, 0, w.stop + 1, s.a0, s.P0)
    heavy = np.full(s.row.shape[1], -1, dtype=np.int64)
    heavy[:2] = (0, 1)
    short = paths_of(w, 40, s=shorter, drivers=np.zeros((40, 1, 1)), heavy=heavy)
    np.testing.assert_array_equal(short, paths_of(w, 40, heavy=heavy)[:, : short.shape[1]])


@pytest.mark.parametrize("paths", [2, 7])
def test_path_p_has_parameter_draw_p_mod_d(paths: int) -> None:
    w = cut(7, 0.3)
    s, coef, var = w.case
    coefs, variances = np.tile(coef, (3, 1)), np.array([[0.5], [1.0], [2.0]]) * var
    a, P = moments_of_draws(s, coefs, variances, w.start)
    together = paths_of(w, paths, coef=coefs, var=variances, a_kept=a, P_kept=P)
    for p in range(paths):
        d = slice(p % 3, p % 3 + 1)
        alone = paths_of(w, paths, coef=coefs[d], var=variances[d], a_kept=a[d], P_kept=P[d])
        np.testing.assert_array_equal(together[p], alone[p])


def test_heavy_shocks_are_student_t_times_their_standard_deviation() -> None:
    """Month by month, each heavy operation from uniforms of its own; the Gaussian one beside them stays Gaussian."""
    ops = [Operation(i, [(i, 1.0, 0)], i + 1) for i in range(3)]
    s = build_system([0, 0, 0], np.eye(3), 3, ops, [Seen(0, [(0, 1.0)], 0.1, 0.4)])
    case, paths, df = Case(s, gate([1.0]), gate([0.0, 0.04, 0.09, 4.0])), 20_000, 5.0
    heavy = np.array([0, -1, 1], dtype=np.int64)
    drawn = paths_of(Window(case, 0, 1, s.a0, s.P0), paths, drivers=np.zeros((paths, 2, 1)), heavy=heavy, df=df)
    steps = np.diff(drawn, axis=1) / np.array([0.2, 0.3, 2.0])
    share = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    for month in range(2):
        assert stats.kstest(steps[:, month, 1], "norm").pvalue > 1e-3
        for state in (0, 2):
            assert stats.kstest(steps[:, month, state], stats.t(df).cdf).pvalue > 1e-3
            expected = stats.t(df).ppf(share)
            error = np.sqrt(share * (1 - share) / paths) / stats.t(df).pdf(expected)
            assert (np.abs(np.quantile(steps[:, month, state], share) - expected) < 5 * error).all()
    uniforms = draw_uniforms(KEYS[1], 1, 8)[0]
    expected = [student_variate(uniforms[i], uniforms[i + 1], df) for i in (0, 2, 4, 6)]
    np.testing.assert_allclose(steps[0][:, [0, 2]].ravel(), expected, rtol=1e-9)
    shocks = steps.reshape(paths, -1)[:, [0, 2, 3, 5]]
    ranks = stats.rankdata(shocks, axis=0) / paths
    assert np.abs(np.corrcoef(ranks.T) - np.eye(4)).max() < 5 / np.sqrt(paths)
