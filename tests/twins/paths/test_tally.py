"""Counts of the fused pass against numpy's on an ensemble that is kept."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.paths.law import JOINT_T, NORMAL, SEPARATE_T
from forecast.kernels.paths.quantiles import binned_quantiles, ensemble_quantiles
from forecast.kernels.paths.simulate import simulate_flows
from forecast.kernels.paths.spans import ensemble_reach, ensemble_sums, passage_law
from forecast.kernels.paths.tally import tally_paths, watch_status
from forecast.kernels.status import OK, OUT_OF_RANGE
from tests.twins.paths import naive

KINDS = [NORMAL, JOINT_T, SEPARATE_T]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("paths", [1, 127, 128, 1_500])
def test_tally_paths_counts_what_numpy_counts(kind: int, seed: int, paths: int) -> None:
    rng = np.random.default_rng(1_000 * kind + seed)
    law = naive.random_law(rng, kind)
    watch = naive.random_watch(rng, law, bins=50)
    tally, status = tally_paths(law, watch, 31, 5, paths)
    assert status == OK
    flows, _ = simulate_flows(law, 31, 5, paths)
    sums = naive.sums(flows, watch.weights, watch.known, watch.spans)
    for m in range(3):
        own = np.flatnonzero(watch.measure == m)
        for j in range(2):
            mark = watch.marks[m, j]
            np.testing.assert_array_equal(tally.reached[own, j], (sums[own] >= mark).sum(axis=1))
            first = np.bincount(naive.first_spans(sums[own], mark), minlength=len(own) + 1)
            np.testing.assert_array_equal([*tally.first[own, j], tally.never[m, j]], first)
    np.testing.assert_allclose(tally.mean, sums.mean(axis=1), rtol=1e-12)
    if paths > 1:
        np.testing.assert_allclose(tally.variance, sums.var(axis=1, ddof=1), rtol=1e-8, atol=1e-20)
    assert (tally.counts.sum(axis=1) == paths).all()
    for i in np.flatnonzero(tally.width > 0.0):
        edges = tally.low[i] + tally.width[i] * np.arange(51)
        below = np.array([(sums[i] < edge).sum() for edge in edges])
        assert np.abs(np.cumsum(tally.counts[i])[:-1] - below).max() <= 1


def test_watch_status_agrees_with_slices() -> None:
    rng = np.random.default_rng(8)
    law = naive.random_law(rng, NORMAL, months=5)
    for _ in range(200):
        watch = naive.random_watch(rng, law, 10)
        end = len(watch.known) + 5
        spans = rng.integers(-1, end + 1, (3, 2))
        fits = all(len(range(end)[a : b + 1]) == b - a + 1 > 0 and a >= 0 for a, b in spans.tolist())
        measure = np.sort(rng.integers(0, 3, 3))
        status = watch_status(law, watch._replace(spans=spans, measure=measure))
        assert (status == OK) == fits
    assert watch_status(law, watch._replace(measure=watch.measure[::-1].copy())) == OUT_OF_RANGE


@pytest.mark.parametrize("seed", range(5))
def test_ensemble_sums_and_ensemble_reach_by_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    law = naive.random_law(rng, NORMAL)
    watch = naive.random_watch(rng, law, 0)
    flows = rng.lognormal(0.5, 0.5, (700, *law.drift.shape))
    sums, bad, status = ensemble_sums(flows, watch.weights, watch.known, watch.spans)
    assert status == OK
    assert not bad.any()
    np.testing.assert_allclose(sums, naive.sums(flows, watch.weights, watch.known, watch.spans), rtol=1e-12)
    marks = np.array([*rng.uniform(1.0, 30.0, 3), sums[0, 0]])
    reached, first_at, status = ensemble_reach(sums, marks)
    assert status == OK
    for j, mark in enumerate(marks):
        np.testing.assert_array_equal(reached[:, j], (sums >= mark).sum(axis=1))
        np.testing.assert_array_equal(first_at[j], naive.first_spans(sums, mark))


def test_passage_law_is_that_of_the_counted_paths() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        first_at = rng.integers(0, 7, 400)
        first = np.bincount(first_at, minlength=7)[:6][:, None]
        by, at, hazard, error, status = passage_law(first, 400)
        assert status == OK
        for i in range(6):
            assert by[i, 0] == pytest.approx((first_at <= i).mean(), abs=1e-14)
            assert at[i, 0] == pytest.approx((first_at == i).mean(), abs=1e-14)
            assert hazard[i, 0] == pytest.approx((first_at[first_at >= i] == i).mean(), abs=1e-14)
            assert error[i, 0] == pytest.approx((first_at <= i).std() / 20.0, abs=1e-14)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 1_001])
def test_ensemble_quantiles_are_numpy_s(size: int) -> None:
    rng = np.random.default_rng(size)
    probs = np.array([0.0, 0.05, 0.05, 1.0 / 3.0, 0.5, 0.95, 1.0])
    rows = np.array(
        [
            rng.normal(size=size),
            rng.integers(0, 3, size).astype(float),
            np.zeros(size),
            np.arange(size, dtype=float),
            np.arange(size, 0.0, -1.0),
            np.abs(np.arange(size) - size / 2.0),
            rng.standard_cauchy(size) * 1e6,
        ]
    )
    before = rows.copy()
    got, statuses = ensemble_quantiles(rows, probs)
    assert (statuses == OK).all()
    np.testing.assert_array_equal(rows, before)
    np.testing.assert_allclose(got, np.quantile(rows, probs, axis=1).T, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_binned_quantiles_are_within_a_bin_of_the_exact_ones(kind: int) -> None:
    rng = np.random.default_rng(kind)
    law = naive.random_law(rng, kind)
    law = law._replace(scale=np.ones_like(law.scale))
    watch = naive.random_watch(rng, law, 256)
    tally, _ = tally_paths(law, watch, 3, 0, 5_000)
    flows, _ = simulate_flows(law, 3, 0, 5_000)
    sums, _, _ = ensemble_sums(flows, watch.weights, watch.known, watch.spans)
    probs = np.array([0.05, 0.1, 0.5, 0.9, 0.95])
    binned, statuses = binned_quantiles(tally.counts, tally.low, tally.width, probs)
    assert (statuses == OK).all()
    assert (np.abs(binned - np.quantile(sums, probs, axis=1).T) <= tally.width[:, None] * (1 + 1e-9) + 1e-12).all()


def test_the_same_bits_on_one_and_two_threads() -> None:
    law = naive.random_law(np.random.default_rng(2), JOINT_T, d=3, months=8)
    watch = naive.random_watch(np.random.default_rng(2), law, 64)
    results = []
    for count in (1, 2):
        with threads(count):
            tally, _ = tally_paths(law, watch, 9, 0, 5_000)
            flows, _ = simulate_flows(law, 9, 0, 5_000)
            sums, _, _ = ensemble_sums(flows, watch.weights, watch.known, watch.spans)
            results.append([*tally, flows, sums, ensemble_quantiles(sums, np.array([0.1, 0.5]))[0]])
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)


def test_each_kernel_of_the_paths_is_compiled_once() -> None:
    from forecast.kernels import elementary, random
    from forecast.kernels.paths import lanes, law, simulate, spans, tally

    for module in (elementary, random, lanes, law, simulate, spans, tally):
        for name, function in vars(module).items():
            if hasattr(function, "signatures"):
                assert len(function.signatures) <= 1, (name, function.signatures)
