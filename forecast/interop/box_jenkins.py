"""Residuals of seasonal ARIMA models: innovations over their standard deviations, by the exact filter, gaps and all."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, NumericalError
from forecast.interop.residuals import FIGURES, LOGARITHMS, Residuals, spans_of, standardise
from forecast.kernels._jit import gate, gate_int
from forecast.kernels.arima.fit import CSS_ML, ArimaFit, arima_fit
from forecast.kernels.arima.likelihood import arima_loglik
from forecast.kernels.arima.state_filter import arima_gap_innovations
from forecast.kernels.status import NOT_CONVERGED, OK, SINGULAR
from forecast.series import Series

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_STEP = 1e-4
_ORDER = re.compile(r"ARIMA\((\d+),(\d+),(\d+)\)(?:\((\d+),(\d+),(\d+)\))?")


def arima_residuals(series: Series, said: str) -> Residuals:
    """Residuals of the order that the member's line names: "ARIMA(2,1,1)(0,1,1)[12] with drift of logarithms".

    Raises:
        NumericalError: the line names none.
    """
    found = _ORDER.match(said)
    if found is None:
        raise NumericalError(f"No order can be read from {said!r}; please report it.")
    parts = [int(part) for part in (*found.group(1, 2, 3), *(found.group(4, 5, 6) if found[4] else (0, 0, 0)))]
    order = (*parts[:3], *parts[3:], series.season)
    constant = "with drift" in said or "with a mean" in said
    return fit_order(series, order, constant=constant, logs="logarithm" in said, said=said)


def fit_order(
    series: Series,
    order: tuple[int, ...],
    *,
    X: FloatArray | None = None,
    regressors: tuple[str, ...] = (),
    constant: bool = False,
    logs: bool = True,
    model: str = "arima",
    said: str = "",
) -> Residuals:
    """Fit a seasonal ARIMA model of a given order by exact maximum likelihood, and take its residuals.

    order: p, d, q, P, D, Q, s. X (n, k), regressors (k): columns and their names. constant: a mean, or a drift where
    the series is differenced once. logs: fit logarithms.

    Raises:
        GapError: too few figures for the order, or a figure of zero whose logarithm was asked.
        NumericalError: the estimate broke.
    """
    values = gate(series.values)
    if logs and not np.nanmin(values, initial=np.inf) > 0.0:
        raise GapError(f"{series.name} has a figure of 0, which has no logarithm; fit the figures themselves.")
    y = np.log(values) if logs else values
    columns = gate(np.zeros((len(y), 0)) if X is None else X)
    named = regressors or tuple(f"x{i + 1}" for i in range(columns.shape[1]))
    whole = gate_int([*order, int(constant)])
    found = arima_fit(y, columns, whole, CSS_ML)
    p, d, q, P, D, Q, s = order
    words = said or f"ARIMA({p},{d},{q})({P},{D},{Q})[{s}]{' of logarithms' if logs else ''}"
    return _residuals(series, model, words, logs, columns, named, whole, found)


def _residuals(
    series: Series,
    model: str,
    said: str,
    logs: bool,
    X: FloatArray,
    regressors: tuple[str, ...],
    order: IntArray,
    fit: ArimaFit,
) -> Residuals:
    """Residuals of an order (8) at its estimates.

    Raises:
        GapError: the estimate had too few figures.
        NumericalError: it broke.
    """
    coef, beta, status = fit.coef, fit.beta, int(fit.counts[0])
    y = gate(np.log(series.values) if logs else series.values)
    lost = int(order[1] + order[4] * order[6])
    if status not in (OK, NOT_CONVERGED, SINGULAR):
        needed = lost + len(coef) + len(beta) + 3
        if np.count_nonzero(~np.isnan(y)) <= needed:
            raise GapError(
                f"{series.name} has {np.count_nonzero(~np.isnan(y))} figures; {said} needs more than {needed}."
            )
        raise NumericalError(f"{said} broke on {series.name} (status {status}); please report the record.")
    names = _names(order, regressors)
    regression = _regression(len(y), X, order, beta)
    plain = order.copy()
    plain[7] = 0
    found = arima_gap_innovations(gate(y - regression), np.zeros((len(y), 0)), plain, coef)
    if status == SINGULAR or int(found.counts[0]) == SINGULAR:
        errors, standardised, variance, loglik = (
            np.where(np.isnan(y), np.nan, 0.0),
            np.full(len(y), np.nan),
            0.0,
            np.inf,
        )
        errors[:lost] = np.nan
        bse = np.full(len(names), np.nan)
    else:
        variance, loglik = float(found.numbers[1]), float(found.numbers[0])
        errors = found.v
        scaled = np.divide(errors, np.sqrt(found.F), out=np.full(len(y), np.nan), where=found.F > 0.0)
        standardised = standardise(scaled, variance, 1.0 if logs else float(np.nanmax(np.abs(y))))
        bse = _standard_errors(y, X, order, coef, len(beta), variance, int(found.counts[1]))
    return Residuals(
        name=series.name,
        model=model,
        said=said,
        scale=LOGARITHMS if logs else FIGURES,
        season=series.season,
        evenly=True,
        spans=spans_of(series),
        endog=y,
        fitted=y - errors,
        errors=errors,
        standardised=standardised,
        start=lost,
        loglik=loglik,
        params=np.array([*beta, *coef, variance]),
        names=names,
        bse=bse,
        memory=len(coef),
    )


def _regression(n: int, X: FloatArray, order: IntArray, beta: FloatArray) -> FloatArray:
    """What the constant (a drift counts rows from 1) and the regressors explain (n)."""
    differences = int(order[1] + order[4])
    constant = int(order[7]) if differences <= 1 else 0
    columns = [np.ones(n) if differences == 0 else np.arange(1.0, n + 1.0)] if constant else []
    design = np.column_stack([*columns, X]) if columns else X
    return np.asarray(design @ beta) if len(beta) else np.zeros(n)


def _names(order: IntArray, regressors: tuple[str, ...]) -> tuple[str, ...]:
    """Names as statsmodels gives them."""
    p, d, q, P, D, Q, s, constant = (int(part) for part in order)
    named = ["intercept" if d + D == 0 else "drift"] if constant and d + D <= 1 else []
    named += [*regressors]
    named += [f"ar.L{i + 1}" for i in range(p)] + [f"ma.L{i + 1}" for i in range(q)]
    named += [f"ar.S.L{s * (i + 1)}" for i in range(P)] + [f"ma.S.L{s * (i + 1)}" for i in range(Q)]
    return (*named, "sigma2")


def _standard_errors(
    y: FloatArray, X: FloatArray, order: IntArray, coef: FloatArray, betas: int, variance: float, figures: int
) -> FloatArray:
    """Standard errors of the coefficients, from the curvature of the concentrated likelihood, and of the variance.

    NaN for the regression's coefficients, and where the likelihood does not curve downwards.
    """
    q = len(coef)
    curvature = np.zeros((q, q))
    steps = _STEP * np.eye(q)

    def value(point: FloatArray) -> float:
        return float(arima_loglik(y, X, order, gate(point))[0])

    with np.errstate(invalid="ignore"):
        for i in range(q):
            for j in range(i + 1):
                a, b = steps[i], steps[j]
                corners = value(coef + a + b) - value(coef + a - b) - value(coef - a + b) + value(coef - a - b)
                curvature[i, j] = curvature[j, i] = -corners / (4.0 * _STEP**2)
    errors = np.full(q, np.nan)
    if q and np.isfinite(curvature).all() and np.linalg.eigvalsh(curvature)[0] > 0.0:
        errors = np.sqrt(np.diag(np.linalg.inv(curvature)))
    return np.array([*np.full(betas, np.nan), *errors, variance * np.sqrt(2.0 / max(figures, 1))])
