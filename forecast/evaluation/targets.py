"""When each path reaches a mark: over a span of months, in trailing months, in the running year, and jointly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError
from forecast.months import Span, format_month
from forecast.scenarios.ensemble import Ensemble, meets_ceiling, meets_floor

FloatArray = NDArray[np.float64]
MonthArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reach:
    """When each path reaches the mark.

    first (p): month in which it first holds, -1 for never. last: last month that counts. since: first month in which
    it can come to hold, None for the month after the origin. failed: known not to hold, whatever comes.
    """

    first: MonthArray
    last: int
    since: int | None = None
    failed: bool = False


def reach_over_span(
    ensemble: Ensemble,
    flow: str,
    at_least_usd_bn: float,
    span: Span,
    before_usd_bn: float,
    *,
    at_most: bool = False,
    by: int | None = None,
) -> Reach:
    """First month in which the sum from the start of ``span`` reaches the mark.

    ``before_usd_bn`` is the published sum of the months of the span before the Ensemble begins (0 when none). With
    ``at_most`` the whole sum must not exceed the mark, which the last month of the span decides. ``by`` is the last
    month in which the sum may reach the mark.

    Raises:
        GapError: the span reaches beyond the Ensemble.
    """
    end = span.end if by is None else min(span.end, by)
    if end > ensemble.end:
        raise GapError(
            f"The span {span} reaches beyond the horizon {format_month(ensemble.end)}; ask for a longer horizon."
        )
    if end < ensemble.start:
        holds = before_usd_bn <= at_least_usd_bn if at_most else before_usd_bn >= at_least_usd_bn
        return Reach(np.full(len(ensemble.draw), end if holds else -1, dtype=np.int64), end)
    first = max(span.start, ensemble.start)
    running = before_usd_bn + np.cumsum(
        ensemble.flow(flow)[:, first - ensemble.start : end - ensemble.start + 1], axis=1
    )
    if at_most:
        known = running[:, ensemble.origin - first] if first <= ensemble.origin < end else np.full(1, before_usd_bn)
        kept = np.where(meets_ceiling(running[:, -1], at_least_usd_bn), end, -1)
        return Reach(kept, end, max(end, ensemble.origin + 1), bool((known > at_least_usd_bn).all()))
    return Reach(_first_month(meets_floor(running, at_least_usd_bn), first), end, max(first, ensemble.origin + 1))


def reach_trailing(
    ensemble: Ensemble,
    flow: str,
    at_least_usd_bn: float,
    months: int = 12,
    *,
    at_most: bool = False,
    by: int | None = None,
) -> Reach:
    """First month after the origin, and up to ``by``, in which the sum of the trailing ``months`` reaches the mark.

    With ``at_most``: in which it is no more than the mark.

    Raises:
        GapError: the record does not go back far enough, or ``by`` lies outside of what is forecast.
    """
    first, end = ensemble.origin + 1, _last_counted(ensemble, by)
    if first - months + 1 < ensemble.start:
        raise GapError(f"The trailing {months} months need a record from {format_month(first - months + 1)} on.")
    total = np.cumsum(ensemble.flow(flow), axis=1)
    total = np.concatenate([np.zeros((len(total), 1)), total], axis=1)
    at = np.arange(first, end + 1) - ensemble.start + 1
    found = total[:, at] - total[:, at - months]
    return Reach(_first_month((meets_ceiling if at_most else meets_floor)(found, at_least_usd_bn), first), end)


def reach_year_to_date(ensemble: Ensemble, flow: str, at_least_usd_bn: float, *, by: int | None = None) -> Reach:
    """First month after the origin in which the sum since January reaches the mark, in any year up to ``by``.

    Raises:
        GapError: the record does not go back to January of the first year, or ``by`` lies outside of what is forecast.
    """
    first, end = ensemble.origin + 1, _last_counted(ensemble, by)
    january = first - first % 12
    if january < ensemble.start:
        raise GapError(f"The running year needs a record from {format_month(january)} on.")
    flows = ensemble.flow(flow)[:, january - ensemble.start : end - ensemble.start + 1]
    hit = np.zeros(flows.shape, dtype=bool)
    for year in range(0, flows.shape[1], 12):
        hit[:, year : year + 12] = meets_floor(np.cumsum(flows[:, year : year + 12], axis=1), at_least_usd_bn)
    return Reach(_first_month(hit[:, first - january :], first), end)


def reach_all(ensemble: Ensemble, parts: Sequence[Reach]) -> Reach:
    """First month by which each of the parts has been reached."""
    first = np.stack([part.first for part in parts])
    return Reach(
        np.where((first >= 0).all(axis=0), first.max(axis=0), -1),
        max(part.last for part in parts),
        max(_since(ensemble, part) for part in parts),
        any(is_lost(ensemble, part) for part in parts),
    )


def reach_any(ensemble: Ensemble, parts: Sequence[Reach]) -> Reach:
    """First month in which any of the parts is reached."""
    first = np.stack([part.first for part in parts])
    soonest = np.where(first >= 0, first, np.iinfo(np.int64).max).min(axis=0)
    return Reach(
        np.where((first >= 0).any(axis=0), soonest, -1),
        max(part.last for part in parts),
        min(_since(ensemble, part) for part in parts),
        all(is_lost(ensemble, part) for part in parts),
    )


def is_lost(ensemble: Ensemble, reach: Reach) -> bool:
    """Whether it is known at the origin that the mark is not reached."""
    return reach.failed or (reach.last <= ensemble.origin and not (reach.first >= 0).any())


def is_certain(ensemble: Ensemble, reach: Reach) -> bool:
    """Whether it is known at the origin that the mark is reached, or that it is not."""
    known = (reach.first >= 0) & (reach.first <= ensemble.origin)
    return bool(known.all()) or reach.last <= ensemble.origin or reach.failed


def months_open(ensemble: Ensemble, reach: Reach) -> range:
    """The months after the origin in which the mark can come to be reached."""
    return range(max(_since(ensemble, reach), ensemble.origin + 1), reach.last + 1)


def _since(ensemble: Ensemble, reach: Reach) -> int:
    return ensemble.origin + 1 if reach.since is None else reach.since


def _last_counted(ensemble: Ensemble, by: int | None) -> int:
    if by is None:
        return ensemble.end
    if not ensemble.origin < by <= ensemble.end:
        raise GapError(
            f"{format_month(by)} is not among the months forecast, {format_month(ensemble.origin + 1)} to "
            f"{format_month(ensemble.end)}; name one of them, or ask for another horizon.",
            pointer="by",
        )
    return by


def _first_month(hit: NDArray[np.bool_], first: int) -> MonthArray:
    return np.where(hit.any(axis=1), first + hit.argmax(axis=1), -1)
