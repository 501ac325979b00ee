"""What a replay says: forecasts of past years by every forecaster, what came, and the scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Forecast:
    """One forecast of one year's total: its 80 % band in USD bn, and the scores of its log."""

    forecaster: str
    median_usd_bn: float
    lower_usd_bn: float
    upper_usd_bn: float
    log_error: float
    crps: float
    covered: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """What was said of one year on one day, by every forecaster, and the outcome in USD bn."""

    year: int
    as_of: date
    outcome_usd_bn: float
    forecasts: tuple[Forecast, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One forecaster over all origins: root mean square error of the log median, mean CRPS of the log, coverage."""

    forecaster: str
    log_rmse: float
    crps: float
    coverage_80: float
    origins: int


@dataclass(frozen=True, slots=True)
class Replay:
    """All origins of one pair by one reporter's count of turnover, and the scores."""

    pair: str
    reporter: str
    flow: str
    origins: tuple[Origin, ...]
    scores: tuple[Score, ...]
