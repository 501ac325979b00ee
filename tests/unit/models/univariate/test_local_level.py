"""The local level: jumps, stray figures, zeros, gaps and short records; its bands hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError, InputError
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.models.task import Task
from forecast.models.univariate.local_level import local_level
from forecast.series import Series

SHAPE = 0.2 * np.sin(2.0 * np.pi * np.arange(12) / 12.0)


def record(values: np.ndarray, step: int = 1) -> Series:
    kept = np.array(values, dtype=np.float64)
    kept.flags.writeable = False
    return Series("AAA-BBB turnover", 24000, step, kept)


def steady(n: int, seed: int = 1, noise: float = 0.1) -> np.ndarray:
    return np.exp(4.0 + SHAPE[np.arange(n) % 12] + noise * draw_normals(seed, 1, n)[0])


def band(values: np.ndarray, horizon: int = 12, **more: int) -> np.ndarray:
    """Quantiles 10, 50, 90 % (3, h) of 2,000 paths."""
    paths = local_level(Task(record(values), horizon, 2000, **more)).paths
    return np.quantile(paths, [0.1, 0.5, 0.9], axis=0)


def test_the_season_and_the_level_are_found() -> None:
    ahead = local_level(Task(record(steady(240)), 12, 2000))
    np.testing.assert_allclose(np.log(ahead.point), 4.0 + SHAPE, atol=0.12)
    assert np.corrcoef(np.log(ahead.point), SHAPE)[0, 1] > 0.95
    # The point is the median of the paths; 2,000 of them place it within 5 standard errors of about .004.
    np.testing.assert_allclose(np.log(np.median(ahead.paths, axis=0)), np.log(ahead.point), atol=0.025)
    assert ahead.said.startswith("local level in logarithms, noise ")


def test_a_stray_figure_moves_nothing_and_a_lasting_jump_everything() -> None:
    plain = steady(120)
    stray, jump = plain.copy(), plain.copy()
    stray[-1] *= np.e**2
    jump[-5:] *= np.e**2
    middle = [float(np.log(band(values)[1]).mean()) for values in (plain, stray, jump)]
    assert abs(middle[1] - middle[0]) < 0.3
    assert middle[2] - middle[0] > 1.7


def test_bands_hold_eight_outcomes_of_ten() -> None:
    held = []
    for seed in range(60):
        level = np.cumsum(np.concatenate([[0.0], np.full(143, 0.003) + 0.03 * draw_normals(seed, 1, 143)[0]]))
        values = np.exp(2.0 + level + SHAPE[np.arange(144) % 12] + 0.1 * draw_normals(1000 + seed, 1, 144)[0])
        low, _, high = band(values[:-24], 24)
        held.append(np.mean((low <= values[-24:]) & (values[-24:] <= high)))
    # One record's share has a standard deviation of about .2, so the mean of 60 one of .026.
    assert abs(np.mean(held) - 0.8) < 0.13


def test_more_paths_only_append_and_the_seed_decides() -> None:
    few, many = (local_level(Task(record(steady(60)), 6, paths)).paths for paths in (50, 200))
    np.testing.assert_array_equal(few, many[:50])
    other = local_level(Task(record(steady(60)), 6, 50, seed=8)).paths
    assert not np.array_equal(few, other)


def test_the_unit_does_not_matter() -> None:
    values = steady(80)
    values[[3, 30]] = 0.0
    small, large = band(values), band(1e6 * values)
    np.testing.assert_allclose(large, 1e6 * small, rtol=1e-9)


def test_zeros_have_their_share_and_nothing_is_negative() -> None:
    lots = draw_uniforms(3, 1, 240)[0]
    values = np.where(lots < 0.4, 0.0, np.round(3.0 * lots, 1))
    ahead = local_level(Task(record(values), 12, 2000))
    assert ahead.paths.min() == 0.0
    assert 0.1 < np.mean(ahead.paths == 0.0) < 0.6
    assert np.isfinite(ahead.paths).all()
    assert "added for zeros" in ahead.said
    nothing = local_level(Task(record(np.zeros(30)), 5, 10))
    assert nothing.paths.max() == 0.0


def test_gaps_widen_and_are_passed_over() -> None:
    values = steady(120)
    holes = values.copy()
    holes[60:78] = np.nan
    whole, less = band(values), band(holes)
    np.testing.assert_allclose(np.log(whole[1]), np.log(less[1]), atol=0.2)


@pytest.mark.parametrize("step", [3, 12])
def test_quarters_and_years(step: int) -> None:
    values = np.exp(3.0 + 0.01 * step * np.arange(40) + 0.05 * draw_normals(2, 1, 40)[0])
    ahead = local_level(Task(record(values, step), 8, 500))
    assert ahead.paths.shape == (500, 8)
    assert abs(np.log(ahead.point[0] / values[-1])) < 0.4


def test_short_wild_and_wrong_records() -> None:
    short = local_level(Task(record(np.array([3.0, 4.0])), 24, 100))
    assert np.isfinite(short.paths).all()
    wild = local_level(Task(record(np.array([1e-9, 1e9] * 20)), 36, 100))
    assert np.isfinite(wild.paths).all()
    assert wild.paths.max() <= 15e9 * (1.0 + 1e-9)
    with pytest.raises(GapError, match="local-level needs at least 2"):
        local_level(Task(record(np.array([3.0])), 3, 10))
    with pytest.raises(InputError):
        local_level(Task(record(np.array([3.0, -4.0, 5.0])), 3, 10))
