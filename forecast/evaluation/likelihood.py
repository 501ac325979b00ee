"""Odds of a target: probability, first month, hazard and never by, with and without a crisis, each with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.sampling import count_paths, shares
from forecast.evaluation.targets import Reach, is_certain, months_open
from forecast.months import format_month
from forecast.scenarios.ensemble import Ensemble

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Odds:
    """probability and its standard error from the finite number of paths and parameter draws.

    given_no_crisis, given_crisis: None where no path is of that kind.
    first_month: probability by month, "known" for a month already published, "never" for the rest.
    hazard: P(first reached in a month | not before), for months in which any path is left. never_by: P(not reached
    by the end of a month). Every ``_error`` is the standard error of the figures before it; what is published has 0.
    """

    probability: float
    mc_error: float
    given_no_crisis: float | None
    given_no_crisis_error: float | None
    given_crisis: float | None
    given_crisis_error: float | None
    first_month: dict[str, float]
    first_month_error: dict[str, float]
    hazard: dict[str, float]
    hazard_error: dict[str, float]
    never_by: dict[str, float]
    never_by_error: dict[str, float]


def probability_of(ensemble: Ensemble, reach: Reach) -> tuple[float, float]:
    """P(reached) and its Monte Carlo error; the error of what is published is 0."""
    hit = np.array([[False, True]])
    found, error = shares(count_paths(ensemble, (reach.first >= 0).astype(np.int64), 2), hit, np.ones_like(hit))
    return float(found[0]), 0.0 if is_certain(ensemble, reach) else float(error[0])


def odds(ensemble: Ensemble, reach: Reach) -> Odds:
    """Everything asked of a target, off one set of paths.

    The error counts paths that share a parameter draw as one cluster, and is never less than that of independent
    paths with one success and one failure added (so that 0 and 1 carry an error as well); what is published is certain.
    """
    months = np.array(months_open(ensemble, reach), dtype=np.int64)
    ahead = np.unique(np.concatenate([months, reach.first[reach.first > ensemble.origin]]))
    # Slots: known, one a month, never; the same once more for paths with a crisis by the end of the span.
    half = len(ahead) + 2
    known, never = (reach.first >= 0) & (reach.first <= ensemble.origin), reach.first < 0
    slot = np.where(known, 0, np.where(never, half - 1, 1 + np.searchsorted(ahead, reach.first)))
    crisis = (ensemble.crisis_start >= 0) & (ensemble.crisis_start <= reach.last)
    sample = count_paths(ensemble, slot + half * crisis, 2 * half)
    when, shaken = np.arange(2 * half) % half, np.arange(2 * half) >= half
    place = 1 + np.searchsorted(ahead, months)[:, None]
    everything = np.ones(2 * half, dtype=bool)
    asked: list[tuple[BoolArray, BoolArray]] = [(when < half - 1, among) for among in (everything, ~shaken, shaken)]
    asked += [(when == k, everything) for k in range(half)]
    asked += [(when == k, when >= k) for k in place]
    asked += [(when > k, everything) for k in place]
    found, error = shares(sample, np.array([hit for hit, _ in asked]), np.array([among for _, among in asked]))
    if is_certain(ensemble, reach):
        error = np.where(np.isnan(error), np.nan, 0.0)
    names = ["known", *(format_month(int(month)) for month in ahead), "never"]
    firsts = [(name, 3 + k) for k, name in enumerate(names) if found[3 + k] > 0.0 or name == "never"]
    named = [(format_month(int(month)), 3 + half + i) for i, month in enumerate(months)]
    risks = [(name, k) for name, k in named if not np.isnan(found[k])]
    lasting = [(name, k + len(months)) for name, k in named]
    return Odds(
        probability=float(found[0]),
        mc_error=float(error[0]),
        given_no_crisis=_where_any(found[1]),
        given_no_crisis_error=_where_any(error[1]),
        given_crisis=_where_any(found[2]),
        given_crisis_error=_where_any(error[2]),
        first_month=_by_name(firsts, found),
        first_month_error=_by_name(firsts, error),
        hazard=_by_name(risks, found),
        hazard_error=_by_name(risks, error),
        never_by=_by_name(lasting, found),
        never_by_error=_by_name(lasting, error),
    )


def _where_any(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _by_name(named: list[tuple[str, int]], values: FloatArray) -> dict[str, float]:
    return {name: float(values[k]) for name, k in named}
