"""Logarithm, exponential, cosine and sine of the lanes against the standard library."""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels.elementary import (
    LARGEST_EXPONENT,
    SMALLEST_EXPONENT,
    lane_exp,
    lane_expm1,
    lane_log,
    lane_turn,
)

RNG = np.random.default_rng(2018)


def test_lane_log_is_math_log() -> None:
    words = RNG.integers(0, 2**32, 5_000)
    points = np.concatenate(
        [(words + 0.5) / 2**32, 10.0 ** RNG.uniform(-300, 300, 5_000), 1.0 + RNG.normal(0, 1e-9, 999)]
    )
    for x in [*points, 0.5, 2.0, (2**32 - 0.5) / 2**32, 0.5 / 2**32, math.sqrt(0.5), math.sqrt(2.0)]:
        assert math.isclose(lane_log(float(x)), math.log(x), rel_tol=1e-15)
    assert lane_log(1.0) == 0.0


def test_lane_exp_is_math_exp() -> None:
    for x in [
        *RNG.uniform(SMALLEST_EXPONENT, LARGEST_EXPONENT - 1e-9, 10_000),
        *RNG.normal(0.0, 1e-3, 1_000),
        0.0,
        -0.0,
    ]:
        assert math.isclose(lane_exp(float(x)), math.exp(x), rel_tol=1e-15)
    assert lane_exp(LARGEST_EXPONENT) == lane_exp(1e308) == lane_exp(math.inf) == lane_exp(math.nan) == math.inf
    assert lane_exp(-708.5) == lane_exp(-math.inf) == 0.0


def test_lane_expm1_is_math_expm1() -> None:
    for x in [*RNG.uniform(-600, 600, 5_000), *RNG.normal(0.0, 1.0, 5_000), *RNG.normal(0.0, 1e-8, 1_000)]:
        assert math.isclose(lane_expm1(float(x)), math.expm1(x), rel_tol=2e-15)
    assert lane_expm1(0.0) == 0.0


def test_lane_turn_is_cosine_and_sine() -> None:
    edges = [quarter * 2**30 + off for quarter in range(4) for off in (0, 1, 2**29 - 1, 2**29, 2**29 + 1, 2**30 - 1)]
    for word in [*RNG.integers(0, 2**32, 5_000), *edges]:
        angle = 2.0 * math.pi * (int(word) + 0.5) / 2**32
        c, s = lane_turn(np.uint64(word))
        # The angle itself is rounded to 4e-16 in the twin.
        assert abs(c - math.cos(angle)) < 1e-15
        assert abs(s - math.sin(angle)) < 1e-15
