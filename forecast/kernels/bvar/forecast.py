"""Forecast paths from draws of a vector autoregression, free or with pinned values, explosive draws marked.

Source: Karlsson 2013, algorithms 1 and 4; Waggoner & Zha 1999 for the pins; Cogley & Sargent 2005 for refusing
explosive draws.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.bvar.stability import companion_radius
from forecast.kernels.conditioning.pinned import pinned_path
from forecast.kernels.random import fill_normals
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, UNSTABLE


@kernel
def deterministic_steps(terms: FloatArray, B: FloatArray, out: FloatArray) -> None:
    """Write terms (h, m) times the first m rows of B (k, n) into out (h, n)."""
    h, m = terms.shape
    for t in range(h):
        for i in range(B.shape[1]):
            out[t, i] = 0.0
            for x in range(m):
                out[t, i] += terms[t, x] * B[x, i]


@kernel
def forecast_block(
    first: int,
    last: int,
    key: int,
    coefficients: FloatArray,
    roots: FloatArray,
    terms: FloatArray,
    past: FloatArray,
    scale: FloatArray,
    pins: FloatArray,
    limit: float,
    out: FloatArray,
    radius: FloatArray,
    status: IntArray,
) -> None:
    """Write paths first to last - 1: path i has draw i mod draws and pins i mod (sets of pins).

    coefficients (draws, k, n), roots (draws, n, n), terms (h, m), past (p, n; newest first), scale (h; 1: an ordinary
    month), pins (sets, h, n; NaN: free), out (paths, h, n), radius (paths), status (paths).
    """
    draws, _, n = coefficients.shape
    h, m = terms.shape
    steps, e, root = np.empty((h, n)), np.empty((h, n)), np.empty((h, n, n))
    for path in range(first, last):
        i = path % draws
        B, C = coefficients[i], roots[i]
        lags = B[m:]
        status[path] = OK
        if math.isfinite(limit):
            radius[path] = companion_radius(lags)
            if not radius[path] <= limit:
                status[path] = UNSTABLE
        fill_normals(key, path, e.reshape(h * n))
        deterministic_steps(terms, B, steps)
        for t in range(h):
            for x in range(n):
                for y in range(n):
                    root[t, x, y] = scale[t] * C[x, y]
        found, _ = pinned_path(lags, steps, past, root, pins[path % pins.shape[0]], e, out[path])
        if found != OK:
            status[path] = found
        for t in range(h):
            for x in range(n):
                if not math.isfinite(out[path, t, x]):
                    status[path] = NON_FINITE
                    out[path, t, x] = 0.0


def forecast_draws(
    key: int,
    paths: int,
    coefficients: FloatArray,
    roots: FloatArray,
    terms: FloatArray,
    past: FloatArray,
    scale: FloatArray,
    pins: FloatArray,
    limit: float,
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Paths (paths, h, n), the spectral radius of the draw behind each, and the status of each.

    Path i stands on draw i mod draws, so more paths only append. ``pins`` (sets, h, n) are met exactly, path by path;
    one set for all, or as many sets as a driver has paths, which keeps the driver's own width. A draw with a radius
    above ``limit`` has status UNSTABLE and keeps its path, for the caller to leave out or to use; with an infinite
    limit the radius is not computed and stands as 0. INFEASIBLE: pins that cannot be met; the free path stands there.
    Sizes that do not fit give OUT_OF_RANGE for every path.
    """
    h, m = terms.shape
    p, n = past.shape
    out, radius, status = np.zeros((paths, h, n)), np.zeros(paths), np.full(paths, OUT_OF_RANGE)
    draws = coefficients.shape[0]
    fits = coefficients.shape == (draws, m + n * p, n) and roots.shape == (draws, n, n) and draws > 0 and p > 0
    if fits and scale.shape == (h,) and pins.shape[1:] == (h, n) and pins.shape[0] > 0:
        spread(
            forecast_block, paths, key, coefficients, roots, terms, past, scale, pins, float(limit), out, radius, status
        )
    return out, radius, status
