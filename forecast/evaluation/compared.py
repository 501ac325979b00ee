"""Comparison: several scenarios side by side, each against the first on the same paths."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.scenarios.plausibility import Plausibility


@dataclass(frozen=True, slots=True)
class TargetCompared:
    """P(target) of one scenario with its Monte Carlo error, and less that of the first, with the error of paired paths.

    target: as the shell writes it; words: as a planner says it.
    """

    target: str
    words: str
    probability: float
    error: float
    change: float
    change_error: float


@dataclass(frozen=True, slots=True)
class YearCompared:
    """A year's sum of one flow, USD bn: median, 80 % band, and the median less that of the first with its error."""

    flow: str
    year: int
    median: float
    lower: float
    upper: float
    change: float
    change_error: float


@dataclass(frozen=True, slots=True)
class ScenarioCompared:
    """One scenario. conditions: what each says. effective_paths: the draws that it effectively rests on."""

    name: str
    title: str
    conditions: tuple[str, ...]
    plausibility: Plausibility
    effective_paths: int
    crisis_prob: float
    targets: tuple[TargetCompared, ...]
    years: tuple[YearCompared, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios of one question; the first is what the others are held against. asked: flows of the targets."""

    pair: str
    reporter: str
    as_of: str
    origin: str
    through: str
    model: str
    level: int
    paths: int
    seed: int
    asked: tuple[str, ...]
    scenarios: tuple[ScenarioCompared, ...]
    warnings: tuple[str, ...]
