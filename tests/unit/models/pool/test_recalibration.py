"""Recalibration: what it stretches, what it leaves alone, and that nobody learns from the future."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from forecast.kernels.random import draw_normals
from forecast.models.pool.recalibration import MONTHS_AHEAD, STRETCHES, UNTAUGHT, recalibrate, stretch, stretches

DECEMBER_2021 = 12 * 2021 + 11
PATHS = np.exp(1.0 + 0.3 * draw_normals(4, 400, 6))
FACTORS = np.array([1.0, 1.1, 1.2, 1.3, 1.4, 2.0])


def test_logarithmic_distances_from_the_median_are_stretched() -> None:
    wider = stretch(PATHS, FACTORS)
    middle = np.median(PATHS, axis=0)
    off = np.log(PATHS / middle)
    np.testing.assert_allclose(np.log(wider / middle), FACTORS * off, atol=1e-12)
    np.testing.assert_array_equal(np.argsort(wider, axis=0), np.argsort(PATHS, axis=0))
    np.testing.assert_array_equal(wider[:, 0], PATHS[:, 0])


def test_zeros_stay_and_a_median_of_zero_is_left_alone() -> None:
    some = PATHS.copy()
    some[:100] = 0.0
    assert (stretch(some, FACTORS)[:100] == 0.0).all()
    most = PATHS.copy()
    most[:300] = 0.0
    np.testing.assert_array_equal(stretch(most, FACTORS), most)


def test_only_what_was_known_at_the_origin_counts() -> None:
    first = min(STRETCHES)
    untaught = stretch(PATHS, np.full(PATHS.shape[1], UNTAUGHT))
    np.testing.assert_array_equal(recalibrate(PATHS, 1, 12 * first + 10), untaught)
    at = np.array(MONTHS_AHEAD) - 1
    for year, row in STRETCHES.items():
        for month in (11, 22):
            np.testing.assert_allclose(stretches(1, 24, 12 * year + month)[at], row)


def test_what_was_learned_is_applied() -> None:
    np.testing.assert_array_equal(recalibrate(PATHS, 1, DECEMBER_2021), stretch(PATHS, stretches(1, 6, DECEMBER_2021)))
    assert not np.array_equal(recalibrate(PATHS, 1, DECEMBER_2021), PATHS)


def test_horizons_go_by_months_whatever_the_step() -> None:
    monthly, quarterly, yearly = (
        stretches(step, horizon, DECEMBER_2021) for step, horizon in ((1, 24), (3, 4), (12, 3))
    )
    np.testing.assert_allclose(yearly[:2], monthly[[11, 23]])
    assert yearly[2] == yearly[1]
    np.testing.assert_allclose(quarterly, monthly[[2, 5, 8, 11]])


def test_never_narrower_and_years_in_order() -> None:
    assert list(STRETCHES) == sorted(STRETCHES)
    assert min(min(row) for row in STRETCHES.values()) >= 1.0
    assert all(len(row) == len(MONTHS_AHEAD) for row in STRETCHES.values())


def test_the_numbers_are_those_of_the_fixture(root: Path) -> None:
    with (root / "fixtures" / "recalibration.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert {int(row["known_through"]) for row in table} == set(STRETCHES)
    for year, row in STRETCHES.items():
        found = {int(kept["horizon"]): float(kept["value"]) for kept in table if int(kept["known_through"]) == year}
        assert list(row) == pytest.approx([found[months] for months in MONTHS_AHEAD])
