"""Draws moved onto cells and sums: the normal law's own conditional moments, sums to the last digits, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.kernels.random import draw_normals
from forecast.scenarios.regular.meeting import Sum, cells_of, distance, given_cells, inverse, meet, shrunk_covariance

D, PATHS = 6, 20_000
ROOT = np.tril(0.3 + 0.1 * draw_normals(5, D, D))
COVARIANCE = ROOT @ ROOT.T
FREE = draw_normals(1, PATHS, D) @ ROOT.T
NO_OFFSET = np.zeros((1, D))


def sum_of(cells: list[int], log_total: float) -> Sum:
    return Sum(np.array(cells), np.array([log_total]), str(cells))


def met(x: np.ndarray, *sums: Sum, offset: np.ndarray = NO_OFFSET, covariance: np.ndarray = COVARIANCE) -> np.ndarray:
    moved = x.copy()
    meet(moved, sums, offset, covariance[None][:, :, cells_of(sums)], np.diag(COVARIANCE))
    return moved


def test_cells_are_met_and_the_rest_has_the_conditional_law() -> None:
    held, open_cells = np.array([1, 4]), [0, 2, 3, 5]
    values = np.array([0.5, -0.2])
    moved = met(FREE, sum_of([1], 0.5), sum_of([4], -0.2))
    assert (moved[:, held] == values).all()
    inner = COVARIANCE[np.ix_(held, held)]
    across = COVARIANCE[np.ix_(open_cells, held)]
    mean = across @ np.linalg.solve(inner, values)
    cov = COVARIANCE[np.ix_(open_cells, open_cells)] - across @ np.linalg.solve(inner, across.T)
    sd = np.sqrt(np.diag(cov))
    assert (np.abs(moved[:, open_cells].mean(axis=0) - mean) < 5 * sd / np.sqrt(PATHS)).all()
    np.testing.assert_allclose(moved[:, open_cells].std(axis=0), sd, rtol=5 / np.sqrt(2 * PATHS))
    np.testing.assert_allclose(given_cells(COVARIANCE, held)[np.ix_(open_cells, open_cells)], cov, atol=1e-12)


def test_two_steps_are_one() -> None:
    """Cells met one after the other, by the covariance that is left, or both at once."""
    at_once = met(FREE[:50], sum_of([1], 0.5), sum_of([4], -0.2))
    first = met(FREE[:50], sum_of([1], 0.5))
    second = met(first, sum_of([4], -0.2), covariance=given_cells(COVARIANCE, np.array([1])))
    np.testing.assert_allclose(second, at_once, atol=1e-12)


def test_sums_are_met_to_the_last_digits_beside_cells_and_offsets() -> None:
    offset = 0.1 * draw_normals(9, PATHS, D)
    sums = (sum_of([2], 0.1), sum_of([0, 1, 2], 1.5), sum_of([3, 4, 5], 0.7))
    moved = met(FREE, *sums, offset=offset)
    for one in sums:
        total = np.log(np.exp((moved + offset)[:, one.cells]).sum(axis=1))
        np.testing.assert_allclose(total, one.log_total[0], atol=1e-12)


def test_each_path_may_have_its_own_total_and_covariance() -> None:
    """Two draws of the covariance in turns; the second lets nothing but the third cell move."""
    only_third = np.zeros((D, D))
    only_third[2, 2] = 1.0
    totals = np.linspace(0.8, 1.2, 40)
    one = Sum(np.array([1, 2]), totals, "both")
    moved = FREE[:40] - 1.0
    meet(moved, (one,), NO_OFFSET, np.stack([COVARIANCE, only_third])[:, :, 1:3], np.diag(COVARIANCE))
    np.testing.assert_allclose(np.log(np.exp(moved[:, 1:3]).sum(axis=1)), totals, atol=1e-12)
    others = [0, 1, 3, 4, 5]
    np.testing.assert_array_equal(moved[1::2][:, others], FREE[1:40:2][:, others] - 1.0)
    assert (moved[0::2] != FREE[0:40:2] - 1.0).all()


def test_paths_of_other_draws_are_left_alone() -> None:
    moved = FREE[:30].copy()
    meet(moved, (sum_of([1], 0.5),), NO_OFFSET, COVARIANCE[None][:, :, 1:2], np.diag(COVARIANCE), before=2, draws=3)
    np.testing.assert_array_equal(moved[np.arange(30) % 3 != 2], FREE[:30][np.arange(30) % 3 != 2])
    assert (moved[2::3, 1] == 0.5).all()


def test_sums_that_repeat_each_other_are_met_and_those_that_contradict_refused() -> None:
    parts = (sum_of([0], 1.0), sum_of([1], 0.5))
    moved = met(FREE[:300], *parts, sum_of([0, 1], float(np.log(np.exp(1.0) + np.exp(0.5)))))
    np.testing.assert_allclose(np.exp(moved[:, :2]).sum(axis=1), np.exp(1.0) + np.exp(0.5), rtol=1e-10)
    with pytest.raises(ScenarioError, match=r"\[0, 1\] cannot be pinned together with the rest.*rank 2 of 3"):
        met(FREE[:300], *parts, sum_of([0, 1], 2.0))
    with pytest.raises(ScenarioError, match="cannot be pinned"):
        met(FREE[:50], sum_of([0], 1.0), sum_of([0, 1], 0.9))
    held = FREE[:50].copy()
    held[:, 0] = 1.0
    with pytest.raises(ScenarioError, match="cannot be pinned"):
        met(held, sum_of([0, 1], 0.9), covariance=given_cells(COVARIANCE, np.array([0])))


def test_what_no_shock_moves_is_refused() -> None:
    still = given_cells(COVARIANCE, np.array([3]))
    with pytest.raises(ScenarioError, match="shocks that may adjust do not move it"):
        met(FREE[:50], sum_of([3], 0.0), covariance=still)


def test_distance_is_that_of_the_normal_law() -> None:
    centre = np.linspace(-0.2, 0.2, D)
    cells, values = np.array([1, 4]), np.array([0.5, -0.2])
    r = values - centre[cells]
    expected = r @ np.linalg.solve(COVARIANCE[np.ix_(cells, cells)], r)
    q, count = distance(centre, COVARIANCE, cells, values, ())
    assert (q, count) == (pytest.approx(expected), 2)
    assert distance(centre, COVARIANCE, cells, values, (sum_of([1], 0.5),)) == (pytest.approx(expected), 2)
    at_centre = float(np.log(np.exp(centre[[2, 3]]).sum()))
    none, _ = distance(centre, COVARIANCE, cells[:0], values[:0], (sum_of([2, 3], at_centre),))
    assert none == pytest.approx(0.0, abs=1e-12)
    both = Sum(np.array([2, 3]), np.array([at_centre, at_centre + 0.1]), "each")
    each, _ = distance(centre, COVARIANCE, cells[:0], values[:0], (both,))
    share = np.exp(centre[[2, 3]]) / np.exp(centre[[2, 3]]).sum()
    variance = share @ COVARIANCE[2:4, 2:4] @ share
    np.testing.assert_allclose(each, [0.0, 0.01 / variance], atol=1e-12)


def test_few_draws_are_shrunk_more() -> None:
    few, many = shrunk_covariance(FREE[:10]), shrunk_covariance(FREE)
    assert np.linalg.matrix_rank(shrunk_covariance(FREE[:3])) == D
    np.testing.assert_allclose(np.diag(few), FREE[:10].var(axis=0, ddof=1))
    np.testing.assert_allclose(many, np.cov(FREE.T), atol=1e-4)


def test_inverse_leaves_out_what_does_not_vary() -> None:
    assert inverse(COVARIANCE)[1] == D
    np.testing.assert_allclose(inverse(COVARIANCE)[0] @ COVARIANCE, np.eye(D), atol=1e-9)
    found, rank = inverse(np.diag([4.0, 0.0]))
    assert rank == 1
    np.testing.assert_allclose(found, np.diag([0.25, 0.0]))
