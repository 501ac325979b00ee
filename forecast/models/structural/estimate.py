"""fit(): the posterior of the hyperparameters, by its mode and importance draws on the compiled likelihood.

The sums are linearised at the mode, jointly with the hyperparameters, and corrected for their curvature; the draws then
share that linearisation.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ConvergenceError
from forecast.kernels.sparse.kalman import loglik, loglik_draws, moments_of_draws
from forecast.models.background import Background
from forecast.models.oil import fit_oil
from forecast.models.structural.beliefs import prior_moments
from forecast.models.structural.curvature import mean_gaps
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.hyperparameters import hyperpriors, system_parameters, with_unrest_ahead
from forecast.models.structural.importance import importance_draws
from forecast.models.structural.layout import lay_out
from forecast.models.structural.linearise import first_path, mode_path, observe, read_figures
from forecast.models.structural.mode import posterior_mode
from forecast.models.structural.model import operations
from forecast.models.structural.unrest import unrest_ahead, unrest_of
from forecast.panel import Panel

FloatArray = NDArray[np.float64]

_ROUNDS = 12
_SETTLED = 5e-3  #: prior standard deviations that the mode may still move between linearisations
_UNREST_SETTLED = 0.02  #: share by which the unrest of a year may still move
_ROUGH = 1e-5  #: log points that the path may still move before the next round
KEPT_MONTHS = 16  #: before the end of the record, where the draws' moments are kept for simulation


def fit(panel: Panel, background: Background, *, seed: int) -> Fitted:
    """Estimate the structural model on a panel.

    Raises:
        GapError: nothing of the record lies where the oil price is known.
        ConvergenceError: the mode was not found.
        NumericalError: the likelihood broke.
    """
    layout = lay_out(panel, background)
    beliefs = hyperpriors(panel, background, layout)
    centre = np.array([belief.mean for belief in beliefs])
    spread = np.array([belief.sd for belief in beliefs])
    ops = operations(panel, background, layout, layout.end)
    a0, P0 = prior_moments(panel, background, layout)
    reading = read_figures(panel, layout)
    path = first_path(layout, a0[[states.level for states in layout.flows]])

    u, turns = centre.copy(), 0
    system = None
    value = -np.inf
    for _ in range(_ROUNDS):
        path, more = mode_path(layout, reading, ops, a0, P0, *system_parameters(layout, u), path, tolerance=_ROUGH)
        turns += more
        system = observe(layout, reading, ops, a0, P0, path)

        moved_to, value = posterior_mode(system, layout, centre, spread, u)
        moved, u = float(np.abs((moved_to - u) / spread).max()), moved_to
        unrest = unrest_of(layout, reading, system, *system_parameters(layout, u), path.unrest)
        stirred = float(np.abs(np.log(unrest / path.unrest)).max())
        path = replace(path, unrest=unrest)
        if moved < _SETTLED and stirred < _UNREST_SETTLED:
            break
    if system is None or not np.isfinite(value):
        raise ConvergenceError("The structural model found no mode on this record; is the unit of every figure right?")

    reading = replace(reading, curvature=mean_gaps(layout, reading, system, *system_parameters(layout, u), seed))
    path, more = mode_path(layout, reading, ops, a0, P0, *system_parameters(layout, u), path)
    final = observe(layout, reading, ops, a0, P0, path)

    def log_posterior(v: FloatArray) -> FloatArray:
        prior = -0.5 * (((v - centre) / spread) ** 2).sum(axis=-1)
        return np.asarray(loglik_draws(final, *system_parameters(layout, v))[1] + prior)

    draws, efficiency = importance_draws(log_posterior, u, spread, seed)
    coef, var = system_parameters(layout, draws)
    var = with_unrest_ahead(layout, var, unrest_ahead(len(draws), seed))
    t_kept = max(len(ops.val) - KEPT_MONTHS, 0)
    a_kept, P_kept = moments_of_draws(final, coef, var, t_kept)
    return Fitted(
        panel=panel,
        background=background,
        layout=layout,
        names=tuple(belief.name for belief in beliefs),
        mode=u,
        sd=draws.std(axis=0),
        draws=draws,
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
        loglik=loglik(final, *system_parameters(layout, u))[1],
        turns=turns + more,
        proposal_efficiency=efficiency,
    )
