"""Simulated paths on the edge: statuses, overflow, appended paths, common shocks, the law of the shocks."""

from __future__ import annotations

import math
from fractions import Fraction

import numba as nb
import numpy as np
import pytest

from forecast.kernels.fused import fma
from forecast.kernels.paths.lanes import LANES
from forecast.kernels.paths.law import JOINT_T, NORMAL, SEPARATE_T, PathLaw, law_status
from forecast.kernels.paths.quantiles import binned_quantiles, ensemble_quantiles
from forecast.kernels.paths.simulate import simulate_flows
from forecast.kernels.paths.spans import ensemble_reach, ensemble_sums, passage_law
from forecast.kernels.paths.tally import Watch, tally_paths, watch_status
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT

PLAIN = bool(nb.config.DISABLE_JIT)


def law(shocks: int = NORMAL, months: int = 3, d: int = 2, sd: float = 0.1, df: float = 5.0) -> PathLaw:
    return PathLaw(
        np.full((1, d), 1.0),
        np.eye(d)[None].copy(),
        np.full((months, d), 0.01),
        np.zeros((months, d)),
        np.eye(d) * sd,
        np.ones(months),
        shocks,
        df,
    )


def watch(months: int = 3, d: int = 2, bins: int = 8) -> Watch:
    spans = np.array([(0, t) for t in range(months)], dtype=np.int64)
    return Watch(np.ones(d), np.empty(0), spans, np.zeros(months, np.int64), np.array([[12.0]]), bins)


def test_fused_multiply_add() -> None:
    if PLAIN:
        assert fma(2.0, 3.0, 4.0) == 10.0
        return

    @nb.njit
    def rest(a: float) -> float:
        return fma(a, a, -a * a)

    exact = Fraction(0.1) ** 2 - Fraction(0.1 * 0.1)
    assert rest(0.1) == float(exact) != 0.0


@pytest.mark.parametrize("field", ["history", "A", "drift", "season", "impact", "scale"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_law_with_a_figure_that_is_none(field: str, value: float) -> None:
    array = getattr(law(), field).copy()
    array.flat[-1] = value
    broken = law()._replace(**{field: array})
    assert law_status(broken) == NON_FINITE
    assert simulate_flows(broken, 1, 0, 10)[1] == NON_FINITE
    assert tally_paths(broken, watch(), 1, 0, 10)[1] == NON_FINITE


def test_a_law_whose_parts_do_not_fit() -> None:
    good = law()
    for broken in (
        good._replace(history=np.ones((2, 2))),
        good._replace(history=np.ones((1, 3))),
        good._replace(A=np.empty((0, 2, 2))),
        good._replace(A=np.ones((1, 3, 2))),
        good._replace(season=np.zeros((2, 2))),
        good._replace(impact=np.eye(3)),
        good._replace(scale=np.ones(4)),
        good._replace(scale=np.array([1.0, -1.0, 1.0])),
        good._replace(drift=np.empty((0, 2)), season=np.empty((0, 2)), scale=np.empty(0)),
        good._replace(shocks=3),
        good._replace(shocks=-1),
        good._replace(shocks=JOINT_T, df=0.4),
    ):
        assert law_status(broken) == OUT_OF_RANGE
        assert simulate_flows(broken, 1, 0, 10)[0].size == 0
    assert law_status(good._replace(shocks=JOINT_T, df=math.nan)) == NON_FINITE
    assert law_status(good._replace(shocks=NORMAL, df=math.nan)) == OK


def test_a_watch_that_does_not_fit() -> None:
    good = watch()
    for broken in (
        good._replace(weights=np.ones(3)),
        good._replace(spans=np.array([[0, 3]]), measure=np.zeros(1, np.int64)),
        good._replace(spans=np.array([[-1, 2]]), measure=np.zeros(1, np.int64)),
        good._replace(spans=np.array([[2, 1]]), measure=np.zeros(1, np.int64)),
        good._replace(spans=np.empty((0, 2), np.int64), measure=np.empty(0, np.int64)),
        good._replace(measure=np.array([0, 0, 1])),
        good._replace(measure=np.zeros(2, np.int64)),
        good._replace(bins=-1),
    ):
        assert watch_status(law(), broken) == OUT_OF_RANGE
        assert tally_paths(law(), broken, 1, 0, 10)[1] == OUT_OF_RANGE
    for broken in (
        good._replace(marks=np.array([[math.nan]])),
        good._replace(known=np.array([math.inf])),
        good._replace(weights=np.array([1.0, math.nan])),
    ):
        assert watch_status(law(), broken) == NON_FINITE


@pytest.mark.parametrize(("first", "paths"), [(0, 0), (0, -5), (-1, 10)])
def test_numbers_of_paths_that_make_no_sense(first: int, paths: int) -> None:
    assert simulate_flows(law(), 1, first, paths)[1] == OUT_OF_RANGE
    assert tally_paths(law(), watch(), 1, first, paths)[1] == OUT_OF_RANGE


def test_flows_beyond_all_bounds_are_said_and_counted_as_beyond_every_mark() -> None:
    wild = law()._replace(drift=np.full((3, 2), 800.0))
    flows, status = simulate_flows(wild, 1, 0, 5)
    assert status == NON_FINITE
    assert np.isinf(flows).all()
    opposed = watch()._replace(weights=np.array([1.0, -1.0]))
    with np.errstate(invalid="ignore"):
        tally, status = tally_paths(wild, watch(), 1, 0, 5)
        assert status == NON_FINITE
        assert (tally.reached == 5).all()
        assert tally_paths(wild, opposed, 1, 0, 5)[1] == NON_FINITE


@pytest.mark.parametrize("shocks", [NORMAL, JOINT_T, SEPARATE_T])
def test_more_paths_only_append(shocks: int) -> None:
    many, _ = simulate_flows(law(shocks), 5, 0, LANES + 6)
    few, _ = simulate_flows(law(shocks), 5, 0, 3)
    later, _ = simulate_flows(law(shocks), 5, 10, 4)
    np.testing.assert_array_equal(few, many[:3])
    np.testing.assert_array_equal(later, many[10:14])
    other, _ = simulate_flows(law(shocks), 6, 0, 3)
    assert not np.isclose(other, few).any()


def test_scenarios_under_one_key_meet_the_same_shocks() -> None:
    base, _ = simulate_flows(law(), 5, 0, 20)
    shifted, _ = simulate_flows(law()._replace(drift=np.full((3, 2), 0.06)), 5, 0, 20)
    np.testing.assert_allclose(np.log(shifted / base), np.cumsum(np.full((20, 3, 2), 0.05), axis=1), atol=1e-12)


def test_student_shocks_with_many_degrees_of_freedom_are_the_normal_ones_where_pairs_are_full() -> None:
    normal, _ = simulate_flows(law(NORMAL), 5, 0, 20)
    student, _ = simulate_flows(law(JOINT_T, df=1e9), 5, 0, 20)
    np.testing.assert_allclose(student, normal, rtol=1e-7)


def test_months_without_shocks_are_certain() -> None:
    flows, status = simulate_flows(law()._replace(scale=np.zeros(3)), 1, 0, 5)
    assert status == OK
    np.testing.assert_allclose(flows, np.exp(1.0 + 0.01 * np.arange(1, 4))[None, :, None].repeat(5, 0).repeat(2, 2))
    tally, status = tally_paths(law()._replace(scale=np.zeros(3)), watch(), 1, 0, 5)
    assert status == OK
    assert (tally.width == 0.0).all()
    quantiles, statuses = binned_quantiles(tally.counts, tally.low, tally.width, np.array([0.1, 0.9]))
    assert (statuses == OK).all()
    np.testing.assert_allclose(quantiles, np.cumsum(flows[0].sum(axis=1))[:, None].repeat(2, 1))


def test_known_months_come_first_and_a_span_may_hold_them_alone() -> None:
    known = watch()._replace(known=np.array([5.0, 8.0]), spans=np.array([[0, 1], [0, 2], [2, 2]], dtype=np.int64))
    tally, status = tally_paths(law(), known, 1, 0, 40)
    assert status == OK
    assert tally.reached[0, 0] == tally.first[0, 0] == 40
    assert tally.mean[0] == pytest.approx(13.0)
    assert tally.mean[1] == pytest.approx(13.0 + tally.mean[2])


def test_higher_marks_are_reached_by_fewer() -> None:
    marks = np.array([[5.0, 12.0, 17.0, 1e9]])
    tally, _ = tally_paths(law(sd=0.3), watch()._replace(marks=marks), 1, 0, 200)
    assert (np.diff(tally.reached, axis=1) <= 0).all()
    assert (np.diff(tally.never, axis=1) >= 0).all()
    assert tally.never[0, -1] == 200


def test_ensemble_sums_name_the_paths_that_are_not_finite() -> None:
    flows = np.ones((4, 3, 2))
    flows[1, 2, 0] = np.nan
    flows[3, 0, 1] = np.inf
    spans = np.array([[0, 2]], dtype=np.int64)
    sums, bad, status = ensemble_sums(flows, np.ones(2), np.empty(0), spans)
    assert status == NON_FINITE
    assert bad.tolist() == [0, 1, 0, 1]
    assert sums.tolist() == [[6.0, 0.0, 6.0, 0.0]]
    assert ensemble_sums(flows, np.array([0.0, 1.0]), np.empty(0), spans)[1].tolist() == [0, 0, 0, 1]
    for weights, wrong in ((np.ones(3), spans), (np.ones(2), np.array([[0, 3]])), (np.ones(2), np.array([[2, 1]]))):
        assert ensemble_sums(flows, weights, np.empty(0), wrong)[2] == OUT_OF_RANGE
    assert ensemble_sums(np.ones((0, 3, 2)), np.ones(2), np.empty(0), spans)[2] == OUT_OF_RANGE


def test_ensemble_reach_refuses_nan() -> None:
    assert ensemble_reach(np.array([[1.0, np.nan]]), np.ones(1))[2] == NON_FINITE
    assert ensemble_reach(np.ones((1, 2)), np.array([np.nan]))[2] == NON_FINITE
    reached, first_at, status = ensemble_reach(np.ones((2, 2)), np.array([np.inf, -np.inf]))
    assert status == OK
    assert reached.tolist() == [[0, 2], [0, 2]]
    assert first_at.tolist() == [[2, 2], [0, 0]]


def test_passage_law_of_counts_that_cannot_be() -> None:
    for counts, paths in (([[3], [4]], 6), ([[-1], [1]], 6), ([[0], [0]], 0)):
        assert passage_law(np.array(counts), paths)[4] == OUT_OF_RANGE
    by, _, hazard, _, status = passage_law(np.array([[6], [0]]), 6)
    assert status == OK
    assert by[:, 0].tolist() == [1.0, 1.0]
    assert hazard[:, 0].tolist() == [1.0, 0.0]


def test_quantiles_of_broken_input() -> None:
    half = np.array([0.5])
    quantiles, statuses = ensemble_quantiles(np.array([[1.0, np.nan], [1.0, 2.0]]), half)
    assert statuses.tolist() == [NON_FINITE, OK]
    assert quantiles[1, 0] == 1.5
    assert ensemble_quantiles(np.empty((2, 0)), half)[1].tolist() == [TOO_SHORT, TOO_SHORT]
    for probs in ([0.5, 0.4], [-0.1], [1.1], [np.nan]):
        assert ensemble_quantiles(np.ones((1, 3)), np.array(probs))[1].tolist() == [OUT_OF_RANGE]
    counts = np.array([[0, 2, 2, 6]])
    low, width = np.zeros(1), np.ones(1)
    assert binned_quantiles(counts, low, width, half)[1].tolist() == [OUT_OF_RANGE]
    assert binned_quantiles(counts, low, width, np.array([0.1]))[1].tolist() == [OK]
    assert binned_quantiles(counts * 0, low, width, half)[1].tolist() == [TOO_SHORT]
    assert binned_quantiles(np.array([[1, 1]]), low, width, half)[1].tolist() == [OUT_OF_RANGE]
