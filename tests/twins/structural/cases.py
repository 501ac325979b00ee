"""Random and awkward series and variances for the basic structural model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tests.twins.structural.dense import Array


class Case(NamedTuple):
    y: Array
    period: int
    slope: int
    variances: Array


def cases(count: int, seed: int, gaps: bool, zeros: bool = True) -> Iterator[Case]:
    """Walks up to 4 years longer than the start needs; gaps early, late and anywhere; variances of zero."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        period, slope = int(rng.choice([1, 2, 3, 4, 7, 12])), int(rng.integers(2))
        n = period + slope + 3 + int(rng.integers(3 * period + 8))
        y = np.cumsum(np.cumsum(0.1 * rng.normal(size=n)) + rng.normal(size=n)) + 5.0 * rng.normal()
        variances = np.exp(1.5 * rng.normal(size=4))
        if zeros and i % 3 == 0:
            variances[rng.permutation(4)[: 1 + i % 2]] = 0.0
            if not variances[[0, 1]].any():
                variances[0] = 0.5
        if gaps:
            n += 2 * period
            y = np.concatenate([y, np.cumsum(rng.normal(size=2 * period))])
            y[rng.choice(n, rng.integers(1, period + 1), replace=False)] = np.nan
            if i % 4 == 0:
                y[: rng.integers(1, period + 1)] = np.nan
            if i % 4 == 1:
                y[-int(rng.integers(1, 2 + period // 2)) :] = np.nan
            if all(np.isfinite(y[k::period]).any() for k in range(period)):
                yield Case(y, period, slope, variances)
        else:
            yield Case(y, period, slope, variances)
