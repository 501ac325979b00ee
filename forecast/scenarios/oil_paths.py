"""Paths of the oil price by its own density."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.random import draw_uniforms
from forecast.models.oil import OilDensity
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]


def density_paths(density: OilDensity, *, paths: int, months: int, seed: int) -> FloatArray:
    """Log price (paths, months) of the months after the last one known, by the density alone."""
    uv = draw_uniforms(stream_key(seed, "oil"), paths, 2 * months)
    u, v = uv[:, 0::2], uv[:, 1::2]
    df = density.df
    shocks = density.scale_sd * np.cos(2 * np.pi * v) * np.sqrt(df * (u ** (-2.0 / df) - 1.0))
    before = np.concatenate([np.full((paths, 1), density.last_shock), shocks[:, :-1]], axis=1)
    return np.asarray(density.last_log + np.cumsum(shocks + density.theta * before, axis=1))


def median_path(density: OilDensity, months: int) -> FloatArray:
    """Median log price (months): only the last shock's carry-over moves it."""
    return np.full(months, density.last_log + density.theta * density.last_shock)
