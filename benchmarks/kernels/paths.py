"""Simulated paths: numpy as a competent user writes it against the fused pass, and the parts of both."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.contest import Contest, Growth
from forecast.kernels._threads import threads
from forecast.kernels.paths.law import JOINT_T, NORMAL, PathLaw
from forecast.kernels.paths.quantiles import binned_quantiles, ensemble_quantiles
from forecast.kernels.paths.simulate import simulate_flows
from forecast.kernels.paths.tally import Tally, Watch, tally_paths

MONTHS, FLOWS, DF, MARK, KNOWN = 36, 3, 5.0, 220.0, 16.0
START, DRIFT = np.log(np.array([8.0, 5.0, 3.0])), 0.01
IMPACT = 0.08 * np.linalg.cholesky(np.array([[1.0, 0.4, 0.2], [0.4, 1.0, 0.3], [0.2, 0.3, 1.0]]))
PROBS = np.array([0.05, 0.5, 0.95])
PATHS = 200_000
CHUNK = 500
"""Where numpy is fastest: its arrays stay in the cache (250 to 1,000 are alike, 4,000 is four times slower)."""


def law(shocks: int = JOINT_T) -> PathLaw:
    return PathLaw(
        START[None].copy(),
        np.eye(FLOWS)[None].copy(),
        np.full((MONTHS, FLOWS), DRIFT),
        np.zeros((MONTHS, FLOWS)),
        IMPACT,
        np.ones(MONTHS),
        shocks,
        DF,
    )


def watch() -> Watch:
    """Trailing twelve months, the eleven months before and the last known one among them."""
    spans = np.array([(t + 1, t + 12) for t in range(MONTHS)], dtype=np.int64)
    return Watch(np.ones(FLOWS), np.full(12, KNOWN), spans, np.zeros(MONTHS, np.int64), np.array([[MARK]]), 4096)


def ours(paths: int, count: int, shocks: int = JOINT_T) -> tuple[Tally, np.ndarray]:
    with threads(count):
        tally, _ = tally_paths(law(shocks), watch(), 2018, 0, paths)
    quantiles, _ = binned_quantiles(tally.counts, tally.low, tally.width, PROBS)
    return tally, quantiles


def numpy_sums(paths: int, seed: int, chunk: int = CHUNK) -> np.ndarray:
    """Trailing sums (paths, months); in chunks the arrays stay in cache, chunk = paths is the usual code."""
    rng = np.random.default_rng(seed)
    out = np.empty((paths, MONTHS))
    for at in range(0, paths, chunk):
        size = min(chunk, paths - at)
        z = rng.standard_normal((size, MONTHS, FLOWS))
        z *= np.sqrt(DF / rng.chisquare(DF, (size, MONTHS, 1)))
        x = (z.reshape(-1, FLOWS) @ IMPACT.T).reshape(z.shape)
        x += DRIFT
        np.cumsum(x, axis=1, out=x)
        x += START
        total = np.exp(x, out=x).sum(axis=2)
        running = np.empty((size, 12 + MONTHS + 1))
        running[:, :13] = KNOWN * np.arange(13)
        np.cumsum(total, axis=1, out=running[:, 13:])
        running[:, 13:] += 12 * KNOWN
        out[at : at + size] = running[:, 13:] - running[:, 1 : 1 + MONTHS]
    return out


def by_numpy(paths: int, threads: int, chunk: int = CHUNK) -> tuple[np.ndarray, np.ndarray]:
    """First-passage counts and quantiles."""
    share = paths // threads
    if threads == 1:
        sums = numpy_sums(share, 1, chunk)
    else:
        with ThreadPoolExecutor(threads) as pool:
            sums = np.concatenate(list(pool.map(numpy_sums, [share] * threads, range(threads), [chunk] * threads)))
    hit = sums >= MARK
    first = np.where(hit.any(axis=1), hit.argmax(axis=1), MONTHS)
    columns = np.ascontiguousarray(sums.T)
    if threads == 1:
        quantiles = np.quantile(columns, PROBS, axis=1).T
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = pool.map(lambda rows: np.quantile(rows, PROBS, axis=1).T, np.array_split(columns, threads))
            quantiles = np.concatenate(list(parts))
    return np.bincount(first, minlength=MONTHS + 1), quantiles


def agree() -> str:
    """Both simulate; so probabilities and bands agree within five standard errors of their difference."""
    tally, quantiles = ours(PATHS, 2)
    counts, theirs = by_numpy(PATHS, 1)
    p, q = np.append(tally.first[:, 0], tally.never[0, 0]) / PATHS, counts / PATHS
    error = np.sqrt((p * (1 - p) + q * (1 - q)) / PATHS) + 1e-9
    worst = float((np.abs(p - q) / error).max())
    assert worst < 5.0, worst
    # Density at a quantile from the distance between neighbouring ones of the sample.
    sums = numpy_sums(PATHS, 1).T
    step = 0.02
    near = [np.quantile(sums, np.clip(PROBS + sign * step, 0.001, 0.999), axis=1).T for sign in (-1, 1)]
    slope = (near[1] - near[0]) / (2 * step)
    bands = np.abs(quantiles - theirs) / (slope * np.sqrt(2 * PROBS * (1 - PROBS) / PATHS) + tally.width[:, None])
    assert float(bands.max()) < 5.0, float(bands.max())
    return f"first passage within {worst:.1f}, bands within {float(bands.max()):.1f} standard errors"


def contests() -> Iterator[Contest]:
    size = f"{PATHS:,} paths x {MONTHS} months x {FLOWS} flows, Student-t, first passage and quantiles"
    yield Contest(
        work=f"{size}, one thread",
        ours=lambda: ours(PATHS, 1),
        peers={
            "numpy, whole arrays": lambda: by_numpy(PATHS, 1, PATHS),
            "numpy in chunks": lambda: by_numpy(PATHS, 1),
        },
        agreement=agree,
        rounds=3,
    )
    yield Contest(
        work=f"{size}, two threads",
        ours=lambda: ours(PATHS, 2),
        peers={
            "numpy, whole arrays": lambda: by_numpy(PATHS, 1, PATHS),
            "numpy in chunks": lambda: by_numpy(PATHS, 1),
            "numpy, whole arrays, two threads": lambda: by_numpy(PATHS, 2, PATHS),
            "numpy in chunks, two threads": lambda: by_numpy(PATHS, 2),
        },
        agreement=agree,
        at_least={"numpy, whole arrays": 15.0, "numpy in chunks, two threads": 15.0},
        rounds=3,
        threads=2,
    )
    rows = np.ascontiguousarray(numpy_sums(50_000, 3).T)

    def same() -> str:
        got, _ = ensemble_quantiles(rows, PROBS)
        off = float(np.abs(got / np.quantile(rows, PROBS, axis=1).T - 1.0).max())
        assert off < 1e-13, off
        return f"quantiles to {off:.0e}"

    yield Contest(
        work=f"exact quantiles of {MONTHS} x 50,000 sums, two threads",
        ours=lambda: ensemble_quantiles(rows, PROBS),
        peers={"numpy": lambda: np.quantile(rows, PROBS, axis=1)},
        agreement=same,
        rounds=5,
        threads=2,
    )


def growths() -> Iterator[Growth]:
    sizes = (1_000, 10_000, 100_000, 1_000_000)
    yield Growth("fused pass, Student-t", "paths", sizes, lambda n: lambda: ours(n, 1))
    yield Growth("fused pass, normal", "paths", sizes, lambda n: lambda: ours(n, 1, NORMAL))
    yield Growth("ensemble kept", "paths", sizes[:3], lambda n: lambda: simulate_flows(law(), 2018, 0, n))
