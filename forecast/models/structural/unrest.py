"""Unrest: years whose shocks are larger than usual, and how large those of years ahead may be.

The shocks to levels and cycles of one year share a factor on their variance, nu / chi2(nu) by its prior, which makes
them Student-t over years: one year of war or embargo then widens neither the ordinary shocks nor tomorrow's bands. The
factor of a year w is found by the likelihood L at the mode of the hyperparameters, with 1 / w at its expectation:
nu (w - 1) = 2 w dL / d log w, which for a single shock of z standard deviations is (nu + z^2) / (nu + 1).

Source: Lange, Little & Taylor 1989, "Robust statistical modeling using the t distribution", JASA 84 (weights).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.random import draw_uniforms
from forecast.kernels.sparse.score import score
from forecast.kernels.sparse.system import System
from forecast.models.structural import priors
from forecast.models.structural.hyperparameters import COMMON_LEVEL, CYCLE_START, UNREST_AHEAD, is_shock
from forecast.models.structural.layout import Layout
from forecast.models.structural.linearise import Reading
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

_TURNS = 30
_SETTLED = 1e-3
_LEAST_FIGURES = 3
_SHOCKS = CYCLE_START - COMMON_LEVEL


def unrest_of(
    layout: Layout, reading: Reading, system: System, coef: FloatArray, var: FloatArray, unrest: FloatArray
) -> FloatArray:
    """Factor on the variance of each month's shocks (n), the same in all months of a calendar year.

    system: linearised on the months of the record, with ``unrest`` (n) in its scale already.
    """
    n = len(unrest)
    year = (layout.start + np.arange(n)) // 12 - layout.start // 12
    years = int(year[-1]) + 1
    shock = is_shock(system.var_of)
    own = len(var) + _SHOCKS * year[:, None] + system.var_of - COMMON_LEVEL
    by_year = system._replace(var_of=gate_int(np.where(shock, own, system.var_of)))
    variances = gate(np.concatenate([var, np.tile(var[COMMON_LEVEL:CYCLE_START], years)]))
    # More figures can say more of a year; smaller steps then, so that the turns do not overshoot.
    inertia = np.maximum(np.bincount(year[reading.last], minlength=years), _LEAST_FIGURES)
    first = unrest[np.searchsorted(year, np.arange(years))]
    w = first.copy()
    for _ in range(_TURNS):
        scale = np.where(shock, system.scale * (w / first)[year][:, None], system.scale)
        d_var = score(by_year._replace(scale=gate(scale)), coef, variances)[3]
        slope = (variances * d_var)[len(var) :].reshape(years, _SHOCKS).sum(axis=1)
        df = priors.UNREST_DF
        fresh = np.maximum((df + inertia * w + 2.0 * w * slope) / (df + inertia), df / (df + inertia))
        moved = float(np.abs(np.log(fresh / w)).max())
        w = fresh
        if moved < _SETTLED:
            break
    return np.asarray(w[year])


def unrest_ahead(draws: int, seed: int) -> FloatArray:
    """Unrest (draws, UNREST_AHEAD) of the spans of twelve months after the record, by its prior.

    Each column is spread evenly over the law, in an order of its own.
    """
    key = stream_key(seed, "unrest")
    order = np.argsort(draw_uniforms(key, UNREST_AHEAD, draws), axis=1, kind="stable").T
    chi2 = 2.0 * special.gammaincinv(0.5 * priors.UNREST_DF, (order + 0.5) / draws)
    return np.asarray(priors.UNREST_DF / chi2)
