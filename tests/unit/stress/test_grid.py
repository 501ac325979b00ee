"""The map: every cell is the scenario with both conditions, by every model and on every base."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from forecast.evaluation.likelihood import odds
from forecast.evaluation.reaching import reach_of
from forecast.evaluation.target_reading import parse_target
from forecast.months import month
from forecast.prepared import Prepared, draw, prepare
from forecast.question import Question
from forecast.scenarios.conditions.kinds import Between, Crisis, Hazard, Pinned, Ramp, Shift
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.stress.chances import Trial
from forecast.stress.grid import default_prices, default_severities, stress_map_of
from tests.exact.cases import PAIR, frame, monthly_flows, spans_of
from tests.exact.cases import START as FIRST
from tests.unit.stress.linear import TODAY, last_month, trial_of, weights_of

PRICES, SEVERITIES, START = (40.0, 65.0, 110.0), (0.0, 0.7, 2.0), month(2019, 1)


@cache
def flagship() -> Prepared:
    return prepare(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=600), moves_oil=True)


@cache
def made_up(model: str, *, turnover_only: bool = False) -> Prepared:
    """A made-up monthly table by another model."""
    rows = spans_of(monthly_flows(), 1)
    if turnover_only:
        both = monthly_flows().sum(axis=1)
        rows = [(FIRST + i, FIRST + i, "turnover", float(value)) for i, value in enumerate(both)]
    question = Question(PAIR, as_of=date(2018, 1, 31), model=model, paths=300, through=month(2019, 12))
    return prepare(question, table=frame(rows), moves_oil=True)


def check_cells(trial: Trial, start: int) -> None:
    found = stress_map_of(trial, PRICES, SEVERITIES, episode="2008-09", start=start)
    kept = tuple(
        condition
        for condition in trial.base.conditions
        if not isinstance(condition, Hazard) and getattr(condition, "driver", "") != "oil"
    )
    for i, j in ((0, 0), (0, 2), (1, 1), (2, 0), (2, 2)):
        pin = Pinned("oil", Ramp(PRICES[i]))
        scenario = Scenario("by hand", conditions=(*kept, pin, Crisis("2008-09", start, SEVERITIES[j])))
        ensemble = draw(trial.prepared, scenario).ensemble
        reach = reach_of(trial.prepared.panel, ensemble, trial.target, trial.prepared.reporter).reach
        by_hand = odds(ensemble, reach)
        assert found.chance[i][j] == by_hand.probability
        assert found.error[i][j] == pytest.approx(by_hand.mc_error, rel=1e-12)


@pytest.mark.parametrize(
    "base",
    [
        BASELINE,
        Scenario("shifted", conditions=(Shift("imports", percent=-8.0), Hazard(3.0), Pinned("oil", Ramp(90.0, 3)))),
        Scenario("bounded", conditions=(Between("oil", 60.0, 90.0), Shift("exports", percent=5.0))),
    ],
    ids=lambda base: base.name,
)
def test_cells_of_the_flagship_are_their_scenarios(base: Scenario) -> None:
    check_cells(Trial(flagship(), parse_target("turnover >= 105 in 2019"), base), START)


@pytest.mark.parametrize("model", ["ets", "pool", "bvar"])
def test_cells_of_a_regular_model_are_their_scenarios(model: str) -> None:
    trial = Trial(made_up(model), parse_target("turnover >= 28 in 2019"), BASELINE)
    check_cells(trial, month(2018, 6))


def test_cells_of_a_table_of_turnover_alone() -> None:
    trial = Trial(made_up("structural", turnover_only=True), parse_target("turnover >= 28 in 2019"), BASELINE)
    check_cells(trial, month(2018, 6))


def test_dearer_oil_and_milder_crises_help_where_the_law_says_so() -> None:
    trial = trial_of(weights_of((0.4,)), last_month(9.0))
    found = stress_map_of(trial, PRICES, SEVERITIES, episode="2020", start=None)
    for j in range(3):
        column = [row[j] for row in found.chance]
        assert column == sorted(column)
    for row in found.chance:
        assert list(row) == sorted(row, reverse=True)
    assert found.start == "2019-01"


def test_the_ready_grid_is_about_today_s_price() -> None:
    prices, severities = default_prices(TODAY), default_severities()
    assert (len(prices), len(severities)) == (21, 11)
    assert (prices[0], prices[10], prices[-1]) == (30.0, 60.0, 120.0)
    assert list(prices) == sorted(set(prices))
    assert (severities[0], severities[5], severities[-1]) == (0.0, 1.0, 2.0)
