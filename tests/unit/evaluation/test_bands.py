"""Bands and sums over calendar years."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from forecast.evaluation.bands import bands, year_sums
from forecast.months import month

DRAWS = np.random.default_rng(0).lognormal(1.0, 0.5, (4000, 3))


def test_bands_are_ordered_and_equal_tailed() -> None:
    found = bands(DRAWS, (50, 80, 95))
    order = [found.lower[95], found.lower[80], found.lower[50], found.median, *(found.upper[n] for n in (50, 80, 95))]
    for low, high in pairwise(order):
        assert (low < high).all()
    np.testing.assert_allclose(found.mean, DRAWS.mean(axis=0))
    np.testing.assert_allclose(found.median, np.median(DRAWS, axis=0))
    for level in (50, 80, 95):
        below, above = (found.lower[level] > DRAWS).mean(axis=0), (found.upper[level] < DRAWS).mean(axis=0)
        np.testing.assert_allclose(below, (100 - level) / 200, atol=1 / 4000)
        np.testing.assert_allclose(above, (100 - level) / 200, atol=1 / 4000)


def test_bands_without_spread() -> None:
    found = bands(np.full((10, 2), 7.0), (95,))
    assert found.lower[95].tolist() == found.upper[95].tolist() == found.median.tolist() == [7.0, 7.0]


@pytest.mark.parametrize("start", [month(2017, 1), month(2017, 8)])
def test_year_sums(start: int) -> None:
    draws = np.random.default_rng(1).normal(8, 1, (5, month(2020, 12) - start + 3))
    found = year_sums(draws, start, 2018, 2020)
    assert found.shape == (5, 3)
    for i, year in enumerate((2018, 2019, 2020)):
        at = [m - start for m in range(12 * year, 12 * year + 12)]
        np.testing.assert_allclose(found[:, i], draws[:, at].sum(axis=1))
