"""The oil price's own density."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.models.oil import OilDensity, fit_oil
from forecast.months import month
from forecast.panel import Driver
from forecast.scenarios.oil_paths import density_paths, median_path
from tests.exact.cases import FloatArray, oil


def simulated(theta: float, sd: float, df: float, months: int, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    e = sd * rng.standard_t(df, months)
    return np.asarray(np.exp(4.0 + np.cumsum(e + theta * np.concatenate([[0.0], e[:-1]]))))


def test_fit_recovers_what_was_simulated() -> None:
    found = [fit_oil(Driver("oil", month(1960, 1), simulated(0.3, 0.07, 6.0, 1500, seed))) for seed in range(4)]
    assert np.mean([d.theta for d in found]) == pytest.approx(0.3, abs=0.04)
    assert np.mean([d.scale_sd for d in found]) == pytest.approx(0.07, rel=0.05)
    assert 4.5 < np.median([d.df for d in found]) < 8.5


def test_last_shock_is_what_carries_over() -> None:
    rng = np.random.default_rng(0)
    e = 0.07 * rng.standard_t(6.0, 400)
    price = np.exp(4.0 + np.cumsum(e + 0.3 * np.concatenate([[0.0], e[:-1]])))
    found = fit_oil(Driver("oil", 0, price))
    assert found.last_shock == pytest.approx(e[-1], abs=0.02)
    assert found.last_log == pytest.approx(np.log(price[-1]))


def test_brent_is_near_working_1960() -> None:
    """Monthly means of a daily random walk have theta near .27 (Working 1960)."""
    density = fit_oil(oil())
    assert 0.15 < density.theta < 0.45
    assert density.last_log == pytest.approx(np.log(oil().values[-1]))
    assert 0.25 < density.shock_sd * np.sqrt(12) < 0.45, "a third a year"


def test_short_records_are_refused() -> None:
    with pytest.raises(GapError, match="60 months"):
        fit_oil(Driver("oil", 0, np.full(30, 50.0)))


def test_paths_have_the_quantiles_of_the_density() -> None:
    """Against a brute-force simulation with another generator; five standard errors of each quantile."""
    density = OilDensity(theta=0.3, scale_sd=0.06, df=5.0, last_log=np.log(80.0), last_shock=0.1)
    paths = density_paths(density, paths=20_000, months=12, seed=1)
    rng, brute = np.random.default_rng(2), np.empty((200_000, 12))
    before, at = np.full(200_000, 0.1), np.full(200_000, np.log(80.0))
    for h in range(12):
        e = 0.06 * rng.standard_t(5.0, 200_000)
        at, before = at + e + 0.3 * before, e
        brute[:, h] = at
    for h in (0, 1, 11):
        for level in (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975):
            expected = np.quantile(brute[:, h], level)
            share = (paths[:, h] <= expected).mean()
            assert abs(share - level) < 5 * np.sqrt(level * (1 - level) * (1 / 20_000 + 1 / 200_000)), (h, level)
    np.testing.assert_allclose(median_path(density, 12), np.log(80.0) + 0.03)


def test_more_paths_only_append() -> None:
    density = fit_oil(oil())
    few, many = (density_paths(density, paths=paths, months=6, seed=1) for paths in (10, 30))
    np.testing.assert_array_equal(few, many[:10])
