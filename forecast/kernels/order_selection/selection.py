"""The state of a search among ARIMA orders, one trial of it, and what comes out.

Source: Hyndman & Khandakar 2008, "Automatic time series forecasting: the forecast package for R", s3.2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.columns import ArimaColumns, arima_columns
from forecast.kernels.arima.fit import CSS, arima_fit
from forecast.kernels.order_selection.candidate import (
    AIC,
    ArimaCandidate,
    arima_candidate,
    candidate_criterion,
    carried_coefficients,
)
from forecast.kernels.order_selection.plan import ArimaPlan
from forecast.kernels.status import NOT_CONVERGED, OK, SINGULAR, TOO_SHORT

_ROUGH, _FINE = 1e-4, 1e-8
_ROUGH_LINES, _FINE_LINES = 60, 200
_NO_BETTER = 1e-12
_ELSEWHERE = 0.1


class ArimaSelection(NamedTuple):
    """The chosen model; for many series every field has one row a series, coef and beta filled up with zeros.

    order (8): p, d, q, P, D, Q, s, constant (0 or 1). coef (p+q+P+Q): phi, theta, Phi, Theta. beta: mean or drift, if
    any, then the regressors. numbers (8): log-likelihood, variance of the shocks (S/n), AIC, AICc, BIC, largest inverse
    root of the autoregressive and of the moving-average polynomial, the criterion that was minimised.
    counts (6): status, iterations of the last fit, figures, parameters, models tried, models refused among them.
    """

    order: IntArray
    coef: FloatArray
    beta: FloatArray
    numbers: FloatArray
    counts: IntArray


class ArimaSearch(NamedTuple):
    """A search under way.

    y (n): the series divided by its scale. X (n, k): regressors. plain, level: the differenced columns of both,
    without and with a constant.
    seen: criterion of every order tried, by its place; NaN for the others. place (5): sizes of p, q, P, Q, constant.
    best_order (8), best_coef: of the best so far. value (1): its criterion. counts (3): criterion (0 AICc, 1 AIC,
    2 BIC), models tried, refused. scale (1).
    """

    y: FloatArray
    X: FloatArray
    plain: ArimaColumns
    level: ArimaColumns
    seen: FloatArray
    place: IntArray
    best_order: IntArray
    best_coef: FloatArray
    value: FloatArray
    counts: IntArray
    scale: FloatArray


@kernel
def open_search(y: FloatArray, X: FloatArray, plan: ArimaPlan, criterion: int) -> ArimaSearch:
    """A search of the orders that ``plan`` allows, nothing tried so far."""
    place = np.empty(5, np.int64)
    room, coefficients = 1, 0
    for i in range(4):
        place[i] = plan.most[i] + 1
        coefficients += plan.most[i]
        room *= place[i]
    place[4] = plan.order[7] + 1
    scaled = np.empty(y.shape[0])
    for t in range(y.shape[0]):
        scaled[t] = y[t] / plan.numbers[0]
    order = plan.order.copy()
    level = arima_columns(scaled, X, order)
    order[7] = 0
    plain = arima_columns(scaled, X, order)
    counts = np.zeros(3, np.int64)
    counts[0] = AIC if plan.counts[2] == 1 else criterion
    best = np.full(1, np.inf)
    seen = np.full(room * place[4], np.nan)
    scale = plan.numbers[:1].copy()
    return ArimaSearch(scaled, X, plain, level, seen, place, order, np.zeros(coefficients), best, counts, scale)


@kernel
def _place_of(search: ArimaSearch, p: int, q: int, P: int, Q: int, constant: int) -> int:
    """Place of an order among all of the search; -1 outside."""
    at = 0
    for i, part in enumerate((p, q, P, Q, constant)):
        size = int(search.place[i])
        if part < 0 or part >= size:
            return -1
        at = at * size + part
    return at


@kernel
def try_order(search: ArimaSearch, p: int, q: int, P: int, Q: int, constant: int) -> int:
    """Fit an order unless it lies outside the limits or was tried; 1 if it is the best so far, else 0.

    The search for its maximum starts from the best order's coefficients, and once more from those of the conditional
    least squares if they lie elsewhere: mixed models often have two maxima.
    """
    at = _place_of(search, p, q, P, Q, constant)
    if at < 0 or not math.isnan(search.seen[at]):
        return 0
    order = search.best_order.copy()
    order[0], order[2], order[3], order[5], order[7] = p, q, P, Q, constant
    columns = search.level if constant == 1 else search.plain
    start = carried_coefficients(search.best_coef, search.best_order, order)
    lines = int(np.int64(_ROUGH_LINES))
    found = arima_candidate(columns, order, start, _ROUGH, lines)
    if start.shape[0] > 1:
        rough = arima_fit(search.y, search.X, order, int(np.int64(CSS)))
        apart = 0.0
        for i in range(min(start.shape[0], rough.coef.shape[0])):
            apart = max(apart, abs(rough.coef[i] - found.coef[i]))
        if apart > _ELSEWHERE:
            other = arima_candidate(columns, order, rough.coef, _ROUGH, lines)
            if other.numbers[0] > found.numbers[0]:
                found = other
    value = candidate_criterion(found, search.counts[0])
    search.seen[at] = value
    search.counts[1] += 1
    if value == np.inf:
        search.counts[2] += 1
    if not value < search.value[0]:
        return 0
    search.value[0] = value
    for i in range(8):
        search.best_order[i] = order[i]
    for i in range(found.coef.shape[0]):
        search.best_coef[i] = found.coef[i]
    return 1


@kernel
def _next_best(search: ArimaSearch, order: IntArray) -> int:
    """Write the order with the smallest criterion into ``order``; its place, or -1 if every one is refused."""
    at, low = -1, np.inf
    for i in range(search.seen.shape[0]):
        if search.seen[i] < low:
            at, low = i, search.seen[i]
    rest = at
    for i in range(4, -1, -1):
        size = int(search.place[i])
        order[(0, 2, 3, 5, 7)[i]] = rest % size if at >= 0 else 0
        rest = rest // size
    return at


@kernel
def best_of_starts(y: FloatArray, X: FloatArray, order: IntArray, start: FloatArray) -> ArimaCandidate:
    """Exact fit of ``order`` (8) to ``y`` (n) and ``X`` (n, k): the best of three searches to the end.

    They start from the coefficients ``start``, from zero and from the conditional least squares.
    """
    columns = arima_columns(y, X, order)
    lines, conditional = int(np.int64(_FINE_LINES)), int(np.int64(CSS))
    found = arima_candidate(columns, order, start, _FINE, lines)
    if start.shape[0] == 0:
        return found
    for way in range(2):
        other_start = np.zeros(start.shape[0])
        if way == 1:
            rough = arima_fit(y, X, order, conditional)
            for i in range(min(start.shape[0], rough.coef.shape[0])):
                other_start[i] = rough.coef[i]
        other = arima_candidate(columns, order, other_start, _FINE, lines)
        if other.numbers[0] > found.numbers[0] + _NO_BETTER * abs(found.numbers[0]):
            found = other
    return found


@kernel
def close_search(search: ArimaSearch) -> ArimaSelection:
    """The best order of a search, fitted to the end on the series' own scale.

    If its maximum turns out to lie too near the unit circle the order is refused after all, and the next best has its
    turn; where all are refused the order is 0, d, 0, 0, D, 0 without a constant.
    """
    order = search.best_order.copy()
    while True:
        at = _next_best(search, order)
        start = carried_coefficients(search.best_coef, search.best_order, order)
        found = best_of_starts(search.y, search.X, order, start)
        if at < 0 or candidate_criterion(found, search.counts[0]) < np.inf:
            break
        search.seen[at] = np.inf
        search.counts[2] += 1
    numbers = np.zeros(8)
    counts = np.zeros(6, np.int64)
    counts[0] = found.counts[0]
    counts[4], counts[5] = search.counts[1], search.counts[2]
    beta = np.zeros((order[7] if order[1] + order[4] <= 1 else 0) + search.X.shape[1])
    if counts[0] == OK or counts[0] == NOT_CONVERGED:
        scale = search.scale[0]
        for i in range(1, 4):
            counts[i] = found.counts[i]
        shift = counts[2] * math.log(scale)
        numbers[0] = found.numbers[0] - shift
        numbers[1] = found.numbers[1] * scale * scale
        for i in range(2, 5):
            numbers[i] = found.numbers[i] + 2.0 * shift
        numbers[5], numbers[6] = found.roots[0], found.roots[1]
        numbers[7] = numbers[(3, 2, 4)[search.counts[0]]]
        for i in range(beta.shape[0]):
            beta[i] = scale * found.beta[i]
    return ArimaSelection(order, found.coef, beta, numbers, counts)


@kernel
def without_search(X: FloatArray, plan: ArimaPlan) -> ArimaSelection:
    """What is said of a series that no order can be searched for: see ``arima_stepwise``."""
    order = plan.order.copy()
    if plan.counts[0] == SINGULAR and order[4] > 0 and order[1] > 0:
        order[7] = 0
    k = X.shape[1]
    beta = np.zeros((order[7] if order[1] + order[4] <= 1 else 0) + k)
    if order[7] == 1 and k == 0 and (plan.counts[0] == SINGULAR or plan.counts[0] == TOO_SHORT):
        beta[0] = plan.numbers[1] / (order[6] if order[4] > 0 else 1)
    counts = np.zeros(6, np.int64)
    counts[0] = plan.counts[0]
    return ArimaSelection(order, np.zeros(0), beta, np.zeros(8), counts)
