"""Answer: bands, annual sums, probabilities and first months, in columns ready for any reader.

The names are those of the JSON answer; `forecast.reports.tables` writes it as JSON, CSV or Parquet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from forecast.scenarios.plausibility import Plausibility


@dataclass(frozen=True, slots=True)
class MonthBands:
    """Bands of single months; every column has one entry a month, ``lower`` and ``upper`` one column a level."""

    month: tuple[str, ...]
    median: tuple[float, ...]
    mean: tuple[float, ...]
    lower: dict[str, tuple[float, ...]]
    upper: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class YearBands:
    """Bands of calendar-year sums; ``known_part`` is what was already published of each year (0 when nothing)."""

    year: tuple[int, ...]
    known_part: tuple[float, ...]
    median: tuple[float, ...]
    mean: tuple[float, ...]
    lower: dict[str, tuple[float, ...]]
    upper: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class FlowAnswer:
    """One flow under one scenario."""

    unit: str
    months: MonthBands
    years: YearBands


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """P(sum over the span >= at_least, or <= at_most) and the month in which the running sum first gets there.

    ``mc_error`` is the standard error of ``probability`` from the finite number of paths, as is every ``_error`` of
    what stands before it;
    ``given_crisis`` is None when no path holds a crisis (and ``given_no_crisis`` when all do);
    ``first_month`` maps "2018-12" (and "known" when it was reached before the origin, "never") to probabilities;
    ``hazard`` maps the months still open to P(first reached then | not before), ``never_by`` to P(not reached by
    their end). ``name`` is the one given with the target, ``text`` the target as the shell writes it, ``mark_usd_bn``
    what the mark comes to. Several targets jointly stand in ``all`` (each must be reached) or ``any`` (one is
    enough); the joint answer itself then has no flow, mark, unit and span, and its first month is the one by which
    all, or any, are reached.
    """

    flow: str | None
    at_least: float | None
    unit: str | None
    span: str | None
    probability: float
    mc_error: float
    given_no_crisis: float | None
    given_crisis: float | None
    first_month: dict[str, float]
    name: str = ""
    text: str = ""
    at_most: float | None = None
    by: str | None = None
    mark_usd_bn: float | None = None
    given_no_crisis_error: float | None = None
    given_crisis_error: float | None = None
    first_month_error: dict[str, float] = field(default_factory=dict)
    hazard: dict[str, float] = field(default_factory=dict)
    hazard_error: dict[str, float] = field(default_factory=dict)
    never_by: dict[str, float] = field(default_factory=dict)
    never_by_error: dict[str, float] = field(default_factory=dict)
    all: tuple[TargetAnswer, ...] = ()
    any: tuple[TargetAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioAnswer:
    """Everything asked, under one scenario."""

    name: str
    title: str
    plausibility: Plausibility
    effective_paths: int
    crisis_prob: float
    oil_usd: MonthBands
    flows: dict[str, FlowAnswer]
    targets: tuple[TargetAnswer, ...]


@dataclass(frozen=True, slots=True)
class MonthSeries:
    """Published single months, USD bn."""

    month: tuple[str, ...]
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class YearSeries:
    """Published calendar-year totals, USD bn."""

    year: tuple[int, ...]
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Published figures of one flow by the reporter asked."""

    months: MonthSeries
    years: YearSeries


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers come from."""

    version: str
    data_sha256: str
    vintage: str
    seed: int
    paths: int
    model: str
    why_this_model: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one Question.

    ``question`` holds every default filled in; ``history`` what was known on the date of knowledge and
    ``outcome`` what has been published since (empty series when nothing), both by flow.
    """

    id: str
    question: dict[str, object]
    origin: str
    provenance: Provenance
    scenarios: tuple[ScenarioAnswer, ...]
    history: dict[str, Record] = field(default_factory=dict)
    outcome: dict[str, Record] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
