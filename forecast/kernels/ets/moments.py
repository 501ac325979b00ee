"""Mean and variance of what exponential smoothing forecasts, in closed form where there is one, else from paths.

Class 1 (additive errors, no multiplicative part): v_h = sigma2 (1 + sum c_j^2), j < h.
Class 2 (multiplicative errors, nothing else multiplicative): theta_h = mu_h^2 + sigma2 sum c_j^2 theta_{h - j} and
v_h = (1 + sigma2) theta_h - mu_h^2, with c_j = alpha + beta (phi + ... + phi^j) + gamma [m divides j] in both.
Class 3 (multiplicative errors and season, additive trend or none): level and growth x and the season z of a place are
both driven by the same normal error; E[x z] and E[x x' z^2], one pair for each place in the year, follow recursions of
their own, with E[e^4] = 3 sigma2^2 where the place is updated. It is the book's Kronecker recursion less its zeros.
All other models have no closed form (classes 4 and 5): mean and variance come from paths.

Source: Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with Exponential Smoothing", section 6.3, tables 6.1 to 6.4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, gate, kernel
from forecast.kernels.ets.forms import ets_parts
from forecast.kernels.ets.paths import ets_extend, ets_paths, ets_ready
from forecast.kernels.status import OK, OUT_OF_RANGE


class EtsForecast(NamedTuple):
    """Forecasts for h months.

    point (h): what follows when no error occurs; the usual point forecast. mean, variance (h): of the future figures;
    mean equals point in classes 1 and 2. simulated: whether they come from paths. status.
    """

    point: FloatArray
    mean: FloatArray
    variance: FloatArray
    simulated: bool
    status: int


def ets_class(form: int) -> int:
    """1, 2 or 3 when the variances have a closed form, else 0."""
    error, trend, season = ets_parts(form)
    if trend >= 3 or (error == 0 and season == 2):
        return 0
    if error == 0:
        return 1
    return 3 if season == 2 else 2


@kernel
def _linear_moments(
    form: int, m: int, smoothing: FloatArray, sigma2: float, point: FloatArray, variance: FloatArray
) -> None:
    """Classes 1 and 2: variances (h) around the point forecasts."""
    error, trend, season = ets_parts(form)
    horizon = point.shape[0]
    phi = smoothing[3] if trend == 2 else 1.0
    beta = smoothing[1] if trend > 0 else 0.0
    c, theta = np.empty(horizon), np.empty(horizon)
    power, total = 1.0, 0.0
    for j in range(1, horizon):
        power *= phi
        total += power
        c[j] = smoothing[0] + beta * total
        if season > 0 and j % m == 0:
            c[j] += smoothing[2]
    for h in range(horizon):
        spread = 0.0
        for j in range(1, h + 1):
            spread += c[j] * c[j] * (1.0 if error == 0 else theta[h - j])
        theta[h] = point[h] * point[h] + sigma2 * spread
        if error == 0:
            variance[h] = sigma2 * (1.0 + spread)
        else:
            variance[h] = sigma2 * (spread + theta[h])


@kernel
def _seasonal_moments(
    form: int, m: int, smoothing: FloatArray, states: FloatArray, sigma2: float, mean: FloatArray, variance: FloatArray
) -> None:
    """Class 3: first moments u of (level, growth) times season and second moments S of their squares, by place.

    One month maps (level, growth) by F + e G, F = [[1, phi], [0, phi]] and G = [alpha, beta]' [1, phi].
    """
    _, trend, _ = ets_parts(form)
    alpha, gamma = smoothing[0], smoothing[2]
    beta = smoothing[1] if trend > 0 else 0.0
    phi = smoothing[3] if trend == 2 else 1.0
    level, growth = states[0], states[1] if trend > 0 else 0.0
    u, S = np.empty((m, 2)), np.empty((m, 3))
    for j in range(m):
        z = states[2 + j]
        u[j, 0], u[j, 1] = level * z, growth * z
        S[j, 0], S[j, 1], S[j, 2] = level * level * z * z, level * growth * z * z, growth * growth * z * z
    for h in range(mean.shape[0]):
        now = h % m
        for j in range(m):
            q = u[j, 0] + phi * u[j, 1]
            qq = S[j, 0] + 2.0 * phi * S[j, 1] + phi * phi * S[j, 2]
            # F S F' has q^2, q times growth, growth^2; F S G' needs q times (q, growth).
            qb = phi * (S[j, 1] + phi * S[j, 2])
            bb = phi * phi * S[j, 2]
            keep, cross, fresh, drift = 1.0, 0.0, sigma2, 0.0
            if j == now:
                mean[h] = q
                variance[h] = (1.0 + sigma2) * qq - q * q
                keep = 1.0 + gamma * gamma * sigma2
                cross = 2.0 * gamma * sigma2
                fresh = sigma2 + 3.0 * gamma * gamma * sigma2 * sigma2
                drift = gamma * sigma2
            S[j, 0] = keep * qq + 2.0 * cross * alpha * qq + fresh * alpha * alpha * qq
            S[j, 1] = keep * qb + cross * (beta * qq + alpha * qb) + fresh * alpha * beta * qq
            S[j, 2] = keep * bb + 2.0 * cross * beta * qb + fresh * beta * beta * qq
            u[j, 1] = phi * u[j, 1] + drift * beta * q
            u[j, 0] = q + drift * alpha * q


def ets_forecast(
    form: int, m: int, smoothing: FloatArray, states: FloatArray, sigma2: float, key: int, paths: int, horizon: int
) -> EtsForecast:
    """Point forecasts, means and variances of the next months.

    states (2 + m): after the last month, the season of the next one first (``last`` of a fit). sigma2: variance of the
    (relative) errors. key, paths: for models without a closed form, whose mean and variance come from so many paths.
    Status: that of ``ets_ready``, and OUT_OF_RANGE when paths are needed and fewer than 2; all numbers are then 0.
    """
    smoothing, states, months = gate(smoothing), gate(states), max(horizon, 0)
    point, mean, variance = np.zeros(months), np.zeros(months), np.zeros(months)
    sigma = math.sqrt(sigma2) if sigma2 >= 0.0 else sigma2
    status = int(ets_ready(form, m, smoothing, states, sigma))
    kind = ets_class(form)
    if status == OK and kind == 0 and paths < 2:
        status = OUT_OF_RANGE
    if status != OK:
        return EtsForecast(point, mean, variance, False, status)
    ets_extend(form, m, smoothing, states.copy(), np.zeros(months), point)
    if kind == 3:
        _seasonal_moments(form, m, smoothing, states, sigma2, mean, variance)
    elif kind > 0:
        _linear_moments(form, m, smoothing, sigma2, point, variance)
        mean = point.copy()
    else:
        futures, _ = ets_paths(form, m, smoothing, states, sigma, np.empty(0), key, paths, months)
        mean, variance = futures.mean(axis=0), futures.var(axis=0, ddof=1)
    return EtsForecast(point, mean, variance, kind == 0, OK)
