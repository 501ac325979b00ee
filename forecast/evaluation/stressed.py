"""The answers of reverse stress: break-even prices, the least implausible path, the smallest crisis, the map."""

from __future__ import annotations

from dataclasses import dataclass, field

from forecast.scenarios.plausibility import Plausibility


@dataclass(frozen=True, slots=True)
class Crossing:
    """A flat oil price at which the chance crosses ``alpha``.

    low_usd, high_usd: where the chance, give or take two Monte Carlo errors, does; None where it never does.
    rises: whether the chance rises with the price there.
    """

    price_usd: float
    low_usd: float | None
    high_usd: float | None
    rises: bool
    plausibility: Plausibility


@dataclass(frozen=True, slots=True)
class BreakEven:
    """crossings: in order of price, none where the chance stays on one side.

    today_usd: the last price known, and the chance if it holds. lowest_usd, highest_usd: the prices tried.
    """

    crossings: tuple[Crossing, ...]
    today_usd: float
    chance_today: float
    lowest_usd: float
    chance_lowest: float
    highest_usd: float
    chance_highest: float


@dataclass(frozen=True, slots=True)
class LeastPath:
    """The oil path of least distance q at which the chance is ``alpha``; by month.

    flat: distance of the nearest flat price, None where no flat price gets there.
    """

    month: tuple[str, ...]
    price_usd: tuple[float, ...]
    chance: float
    plausibility: Plausibility
    flat: Plausibility | None


@dataclass(frozen=True, slots=True)
class LeastCrisis:
    """The severity of a crisis at which the chance crosses ``alpha``; None where none up to ``most`` gets there.

    start: its first month. low, high: where the chance, give or take two Monte Carlo errors, crosses it; None where it
    does not. calm, worst: the chances without it (other crises by their odds) and at the largest severity tried.
    """

    episode: str
    start: str
    severity: float | None
    low: float | None
    high: float | None
    calm: float
    most: float
    worst: float


@dataclass(frozen=True, slots=True)
class StressMap:
    """chance, error: a row a price, a column a severity. Oil is held flat; severity 0 is none of its own.

    start: first month of the crisis.
    """

    episode: str
    start: str
    price_usd: tuple[float, ...]
    severity: tuple[float, ...]
    chance: tuple[tuple[float, ...], ...]
    error: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Stress:
    """Everything that reverse stress says of one target.

    target, target_words: as it is written in the shell, and as people say it. base: name of the scenario that holds
    besides. chance, error: under it alone. least_path: None where no path gets there.
    """

    pair: str
    reporter: str
    as_of: str
    model: str
    seed: int
    paths: int
    target: str
    target_words: str
    alpha: float
    base: str
    chance: float
    error: float
    break_even: BreakEven
    least_path: LeastPath | None
    least_crisis: LeastCrisis
    map: StressMap
    warnings: tuple[str, ...] = field(default=())
