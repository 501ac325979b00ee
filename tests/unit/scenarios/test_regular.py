"""Forecasts of regular records as one Ensemble: sums agree on every path, laws and dependence are kept."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.data.background import load_background
from forecast.errors import GapError, ScenarioError
from forecast.kernels.random import draw_normals
from forecast.models.catalogue import joint_forecaster
from forecast.models.task import Ahead, Task
from forecast.models.univariate.naive import seasonal_naive
from forecast.panel import Driver
from forecast.scenarios.conditions import Crisis
from forecast.scenarios.regular import (
    each_flow,
    flows_at_once,
    join,
    refuse_conditions,
    regular_ensemble,
    yearly_correlation,
)
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.series import FloatArray, Series

START, MONTHS = 12 * 2000, 120
OIL = Driver("oil", 12 * 1990, 50.0 + 10.0 * np.sin(np.arange(12 * 20 + 3) / 5.0))


def record(name: str, key: int, start: int = START, step: int = 1) -> Series:
    z = draw_normals(key, 1, MONTHS)[0]
    return Series(name, start, step, np.exp(1.0 + 0.01 * np.arange(MONTHS) + 0.1 * z))


def records() -> dict[str, Series]:
    exports, imports = record("exports", 1), record("imports", 2)
    return {
        "exports": exports,
        "imports": imports,
        "turnover": Series("turnover", START, 1, exports.values + imports.values),
    }


def ensemble_of(found: dict[str, Series], paths: int = 400):
    origin = START + MONTHS - 1
    return regular_ensemble(
        each_flow(seasonal_naive), found, known={"oil": OIL}, origin=origin, through=origin + 18, paths=paths, seed=3
    )


def test_flows_add_up_and_turnover_keeps_its_own_law() -> None:
    found = records()
    ensemble, said = ensemble_of(found)
    assert ensemble.flows == ("exports", "imports", "turnover")
    np.testing.assert_allclose(ensemble.flow("exports") + ensemble.flow("imports"), ensemble.flow("turnover"))
    alone, _ = ensemble_of({"turnover": found["turnover"]})
    ahead = ensemble.origin + 1 - ensemble.start
    np.testing.assert_allclose(
        np.sort(ensemble.flow("turnover")[:, ahead:], axis=0), np.sort(alone.flow("turnover")[:, ahead:], axis=0)
    )
    assert all(f"{flow} by seasonal-naive" in said for flow in found)


def test_history_is_what_was_published_and_oil_goes_on_from_its_last_price() -> None:
    found = records()
    ensemble, _ = ensemble_of(found)
    assert ensemble.start == 12 * 2008
    known = ensemble.flow("exports")[:, : ensemble.origin + 1 - ensemble.start]
    published = found["exports"].values[ensemble.start - START :]
    np.testing.assert_array_equal(known, np.broadcast_to(published, known.shape))
    prices = ensemble.oil_usd[:, : OIL.end + 1 - ensemble.start]
    np.testing.assert_allclose(prices, np.broadcast_to(OIL.values[-27:], prices.shape))
    assert ensemble.oil_usd.shape == ensemble.values_usd_bn.shape[:2]
    assert ensemble.oil_usd[:, -1].std() > 0
    assert (ensemble.crisis_start == -1).all()


def test_a_gap_in_the_last_years_shortens_the_history() -> None:
    found = record("turnover", 1)
    values = found.values.copy()
    values[-5] = np.nan
    ensemble, _ = ensemble_of({"turnover": Series("turnover", START, 1, values)})
    assert ensemble.start == START + MONTHS - 4


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


def test_years_are_no_months_and_a_stale_record_is_named() -> None:
    with pytest.raises(GapError, match="spans of 12 months"):
        ensemble_of({"turnover": record("turnover", 1, step=12)})
    with pytest.raises(GapError, match="no figure for 2009-12"):
        ensemble_of({"turnover": record("turnover", 1, start=START - 2)})


def test_more_paths_than_one_flow_asks_the_forecaster_once_a_flow() -> None:
    asked: list[Task] = []

    def listening(task: Task) -> Ahead:
        asked.append(task)
        return Ahead(np.ones((task.paths, task.horizon)), np.ones(task.horizon), "ones")

    origin = START + MONTHS - 1
    regular_ensemble(
        each_flow(listening), records(), known={"oil": OIL}, origin=origin, through=origin + 3, paths=100, seed=1
    )
    assert [task.horizon for task in asked] == [3, 3, 3]
    assert len({task.seed for task in asked}) == 3


def test_conditions_are_refused_since_they_would_change_nothing() -> None:
    refuse_conditions(BASELINE, "ets")
    with pytest.raises(ScenarioError, match="would change nothing"):
        refuse_conditions(Scenario("bad", conditions=(Crisis("typical"),)), "ets")


def test_one_vector_autoregression_forecasts_both_flows_and_turnover_is_their_sum() -> None:
    origin = START + MONTHS - 1
    ensemble, said = regular_ensemble(
        flows_at_once(joint_forecaster(load_background())),
        records(),
        known={"oil": OIL},
        origin=origin,
        through=origin + 6,
        paths=200,
        seed=1,
    )
    np.testing.assert_allclose(ensemble.flow("exports") + ensemble.flow("imports"), ensemble.flow("turnover"))
    assert ensemble.values_usd_bn.shape == (200, 24 + 6, 3)
    assert said.startswith("BVAR(")
