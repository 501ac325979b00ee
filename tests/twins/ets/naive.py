"""Exponential smoothing by the equations of the textbook, one month after the other, in plain Python."""

from __future__ import annotations

import math

import numpy as np


def smooth(y, form, m, smoothing, states):
    """Forecasts, errors and the list of states before each month: tables 2.2 and 2.3 of Hyndman et al. 2008."""
    error, trend, season = form[0], form[1:-1], form[-1]
    alpha, beta, gamma, phi = smoothing
    phi = phi if trend.endswith("d") else 1.0
    level, growth, seasons = states[0], states[1], list(states[2:])
    fitted, errors = [], []
    for value in y:
        grown = {"N": 0.0, "A": phi * growth, "M": growth**phi if trend[0] == "M" else 0.0}[trend[0]]
        q = level * grown if trend[0] == "M" else level + grown
        s = seasons.pop(0)
        f = {"N": q, "A": q + s, "M": q * s}[season]
        e = 0.0 if math.isnan(value) else value - f
        before, scaled = level, e / s if season == "M" else e
        level = q + alpha * scaled
        growth = grown + beta * (scaled / before if trend[0] == "M" else scaled)
        seasons.append({"N": s, "A": s + gamma * e, "M": s + gamma * e / q}[season])
        fitted.append(f)
        errors.append(math.nan if math.isnan(value) else e / f if error == "M" else e)
    return np.array(fitted), np.array(errors), np.array([level, growth, *seasons])


def loglik(y, form, m, smoothing, states):
    """Log density of the figures at the variance that maximises it."""
    fitted, errors, _ = smooth(y, form, m, smoothing, states)
    seen = ~np.isnan(errors)
    s2 = np.mean(errors[seen] ** 2)
    jacobian = np.log(fitted[seen]).sum() if form[0] == "M" else 0.0
    return -0.5 * np.sum(np.log(2.0 * np.pi * s2) + errors[seen] ** 2 / s2) - jacobian


def differences(f, x):
    """Gradient of f at x by central differences of fourth order."""
    gradient = np.zeros(len(x))
    for i in range(len(x)):
        step = np.zeros(len(x))
        step[i] = 2e-5 * max(1.0, abs(x[i]))
        gradient[i] = (8.0 * (f(x + step) - f(x - step)) - f(x + 2.0 * step) + f(x - 2.0 * step)) / (12.0 * step[i])
    return gradient


def extend(form, m, smoothing, states, shocks):
    """Figures that follow from errors that are given: in units of the series, or relative when multiplicative."""
    states, out = np.array(states, float), []
    for shock in shocks:
        fitted, _, _ = smooth([math.nan], form, m, smoothing, states)
        value = fitted[0] * (1.0 + max(shock, -1.0)) if form[0] == "M" else fitted[0] + shock
        _, _, states = smooth([value], form, m, smoothing, states)
        out.append(value)
    return np.array(out)


def angles(form, m, x):
    """The parameters and first states behind unbounded unknowns, in the order alpha, beta, gamma, phi, level, ..."""
    low, x = 1e-4, list(x)
    alpha = low + (1.0 - 2.0 * low) * math.sin(x.pop(0)) ** 2
    beta = low + (alpha - low) * math.sin(x.pop(0)) ** 2 if form[1:-1] != "N" else 0.0
    gamma = low + (1.0 - alpha - low) * math.sin(x.pop(0)) ** 2 if form[-1] != "N" else 0.0
    phi = 0.8 + 0.18 * math.sin(x.pop(0)) ** 2 if "d" in form else 1.0
    level, growth = x.pop(0), x.pop(0) if form[1:-1] != "N" else 0.0
    seasons = {"N": [0.0] * m, "A": [*x, -sum(x)], "M": [*x, m - sum(x)]}[form[-1]]
    return np.array([alpha, beta, gamma, phi, level, growth, *seasons])


def first_states(y, trend, season, m, years):
    """A line and seasonal means in turn over the first years, then a line through the deseasonalised start."""
    n, t = len(y), np.arange(1.0, len(y) + 1.0)
    first, place = int(np.flatnonzero(~np.isnan(y))[0]), np.arange(len(y)) % m
    neutral, seasons = float(season == 2), np.full(m, float(season == 2))
    without = (lambda s: y / s[place]) if season == 2 else (lambda s: y - s[place])
    window = np.arange(n) < first + years * m
    for _ in range(3 * (season > 0)):
        use = window & ~np.isnan(y)
        base = np.polyval(np.polyfit(t[use], without(seasons)[use], 1), t)
        ratio = np.where(base > 0.0, y / base, np.nan) if season == 2 else y - base
        for j in range(m):
            known = ratio[use & (place == j) & ~np.isnan(ratio)]
            seasons[j] = known.mean() if len(known) else neutral
        seasons = np.maximum(seasons, 0.05) if season == 2 else seasons
        seasons = seasons / seasons.mean() if season == 2 else seasons - seasons.mean()
    width = n if years >= n else max(10, 2 * m) if season else 10
    use = (np.arange(n) >= first) & (np.arange(n) < first + width) & ~np.isnan(y)
    slope, level = np.polyfit(t[use], without(seasons if season else np.full(m, 0.0))[use], 1)
    if trend == 0:
        return np.r_[level + slope * (first + (min(n, first + width) - first) / 2.0), 0.0, seasons * (season > 0)]
    if trend >= 3:
        middle = level + slope * (first + width / 2.0)
        level, slope = max(level, 0.2 * middle), np.clip(1.0 + slope / middle, 0.9, 1.1)
    return np.r_[level, slope, seasons * (season > 0)]
