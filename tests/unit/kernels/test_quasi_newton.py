"""The quasi-Newton search: awkward objectives, and how it says that it ended."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.kernels.quasi_newton import EVALUATE, Search, advance, begin
from forecast.kernels.status import NON_FINITE, NOT_CONVERGED, OK

FloatArray = NDArray[np.float64]


def run(
    objective: Callable[[FloatArray], tuple[float, FloatArray]],
    x0: list[float],
    tolerance: float = 1e-8,
    iterations: int = 300,
    longest: float = 1.0,
) -> Search:
    search = begin(np.array(x0), tolerance, iterations, longest)
    while True:
        f, search.g[:] = objective(search.x)
        if advance(search, f) != EVALUATE:
            return search


def bowl(x: FloatArray) -> tuple[float, FloatArray]:
    bend = 10.0 ** np.arange(len(x))
    return float(0.5 * (bend * x * x).sum()), bend * x


def test_a_bowl_of_very_different_bends() -> None:
    search = run(bowl, [1.0] * 7)
    np.testing.assert_allclose(search.best, 0.0, atol=1e-7)
    assert search.counts[2] == OK


def test_a_start_at_the_minimum_needs_one_look() -> None:
    search = run(bowl, [0.0, 0.0])
    assert search.counts.tolist() == [0, 0, OK, 1]


def test_a_trial_outside_the_domain_is_stepped_back_from() -> None:
    search = run(lambda x: (x[0] - np.log(x[0]) if x[0] > 0 else np.nan, 1.0 - 1.0 / x), [30.0], longest=100.0)
    assert search.best[0] == pytest.approx(1.0, abs=1e-6)
    assert search.counts[2] == OK


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_outside_the_domain_is_a_status(bad: float) -> None:
    assert run(lambda x: (bad, x), [1.0]).counts[2] == NON_FINITE
    assert run(lambda x: (1.0, np.full_like(x, bad)), [1.0]).counts[2] == NON_FINITE


def test_an_objective_without_end_is_a_status() -> None:
    search = run(lambda x: (-x[0], -np.ones(1)), [0.0])
    assert search.counts[2] == NOT_CONVERGED


def test_a_kink_ends_the_search_near_it() -> None:
    search = run(lambda x: (abs(x[0]), np.sign(x)), [3.0])
    assert abs(search.best[0]) < 1e-6
    assert search.counts[3] < 200


def test_iterations_run_out() -> None:
    search = run(bowl, [1.0] * 7, iterations=3)
    assert search.counts[2] == NOT_CONVERGED
    assert search.counts[0] == 3


def test_the_best_point_is_never_worse_than_the_start() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        shift, wave = rng.normal(size=3), rng.uniform(0.5, 3.0, size=3)
        start = rng.normal(size=3) * 3.0

        def bumpy(x: FloatArray, shift: FloatArray = shift, wave: FloatArray = wave) -> tuple[float, FloatArray]:
            value = 0.1 * ((x - shift) ** 2).sum() + np.cos(wave * x).sum()
            return float(value), 0.2 * (x - shift) - wave * np.sin(wave * x)

        search = run(bumpy, start.tolist())
        assert search.value[0] <= bumpy(start)[0]
        assert search.value[0] == pytest.approx(bumpy(search.best)[0])
        assert np.abs(bumpy(search.best)[1]).max() < 1e-6
