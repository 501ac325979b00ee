"""Residuals: what a fitted model left of a record, one step ahead, whichever model it was; read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.months import Span
from forecast.series import Series

FloatArray = NDArray[np.float64]

LOGARITHMS = "logarithms"
FIGURES = "figures"
RELATIVE = "relative errors"

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Residuals:
    """One-step errors in the order in which the model read the figures.

    name: the record. model: the model's name. said: what was fitted. scale: LOGARITHMS or FIGURES, as ``endog`` and
    ``fitted`` are in, or RELATIVE: those are figures, and ``errors`` are relative to ``fitted``.
    season: figures a year, 1 for none. evenly: whether cells are one step of time apart.
    spans (n): of the figures. endog, fitted, errors, standardised (n): figure, its forecast from those before, the
    error, and the error over its standard deviation under the model; NaN in gaps and where the model only starts.
    start: cells at the beginning that only start the model.
    loglik: of ``endog``, NaN where the model has no likelihood. params, names, bse (q): estimates with their names and
    standard errors, NaN where those are not known. memory: parameters among them that describe how errors last, which
    are taken from the degrees of freedom of tests for memory. notes: what to know about the errors.
    """

    name: str
    model: str
    said: str
    scale: str
    season: int
    evenly: bool
    spans: tuple[str, ...]
    endog: FloatArray
    fitted: FloatArray
    errors: FloatArray
    standardised: FloatArray
    start: int
    loglik: float
    params: FloatArray
    names: tuple[str, ...]
    bse: FloatArray
    memory: int
    notes: tuple[str, ...] = ()


def spans_of(series: Series) -> tuple[str, ...]:
    """The span of each figure as text: "2018-10", "2018-10/2018-12", "2018"."""
    starts = range(series.start, series.start + series.step * len(series), series.step)
    return tuple(str(Span(start, start + series.step - 1)) for start in starts)


def gaussian_loglik(errors: FloatArray) -> float:
    """Log-likelihood of independent normal errors with the variance at its maximum; infinite when all are zero."""
    seen = errors[~np.isnan(errors)]
    if not len(seen) or not seen.any():
        return float("inf")
    return float(-0.5 * len(seen) * (np.log(2.0 * np.pi * np.mean(seen**2)) + 1.0))


def standardise(errors: FloatArray, variance: float, size: float) -> FloatArray:
    """Errors over their standard deviation; NaN throughout where that is rounding beside ``size``: an exact fit."""
    if not variance > (_ROUNDING * size) ** 2:
        return np.full(len(errors), np.nan)
    return np.asarray(errors / np.sqrt(variance))
