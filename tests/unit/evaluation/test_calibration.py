"""Calibration: pooled adjacent violators by brute force, the parts of the Brier score, PIT of truth and untruth."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.evaluation.calibration import pit_histogram, reliability


def isotonic_by_brute_force(probs: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """The min-max formula of isotonic regression over the different chances (Barlow and others 1972, eq. 1.9)."""
    said = np.unique(probs)
    return np.array(
        [
            max(
                min(hits[(probs >= lower) & (probs <= upper)].mean() for upper in said[said >= at])
                for lower in said[said <= at]
            )
            for at in said
        ]
    )


def test_recalibrated_chances_are_those_of_the_min_max_formula() -> None:
    rng = np.random.default_rng(11)
    for n in (1, 2, 5, 17, 40):
        for grid in (5, 1000):
            probs = rng.integers(0, grid, size=n) / (grid - 1)
            hits = (rng.random(n) < 0.2 + 0.6 * probs).astype(float)
            found = reliability(probs, hits)
            np.testing.assert_allclose(found.calibrated_prob, isotonic_by_brute_force(probs, hits), atol=1e-12)
            assert found.count.sum() == n


def test_parts_of_the_score_by_hand() -> None:
    """Chances .2 .4 .6 .8 and outcomes 0 1 0 1: the middle two are pooled to one half."""
    found = reliability(np.array([0.2, 0.4, 0.6, 0.8]), np.array([0.0, 1.0, 0.0, 1.0]))
    np.testing.assert_allclose(found.calibrated_prob, [0.0, 0.5, 0.5, 1.0])
    assert found.brier == pytest.approx((0.04 + 0.36 + 0.36 + 0.04) / 4)
    assert found.uncertainty == pytest.approx(0.25)
    assert found.discrimination == pytest.approx(0.25 - 0.125)
    assert found.miscalibration == pytest.approx(0.2 - 0.125)


def test_parts_add_up_and_are_never_negative() -> None:
    rng = np.random.default_rng(2)
    for n in (3, 30, 300):
        probs = rng.random(n)
        hits = (rng.random(n) < probs**2).astype(float)
        found = reliability(probs, hits)
        assert found.brier == pytest.approx(found.miscalibration - found.discrimination + found.uncertainty, abs=1e-14)
        assert min(found.miscalibration, found.discrimination, found.uncertainty) >= 0.0


def test_the_base_rate_discriminates_nothing_and_certainty_is_best() -> None:
    hits = np.array([1.0, 0.0, 0.0, 1.0, 0.0])
    flat = reliability(np.full(5, 0.4), hits)
    assert (flat.miscalibration, flat.discrimination) == pytest.approx((0.0, 0.0), abs=1e-15)
    sure = reliability(hits, hits)
    assert sure.brier == 0.0
    assert sure.discrimination == pytest.approx(sure.uncertainty)
    always = reliability(np.ones(3), np.ones(3))
    assert (always.brier, always.uncertainty) == (0.0, 0.0)


def test_mass_of_the_histogram() -> None:
    low, high = np.array([0.0, 0.15, 0.95]), np.array([0.1, 0.35, 1.0])
    found = pit_histogram(low, high, 10)
    np.testing.assert_allclose(found, [1.0, 0.25, 0.5, 0.25, 0, 0, 0, 0, 0, 1.0], atol=1e-12)


def test_histogram_is_even_under_the_truth_alone() -> None:
    rng = np.random.default_rng(4)
    n, m = 2000, 99
    outcomes = rng.standard_normal(n)
    bound = n / 10 + 5 * np.sqrt(n * 0.09)
    for spread, even in ((1.0, True), (0.6, False)):
        members = spread * rng.standard_normal((n, m))
        rank = (members < outcomes[:, None]).sum(axis=1)
        found = pit_histogram(rank / (m + 1.0), (rank + 1.0) / (m + 1.0), 10)
        assert found.sum() == pytest.approx(n)
        assert (found.max() < bound) == even
