"""A made-up answer, smooth by construction, in the variants that reports have to cope with."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import pytest

from forecast.answer import (
    Answer,
    FlowAnswer,
    MonthBands,
    MonthSeries,
    Plausibility,
    Provenance,
    Record,
    ScenarioAnswer,
    TargetAnswer,
    YearBands,
    YearSeries,
)
from forecast.months import format_month, month

LEVELS = (50, 80, 95)
ORIGIN = month(2018, 9)
AHEAD = tuple(range(ORIGIN + 1, month(2019, 12) + 1))
DEPTH = {"baseline": 0.0, "oil-slump": -0.08, "global-crisis": -0.3}


def figure(m: int) -> float:
    """A made-up single month, USD bn."""
    return 7.05 * math.exp(0.014 * (m - month(2017, 1))) * (0.8 if m % 12 == 1 else 1.0)


def columns(middle: list[float], spread: list[float], levels: tuple[int, ...]) -> dict[str, object]:
    """Log-normal bands about the medians."""
    reach = {str(level): NormalDist().inv_cdf(0.5 + level / 200) for level in levels}
    pairs = list(zip(middle, spread, strict=True))
    return {
        "median": tuple(middle),
        "mean": tuple(m * math.exp(s * s / 2) for m, s in pairs),
        "lower": {level: tuple(m * math.exp(-z * s) for m, s in pairs) for level, z in reach.items()},
        "upper": {level: tuple(m * math.exp(z * s) for m, s in pairs) for level, z in reach.items()},
    }


def months_of(depth: float, levels: tuple[int, ...]) -> MonthBands:
    middle = [figure(m) * math.exp(depth) for m in AHEAD]
    spread = [0.03 * math.sqrt(1 + k) for k in range(len(AHEAD))]
    return MonthBands(month=tuple(map(format_month, AHEAD)), **columns(middle, spread, levels))  # type: ignore[arg-type]


def years_of(months: MonthBands, levels: tuple[int, ...]) -> YearBands:
    known = sum(figure(m) for m in range(month(2018, 1), ORIGIN + 1))
    middle = [known + sum(months.median[:3]), sum(months.median[3:])]
    return YearBands(year=(2018, 2019), known_part=(known, 0.0), **columns(middle, [0.013, 0.09], levels))  # type: ignore[arg-type]


def target(year: int, probability: float, first_month: dict[str, float]) -> TargetAnswer:
    error = math.sqrt(probability * (1 - probability) / 10_000)
    return TargetAnswer("turnover", 100.0, "USD bn", str(year), probability, error, 0.97, 0.31, first_month)


def make_answer(
    *,
    reporter: str = "CHN",
    levels: tuple[int, ...] = LEVELS,
    scenarios: tuple[str, ...] = tuple(DEPTH),
    targets: bool = True,
    single_months: bool = True,
    outcome: bool = True,
) -> Answer:
    answers = []
    for name in scenarios:
        months = months_of(DEPTH.get(name, 0.0), levels)
        oil = columns([80.0] * len(AHEAD), [0.08 * math.sqrt(1 + k) for k in range(len(AHEAD))], levels)
        asked = (
            target(2018, 0.9876, {"2018-11": 0.0123, "2018-12": 0.9753, "never": 0.0124}),
            target(2019, 0.815, {"2019-10": 0.2, "2019-11": 0.415, "2019-12": 0.2, "never": 0.185}),
        )
        answers.append(
            ScenarioAnswer(
                name=name,
                title=f"What {name} stands for, in a sentence long enough to need two lines in a table",
                plausibility=Plausibility(q=3.0, dof=6, tail_prob=0.81, score=0.6),
                effective_paths=9876,
                crisis_prob=0.034,
                oil_usd=MonthBands(month=months.month, **oil),  # type: ignore[arg-type]
                flows={"turnover": FlowAnswer("USD bn", months, years_of(months, levels))},
                targets=asked if targets else (),
            )
        )
    known = list(range(month(2017, 1), ORIGIN + 1)) if single_months else []
    since = list(AHEAD) if outcome and single_months else []
    past = (2013, 2014, 2015, 2016, 2017)
    return Answer(
        id="made-up",
        question={"pair": "CHN-RUS", "reporter": reporter, "as_of": "2018-10-12", "seed": 7, "levels": list(levels)},
        origin=format_month(ORIGIN),
        provenance=Provenance("0.0.0", "ab" * 32, "2018-10-12", 7, 10_000, "structural", "it was asked for"),
        scenarios=tuple(answers),
        history={
            "turnover": Record(
                MonthSeries(tuple(map(format_month, known)), tuple(map(figure, known))),
                YearSeries(past, (89.2, 95.2, 68.0, 69.8, 84.4)),
            )
        },
        outcome={
            "turnover": Record(
                MonthSeries(tuple(map(format_month, since)), tuple(figure(m) * 1.01 for m in since)),
                YearSeries(*(((2018,), (107.3,)) if outcome else ((), ()))),
            )
        },
        warnings=("A made-up warning.",),
    )


@pytest.fixture
def answer() -> Answer:
    """Three scenarios, two targets, single months known, outcome published."""
    return make_answer()


@pytest.fixture
def build() -> Callable[..., Answer]:
    """The maker, for variants."""
    return make_answer
