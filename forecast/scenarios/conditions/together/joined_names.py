"""Names of scenarios that Python puts together: "oil-hold-45", "oil-slump-crisis-2008-09"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from forecast.months import Span, format_month
from forecast.scenarios.conditions.kinds import (
    Between,
    Condition,
    Crisis,
    Hazard,
    Odds,
    Percent,
    Pinned,
    Quantile,
    Ramp,
    Realised,
    Replay,
    Sanctions,
    Shift,
    Shock,
    Tariff,
    Total,
    Values,
)

LONGEST_NAME = 64


def joined_name(parts: Iterable[str]) -> str:
    """Parts joined by hyphens, cut at a hyphen where they get too long for a name."""
    name = "-".join(part for part in parts if part)
    if len(name) <= LONGEST_NAME:
        return name
    head, _, _ = name[: LONGEST_NAME + 1].rpartition("-")
    return (head or name)[:LONGEST_NAME].rstrip("-")


def condition_name(condition: Condition) -> str:
    """A condition as a part of a name: what it is of, how, how much and from when."""
    words = [_word(part) for part in _parts(condition)]
    start = getattr(condition, "start", None)
    if start is not None:
        words += ["from", start if isinstance(start, str) else format_month(start)]
    return "-".join(words)


def _parts(condition: Condition) -> tuple[object, ...]:
    match condition:
        case Pinned():
            return (condition.driver, *_form(condition))
        case Between():
            low = () if condition.low is None else ("above", condition.low)
            high = () if condition.high is None else ("below", condition.high)
            return (condition.driver, *low, *high, *(() if condition.span is None else (condition.span,)))
        case Shock():
            return (condition.driver, "shock", condition.size, condition.unit, condition.origin)
        case Crisis():
            severity = () if condition.severity == 1.0 else ("times", condition.severity)
            return ("crisis", condition.episode, *severity)
        case Hazard():
            return ("hazard", condition.multiplier)
        case Shift():
            size = condition.usd_bn_a_year if condition.percent is None else condition.percent
            return (condition.flow, "shift", size, *((condition.group,) if condition.group else ()))
        case Tariff():
            return ("tariff", condition.flow, condition.to_percent)
        case Sanctions():
            return ("sanctions", condition.flow, *(() if condition.kind == "trade" else (condition.kind,)))
        case Odds():
            event = condition.event
            mark = event.at_most if event.at_least is None else event.at_least
            side = () if mark is None else ("above" if event.at_most is None else "below", mark, event.span)
            return ("odds", event.what, *side, condition.probability)


def _form(pin: Pinned) -> tuple[object, ...]:
    match pin.form:
        case Values(values):
            return ("values", values[-1])
        case Ramp(to, over):
            return ("ramp", to) if over else ("hold", to)
        case Percent(percent):
            return ("percent", percent)
        case Quantile(level):
            return ("quantile", level)
        case Replay(like):
            return ("replay", like)
        case Realised():
            return ("realised",)
        case Total(value, span):
            return ("total", value, span)


def _word(part: object) -> str:
    """Small letters, digits and hyphens: -2.5 becomes "minus-2-5"."""
    if isinstance(part, float | int):
        text = f"{part:g}".replace("e-", "e-minus-").replace("e+", "e")
        text = f"minus-{text[1:]}" if text.startswith("-") else text
    else:
        text = str(part).replace("/", "-to-") if isinstance(part, Span) else str(part)
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
