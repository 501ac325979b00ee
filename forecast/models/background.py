"""Background: what is known of the world beside the pair: the calendar, past crises, pooled priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.models.composition import Composition
from forecast.models.trade_policy import OilOrigin, TradePolicy


@dataclass(frozen=True, slots=True)
class Episode:
    """A crisis as measured across many pairs, net of trend and oil.

    start: month in which it begins. known: day from which a contemporary knew that it was under way.
    depth_known: day from which its depth could be measured. counted: whether it enters the hazard.
    depth_log: log deviation of trade at the trough, negative. depth_log_sd: spread between pairs.
    months_to_trough: length of the fall. months_to_half: months after the trough until half is made good,
    infinite when nothing was made good in two years.
    """

    name: str
    start: int
    known: date
    depth_known: date
    counted: bool
    depth_log: float
    depth_log_sd: float
    months_to_trough: float
    months_to_half: float


@dataclass(frozen=True, slots=True)
class Background:
    """lunar_new_year (years): proleptic ordinals of the days of Lunar New Year, in order.

    episodes: as measured. typical: the average of those counted. counted_from: first year of the count.
    oil_exporters: codes of the countries whose exports are mostly oil and gas.
    drift: by country and last year of the window, the yearly growth of its trade over twenty years, net of oil.
    world_drift: the same for the median of all pairs, by last year of the window.
    policy: what tariffs and sanctions do by default. oil_origin: what trade does by what moved the oil price.
    composition: groups of goods in the flows, by pair ("CHN-RUS").
    """

    lunar_new_year: NDArray[np.int64]
    episodes: tuple[Episode, ...]
    typical: Episode
    counted_from: int
    oil_exporters: frozenset[str]
    drift: dict[str, dict[int, float]]
    world_drift: dict[int, float]
    policy: TradePolicy = field(default_factory=TradePolicy)
    oil_origin: OilOrigin = field(default_factory=OilOrigin)
    composition: Mapping[str, Composition] = field(default_factory=dict)

    def composition_of(self, pair: str) -> Composition | None:
        """Groups of goods in a pair's flows, seen from its first country; None where there are no figures."""
        if pair in self.composition:
            return self.composition[pair]
        turned = self.composition.get("-".join(reversed(pair.split("-"))))
        return None if turned is None else turned.mirrored()

    def measured_by(self, day: date) -> tuple[Episode, ...]:
        """The counted episodes whose depth could be measured on a day; the typical one when there was none."""
        return tuple(e for e in self.episodes if e.counted and e.depth_known <= day) or (self.typical,)

    def crises_a_year(self, day: date) -> float:
        """How often, a year, a counted episode had begun by a day."""
        begun = sum(e.counted and e.known <= day for e in self.episodes)
        return max(begun, 1) / max(day.year - self.counted_from + 1, 1)

    def under_way(self, day: date, first: int) -> Episode | None:
        """The episode known on a day whose fall is not over before month ``first``, going by those measured by then."""
        length = float(np.mean([e.months_to_trough for e in self.measured_by(day)]))
        running = [e for e in self.episodes if e.known <= day and e.start < first < e.start + length]
        return running[-1] if running else None

    def world_drift_known(self, day: date) -> float | None:
        """Yearly growth of the median pair, net of oil, over the last window known on a day; None before the first."""
        last = self._last_window(day)
        return None if last is None else self.world_drift[last]

    def drift_over_world(self, countries: tuple[str, ...], day: date) -> float:
        """How much faster than the world's the trade of some countries had grown, on average, as known on a day.

        A country without a row counts as the world; so do all where no window had ended.
        """
        last = self._last_window(day)
        if last is None:
            return 0.0
        world = self.world_drift[last]
        return float(np.mean([self.drift.get(country, {}).get(last, world) for country in countries])) - world

    def _last_window(self, day: date) -> int | None:
        """Last year of the last window known on a day: two years before its own.

        Yearly figures of all pairs take a year to be collected.
        """
        return max((year for year in self.world_drift if year <= day.year - 2), default=None)
