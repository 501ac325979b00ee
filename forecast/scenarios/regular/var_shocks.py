"""The shocks of the Bayesian VAR by the variable that they begin in, and paths moved by some of them only.

Within a month activity comes first, then oil, currencies and flows: a shock moves what stands after it in its own
month, and everything from the next month on. That the price of oil answers to activity at once, and activity to the
price a month later, is Kilian's reading.

Source: Kilian 2009, "Not all oil price shocks are alike", American Economic Review 99(3); Antolin-Diaz, Petrella &
Rubio-Ramirez 2021 for letting only named shocks adjust.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels._jit import gate
from forecast.kernels.conditioning.stack import var_stack
from forecast.models.bvar.aligned import ACTIVITY
from forecast.models.bvar.fitted import FittedBvar
from forecast.scenarios.regular.meeting import Sum, cells_of, meet

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_DRAWS_AT_ONCE = 16


def shock_order(names: tuple[str, ...], flows: int) -> IntArray:
    """Positions of the variables (n) in the order of their shocks."""
    rank = [3 if i < flows else {ACTIVITY: 0, "oil": 1}.get(name, 2) for i, name in enumerate(names)]
    return np.argsort(rank, kind="stable")


def recursive_root(root: FloatArray, order: IntArray) -> FloatArray:
    """R (n, n) with R R' = root root'; column i is the shock that begins in variable i."""
    covariance = (root @ root.T)[np.ix_(order, order)]
    found = np.empty_like(root)
    found[np.ix_(order, order)] = np.linalg.cholesky(covariance)
    return found


def named_shocks(adjust: tuple[str, ...], names: tuple[str, ...], flows: tuple[str, ...]) -> BoolArray:
    """Which variables' shocks (n) may adjust; all where none is named. The flows are the first variables.

    Raises:
        ScenarioError: a shock that the system does not know.
    """
    known = (*flows, *names[len(flows) :])
    for name in adjust:
        if name not in known:
            raise ScenarioError(
                f"The Bayesian VAR knows no shock {name!r}; it knows those of {', '.join(known)}. Ask the structural "
                "model for a shock that flows share.",
                pointer="/adjust",
                allowed=known,
            )
    return np.array([not adjust or name in adjust for name in known])


def meet_by_shocks(
    fitted: FittedBvar,
    system: FloatArray,
    sums: tuple[Sum, ...],
    offset: FloatArray,
    adjusts: BoolArray,
    order: IntArray,
) -> FloatArray:
    """Paths (p, months, n) from the settled month on that meet the sums by some shocks only; the others stay.

    Path i moves under draw i mod draws of the coefficients, as it was drawn. offset (1 or p, months, n).

    Raises:
        ScenarioError: the sums cannot be met together, or not by these shocks.
    """
    paths, months, _ = system.shape
    draws = len(fitted.coefficients)
    scale = fitted.scale(fitted.settled + 1, months)
    out, effects = system.reshape(paths, -1).copy(), offset.reshape(len(offset), -1)
    columns, cells = np.flatnonzero(np.tile(adjusts, months)), cells_of(sums)
    for first in range(0, min(draws, paths), _DRAWS_AT_ONCE):
        responses = [_responses(fitted, d, scale, order) for d in range(first, min(first + _DRAWS_AT_ONCE, draws))]
        covariance = np.stack([M[:, columns] @ M[np.ix_(cells, columns)].T for M in responses])
        variance = np.mean([np.square(M).sum(axis=1) for M in responses], axis=0)
        meet(out, sums, effects, covariance, variance, before=first, draws=draws)
    return out.reshape(system.shape)


def _responses(fitted: FittedBvar, draw: int, scale: FloatArray, order: IntArray) -> FloatArray:
    """How the months ahead (months n) answer to the shocks of all months (months n) under one draw."""
    n = len(fitted.aligned.names)
    lags = gate(fitted.coefficients[draw][len(fitted.coefficients[draw]) - fitted.lags * n :])
    root = scale[:, None, None] * recursive_root(fitted.roots[draw], order)
    _, M = var_stack(lags, np.zeros((len(scale), n)), np.zeros((fitted.lags, n)), gate(root))
    return np.asarray(M)
