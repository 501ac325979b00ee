"""Fitted: one estimate, its posterior draws and what they were drawn from; read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.models.background import Background
from forecast.models.oil import OilDensity
from forecast.models.structural.layout import Layout
from forecast.models.structural.linearise import Path, Reading
from forecast.panel import Panel

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The structural model given one panel.

    names (q): hyperparameters, on the scale of their Gaussian priors. mode (q) and sd (q): posterior mode and the
    standard deviations of the draws. draws (d, q): equally weighted posterior draws.
    coef (d, .), var (d, .): the same draws as the System's coefficients and variances.
    a0, P0: prior moments of the states. reading, path: how the figures are read, and the point of
    linearisation. t_kept, a_kept (d, m), P_kept (d, m, m): moments of the states before that month of the record, by
    draw.
    loglik: log-likelihood at the mode. turns: linearisations until the mode stayed.
    proposal_efficiency: Kish effective share of the importance draws, 1 when the proposal was the posterior.
    """

    panel: Panel
    background: Background
    layout: Layout
    names: tuple[str, ...]
    mode: FloatArray
    sd: FloatArray
    draws: FloatArray
    coef: FloatArray
    var: FloatArray
    a0: FloatArray
    P0: FloatArray
    reading: Reading
    path: Path
    t_kept: int
    a_kept: FloatArray
    P_kept: FloatArray
    oil: OilDensity
    loglik: float
    turns: int
    proposal_efficiency: float
