"""Comparisons: independent cases counted, Diebold-Mariano by hand, and where nothing can be told."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from scipy import stats

from forecast.evaluation.comparison import equal_scores, independent_cases, longest_overlap


def months(count: int, every: int = 1) -> np.ndarray:
    return np.arange(count, dtype=np.int64) * every + 24_000


def test_three_independent_cases_in_a_hundred_overlapping_ones() -> None:
    assert independent_cases(months(100), 36) == 3
    assert independent_cases(months(100), 1) == 100
    assert independent_cases(months(15, 12), 12) == 15
    assert independent_cases(months(15, 12), 36) == 5
    assert independent_cases(months(15, 12), 13) == 8
    assert independent_cases(months(0), 12) == 0


def test_independent_cases_are_the_most_that_do_not_overlap() -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        origins = np.sort(rng.choice(40, size=8, replace=False)).astype(np.int64)
        horizon = int(rng.integers(1, 15))
        most = max(
            size
            for size in range(1, 9)
            for some in combinations(origins.tolist(), size)
            if all(b - a >= horizon for a, b in pairwise(some))
        )
        assert independent_cases(origins, horizon) == most


def test_longest_overlap() -> None:
    assert longest_overlap(months(100), 36) == 36
    assert longest_overlap(months(10, 12), 36) == 3
    assert longest_overlap(months(10, 12), 12) == 1
    assert longest_overlap(np.array([0, 1, 2, 50], dtype=np.int64), 6) == 3


def test_one_step_ahead_by_hand() -> None:
    """Mean .5, squares 5.5 in all: variance of their mean 5.5 / 36, shrunk by sqrt(5 / 6), t of 5 degrees."""
    differences = np.array([1.0, 2.0, -1.0, 0.0, 1.0, 0.0])
    found = equal_scores(differences, months(6), 1)
    deviations = float(((differences - 0.5) ** 2).sum())
    assert deviations == 5.5
    assert found is not None
    assert found.statistic == pytest.approx(0.5 / np.sqrt(5.5 / 36) * np.sqrt(5 / 6), rel=1e-13)
    assert found.p_value == pytest.approx(2 * stats.t.sf(found.statistic, 5), rel=1e-12)


def test_overlapping_forecasts_by_the_formula() -> None:
    """Autocovariances to lag k - 1 added twice, as Diebold & Mariano write it; shrunk as Harvey and others do."""
    rng = np.random.default_rng(8)
    n, k = 40, 3
    differences = np.convolve(rng.standard_normal(n + 2), [1.0, 0.7, 0.4], "valid") + 0.4
    d = differences - differences.mean()
    autocovariance = [float(d[lag:] @ d[: n - lag]) / n for lag in range(k)]
    variance = (autocovariance[0] + 2 * sum(autocovariance[1:])) / n
    expected = differences.mean() / np.sqrt(variance) * np.sqrt((n + 1 - 2 * k + k * (k - 1) / n) / n)
    found = equal_scores(differences, months(n, 12), 36)
    assert found is not None
    assert found.statistic == pytest.approx(expected, rel=1e-12)
    turned = equal_scores(-differences, months(n, 12), 36)
    assert turned is not None
    assert (turned.statistic, turned.p_value) == (-found.statistic, found.p_value)


def test_a_variance_that_is_not_positive_is_weighted() -> None:
    differences = np.array([1.0, -1.0] * 6) + 0.1
    found = equal_scores(differences, months(12), 2)
    assert found is not None
    d = differences - differences.mean()
    assert float(d @ d + 2 * (d[1:] @ d[:-1])) < 0, "what makes the example one"
    weighted = float(d @ d + (d[1:] @ d[:-1])) / 144
    expected = 0.1 / np.sqrt(weighted) * np.sqrt((13 - 4 + 2 / 12) / 12)
    assert found.statistic == pytest.approx(expected, rel=1e-9)


def test_nothing_is_told_of_few_cases_or_of_equals() -> None:
    assert equal_scores(np.arange(4.0), months(4), 1) is None
    assert equal_scores(np.arange(100.0), months(100), 36) is None, "three independent cases"
    assert equal_scores(np.zeros(20), months(20), 1) is None
    assert equal_scores(np.full(20, 0.3), months(20), 1) is None


def test_equal_forecasters_are_rejected_as_often_as_promised() -> None:
    rng = np.random.default_rng(5)
    rejected = 0
    for _ in range(600):
        noise = rng.standard_normal(62)
        found = equal_scores(noise[2:] + noise[1:-1] + noise[:-2], months(60), 3)
        rejected += found is not None and found.p_value < 0.05
    assert abs(rejected / 600 - 0.05) < 5 * np.sqrt(0.05 * 0.95 / 600) + 0.02
