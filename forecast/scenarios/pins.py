"""Pins of a scenario, brought to what each path must meet: its centre, and its own width about it where that is kept.

A density keeps its width when every path is pinned to the centre plus its own distance from the density's median
(Antolin-Diaz, Petrella & Rubio-Ramirez 2021 with Omega_f = DD'); a certain path pins all to the centre.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.months import Span, format_month
from forecast.panel import FLOWS, Driver
from forecast.scenarios.centres import Centre, Ground, centre_of
from forecast.scenarios.common import CommonDraws, JointPaths, SumPin
from forecast.scenarios.conditions.kinds import OIL, Percent, Pinned, Realised, Total
from forecast.scenarios.oil_paths import median_path

FloatArray = NDArray[np.float64]

ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class OilPins:
    """values (1 or p, months): log price to be met, NaN where free. centre (months): the same without any width."""

    values: FloatArray
    centre: FloatArray


def adjusting(pins: Sequence[Pinned]) -> tuple[str, ...]:
    """The shocks that may adjust to meet the pins of a scenario, () for all.

    Raises:
        ScenarioError: pins name different ones; they are met jointly.
    """
    named = {tuple(sorted(pin.adjust)) for pin in pins}
    if len(named) > 1:
        each = " and ".join(", ".join(adjust) or "all" for adjust in sorted(named))
        raise ScenarioError(
            f"The pins of a scenario are met jointly, but they name different shocks that may adjust: {each}; give all "
            "of them the same 'adjust'."
        )
    return named.pop() if named else ()


def oil_pins(common: CommonDraws, pins: Sequence[Pinned], realised: Driver) -> OilPins:
    """The log price that each path must meet in the months after the last one known.

    Raises:
        ScenarioError: the pins contradict each other or what is known, or all months asked are known already.
    """
    months = common.free.oil.shape[1]
    if pins and not months and not all(isinstance(pin.form, Realised) for pin in pins):
        raise ScenarioError(
            f"The scenario pins the oil price, but it is known up to {format_month(common.oil.end)}, beyond the "
            f"horizon {format_month(common.through)}; ask for a longer horizon or an earlier date of knowledge."
        )
    median = median_path(common.oil_density, months) if common.oil_median is None else common.oil_median
    if not months or not pins:
        return OilPins(np.full((1, months), np.nan), np.full(months, np.nan))
    ground = Ground(
        name="the oil price",
        first=common.oil.end + 1,
        median=median,
        log_before=common.oil_density.last_log,
        year_before=None,
        quantile=_quantiles_of(common.free.oil),
        record=realised,
    )
    centre = centre_of(pins, ground)
    return OilPins(_with_width(centre, common.free.oil - median), centre.log)


def driver_pins(common: CommonDraws, pins: Sequence[Pinned], free: JointPaths) -> dict[str, FloatArray]:
    """What each path of the other drivers must meet, by name (1 or p, h); the flows and oil are left to others.

    Raises:
        ScenarioError: the model does not read that driver, or pins contradict each other or what is known.
    """
    values = {}
    for name in dict.fromkeys(pin.driver for pin in pins if pin.driver not in (OIL, *FLOWS)):
        if name not in free.drivers:
            read = ", ".join((OIL, *free.drivers))
            raise ScenarioError(
                f"The scenario pins {name}, which the {common.model} model does not read here; it reads {read}. The "
                "Bayesian VAR (model bvar) reads activity and exchange rates.",
                allowed=(OIL, *free.drivers),
            )
        own = free.drivers[name]
        record, index = common.record_of(name), name == ACTIVITY
        median = np.median(own, axis=0)
        if index and any(isinstance(pin.form, Percent) for pin in pins if pin.driver == name):
            raise ScenarioError("'percent' says nothing of activity, an index about zero; pin values of it.")
        ground = Ground(
            name=name,
            first=common.record_end + 1,
            median=median,
            log_before=float(median[0]),
            year_before=None,
            quantile=_quantiles_of(own),
            record=record,
            read=_hundredths if index else np.log,
        )
        centre = centre_of([pin for pin in pins if pin.driver == name], ground)
        values[name] = _with_width(centre, own - median)
    return values


def _quantiles_of(paths: FloatArray) -> Callable[[float], FloatArray]:
    return lambda level: np.asarray(np.quantile(paths, level, axis=0))


def _hundredths(values: FloatArray) -> FloatArray:
    return np.asarray(values) / 100.0


def flow_pins(
    common: CommonDraws, pins: Sequence[Pinned], paths: JointPaths, offset: FloatArray
) -> tuple[tuple[SumPin, ...], tuple[SumPin, ...]]:
    """Sums of flows that the paths must meet: without width for the plausibility, and path by path.

    paths, offset (1 or p, h, k): the flows as they would go, and what crises and other effects add.

    Raises:
        ScenarioError: the model does not draw that flow, or pins contradict each other or what is known.
    """
    centre: list[SumPin] = []
    each: list[SumPin] = []
    for name in dict.fromkeys(pin.driver for pin in pins):
        parts = parts_of(common, name)
        levels = np.exp(paths.flows[:, :, parts] + offset[:, :, parts])
        own = levels.sum(axis=2)
        of_name = [pin for pin in pins if pin.driver == name]
        months = [pin for pin in of_name if not isinstance(pin.form, Total)]
        _add_months(common, name, parts, months, own, centre, each)
        for pin in of_name:
            if isinstance(pin.form, Total):
                _add_total(common, name, parts, pin, pin.form, own, centre, each)
    return tuple(centre), tuple(each)


def parts_of(common: CommonDraws, name: str) -> list[int]:
    """Positions of the flows drawn that make up a flow.

    Raises:
        ScenarioError: the model does not draw it.
    """
    if name in common.flows:
        return [common.flows.index(name)]
    if name == "turnover" and len(common.flows) == 2:
        return [0, 1]
    drawn = (*common.flows, "turnover") if len(common.flows) == 2 else common.flows
    raise ScenarioError(
        f"The scenario speaks of {name}, which the {common.model} model does not draw here; it draws oil and "
        f"{', '.join(drawn)}.",
        allowed=("oil", *drawn),
    )


def _with_width(centre: Centre, own: FloatArray) -> FloatArray:
    """Values to be met: the centre (1, n) where all of it is certain, else with each path's own distance (p, n)."""
    pinned = ~np.isnan(centre.log)
    if (centre.certain | ~pinned).all():
        return np.asarray(centre.log[None])
    return np.asarray(np.where(centre.certain, centre.log, centre.log + own))


def _add_months(
    common: CommonDraws,
    name: str,
    parts: list[int],
    pins: Sequence[Pinned],
    own: FloatArray,
    centre: list[SumPin],
    each: list[SumPin],
) -> None:
    if not pins:
        return
    log_own = np.log(own)
    median = np.median(log_own, axis=0)
    past = common.past_usd_bn[:, :, parts].sum(axis=2)
    if past.shape[1] < 12:
        raise ScenarioError(
            f"A path of {name} refers to the twelve months before it, and only {past.shape[1]} are on record."
        )
    year_before = np.log(np.median(past[:, -12:], axis=0))
    ground = Ground(
        name=name,
        first=common.record_end + 1,
        median=median,
        log_before=float(np.log(np.exp(year_before).mean())),
        year_before=year_before,
        quantile=_quantiles_of(log_own),
        record=common.record_of(name),
    )
    found = centre_of(pins, ground)
    values = _with_width(found, log_own - median)
    for at in np.flatnonzero(~np.isnan(found.log)):
        span = Span(ground.first + int(at), ground.first + int(at))
        centre.append(SumPin(tuple(parts), span, found.log[at : at + 1]))
        each.append(SumPin(tuple(parts), span, np.ascontiguousarray(values[:, at])))


def _add_total(
    common: CommonDraws,
    name: str,
    parts: list[int],
    pin: Pinned,
    form: Total,
    own: FloatArray,
    centre: list[SumPin],
    each: list[SumPin],
) -> None:
    first, span = common.record_end + 1, form.span
    if span.end < first or span.start < common.start or span.end > common.end:
        raise ScenarioError(
            f"The scenario pins {name} over {span}; a sum can be pinned that begins in {format_month(common.start)} or "
            f"later and ends between {format_month(first)} and the horizon {format_month(common.end)}."
        )
    known = common.past_usd_bn[:, max(span.start - common.start, 0) :, parts].sum(axis=(1, 2))
    if span.start >= first:
        known = np.zeros(common.paths)
    left = form.value - known
    if (left <= 0.0).any():
        raise ScenarioError(
            f"The scenario pins {name} over {span} to {form.value:g} USD bn, but {float(np.median(known)):.4g} are "
            f"known by {format_month(common.record_end)} already; pin a larger sum."
        )
    ahead = Span(max(span.start, first), span.end)
    sums = own[:, ahead.start - first : ahead.end + 1 - first].sum(axis=1)
    target = left if pin.width == "none" else left * sums / np.median(sums)
    centre.append(SumPin(tuple(parts), ahead, np.array([np.log(np.median(left))])))
    each.append(SumPin(tuple(parts), ahead, np.log(target)))
