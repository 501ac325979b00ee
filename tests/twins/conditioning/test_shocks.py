"""Stack, restrictions and draws against the dense formulas."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.conditioning.pinned import pinned_path
from forecast.kernels.conditioning.plausibility import coin_bias
from forecast.kernels.conditioning.restrictions import restriction_factor
from forecast.kernels.conditioning.shocks import (
    conditional_moments,
    draw_restricted,
    restrict_shocks,
    restricted_block,
    shock_law,
)
from forecast.kernels.conditioning.stack import load_row, var_recursion, var_responses, var_stack
from forecast.kernels.random import draw_normals
from forecast.kernels.status import INFEASIBLE, OK
from tests.twins.conditioning.dense import condition, follow, random_model, random_pins, stack

NEAR = {"rtol": 1e-10, "atol": 1e-10}
SHAPES = [(1, 1, 1), (1, 3, 7), (2, 2, 4), (3, 1, 6), (4, 5, 3), (2, 4, 2)]
CASES = [(seed, *shape) for seed in range(4) for shape in SHAPES]


@pytest.mark.parametrize(("seed", "n", "p", "h"), CASES)
def test_var_recursion_var_responses_load_row_and_var_stack_are_the_definition(
    seed: int, n: int, p: int, h: int
) -> None:
    m, rng = random_model(seed, n, p, h)
    u, out = rng.normal(size=(h, n)), np.empty((h, n))
    var_recursion(m.lags, m.steps, m.past, u, out)
    np.testing.assert_allclose(out, follow(m, u), **NEAR)
    changing = m._replace(root=rng.normal(size=(h, n, n)))
    b, M = var_stack(*changing)
    dense_b, dense_M = stack(changing)
    np.testing.assert_allclose(b, dense_b, **NEAR)
    np.testing.assert_allclose(M, dense_M, **NEAR)
    _, plain = stack(m._replace(root=np.tile(np.eye(n), (h, 1, 1))))
    rows = np.stack([var_responses(m.lags, i, h) for i in range(n)], axis=1)
    np.testing.assert_allclose(rows, plain[:, :n].reshape(h, n, n), **NEAR)
    cells = np.zeros(h * n)
    load_row(np.ascontiguousarray(rows[:, n - 1]), changing.root, h - 1, cells)
    np.testing.assert_allclose(cells, dense_M[-1], **NEAR)


@pytest.mark.parametrize("seed", range(20))
def test_restriction_factor_gives_orthonormal_rows_and_solves_all_columns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, m, x = int(rng.integers(1, 6)), int(rng.integers(6, 12)), 3
    reach = np.sort(rng.integers(q + 1, m + 1, size=q))
    D = rng.normal(size=(q, m)) * (np.arange(m) < reach[:, None])
    extra = rng.normal(size=(q, x))
    if seed % 2 and q > 2:
        D[2], extra[2] = D[0] - 2.0 * D[1], extra[0] - 2.0 * extra[1]
        reach[2] = reach[1]
    Q, W = np.zeros((q, m)), np.zeros((q, x))
    rank, culprit = restriction_factor(D, reach, np.linalg.norm(D, axis=1), extra, Q, W)
    assert (rank, culprit) == (np.linalg.matrix_rank(D), -1)
    np.testing.assert_allclose(Q[:rank] @ Q[:rank].T, np.eye(rank), **NEAR)
    np.testing.assert_allclose(Q[:rank].T @ W[:rank], np.linalg.lstsq(D, extra, rcond=None)[0], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_shock_law_and_conditional_moments_are_the_printed_formulas(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, _ = random_model(seed, 2, 2, 4)
    b, M = var_stack(*m)
    q = int(rng.integers(1, 6))
    D, r, half = rng.normal(size=(q, 8)) @ M, rng.normal(size=q), rng.normal(size=(q, q)) * (seed % 3)
    omega = half @ half.T
    law = shock_law(D, r, omega, np.ones(8, dtype=np.int64))
    mean, covariance, distance = condition(D, r, omega)
    assert (law.status, law.rank, law.culprit) == (OK, q, -1)
    np.testing.assert_allclose(law.mean, mean, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(law.covariance, covariance, rtol=1e-8, atol=1e-8)
    assert law.q == pytest.approx(distance, rel=1e-8)
    path, sd = conditional_moments(b, M, law.mean, law.covariance)
    np.testing.assert_allclose(path, b + M @ mean, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(sd**2, np.diag(M @ covariance @ M.T), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_restrict_shocks_keeps_the_law_of_shocks_that_may_not_adjust(seed: int) -> None:
    """Antolin-Diaz, Petrella & Rubio-Ramirez 2021: the others are restricted to N(0, I) in rows of their own."""
    rng = np.random.default_rng(seed)
    m, q = 9, int(rng.integers(1, 4))
    D, r, half = rng.normal(size=(q, m)), rng.normal(size=q), rng.normal(size=(q, q))
    adjusts = np.ones(m, dtype=np.int64)
    adjusts[rng.permutation(m)[: rng.integers(1, m - q)]] = 0
    stays = np.eye(m)[adjusts == 0]
    omega = np.zeros((q + len(stays),) * 2)
    omega[:q, :q], omega[q:, q:] = half @ half.T, np.eye(len(stays))
    mean, covariance, _ = condition(np.vstack([D, stays]), np.append(r, np.zeros(len(stays))), omega)
    law = shock_law(D, r, half @ half.T, adjusts)
    np.testing.assert_allclose(law.mean, mean, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(law.covariance, covariance, rtol=1e-7, atol=1e-7)
    R = restrict_shocks(D, r, half @ half.T, adjusts)
    assert R.status == OK
    np.testing.assert_array_equal(R.moves, np.flatnonzero(adjusts))
    np.testing.assert_allclose(law.mean[R.moves], R.Q.T @ R.w, **NEAR)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_restricted_block_draws_from_the_conditional_law(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, _ = random_model(seed, 2, 1, 3)
    b, M = var_stack(*m)
    D, r, half = rng.normal(size=(2, 6)), rng.normal(size=2), rng.normal(size=(2, 2))
    adjusts = np.array([1, 1, 0, 1, 1, 1])
    R, draws = restrict_shocks(D, r, half @ half.T, adjusts), 40_000
    out = np.zeros((draws, 6))
    restricted_block(0, draws, 7 + seed, b, M, R, out)
    law = shock_law(D, r, half @ half.T, adjusts)
    mean, cov = b + M @ law.mean, M @ law.covariance @ M.T
    v = np.diag(cov)
    assert (np.abs(out.mean(axis=0) - mean) < 5 * np.sqrt(v / draws) + 1e-9).all()
    assert (np.abs(np.cov(out.T) - cov) < 5 * np.sqrt((np.outer(v, v) + cov**2) / draws) + 1e-9).all()
    for count in (1, 2):
        with threads(count):
            np.testing.assert_array_equal(draw_restricted(7 + seed, 100, b, M, R), out[:100])


@pytest.mark.parametrize("seed", range(24))
def test_pinned_path_is_the_free_path_plus_the_dense_correction(seed: int) -> None:
    n, p, h = SHAPES[seed % len(SHAPES)]
    m, rng = random_model(seed, n, p, h)
    pins = random_pins(rng, h, n, (0.0, 0.3, 0.6, 1.0)[seed % 4])
    e = draw_normals(seed, 1, h * n).reshape(h, n)
    free, out, moved = e.ravel().copy(), np.empty((h, n)), e.copy()
    assert pinned_path(*m, pins, moved, out) == (OK, -1)
    b, M = stack(m)
    seen = np.flatnonzero(~np.isnan(pins.ravel()))
    y, C = b + M @ free, M[seen]
    y = y + M @ (np.linalg.pinv(C) @ (pins.ravel()[seen] - y[seen])) if len(seen) else y
    np.testing.assert_allclose(out.ravel(), y, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(out.ravel()[seen], pins.ravel()[seen], **NEAR)
    np.testing.assert_allclose(b + M @ moved.ravel(), y, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("share", [1e-1, 1e-4, 1e-7])
def test_pinned_path_meets_pins_that_nearly_repeat_each_other(share: float) -> None:
    m, rng = random_model(2, 2, 1, 3)
    near = m._replace(lags=np.zeros((2, 2)), root=np.tile(np.array([[1.0, 0.0], [1.0, share]]), (3, 1, 1)))
    pins = np.full((3, 2), np.nan)
    pins[1] = near.steps[1] + np.array([0.4, 0.4 - 0.7 * share])
    e, out = rng.normal(size=(3, 2)), np.empty((3, 2))
    assert pinned_path(*near, pins, e, out) == (OK, -1)
    np.testing.assert_allclose(out[1], pins[1], **NEAR)
    np.testing.assert_allclose(e[1], [0.4, -0.7], rtol=1e-7)


def test_pinned_path_names_the_pin_that_cannot_be_met() -> None:
    m, _ = random_model(1, 2, 1, 3)
    same = m._replace(lags=np.zeros((2, 2)), root=np.tile(np.array([[1.0, 0.0], [1.0, 0.0]]), (3, 1, 1)))
    pins = np.full((3, 2), np.nan)
    pins[1] = same.steps[1] + 0.4
    assert pinned_path(*same, pins, np.zeros((3, 2)), np.empty((3, 2))) == (OK, -1)
    pins[1, 1] += 0.1
    assert pinned_path(*same, pins, np.zeros((3, 2)), np.empty((3, 2))) == (INFEASIBLE, 3)


@pytest.mark.parametrize(("q", "d"), [(0.0, 3), (2.5, 1), (4.483503, 4), (400.0, 2)])
def test_coin_bias_is_the_printed_formula(q: float, d: int) -> None:
    assert coin_bias(q, d) == pytest.approx(0.5 * (1 + np.sqrt(1 - np.exp(-q / d))), abs=1e-12)
