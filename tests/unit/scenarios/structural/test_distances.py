"""Distances of pinned sums: the moments they are counted in, degrees of freedom, and what lies on top."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.months import Span
from forecast.scenarios.common import SumPin
from forecast.scenarios.structural.cells import pinned_cells
from forecast.scenarios.structural.distances import pinned_moments, squared_distance
from forecast.scenarios.structural.oil_law import oil_distance
from tests.unit.scenarios.structural.flagship_law import FIRST, MONTHS, PATHS, draws, law, one, stage, turnover_of_2019

FREE = np.full(MONTHS, np.nan)


def test_moments_of_oil_and_sums_are_those_of_the_free_paths() -> None:
    oil = FREE.copy()
    oil[[2, 9]] = 4.0
    quarter = SumPin((1,), Span(FIRST + 3, FIRST + 5), np.array([2.5]))
    sums = (turnover_of_2019(110.0), quarter, one(0, 7, 1.4))
    cells = pinned_cells(sums, FIRST, MONTHS, stage().flows)
    mean, V, target = pinned_moments(stage(), oil, cells, None)
    flows = draws().free.flows
    seen = np.column_stack(
        [
            draws().free.oil[:, [2, 9]],
            np.log(np.exp(flows[:, 3:]).sum(axis=(1, 2))),
            np.log(np.exp(flows[:, 3:6, 1]).sum(axis=1)),
            flows[:, 7, 0],
        ]
    )
    error = np.sqrt(np.diag(V) / PATHS)
    # The expansion of a log sum stops at the second order.
    assert (np.abs(seen.mean(axis=0) - mean) < 5 * error + np.array([0, 0, 0.002, 0.002, 0])).all()
    both = (seen - mean)[:, :, None] * (seen - mean)[:, None, :]
    assert (
        np.abs(both.mean(axis=0) - V)
        < 5 * both.std(axis=0) / np.sqrt(PATHS) + 0.02 * np.sqrt(np.outer(np.diag(V), np.diag(V)))
    ).all()
    np.testing.assert_array_equal(target, [[4.0, 4.0, np.log(110.0), 2.5, 1.4]])
    q, dof = law().distance(oil, sums)
    r = target[0] - mean
    assert (q, dof) == (pytest.approx(float(r @ np.linalg.solve(V, r)), rel=1e-9), 5)


def test_oil_alone_is_judged_by_its_own_density() -> None:
    oil = np.linspace(4.3, 4.0, MONTHS)
    assert law().distance(oil, ()) == oil_distance(stage().fitted.oil, oil)
    assert law().distance(FREE, ()) == (0.0, 0)


def test_what_is_said_twice_counts_once_and_effects_are_taken_off() -> None:
    sums = (one(0, 3, 1.8), one(1, 3, 1.7))
    both = SumPin((0, 1), Span(FIRST + 3, FIRST + 3), np.array([np.logaddexp(1.8, 1.7)]))
    q, dof = law().distance(FREE, sums)
    assert dof == 2
    assert law().distance(FREE, (*sums, sums[0])) == (pytest.approx(q, rel=1e-9), 2)
    assert law().distance(FREE, (*sums, both))[1] in (2, 3)
    lifted = law().distance(FREE, (one(0, 3, 1.9), one(1, 3, 1.8)), np.full((MONTHS, 2), 0.1))
    assert lifted == (pytest.approx(q, rel=1e-9), 2)
    each, _ = law().distance(FREE, (one(0, 3, np.array([1.8, 1.9])), sums[1]))
    assert isinstance(each, np.ndarray)
    assert each[0] == pytest.approx(q, rel=1e-9)
    assert each[1] != each[0]


def test_a_singular_covariance_is_judged_in_its_own_directions() -> None:
    A = np.array([[2.0, 0.0], [1.0, 1.0], [3.0, 1.0]])
    e = np.array([0.7, -1.2])
    q, dof = squared_distance(np.array([A @ e, 2 * A @ e]), A @ A.T)
    np.testing.assert_allclose(q, [e @ e, 4 * e @ e], rtol=1e-10)
    assert dof == 2
