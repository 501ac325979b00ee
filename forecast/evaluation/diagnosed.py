"""Diagnosis: what a model left of a record, tested for what good residuals are: no memory, one size, the normal law."""

from __future__ import annotations

from dataclasses import dataclass

LARGE = 2.5  #: standard deviations from which on a residual is named
LARGE_SHARE = 0.012419  #: of normal residuals that are as large
SIGNIFICANT = 0.05  #: p-values below say that a property does not hold


@dataclass(frozen=True, slots=True)
class Lag:
    """One lag: autocorrelation, and the Ljung-Box test of all lags up to it; p is None without degrees of freedom."""

    lag: int
    autocorrelation: float
    ljung_box: float
    degrees: int
    p: float | None


@dataclass(frozen=True, slots=True)
class Check:
    """One property that residuals should have.

    name: "mean", "memory", "size" or "normal". test: how it was tested. statistic, p: None when it could not be. holds:
    whether the residuals have it, None when not tested. verdict: one line in plain words.
    """

    name: str
    test: str
    statistic: float | None
    p: float | None
    holds: bool | None
    verdict: str


@dataclass(frozen=True, slots=True)
class LargeResidual:
    """A figure that lies far from what was foretold: its span, and by how many standard deviations."""

    span: str
    standardised: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The residuals of one model on one record, and the tests.

    name: the record. model: the model's name. said: what was fitted. scale: "logarithms", "figures" or "relative
    errors", in which the residuals are taken.
    season: figures a year. figures: residuals at hand. gaps: cells of ``standardised`` without one (None), not
    counting the first ones, which the model needs to start. spans, standardised: the residuals in order, in
    standard deviations. evenly: whether they are one step of time apart, so that a lag is a time; otherwise lags
    count figures.
    skew, kurtosis: None when not tested (the normal law has 0 and 3). lags: from 1 on. bound: autocorrelations
    beyond it are rare without memory (5 in 100). large: residuals beyond LARGE. notes: what else to know.
    """

    name: str
    model: str
    said: str
    scale: str
    season: int
    figures: int
    gaps: int
    evenly: bool
    spans: tuple[str, ...]
    standardised: tuple[float | None, ...]
    skew: float | None
    kurtosis: float | None
    lags: tuple[Lag, ...]
    bound: float | None
    checks: tuple[Check, ...]
    large: tuple[LargeResidual, ...]
    notes: tuple[str, ...]
