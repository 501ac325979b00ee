"""The compiled searches against the same search in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels._threads import threads
from forecast.kernels.order_selection.exhaustive import arima_exhaustive
from forecast.kernels.order_selection.plan import SEARCH_LIMITS, ArimaPlan, arima_plan, regressed_out
from forecast.kernels.order_selection.selection import (
    best_of_starts,
    close_search,
    open_search,
    try_order,
    without_search,
)
from forecast.kernels.order_selection.stepwise import arima_stepwise, arima_stepwise_many
from forecast.kernels.status import NOT_CONVERGED, OK, SINGULAR
from tests.twins.order_selection.dense import dense_first_differences, dense_stl
from tests.twins.order_selection.naive import (
    NaiveSearch,
    naive_carried,
    naive_exhaustive,
    naive_stepwise,
    series,
)

LIMITS = gate_int(SEARCH_LIMITS)
SMALL = gate_int([2, 2, 1, 1, 3, 2, 1, -1, -1, 1, 94])


def regressors(seed: int, n: int) -> np.ndarray:
    return gate(np.random.default_rng(seed).normal(size=(n, seed % 5 // 3)))


def naive_search(y: np.ndarray, X: np.ndarray, plan: ArimaPlan, criterion: int) -> NaiveSearch:
    return NaiveSearch(gate(y / plan.numbers[0]), X, plan.order, plan.most, criterion)


def naive_strength(y: np.ndarray, s: int) -> float:
    window = int(np.ceil(1.5 * s / (1.0 - 1.5 / 11)))
    weight, windows = np.where(np.isnan(y), 0.0, 1.0), [11, window + 1 - window % 2, s + 1 - s % 2]
    T, S = dense_stl(np.nan_to_num(y), weight, s, windows, [0, 1, 1], 2)
    return float(1.0 - np.nanvar(y - T - S) / np.nanvar(y - T))


@pytest.mark.parametrize("seed", range(30))
def test_regressed_out_is_least_squares(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = series(seed, 4)
    X = gate(rng.normal(size=(len(y), seed % 4)) * 10.0 ** rng.integers(-3, 4))
    if seed % 4 == 3:
        X[:, 1] = 2.0 * X[:, 0] - 1.0
    seen = ~np.isnan(y)
    A = np.column_stack([np.ones(len(y)), X / (np.abs(X).max() if X.size else 1.0)])
    expected = y - A @ np.linalg.lstsq(A[seen], y[seen], rcond=1e-10)[0]
    np.testing.assert_allclose(regressed_out(y, X), expected, rtol=0.0, atol=1e-9 * np.nanmax(np.abs(y)))


@pytest.mark.parametrize("s", [1, 4, 7])
@pytest.mark.parametrize("seed", range(24))
def test_arima_plan_is_that_of_the_dense_tests(seed: int, s: int) -> None:
    y = series(seed, s)
    X = regressors(seed, len(y))
    plan = arima_plan(y, X, s, LIMITS)
    x = regressed_out(y, X) if X.shape[1] else y
    D = int(s > 1 and len(y) > 2 * s and naive_strength(x, s) > 0.64)
    x = x[s:] - x[:-s] if D else x
    d = dense_first_differences(x, 2)
    w = np.diff(x, d)
    assert plan.counts.tolist() == [OK, np.isfinite(y).sum(), 0]
    assert plan.order.tolist() == [0, d, 0, 0, D, 0, s, int(d + D < 2)]
    third, top = int(np.isfinite(y).sum()) // 3, s - 1 if s > 1 else 99
    cycles = third // s if s > 1 else 0
    assert plan.most.tolist() == [min(5, third, top), min(5, third, top), min(2, cycles), min(2, cycles)]
    assert plan.start.tolist() == [min(2, top), min(2, top), min(1, cycles), min(1, cycles)]
    np.testing.assert_allclose(plan.numbers, [np.nanstd(w), np.nanmean(w)], rtol=1e-9, atol=1e-9 * np.nanstd(w))


@pytest.mark.parametrize("seed", range(8))
def test_open_search_and_try_order_are_the_naive_trials(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = series(seed, 4)
    X = regressors(seed, len(y))
    plan = arima_plan(y, X, 4, LIMITS)
    search, twin = open_search(y, X, plan, seed % 3), naive_search(y, X, plan, seed % 3)
    assert np.isnan(search.seen).all()
    assert search.seen.size == np.prod(plan.most + 1) * (plan.order[7] + 1)
    for parts in rng.integers(-1, [4, 4, 3, 3, 2], (12, 5)).tolist():
        assert try_order(search, *parts) == twin.attempt(*parts)
    assert search.counts.tolist() == [seed % 3, len(twin.tried), np.isinf(list(twin.tried.values())).sum()]
    np.testing.assert_allclose(np.sort(search.seen)[: len(twin.tried)], sorted(twin.tried.values()), rtol=1e-9)
    assert search.value[0] == pytest.approx(twin.value, rel=1e-9)


@pytest.mark.parametrize("s", [1, 4])
@pytest.mark.parametrize("seed", range(15))
def test_arima_stepwise_chooses_as_plain_python_does(seed: int, s: int) -> None:
    y = series(seed, s)
    X = regressors(seed, len(y))
    plan = arima_plan(y, X, s, LIMITS)
    twin = naive_search(y, X, plan, seed % 3)
    naive_stepwise(twin, plan.start, 94)
    found = arima_stepwise(y, X, s, LIMITS, seed % 3)
    assert found.counts[0] in (OK, NOT_CONVERGED)
    assert found.counts[4] == len(twin.tried)
    refused = np.isinf(list(twin.tried.values())).sum()
    if found.counts[5] == refused:
        assert found.order.tolist() == twin.order(twin.best).tolist()
        # One more figure of scale: the log-likelihood falls by log(scale) a figure; the last search goes a little on.
        shift = 2.0 * found.counts[2] * np.log(plan.numbers[0])
        assert found.numbers[7] <= twin.value + shift + 1e-6
        assert found.numbers[7] >= twin.value + shift - 8.0
    else:
        assert found.counts[5] > refused


@pytest.mark.parametrize("s", [1, 4])
@pytest.mark.parametrize("seed", range(8))
def test_arima_exhaustive_chooses_as_plain_python_does(seed: int, s: int) -> None:
    y = series(seed, s)
    X = regressors(seed, len(y))
    plan = arima_plan(y, X, s, SMALL)
    twin = naive_search(y, X, plan, 0)
    naive_exhaustive(twin, 3)
    found = arima_exhaustive(y, X, s, SMALL, 0)
    assert found.counts[4] == len(twin.tried)
    if found.counts[5] == np.isinf(list(twin.tried.values())).sum():
        assert found.order.tolist() == twin.order(twin.best).tolist()
    stepped = arima_stepwise(y, X, s, gate_int([2, 2, 1, 1, 3, 2, 1, -1, -1, 1, 94]), 0)
    if stepped.order[[0, 2, 3, 5]].sum() <= 3 and found.counts[5] == np.isinf(list(twin.tried.values())).sum():
        assert found.numbers[7] <= stepped.numbers[7] + 0.05


@pytest.mark.parametrize("seed", range(8))
def test_close_search_fits_the_best_order_to_the_end(seed: int) -> None:
    y = series(seed, 4)
    X = gate(np.zeros((len(y), 0)))
    plan = arima_plan(y, X, 4, LIMITS)
    search, twin = open_search(y, X, plan, 0), naive_search(y, X, plan, 0)
    for parts in ((0, 0, 0, 0, 0), (1, 0, 0, 0, 0), (0, 1, 0, 1, 0)):
        try_order(search, *parts)
        twin.attempt(*parts)
    found = close_search(search)
    order = gate_int(twin.order(twin.best))
    if found.counts[5] == np.isinf(list(twin.tried.values())).sum():
        fitted = best_of_starts(y, X, order, gate(naive_carried(twin.coef, order, order)))
        assert found.order.tolist() == order.tolist()
        np.testing.assert_allclose(found.numbers[:5], fitted.numbers, rtol=1e-7)
        np.testing.assert_allclose(found.coef, fitted.coef, atol=1e-4)
    assert max(found.numbers[5:7]) <= 1.0 / 1.01


def test_close_search_falls_back_where_every_order_is_refused() -> None:
    y = series(1, 4)
    X = gate(np.zeros((len(y), 0)))
    search = open_search(y, X, arima_plan(y, X, 4, LIMITS), 0)
    found = close_search(search)
    assert found.counts[0] == OK
    assert found.order[[0, 2, 3, 5, 7]].tolist() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(("d", "s", "D", "beta"), [(0, 1, 0, 5.0), (1, 1, 0, 0.5), (0, 4, 1, 0.5)])
def test_without_search_names_the_polynomial(d: int, s: int, D: int, beta: float) -> None:
    t = np.arange(40.0)
    y = 5.0 + (0.5 * t if d + D else 0.0) + (np.array([3.0, -1.0, 0.0, -2.0])[np.arange(40) % 4] if D else 0.0)
    y, X = gate(y * np.ones(40)), gate(np.zeros((40, 0)))
    plan = arima_plan(y, X, s, LIMITS)
    assert plan.counts[0] == SINGULAR
    found = without_search(X, plan)
    assert found.order.tolist() == [0, d, 0, 0, D, 0, s, 1]
    np.testing.assert_allclose(found.beta, [beta], rtol=1e-12)


def test_arima_stepwise_many_has_the_bits_of_arima_stepwise_on_any_number_of_threads() -> None:
    rows = [series(seed, 4) for seed in range(6)] + [gate(np.full(9, np.nan)), gate(np.ones(30)), gate([1.0, np.inf])]
    n = max(map(len, rows))
    Y = gate([np.concatenate([np.full(n - len(row), np.nan), row]) for row in rows])
    found = {}
    for count in (1, 2):
        with threads(count):
            found[count] = arima_stepwise_many(Y, 4, LIMITS, 0)
    for i in range(len(rows)):
        alone = arima_stepwise(Y[i], gate(np.zeros((n, 0))), 4, LIMITS, 0)
        for count in (1, 2):
            for together, single in zip(found[count], alone, strict=True):
                np.testing.assert_array_equal(together[i][: len(single)], single)
                assert not together[i][len(single) :].any()
