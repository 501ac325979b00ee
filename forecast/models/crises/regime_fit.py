"""A switching autoregression whose crisis regime leans on what many flows say: the mode of its posterior, and draws.

x_t, the log growth of a flow net of season, moves about a mean that a chain of two regimes sets:

    x_t = (1 - sum phi) mu[S_t] + sum_j phi_j x_t-j + sigma[S_t] e_t,   mu = (calm - fall, calm),  fall > 0

One record holds one or two crises at most and cannot tell how often they come, how long they last and how steep they
are. So these have priors: the rate from the starts counted (hazard.py), length and steepness from the kinds measured by
the origin (kinds.py). The calm regime is left to the record.

Source: Hamilton 1989, Econometrica 57; prior as pseudo-figures: Hamilton 1991, "A quasi-Bayesian approach to estimating
parameters for mixtures of normal distributions", Journal of Business & Economic Statistics 9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from forecast.kernels._jit import gate
from forecast.kernels.random import draw_normals
from forecast.kernels.regimes.hamilton import INTERCEPT, Switching
from forecast.kernels.regimes.score import regime_score
from forecast.kernels.status import OK
from forecast.models.crises.overlay import CrisisLaw

FloatArray = NDArray[np.float64]

CRISIS, CALM = 0, 1  #: numbers of the regimes, in order of their means
CALM_GROWTH_A_YEAR = (0.055, 0.06)  #: drift.rule.* of pooled_priors.csv and what crises take off it; sd of pairs
LOG_NOISE_RATIO = (math.log(1.5), 0.4)  #: log of sigma[CRISIS] / sigma[CALM], as in the structural model
LAG_SD, LAG_DECAY = 1.0, 0.5  #: of phi_j: the first over j to the power of the second
_UNMEASURED = (12.0, 0.2)  #: months and depth of a crisis before any was measured: a judgement
_FALL_LOG_SD, _LENGTH_LOG_SD = 0.7, 0.6  #: spread between kinds and flows of steepness and length
_LEAST_SHARE = 1e-3
_SMALLEST = 1e-4  #: of the noise: a record that never moves is taken to move by so much
_FARTHEST = 8.0  #: standard deviations of the prior within which the mode is looked for


@dataclass(frozen=True, slots=True)
class RegimePrior:
    """Normal laws (mean, sd) of the six unknowns before the lags.

    Log odds of a start and of an end in a span, calm growth a span, log fall a span, log calm noise (almost flat), log
    ratio of the noises.
    """

    mean: FloatArray
    sd: FloatArray


@dataclass(frozen=True, slots=True)
class RegimePosterior:
    """mode (6 + p); factor (6 + p, 6 + p) of the covariance about it. lags: p. settled: the search came to its end."""

    mode: FloatArray
    factor: FloatArray
    lags: int
    settled: bool


def regime_prior(law: CrisisLaw, x: FloatArray, step: int) -> RegimePrior:
    """What is believed before the growth ``x`` (n) of a record with ``step`` months a span is seen."""
    kinds = law.kinds
    lengths = np.array([kind.months_to_trough for kind in kinds] or [_UNMEASURED[0]])
    depths = np.array([-kind.depth_log for kind in kinds] or [_UNMEASURED[1]])
    start = -math.expm1(-law.hazard.mean * step / 12.0)
    end = min(step / float(lengths.mean()), 0.8)
    fall = float(np.mean(depths / np.maximum(lengths, step))) * step
    noise = max(float(np.median(np.abs(x - np.median(x)))) / 0.6745, _SMALLEST)
    growth, growth_sd = (value * step / 12.0 for value in CALM_GROWTH_A_YEAR)
    return RegimePrior(
        np.array([_logit(start), _logit(end), growth, math.log(fall), math.log(noise), LOG_NOISE_RATIO[0]]),
        np.array([law.hazard.shape**-0.5, _LENGTH_LOG_SD, growth_sd, _FALL_LOG_SD, 2.0, LOG_NOISE_RATIO[1]]),
    )


def lag_sds(lags: int) -> FloatArray:
    """Standard deviations (lags) of the autoregression's coefficients before the record is seen; their mean is 0."""
    return np.asarray(LAG_SD / np.arange(1.0, lags + 1.0) ** LAG_DECAY)


def switching_of(u: FloatArray) -> Switching:
    """The chain at unknowns ``u`` (6 + p); started from its long-run law."""
    start, end = _share(u[0]), _share(u[1])
    noise, reach = math.exp(u[4]), 1.0 - float(u[6:].sum())
    return Switching(
        np.array([[[1.0 - end, end], [start, 1.0 - start]]]),
        reach * np.array([u[2] - math.exp(u[3]), u[2]]),
        gate(np.tile(u[6:], (2, 1))),
        np.array([(noise * math.exp(u[5])) ** 2, noise**2]),
        np.empty(0),
        INTERCEPT,
    )


def log_posterior(u: FloatArray, x: FloatArray, prior: RegimePrior) -> tuple[float, FloatArray]:
    """Log posterior of the growth ``x`` (n) up to a constant, and its gradient (6 + p); -inf where there is none."""
    p = len(u) - 6
    score = regime_score(x, switching_of(u))
    if score.status != OK:
        return -math.inf, np.zeros(len(u))
    start, end = _share(u[0]), _share(u[1])
    lag_sd = lag_sds(p)
    reach, fall = 1.0 - float(u[6:].sum()), math.exp(u[3])
    away = (u[:6] - prior.mean) / prior.sd
    value = score.loglik - 0.5 * float(away @ away) - 0.5 * float(((u[6:] / lag_sd) ** 2).sum())
    slope = np.concatenate(
        [
            [
                score.d_log_P[CALM, CRISIS] * (1.0 - start) - score.d_log_P[CALM, CALM] * start,
                score.d_log_P[CRISIS, CALM] * (1.0 - end) - score.d_log_P[CRISIS, CRISIS] * end,
                reach * score.d_mu.sum(),
                -reach * fall * score.d_mu[CRISIS],
                2.0 * score.d_log_sigma2.sum(),
                2.0 * score.d_log_sigma2[CRISIS],
            ],
            score.d_phi.sum(axis=0) - u[2] * score.d_mu.sum() + fall * score.d_mu[CRISIS],
        ]
    )
    slope[:6] -= away / prior.sd
    slope[6:] -= u[6:] / lag_sd**2
    return value, slope


def fit_posterior(x: FloatArray, prior: RegimePrior, lags: int) -> RegimePosterior:
    """The mode for growth ``x`` (n) with ``lags`` lags, and the curvature there."""
    x = gate(x)
    # Growth is sought in steps of the noise where its prior is wider.
    scale = np.concatenate([prior.sd, lag_sds(lags)])
    scale[2] = min(scale[2], math.exp(prior.mean[4]))
    begin = np.concatenate([prior.mean, _plain_lags(x, lags)])
    begin[2] = float(np.median(x))

    def cost(v: FloatArray) -> tuple[float, FloatArray]:
        value, slope = log_posterior(begin + scale * v, x, prior)
        return (-value, -slope * scale) if np.isfinite(value) else (1e10, np.zeros(len(v)))

    bounds = [(-_FARTHEST, _FARTHEST)] * len(begin)
    found = optimize.minimize(
        cost, np.zeros(len(begin)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}
    )
    curvature = np.empty((len(begin), len(begin)))
    for i in range(len(begin)):
        nudge = np.zeros(len(begin))
        nudge[i] = 1e-4
        curvature[i] = (cost(found.x + nudge)[1] - cost(found.x - nudge)[1]) / 2e-4
    values, vectors = np.linalg.eigh(0.5 * (curvature + curvature.T))
    # No direction is less certain than the prior left it: there the curvature is 1.
    factor = vectors / np.sqrt(np.maximum(values, 1.0))
    return RegimePosterior(begin + scale * found.x, scale[:, None] * factor, lags, bool(found.success))


def posterior_draws(posterior: RegimePosterior, draws: int, key: int) -> FloatArray:
    """Unknowns (draws, 6 + p) from the normal law at the mode; the first is the mode itself."""
    z = draw_normals(key, draws, len(posterior.mode))
    z[0] = 0.0
    return np.asarray(posterior.mode + z @ posterior.factor.T)


def _plain_lags(x: FloatArray, lags: int) -> FloatArray:
    """Least squares of x on its lags, with the prior as pseudo-figures."""
    y = x - np.median(x)
    columns = np.column_stack([y[lags - j : len(y) - j] for j in range(1, lags + 1)] or [np.zeros((len(y), 0))])
    ridge = np.diag(lag_sds(lags) ** -2.0) * max(float(np.var(y[lags:])), _SMALLEST**2)
    return np.asarray(np.linalg.solve(columns.T @ columns + ridge, columns.T @ y[lags:])) if lags else np.empty(0)


def _logit(share: float) -> float:
    kept = min(max(share, _LEAST_SHARE), 1.0 - _LEAST_SHARE)
    return math.log(kept / (1.0 - kept))


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))
