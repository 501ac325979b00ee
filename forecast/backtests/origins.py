"""The record that is judged, and what was known of it at every origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from forecast.backtests.options import Options, origin_words
from forecast.backtests.situation import Situation
from forecast.data.assemble import TableSource, load_panel
from forecast.data.store import drivers_of, load_driver
from forecast.errors import GapError, SchemaError
from forecast.evaluation.regular import STEPS, published_since, regular_series, span_words
from forecast.evaluation.score_card import Absence
from forecast.months import format_month
from forecast.panel import Driver, Panel
from forecast.series import Series

FloatArray = NDArray[np.float64]

_LEAST_YEARS = {1: 2, 3: 3, 12: 4}  #: before the first origin
_FULL_YEARS = {1: 8, 3: 8, 12: 10}  #: before the first origin when the record chooses it, if it is long enough
_LONGEST_LAG = 36  #: months after an origin in which its figure may become known


@dataclass(frozen=True, slots=True)
class Judged:
    """What is forecast: the record as known today, and how to go back to an origin.

    series: outcomes. unit: of its figures. known_at: the Situation at an origin, or why there is none (GapError).
    """

    series: Series
    pair: str | None
    flow: str | None
    reporter: str | None
    unit: str
    known_at: Callable[[int, int], Situation]


def judged_series(series: Series, unit: str, drivers: Mapping[str, Driver]) -> Judged:
    """A record without vintages: at an origin all figures up to it are known, and the drivers to the same month."""
    values = np.asarray(series.values)
    if not len(values) or np.isnan(values[-1]) or not (np.isnan(values) | (np.isfinite(values) & (values >= 0))).all():
        raise SchemaError(
            f"{series.name or 'The record'} must hold figures of at least 0 with NaN in gaps, and end with a figure."
        )

    def known_at(origin: int, months: int) -> Situation:
        cut = series.until(origin)
        if not len(cut) or cut.origin != origin:
            raise GapError(f"{series.name} has no figure for {format_month(origin)}.")
        return Situation(
            series=cut,
            known_on=format_month(origin),
            known={name: _until(driver, origin) for name, driver in drivers.items() if driver.start <= origin},
            realised={name: _until(driver, origin + months) for name, driver in drivers.items()},
        )

    return Judged(series, None, None, None, unit, known_at)


def judged_pair(pair: str, table: TableSource | None, options: Options) -> Judged:
    """One flow of a pair by one reporter's count; at an origin, what was known on the day its figure became known.

    Raises:
        InputError, NotFoundError: see `load_panel`.
        GapError: no regular record of the flow, or none that begins early enough for the first origin.
    """
    latest = load_panel(pair, table=table)
    reporter = options.reporter or latest.first
    kinds = {int(flow) for flow in latest.observations.flow}
    only = ("exports", "imports")[min(kinds)] if len(kinds) == 1 and kinds != {2} else "turnover"
    flow = options.flow or only
    series = _record(latest, flow, reporter, options)
    oil = load_driver("oil")

    def known_at(origin: int, months: int) -> Situation:
        if np.isnan(series.values[(origin + 1 - series.start) // series.step - 1]):
            raise GapError(f"{series.name} has no figure for {format_month(origin)}.")
        panel = _first_panel(pair, table, flow, reporter, series.step, origin, latest.as_of)
        known = regular_series(panel, flow, reporter, step=series.step)
        if known.origin != origin:
            raise GapError(
                f"On {panel.as_of}, when {format_month(origin)} was first known, so was {format_month(known.origin)}; "
                "it was never the last month known. If the column 'published' holds the day of a download, leave it "
                "out: each figure then counts as known 20 days after its span."
            )
        return Situation(
            series=known,
            known_on=panel.as_of.isoformat(),
            panel=panel,
            flow=flow,
            reporter=reporter,
            known=drivers_of(panel),
            realised={"oil": _until(oil, origin + months)},
        )

    return Judged(series, pair, flow, reporter, "USD bn", known_at)


def chosen_origins(judged: Judged, options: Options, horizons: tuple[int, ...]) -> tuple[int, ...]:
    """The origins asked, all of them inside the record; by default every December that leaves years before and after.

    Raises:
        SchemaError: an origin is no end of a span.
        GapError: an origin lies outside what the record allows.
    """
    series = judged.series
    step = series.step
    first = series.start + 12 * _LEAST_YEARS[step] - 1
    last = series.origin - horizons[0]
    spans = span_words(series)
    if options.origins is None:
        early = min(12 * _FULL_YEARS[step], max(12 * _LEAST_YEARS[step], (last - series.start + 1) // 2))
        found = tuple(m for m in range(series.start + early - 1, last + 1) if m % 12 == 11)
        if not found:
            raise GapError(
                f"{series.name}, {spans}, leaves no December with {_LEAST_YEARS[step]} years before it and "
                f"{horizons[0]} months after it; a backtest needs a longer record.",
                pointer="/origins",
            )
        return found
    for origin in options.origins:
        if (origin + 1 - series.start) % step:
            raise SchemaError(
                f"{series.name} is known by {STEPS[step]}s, and none ends in {format_month(origin)}; choose other "
                "origins.",
                pointer="/origins",
            )
        if not first <= origin <= last:
            raise GapError(
                f"The origin {format_month(origin)} lies outside the record: {series.name}, {spans}, can be judged "
                f"from {format_month(first)} ({_LEAST_YEARS[step]} years of record) to {format_month(last)} "
                f"({horizons[0]} months before its end).",
                pointer="/origins",
            )
    return options.origins


def usable_horizons(judged: Judged, asked: tuple[int, ...], *, explicit: bool) -> tuple[tuple[int, ...], list[Absence]]:
    """The horizons that end a span of the record, and a word on those that do not.

    Raises:
        SchemaError: none does.
    """
    step = judged.series.step
    usable = tuple(horizon for horizon in asked if horizon % step == 0)
    if not usable:
        raise SchemaError(
            f"{judged.series.name} is known by {STEPS[step]}s, so horizons are multiples of {step} months; found "
            f"{', '.join(map(str, asked))}.",
            pointer="/horizons",
        )
    names = [str(horizon) for horizon in asked if horizon not in usable]
    why = f"the record is one of {STEPS[step]}s; horizons of {', '.join(names)} months end inside a {STEPS[step]}"
    return usable, [Absence("", why)] if names and explicit else []


def _record(latest: Panel, flow: str, reporter: str, options: Options) -> Series:
    """The record of the step asked, else of the shortest spans that go back far enough before the first origin."""
    if options.step is not None:
        return regular_series(latest, flow, reporter, step=options.step)
    found: list[Series] = []
    for step in STEPS:
        try:
            series = regular_series(latest, flow, reporter, step=step)
        except GapError:
            continue
        found.append(series)
        first = series.start + 12 * _LEAST_YEARS[step] - 1
        if options.origins is None and len(series) >= 2 * _LEAST_YEARS[step] * series.season:
            return series
        if options.origins is not None and first <= options.origins[0] <= series.origin:
            return series
    if not found:
        return regular_series(latest, flow, reporter)  # says what is missing
    if options.origins is None:
        return found[0]
    spans = "; ".join(span_words(series) for series in found)
    raise GapError(
        f"The origins {origin_words(options.origins)} lie outside the record of {found[0].name}: {spans}, and some "
        "years must come before the first.",
        pointer="/origins",
    )


def _first_panel(
    pair: str, table: TableSource | None, flow: str, reporter: str, step: int, origin: int, last_day: date
) -> Panel:
    """The panel on the day on which the figure of ``origin`` was first known.

    Raises:
        GapError: it was never known within three years, or too little was known on that day.
    """

    def at(day: date) -> Panel | None:
        try:
            panel = load_panel(pair, as_of=day, table=table)
        except GapError:
            return None
        if reporter not in panel.reporters:
            return None
        return panel if origin in published_since(panel, flow, reporter, step) else None

    low, high = 0, 1
    found = at(_month_end(origin + 1))
    while found is None:
        low, high = high, 2 * high
        if high > _LONGEST_LAG or _month_end(origin + low) > last_day:
            found = at(min(_month_end(origin + _LONGEST_LAG), last_day))
            if found is None:
                raise GapError(f"{format_month(origin)} was not known within {_LONGEST_LAG} months, or too little was.")
            high = _LONGEST_LAG
            break
        found = at(_month_end(origin + high))
    while high - low > 1:
        middle = (low + high) // 2
        earlier = at(_month_end(origin + middle))
        low, high, found = (low, middle, earlier) if earlier else (middle, high, found)
    # Within that month: figures become known on the days of publication of the panel, and on no other.
    begin = _month_end(origin + high - 1)
    days = sorted(
        {int(day) for day in found.observations.published if begin < date.fromordinal(int(day)) < found.as_of}
    )
    for ordinal in days:
        earlier = at(date.fromordinal(ordinal))
        if earlier is not None:
            return earlier
    return found


def _month_end(month: int) -> date:
    return date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


def _until(driver: Driver, month: int) -> Driver:
    """The months of a driver up to one."""
    kept = driver.values[: max(month - driver.start + 1, 0)]
    kept.flags.writeable = False
    return Driver(driver.name, driver.start, kept)
