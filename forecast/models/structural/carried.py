"""carry_over(): an estimate taken to another panel, its parameters kept as they are.

What a release says of the states (levels, season, cycle, elasticities) is learnt; the variances and the persistence are
not estimated anew. So the news of a release can be told apart from what it does to the parameters.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecast.kernels.sparse.kalman import loglik, moments_of_draws
from forecast.models.oil import fit_oil
from forecast.models.structural.beliefs import prior_moments
from forecast.models.structural.curvature import mean_gaps
from forecast.models.structural.estimate import KEPT_MONTHS
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.hyperparameters import hyperpriors, system_parameters, with_unrest_ahead
from forecast.models.structural.layout import lay_out
from forecast.models.structural.linearise import first_path, mode_path, observe, read_figures
from forecast.models.structural.model import operations
from forecast.models.structural.unrest import unrest_ahead, unrest_of
from forecast.panel import Panel

_ROUNDS = 6
_UNREST_SETTLED = 0.02
_ROUGH = 1e-5


def carry_over(fitted: Fitted, panel: Panel, *, seed: int) -> Fitted | None:
    """The structural model given another panel at the posterior draws of ``fitted``.

    None where the panel asks for other parameters (a second reporter's bias, another flow).

    Raises:
        GapError: nothing of the record lies where the oil price is known.
        NumericalError: the likelihood broke.
    """
    background = fitted.background
    layout = lay_out(panel, background)
    if tuple(belief.name for belief in hyperpriors(panel, background, layout)) != fitted.names:
        return None
    ops = operations(panel, background, layout, layout.end)
    a0, P0 = prior_moments(panel, background, layout)
    reading = read_figures(panel, layout)
    at_mode = system_parameters(layout, fitted.mode)
    path = first_path(layout, a0[[states.level for states in layout.flows]])
    turns = 0
    for _ in range(_ROUNDS):
        path, more = mode_path(layout, reading, ops, a0, P0, *at_mode, path, tolerance=_ROUGH)
        turns += more
        unrest = unrest_of(layout, reading, observe(layout, reading, ops, a0, P0, path), *at_mode, path.unrest)
        stirred = float(np.abs(np.log(unrest / path.unrest)).max())
        path = replace(path, unrest=unrest)
        if stirred < _UNREST_SETTLED:
            break
    system = observe(layout, reading, ops, a0, P0, path)
    reading = replace(reading, curvature=mean_gaps(layout, reading, system, *at_mode, seed))
    path, more = mode_path(layout, reading, ops, a0, P0, *at_mode, path)
    final = observe(layout, reading, ops, a0, P0, path)
    coef, var = system_parameters(layout, fitted.draws)
    var = with_unrest_ahead(layout, var, unrest_ahead(len(fitted.draws), seed))
    t_kept = max(len(ops.val) - KEPT_MONTHS, 0)
    a_kept, P_kept = moments_of_draws(final, coef, var, t_kept)
    return replace(
        fitted,
        panel=panel,
        layout=layout,
        coef=coef,
        var=var,
        a0=a0,
        P0=P0,
        reading=reading,
        path=path,
        t_kept=t_kept,
        a_kept=a_kept,
        P_kept=P_kept,
        oil=fit_oil(panel.oil),
        loglik=loglik(final, *at_mode)[1],
        turns=turns + more,
    )
