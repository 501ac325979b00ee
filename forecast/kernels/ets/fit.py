"""Maximum likelihood of one exponential smoothing model: smoothing parameters and first states together.

The series is divided by its mean size first, which changes no answer: level, additive growth and additive seasons
scale with it.

Source: Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with Exponential Smoothing", chapter 5.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, kernel
from forecast.kernels._threads import spread
from forecast.kernels.ets.descent import EXACT, ets_descend
from forecast.kernels.ets.forms import FORMS, ets_parts, ets_unknowns
from forecast.kernels.ets.recursion import TRACE, ets_density, ets_pass
from forecast.kernels.ets.region import ets_natural
from forecast.kernels.ets.starts import ets_next_start, ets_start
from forecast.kernels.status import NON_FINITE, NOT_CONVERGED, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

STARTS = 2
"""Searches for one model unless said otherwise."""

AICC = 0
AIC = 1
BIC = 2
"""Criteria to choose by."""

_TOLERANCE = 1e-5
_ITERATIONS = 200
_BETTER = 1e-6


class EtsFit(NamedTuple):
    """A fitted model.

    form: of the model. smoothing (4): alpha, beta, gamma, phi; 0 (phi 1) for what the form lacks. first (2 + m):
    level, growth and seasons before the first month, the season of that month first. last (2 + m): the same after the
    last month. loglik. squares: sum of squared (relative) errors. observed: figures seen. unknowns: free parameters,
    without the variance. sigma2: squares / (observed - unknowns). evaluations: of the likelihood. status.
    """

    form: int
    smoothing: FloatArray
    first: FloatArray
    last: FloatArray
    loglik: float
    squares: float
    observed: int
    unknowns: int
    sigma2: float
    evaluations: int
    status: int


class EtsRows(NamedTuple):
    """The best model of each of N series, one a row.

    smoothing (N, 4), first and last (N, 2 + m): as in ``EtsFit``. numbers (N, 4): loglik, squares, sigma2, criterion.
    counts (N, 5): form, observed, unknowns, evaluations, status. values (N, FORMS): the criterion of each form,
    infinite where it was not fitted.
    """

    smoothing: FloatArray
    first: FloatArray
    last: FloatArray
    numbers: FloatArray
    counts: IntArray
    values: FloatArray


@kernel
def ets_scale(y: FloatArray) -> tuple[float, int, bool, int]:
    """Mean size of the figures, their number, whether all are positive; status OK, TOO_SHORT (none), NON_FINITE."""
    total, observed, positive = 0.0, 0, True
    for t in range(y.shape[0]):
        if y[t] == y[t]:
            total += abs(y[t])
            observed += 1
            positive = positive and y[t] > 0.0
    if observed == 0:
        return 1.0, 0, False, TOO_SHORT
    if not math.isfinite(total):
        return 1.0, observed, False, NON_FINITE
    scale = total / observed
    return (scale if scale > 0.0 else 1.0), observed, positive, OK


@kernel
def ets_criterion(loglik: float, unknowns: int, observed: int, criterion: int) -> float:
    """AICc (0), AIC (1) or BIC (2), the variance counted with the unknowns; infinite where AICc has none.

    -2 loglik + 2 k + 2 k (k + 1) / (n - k - 1), -2 loglik + 2 k, -2 loglik + k log n, with k = unknowns + 1.
    """
    k, n = float(unknowns + 1), float(observed)
    if criterion == BIC:
        return -2.0 * loglik + k * math.log(n)
    value = -2.0 * loglik + 2.0 * k
    if criterion == AICC:
        value = value + 2.0 * k * (k + 1.0) / (n - k - 1.0) if n > k + 1.0 else np.inf
    return value


@kernel
def _refusal(y: FloatArray, form: int, m: int, observed: int, positive: bool) -> int:
    """Why a form cannot be fitted to figures that are finite, or OK."""
    error, trend, season = ets_parts(form)
    if (season > 0 and m < 2) or (not positive and (error == 1 or trend >= 3 or season == 2)):
        return OUT_OF_RANGE
    if observed < ets_unknowns(form, m) + 1:
        return TOO_SHORT
    if season > 0:
        for j in range(m):
            t = j
            while t < y.shape[0] and y[t] != y[t]:
                t += m
            if t >= y.shape[0]:
                return TOO_SHORT
    return OK


@kernel
def _search(scaled: FloatArray, form: int, m: int, starts: int, x: FloatArray, best: FloatArray) -> tuple[int, int]:
    """Write the likeliest unknowns (k) of several searches to ``best``; evaluations and status. x (k): scratch."""
    least, evaluations, found_at, status = np.inf, 0, 0, OK
    tolerance, iterations = _TOLERANCE, max(_ITERATIONS, starts)
    for i in range(x.shape[0]):
        best[i] = 0.0
    for start in range(max(starts, 1)):
        if start == 0:
            status = ets_start(scaled, form, m, x)
            if status != OK:
                break
        elif not ets_next_start(scaled, form, m, best, start - found_at - 1, x):
            break
        value, spent, ended = ets_descend(scaled, form, m, x, best, least, tolerance, iterations)
        evaluations += spent
        if start == 0 or value < least - _BETTER:
            least, status, found_at = value, ended, start
            for i in range(x.shape[0]):
                best[i] = x[i]
    return evaluations, status


@kernel
def _conclude(
    scaled: FloatArray,
    scale: float,
    form: int,
    m: int,
    x: FloatArray,
    smoothing: FloatArray,
    first: FloatArray,
    last: FloatArray,
    trace: FloatArray,
    numbers: FloatArray,
) -> int:
    """Write the model at the unknowns x (k) of a series divided by ``scale``, in the series' own units; a status.

    Level, additive growth and additive seasons scale with the series, and each figure's density by 1 / scale.
    numbers (3): log-likelihood, sum of squares, variance. last: the season of the first month first.
    """
    error, trend, season = ets_parts(form)
    ets_natural(form, m, x, smoothing, first)
    for i in range(2 + m):
        last[i] = first[i]
    squares, logs, observed, status = ets_pass(scaled, form, m, smoothing, last, trace)
    numbers[0] = -np.inf
    if status == OK and squares <= EXACT * observed:
        squares, numbers[0], status = 0.0, np.inf, SINGULAR
    elif status == OK:
        numbers[0] = ets_density(error, squares, logs, observed) - observed * math.log(scale)
    if error == 0:
        squares *= scale * scale
    numbers[1], numbers[2] = squares, squares / max(observed - x.shape[0], 1)
    for i in range(2 + m):
        if i == 0 or (i == 1 and trend < 3) or (i > 1 and season == 1):
            first[i] *= scale
            last[i] *= scale
    return status


@kernel
def _fit_rows(
    begin: int,
    end: int,
    series: FloatArray,
    ptr: IntArray,
    m: int,
    forms: IntArray,
    criterion: int,
    starts: int,
    rows: EtsRows,
) -> None:
    """Fit the series begin to end - 1 by each of ``forms`` and write the best; see ``ets_fit_rows``."""
    smoothing, first, last, numbers = np.empty(4), np.empty(2 + m), np.empty(2 + m), np.empty(3)
    unknown = np.empty((2, 6 + m))
    for i in range(begin, end):
        rows.counts[i, 4] = OUT_OF_RANGE
        rows.numbers[i, 0], rows.numbers[i, 3] = -np.inf, np.inf
        for form in range(FORMS):
            rows.values[i, form] = np.inf
        if ptr[i] < 0 or ptr[i + 1] < ptr[i] or ptr[i + 1] > series.shape[0]:
            continue
        y = series[ptr[i] : ptr[i + 1]]
        n = y.shape[0]
        scale, observed, positive, finite = ets_scale(y)
        scaled, trace = np.empty(n), np.empty((n, TRACE))
        for t in range(n):
            scaled[t] = y[t] / scale
        for at in range(forms.shape[0]):
            form = forms[at]
            k, evaluations = ets_unknowns(form, m), 0
            status = finite if finite != OK else _refusal(y, form, m, observed, positive)
            value = np.inf
            numbers[0], numbers[1], numbers[2] = -np.inf, 0.0, 0.0
            if status == OK:
                x, best = unknown[0, :k], unknown[1, :k]
                evaluations, status = _search(scaled, form, m, starts, x, best)
                passed = _conclude(scaled, scale, form, m, best, smoothing, first, last, trace, numbers)
                if passed != OK:
                    status = passed
                if status in (OK, NOT_CONVERGED, SINGULAR):
                    value = ets_criterion(numbers[0], k, observed, criterion)
            else:
                for j in range(4):
                    smoothing[j] = 0.0
                for j in range(2 + m):
                    first[j], last[j] = 0.0, 0.0
            rows.values[i, form] = value
            if at == 0 or value < rows.numbers[i, 3]:
                rows.counts[i, 0], rows.counts[i, 1], rows.counts[i, 2] = form, observed, k
                rows.counts[i, 3], rows.counts[i, 4] = evaluations, status
                rows.numbers[i, 3] = value
                for j in range(3):
                    rows.numbers[i, j] = numbers[j]
                for j in range(4):
                    rows.smoothing[i, j] = smoothing[j]
                turn = n if form % 3 > 0 else 0
                for j in range(2 + m):
                    rows.first[i, j] = first[j]
                    rows.last[i, j] = last[j] if j < 2 else last[2 + (turn + j - 2) % m]


def ets_fit_rows(series: FloatArray, ptr: IntArray, m: int, forms: IntArray, criterion: int, starts: int) -> EtsRows:
    """The best of some models for each of N series, over threads.

    series: all figures, one series after the other, NaN in gaps. ptr (N + 1): series i is series[ptr[i]:ptr[i + 1]].
    m: months in a season, at least 1. forms: those to look at; the first is taken where no criterion is finite.
    criterion: AICC, AIC or BIC. starts: as in ``ets_fit``. A ptr that falls or leaves the series is OUT_OF_RANGE.
    """
    count = max(len(ptr) - 1, 0)
    rows = EtsRows(
        np.zeros((count, 4)),
        np.zeros((count, 2 + m)),
        np.zeros((count, 2 + m)),
        np.zeros((count, 4)),
        np.zeros((count, 5), np.int64),
        np.empty((count, FORMS)),
    )
    if count == 1:
        _fit_rows(0, 1, series, ptr, m, forms, criterion, starts, rows)
    else:
        spread(_fit_rows, count, series, ptr, m, forms, criterion, starts, rows)
    return rows


def ets_row(rows: EtsRows, i: int) -> EtsFit:
    """The fit in row i."""
    loglik, squares, sigma2, _ = rows.numbers[i].tolist()
    form, observed, unknowns, evaluations, status = rows.counts[i].tolist()
    shape = (loglik, squares, observed, unknowns, sigma2, evaluations, status)
    return EtsFit(form, rows.smoothing[i], rows.first[i], rows.last[i], *shape)


def ets_fit(y: FloatArray, form: int, m: int, starts: int = STARTS) -> EtsFit:
    """Fit one model by maximum likelihood over smoothing parameters and first states.

    y (n): the series, NaN in gaps. m: months in a season; 1 for none. starts: how many searches at most; the
    likelihood has several optima for one series in seven, of which 1, 2, 3 searches miss the best for 15, 4, 2 in 100.
    Status: NON_FINITE, a figure is infinite; OUT_OF_RANGE, no such form or season, or a multiplicative part and a
    figure that is not positive; TOO_SHORT, fewer figures than unknowns and the variance, or a place in the year
    that was never seen; SINGULAR, the model reproduces the series exactly (sigma2 is then 0 and loglik infinite);
    NOT_CONVERGED, the numbers are the best found. After the first three all numbers are 0.
    """
    figures = gate(y)
    if not 0 <= form < FORMS or m < 1:
        nothing = np.zeros(2 + max(m, 1))
        seen = int((~np.isnan(figures)).sum())
        return EtsFit(form, np.zeros(4), nothing, nothing.copy(), -np.inf, 0.0, seen, 0, 0.0, 0, OUT_OF_RANGE)
    ptr, forms = np.array([0, len(figures)]), np.array([form])
    return ets_row(ets_fit_rows(figures, ptr, m, forms, AICC, starts), 0)
