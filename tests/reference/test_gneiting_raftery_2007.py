"""Scores against printed numbers and identities (Gneiting & Raftery 2007; METHODS, section 7)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels.scores.bands import quantile_scores
from forecast.kernels.scores.closed import crps_normal, crps_student
from forecast.kernels.scores.crps import crps_ensemble
from tests.twins.scores.naive import crps_of_cdf

ZERO, ONE = np.zeros(1), np.ones(1)


def test_gneiting_raftery_2007_equation_21_at_zero() -> None:
    """(sqrt(2) - 1) / sqrt(pi) = .2336949773."""
    score = crps_normal(ZERO, ONE, ZERO)[0][0]
    assert score == pytest.approx(0.2336949773, abs=5e-11)
    assert score == pytest.approx((math.sqrt(2.0) - 1.0) / math.sqrt(math.pi), rel=1e-14)


def test_gneiting_raftery_2007_equation_20_a_point_forecast_has_its_absolute_error() -> None:
    assert crps_ensemble(np.array([[1.5]]), np.array([4.0]))[0][0] == 2.5


def test_gneiting_raftery_2007_the_crps_is_twice_the_mean_quantile_score() -> None:
    rng = np.random.default_rng(1)
    x, y = np.sort(rng.normal(size=(1, 400))), rng.normal(size=1)
    probs = (np.arange(400) + 0.5) / 400
    mean = 2.0 * quantile_scores(x, probs, y)[0].mean()
    assert mean == pytest.approx(crps_ensemble(x, y)[0][0], rel=1e-12)


def test_quantiles_of_the_normal_ensemble_tend_to_the_closed_form() -> None:
    from scipy import stats

    members = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)[None]
    for y in (-2.0, 0.0, 0.7):
        assert crps_ensemble(members, np.array([y]))[0][0] == pytest.approx(
            crps_normal(ZERO, ONE, np.array([y]))[0][0], abs=2e-8
        )


def test_student_with_two_degrees_of_freedom_by_its_elementary_distribution_function() -> None:
    """F(x) = 1/2 + x / (2 sqrt(2 + x^2))."""
    for y in (0.0, 1.0, -3.0):
        twin = crps_of_cdf(lambda x: 0.5 + 0.5 * x / math.sqrt(2.0 + x * x), y, -math.inf, math.inf)
        assert crps_student(ZERO, ONE, 2.0 * ONE, np.array([y]))[0][0] == pytest.approx(twin, abs=1e-9)
