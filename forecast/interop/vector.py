"""Residuals of the Bayesian vector autoregression: one variable's errors at the posterior mean of the coefficients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import SchemaError
from forecast.interop.residuals import LOGARITHMS, Residuals
from forecast.kernels._jit import gate
from forecast.kernels.bvar.data import var_rows
from forecast.models.bvar.fitted import FittedBvar
from forecast.models.bvar.terms import terms_of
from forecast.months import format_month

FloatArray = NDArray[np.float64]

_NOTES = ("The coefficients are shrunk by their prior, so no degrees of freedom are taken off the tests for memory.",)


def vector_residuals(fitted: FittedBvar, variable: str | None = None) -> Residuals:
    """Errors of one variable, a flow or a driver by its name; None is the first flow.

    Standardised by the root of the mean of its drawn variances, and by the scale of the month where a crisis has one.
    Months whose figure bridges a gap have no residual; ``bse`` are posterior standard deviations.

    Raises:
        SchemaError: no such variable.
    """
    aligned, p = fitted.aligned, fitted.lags
    at = 0 if variable is None else aligned.names.index(variable) if variable in aligned.names else -1
    if at < 0:
        raise SchemaError(
            f"The vector autoregression has no variable {variable!r}; it has {', '.join(aligned.names)}.",
            allowed=aligned.names,
        )
    months = fitted.settled - aligned.start + 1
    y = aligned.values[:months] - fitted.base
    terms = terms_of(fitted.terms, aligned.start, months)
    m, n = terms.shape[1], y.shape[1]
    X, Y = np.empty((months - p, m + n * p)), np.empty((months - p, n))
    var_rows(gate(y), gate(terms), np.ones(months), p, X, Y)
    draws = fitted.coefficients[:, :, at]
    errors = np.full(months, np.nan)
    errors[p:] = Y[:, at] - X @ draws.mean(axis=0)
    errors[~aligned.told[:months].all(axis=1)] = np.nan
    variance = float((fitted.roots[:, at, :] ** 2).sum(axis=1).mean())
    sd = np.sqrt(variance) * fitted.scale(aligned.start, months)
    standardised = errors / sd
    seen = ~np.isnan(errors)
    names = [f"term.{i + 1}" for i in range(m)]
    names += [f"L{lag + 1}.{name}" for lag in range(p) for name in aligned.names]
    return Residuals(
        name=aligned.names[at],
        model="bvar",
        said=f"BVAR({p}) of {' + '.join(aligned.names[aligned.flows :]) or 'flows'} at its posterior mean",
        scale=LOGARITHMS,
        season=12,
        evenly=True,
        spans=tuple(format_month(aligned.start + i) for i in range(months)),
        endog=aligned.values[:months, at],
        fitted=aligned.values[:months, at] - errors,
        errors=errors,
        standardised=standardised,
        start=p,
        loglik=float(-0.5 * np.sum(np.log(2.0 * np.pi * sd[seen] ** 2) + standardised[seen] ** 2)),
        params=np.array([*draws.mean(axis=0), variance]),
        names=(*names, "sigma2"),
        bse=np.array([*draws.std(axis=0), float((fitted.roots[:, at, :] ** 2).sum(axis=1).std())]),
        memory=0,
        notes=_NOTES,
    )
