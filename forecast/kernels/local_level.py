"""A level with a season, in which a figure may stray and the level may jump; many noise ratios side by side.

    y_t = level_t + season_t + e_t,    level_t = level_{t-1} + slope_{t-1} + n_t
    slope_t = d + phi (slope_{t-1} - d) + u_t

Each e_t has one of two sizes (usual, outlying), each n_t too (usual, a shift): four cases a month. After each month the
four laws of the state are put together into the normal law with their mean and covariance. The variance of the usual
e_t is learned on the way and forgotten slowly, so its law is Student's t.

Source: Harrison & Stevens 1976, "Bayesian forecasting", Journal of the Royal Statistical Society B 38 (cases put
together month by month); West & Harrison 1997, "Bayesian Forecasting and Dynamic Models", s10.8 (variance forgotten),
ch. 12 (several processes).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, kernel
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels._threads import spread
from forecast.kernels.bvar.variates import gamma_variate
from forecast.kernels.random import fill_normals, fill_uniforms
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, TOO_SHORT

_CASES = 4
_MOST_SURPRISE = 9.0  # squared error over its variance: beyond, it teaches no more about the variance
_LEAST_FREEDOM = 3.0
_LEAST_DENSITY = 1e-300


class LevelRules(NamedTuple):
    """Everything of the model but the ratio of its two noises; standard deviations in the units of y.

    drift: d, a step. slope: standard deviation of slope_t about d in the long run. persistence: phi. level: standard
    deviation of the first level about the first figure. season: of the season's slots beforehand. season_step: of
    their change a step, as a multiple of that of e_t. outliers, outlier_size: share of outlying e_t, and how many times
    the usual size. shifts, shift_size: the same of n_t. memory: what the variance keeps a step, at most 1. noise,
    freedom: standard deviation of e_t beforehand, and how many figures that belief is worth.
    """

    drift: float
    slope: float
    persistence: float
    level: float
    season: float
    season_step: float
    outliers: float
    outlier_size: float
    shifts: float
    shift_size: float
    memory: float
    noise: float
    freedom: float


class LevelLaw(NamedTuple):
    """What is known after the last figure, one row a ratio (k): the state is level, slope and m slots of the season.

    mean (k, 2 + m), covariance (k, 2 + m, 2 + m): slot j is that of the figures at j, j + m, ... variance, freedom
    (k): of e_t, and its degrees of freedom. loglik (k): log density of the figures after the first. counts (2): status,
    length of the series.
    """

    mean: FloatArray
    covariance: FloatArray
    variance: FloatArray
    freedom: FloatArray
    loglik: FloatArray
    counts: IntArray


@kernel
def level_begin(first: float, rules: LevelRules, mean: FloatArray, P: FloatArray) -> None:
    """Write the law of the state at the first figure into mean (2 + m) and P (2 + m, 2 + m)."""
    m = mean.shape[0] - 2
    mean[:], P[:] = 0.0, 0.0
    mean[0], P[0, 0] = first, rules.level**2
    mean[1], P[1, 1] = rules.drift, rules.slope**2
    for i in range(m):
        for j in range(m):
            P[2 + i, 2 + j] = rules.season**2 * ((1.0 if i == j else 0.0) - 1.0 / m)


@kernel
def level_advance(variance: float, rules: LevelRules, mean: FloatArray, P: FloatArray) -> None:
    """Move mean and P on by a step, all but the level's own noise."""
    size = mean.shape[0]
    m, phi = size - 2, rules.persistence
    mean[0] += mean[1]
    mean[1] = rules.drift + phi * (mean[1] - rules.drift)
    for j in range(size):
        P[0, j] += P[1, j]
        P[1, j] *= phi
    for i in range(size):
        P[i, 0] += P[i, 1]
        P[i, 1] *= phi
    P[1, 1] += (1.0 - phi * phi) * rules.slope**2
    step = rules.season_step**2 * variance
    for i in range(m):
        for j in range(m):
            P[2 + i, 2 + j] += step * ((1.0 if i == j else 0.0) - 1.0 / m)


@kernel
def level_update(
    y: float,
    slot: int,
    ratio: float,
    variance: float,
    freedom: float,
    rules: LevelRules,
    mean: FloatArray,
    P: FloatArray,
) -> tuple[float, float]:
    """Take a figure in; its log density, and its squared error over its variance, averaged over the cases.

    ratio: standard deviation of n_t over that of e_t. The level's noise is added here, since its size is part of the
    case. The gain of a case is a CF + b (1, 0, ...) with CF the covariance of state and figure without that noise.
    """
    size, at = mean.shape[0], 2 + slot
    CF = P[:, 0] + P[:, at]
    error, base = y - mean[0] - mean[at], CF[0] + CF[at]
    density, f, q = np.empty(_CASES), np.empty(_CASES), np.empty(_CASES)
    half = 0.5 * (freedom + 1.0)
    constant = math.lgamma(half) - math.lgamma(0.5 * freedom)
    for case in range(_CASES):
        outlying, shifted = case % 2 == 1, case >= 2
        q[case] = ratio**2 * variance * (rules.shift_size**2 if shifted else 1.0)
        f[case] = base + q[case] + variance * (rules.outlier_size**2 if outlying else 1.0)
        share = rules.outliers if outlying else 1.0 - rules.outliers
        share *= rules.shifts if shifted else 1.0 - rules.shifts
        tail = half * math.log1p(error * error / (f[case] * freedom))
        density[case] = share * math.exp(constant - 0.5 * math.log(math.pi * freedom * f[case]) - tail)
    total = density.sum() + _LEAST_DENSITY
    a1, b1, aa, ab, bb, surprise, noise = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    own_aa, own_ab, own_bb = 0.0, 0.0, 0.0
    for case in range(_CASES):
        w, a = density[case] / total, 1.0 / f[case]
        b = q[case] * a
        a1, b1 = a1 + w * a, b1 + w * b
        aa, ab, bb = aa + w * a * a, ab + w * a * b, bb + w * b * b
        own_aa, own_ab, own_bb = own_aa + w * a, own_ab + w * b, own_bb + w * q[case] * b
        noise += w * q[case]
        surprise += w * error * error * a
    square = error * error
    on_aa = square * (aa - a1 * a1) - own_aa
    on_ab = square * (ab - a1 * b1) - own_ab
    on_bb = square * (bb - b1 * b1) - own_bb + noise
    for i in range(size):
        mean[i] += a1 * error * CF[i]
        for j in range(size):
            P[i, j] += on_aa * CF[i] * CF[j]
    mean[0] += b1 * error
    for i in range(size):
        P[0, i] += on_ab * CF[i]
        P[i, 0] += on_ab * CF[i]
    P[0, 0] += on_bb
    return math.log(total), surprise


@kernel
def _laws_of(
    first: int,
    last: int,
    y: FloatArray,
    ratios: FloatArray,
    rules: LevelRules,
    mean: FloatArray,
    covariance: FloatArray,
    numbers: FloatArray,
) -> None:
    """The laws of the ratios first to last - 1; numbers (k, 3): variance, freedom, log density."""
    start = 0
    while math.isnan(y[start]):
        start += 1
    m = mean.shape[1] - 2
    for k in range(first, last):
        variance, freedom, loglik = rules.noise**2, rules.freedom, 0.0
        level_begin(y[start], rules, mean[k], covariance[k])
        for t in range(start + 1, y.shape[0]):
            level_advance(variance, rules, mean[k], covariance[k])
            if math.isnan(y[t]):
                spare = 1.0 + rules.shifts * (rules.shift_size**2 - 1.0)
                covariance[k, 0, 0] += ratios[k] ** 2 * variance * spare
                continue
            density, surprise = level_update(y[t], t % m, ratios[k], variance, freedom, rules, mean[k], covariance[k])
            loglik += density
            kept = rules.memory * freedom
            variance *= (kept + min(surprise, _MOST_SURPRISE)) / (kept + 1.0)
            freedom = max(kept + 1.0, _LEAST_FREEDOM)
        numbers[k, 0], numbers[k, 1], numbers[k, 2] = variance, freedom, loglik


def level_filter(y: FloatArray, m: int, ratios: FloatArray, rules: LevelRules) -> LevelLaw:
    """The law of the state after the last figure of y (n), NaN in gaps, for each of the ratios (k) of noises.

    m: figures a year, 1 for no season. Status: TOO_SHORT without a figure, NON_FINITE for an infinite one or a ratio
    that is not finite, OUT_OF_RANGE for m < 1, no ratio, or rules that no model has.
    """
    y, ratios = gate(y), gate(ratios)
    size, count = 2 + max(m, 1), len(ratios)
    mean, covariance, numbers = np.zeros((count, size)), np.zeros((count, size, size)), np.zeros((count, 3))
    status = OK
    if not (np.isfinite(ratios).all() and np.isfinite(rules).all()) or np.isinf(y).any():
        status = NON_FINITE
    elif m < 1 or count == 0 or not _sound(rules):
        status = OUT_OF_RANGE
    elif np.isnan(y).all():
        status = TOO_SHORT
    if status == OK:
        spread(_laws_of, count, y, ratios, rules, mean, covariance, numbers)
        if not (np.isfinite(mean).all() and np.isfinite(covariance).all() and np.isfinite(numbers).all()):
            status = NON_FINITE
    variance, freedom, loglik = numbers.T.copy()
    return LevelLaw(mean, covariance, variance, freedom, loglik, np.array([status, len(y)]))


def _sound(rules: LevelRules) -> bool:
    shares = 0.0 <= rules.outliers < 1.0 and 0.0 <= rules.shifts < 1.0
    return (
        shares and abs(rules.persistence) <= 1.0 and 0.0 < rules.memory <= 1.0 and min(rules.noise, rules.freedom) > 0
    )


@kernel
def level_path(
    n: int, ratio: float, sd: float, rules: LevelRules, state: FloatArray, z: FloatArray, u: FloatArray, out: FloatArray
) -> None:
    """Write the figures out (h) after n of them, from a state (2 + m), which is moved along.

    sd: of e_t. z (h, 3 + m): normals of a step: level, slope, figure, slots. u (h, 2): uniforms that choose the case.
    """
    m, phi = state.shape[0] - 2, rules.persistence
    for t in range(out.shape[0]):
        state[0] += state[1]
        state[1] = rules.drift + phi * (state[1] - rules.drift)
        state[1] += math.sqrt(1.0 - phi * phi) * rules.slope * z[t, 1]
        state[0] += ratio * sd * (rules.shift_size if u[t, 0] < rules.shifts else 1.0) * z[t, 0]
        middle = 0.0
        for j in range(m):
            middle += z[t, 3 + j] / m
        for j in range(m):
            state[2 + j] += rules.season_step * sd * (z[t, 3 + j] - middle)
        noise = sd * (rules.outlier_size if u[t, 1] < rules.outliers else 1.0) * z[t, 2]
        out[t] = state[0] + state[2 + (n + t) % m] + noise


@kernel
def _paths_of(
    first: int,
    last: int,
    owner: IntArray,
    ratios: FloatArray,
    rules: LevelRules,
    mean: FloatArray,
    roots: FloatArray,
    numbers: FloatArray,
    keys: IntArray,
    out: FloatArray,
) -> None:
    """Fill the paths first to last - 1 of ``out``; numbers (k, 2): variance and freedom; keys (2); n stands last."""
    size, h = mean.shape[1], out.shape[1]
    width = size + 1
    z, u, state = np.empty(size + h * width), np.empty(2 * h), np.empty(size)
    for p in range(first, last):
        k = owner[p]
        fill_normals(keys[0], p, z)
        fill_uniforms(keys[1], p, u)
        line, half = 0, 0.5 * numbers[k, 1]
        stretch = math.sqrt(half / gamma_variate(keys[0], p, line, half))
        for i in range(size):
            state[i] = mean[k, i]
            for j in range(i + 1):
                state[i] += stretch * roots[k, i, j] * z[j]
        sd = stretch * math.sqrt(numbers[k, 0])
        level_path(keys[2], ratios[k], sd, rules, state, z[size:].reshape(h, width), u.reshape(h, 2), out[p])


def level_paths(
    law: LevelLaw, ratios: FloatArray, rules: LevelRules, owner: IntArray, keys: tuple[int, int], horizon: int
) -> FloatArray:
    """Futures (p, horizon) after the figures of a law with status OK; path i is that of ratio ``owner[i]`` (p).

    The variance of a path is drawn from its law, and the state about its mean with a spread that goes with it. keys:
    of the normals and of the uniforms. More paths and longer horizons only append.
    """
    out = np.empty((len(owner), max(horizon, 0)))
    roots = np.stack([semidefinite_root(gate(0.5 * (P + P.T))) for P in law.covariance])
    numbers = np.column_stack([law.variance, law.freedom])
    handed = np.array([*keys, int(law.counts[1])])
    spread(_paths_of, len(out), owner, gate(ratios), rules, law.mean, roots, numbers, handed, out)
    return out
