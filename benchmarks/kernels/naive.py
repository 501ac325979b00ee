"""Naive, seasonal naive and drift forecasts beside statsforecast."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.contest import Action, Contest, Growth
from forecast.kernels._jit import FloatArray, gate
from forecast.kernels.naive import naive_forecast, naive_forecast_many, naive_paths
from forecast.kernels.random import draw_normals

SEASON, MONTHS, AHEAD = 12, 120, 24
BAND = 80
Z_80 = 1.2815515655446004


def walks(count: int) -> FloatArray:
    """Monthly random walks with a season, (count, months)."""
    z = draw_normals(552, count, MONTHS + SEASON)
    return gate(z[:, :MONTHS].cumsum(axis=1) + 3.0 * z[:, MONTHS:][:, np.arange(MONTHS) % SEASON])


def forecasts() -> Contest:
    """Means and bands of a thousand series by two methods."""
    from statsforecast.models import RandomWalkWithDrift, SeasonalNaive

    Y = walks(1000)
    methods = (SeasonalNaive(SEASON), RandomWalkWithDrift())

    def ours() -> list[object]:
        return [naive_forecast_many(Y, SEASON, 0, AHEAD), naive_forecast_many(Y, 1, 1, AHEAD)]

    def statsforecast() -> list[list[dict[str, FloatArray]]]:
        return [[method.forecast(y, AHEAD, level=[BAND]) for y in Y] for method in methods]

    def agreement() -> str:
        for mine, theirs in zip(ours(), statsforecast(), strict=True):
            means = np.array([found["mean"] for found in theirs])
            half = np.array([found[f"hi-{BAND}"] - found["mean"] for found in theirs])
            np.testing.assert_allclose(mine.point, means, rtol=1e-10, atol=1e-10)
            np.testing.assert_allclose(Z_80 * mine.sd, half, rtol=0.05)
        return "means to 1e-10, bands to 5 %"

    return Contest(
        work="seasonal naive and drift forecasts with bands, 1,000 series of 120 months, 2 threads",
        ours=ours,
        peers={"statsforecast": statsforecast},
        agreement=agreement,
        at_least={"statsforecast": 5.0},
        rounds=5,
        threads=2,
    )


def simulations() -> Contest:
    """Ten thousand futures of one series."""
    y = walks(1)[0]
    known = naive_forecast(y, 1, 1, AHEAD)
    generator = np.random.default_rng(1)
    sigma, b_sd = float(known.numbers[1]) ** 0.5, float(known.numbers[2]) ** 0.5

    def numpy() -> FloatArray:
        drift = known.numbers[0] + b_sd * generator.normal(size=(10_000, 1))
        return y[-1] + np.cumsum(drift + sigma * generator.normal(size=(10_000, AHEAD)), axis=1)

    def ours() -> FloatArray:
        return naive_paths(y, 1, 1, AHEAD, 10_000, 7, 0).paths

    def agreement() -> str:
        for paths in (ours(), numpy()):
            np.testing.assert_allclose(paths.std(axis=0), known.sd, rtol=0.05)
        return "spreads to 5 % of the formula"

    return Contest(
        work="10,000 paths x 24 months of a random walk with drift, 2 threads",
        ours=ours,
        peers={"numpy": numpy},
        agreement=agreement,
        repeat=5,
        threads=2,
    )


def contests() -> Iterator[Contest]:
    """Naive forecasts beside their peers."""
    yield forecasts()
    yield simulations()


def growths() -> Iterator[Growth]:
    """Cost by the number of series."""

    def at(size: int) -> Action:
        Y = walks(size)
        return lambda: naive_forecast_many(Y, SEASON, 0, AHEAD)

    yield Growth("seasonal naive forecasts, 120 months", "series", (10, 100, 1000, 10000), at)
