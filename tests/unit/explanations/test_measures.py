"""Errors of what is explained, against formulas that are known."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.explanations.measures import difference_error, error_of, median_influence

PATHS = 4000


def normal(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(10.0, 2.0, PATHS)


def test_error_of_a_mean_is_its_standard_error() -> None:
    sums = normal()
    found = error_of(((sums - sums.mean()) / PATHS)[:, None], np.arange(PATHS))
    assert found[0] == pytest.approx(sums.std(ddof=1) / np.sqrt(PATHS), rel=1e-12)


def test_error_of_a_median_of_normal_draws() -> None:
    """sqrt(pi / 2) times that of the mean (Kenney & Keeping 1962)."""
    sums = normal()
    found = error_of(median_influence(sums, None, float(np.median(sums)))[:, None], np.arange(PATHS))
    assert found[0] == pytest.approx(np.sqrt(np.pi / 2) * 2.0 / np.sqrt(PATHS), rel=0.1)


def test_paths_of_one_draw_are_one_cluster() -> None:
    each = np.random.default_rng(1).normal(size=40)
    draw = np.arange(PATHS) % 40
    sums = each[draw]
    found = error_of(((sums - sums.mean()) / PATHS)[:, None], draw)
    assert found[0] == pytest.approx(each.std(ddof=1) / np.sqrt(40), rel=1e-9)


def test_weights_make_paths_count_more() -> None:
    sums = normal()
    weights = np.where(sums > 11.0, 2.0, 1.0)
    weights /= weights.sum()
    influence = median_influence(sums, weights, 10.5)
    assert abs(influence.sum()) < 1e-12


def test_nothing_moved_has_no_error_and_no_flip_has_some() -> None:
    none = np.zeros((PATHS, 3))
    draw = np.arange(PATHS)
    assert (difference_error(none, draw, PATHS, moved=False) == 0.0).all()
    found = difference_error(none, draw, PATHS, moved=True)
    assert found[0] == pytest.approx(np.sqrt(2.0) / (PATHS + 2.0))
    assert (found[1:] == 0.0).all()
