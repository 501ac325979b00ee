"""The mode of the hyperparameters on one linearisation: compiled score, quasi-Newton search, normal priors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.sparse.score import score
from forecast.kernels.sparse.system import System
from forecast.models.structural.hyperparameters import system_parameters
from forecast.models.structural.layout import Layout

FloatArray = NDArray[np.float64]

_TOLERANCE = 1e-7  #: of the slope in prior standard deviations, a unit of the log posterior
_ITERATIONS = 100
_LONGEST = 2.0  #: prior standard deviations of one hyperparameter in a first trial
_STEP = 1e-5


def posterior_mode(
    system: System, layout: Layout, centre: FloatArray, spread: FloatArray, start: FloatArray
) -> tuple[FloatArray, float]:
    """Hyperparameters (q) of greatest posterior density, and its log there, up to a constant.

    centre, spread (q): means and standard deviations of the normal priors. start (q): where the search begins.
    The log is minus infinity where the likelihood broke at the start.
    """
    search = begin(gate((start - centre) / spread), _TOLERANCE, _ITERATIONS, _LONGEST)
    while True:
        coef, var = system_parameters(layout, centre + spread * search.x)
        _, total, d_coef, d_var = score(system, coef, var)
        by_coef, by_var = _slopes(layout, centre + spread * search.x)
        search.g[:] = search.x - spread * (by_coef @ d_coef + by_var @ d_var)
        if advance(search, 0.5 * float(search.x @ search.x) - total) != EVALUATE:
            break
    return centre + spread * search.best, -float(search.value[0]) if np.isfinite(search.value[0]) else -np.inf


def _slopes(layout: Layout, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slopes of the System's coefficients (q, .) and variances (q, .) in the hyperparameters, by central differences.

    Logistic and exponential functions: the error is some 1e-10 of the slope.
    """
    steps = _STEP * np.eye(len(u))
    coef, var = system_parameters(layout, u + np.concatenate([steps, -steps]))
    q = len(u)
    return (coef[:q] - coef[q:]) / (2.0 * _STEP), (var[:q] - var[q:]) / (2.0 * _STEP)
