"""Flows forecast side by side: sums agree on every path, laws and dependence are kept."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.random import draw_normals
from forecast.models.task import Ahead, Task
from forecast.models.univariate.naive import seasonal_naive
from forecast.scenarios.regular.flows_ahead import each_flow, join, yearly_correlation
from forecast.series import FloatArray, Series
from tests.unit.scenarios.regular.cases import MONTHS, OIL, START, record, records


def test_flows_add_up_and_turnover_keeps_its_own_law() -> None:
    found, said = each_flow(seasonal_naive)(records(), 18, 400, 3, {"oil": OIL})
    np.testing.assert_allclose(found["exports"] + found["imports"], found["turnover"])
    alone, _ = each_flow(seasonal_naive)({"turnover": records()["turnover"]}, 18, 400, 3, {"oil": OIL})
    np.testing.assert_allclose(np.sort(found["turnover"], axis=0), np.sort(alone["turnover"], axis=0))
    assert all(f"{flow} by seasonal-naive" in said for flow in records())


def test_the_forecaster_is_asked_once_a_flow_under_seeds_of_their_own() -> None:
    asked: list[Task] = []

    def listening(task: Task) -> Ahead:
        asked.append(task)
        return Ahead(np.ones((task.paths, task.horizon)), np.ones(task.horizon), "ones")

    each_flow(listening)(records(), 3, 100, 1, {"oil": OIL})
    assert [task.horizon for task in asked] == [3, 3, 3]
    assert len({task.seed for task in asked}) == 3


@pytest.mark.parametrize("correlation", [-0.8, 0.0, 0.6])
def test_joining_keeps_every_path_and_gives_the_correlation_of_heights(correlation: float) -> None:
    first, second = (np.exp(draw_normals(key, 4000, 6).cumsum(axis=1)) for key in (1, 2))
    joined = join(first, second, correlation, seed=5)
    np.testing.assert_array_equal(np.sort(joined.sum(axis=1)), np.sort(second.sum(axis=1)))
    ranks = [np.argsort(np.argsort(paths.mean(axis=1))) for paths in (first, joined)]
    expected = 6.0 / np.pi * np.arcsin(correlation / 2.0)  # Spearman's of a bivariate normal law
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(expected, abs=5.0 / np.sqrt(4000))


def test_correlation_of_yearly_growth_is_shrunk_to_none() -> None:
    one, other = record("one", 1), record("other", 2)
    n = MONTHS - 12
    assert yearly_correlation(one, one) == pytest.approx(n / (n + 24))
    growth: list[FloatArray] = [np.log(s.values[12:] / s.values[:-12]) for s in (one, other)]
    assert yearly_correlation(one, other) == pytest.approx(np.corrcoef(*growth)[0, 1] * n / (n + 24))
    assert yearly_correlation(one, Series("constant", START, 1, np.ones(MONTHS))) == 0.0
