"""The forecasters that any model has to beat: mean growth alone, and least squares on the year's oil price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray = NDArray[np.float64]

_GRID = 2000


def drift(log_totals: FloatArray) -> FloatArray:
    """Log of next year's total (draws): last year's plus the mean growth, Student-t predictive.

    log_totals (y): logs of yearly totals, at least four.
    """
    growth = np.diff(log_totals)
    n = len(growth)
    sd = growth.std(ddof=1) * np.sqrt(1.0 + 1.0 / n)
    return np.asarray(log_totals[-1] + growth.mean() + sd * special.stdtrit(n - 1, _grid()))


def oil_regression(log_totals: FloatArray, log_oil: FloatArray, next_log_oil: FloatArray) -> FloatArray:
    """Log of next year's total (draws) by growth regressed on the growth of the oil price, Student-t predictive.

    log_totals, log_oil (y): yearly totals and yearly mean prices, at least five years. next_log_oil: the price of
    the year ahead, one value when it is known, many when it goes by its own density.
    """
    growth, oil = np.diff(log_totals), np.diff(log_oil)
    n = len(growth)
    X = np.column_stack([np.ones(n), oil])
    coefficient, *_ = np.linalg.lstsq(X, growth, rcond=None)
    residual = growth - X @ coefficient
    variance = float(residual @ residual) / (n - 2)
    inverse = np.linalg.inv(X.T @ X)
    ahead = np.atleast_1d(next_log_oil) - log_oil[-1]
    x = np.column_stack([np.ones(len(ahead)), ahead])
    sd = np.sqrt(variance * (1.0 + np.einsum("ij,jk,ik->i", x, inverse, x)))
    grid = _grid()
    rows = np.arange(_GRID) % len(ahead) if len(ahead) > 1 else np.zeros(_GRID, dtype=int)
    shuffled = grid[np.argsort((np.arange(_GRID) * 0.6180339887498949) % 1.0)] if len(ahead) > 1 else grid
    return np.asarray(log_totals[-1] + x[rows] @ coefficient + sd[rows] * special.stdtrit(n - 2, shuffled))


def _grid() -> FloatArray:
    """Midpoints of equal slices of probability."""
    return (np.arange(_GRID) + 0.5) / _GRID
