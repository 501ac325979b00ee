"""What a reporter has published, as the reader of an answer sees it: single months, years, the origin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from forecast.cover import known_covers
from forecast.errors import GapError
from forecast.months import Span, year_span
from forecast.panel import FLOWS, Panel

_COARSE = 0.005


@dataclass(frozen=True, slots=True)
class Published:
    """months, years: published sums by month and by year, USD bn; figures too coarse for a month are left out."""

    months: dict[int, float]
    years: dict[int, float]


def published(panel: Panel, flow: str, reporter: str) -> Published:
    """All single months and whole years of a flow that one reporter has published."""
    first, last = int(panel.observations.start.min()), int(panel.observations.end.max())
    months = list(range(first, last + 1))
    years = list(range(-(-first // 12), (last + 1) // 12))
    by_month = known_covers(panel, flow, reporter, [Span(month, month) for month in months])
    by_year = known_covers(panel, flow, reporter, [year_span(year) for year in years])
    return Published(
        months={
            month: cover.value_usd_bn
            for month, cover in zip(months, by_month, strict=True)
            if cover is not None and cover.resolution_usd_bn <= _COARSE * cover.value_usd_bn
        },
        years={year: cover.value_usd_bn for year, cover in zip(years, by_year, strict=True) if cover is not None},
    )


def last_month_known(panel: Panel, reporter: str) -> int:
    """The origin: the last month up to which a reporter's count of all flows (or of turnover) is published.

    Raises:
        GapError: the reporter has published nothing by the panel's day.
    """
    if reporter not in panel.reporters:
        raise GapError(
            f"No figure of {panel.pair} by the count of {reporter} was known on {panel.as_of}; "
            f"known were counts of {', '.join(panel.reporters)}.",
            pointer="/reporter",
            allowed=panel.reporters,
        )
    obs = panel.observations
    mine = obs.reporter == panel.reporters.index(reporter)
    last = {flow: int(obs.end[mine & (obs.flow == f)].max(initial=-1)) for f, flow in enumerate(FLOWS)}
    flows = [last[flow] for flow in FLOWS[:2] if last[flow] >= 0]
    return max(min(flows, default=-1), last["turnover"])


def gaps(panel: Panel, reporter: str, origin: int) -> tuple[Span, ...]:
    """Months up to the origin, within a reporter's record, that none of its figures covers, as spans."""
    obs = panel.observations
    mine = obs.reporter == panel.reporters.index(reporter)
    first = int(obs.start[mine].min())
    covered = np.zeros(origin - first + 1, dtype=bool)
    for start, end in zip(obs.start[mine].tolist(), obs.end[mine].tolist(), strict=True):
        covered[start - first : end - first + 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate(([True], covered, [True])).astype(np.int8)))
    return tuple(Span(first + int(a), first + int(b) - 1) for a, b in edges.reshape(-1, 2))


@lru_cache(maxsize=512)
def known_part(panel: Panel, flow: str, reporter: str, year: int, origin: int) -> float:
    """What is published of a year's sum by the origin; 0 when nothing adds up from January."""
    if origin < 12 * year:
        return 0.0
    spans = [Span(12 * year, end) for end in range(12 * year, min(origin, 12 * year + 11) + 1)]
    covers = [cover for cover in known_covers(panel, flow, reporter, spans) if cover is not None]
    return covers[-1].value_usd_bn if covers else 0.0
