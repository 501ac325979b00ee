"""Releases between two days as groups few enough to be told one by one: by day, else by month, quarter or year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

MOST_RELEASES = 24


@dataclass(frozen=True, slots=True)
class Release:
    """What came out in one day, month, quarter or year: figures of the pair, or drivers; known whole on ``day``."""

    label: str
    day: date
    figures: bool


def releases_between(
    figures: Sequence[date], drivers: Sequence[date], most: int = MOST_RELEASES
) -> tuple[tuple[Release, ...], str]:
    """Releases in order, the drivers of a group before its figures, and by what they are grouped.

    figures, drivers: days on which any came out. By day where that makes ``most`` at most, else by the shortest of
    month, quarter and year that does, else all at once.
    """
    grouping: tuple[tuple[str, Callable[[date], str]], ...] = (
        ("day", lambda day: day.isoformat()),
        ("month", lambda day: day.isoformat()[:7]),
        ("quarter", lambda day: f"{day.year}-Q{(day.month + 2) // 3}"),
        ("year", lambda day: str(day.year)),
        ("whole", lambda day: ""),
    )
    found: list[Release] = []
    for word, label_of in grouping:
        found = []
        for label in sorted({label_of(day) for day in (*figures, *drivers)}):
            for days, is_figures in ((drivers, False), (figures, True)):
                within = [day for day in days if label_of(day) == label]
                if within:
                    found.append(Release(label, max(within), is_figures))
        if len(found) <= most:
            return tuple(found), word
    return tuple(found), "whole"
