"""Log-likelihoods: of one system, of many, of many sets of series, or of both pair by pair, spread over threads."""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.statespace.filter import statespace_pass
from forecast.kernels.statespace.model import StateSpace, StateSpaceBatch, statespace_check
from forecast.kernels.statespace.univariate import univariate_form
from forecast.kernels.status import OK, OUT_OF_RANGE


@kernel
def _system_of(b: StateSpaceBatch, i: int) -> StateSpace:
    """System i of the batch."""
    return StateSpace(
        b.Z[min(i, b.Z.shape[0] - 1)],
        b.d[min(i, b.d.shape[0] - 1)],
        b.H[min(i, b.H.shape[0] - 1)],
        b.T[min(i, b.T.shape[0] - 1)],
        b.c[min(i, b.c.shape[0] - 1)],
        b.R[min(i, b.R.shape[0] - 1)],
        b.Q[min(i, b.Q.shape[0] - 1)],
        b.a1[min(i, b.a1.shape[0] - 1)],
        b.P1[min(i, b.P1.shape[0] - 1)],
        b.P1_inf[min(i, b.P1_inf.shape[0] - 1)],
    )


@kernel
def _logliks(first: int, last: int, y: FloatArray, b: StateSpaceBatch, loglik: FloatArray, status: IntArray) -> None:
    """Fill the rows first to last - 1; the only kernel around the pass, so that it is compiled once."""
    keep = first < 0
    for i in range(first, last):
        series, s = y[min(i, y.shape[0] - 1)], _system_of(b, i)
        loglik[i] = -math.inf
        status[i] = statespace_check(series, s)
        if status[i] == OK:
            u, status[i] = univariate_form(series, s)
            if status[i] == OK:
                f = statespace_pass(u, s, keep)
                status[i] = f.status
                if f.status == OK:
                    loglik[i] = f.loglik


def statespace_loglik(y: FloatArray, s: StateSpace) -> tuple[float, int]:
    """Log-likelihood of y (n, p) with NaN for gaps, and a status.

    Observations that take away a diffuse direction count -(log 2 pi + log F_inf) / 2; those implied by earlier ones
    count nothing. If the status is not OK the number is minus infinity.
    """
    loglik, status = np.empty(1), np.empty(1, np.int64)
    _logliks(0, 1, y[None], StateSpaceBatch(*[matrix[None] for matrix in s]), loglik, status)
    return float(loglik[0]), int(status[0])


def statespace_logliks(y: FloatArray, b: StateSpaceBatch) -> tuple[FloatArray, IntArray]:
    """Log-likelihoods (draws) and statuses (draws) by `statespace_loglik`.

    y (draws or 1, n, p): with one entry all systems meet the same series. b: each of its matrices has a leading axis
    of draws or 1. Statuses are OUT_OF_RANGE, likelihoods minus infinity, if the leading axes do not fit.
    """
    leading = {len(values) for values in (y, *b)} - {1}
    draws = next((len(values) for values in (y, *b) if len(values) != 1), 1)
    loglik, status = np.full(draws, -np.inf), np.full(draws, OUT_OF_RANGE)
    if len(leading) <= 1:
        spread(_logliks, draws, y, b, loglik, status)
    return loglik, status
