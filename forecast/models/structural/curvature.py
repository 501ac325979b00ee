"""How far sums of exponentials lie above their tangents, on average over the posterior.

log sum exp is convex, so a tangent lies below it wherever the months of a span stray from the path; figures read by
tangents alone would put trade too high, by half the spread of the months within a span. The mean gap is found on draws
of the linearised posterior and taken off the figures: the first step of statistical linearisation.

Source: Sarkka 2013, "Bayesian Filtering and Smoothing", s5.4 (statistical linearisation); draws as in sampler.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels.random import draw_normals
from forecast.kernels.sparse.kalman import gains_from
from forecast.kernels.sparse.sampler import corrected_path
from forecast.kernels.sparse.system import System
from forecast.kernels.tangent import tangents
from forecast.models.structural.layout import Layout
from forecast.models.structural.linearise import Reading
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

_PAIRS = 60


def mean_gaps(
    layout: Layout, reading: Reading, system: System, coef: FloatArray, var: FloatArray, seed: int
) -> FloatArray:
    """Mean of log sum exp less its tangent, for each figure (N); 0 for a single month of a single flow.

    system: linearised, of the months of the record. The draws come in pairs that mirror each other.
    """
    n, m = len(system.val), len(system.a0)
    gains, _, F = gains_from(system, coef, var, 0, n, system.a0, system.P0)
    root = semidefinite_root(system.P0)
    size = m + n * system.row.shape[1] + len(system.y)
    flows = [states.log_flow for states in layout.flows]
    at_path = reading.log_value - reading.curvature - system.y
    states = np.empty((n, m))
    total = np.zeros(len(system.y))
    for z in draw_normals(stream_key(seed, "curvature"), _PAIRS, size):
        for shocks in (z, -z):
            corrected_path(system, coef, var, 0, n, system.a0, system.P0, root, gains, F, shocks, states)
            x = np.repeat(states[:, None, flows], len(layout.reporters), axis=1)
            for (r, f), state in layout.bias.items():
                x[:, layout.reporters.index(r), f] += states[:, state]
            log_sum, _ = tangents(gate(x), reading.first, reading.last, reading.reporter, reading.parts)
            read = (system.z_val * states[reading.last[:, None], system.z_col]).sum(axis=1)
            total += log_sum - at_path - read
    alone = (reading.first == reading.last) & (reading.parts.sum(axis=1) == 1)
    return np.where(alone, 0.0, total / (2 * _PAIRS))
