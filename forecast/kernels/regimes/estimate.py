"""Maximum likelihood for a switching autoregression: quasi-Newton with Fisher's gradient from many starts.

Unknowns: for each row of P the log odds of leaving against staying, means or intercepts, the logarithm of each variance
above a floor, autoregressive coefficients (free, as in Hamilton 1989). The series is standardised for the search.

With a variance for each regime the likelihood is unbounded: a regime that sits on one figure takes its variance to
zero. The floor is 1e-4 of the residual variance of a plain autoregression; an optimum that leans on it is not taken
while a start leads elsewhere.

Source: Hamilton 1990, Journal of Econometrics 45; Krolzig 1997, "Markov-Switching Vector Autoregressions", chapter 6;
degenerate variances: Kiefer 1978, Econometrica 46.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, gate, kernel
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.random import fill_normals
from forecast.kernels.regimes.hamilton import INTERCEPT, MEAN, Switching, check_switching
from forecast.kernels.regimes.score import Score, regime_score
from forecast.kernels.status import NON_FINITE, NOT_CONVERGED, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

_FLOOR = 1e-4
_TOLERANCE = 1e-8
_ITERATIONS = 300
_LONGEST = 1.0
_STAY = 2.0
_LIKE = 1e-6


class RegimeShape(NamedTuple):
    """What is estimated: k regimes, p lags, MEAN or INTERCEPT, and what each regime has of its own."""

    regimes: int
    lags: int
    form: int
    own_variance: bool
    own_ar: bool


class RegimeFit(NamedTuple):
    """The best of many searches, regimes in order of mu.

    model: with P (1, k, k) and the ergodic start. loglik. unknowns: how many were estimated. gradient: largest entry at
    the optimum, per unit of the standardised unknowns. logliks (starts): where each start led. agreeing: starts that
    led to the same optimum. status: OK; NOT_CONVERGED; SINGULAR (constant series, or every start leads to a variance
    of zero); TOO_SHORT; NON_FINITE; OUT_OF_RANGE.
    """

    model: Switching
    loglik: float
    unknowns: int
    gradient: float
    logliks: FloatArray
    agreeing: int
    status: int


@kernel
def count_unknowns(shape: RegimeShape) -> int:
    """Number of unknowns of a shape."""
    k, p = shape.regimes, shape.lags
    return k * (k - 1) + k + (k if shape.own_variance else 1) + p * (k if shape.own_ar else 1)


@kernel
def switching_from(x: FloatArray, shape: RegimeShape, floor: float) -> Switching:
    """The model at unknowns ``x``: log odds (k, k-1) by row, mu (k), log(sigma2 - floor), phi."""
    k, p = shape.regimes, shape.lags
    P = np.empty((1, k, k))
    mu = np.empty(k)
    phi = np.empty((k, p))
    sigma2 = np.empty(k)
    at = 0
    for i in range(k):
        high = 0.0
        for j in range(k - 1):
            high = max(high, x[at + j])
        total = math.exp(-high)
        P[0, i, i] = total
        for j in range(k):
            if j != i:
                P[0, i, j] = math.exp(x[at] - high)
                total += P[0, i, j]
                at += 1
        for j in range(k):
            P[0, i, j] /= total
    for s in range(k):
        mu[s] = x[at + s]
    at += k
    for s in range(k):
        sigma2[s] = floor + math.exp(min(x[at + (s if shape.own_variance else 0)], 50.0))
    at += k if shape.own_variance else 1
    for s in range(k):
        for j in range(p):
            phi[s, j] = x[at + (s * p if shape.own_ar else 0) + j]
    return Switching(P, mu, phi, sigma2, np.empty(0), shape.form)


@kernel
def regime_gradient(model: Switching, score: Score, shape: RegimeShape, floor: float, g: FloatArray) -> None:
    """Fill ``g`` with the gradient of minus the log-likelihood by the unknowns of ``model``; NaN where there is none.

    score: of the model that ``switching_from`` made of the unknowns.
    """
    k, p = shape.regimes, shape.lags
    for i in range(g.shape[0]):
        g[i] = 0.0 if score.status == OK else np.nan
    if score.status != OK:
        return
    at = 0
    for i in range(k):
        total = 0.0
        for j in range(k):
            total += score.d_log_P[i, j]
        for j in range(k):
            if j != i:
                g[at] = -(score.d_log_P[i, j] - model.P[0, i, j] * total)
                at += 1
    for s in range(k):
        g[at + s] = -score.d_mu[s]
    at += k
    for s in range(k):
        share = (model.sigma2[s] - floor) / model.sigma2[s]
        g[at + (s if shape.own_variance else 0)] -= score.d_log_sigma2[s] * share
    at += k if shape.own_variance else 1
    for s in range(k):
        for j in range(p):
            g[at + (s * p if shape.own_ar else 0) + j] -= score.d_phi[s, j]


class Climb(NamedTuple):
    """Where one search ended: x and gradient (unknowns), minus log-likelihood, evaluations and status."""

    x: FloatArray
    g: FloatArray
    value: float
    evaluations: int
    status: int


@kernel
def climb_regimes(z: FloatArray, x0: FloatArray, shape: RegimeShape, floor: float) -> Climb:
    """The maximum of the log-likelihood of ``z`` (n) that a search from unknowns ``x0`` leads to."""
    search = begin(x0, _TOLERANCE, _ITERATIONS, _LONGEST)
    while True:
        model = switching_from(search.x, shape, floor)
        score = regime_score(z, model)
        regime_gradient(model, score, shape, floor, search.g)
        if advance(search, -score.loglik) != EVALUATE:
            break
    return Climb(search.best, search.best_g, search.value[0], search.counts[3], search.counts[2])


def fit_regimes(y: FloatArray, shape: RegimeShape, starts: int, key: int) -> RegimeFit:
    """Maximum likelihood for ``y`` (n) from ``starts`` starts drawn by ``key``; the first start is not random.

    NaN is a gap if there are no lags. Figures are needed for twice the unknowns, else TOO_SHORT.
    """
    y = gate(y)
    k, p, n = shape.regimes, shape.lags, len(y)
    if k < 1 or p < 0 or starts < 1 or shape.form not in (MEAN, INTERCEPT):
        return _refused(max(k, 1), max(p, 0), max(starts, 0), OUT_OF_RANGE)
    seen = ~np.isnan(y)
    unknowns = count_unknowns(shape)
    if np.isinf(y).any() or (p > 0 and not seen.all()):
        return _refused(k, p, starts, NON_FINITE)
    if seen.sum() - p < 2 * unknowns:
        return _refused(k, p, starts, TOO_SHORT)
    scale = float(np.abs(y[seen]).max())
    mean = float(np.mean(y[seen] / max(scale, 1e-300))) * scale
    sd = float(np.sqrt(np.mean(((y[seen] - mean) / max(scale, 1e-300)) ** 2))) * scale
    if not np.isfinite(sd):
        return _refused(k, p, starts, NON_FINITE)
    if sd <= 1e-13 * scale:
        return _refused(k, p, starts, SINGULAR)
    z = (y - mean) / sd
    phi, variance = _plain_autoregression(z, p)
    floor = _FLOOR * variance
    status = check_switching(n, switching_from(np.zeros(unknowns), shape, floor))
    if status != OK:
        return _refused(k, p, starts, status)
    climbs = [climb_regimes(z, _start(i, key, shape, phi, variance), shape, floor) for i in range(starts)]
    logliks = np.array([np.nan if c.status == NON_FINITE else -c.value for c in climbs])
    if np.isnan(logliks).all():
        return _refused(k, p, starts, NON_FINITE)
    variances = slice(k * k, k * k + (k if shape.own_variance else 1))
    sound = np.array([c.x[variances].min() > math.log(floor) for c in climbs]) & ~np.isnan(logliks)
    best = int(np.nanargmax(np.where(sound, logliks, np.nan) if sound.any() else logliks))
    status = SINGULAR if not sound.any() else OK if climbs[best].status == OK else NOT_CONVERGED
    logliks = logliks - (seen.sum() - p) * math.log(sd)
    return RegimeFit(
        _ordered(switching_from(climbs[best].x, shape, floor), mean, sd),
        float(logliks[best]),
        unknowns,
        float(np.abs(climbs[best].g).max()),
        logliks,
        int((np.abs(logliks - logliks[best]) <= _LIKE * max(1.0, abs(logliks[best]))).sum()),
        status,
    )


def _refused(k: int, p: int, starts: int, status: int) -> RegimeFit:
    """A fit that was not made, all NaN."""
    nothing = Switching(
        np.full((1, k, k), np.nan), np.full(k, np.nan), np.full((k, p), np.nan), np.full(k, np.nan), np.empty(0), MEAN
    )
    return RegimeFit(nothing, np.nan, 0, np.nan, np.full(starts, np.nan), 0, status)


def _plain_autoregression(z: FloatArray, p: int) -> tuple[FloatArray, float]:
    """Yule-Walker coefficients (p) of a series of mean 0, and the variance that they leave."""
    z = np.nan_to_num(z)
    c = np.array([z[lag:] @ z[: len(z) - lag] for lag in range(p + 1)]) / len(z)
    lags = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    phi = np.linalg.lstsq(c[lags], c[1:], rcond=None)[0] if p else np.empty(0)
    return gate(phi), max(float(c[0] - phi @ c[1:]), 1e-10)


def _start(start: int, key: int, shape: RegimeShape, phi: FloatArray, variance: float) -> FloatArray:
    """Unknowns to begin with: start 0 is spread evenly, the others are scattered around it by ``key``."""
    k = shape.regimes
    scatter = np.zeros(count_unknowns(shape) + 1)
    if start > 0:
        fill_normals(key, start, scatter)
    phi = phi * (min(1.0, abs(scatter[-1])) if start > 0 else 1.0)
    levels = (2.0 * np.arange(k) + 1.0) / k - 1.0 + scatter[k * (k - 1) : k * k]
    x = np.concatenate(
        [
            np.full(k * (k - 1), -_STAY - math.log(max(k - 1, 1))) + scatter[: k * (k - 1)],
            levels * (1.0 - phi.sum()) if shape.form == INTERCEPT else levels,
            np.full(k if shape.own_variance else 1, math.log(0.7 * variance)),
            np.tile(phi, k if shape.own_ar else 1),
        ]
    )
    x[k * k :] += 0.3 * scatter[k * k : -1]
    return x


def _ordered(model: Switching, mean: float, sd: float) -> Switching:
    """The model of z in the units of y, regimes in order of mu."""
    order = np.argsort(model.mu, kind="stable")
    phi = model.phi[order]
    weight = 1.0 - phi.sum(axis=1) if model.form == INTERCEPT else np.ones(len(order))
    mu = sd * model.mu[order] + mean * weight
    P = gate(model.P[:, order][:, :, order])
    return Switching(P, mu, gate(phi), sd * sd * model.sigma2[order], np.empty(0), model.form)
