"""Contradictions between the conditions of a scenario: found before anything is drawn, and named with both places.

Months are compared as far as they are certain: a start that is left out is the first month ahead, so nothing begins
before it; "next-january" is somewhere after. Once the first month ahead is known, every month is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from forecast.errors import ScenarioError
from forecast.months import Span
from forecast.scenarios.conditions.kinds import (
    CRISIS,
    Between,
    Condition,
    Crisis,
    Hazard,
    Odds,
    Pinned,
    Ramp,
    Realised,
    Sanctions,
    Shift,
    Shock,
    Tariff,
    Total,
    Values,
)
from forecast.scenarios.conditions.table import subject_of
from forecast.scenarios.conditions.together.contradicting_odds import contradicting_odds
from forecast.scenarios.conditions.together.shared_months import EVER, Months, months_meet
from forecast.scenarios.relative import first_month

Effect = Shift | Tariff | Sanctions

_PARTS = ("exports", "imports")


def refuse_contradictions(conditions: Sequence[Condition], *, first: int | None = None, pointer: str = "") -> None:
    """Refuse conditions that cannot hold together; ``first`` is the first month ahead, where it is known.

    Raises:
        ScenarioError: at the first contradiction.
    """
    for error in find_contradictions(conditions, first=first, pointer=pointer):
        raise error


def find_contradictions(
    conditions: Sequence[Condition], *, first: int | None = None, pointer: str = ""
) -> Iterator[ScenarioError]:
    """Every contradiction between the conditions of a scenario, each pointing at the later one of them."""
    if first is not None:
        conditions = [_begun(condition, first) for condition in conditions]
    for (i, one), (j, other) in combinations(enumerate(conditions), 2):
        found = _contradiction(one, other)
        if found:
            why, advice = found
            message = (
                f"Condition {j + 1} ({_name(other)}) contradicts condition {i + 1} ({_name(one)}): {why}; {advice}."
            )
            yield ScenarioError(message, pointer=f"{pointer}/conditions/{j}")
    yield from _whole_and_parts(conditions, pointer)


def _begun(condition: Condition, first: int) -> Condition:
    """The condition with its start as a month."""
    if isinstance(condition, Pinned) and isinstance(condition.form, Total):
        return condition
    if isinstance(condition, Hazard | Odds) or (isinstance(condition, Between) and condition.span is not None):
        return condition
    return replace(condition, start=first_month(condition.start, first))


def _name(condition: Condition) -> str:
    match condition:
        case Pinned():
            return f"path of {condition.driver}"
        case Between():
            return f"range of {condition.driver}"
        case Shock():
            return f"shock to {condition.driver}"
        case Crisis():
            return f"crisis {condition.episode}"
        case Hazard():
            return "hazard of crises"
        case Odds():
            return f"odds of {condition.event.what}"
        case Shift():
            return f"shift of {condition.flow}"
        case Tariff():
            return f"tariff on {condition.flow}"
        case Sanctions():
            return f"sanctions on {condition.flow}"


def _contradiction(one: Condition, other: Condition) -> tuple[str, str] | None:
    """Why two conditions cannot hold together and what to do; None when they can."""
    for a, b in ((one, other), (other, one)):
        found = _against(a, b)
        if found:
            return found
    return None


def _against(a: Condition, b: Condition) -> tuple[str, str] | None:
    match a, b:
        case Pinned(), Pinned() if a.driver == b.driver and _meet(a, b):
            return (
                f"both say where {a.driver} goes in the same months",
                "keep one, or let the earlier end before the later begins ('until')",
            )
        case Pinned(), Pinned() if set(a.adjust) != set(b.adjust):
            return (
                "paths are met jointly, but these two let different shocks adjust",
                "give both the same 'adjust', or none",
            )
        case Pinned(), Shock() if a.driver == b.driver and _meet(a, b):
            return f"a path of {a.driver} leaves no room for a shock to it", "keep one, or let the path begin later"
        case Pinned(), (Shift() | Tariff() | Sanctions()) if a.driver == b.flow and _meet(a, b):
            return (
                f"{a.driver} are pinned in the same months, so nothing else can move them"
                if a.driver in _PARTS
                else f"{a.driver} is pinned in the same months, so nothing else can move it",
                "keep one, or set them in different months ('start', 'until')",
            )
        case Pinned(), Between() if a.driver == b.driver and _outside(a, b):
            return "the path is certain and lies outside the range", "move one of them"
        case Pinned(), Odds() if a.driver == b.event.what and _settles(a, b):
            return "the path is certain, so it settles the event", "keep one, or give the path its own width"
        case Between(), Between() if a.driver == b.driver and _apart(a, b):
            return "no value lies in both ranges", "let them overlap"
        case Hazard(), Hazard():
            return "both say how often crises begin", "keep one"
        case Crisis(), Hazard():
            return "one says that a crisis begins, the other how often they do", "keep one"
        case Crisis(), Crisis() if _meet(a, b):
            return "two crises begin in the same month", "keep one, or let them begin in different months ('start')"
        case ((Crisis() | Hazard()), Odds()) if b.event.what == CRISIS:
            said = "that a crisis begins" if isinstance(a, Crisis) else "how often crises begin"
            return f"one says {said}, the other how likely that is", "keep one"
        case Tariff(), Tariff() if _same_tariff(a, b) and _meet(a, b):
            return f"it is the same step from {a.from_percent:g} to {a.to_percent:g} per cent", "keep one"
        case Odds(), Odds():
            return contradicting_odds(a, b)
        case ((Shock() | Shift() | Sanctions() | Between()), _) if a == b:
            return "it says the same again", "keep one"
    return None


def _whole_and_parts(conditions: Sequence[Condition], pointer: str) -> Iterator[ScenarioError]:
    """Turnover is the sum of its parts: of the three two can be pinned at once, and effects need one that is free."""
    pins = [(i, c) for i, c in enumerate(conditions) if isinstance(c, Pinned)]
    both = [
        (i, j, a, b) for (i, a), (j, b) in combinations(pins, 2) if {a.driver, b.driver} == set(_PARTS) and _meet(a, b)
    ]
    for i, j, a, b in both:
        for k, c in enumerate(conditions):
            if isinstance(c, Pinned) and c.driver == "turnover":
                why = "turnover is the sum of exports and imports, so the three cannot be pinned at once"
            elif isinstance(c, Shock | Shift | Tariff | Sanctions) and _subject(c) == "turnover":
                why = "exports and imports are both pinned, so nothing else can move turnover"
            else:
                continue
            if _meet(a, c) and _meet(b, c):
                yield ScenarioError(
                    f"Condition {k + 1} ({_name(c)}) contradicts conditions {i + 1} ({_name(a)}) and {j + 1} "
                    f"({_name(b)}): {why}; leave one of the three out.",
                    pointer=f"{pointer}/conditions/{max(i, j, k)}",
                )


def _subject(condition: Shock | Effect) -> str:
    return condition.driver if isinstance(condition, Shock) else condition.flow


# ---- months ------------------------------------------------------------------------------------------


def _months(condition: Pinned | Between | Shock | Crisis | Effect) -> Months:
    if isinstance(condition, Pinned) and isinstance(condition.form, Total):
        return Months(condition.form.span.start, condition.form.span.end)
    if isinstance(condition, Between) and condition.span is not None:
        return Months(condition.span.start, condition.span.end)
    if isinstance(condition, Shock | Crisis):
        return Months(condition.start, single=True)
    return Months(condition.start, EVER if condition.until is None else condition.until)


def _meet(
    one: Pinned | Between | Shock | Crisis | Effect,
    other: Pinned | Between | Shock | Crisis | Effect,
) -> bool:
    """Whether two conditions certainly share a month."""
    return months_meet(_months(one), _months(other))


# ---- values ------------------------------------------------------------------------------------------


def _outside(pin: Pinned, between: Between) -> bool:
    """Whether a certain path leaves a range: in some month, or in the sum or mean over a span."""
    if pin.width != "none" or not _meet(pin, between):
        return False
    form = pin.form
    known: Sequence[float] = ()
    if isinstance(form, Total):
        known = [form.value] if form.span == between.span else []
    elif between.span is not None:
        if isinstance(form, Ramp) and form.over_months == 0 and _covers(pin, between.span):
            known = [form.to * (between.span.length if subject_of(pin.driver) == "flow" else 1)]
    elif isinstance(form, Ramp):
        endless = pin.until is None and between.until is None
        known = [form.to] if form.over_months == 0 or endless else []
    elif isinstance(form, Values):
        known = _values_within(pin, form, between)
    return any(_beyond(value, between) for value in known)


def _values_within(pin: Pinned, form: Values, between: Between) -> tuple[float, ...]:
    """Values of the months that both speak about for certain."""
    if between.start is None or between.start == pin.start:
        skipped = 0
    elif isinstance(pin.start, int) and isinstance(between.start, int):
        skipped = max(between.start - pin.start, 0)
    else:
        return form.values[-1:] if pin.until is None and between.until is None else ()
    if between.until is None:
        inside = form.values[skipped:]
    elif isinstance(pin.start, int):
        inside = form.values[skipped : between.until - pin.start + 1]
    else:
        inside = form.values[:1]
    return inside or form.values[-1:]


def _beyond(value: float, between: Between) -> bool:
    return (between.low is not None and value < between.low) or (between.high is not None and value > between.high)


def _covers(pin: Pinned, span: Span) -> bool:
    """Whether a path holds in all months of a span that are ahead."""
    begun = pin.start is None or (isinstance(pin.start, int) and pin.start <= span.start)
    return begun and (pin.until is None or pin.until >= span.end)


def _settles(pin: Pinned, odds: Odds) -> bool:
    """Whether a certain path fixes the sum or mean that the event is about."""
    span = odds.event.span
    if pin.width != "none" or span is None or isinstance(pin.form, Realised):
        return False
    return pin.form.span == span if isinstance(pin.form, Total) else _covers(pin, span)


def _apart(one: Between, other: Between) -> bool:
    """Whether two ranges of the same months have no value in common."""
    if (one.span is None) != (other.span is None) or (one.span is not None and one.span != other.span):
        return False
    above = one.low is not None and other.high is not None and one.low > other.high
    return above and _meet(one, other)


def _same_tariff(one: Tariff, other: Tariff) -> bool:
    keys = [(t.flow, t.from_percent, t.to_percent, t.lost_from_usd_bn_a_year is None) for t in (one, other)]
    return keys[0] == keys[1]
