"""Stepwise search for the orders of a seasonal ARIMA model, for one series and for many.

From the best of four simple models the search moves to the first neighbour with a smaller criterion, until none of
them has one: one or both of P and Q, then of p and q, up or down by one, then the constant in or out. Every model is
fitted by exact maximum likelihood.

Source: Hyndman & Khandakar 2008, "Automatic time series forecasting: the forecast package for R", s3.2 (with all eight
moves of two orders, as their package has come to make them).
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.order_selection.candidate import AICC, BIC
from forecast.kernels.order_selection.plan import arima_plan
from forecast.kernels.order_selection.selection import (
    ArimaSearch,
    ArimaSelection,
    close_search,
    open_search,
    try_order,
    without_search,
)
from forecast.kernels.status import OK, OUT_OF_RANGE

# Moves of p, q, P, Q in the order of their trial.
_MOVES = np.array(
    [
        [0, 0, -1, 0],
        [0, 0, 0, -1],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
        [0, 0, -1, -1],
        [0, 0, -1, 1],
        [0, 0, 1, -1],
        [0, 0, 1, 1],
        [-1, 0, 0, 0],
        [0, -1, 0, 0],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [-1, -1, 0, 0],
        [-1, 1, 0, 0],
        [1, -1, 0, 0],
        [1, 1, 0, 0],
    ]
)


@kernel
def _step(search: ArimaSearch, most_models: int) -> bool:
    """Try the neighbours of the best order until one is better; whether one was."""
    p, q, P, Q = search.best_order[0], search.best_order[2], search.best_order[3], search.best_order[5]
    constant = search.best_order[7]
    for move in _MOVES:
        if search.counts[1] >= most_models:
            return False
        if try_order(search, p + move[0], q + move[1], P + move[2], Q + move[3], constant) == 1:
            return True
    return search.counts[1] < most_models and try_order(search, p, q, P, Q, 1 - constant) == 1


@kernel
def arima_stepwise(y: FloatArray, X: FloatArray, s: int, limits: IntArray, criterion: int) -> ArimaSelection:
    """Choose and fit a seasonal ARIMA model for ``y`` (n, NaN is a gap) with regressors ``X`` (n, k), k may be 0.

    s: figures a cycle; 0 or 1 for no season. limits (11): as ``SEARCH_LIMITS``. criterion: 0 AICc, 1 AIC, 2 BIC.
    A model with an inverse root beyond 1/1.01 is refused.

    Status: OK; NOT_CONVERGED (the best found); OUT_OF_RANGE and NON_FINITE for the arguments; TOO_SHORT without a
    figure, or with fewer than the simplest model has unknowns (the order is then 0, d, 0, 0, D, 0); SINGULAR if the
    series, differenced, does not vary: the order says which polynomial it is, ``beta`` its mean or drift (not with
    regressors), the variance of the shocks is 0 and so are the other numbers.
    """
    plan = arima_plan(y, X, s, limits)
    if criterion < AICC or criterion > BIC:
        plan.counts[0] = OUT_OF_RANGE
    if plan.counts[0] != OK:
        return without_search(X, plan)
    search = open_search(y, X, plan, criterion)
    constant, most = plan.order[7], plan.most
    none, p, q, P, Q = 0 * constant, min(most[0], 1), min(most[1], 1), min(most[2], 1), min(most[3], 1)
    try_order(search, none, none, none, none, constant)
    try_order(search, p, none, P, none, constant)
    try_order(search, none, q, none, Q, constant)
    try_order(search, none, none, none, none, none)
    try_order(search, plan.start[0], plan.start[1], plan.start[2], plan.start[3], constant)
    while _step(search, limits[10]):
        pass
    return close_search(search)


@kernel
def _choose_each(
    first: int,
    last: int,
    Y: FloatArray,
    s: int,
    limits: IntArray,
    criterion: int,
    orders: IntArray,
    coef: FloatArray,
    beta: FloatArray,
    numbers: FloatArray,
    counts: IntArray,
) -> None:
    """:func:`arima_stepwise` of the series first to last - 1 of ``Y`` (series, n)."""
    X = np.zeros((Y.shape[1], 0))
    for i in range(first, last):
        found = arima_stepwise(Y[i], X, s, limits, criterion)
        for j in range(8):
            orders[i, j] = found.order[j]
            numbers[i, j] = found.numbers[j]
        for j in range(6):
            counts[i, j] = found.counts[j]
        for j in range(found.coef.shape[0]):
            coef[i, j] = found.coef[j]
        for j in range(found.beta.shape[0]):
            beta[i, j] = found.beta[j]


def arima_stepwise_many(Y: FloatArray, s: int, limits: IntArray, criterion: int) -> ArimaSelection:
    """:func:`arima_stepwise` of every row of ``Y`` (series, n); a shorter series has gaps before or after.

    Returns orders (series, 8), coefficients and beta padded with zeros, numbers (series, 8) and counts (series, 6).
    """
    series = len(Y)
    size = sum(max(int(most), 0) for most in limits[:4])
    orders = np.zeros((series, 8), np.int64)
    coef, beta = np.zeros((series, size)), np.zeros((series, 1))
    numbers, counts = np.zeros((series, 8)), np.zeros((series, 6), np.int64)
    spread(_choose_each, series, Y, s, limits, criterion, orders, coef, beta, numbers, counts)
    return ArimaSelection(orders, coef, beta, numbers, counts)
