"""The flagship's draws and law as of 2018-10-12, drawn once a run for the tests beside it."""

from __future__ import annotations

from functools import cache

import numpy as np

from forecast.months import Span, month
from forecast.scenarios.common import CommonDraws, Pins, SumPin
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.law import StructuralLaw
from forecast.scenarios.structural.stage import Stage, set_stage
from tests.exact.cases import SEED, flagship

FloatArray = np.ndarray
PATHS = 8000
THROUGH = month(2019, 12)
FIRST = month(2018, 10)
MONTHS = THROUGH - FIRST + 1


@cache
def stage(reporter: str = "CHN", through: int = THROUGH) -> Stage:
    return set_stage(flagship(), reporter=reporter, origin=FIRST - 1, through=through)


@cache
def draws() -> CommonDraws:
    return structural_draws(stage(), paths=PATHS, seed=SEED)


def law() -> StructuralLaw:
    found = draws().law
    assert isinstance(found, StructuralLaw)
    return found


def pins(
    oil: FloatArray | None = None, *sums: SumPin, offset: FloatArray | None = None, adjust: tuple[str, ...] = ()
) -> Pins:
    """Pins of the flagship; oil free and no effects unless said."""
    return Pins(
        np.full((1, MONTHS), np.nan) if oil is None else np.atleast_2d(oil),
        sums,
        np.zeros((1, MONTHS, 2)) if offset is None else offset,
        adjust,
    )


def one(flow: int, at: int, log_value: float | FloatArray) -> SumPin:
    """A single month of one flow, counted from the first ahead."""
    return SumPin((flow,), Span(FIRST + at, FIRST + at), np.atleast_1d(np.asarray(log_value, dtype=np.float64)))


def turnover_of_2019(usd_bn: float) -> SumPin:
    return SumPin((0, 1), Span(month(2019, 1), month(2019, 12)), np.array([np.log(usd_bn)]))
