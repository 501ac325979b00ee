"""The hazard: its posterior, the law of the next start, and draws from it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.models.crises.hazard import NEVER, Hazard, hazard_by, start_chances, start_months
from forecast.months import month


def test_mean_and_error_are_those_of_the_gamma_law() -> None:
    law = stats.gamma(5.0, scale=1.0 / 44.0)
    hazard = hazard_by(month(2023, 12))
    assert (hazard.shape, hazard.years) == (5.0, 44.0)
    assert hazard.mean == pytest.approx(law.mean())
    assert hazard.sd == pytest.approx(law.std())


def test_only_starts_known_by_the_origin_count() -> None:
    before, after = hazard_by(month(2008, 8)), hazard_by(month(2008, 9))
    assert after.shape == before.shape + 1.0
    assert after.years == pytest.approx(before.years + 1.0 / 12.0)
    assert hazard_by(month(1970, 1)) == Hazard(1.0, 1.0)


def test_chances_are_the_mixture_of_constant_rates() -> None:
    """Against the integral of exponential waiting times over the posterior."""
    hazard, months = Hazard(4.5, 39.0), 36
    rates = stats.gamma(hazard.shape, scale=1.0 / hazard.years).ppf((np.arange(200_000) + 0.5) / 200_000)
    by_integral = [float(np.mean(-np.expm1(-rates * m / 12.0))) for m in (1, 12, 36)]
    found = np.cumsum(start_chances(hazard, months))
    np.testing.assert_allclose(found[[0, 11, 35]], by_integral, rtol=2e-4)


def test_starts_follow_the_chances() -> None:
    hazard, months, n = Hazard(5.5, 44.0), 60, 100_000
    at = start_months(hazard, np.random.default_rng(1).uniform(size=n), months)
    seen = np.bincount(at[at >= 0], minlength=months) / n
    expected = start_chances(hazard, months)
    assert (np.abs(seen - expected) < 5.0 * np.sqrt(expected * (1.0 - expected) / n)).all()
    assert at.min() == -1
    assert at.max() == months - 1


def test_an_uncertain_hazard_brings_a_crisis_less_surely_than_a_known_one() -> None:
    known = -np.expm1(-0.125 * 3.0)
    assert start_chances(Hazard(5.5, 44.0), 36).sum() < known
    assert start_chances(Hazard(5.5e6, 44.0e6), 36).sum() == pytest.approx(known, rel=1e-6)


def test_never() -> None:
    assert (start_months(NEVER, np.array([1e-12, 0.5, 1.0 - 1e-12]), 600) == -1).all()
    assert (start_chances(NEVER, 24) == 0.0).all()
