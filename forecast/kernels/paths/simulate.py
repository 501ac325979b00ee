"""Simulated flows kept as an ensemble: paths by months by series."""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.elementary import lane_exp
from forecast.kernels.paths.lanes import LANES
from forecast.kernels.paths.law import PathLaw, draw_shocks, lanes_for, law_status, step_levels
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE


@kernel
def _flows_of(row: FloatArray, season: float, out: FloatArray) -> None:
    for lane in range(out.shape[0]):
        out[lane] = lane_exp(row[lane] + season)


@kernel
def _fill_blocks(begin: int, end: int, law: PathLaw, key: int, first: int, flows: FloatArray, wild: IntArray) -> None:
    """Flows (paths, months, d) of the blocks ``begin`` to end - 1 of LANES paths; wild: how many are not finite."""
    paths, months, d = flows.shape
    lanes = lanes_for(law)
    row = np.empty(LANES)
    for block in range(begin, end):
        at = block * LANES
        live = min(LANES, paths - at)
        draw_shocks(law, key, first + at, lanes)
        for t in range(months):
            start = step_levels(law, t, lanes)
            for i in range(d):
                _flows_of(lanes.x[start + i], law.season[t, i], row)
                for lane in range(live):
                    flows[at + lane, t, i] = row[lane]
                    wild[block] += 0 if row[lane] < np.inf else 1


def simulate_flows(law: PathLaw, key: int, first: int, paths: int) -> tuple[FloatArray, int]:
    """Flows exp(x + season) of the paths first, first + 1, ...; (paths, months, d) in the unit of the levels.

    status: that of ``law_status``; OUT_OF_RANGE if ``paths`` is not positive or ``first`` negative; NON_FINITE if a
    flow overflows (the numbers are returned for inspection).
    """
    status = law_status(law)
    if status == OK and (paths < 1 or first < 0):
        status = OUT_OF_RANGE
    if status != OK:
        return np.empty((0, 0, 0)), status
    flows = np.empty((paths, *law.drift.shape))
    wild = np.zeros((paths + LANES - 1) // LANES, np.int64)
    spread(_fill_blocks, len(wild), law, key, first, flows, wild)
    return flows, NON_FINITE if wild.any() else OK
