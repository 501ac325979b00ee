"""Whether two conditions certainly share a month, when some of their starts depend on the day of knowledge."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.scenarios.relative import Start

EVER = 10**6  #: a month after all others


@dataclass(frozen=True, slots=True)
class Months:
    """Months ``start`` to ``end``, both included; ``single`` is the month ``start`` alone."""

    start: Start
    end: int = EVER
    single: bool = False


def months_meet(one: Months, other: Months) -> bool:
    """Whether they share a month for certain, each of them being ahead at least in part.

    A start of None is the first month ahead, before which nothing begins; "next-january" is some month from it on.
    """
    one, other = _closed(one), _closed(other)
    if one.start == other.start:
        return True
    if one.single and other.single:
        return False
    for single, long in ((one, other), (other, one)):
        if single.single:  # a month that is not known is held for certain by what holds all months ahead
            return single.start == "next-january" and long.start is None and long.end == EVER
    end = min(one.end, other.end)
    for january, known in ((one, other), (other, one)):
        if january.start == "next-january":
            before = known.start is None or (isinstance(known.start, int) and known.start <= end)
            return before and (known.end == EVER or january.end <= known.end)
    starts = [start for start in (one.start, other.start) if isinstance(start, int)]
    return max(starts) <= end


def _closed(months: Months) -> Months:
    """A single month that is known, as months from it to itself."""
    return Months(months.start, months.start) if months.single and isinstance(months.start, int) else months
