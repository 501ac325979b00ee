"""Starts by the question's day and record: what is pinned begins where it is not known, what is done after the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forecast.months import Span, month
from forecast.scenarios.conditions.kinds import (
    OIL,
    Between,
    Condition,
    Crisis,
    Hazard,
    Pinned,
    Ramp,
    Realised,
    Sanctions,
    Shift,
    Shock,
    Tariff,
)
from forecast.scenarios.dated import dated
from forecast.scenarios.scenario import BASELINE, Scenario
from tests.exact.cases import common_draws

LATE = replace(common_draws(), as_of=date(2021, 5, 20))  #: the record still ends in 2018-09, the oil price too
DONE = (Crisis(), Shift("exports", percent=1.0), Tariff("exports", 0.0, 5.0), Sanctions("imports"))


def start_of(condition: Condition, late: bool = False) -> object:
    found = dated(LATE if late else common_draws(), Scenario("x", conditions=(condition,))).conditions[0]
    return getattr(found, "start", None)


@pytest.mark.parametrize("condition", DONE)
def test_what_is_done_begins_after_the_day_of_knowledge(condition: Crisis | Shift | Tariff | Sanctions) -> None:
    assert start_of(condition) == month(2018, 11)
    assert start_of(condition, late=True) == month(2021, 6)
    for late, january in ((False, month(2019, 1)), (True, month(2022, 1))):
        assert start_of(replace(condition, start="next-january"), late) == january
    assert start_of(replace(condition, start=month(2019, 3))) == month(2019, 3)


@pytest.mark.parametrize("condition", [Pinned(OIL, Ramp(45.0)), Pinned("exports", Ramp(5.0)), Shock(OIL, 1.0)])
def test_what_is_pinned_begins_where_it_is_not_known(condition: Pinned | Shock) -> None:
    assert start_of(condition) == start_of(condition, late=True) == month(2018, 10)
    assert start_of(replace(condition, start="next-january"), late=True) == month(2022, 1)


def test_a_range_on_oil_begins_after_the_last_price_known() -> None:
    ahead = replace(common_draws(), oil=replace(common_draws().oil, values=common_draws().oil.values[:-3]))
    found = dated(ahead, Scenario("x", conditions=(Between(OIL, 40.0, 100.0), Between("exports", 1.0, None))))
    assert [condition.start for condition in found.conditions] == [month(2018, 7), month(2018, 10)]  # type: ignore[union-attr]


def test_what_has_no_start_stays_as_it_is() -> None:
    year = Span(month(2019, 1), month(2019, 12))
    still = (Pinned(OIL, Realised()), Between("exports", 1.0, None, span=year), Hazard(2.0))
    assert dated(common_draws(), Scenario("x", conditions=still)).conditions == still
    assert dated(common_draws(), BASELINE) is BASELINE
