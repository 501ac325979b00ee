"""Scores against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.evaluation.scoring import covered, crps

GRID = (np.arange(20_000) + 0.5) / 20_000


def normal_crps(mean: float, sd: float, y: float) -> float:
    """Gneiting & Raftery 2007, s4.2."""
    z = (y - mean) / sd
    return float(sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)))


def test_crps_of_the_standard_normal_at_zero() -> None:
    """METHODS s7: .2336949773."""
    assert normal_crps(0, 1, 0) == pytest.approx(0.2336949773, abs=1e-10)
    assert crps(stats.norm.ppf(GRID), 0.0) == pytest.approx(0.2336949773, abs=2e-5)


@pytest.mark.parametrize(("mean", "sd", "y"), [(0.0, 1.0, 1.7), (100.0, 8.0, 85.0), (-3.0, 0.1, -3.2)])
def test_crps_of_other_normals(mean: float, sd: float, y: float) -> None:
    assert crps(stats.norm.ppf(GRID, mean, sd), y) == pytest.approx(normal_crps(mean, sd, y), abs=1e-4 * sd)


def test_crps_by_its_definition() -> None:
    x, y = np.array([3.0, 1.0, 2.5, 7.0]), 2.0
    pairs = np.abs(x[:, None] - x[None, :]).mean()
    assert crps(x, y) == pytest.approx(np.abs(x - y).mean() - pairs / 2)
    assert crps(np.full(5, 3.0), 1.0) == 2.0
    assert x.tolist() == [3.0, 1.0, 2.5, 7.0], "not sorted in place"


def test_covered() -> None:
    draws = np.linspace(0, 1, 1001)
    assert covered(draws, 0.11, 80)
    assert covered(draws, 0.89, 80)
    assert not covered(draws, 0.09, 80)
    assert not covered(draws, 0.91, 80)
