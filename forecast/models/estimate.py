"""fit(): the posterior of the hyperparameters, by its mode and importance draws on the compiled likelihood.

The sums are linearised at the mode, jointly with the hyperparameters; then a multivariate t about the mode proposes,
the exact likelihood of the linearised model weighs, and systematic resampling gives equally weighted draws.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from forecast.errors import ConvergenceError, NumericalError
from forecast.kernels.kalman import loglik, loglik_draws
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.kernels.system import System
from forecast.models import priors
from forecast.models.background import Background
from forecast.models.fitted import Fitted
from forecast.models.layout import Layout, lay_out
from forecast.models.linearise import first_path, mode_path, observe
from forecast.models.oil import fit_oil
from forecast.models.structural import (
    BIAS,
    COMMON,
    IRREGULAR,
    LEVEL,
    LEVEL_IN_CRISIS,
    N_COEF,
    ONE,
    OWN,
    PERSISTENCE,
    SEASON,
    n_var,
    operations,
    prior_moments,
)
from forecast.panel import FLOWS, Panel
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

DRAWS = 512  #: posterior draws kept
_PROPOSALS = 1536
_PROPOSAL_DF = 6.0
_ROUNDS = 4


def hyperpriors(layout: Layout) -> tuple[priors.Hyperprior, ...]:
    """The hyperparameters of a layout, in the order of every parameter vector."""
    own = (priors.OWN_CYCLE_SD,) if len(layout.flows) > 1 else ()
    bias = (priors.BIAS_CHANGE_SD,) if layout.bias else ()
    irregulars = tuple(
        replace(priors.IRREGULAR_SD, name=f"{priors.IRREGULAR_SD.name}_{FLOWS[states.flow]}") for states in layout.flows
    )
    return (
        priors.LEVEL_SD,
        priors.CYCLE_SD,
        priors.CYCLE_PERSISTENCE,
        priors.CRISIS_FACTOR,
        *irregulars,
        *own,
        *bias,
    )


def system_parameters(layout: Layout, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Hyperparameters u (..., q) as the System's coefficients (..., .) and variances (..., .)."""
    flows = len(layout.flows)
    coef = np.ones((*u.shape[:-1], N_COEF))
    var = np.zeros((*u.shape[:-1], n_var(layout)))
    persistence = 1.0 / (1.0 + np.exp(-u[..., 2]))
    crisis = np.exp(2.0 * u[..., 3])
    coef[..., ONE], coef[..., PERSISTENCE] = 1.0, persistence
    var[..., LEVEL] = np.exp(2.0 * u[..., 0])
    var[..., LEVEL_IN_CRISIS] = var[..., LEVEL] * crisis
    cycles = [(COMMON, 1), (OWN, 4 + flows)] if flows > 1 else [(COMMON, 1)]
    for kind, position in cycles:
        var[..., kind + 2] = np.exp(2.0 * u[..., position])
        var[..., kind] = var[..., kind + 2] * (1.0 - persistence**2)
        var[..., kind + 1] = var[..., kind] * crisis
    var[..., SEASON] = priors.SEASON_CHANGE_SD**2
    var[..., IRREGULAR : IRREGULAR + flows] = np.exp(2.0 * u[..., 4 : 4 + flows])
    if layout.bias:
        var[..., BIAS] = np.exp(2.0 * u[..., -1])
    return coef, var


def fit(panel: Panel, background: Background, *, seed: int) -> Fitted:
    """Estimate the structural model on a panel.

    Raises:
        GapError: nothing of the record lies where the oil price is known.
        ConvergenceError: the mode was not found.
        NumericalError: the likelihood broke.
    """
    layout = lay_out(panel, background)
    beliefs = hyperpriors(layout)
    centre = np.array([belief.mean for belief in beliefs])
    spread = np.array([belief.sd for belief in beliefs])
    ops = operations(panel, background, layout, layout.end)
    a0, P0 = prior_moments(panel, background, layout)
    path = first_path(layout, a0[[states.level for states in layout.flows]])

    u, turns = centre.copy(), 0
    system = None
    value = np.inf
    for _ in range(_ROUNDS):
        path, more = mode_path(panel, layout, ops, a0, P0, *system_parameters(layout, u), path)
        turns += more
        system = observe(panel, layout, ops, a0, P0, path)

        def cost(v: FloatArray, system: System = system) -> float:
            got = loglik(system, *system_parameters(layout, v)) - 0.5 * float((((v - centre) / spread) ** 2).sum())
            return -got if np.isfinite(got) else 1e12

        found = optimize.minimize(cost, u, method="BFGS", options={"gtol": 1e-2, "maxiter": 60})
        moved, u = float(np.abs((found.x - u) / spread).max()), found.x
        value = float(found.fun)
        if moved < 0.02:
            break
    if system is None or not np.isfinite(value) or value >= 1e12:
        raise ConvergenceError("The structural model found no mode on this record; is the unit of every figure right?")

    draws, efficiency = _importance_draws(system, layout, u, centre, spread, seed)
    coef, var = system_parameters(layout, draws)
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
        path=path,
        oil=fit_oil(panel.oil),
        loglik=loglik(system, *system_parameters(layout, u)),
        turns=turns,
        proposal_efficiency=efficiency,
    )


def _importance_draws(
    system: System, layout: Layout, u: FloatArray, centre: FloatArray, spread: FloatArray, seed: int
) -> tuple[FloatArray, float]:
    def log_posterior(v: FloatArray) -> FloatArray:
        prior = -0.5 * (((v - centre) / spread) ** 2).sum(axis=-1)
        return np.asarray(loglik_draws(system, *system_parameters(layout, v)) + prior)

    q = len(u)
    root = linalg.cholesky(np.linalg.inv(_curvature(log_posterior, u, spread)), lower=True)
    z = draw_normals(stream_key(seed, "hyperparameters"), _PROPOSALS, q)
    z[0] = 0.0
    chi2 = (draw_normals(stream_key(seed, "proposal scale"), _PROPOSALS, int(_PROPOSAL_DF)) ** 2).sum(axis=1)
    stretched = z * np.sqrt(_PROPOSAL_DF / chi2)[:, None]
    proposals = u + stretched @ root.T
    log_weight = log_posterior(proposals) + 0.5 * (_PROPOSAL_DF + q) * np.log1p(
        (stretched**2).sum(axis=1) / _PROPOSAL_DF
    )
    log_weight[~np.isfinite(log_weight)] = -np.inf
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    if not np.isfinite(weight).all():
        raise NumericalError("The likelihood of every parameter draw broke; please report the table.")
    offset = draw_uniforms(stream_key(seed, "resampling"), 1, 1)[0, 0]
    kept = np.searchsorted(np.cumsum(weight), (np.arange(DRAWS) + offset) / DRAWS)
    shuffled = np.argsort(draw_uniforms(stream_key(seed, "shuffle"), 1, DRAWS)[0], kind="stable")
    return proposals[np.minimum(kept, _PROPOSALS - 1)[shuffled]], float(1.0 / (weight**2).sum() / _PROPOSALS)


def _curvature(log_posterior: object, u: FloatArray, spread: FloatArray) -> FloatArray:
    """Minus the Hessian (q, q) at the mode by central differences in one batch, no flatter than the prior's tenth."""
    q = len(u)
    step = 0.15 * spread
    points = [u]
    pairs = [(i, j) for i in range(q) for j in range(i + 1)]
    for i, j in pairs:
        for si, sj in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            point = u.copy()
            point[i] += 0.5 * si * step[i]
            point[j] += 0.5 * sj * step[j]
            points.append(point)
    values = log_posterior(np.array(points))  # type: ignore[operator]
    hessian = np.zeros((q, q))
    for at, (i, j) in enumerate(pairs):
        pp, pm, mp, mm = values[1 + 4 * at : 5 + 4 * at]
        if i == j:
            hessian[i, i] = (pp - 2.0 * values[0] + mm) / step[i] ** 2
        else:
            hessian[i, j] = hessian[j, i] = (pp - pm - mp + mm) / (step[i] * step[j])
    scaled = -hessian * np.outer(spread, spread)
    eigenvalue, vector = np.linalg.eigh(scaled)
    scaled = (vector * np.maximum(eigenvalue, 0.5)) @ vector.T
    return np.asarray(scaled / np.outer(spread, spread))
