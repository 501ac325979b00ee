"""The vocabulary of a scenario: paths that are pinned, ranges, shocks, crises, shifts, tariffs, sanctions and odds.

Months are integers; a ``start`` of None is the first month not yet known, "next-january" the first January from there
on. Nothing here is drawn or checked against a record; `forecast.scenarios.conditions.reading` reads and writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from forecast.months import Span
from forecast.scenarios.relative import Start

Width = Literal["own", "none"]

OIL, CRISIS = "oil", "crisis"


@dataclass(frozen=True, slots=True)
class Values:
    """Value by value from the start on; the last one holds afterwards."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ramp:
    """In equal log steps to ``to`` over ``over_months``, where it stays; 0 months: there from the start on."""

    to: float
    over_months: int = 0


@dataclass(frozen=True, slots=True)
class Percent:
    """By ``percent`` of the last value known over ``over_months``, where it stays.

    A flow keeps its season: each month moves from the same month of the last twelve known.
    """

    percent: float
    over_months: int = 0


@dataclass(frozen=True, slots=True)
class Quantile:
    """Month by month the value below which the driver's own density puts the share ``level`` (0 to 1) of its paths."""

    level: float


@dataclass(frozen=True, slots=True)
class Replay:
    """Changes in per cent, month by month, as over the months ``like`` of the driver's own record; then it stays."""

    like: Span


@dataclass(frozen=True, slots=True)
class Realised:
    """As it really went, as far as that is published; certain where known, own width after."""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a flow over a span; its months share it as they would by themselves."""

    value: float
    span: Span


Form = Values | Ramp | Percent | Quantile | Replay | Realised | Total


@dataclass(frozen=True, slots=True)
class Pinned:
    """A driver ("oil", "activity", "fx:RUS") or a flow takes the path that ``form`` describes.

    until: last month that is pinned, None for the horizon; after it the driver moves on by its own density.
    width: "own" keeps the density's own spread about the path, "none" makes the path certain.
    adjust: shocks that may adjust to meet the path ("oil", "exports", "imports", "common"), () for all; the others
    keep their own law. unit: of the values, "USD/bbl" for oil and "USD bn" for flows unless said.
    """

    driver: str
    form: Form
    start: Start = None
    until: int | None = None
    width: Width = "own"
    adjust: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """A driver or flow stays between ``low`` and ``high`` (None: no bound) in every month from start to ``until``.

    With ``span`` it is the sum of a flow (or the mean of a driver) over the span that does.
    """

    driver: str
    low: float | None
    high: float | None
    start: Start = None
    until: int | None = None
    span: Span | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Shock:
    """One shock in month ``start``, of so many standard deviations or per cent, that lasts as the model says.

    driver: "oil" or a flow. unit: "sd" of the driver's monthly shock, or "percent". origin: of an oil shock, "supply"
    (trade answers to the price alone) or "demand" (trade moves with the demand that moved the price too); "" for the
    average of both, as the record has it.
    """

    driver: str
    size: float
    unit: Literal["sd", "percent"] = "sd"
    origin: Literal["", "supply", "demand"] = ""
    start: Start = None


@dataclass(frozen=True, slots=True)
class Crisis:
    """A crisis of the kind of ``episode`` ("typical" for the average one) begins in ``start``.

    severity multiplies its depth; length_months replaces the months of its fall.
    """

    episode: str = "typical"
    start: Start = None
    severity: float = 1.0
    length_months: float | None = None


@dataclass(frozen=True, slots=True)
class Hazard:
    """Crises begin by their own odds, ``multiplier`` times as often as measured (0: none begins)."""

    multiplier: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A flow moves by a per cent of itself, or by an amount a year, from ``start`` on, in equal steps.

    Exactly one of percent and usd_bn_a_year. sd: its uncertainty in the same unit. share: the part of the flow (0 to 1)
    that a per cent speaks of, a group of goods named in ``group``. over_months: steps until it is whole. until: last
    month, None for good.
    """

    flow: str
    percent: float | None = None
    usd_bn_a_year: float | None = None
    sd: float = 0.0
    share: float = 1.0
    group: str = ""
    start: Start = None
    over_months: int = 0
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number and its standard deviation; drawn once a path."""

    mean: float
    sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Tariff:
    """A tariff on ``share`` of a flow goes from one rate to another, or one between others diverts trade here.

    pass_through, elasticity, diversion: None for the defaults with their source (fixtures/trade_policy.csv).
    lost_from_usd_bn_a_year: when given, the trade between others that the tariff hits; this flow then gains
    ``diversion`` times what they lose, instead of losing.
    """

    flow: str
    from_percent: float
    to_percent: float
    share: float = 1.0
    pass_through: Uncertain | None = None
    elasticity: Uncertain | None = None
    diversion: Uncertain | None = None
    lost_from_usd_bn_a_year: float | None = None
    start: Start = None
    over_months: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Sanctions:
    """Sanctions take a part of ``share`` of a flow, or, laid by others, divert trade here.

    loss_percent, diversion: None for the defaults with their source. kind: which default, "trade", "financial" or
    "secondary" (the fear of being hit: CAATSA). lost_from_usd_bn_a_year: as for a tariff.
    """

    flow: str
    kind: str = "trade"
    share: float = 1.0
    loss_percent: Uncertain | None = None
    diversion: Uncertain | None = None
    lost_from_usd_bn_a_year: float | None = None
    start: Start = None
    over_months: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What may happen: a flow's sum or a driver's mean over a span on one side of a mark, or (what "crisis") a crisis.

    Exactly one of at_least and at_most, unless ``what`` is "crisis", which has neither and no span.
    """

    what: str
    at_least: float | None = None
    at_most: float | None = None
    span: Span | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Odds:
    """An event has the probability ``probability``; the paths are reweighted as little as that takes."""

    event: Event
    probability: float


Condition = Pinned | Between | Shock | Crisis | Hazard | Shift | Tariff | Sanctions | Odds
