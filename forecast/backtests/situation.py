"""Situation: what a model is told at one origin, nothing of it later than the day of knowledge (but oil, if given)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from forecast.models.task import Ahead, Task
from forecast.panel import Driver, Panel
from forecast.series import Series
from forecast.streams import stream_key


@dataclass(frozen=True, slots=True)
class Situation:
    """One origin.

    series: the record as known, its last figure that of the origin. known_on: the day of knowledge, "2009-01-25".
    panel, flow, reporter: what the record was read from; None for a record that came as a Series.
    known: drivers as known on that day. realised: drivers as they went up to the longest horizon.
    """

    series: Series
    known_on: str
    panel: Panel | None = None
    flow: str = ""
    reporter: str = ""
    known: Mapping[str, Driver] = field(default_factory=dict)
    realised: Mapping[str, Driver] = field(default_factory=dict)

    @property
    def origin(self) -> int:
        """Last month known."""
        return self.series.origin

    def task(self, horizon: int, paths: int, seed: int, *, given: bool) -> Task:
        """The spans ahead as a Task; ``given`` hands over the drivers as they went. Every origin has its own chance."""
        own = stream_key(seed, f"backtest {self.origin}") >> 10  # 53 bits, as a seed that a person gives
        return Task(self.series, horizon, paths, own, dict(self.known), dict(self.realised) if given else {})


Situated = Callable[[Situation, Task], Ahead]
"""A model of a backtest: a Forecaster that may look at the whole situation. Raises GapError where it cannot speak."""
