"""Scores of ensembles: scoringrules with each of its ways against the sorted sum, and the energy score."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from benchmarks.contest import Contest, Growth
from forecast.kernels._threads import threads
from forecast.kernels.scores.closed import crps_normal
from forecast.kernels.scores.crps import crps_ensemble
from forecast.kernels.scores.energy import energy_scores

MEMBERS, CASES = 1_000, 20_000


def one_thread(members: np.ndarray, y: np.ndarray, bands: int = 0) -> np.ndarray:
    with threads(1):
        return energy_scores(members, y, bands, False)[0]


def crps(members: np.ndarray, y: np.ndarray, low: float = -math.inf, fair: bool = False) -> np.ndarray:
    """On one thread."""
    with threads(1):
        return crps_ensemble(members, y, low=low, fair=fair)[0]


def contests() -> Iterator[Contest]:
    import scoringrules as sr

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(CASES, MEMBERS)), rng.normal(size=CASES)

    def same_crps() -> str:
        plain, fair = crps(x, y), crps(x, y, fair=True)
        off = max(
            float(np.abs(sr.crps_ensemble(y, x, estimator="qd", backend="numba") - plain).max()),
            float(np.abs(sr.crps_ensemble(y, x, estimator="pwm", backend="numba") - fair).max()),
            float(np.abs(sr.crps_ensemble(y[:500], x[:500], backend="numpy") - plain[:500]).max()),
        )
        assert off < 1e-12, off
        return f"scores to {off:.0e}"

    yield Contest(
        work=f"CRPS of {CASES:,} cases, {MEMBERS:,} members",
        ours=lambda: crps(x, y),
        peers={
            "scoringrules (numba)": lambda: sr.crps_ensemble(y, x, backend="numba"),
            "scoringrules (numba, pwm)": lambda: sr.crps_ensemble(y, x, estimator="pwm", backend="numba"),
            "scoringrules (numpy)": lambda: sr.crps_ensemble(y, x, backend="numpy"),
        },
        agreement=same_crps,
        at_least={"scoringrules (numba)": 5.0, "scoringrules (numpy)": 5.0},
        rounds=5,
    )

    low = 1.0

    def same_tail() -> str:
        ours = crps(x, y, low)
        off = float(np.abs(sr.twcrps_ensemble(y, x, a=low, backend="numba") - ours).max())
        assert off < 1e-12, off
        return f"scores to {off:.0e}"

    yield Contest(
        work=f"threshold-weighted CRPS of {CASES:,} cases, {MEMBERS:,} members",
        ours=lambda: crps(x, y, low),
        peers={"scoringrules (numba)": lambda: sr.twcrps_ensemble(y, x, a=low, backend="numba")},
        agreement=same_tail,
        rounds=5,
    )

    clouds, points = rng.normal(size=(40, MEMBERS, 3)), rng.normal(size=(40, 3))

    def same_energy() -> str:
        ours = one_thread(clouds, points)
        off = float(np.abs(sr.es_ensemble(points, clouds, backend="numba") - ours).max())
        off = max(off, float(np.abs(sr.es_ensemble(points[:2], clouds[:2], backend="numpy") - ours[:2]).max()))
        assert off < 1e-11, off
        return f"scores to {off:.0e}"

    yield Contest(
        work=f"energy score of 40 cases, {MEMBERS:,} members x 3 variables",
        ours=lambda: one_thread(clouds, points),
        peers={"scoringrules (numba)": lambda: sr.es_ensemble(points, clouds, backend="numba")},
        agreement=same_energy,
        at_least={"scoringrules (numba)": 10.0},
        rounds=5,
    )

    mu, sigma, seen = rng.normal(size=100_000), rng.lognormal(size=100_000), rng.normal(size=100_000)

    def same_normal() -> str:
        off = float(np.abs(sr.crps_normal(seen, mu, sigma, backend="numpy") - crps_normal(mu, sigma, seen)[0]).max())
        assert off < 1e-12, off
        return f"scores to {off:.0e}"

    yield Contest(
        work="CRPS of 100,000 normal densities",
        ours=lambda: crps_normal(mu, sigma, seen),
        peers={
            "scoringrules (numpy)": lambda: sr.crps_normal(seen, mu, sigma, backend="numpy"),
            "scoringrules (numba)": lambda: sr.crps_normal(seen, mu, sigma, backend="numba"),
        },
        agreement=same_normal,
        rounds=5,
    )


def growths() -> Iterator[Growth]:
    rng = np.random.default_rng(0)
    sizes = (10, 100, 1_000, 10_000)
    pools = {m: (rng.normal(size=(1_000, m)), rng.normal(size=1_000)) for m in sizes}
    yield Growth("CRPS of 1,000 cases", "members", sizes, lambda m: lambda: crps(*pools[m]))
    few = (10, 100, 1_000)
    clouds = {m: (rng.normal(size=(10, m, 3)), rng.normal(size=(10, 3))) for m in few}
    yield Growth("energy score of 10 cases, all pairs", "members", few, lambda m: lambda: one_thread(*clouds[m]))
    yield Growth("energy score of 10 cases, 5 bands", "members", few, lambda m: lambda: one_thread(*clouds[m], 5))
