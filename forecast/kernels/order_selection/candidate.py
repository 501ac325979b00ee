"""One candidate among ARIMA orders: exact maximum likelihood from a neighbour's coefficients, and its criterion.

Neighbours differ by a lag or two, so their maxima lie close together: a search that starts from the best candidate so
far, cut or filled with zeros, needs few steps, and no conditional sum of squares has to stand in for the likelihood.

Source: Hurvich & Tsai 1989, "Regression and time series model selection in small samples" (AICc); Hyndman & Khandakar
2008, "Automatic time series forecasting", s3.2 (roots near the unit circle are refused; their package's limit of 1.01).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.arima.columns import ArimaColumns
from forecast.kernels.arima.likelihood import (
    ArimaWork,
    arima_work,
    concentrated_gradient,
    concentrated_loglik,
)
from forecast.kernels.arima.polynomials import (
    arima_coefficients,
    arima_coefficients_adjoint,
    arima_inverse_roots,
    arima_unknowns,
)
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.status import NOT_CONVERGED, OK, TOO_SHORT

AICC, AIC, BIC = 0, 1, 2

LARGEST_INVERSE_ROOT = 1.0 / 1.01
"""A polynomial with an inverse root beyond this is refused as all but non-stationary or non-invertible."""

_START_EDGE = 0.9
_LONGEST = 1.0


class ArimaCandidate(NamedTuple):
    """coef (p+q+P+Q): phi, theta, Phi, Theta. beta: constant, then regressors, or none where the fit failed.

    numbers (5): log-likelihood, variance of the shocks (S/n), AIC, AICc, BIC. roots (2): largest inverse root of the
    autoregressive and of the moving-average polynomial. counts (4): status, iterations, figures, parameters.
    """

    coef: FloatArray
    beta: FloatArray
    numbers: FloatArray
    roots: FloatArray
    counts: IntArray


@kernel
def carried_coefficients(coef: FloatArray, order: IntArray, other: IntArray) -> FloatArray:
    """Coefficients of ``order`` (8) taken over to ``other`` (8): each polynomial cut, or filled with zeros."""
    carried = np.zeros(other[0] + other[2] + other[3] + other[5])
    at = 0
    to = 0
    for i in range(4):
        part = (0, 2, 3, 5)[i]
        size = order[part]
        room = other[part]
        for j in range(min(size, room)):
            carried[to + j] = coef[at + j]
        at += size
        to += room
    return carried


@kernel
def _minus_loglik(x: FloatArray, g: FloatArray, order: IntArray, columns: ArimaColumns, work: ArimaWork) -> float:
    """Minus the log-likelihood of one figure at the unknowns; its gradient goes to ``g``."""
    coef = arima_coefficients(x, order)
    if concentrated_loglik(coef, order, columns, work) != OK:
        return math.inf
    bar = arima_coefficients_adjoint(x, order, concentrated_gradient(coef, order, columns, work))
    for i in range(g.shape[0]):
        g[i] = -bar[i] / work.counts[2]
    return -float(work.numbers[3] / work.counts[2])


@kernel
def arima_candidate(
    columns: ArimaColumns, order: IntArray, start: FloatArray, tolerance: float, iterations: int
) -> ArimaCandidate:
    """Exact maximum-likelihood fit of ``order`` (8: p, d, q, P, D, Q, s, constant) to differenced ``columns``.

    start (p+q+P+Q): coefficients to search from; they are drawn inside the unit circle first. tolerance: for the
    gradient of one figure's log-likelihood. iterations: at most so many lines.

    Status: OK; NOT_CONVERGED (the best found is reported); TOO_SHORT (not more figures than parameters); what
    ``arima_columns`` or the likelihood reports. With any but the first two, the numbers are -inf or inf.
    """
    size = start.shape[0]
    betas = columns.W.shape[0] - 1 - columns.counts[1]
    numbers = np.array([-np.inf, np.inf, np.inf, np.inf, np.inf])
    roots = np.ones(2)
    parameters = size + betas + 1
    counts = np.array([columns.counts[0], 0, 0, parameters])
    if counts[0] == OK and columns.counts[4] - columns.counts[1] <= parameters:
        counts[0] = TOO_SHORT
    if counts[0] != OK:
        return ArimaCandidate(np.zeros(size), np.zeros(0), numbers, roots, counts)
    work = arima_work(columns, order)
    coef = start.copy()
    searched = OK
    if size > 0:
        search = begin(arima_unknowns(start, order, _START_EDGE), tolerance, iterations, _LONGEST)
        while True:
            f = _minus_loglik(search.x, search.g, order, columns, work)
            if advance(search, f) != EVALUATE:
                break
        coef = arima_coefficients(search.best, order)
        searched = search.counts[2]
        counts[1] = search.counts[0]
    status = concentrated_loglik(coef, order, columns, work)
    counts[0] = status
    if status != OK:
        return ArimaCandidate(coef, np.zeros(0), numbers, roots, counts)
    if searched != OK:
        counts[0] = NOT_CONVERGED
    counts[2] = work.counts[2]
    figures = float(work.counts[2])
    numbers[0] = work.numbers[3]
    numbers[1] = work.numbers[0] / figures
    numbers[2] = -2.0 * numbers[0] + 2.0 * parameters
    spare = figures - parameters - 1.0
    numbers[3] = numbers[2] + 2.0 * parameters * (parameters + 1.0) / spare if spare > 0.0 else np.inf
    numbers[4] = -2.0 * numbers[0] + parameters * math.log(figures)
    roots[0], roots[1] = arima_inverse_roots(coef, order)
    return ArimaCandidate(coef, work.beta[columns.counts[1] :].copy(), numbers, roots, counts)


@kernel
def candidate_criterion(found: ArimaCandidate, criterion: int) -> float:
    """AICc (0), AIC (1) or BIC (2) of a candidate; infinite if it failed or a root is too near the unit circle."""
    if found.counts[0] != OK and found.counts[0] != NOT_CONVERGED:
        return math.inf
    if max(found.roots[0], found.roots[1]) > LARGEST_INVERSE_ROOT:
        return math.inf
    if criterion == AIC:
        return float(found.numbers[2])
    return float(found.numbers[4]) if criterion == BIC else float(found.numbers[3])
