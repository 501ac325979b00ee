"""The hyperparameters that the record finds likeliest: shrinkage and the scales of crises, in one search.

Sought is the mode of p(y | numbers) p(numbers): lambda, lambda_f, lambda_d, mu, delta and psi of the prior, and s0,
s1, s2, rho of each episode, for the density of the numbers themselves and not of their logs.

Source: Giannone, Lenza & Primiceri 2015, section III and appendix B; Lenza & Primiceri 2022, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from forecast.errors import ConvergenceError
from forecast.kernels.bvar.hyper import gamma_shape_scale
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.status import NOT_CONVERGED, OK
from forecast.models.bvar.crisis_scale import LEAST, MOST, SCALES, first_scales, log_prior, log_scale
from forecast.models.bvar.equations import TIGHTNESS, gradient_of, likelihood, slopes_of
from forecast.models.bvar.weighted import Rows, weighted_gram

FloatArray = NDArray[np.float64]

GAMMA_MODES = np.array([0.2, 0.2, 0.2, 1.0, 1.0])  #: of lambda, lambda_f, lambda_d, mu, delta
GAMMA_SDS = np.array([0.4, 0.4, 0.4, 1.0, 1.0])
PSI = np.array([0.02**2, 0.02**2])  #: shape and scale of each psi's inverse Gamma law
_WIDEST = 20.0  # logs of hyperparameters that numbers can carry
_TOLERANCE, _ITERATIONS, _LONGEST = 1e-6, 200, 2.0


@dataclass(frozen=True, slots=True)
class Mode:
    """theta (5 + n): logs of lambda, lambda_f, lambda_d, mu, delta, psi. scales (episodes, 4): as in `crisis_scale`.

    gram: moments of the rows under those scales. value: log density there. log_marginal: the part of it that is the log
    marginal likelihood of the record, comparable between models of the same months and variables only.
    spread (5 + n, 5 + n): covariance of theta as the search came to know it.
    """

    theta: FloatArray
    scales: FloatArray
    gram: FloatArray
    value: float
    log_marginal: float
    spread: FloatArray


def log_density(
    rows: Rows, starts: NDArray[np.int64], first: int, theta: FloatArray, scales: FloatArray
) -> tuple[float, FloatArray, float]:
    """Log density of the hyperparameters, its gradient (5 + n + 4 episodes), and the log marginal likelihood.

    starts (episodes): month in which each began. first: month 0 of the rows' places. Minus infinity where the numbers
    cannot be carried.
    """
    gradient = np.zeros(len(theta) + scales.size)
    if (np.abs(theta) > _WIDEST).any() or (np.abs(scales) > MOST - LEAST).any():
        return -np.inf, gradient, -np.inf
    logs, slopes = log_scale(scales, starts, first, int(rows.at[-1]) + 1)
    logs, slopes = logs[rows.at], slopes[rows.at]
    try:
        found = likelihood(rows, weighted_gram(rows, logs), theta)
    except np.linalg.LinAlgError:
        return -np.inf, gradient, -np.inf
    marginal = found.value - len(rows.own) * float(logs.sum())
    prior, slope = hyperprior(theta)
    value = marginal + prior
    gradient[: len(theta)] = gradient_of(rows, theta, found) + slope
    if scales.size:
        prior, tail = log_prior(scales)
        value += prior
        touched = np.asarray(slopes.any(axis=(1, 2)))
        by_row = slopes_of(rows, logs, found, touched)
        gradient[len(theta) :] = (tail + np.tensordot(by_row, slopes[touched], axes=1)).ravel()
    return value, gradient, marginal


def hyperprior(theta: FloatArray) -> tuple[float, FloatArray]:
    """Log density of lambda, lambda_f, lambda_d, mu, delta and psi themselves, and its slopes in their logs."""
    shape, scale = _gamma_laws()
    x = np.exp(theta[:TIGHTNESS]) / scale
    log_x = theta[:TIGHTNESS] - np.log(scale)
    total = ((shape - 1.0) * log_x - x - np.log(scale) - special.gammaln(shape)).sum()
    part = PSI[1] * np.exp(-theta[TIGHTNESS:])
    front = PSI[0] * np.log(PSI[1]) - special.gammaln(PSI[0])
    total += (front - (PSI[0] + 1.0) * theta[TIGHTNESS:] - part).sum()
    return float(total), np.concatenate([shape - 1.0 - x, part - PSI[0] - 1.0])


@cache
def _gamma_laws() -> tuple[FloatArray, FloatArray]:
    """Shapes and scales of the laws of lambda, lambda_f, lambda_d, mu and delta."""
    laws = np.array([gamma_shape_scale(mode, sd) for mode, sd in zip(GAMMA_MODES, GAMMA_SDS, strict=True)])
    return laws[:, 0], laws[:, 1]


def find_mode(rows: Rows, starts: NDArray[np.int64], first: int, theta: FloatArray | None = None) -> Mode:
    """Maximise the log density of all hyperparameters by BFGS, from ``theta`` if there is a guess.

    Raises:
        ConvergenceError: no mode was found; a variable may be a copy or a sum of others.
    """
    n, k = len(rows.own), rows.both.shape[1] - len(rows.own)
    size = TIGHTNESS + n
    if theta is None:
        variances = np.maximum(0.5 * rows.both[:, k:].var(axis=0), 1e-8)
        theta = np.concatenate([np.log(GAMMA_MODES), np.log(variances)])
    search = begin(np.concatenate([theta, first_scales(len(starts)).ravel()]), _TOLERANCE, _ITERATIONS, _LONGEST)
    while True:
        value, gradient, _ = log_density(rows, starts, first, search.x[:size], search.x[size:].reshape(-1, SCALES))
        search.g[:] = -gradient
        if advance(search, -value) != EVALUATE:
            break
    best, scales = search.best[:size].copy(), search.best[size:].reshape(-1, SCALES).copy()
    value, _, marginal = log_density(rows, starts, first, best, scales)
    if int(search.counts[2]) not in (OK, NOT_CONVERGED) or not np.isfinite(value):
        raise ConvergenceError(
            "The Bayesian VAR found no mode on this record; is one of its variables a copy or a sum of the others?"
        )
    logs, _ = log_scale(scales, starts, first, int(rows.at[-1]) + 1)
    return Mode(best, scales, weighted_gram(rows, logs[rows.at]), value, marginal, search.inverse[:size, :size].copy())
