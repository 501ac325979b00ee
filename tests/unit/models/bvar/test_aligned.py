"""Flows and drivers put side by side: starts, ragged ends, gaps, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.models.bvar.aligned import align, driver_column
from forecast.panel import Driver
from tests.unit.models.bvar.cases import START, world


def test_columns_are_flows_then_oil_rates_and_activity() -> None:
    flow, oil, activity = world(1)
    rate = Driver("fx:AAA", START, oil.values * 2.0)
    got = align((flow,), {"activity": activity, "wti": oil, "fx:AAA": rate, "oil": oil})
    assert got.names == ("AAA-BBB turnover", "oil", "fx:AAA", "activity")
    assert (got.flows, got.start, got.origin, got.left_out) == (1, START, flow.origin, ())
    np.testing.assert_array_equal(got.values[:, 0], np.log(flow.values))
    np.testing.assert_array_equal(got.values[:, 3], activity.values / 100.0)
    assert got.told.all()


def test_ends_stay_ragged_and_starts_are_trimmed() -> None:
    flow, oil, activity = world(1)
    late = Driver("oil", START + 20, oil.values[20:])
    early_end = Driver("activity", START, activity.values[:-3])
    beyond = Driver("fx:AAA", START, np.exp(np.sin(np.arange(242))))
    got = align((flow,), {"oil": late, "activity": early_end, "fx:AAA": beyond})
    assert (got.start, got.values.shape) == (START + 20, (222, 4))
    np.testing.assert_array_equal(np.isnan(got.values).sum(axis=0), [2, 2, 0, 5])
    assert got.origin == flow.origin


def test_two_flows_that_end_in_different_months_have_the_earlier_origin() -> None:
    flow, _, _ = world(1)
    assert align((flow, flow.cut(230)), {}).origin == START + 229


@pytest.mark.parametrize(
    ("driver", "why"),
    [
        (Driver("oil", START + 150, np.exp(np.sin(np.arange(90)))), "begins in 2007-07"),
        (Driver("oil", START + 215, np.exp(np.sin(np.arange(25)))), "known from 2012-12 to 2014-12 only"),
        (Driver("oil", START, np.exp(np.sin(np.arange(200)))), "ends in 2011-08"),
        (Driver("oil", START, np.full(240, 7.8)), "never moves"),
        (Driver("oil", START + 300, np.ones(3)), "begins after the record"),
        (Driver("oil", START, np.where(np.arange(240) == 7, np.nan, 2.0 + np.sin(np.arange(240)))), "has gaps"),
    ],
)
def test_a_driver_that_costs_more_than_it_tells_is_left_out(driver: Driver, why: str) -> None:
    flow, _, activity = world(1)
    got = align((flow,), {"oil": driver, "activity": activity})
    assert got.left_out == (f"oil ({why})",)
    assert got.names == (flow.name, "activity")
    assert got.start == START


def test_gaps_are_bridged_along_the_season_and_marked() -> None:
    at = np.arange(120)
    season = 0.4 * np.cos(2 * np.pi * at / 12)
    flow, _, _ = world(1)
    values = np.exp(5.0 + 0.002 * at + season)
    values[[50, 51, 52, 80]] = np.nan
    got = align((replace(flow, values=values),), {})
    np.testing.assert_array_equal(np.flatnonzero(~got.told[:, 0]), [50, 51, 52, 80])
    np.testing.assert_allclose(got.values[:, 0], 5.0 + 0.002 * at + season, atol=0.02)


def test_what_cannot_be_fitted_is_said() -> None:
    flow, _, _ = world(1)
    zero, holes = flow.values.copy(), flow.values.copy()
    zero[10], holes[20:90] = 0.0, np.nan
    for broken, message in (
        (flow.cut(0), "needs 36 months"),
        (flow.cut(35), "needs 36 months"),
        (replace(flow, step=3), "spans of 3 months"),
        (replace(flow, values=zero), "first in 1995-11"),
        (replace(flow, values=holes), "70 gaps in 240 months"),
    ):
        with pytest.raises(GapError, match=message):
            align((broken,), {})
    with pytest.raises(GapError, match="needs 36 months"):
        align((flow, replace(flow, start=START + 210, values=flow.values[210:])), {})


def test_a_driver_with_values_that_it_cannot_have_is_an_error() -> None:
    with pytest.raises(GapError, match="not above zero"):
        driver_column("oil", np.array([20.0, 0.0]))
    with pytest.raises(GapError, match="infinite"):
        driver_column("activity", np.array([20.0, -np.inf]))
    np.testing.assert_array_equal(driver_column("fx:RUS", np.array([1.0, np.nan])), [0.0, np.nan])
