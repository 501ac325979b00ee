"""Naive twins of the paths: one path at a time in plain Python, shocks by their definition, counts by numpy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import fftconvolve

from forecast.kernels.paths.law import JOINT_T, NORMAL, PathLaw
from forecast.kernels.paths.tally import Watch
from tests.twins import naive

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def student_pairs(u: FloatArray, df: float) -> FloatArray:
    """One multivariate t from uniforms (pairs, 2): each pair drawn given those before it (Ding 2016, s2)."""
    drawn: list[float] = []
    for k, (radius, angle) in enumerate(u):
        nu = df + 2 * k
        scale = math.sqrt((df + sum(value**2 for value in drawn)) / nu)
        r = scale * math.sqrt(nu * math.expm1(-2.0 / nu * math.log(radius)))
        drawn += [r * math.cos(2.0 * math.pi * angle), r * math.sin(2.0 * math.pi * angle)]
    return np.array(drawn)


def shocks(law: PathLaw, key: int, path: int) -> FloatArray:
    """Shocks (months, d) of one path."""
    months, d = law.drift.shape
    if law.shocks == NORMAL:
        return naive.normals(key, path, months * d).reshape(months, d)
    pairs = (d + 1) // 2 if law.shocks == JOINT_T else d
    u = naive.uniforms(key, path, 2 * months * pairs).reshape(months, pairs, 2)
    if law.shocks == JOINT_T:
        return np.array([student_pairs(month, law.df)[:d] for month in u])
    return np.array([[student_pairs(pair[None], law.df)[0] for pair in month] for month in u])


def flows(law: PathLaw, key: int, paths: range) -> FloatArray:
    """Flows (paths, months, d) by the equation of the law."""
    out = []
    for path in paths:
        x = list(law.history)
        for t, e in enumerate(shocks(law, key, path)):
            carried = sum((A @ x[-1 - lag] for lag, A in enumerate(law.A)), start=np.zeros(len(e)))
            x.append(carried + law.drift[t] + law.scale[t] * law.impact @ e)
        out.append(np.exp(np.array(x[len(law.A) :]) + law.season))
    return np.array(out)


def sums(ensemble: FloatArray, weights: FloatArray, known: FloatArray, spans: IntArray) -> FloatArray:
    """Sums (n, p) over spans."""
    timeline = np.hstack([np.tile(known, (len(ensemble), 1)), ensemble @ weights])
    return np.array([timeline[:, a : b + 1].sum(axis=1) for a, b in spans])


def first_spans(of_measure: FloatArray, mark: float) -> IntArray:
    """First span whose sum reaches the mark by path; n for none."""
    hit = np.vstack([of_measure >= mark, np.ones(of_measure.shape[1], dtype=bool)])
    return hit.argmax(axis=0)


def walk_reached_by(drift: float, sd: float, barrier: float, steps: int, cells: int = 24_001) -> FloatArray:
    """P(a Gaussian walk has reached the barrier by step 1, 2, ...): the density below it, convolved step by step.

    The density lives on midpoints of cells; the mass that crosses is counted with the exact normal tail.
    """
    low = min(-10.0 * sd * math.sqrt(steps), barrier - 20.0 * sd)
    width = (barrier - low) / cells
    at = low + (np.arange(cells) + 0.5) * width
    reached = [float(stats.norm.sf((barrier - drift) / sd))]
    density = stats.norm.pdf(at, drift, sd)
    reach = int(12.0 * sd / width)
    step = stats.norm.pdf(np.arange(-reach, reach + 1) * width, drift, sd) * width
    for _ in range(steps - 1):
        reached.append(reached[-1] + float((density * stats.norm.sf((barrier - drift - at) / sd)).sum() * width))
        density = fftconvolve(density, step, mode="full")[reach : reach + cells]
    return np.array(reached)


def random_law(rng: np.random.Generator, shocks: int, d: int | None = None, months: int | None = None) -> PathLaw:
    """A law of some shape, one to three lags, some months without shocks or with great ones."""
    d = d or int(rng.integers(1, 5))
    months = months or int(rng.integers(1, 9))
    lags = int(rng.integers(1, 4))
    return PathLaw(
        history=rng.normal(1.0, 0.5, (lags, d)),
        A=rng.uniform(-0.4, 0.4, (lags, d, d)) + (np.eye(d) * 0.5) * (np.arange(lags) == 0)[:, None, None],
        drift=rng.normal(0.0, 0.1, (months, d)),
        season=rng.normal(0.0, 0.2, (months, d)),
        impact=np.tril(rng.normal(0.0, 0.1, (d, d))) if rng.random() < 0.7 else rng.normal(0.0, 0.1, (d, d)),
        scale=rng.choice([0.0, 1.0, 1.0, 3.0], months),
        shocks=shocks,
        df=float(rng.uniform(2.5, 12.0)),
    )


def random_watch(rng: np.random.Generator, law: PathLaw, bins: int) -> Watch:
    """Trailing sums, single months and year-to-date runs over some known months, with marks within reach."""
    months, d = law.drift.shape
    known = rng.uniform(1.0, 9.0, int(rng.integers(0, 6)))
    end = len(known) + months
    width = int(rng.integers(1, end + 1))
    trailing = [(t - width + 1, t) for t in range(width - 1, end)]
    single = [(t, t) for t in range(end)]
    running = [(0, t) for t in range(end)]
    spans = np.array(trailing + single + running, dtype=np.int64)
    measure = np.repeat([0, 1, 2], [len(trailing), len(single), len(running)]).astype(np.int64)
    return Watch(rng.uniform(0.2, 1.5, d), known, spans, measure, rng.uniform(1.0, 30.0, (3, 2)), bins)
