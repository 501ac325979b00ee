"""Rows of the autoregression and their moments when each month has a scale of its own.

Source: Lenza & Primiceri 2022, section 2: weighted least squares; the likelihood of y carries -n sum log s_t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate
from forecast.kernels.bvar.data import var_rows

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """T rows of an autoregression of n variables with k = m + n p regressors.

    both (T, k + n): regressors x_t (terms, then lags, newest first) and errors y_t - own y_{t-1} of the prior mean.
    at (T): place of each row's month among all months, first 0. own (n), start (n), terms (m), lags: as in VarMoments.
    flows: how many of the variables are flows; they come first.
    """

    both: FloatArray
    at: NDArray[np.int64]
    own: FloatArray
    start: FloatArray
    terms: FloatArray
    lags: int
    flows: int


def rows_of(
    y: FloatArray,
    terms: FloatArray,
    own: FloatArray,
    lags: int,
    told: NDArray[np.bool_] | None = None,
    flows: int = 1,
) -> Rows:
    """Rows of y (T + p, n) with terms (T + p, m); months in which ``told`` (T + p) is False have none.

    Beliefs about unit roots stand on the means of the p months before the first row.
    """
    months, n = y.shape
    m = terms.shape[1]
    X, Y = np.empty((months - lags, m + n * lags)), np.empty((months - lags, n))
    var_rows(gate(y), gate(terms), np.ones(months), lags, X, Y)
    kept = np.arange(lags, months) if told is None else lags + np.flatnonzero(told[lags:])
    both = np.hstack([X, Y - own * X[:, m : m + n]])[kept - lags]
    return Rows(both, kept, own, y[:lags].mean(axis=0), terms[:lags].mean(axis=0), lags, flows)


def weighted_gram(rows: Rows, log_scale: FloatArray) -> FloatArray:
    """Z'Z (k + n, k + n) of all rows when the errors of row t have the covariance exp(2 log_scale[t]) Sigma."""
    scaled = rows.both * np.exp(-log_scale)[:, None]
    return np.asarray(scaled.T @ scaled)
