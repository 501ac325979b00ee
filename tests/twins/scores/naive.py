"""Naive twins of the scores: definitions, double sums and numerical integrals."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, stats

FloatArray = NDArray[np.float64]


def crps_of_cdf(cdf: Callable[[float], float], y: float, low: float, high: float) -> float:
    """Integral of (F(z) - 1{y <= z})^2 over low ... high."""
    ends = sorted({low, min(max(y, low), high), high})
    parts = [
        integrate.quad(lambda z, right=a >= y: (cdf(z) - right) ** 2, a, b, epsabs=1e-12, epsrel=1e-12, limit=500)[0]
        for a, b in pairwise(ends)
    ]
    return float(sum(parts))


def crps_of_points(
    x: FloatArray, weights: FloatArray, y: float, low: float = -math.inf, high: float = math.inf
) -> float:
    """The same integral for a step function: between neighbouring points everything is constant."""
    ends = np.clip(np.sort(np.append(x, y)), low, high)
    w = weights / weights.sum()
    total = 0.0
    for a, b in pairwise(ends):
        if b > a:
            middle = 0.5 * (a + b)
            total += (b - a) * (w[x <= middle].sum() - float(y <= middle)) ** 2
    return total


def crps_over_pairs(x: FloatArray, y: float, fair: bool) -> float:
    """E|X - y| - E|X - X'| / 2 by the double sum."""
    m = len(x)
    pairs = np.abs(x[:, None] - x[None, :]).sum()
    return float(np.abs(x - y).mean() - pairs / (2 * m * (m - 1 if fair else m)))


def energy_over_pairs(x: FloatArray, y: FloatArray, fair: bool) -> float:
    """E||X - y|| - E||X - X'|| / 2 by the double sum; x (m, d)."""
    m = len(x)
    pairs = np.linalg.norm(x[:, None] - x[None], axis=2).sum()
    return float(np.linalg.norm(x - y, axis=1).mean() - pairs / (2 * m * (m - 1 if fair else m)))


def energy_over_bands(x: FloatArray, y: FloatArray, bands: int) -> float:
    """The second term over members 1 ... bands places further on, in a circle."""
    apart = [np.linalg.norm(x - np.roll(x, -k, axis=0), axis=1).mean() for k in range(1, bands + 1)]
    return float(np.linalg.norm(x - y, axis=1).mean() - 0.5 * np.mean(apart))


def variogram(x: FloatArray, y: FloatArray) -> float:
    """Sum over all ordered pairs of variables."""
    of_x = (np.abs(x[:, :, None] - x[:, None, :]) ** 0.5).mean(axis=0)
    return float(((np.abs(y[:, None] - y[None, :]) ** 0.5 - of_x) ** 2).sum())


def log_score_of_kernels(x: FloatArray, y: float) -> float:
    """-log of scipy's normal densities, averaged, with Silverman's bandwidth."""
    quartiles = np.quantile(x, [0.25, 0.75])
    spread = min(x.std(ddof=1), np.diff(quartiles)[0] / 1.34) if np.diff(quartiles)[0] > 0 else x.std(ddof=1)
    h = 0.9 * spread * len(x) ** -0.2
    return -float(np.log(stats.norm.pdf(y, x, h).mean()))
