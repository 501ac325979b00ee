"""One condition read from JSON or TOML, and written back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from forecast.fields import choice_field
from forecast.scenarios.conditions.kinds import (
    Between,
    Condition,
    Crisis,
    Hazard,
    Odds,
    Pinned,
    Sanctions,
    Shift,
    Shock,
    Tariff,
)
from forecast.scenarios.conditions.reading.bounds import parse_range, parse_shock, range_fields, shock_fields
from forecast.scenarios.conditions.reading.crisis import crisis_fields, parse_crisis
from forecast.scenarios.conditions.reading.odds import odds_fields, parse_odds
from forecast.scenarios.conditions.reading.path import parse_path, path_fields
from forecast.scenarios.conditions.reading.policy import (
    parse_sanctions,
    parse_shift,
    parse_tariff,
    sanctions_fields,
    shift_fields,
    tariff_fields,
)

_READERS: Mapping[str, Callable[[Mapping[str, object], str], Condition]] = {
    "path": parse_path,
    "range": parse_range,
    "shock": parse_shock,
    "crisis": parse_crisis,
    "shift": parse_shift,
    "tariff": parse_tariff,
    "sanctions": parse_sanctions,
    "odds": parse_odds,
}


def parse_condition(given: Mapping[str, object], *, pointer: str = "") -> Condition:
    """Read one condition; ``kind`` says which fields it may have (forecast/scenarios/conditions/table.py).

    Amounts of flows come back in USD bn, whatever their unit was.

    Raises:
        SchemaError: a field is unknown, missing, of the wrong kind or out of bounds.
        ScenarioError: fields that do not go together.
        UnitError: a unit that cannot be read, or not of what the amount is of.
    """
    kind = choice_field(given, "kind", None, tuple(_READERS), pointer=pointer)
    return _READERS[kind](given, pointer)


def condition_fields(condition: Condition) -> dict[str, object]:
    """A condition as it would be written in JSON, such that `parse_condition` reads it back."""
    match condition:
        case Pinned():
            return path_fields(condition)
        case Between():
            return range_fields(condition)
        case Shock():
            return shock_fields(condition)
        case Crisis() | Hazard():
            return crisis_fields(condition)
        case Shift():
            return shift_fields(condition)
        case Tariff():
            return tariff_fields(condition)
        case Sanctions():
            return sanctions_fields(condition)
        case Odds():
            return odds_fields(condition)
