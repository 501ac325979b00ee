"""What a backtest says: every forecast beside what came, scores by model and horizon, and who beats whom."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = (50, 80, 95)  #: of the bands that are judged, in per cent
PIT_BINS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One forecast of one span by one model, and what came.

    origin: last month known; known_on: the day of knowledge. horizon: months from the origin to the end of the span.
    outcome, point, median, lower, upper (by level): in the unit of the card. scale: mean absolute change of the
    record over a year (of a yearly record: from year to year) up to the origin; crps, crps_falls, mase and the unit
    of log_score are multiples of it.
    crps_falls: the CRPS of what lies below the same span of the year before. crps_log: of the logarithms. smape: in
    per cent. log_score: -log density. None where figures of zero leave no logarithm or no density.
    pit_low, pit_high: ends of what the rank of the outcome among the paths leaves for its probability integral.
    """

    model: str
    origin: str
    known_on: str
    horizon: int
    outcome: float
    point: float
    median: float
    lower: dict[str, float]
    upper: dict[str, float]
    scale: float
    crps: float
    crps_log: float | None
    crps_falls: float | None
    log_score: float | None
    mase: float
    smape: float
    pit_low: float
    pit_high: float

    def covers(self, level: int) -> bool:
        """Whether the band of a level, equal-tailed, holds the outcome."""
        return self.lower[str(level)] <= self.outcome <= self.upper[str(level)]


@dataclass(frozen=True, slots=True)
class TargetCase:
    """What one model said at one origin of twelve months that end ``horizon`` months ahead, and what came.

    mark, outcome: sums over the twelve months, in the unit of the card; months known at the origin are in both.
    prob: chance given to reaching the mark. tail_crps: CRPS of what lies above the mark, in scales of the twelve
    months' sum (twelve months' worth of a Case's scale).
    """

    target: str
    model: str
    origin: str
    horizon: int
    mark: float
    prob: float
    outcome: float
    hit: bool
    tail_crps: float


@dataclass(frozen=True, slots=True)
class Absence:
    """An origin at which nothing was said, and why."""

    origin: str
    why: str


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the card; ``said`` is what it fitted at the last origin at which it spoke."""

    name: str
    oil_given: bool
    said: str
    missing: tuple[Absence, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean scores of one model at one horizon over the n origins at which it spoke and the outcome is known.

    n_eff: the most of these forecasts whose months from the origin to the outcome do not overlap.
    crps_ratio: CRPS relative to the reference, over the origins common to both. coverage: share of outcomes in the
    band, by level. pit: outcomes in ten equal parts of the probability integral. confidence_set_p: the p value up to
    which the model stays among those that may be best (MCS); None where too few cases could tell.
    """

    model: str
    horizon: int
    n: int
    n_eff: int
    crps: float
    crps_ratio: float | None
    crps_log: float | None
    crps_falls: float | None
    log_score: float | None
    mase: float
    smape: float
    coverage: dict[str, float]
    pit: tuple[float, ...]
    confidence_set_p: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Diebold-Mariano test of equal CRPS of two models at one horizon, over their common origins.

    difference: mean CRPS of ``model`` less that of ``against``; negative when ``model`` was better. statistic, p_value:
    Student-t with n - 1 degrees of freedom, two-sided; None where too few cases could tell.
    """

    horizon: int
    model: str
    against: str
    n: int
    n_eff: int
    difference: float
    statistic: float | None
    p_value: float | None


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """A chance that was given ``count`` times, and what it should have been."""

    prob: float
    calibrated_prob: float
    count: int


@dataclass(frozen=True, slots=True)
class TargetScores:
    """How well one model's chances of a target held at one horizon.

    brier = miscalibration - discrimination + uncertainty (CORP). base_prob: share of origins at which it was met.
    """

    target: str
    model: str
    horizon: int
    n: int
    n_eff: int
    base_prob: float
    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    tail_crps: float
    reliability: tuple[ReliabilityPoint, ...]


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """A whole backtest.

    name: what was forecast. step: months in a span. horizons: in months. reference: the model that crps_ratio is
    relative to. left_out: origins and horizons that were asked but could not be judged.
    data_sha256: hash of all that the models saw and of the outcomes.
    """

    name: str
    pair: str | None
    flow: str | None
    reporter: str | None
    unit: str
    step: int
    origins: tuple[str, ...]
    horizons: tuple[int, ...]
    targets: tuple[str, ...]
    reference: str
    paths: int
    seed: int
    version: str
    data_sha256: str
    models: tuple[Model, ...]
    left_out: tuple[Absence, ...]
    scores: tuple[Scores, ...]
    comparisons: tuple[Comparison, ...]
    target_scores: tuple[TargetScores, ...]
    cases: tuple[Case, ...]
    target_cases: tuple[TargetCase, ...]
