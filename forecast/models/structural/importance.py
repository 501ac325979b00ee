"""Importance draws of the hyperparameters: a multivariate t about the mode proposes, the compiled likelihood weighs.

Source: Geweke 1989, "Bayesian inference in econometric models using Monte Carlo integration"; systematic resampling
after Kitagawa 1996.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from forecast.errors import NumericalError
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]
LogDensity = Callable[[FloatArray], FloatArray]

DRAWS = 512  #: posterior draws kept
_PROPOSALS = 1024
_PROPOSAL_DF = 6


def importance_draws(
    log_posterior: LogDensity, mode: FloatArray, spread: FloatArray, seed: int
) -> tuple[FloatArray, float]:
    """Equally weighted draws (DRAWS, q) and the Kish effective share of the proposals.

    log_posterior: (k, q) -> (k), up to a constant; not finite where the model breaks. mode (q). spread (q): prior
    standard deviations, the scale of each hyperparameter.

    Raises:
        NumericalError: the density is nowhere finite.
    """
    q = len(mode)
    root = linalg.cholesky(np.linalg.inv(_curvature(log_posterior, mode, spread)), lower=True)
    z = draw_normals(stream_key(seed, "hyperparameters"), _PROPOSALS, q)
    chi2 = (draw_normals(stream_key(seed, "proposal scale"), _PROPOSALS, _PROPOSAL_DF) ** 2).sum(axis=1)
    stretched = z * np.sqrt(_PROPOSAL_DF / chi2)[:, None]
    proposals = mode + stretched @ root.T
    log_proposal = -0.5 * (_PROPOSAL_DF + q) * np.log1p((stretched**2).sum(axis=1) / _PROPOSAL_DF)
    log_weight = log_posterior(proposals) - log_proposal
    log_weight = np.where(np.isfinite(log_weight), log_weight, -np.inf)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    if not np.isfinite(weight).all():
        raise NumericalError("The likelihood of every parameter draw broke; please report the table.")
    offset = draw_uniforms(stream_key(seed, "resampling"), 1, 1)[0, 0]
    kept = np.searchsorted(np.cumsum(weight), (np.arange(DRAWS) + offset) / DRAWS)
    order = np.argsort(draw_uniforms(stream_key(seed, "order"), 1, DRAWS)[0], kind="stable")
    return proposals[np.minimum(kept, _PROPOSALS - 1)[order]], float(1.0 / (weight**2).sum() / _PROPOSALS)


def _curvature(log_posterior: LogDensity, u: FloatArray, spread: FloatArray) -> FloatArray:
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
    values = log_posterior(np.array(points))
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
