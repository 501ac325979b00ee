"""Odds that cannot all hold: probabilities of nested events must be nested too."""

from __future__ import annotations

from forecast.scenarios.conditions.kinds import Event, Odds


def contradicting_odds(one: Odds, other: Odds) -> tuple[str, str] | None:
    """Why two odds cannot hold together and what to do; None when they can.

    Both are points of one distribution function F, which never falls: P(x <= b) = F(b), P(x >= a) = 1 - F(a).
    """
    if (one.event.what, one.event.span) != (other.event.what, other.event.span):
        return None
    if one.event == other.event:
        return "both speak of the same event", "keep one"
    (mark, below), (further, below_further) = sorted((_point(one), _point(other)))
    if mark == further:
        return "both are odds of the same mark", "keep one"
    if below < below_further:
        return None
    chance = f"{below:g} below {mark:g} and {below_further:g} below {further:g}"
    return f"together they put a chance of {chance}, which leaves none between the two", "change one probability"


def _point(odds: Odds) -> tuple[float, float]:
    """The mark and the probability of what lies below it."""
    event: Event = odds.event
    if event.at_least is not None:
        return event.at_least, 1.0 - odds.probability
    return (event.at_most if event.at_most is not None else 0.0), odds.probability
