"""Conditions that begin beyond the horizon, and so change nothing: better said than passed over."""

from __future__ import annotations

from forecast.months import Span, format_month, month_of
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.conditions.kinds import OIL, Condition, Crisis, Hazard, Odds, Pinned, Realised, Total
from forecast.scenarios.conditions.wording import condition_words
from forecast.scenarios.relative import first_month
from forecast.scenarios.scenario import Scenario


def idle_conditions(common: CommonDraws, scenario: Scenario) -> tuple[str, ...]:
    """A sentence for every condition of a scenario that begins after the horizon."""
    found = []
    for condition in scenario.conditions:
        begins = _begins(condition, common)
        if begins is not None and begins > common.through:
            found.append(
                f"{scenario.name}: {condition_words(condition).rstrip('.')}. That is {format_month(begins)}, after the "
                f"horizon {format_month(common.through)}: it changes nothing here."
            )
    return tuple(found)


def _begins(condition: Condition, common: CommonDraws) -> int | None:
    """First month of a condition; None for those that have none."""
    match condition:
        case Hazard() | Odds() | Pinned(form=Realised() | Total()):
            return None
        case Crisis(start=start):
            return first_month(start, max(common.record_end, month_of(common.as_of)) + 1)
        case _:
            span = getattr(condition, "span", None)
            if isinstance(span, Span):
                return span.start
            about_oil = getattr(condition, "driver", "") == OIL
            return first_month(condition.start, (common.oil.end if about_oil else common.record_end) + 1)
