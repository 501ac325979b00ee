"""Lenza & Primiceri 2022: hyperpriors as printed, and a crisis of known size found again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from forecast.models.bvar.crisis_scale import rho_shapes
from forecast.models.bvar.mode import find_mode
from forecast.models.bvar.weighted import rows_of

SCALES = (10.0, 6.0, 4.0)
RHO, BEGAN, MONTHS = 0.8, 200, 300


def test_lenza_primiceri_2022_rho_has_the_printed_mode_and_deviation() -> None:
    a, b = rho_shapes()
    assert (a - 1) / (a + b - 2) == pytest.approx(0.8)
    assert stats.beta(a, b).std() == pytest.approx(0.2)


def record(seed: int) -> np.ndarray:
    """Four variables that wander; errors larger from month BEGAN on."""
    rng = np.random.default_rng(seed)
    size = np.ones(MONTHS)
    later = np.arange(MONTHS - BEGAN)
    size[BEGAN:] = np.where(later < 3, np.resize(SCALES, len(later)), 1.0 + (SCALES[2] - 1.0) * RHO ** (later - 2.0))
    return np.cumsum(0.05 * size[:, None] * rng.normal(size=(MONTHS, 4)), axis=0)


def test_lenza_primiceri_2022_finds_the_scales_of_a_simulated_crisis() -> None:
    found = []
    for seed in range(12):
        y = record(seed)
        rows = rows_of(y, np.ones((MONTHS, 1)), np.ones(4), 3)
        found.append(find_mode(rows, np.array([BEGAN]), 0).scales[0])
    logs = np.log1p(np.exp(np.array(found)[:, :3]))
    # The mode of s given four errors of sum of squares q is sqrt(q / 6): E log = log s + (digamma(2) - log 3) / 2,
    # with standard deviation sqrt(trigamma(2)) / 2. The third scale also knows the months of its decay.
    below = 0.5 * (np.log(2.0 / 6.0) + special.digamma(2.0))
    error = 5.0 * 0.5 * np.sqrt(special.polygamma(1, 2.0) / len(logs))
    np.testing.assert_allclose(logs.mean(axis=0)[:2], np.log(SCALES[:2]) + below, atol=error)
    assert np.log(SCALES[2]) + below - error < logs.mean(axis=0)[2] < np.log(SCALES[2]) + error


def test_lenza_primiceri_2022_finds_nothing_where_nothing_happened() -> None:
    rng = np.random.default_rng(1)
    rows = rows_of(np.cumsum(0.05 * rng.normal(size=(MONTHS, 4)), axis=0), np.ones((MONTHS, 1)), np.ones(4), 3)
    assert (np.exp(find_mode(rows, np.array([BEGAN]), 0).scales[0, :3]) < 0.5).all()


def test_lenza_primiceri_2022_crisis_months_do_not_widen_the_ordinary_ones() -> None:
    """Left unscaled, the crisis inflates the covariance of every other month."""
    y = record(3)
    rows = rows_of(y, np.ones((MONTHS, 1)), np.ones(4), 3)
    scaled, plain = find_mode(rows, np.array([BEGAN]), 0), find_mode(rows, np.zeros(0, dtype=np.int64), 0)
    assert scaled.log_marginal > plain.log_marginal + 50.0
    steps = [found.gram[-4:, -4:].trace() / len(rows.at) for found in (scaled, plain)]
    assert steps[0] == pytest.approx(4 * 0.05**2, rel=0.15)
    assert steps[1] > 1.25 * steps[0]
