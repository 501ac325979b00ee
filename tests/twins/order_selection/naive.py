"""Automatic choice of ARIMA orders in plain Python, and series to try it on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np

from forecast.kernels._jit import gate
from forecast.kernels.arima.columns import arima_columns
from forecast.kernels.arima.fit import arima_fit
from forecast.kernels.order_selection.candidate import ArimaCandidate, arima_candidate

Array = np.ndarray
Parts = tuple[int, int, int, int, int]


def series(seed: int, s: int, n: int = 0) -> Array:
    """Integrated mixed processes with a season and a drift, at many scales; every third with gaps."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(4 * max(s, 5), 6 * max(s, 8)))
    e = rng.normal(0.0, 1.0, n + 1)
    y = e[1:] + rng.uniform(-0.6, 0.8) * e[:-1]
    phi = rng.uniform(-0.3, 0.8)
    for t in range(1, n):
        y[t] += phi * y[t - 1]
    if seed % 2:
        y = y.cumsum()
    if s > 1:
        y = y + (seed % 4) * 2.0 * np.cos(2.0 * np.pi * np.arange(n) / s)
    y = 10.0 ** (seed % 7 - 3) * (50.0 + y + 0.1 * (seed % 3) * np.arange(n))
    if seed % 3 == 2:
        y[rng.choice(n, n // 12, replace=False)] = np.nan
    return gate(y)


def parts_of(coef: Array, order: Array) -> list[Array]:
    """The four polynomials of a vector of coefficients."""
    return np.split(coef, np.cumsum([order[0], order[2], order[3]]))


def naive_carried(coef: Array, order: Array, other: Array) -> Array:
    """Each polynomial cut or filled with zeros."""
    sizes = [other[i] for i in (0, 2, 3, 5)]
    return np.concatenate(
        [np.pad(part, (0, 99))[:size] for part, size in zip(parts_of(coef, order), sizes, strict=True)]
    )


def naive_criterion(found: ArimaCandidate, criterion: int) -> float:
    """AICc, AIC or BIC from the log-likelihood; infinite for a failed fit or a root near the unit circle."""
    figures, k = int(found.counts[2]), int(found.counts[3])
    if found.counts[0] not in (0, 4) or max(found.roots) > 1.0 / 1.01:
        return np.inf
    penalty = (2.0 * k * figures / (figures - k - 1) if figures > k + 1 else np.inf, 2.0 * k, k * np.log(figures))
    return float(penalty[criterion] - 2.0 * found.numbers[0])


@dataclass
class NaiveSearch:
    """What was tried, by order, and the best of it."""

    y: Array
    X: Array
    plan: Array
    most: Array
    criterion: int
    tried: dict[Parts, float] = field(default_factory=dict)
    best: Parts = (0, 0, 0, 0, 0)
    coef: Array = field(default_factory=lambda: np.zeros(0))
    value: float = np.inf

    def order(self, parts: Parts) -> Array:
        p, q, P, Q, constant = parts
        return np.array([p, self.plan[1], q, P, self.plan[4], Q, self.plan[6], constant])

    def attempt(self, *parts: int) -> bool:
        """Fit an order from the best one's coefficients; whether it is the best so far."""
        limits = (*self.most, self.plan[7])
        if parts in self.tried or any(not 0 <= part <= limit for part, limit in zip(parts, limits, strict=True)):
            return False
        order = self.order(parts)
        start = naive_carried(self.coef, self.order(self.best), order)
        columns = arima_columns(self.y, self.X, order)
        found = arima_candidate(columns, order, start, 1e-4, 60)
        rough = arima_fit(self.y, self.X, order, 1).coef
        if len(start) > 1 and np.abs(rough - found.coef).max() > 0.1:
            found = max(found, arima_candidate(columns, order, rough, 1e-4, 60), key=lambda fit: fit.numbers[0])
        self.tried[parts] = naive_criterion(found, self.criterion)
        if self.tried[parts] >= self.value:
            return False
        self.best, self.coef, self.value = parts, found.coef, self.tried[parts]
        return True


def neighbours(parts: Parts) -> list[Parts]:
    """Seasonal orders first, single moves before double ones, the constant last."""
    p, q, P, Q, c = parts
    moves = [(-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]
    seasonal = [(p, q, P + a, Q + b, c) for a, b in moves]
    return [*seasonal, *((p + a, q + b, P, Q, c) for a, b in moves), (p, q, P, Q, 1 - c)]


def naive_stepwise(search: NaiveSearch, start: Array, models: int) -> None:
    """Hill climbing from the best of five models to the first better neighbour."""
    c, (p, q, P, Q) = int(search.plan[7]), (min(int(m), 1) for m in search.most)
    for first in ((0, 0, 0, 0, c), (p, 0, P, 0, c), (0, q, 0, Q, c), (0, 0, 0, 0, 0), (*map(int, start), c)):
        search.attempt(*first)
    while any(len(search.tried) < models and search.attempt(*parts) for parts in neighbours(search.best)):
        pass


def naive_exhaustive(search: NaiveSearch, total: int) -> None:
    """Every order up to a total size, small ones first."""
    ranges = [range(int(m) + 1) for m in search.most]
    for p, q, P, Q in sorted(itertools.product(*ranges), key=lambda parts: (sum(parts), parts)):
        if p + q + P + Q <= total:
            for c in range(int(search.plan[7]), -1, -1):
                search.attempt(p, q, P, Q, c)
