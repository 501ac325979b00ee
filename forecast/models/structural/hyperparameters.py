"""Hyperparameters: their priors, and what they mean for the coefficients and variances of a System."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.models.background import Background
from forecast.models.structural import priors
from forecast.models.structural.layout import Layout
from forecast.panel import FLOWS, Panel

FloatArray = NDArray[np.float64]

# Positions in the vectors of coefficients and variances that drive the operations.
ONE, PERSISTENCE = range(2)
NONE, BIAS, SEASON = range(3)
COMMON_LEVEL, COMMON_LEVEL_IN_CRISIS, OWN_LEVEL, OWN_LEVEL_IN_CRISIS = range(3, 7)
CYCLE, CYCLE_IN_CRISIS, CYCLE_START = range(7, 10)
IRREGULAR = 10
N_COEF = 2
UNREST_AHEAD = 5  #: spans of twelve months after the record that have an unrest of their own; the last goes on
_SHOCKS = CYCLE_START - COMMON_LEVEL


def n_var(layout: Layout) -> int:
    """Number of variances: those named above, an irregular for each flow, and the shocks again for each span ahead."""
    return IRREGULAR + len(layout.flows) + UNREST_AHEAD * _SHOCKS


def is_shock(var_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which variances are those of shocks to levels and cycles of the record, whose size varies with unrest."""
    return np.asarray((var_of >= COMMON_LEVEL) & (var_of < CYCLE_START))


def ahead_of(layout: Layout, var_of: NDArray[np.int64], span: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of shock variances in a span of twelve months ahead (0, 1 ...); others stay."""
    first = IRREGULAR + len(layout.flows) + _SHOCKS * np.minimum(span, UNREST_AHEAD - 1)
    return np.where(is_shock(var_of), first + var_of - COMMON_LEVEL, var_of)


def with_unrest_ahead(layout: Layout, var: FloatArray, unrest: FloatArray) -> FloatArray:
    """Variances (d, .) whose shocks ahead are those of the record times ``unrest`` (d, UNREST_AHEAD)."""
    moved = var.copy()
    record = var[:, COMMON_LEVEL:CYCLE_START]
    moved[:, IRREGULAR + len(layout.flows) :] = (unrest[:, :, None] * record[:, None, :]).reshape(len(var), -1)
    return moved


def hyperpriors(panel: Panel, background: Background, layout: Layout) -> tuple[priors.Hyperprior, ...]:
    """The hyperparameters of a layout, in the order of every parameter vector (see `system_parameters`)."""
    irregulars = tuple(
        replace(priors.IRREGULAR_SD, name=f"{priors.IRREGULAR_SD.name}_{FLOWS[states.flow]}") for states in layout.flows
    )
    bias = (priors.BIAS_CHANGE_SD,) if layout.bias else ()
    oily = bool({panel.first, panel.second} & background.oil_exporters)
    own_level = priors.OWN_LEVEL_SD_OF_EXPORTER if oily else priors.OWN_LEVEL_SD
    return (
        priors.CYCLE_PERSISTENCE,
        priors.CYCLE_SD_OF_EXPORTER if oily else priors.CYCLE_SD,
        priors.CRISIS_FACTOR,
        priors.COMMON_LEVEL_SD,
        *((own_level,) if len(layout.flows) > 1 else ()),
        *irregulars,
        *bias,
    )


def system_parameters(layout: Layout, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Hyperparameters u (..., q) as the System's coefficients (..., .) and variances (..., .)."""
    flows = len(layout.flows)
    coef = np.ones((*u.shape[:-1], N_COEF))
    var = np.zeros((*u.shape[:-1], n_var(layout)))
    persistence = 1.0 / (1.0 + np.exp(-u[..., 0]))
    crisis = np.exp(2.0 * u[..., 2])
    coef[..., PERSISTENCE] = persistence
    var[..., CYCLE_START] = np.exp(2.0 * u[..., 1])
    var[..., CYCLE] = var[..., CYCLE_START] * (1.0 - persistence**2)
    var[..., CYCLE_IN_CRISIS] = var[..., CYCLE] * crisis
    levels = (COMMON_LEVEL, OWN_LEVEL) if flows > 1 else (COMMON_LEVEL,)
    for i, level in enumerate(levels):
        var[..., level] = np.exp(2.0 * u[..., 3 + i])
        var[..., level + 1] = var[..., level] * crisis
    first = 3 + len(levels)
    var[..., IRREGULAR : IRREGULAR + flows] = np.exp(2.0 * u[..., first : first + flows])
    var[..., SEASON] = priors.SEASON_CHANGE_SD**2
    var[..., IRREGULAR + flows :] = np.tile(var[..., COMMON_LEVEL:CYCLE_START], UNREST_AHEAD)
    if layout.bias:
        var[..., BIAS] = np.exp(2.0 * u[..., -1])
    return coef, var
