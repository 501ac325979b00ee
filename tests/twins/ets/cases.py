"""Seeded series, parameters and first states at which a model runs."""

from __future__ import annotations

import numpy as np

from forecast.kernels.ets.forms import NAMES


def case(form, m=4, n=40, seed=0, gaps=False):
    """A positive series with trend and season, smoothing (4) inside the region, and first states (2 + m)."""
    name, rng = NAMES[form], np.random.default_rng([seed, form, m, n])
    t = np.arange(n)
    y = 100.0 * np.exp(rng.normal(0.0, 0.05, n) + 0.004 * t + 0.1 * np.sin(2.0 * np.pi * t / m))
    if gaps:
        y[rng.random(n) < 0.2] = np.nan
        y[:2] = np.nan
    alpha, phi = rng.uniform(0.05, 0.6), rng.uniform(0.82, 0.975)
    smoothing = np.array([alpha, alpha * rng.uniform(0.05, 0.6), (1.0 - alpha) * rng.uniform(0.05, 0.6), phi])
    seasons = np.exp(rng.normal(0.0, 0.05, m)) if name[-1] == "M" else rng.normal(0.0, 4.0, m)
    growth = np.exp(rng.normal(0.0, 0.003)) if "M" in name[1:-1] else rng.normal(0.0, 0.4)
    states = np.r_[rng.normal(100.0, 3.0), growth, seasons]
    if name[-1] == "N":
        states[2:] = 0.0
    if name[1:-1] == "N":
        states[1] = 0.0
    if name[-1] == "A":
        states[2:] -= states[2:].mean()
    elif name[-1] == "M":
        states[2:] *= m / states[2:].sum()
    return y, smoothing, states
