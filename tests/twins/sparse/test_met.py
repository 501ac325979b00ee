"""Pins met jointly against dense conditioning, and against a general search for the nearest path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy import optimize, special

from forecast.kernels._jit import gate, gate_int
from forecast.kernels._threads import threads
from forecast.kernels.sparse.met import meet_path, meet_pins, pin_factor, softmax_pins, solve_factor
from forecast.kernels.status import INFEASIBLE, NON_FINITE, OK, SINGULAR
from tests.twins.systems import FloatArray, IntArray

SEEDS = range(12)
NEAR = {"rtol": 1e-10, "atol": 1e-10}


class Pinned(NamedTuple):
    """A law over n values, of which pins add up some cells."""

    C: FloatArray
    x: FloatArray
    offset: FloatArray
    cell: IntArray
    ptr: IntArray
    part: IntArray

    @property
    def cov(self) -> FloatArray:
        return np.ascontiguousarray(self.C[:, self.cell])

    @property
    def variance(self) -> FloatArray:
        return np.ascontiguousarray(np.diag(self.C)[self.cell])

    def sums(self, x: FloatArray) -> FloatArray:
        cells = [self.cell[self.part[i:j]] for i, j in zip(self.ptr, self.ptr[1:], strict=False)]
        return np.array([special.logsumexp(x[c] + self.offset[c]) for c in cells])

    def weights(self, x: FloatArray) -> FloatArray:
        """The gradient of the sums (q, n)."""
        D = np.zeros((len(self.ptr) - 1, len(x)))
        for j in range(len(D)):
            c = self.cell[self.part[self.ptr[j] : self.ptr[j + 1]]]
            D[j, c] = special.softmax(x[c] + self.offset[c])
        return D

    def met(self, target: FloatArray) -> tuple[FloatArray, tuple[int, int, int]]:
        x = self.x.copy()
        return x, meet_one(x, self.offset, target, self.cov, self.variance, self.cell, self.ptr, self.part)


def meet_one(x: FloatArray, *arguments: FloatArray) -> tuple[int, int, int]:
    """`meet_path` that makes its own factor."""
    q = len(arguments[1])
    return meet_path(x, *arguments, -1, np.zeros((q, q)), np.zeros(q, dtype=np.int64))


def random_pins(seed: int, lengths: tuple[int, ...], *, n: int = 9) -> Pinned:
    rng = np.random.default_rng(seed)
    A = 0.3 * rng.normal(size=(n, n))
    cell = gate_int(np.sort(rng.permutation(n)[: n - 2]))
    part = np.concatenate([rng.permutation(len(cell))[:length] for length in lengths])
    ptr = np.cumsum([0, *lengths])
    return Pinned(A @ A.T, rng.normal(size=n), 0.1 * rng.normal(size=n), cell, gate_int(ptr), gate_int(part))


def singles(seed: int, *which: int) -> Pinned:
    law = random_pins(seed, (1,) * len(which))
    return law._replace(part=gate_int(which))


@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_pins_are_log_sums_and_their_gradient(seed: int) -> None:
    law = random_pins(seed, (1, 3, 5))
    value, w = np.empty(3), np.empty(9)
    softmax_pins(law.x, law.offset, law.cell, law.ptr, law.part, value, w)
    np.testing.assert_allclose(value, law.sums(law.x), **NEAR)
    D = law.weights(law.x)
    expected = np.concatenate([D[j, law.cell[law.part[law.ptr[j] : law.ptr[j + 1]]]] for j in range(3)])
    np.testing.assert_allclose(w, expected, **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_pin_factor_and_solve_factor_are_dense_algebra(seed: int) -> None:
    law = random_pins(seed, (1, 3, 2))
    D, w = law.weights(law.x), np.empty(6)
    softmax_pins(law.x, law.offset, law.cell, law.ptr, law.part, np.empty(3), w)
    L, new, b = np.zeros((3, 3)), np.zeros(3, dtype=np.int64), np.arange(1.0, 4.0)
    assert pin_factor(law.cov, law.variance, law.cell, law.ptr, law.part, w, L, new) == 3
    V = D @ law.C @ D.T
    np.testing.assert_allclose(L, np.linalg.cholesky(V), **NEAR)
    assert new.tolist() == [1, 1, 1]
    expected = np.linalg.solve(V, b)
    solve_factor(L, b)
    np.testing.assert_allclose(b, expected, rtol=1e-8)


def test_pin_factor_tells_what_is_settled_from_what_nothing_moves() -> None:
    law = singles(0, 2, 2, 4)
    still = law.cov.copy()
    still[law.cell[4]] = 0.0
    still[:, 4] = 0.0
    L, new = np.zeros((3, 3)), np.zeros(3, dtype=np.int64)
    assert pin_factor(still, law.variance, law.cell, law.ptr, law.part, np.ones(3), L, new) == 1
    assert new.tolist() == [1, 0, -1]
    assert not L[1:].any()
    b = np.array([0.5, 7.0, 7.0])
    solve_factor(L, b)
    np.testing.assert_allclose(b, [0.5 / law.variance[2], 0.0, 0.0], **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_meet_path_moves_single_values_as_the_dense_rule_says(seed: int) -> None:
    law = singles(seed, 5, 0, 3)
    target = np.array([1.0, -0.5, 2.0])
    D = law.weights(law.x)
    gain = law.C @ D.T @ np.linalg.inv(D @ law.C @ D.T)
    x, found = law.met(target)
    assert found == (OK, 3, -1)
    np.testing.assert_allclose(x, law.x + gain @ (target - law.sums(law.x)), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(law.sums(x), target, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_meet_path_finds_the_nearest_path_whose_sums_are_met(seed: int) -> None:
    law = random_pins(seed, (3, 1, 4))
    target = law.sums(law.x) + np.array([0.15, -0.1, 0.2])
    x, found = law.met(target)
    assert found == (OK, 3, -1)
    np.testing.assert_allclose(law.sums(x), target, rtol=0, atol=1e-12)
    root = np.linalg.cholesky(law.C)
    best = optimize.minimize(
        lambda e: 0.5 * e @ e,
        np.zeros(len(x)),
        jac=lambda e: e,
        constraints={
            "type": "eq",
            "fun": lambda e: law.sums(law.x + root @ e) - target,
            "jac": lambda e: law.weights(law.x + root @ e) @ root,
        },
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 200},
    )
    np.testing.assert_allclose(x, law.x + root @ best.x, atol=1e-5)


@pytest.mark.parametrize("far", [-6.0, -2.0, 2.0, 6.0])
def test_meet_path_meets_sums_far_from_the_path(far: float) -> None:
    law = random_pins(3, (4, 2))
    target = law.sums(law.x) + np.array([far, -0.5 * far])
    x, found = law.met(target)
    assert found == (OK, 2, -1)
    np.testing.assert_allclose(law.sums(x), target, rtol=0, atol=1e-12)


def test_meet_path_meets_what_is_said_twice_once() -> None:
    law = random_pins(4, (1, 1, 2, 1))
    law = law._replace(part=gate_int([0, 1, 0, 1, 0]))
    a, b = law.sums(law.x)[:2] + 0.3
    both = float(np.logaddexp(a, b))
    x, found = law.met(np.array([a, b, both, a]))
    assert found == (OK, 2, -1)
    np.testing.assert_allclose(law.sums(x), [a, b, both, a], rtol=0, atol=1e-12)
    only, _ = law._replace(ptr=gate_int([0, 1, 2])).met(np.array([a, b]))
    np.testing.assert_allclose(x, only, **NEAR)


def test_meet_path_names_the_first_pin_that_contradicts() -> None:
    law = random_pins(4, (1, 1, 2, 1))._replace(part=gate_int([0, 1, 0, 1, 2]))
    a, b = law.sums(law.x)[:2]
    assert law.met(np.array([a, b, np.logaddexp(a, b) + 0.1, 0.0]))[1] == (INFEASIBLE, 3, 2)
    still = law._replace(C=law.C.copy())
    still.C[law.cell[0]] = still.C[:, law.cell[0]] = 0.0
    full = np.ones(len(law.cell))
    x = law.x.copy()
    given = (law.offset, np.array([a + 1.0, b, 0.0, 0.0]), still.cov, full, law.cell, law.ptr, law.part)
    scratch = np.zeros((4, 4)), np.zeros(4, dtype=np.int64)
    assert meet_path(x, *given, -1, *scratch)[::2] == (SINGULAR, 0)
    assert law.met(np.array([a, np.nan, 0.0, 0.0]))[1][::2] == (NON_FINITE, 1)


@pytest.mark.parametrize("lengths", [(2, 1), (1, 1)])
def test_meet_pins_moves_each_path_by_its_own_draw(lengths: tuple[int, int]) -> None:
    """Three draws in two parts; single values share one factor a draw."""
    laws = [random_pins(seed, lengths) for seed in (1, 2, 3)]
    law = laws[0]
    rng = np.random.default_rng(0)
    p, n = 11, len(law.x)
    x, offset, target = rng.normal(size=(p, n)), 0.1 * rng.normal(size=(p, n)), rng.normal(size=(p, 2))
    cov, variance = gate([one.C[:, law.cell] for one in laws]), gate([np.diag(one.C)[law.cell] for one in laws])
    args = (law.cell, law.ptr, law.part)

    def all_met(offset: FloatArray, target: FloatArray) -> tuple[FloatArray, IntArray]:
        out = x.copy()
        found = [
            meet_pins(out, offset, target, cov[part], variance[part], *args, part.start, 3)
            for part in (slice(0, 2), slice(2, 3))
        ]
        return out, found[0] + found[1]

    out, found = all_met(offset, target)
    for i in range(p):
        alone = x[i].copy()
        assert meet_one(alone, offset[i], target[i], cov[i % 3], variance[i % 3], *args) == (OK, 2, -1)
        np.testing.assert_array_equal(out[i], alone)
    np.testing.assert_array_equal(found, np.tile([OK, 2, -1], (p, 1)))
    with threads(1):
        np.testing.assert_array_equal(all_met(offset, target)[0], out)
    shared, _ = all_met(offset[:1], target[:1])
    same, _ = all_met(np.tile(offset[0], (p, 1)), np.tile(target[0], (p, 1)))
    np.testing.assert_array_equal(shared, same)
