"""P(sum over a span >= a mark), the first month that reaches it, and both with and without a crisis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError
from forecast.months import Span, format_month
from forecast.scenarios.ensemble import Ensemble

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reach:
    """When each path reaches the mark.

    first (p): month in which the running sum first reaches it, -1 for never. last: last month of the span.
    """

    first: NDArray[np.int64]
    last: int


@dataclass(frozen=True, slots=True)
class Odds:
    """probability and its standard error from the finite number of paths and parameter draws.

    first_month: probability by month, "known" for a month already published, "never" for the rest.
    given_no_crisis, given_crisis: None where no path is of that kind.
    """

    probability: float
    mc_error: float
    given_no_crisis: float | None
    given_crisis: float | None
    first_month: dict[str, float]


def reach_over_span(ensemble: Ensemble, flow: str, at_least_usd_bn: float, span: Span, before_usd_bn: float) -> Reach:
    """First month in which the sum from the start of ``span`` reaches the mark.

    ``before_usd_bn`` is the published sum of the months of the span before the Ensemble begins (0 when none).

    Raises:
        GapError: the span reaches beyond the Ensemble.
    """
    if span.end > ensemble.end:
        raise GapError(
            f"The span {span} reaches beyond the horizon {format_month(ensemble.end)}; ask for a longer horizon."
        )
    if span.end < ensemble.start:
        reached = span.end if before_usd_bn >= at_least_usd_bn else -1
        return Reach(np.full(len(ensemble.draw), reached, dtype=np.int64), span.end)
    first, last = max(span.start, ensemble.start), span.end
    running = before_usd_bn + np.cumsum(
        ensemble.flow(flow)[:, first - ensemble.start : last - ensemble.start + 1], axis=1
    )
    return Reach(_first_month(running >= at_least_usd_bn, first), last)


def reach_trailing(ensemble: Ensemble, flow: str, at_least_usd_bn: float, months: int = 12) -> Reach:
    """First month after the origin in which the sum of the trailing ``months`` reaches the mark.

    Raises:
        GapError: the record does not go back far enough.
    """
    first = ensemble.origin + 1
    if first - months + 1 < ensemble.start:
        raise GapError(f"The trailing {months} months need a record from {format_month(first - months + 1)} on.")
    total = np.cumsum(ensemble.flow(flow), axis=1)
    total = np.concatenate([np.zeros((len(total), 1)), total], axis=1)
    at = np.arange(first, ensemble.end + 1) - ensemble.start + 1
    return Reach(_first_month(total[:, at] - total[:, at - months] >= at_least_usd_bn, first), ensemble.end)


def reach_year_to_date(ensemble: Ensemble, flow: str, at_least_usd_bn: float) -> Reach:
    """First month after the origin in which the sum since January reaches the mark, in any year of the horizon.

    Raises:
        GapError: the record does not go back to January of the first year.
    """
    first = ensemble.origin + 1
    january = first - first % 12
    if january < ensemble.start:
        raise GapError(f"The running year needs a record from {format_month(january)} on.")
    flows = ensemble.flow(flow)[:, january - ensemble.start :]
    hit = np.zeros(flows.shape, dtype=bool)
    for year in range(0, flows.shape[1], 12):
        hit[:, year : year + 12] = np.cumsum(flows[:, year : year + 12], axis=1) >= at_least_usd_bn
    return Reach(_first_month(hit[:, first - january :], first), ensemble.end)


def odds(ensemble: Ensemble, reach: Reach) -> Odds:
    """Probability, error, split by crisis and first months.

    The error counts paths that share a parameter draw as one cluster, and is never less than that of independent
    paths with one success and one failure added (so that 0 and 1 carry an error as well); what is published is certain.
    """
    hit = reach.first >= 0
    paths = len(hit)
    crisis = (ensemble.crisis_start >= 0) & (ensemble.crisis_start <= reach.last)
    months, counts = np.unique(reach.first[hit & (reach.first > ensemble.origin)], return_counts=True)
    first_month = {format_month(int(m)): float(c) / paths for m, c in zip(months, counts, strict=True)}
    known = float((hit & (reach.first <= ensemble.origin)).mean())
    if known > 0.0:
        first_month = {"known": known} | first_month
    first_month["never"] = float((~hit).mean())
    certain = known == 1.0 or reach.last <= ensemble.origin
    smoothed = (hit.sum() + 1.0) / (paths + 2.0)
    independent = np.sqrt(smoothed * (1.0 - smoothed) / paths)
    return Odds(
        probability=float(hit.mean()),
        mc_error=0.0 if certain else float(max(independent, _cluster_error(hit, ensemble.draw))),
        given_no_crisis=float(hit[~crisis].mean()) if (~crisis).any() else None,
        given_crisis=float(hit[crisis].mean()) if crisis.any() else None,
        first_month=first_month,
    )


def _cluster_error(hit: NDArray[np.bool_], draw: NDArray[np.int64]) -> float:
    size = np.bincount(draw)
    share = np.bincount(draw, weights=hit)[size > 0] / size[size > 0]
    clusters = len(share)
    return float(share.std(ddof=1) / np.sqrt(clusters)) if clusters > 1 else 0.0


def _first_month(hit: NDArray[np.bool_], first: int) -> NDArray[np.int64]:
    return np.where(hit.any(axis=1), first + hit.argmax(axis=1), -1)
