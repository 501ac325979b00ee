"""CommonDraws: what every scenario of a question starts from: the same states, shocks, oil paths and seeds.

A scenario moves these draws; it never draws anew. So two scenarios differ by what their conditions do and by nothing
else (common random numbers), and a further scenario costs little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecast.models.background import Background
from forecast.models.oil import OilDensity
from forecast.months import Span
from forecast.panel import Driver
from forecast.scenarios.crisis_paths import CrisisPaths

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JointPaths:
    """Logs, path by path, without crises or other effects of a scenario.

    oil (p, months after the last price known). flows (p, h, k): the months after ``CommonDraws.record_end``.
    drivers: other drivers that the model draws, by name, (p, h): log rate of "fx:...", hundredths of "activity".
    """

    oil: FloatArray
    flows: FloatArray
    drivers: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SumPin:
    """The sum of some flows (positions) over a span, log USD bn, for all paths (1) or each (p); single months too.

    The span lies after ``CommonDraws.record_end``: what is known of a longer one has been taken off.
    """

    flows: tuple[int, ...]
    span: Span
    log_total: FloatArray


@dataclass(frozen=True, slots=True)
class Pins:
    """What the paths must meet, jointly; a value a path where the density's own width is kept.

    oil (1 or p, months after the last price known): log price, NaN where free. sums: of flows, effects included.
    offset (1 or p, h, k): log effect of crises and the like, on top of the paths that are conditioned.
    adjust: shocks that may adjust, () for all. drivers: as in `JointPaths`, (1 or p, h), NaN where free.
    """

    oil: FloatArray
    sums: tuple[SumPin, ...]
    offset: FloatArray
    adjust: tuple[str, ...] = ()
    drivers: Mapping[str, FloatArray] = field(default_factory=dict)


class Law(Protocol):
    """The joint law of oil and flows in one model."""

    def condition(self, free: JointPaths, pins: Pins) -> JointPaths:
        """The paths moved so that each meets its pins, everything that is free jointly with them.

        Raises:
            ScenarioError: the pins cannot be met together, or not by the shocks that may adjust.
        """

    def distance(
        self,
        oil: FloatArray,
        sums: tuple[SumPin, ...],
        offset: FloatArray | None = None,
        adjust: tuple[str, ...] = (),
    ) -> tuple[float | FloatArray, int]:
        """Q = r' V^-1 r of the pins' centre (oil (months), sums of one value each, or of p: q (p)), their number.

        offset (h, k): log effects on top of the paths. V: of the shocks that may adjust, () for all.
        """


@dataclass(frozen=True, slots=True)
class CommonDraws:
    """The draws of one question by one model and reporter.

    start: month of the Ensemble's first column. origin: last month known by the reporter. record_end: last month of the
    record, by whichever reporter; what scenarios say begins after it. end: last month drawn. through: last month asked.
    flows: names of the k flows drawn (turnover beside exports and imports is their sum).
    past_usd_bn (p, months start to record_end, k): as published, or drawn given what is published; the same in every
    scenario. free: the months after. draw (p): posterior draw of each path.
    crises: what the baseline lays over the paths; nothing where the model's own paths hold crises (``holds_crises``).
    record_of: published single months of a flow or turnover as a Driver, NaN for gaps, or a driver that the model
    draws; None where there are none. oil_median: median log price (months after the last known), None for that of
    ``oil_density``. response (p, k, groups): elasticities to the oil regressors, None where oil is a variable
    of the model. pair: whose composition by goods is meant, "" for none.
    """

    model: str
    reporter: str
    as_of: date
    start: int
    origin: int
    record_end: int
    end: int
    through: int
    flows: tuple[str, ...]
    past_usd_bn: FloatArray
    free: JointPaths
    law: Law
    oil: Driver
    oil_density: OilDensity
    draw: NDArray[np.int64]
    crises: CrisisPaths
    record_of: Callable[[str], Driver | None]
    background: Background
    holds_crises: bool
    seed: int
    oil_median: FloatArray | None = None
    response: FloatArray | None = None
    pair: str = ""

    @property
    def paths(self) -> int:
        """Number of paths."""
        return len(self.draw)
