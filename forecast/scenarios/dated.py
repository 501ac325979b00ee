"""Conditions with their first months written out, as the question's own day and record mean them.

A path, a shock and a range begin in the first month that is not known of what they speak of. What is done begins after
the day of knowledge: crises, shifts, tariffs and sanctions in the month after it, and "next-january" is the first
January after it, whatever it is said of; a record that lags would else put them into years that are over.
"""

from __future__ import annotations

from dataclasses import replace

from forecast.months import month_of
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.conditions.kinds import (
    OIL,
    Between,
    Condition,
    Crisis,
    Pinned,
    Realised,
    Sanctions,
    Shift,
    Shock,
    Tariff,
    Total,
)
from forecast.scenarios.relative import first_month
from forecast.scenarios.scenario import Scenario


def dated(common: CommonDraws, scenario: Scenario) -> Scenario:
    """The scenario with every relative start as a month."""
    if not scenario.conditions:
        return scenario
    return replace(scenario, conditions=tuple(_dated(common, condition) for condition in scenario.conditions))


def _dated(common: CommonDraws, condition: Condition) -> Condition:
    after = max(common.record_end, month_of(common.as_of)) + 1
    match condition:
        case Pinned(form=Realised() | Total()):
            return condition
        case Between(span=span) if span is not None:
            return condition
        case Pinned() | Between() | Shock():
            unknown = (common.oil.end if condition.driver == OIL else common.record_end) + 1
            start = first_month(condition.start, after) if condition.start == "next-january" else condition.start
            return replace(condition, start=unknown if start is None else start)
        case Crisis() | Shift() | Tariff() | Sanctions():
            return replace(condition, start=first_month(condition.start, after))
        case _:
            return condition
