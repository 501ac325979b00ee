"""Explanation: two answers to one question, and the parts that add up to the difference between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["scenarios", "knowledge", "reporters"]


@dataclass(frozen=True, slots=True)
class Amounts:
    """P(target), and the mean and median of the sum that it speaks of, USD bn; None where it is no single sum."""

    probability: float
    mean: float | None = None
    median: float | None = None


@dataclass(frozen=True, slots=True)
class News:
    """One figure as it was expected before its release and as it came, in ``unit``; by whose count.

    expected, sd: mean and standard deviation by the paths before; None where these do not hold the figure. weight: what
    one bn more than expected would add to the mean of the target's sum, beside the other figures of its day. effect:
    ``weight`` times what came beyond expectation, USD bn.
    """

    figure: str
    reporter: str
    came: float
    unit: str = "USD bn"
    expected: float | None = None
    sd: float | None = None
    weight: float | None = None
    effect: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a difference. error: Monte Carlo standard errors of ``effect``, by paired paths. words: in plain.

    kind: "condition", "ingredient" (of a count), "figures", "drivers", "time", "parameters", "model" or "whole".
    """

    name: str
    words: str
    effect: Amounts
    error: Amounts
    kind: str
    news: tuple[News, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two answers: what it is called, what it holds, and its amounts with their Monte Carlo errors."""

    name: str
    words: str
    amounts: Amounts
    error: Amounts


@dataclass(frozen=True, slots=True)
class Explanation:
    """The difference between two answers to one question, in parts that add up.

    kind: between two "scenarios", two days of "knowledge" or two "reporters". reporter: by whose count ("" between
    two). as_of: the (later) day of knowledge. target: as the shell writes it; target_words: as a planner says it.
    summed: what mean and median speak of ("turnover in 2019"), "" where the target is no single sum. total: after less
    before, with its error. notes: how the parts were made, and what a reader should know.
    """

    kind: Kind
    pair: str
    reporter: str
    as_of: str
    model: str
    target: str
    target_words: str
    summed: str
    before: Side
    after: Side
    total: Part
    parts: tuple[Part, ...]
    subtotals: tuple[Part, ...]
    notes: tuple[str, ...]
    paths: int
    seed: int
    paragraph: str = ""
