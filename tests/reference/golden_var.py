"""The VAR(2) whose conditional forecasts are written down in the project's notes on methods, section 3."""

from __future__ import annotations

import numpy as np

A1 = np.array([[0.5, 0.1], [0.2, 0.7]])
A2 = np.array([[-0.1, 0.05], [0.0, -0.2]])
LAGS = np.ascontiguousarray(np.vstack([A1.T, A2.T]))
S = np.array([[1.0, 0.3], [0.3, 0.5]])
STEPS = np.tile([0.1, 0.2], (4, 1))
PAST = np.array([[1.0, 0.0], [0.5, -0.5]])
ROOT = np.tile(np.linalg.cholesky(S), (4, 1, 1))
Y1 = np.array([0, 2, 4, 6])
EVERY_SHOCK = np.ones(8, dtype=np.int64)


def pin_y1(*horizons: int) -> np.ndarray:
    pins = np.full((4, 2), np.nan)
    for horizon in horizons:
        pins[horizon - 1, 0] = 2.0
    return pins
