"""Weights: paths that keep to the ranges of a scenario, tilted so that events have the odds it states.

A range leaves the paths that stay inside it; odds reweigh these as little as they need (Robertson, Tallman & Whiteman
2005). Both say how many paths are left, in Kish's sense, and refuse what hardly any path shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels.status import OK
from forecast.months import Span, format_month
from forecast.scenarios.conditions.kinds import CRISIS, OIL, Between, Event, Odds
from forecast.scenarios.conditions.wording import condition_words
from forecast.scenarios.ensemble import Ensemble, meets_ceiling, meets_floor
from forecast.scenarios.relative import first_month

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_MOST_TURNS, _MET = 2000, 1e-10
FEWEST_PATHS = 50  #: effective paths below which a scenario is refused


def path_weights(
    ranges: Sequence[Between], odds: Sequence[Odds], ensemble: Ensemble, prior: FloatArray | None
) -> FloatArray | None:
    """Weights (p) that add up to 1, None where nothing asks for any.

    prior: weights that the paths have already (a pinned flow makes some crises less likely), None for equal ones.

    Raises:
        ScenarioError: no path, or hardly any, is what a condition asks for.
    """
    paths = len(ensemble.draw)
    left_by_pins = paths if prior is None else 1.0 / float(np.square(prior).sum())
    if left_by_pins < min(FEWEST_PATHS, paths / 2):
        raise ScenarioError(
            f"The pinned flows lie so far from the ordinary that the crises of only {left_by_pins:.0f} of {paths:,} "
            "paths go with them; say what happens besides (a crisis of your own, or hazard = 0), or pin less."
        )
    if not ranges and not odds:
        return prior
    inside = np.ones(paths, dtype=bool)
    for condition in ranges:
        inside &= _stays(condition, ensemble)
        _refuse_few(float(inside.sum()), paths, condition_words(condition))
    start = np.full(paths, 1.0 / paths) if prior is None else prior
    left: FloatArray = np.where(inside, start, 0.0) / start[inside].sum()
    if odds:
        left = _tilted(odds, ensemble, left)
    _refuse_few(1.0 / float(np.square(left).sum()), paths, "the conditions together")
    return left


def shows(event: Event, ensemble: Ensemble) -> BoolArray:
    """Whether each path (p) shows an event.

    Raises:
        ScenarioError: the event speaks of months or flows that the paths do not hold.
    """
    if event.what == CRISIS:
        return np.asarray(ensemble.crisis_start >= 0)
    sums = _over(event.what, event.span, ensemble)
    if event.at_least is not None:
        return meets_floor(sums, event.at_least)
    return meets_ceiling(sums, np.inf if event.at_most is None else event.at_most)


def _stays(condition: Between, ensemble: Ensemble) -> BoolArray:
    low = 0.0 if condition.low is None else condition.low  # prices and flows lie above it
    high = np.inf if condition.high is None else condition.high
    if condition.span is not None:
        sums = _over(condition.driver, condition.span, ensemble)
        return meets_floor(sums, low) & meets_ceiling(sums, high)
    begins = first_month(condition.start, ensemble.origin + 1)
    ends = ensemble.end if condition.until is None else condition.until
    if begins > ensemble.end or ends < ensemble.start:
        return np.ones(len(ensemble.draw), dtype=bool)
    values = _months(condition.driver, ensemble)
    asked = values[:, max(begins - ensemble.start, 0) : ends + 1 - ensemble.start]
    return np.asarray((meets_floor(asked, low) & meets_ceiling(asked, high)).all(axis=1))


def _over(what: str, span: Span | None, ensemble: Ensemble) -> FloatArray:
    """Sum of a flow, or mean of the oil price, over a span (p)."""
    whole = span or Span(ensemble.origin + 1, ensemble.end)
    if whole.start < ensemble.start or whole.end > ensemble.end:
        raise ScenarioError(
            f"A condition speaks of {whole}, but the paths hold {format_month(ensemble.start)} to "
            f"{format_month(ensemble.end)}; ask for a longer horizon, or for months within it."
        )
    values = _months(what, ensemble)[:, whole.start - ensemble.start : whole.end + 1 - ensemble.start]
    return np.asarray(values.mean(axis=1) if what == OIL else values.sum(axis=1))


def _months(what: str, ensemble: Ensemble) -> FloatArray:
    if what == OIL:
        return ensemble.oil_usd
    if what not in ensemble.flows:
        raise ScenarioError(
            f"A condition speaks of {what}, but the paths hold oil and {', '.join(ensemble.flows)}; name one of these.",
            allowed=(OIL, *ensemble.flows),
        )
    return ensemble.flow(what)


def _tilted(odds: Sequence[Odds], ensemble: Ensemble, left: FloatArray) -> FloatArray:
    """Weights nearest to ``left`` under which every event has its odds."""
    from forecast.kernels.conditioning.tilting import tilt  # compiled where odds are asked only

    held = np.flatnonzero(left > 0.0)
    events = np.column_stack([shows(condition.event, ensemble)[held] for condition in odds]).astype(np.float64)
    for condition, column in zip(odds, events.T, strict=True):
        share = float(column @ left[held])
        if column.all() or not column.any():
            none = "every" if share > 0.5 else "no"
            if condition.event.what == CRISIS and share > 0.5:
                none = "a crisis is under way on the day of knowledge, so every"
            raise ScenarioError(
                f"{condition_words(condition).rstrip('.')}: {none} path of {len(held):,} shows the event, and its odds "
                "cannot be moved; choose a nearer mark, or more paths."
            )
    asked = np.array([condition.probability for condition in odds])
    found = tilt(np.ascontiguousarray(events), asked)
    weights = None if found.status != OK else found.weights
    if weights is not None and np.ptp(left[held]) > 0.0:
        weights = _raked(events > 0.0, asked, left[held])
    if weights is None:
        named = " and ".join(condition_words(condition) for condition in odds)
        raise ScenarioError(f"{named}: no weights on the paths meet these odds together; state odds that can hold.")
    whole = np.zeros(len(left))
    whole[held] = weights
    return whole


def _raked(events: BoolArray, asked: FloatArray, weights: FloatArray) -> FloatArray | None:
    """`tilt` from unequal weights (p): each event (p, k) scaled to its odds in turn until all hold.

    Source: Deming & Stephan 1940 (iterative proportional fitting); Csiszar 1975 for its limit being the tilt.
    """
    for _ in range(_MOST_TURNS):
        for event, chance in zip(events.T, asked, strict=True):
            share = float(weights[event].sum())
            weights = weights * np.where(event, chance / share, (1.0 - chance) / (1.0 - share))
        if np.abs(weights @ events - asked).max() < _MET:
            return np.asarray(weights)
    return None


def _refuse_few(effective: float, paths: int, what: str) -> None:
    if effective < min(FEWEST_PATHS, paths / 2):
        raise ScenarioError(
            f"Only {effective:.0f} of {paths:,} paths are left by this: {what}. Ask for more paths, widen it, or pin a "
            "path instead, which moves every path onto it."
        )
