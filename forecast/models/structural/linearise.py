"""Published sums as linear observations of log flows, about a current path.

log sum exp(x) is replaced by its tangent at the path: softmax weights times x. The path is then smoothed anew until
it stays; the error falls about tenfold a turn. Likewise the Student-t irregular is replaced by a normal one whose
variance each month fits the irregular just found.

Source: Harvey 1989, s6.3 (cumulator); Durbin & Koopman 2012, ch. 10.6 (mode by repeated linearisation), s10.8 (t).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from forecast.kernels.tangent import tangents
from forecast.models.structural import priors
from forecast.models.structural.hyperparameters import is_shock
from forecast.models.structural.layout import Layout
from forecast.models.structural.operations import Operations, prior_system
from forecast.panel import Panel

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Path:
    """The point of linearisation over the n months of the record.

    log_flow (n, flows): log of each flow in USD bn, by the base reporter's count.
    bias (n, reporters, flows): log of each reporter's count over the base reporter's.
    irregular_weight (n, flows): factor on the irregular's variance.
    unrest (n): factor on the variance of the shocks to levels and cycles (`forecast.models.structural.unrest`).
    """

    log_flow: FloatArray
    bias: FloatArray
    irregular_weight: FloatArray
    unrest: FloatArray


@dataclass(frozen=True, slots=True)
class Reading:
    """How each of N figures is read, whatever the path; in the order of their last months.

    first, last (N): months, counted from the start of the layout. reporter (N): position in the layout. parts (N, f):
    1 for the flows that the figure adds up. log_value, variance (N): log of the figure and its own error variance.
    z_col (N, 2 f): for each flow the state that is read (the log flow of a single month, else a cumulator) and the
    reporter's bias. has_bias (N, f): 1 where the bias is read beside it. curvature (N): mean height of the
    sum over its tangent (`forecast.models.structural.curvature`), 0 until it is known.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    reporter: NDArray[np.int64]
    parts: NDArray[np.int64]
    log_value: FloatArray
    variance: FloatArray
    z_col: NDArray[np.int64]
    has_bias: NDArray[np.int64]
    curvature: FloatArray


def read_figures(panel: Panel, layout: Layout) -> Reading:
    """Find the states through which each figure of a panel is observed."""
    obs = panel.observations
    order = sorted(layout.used, key=lambda i: (int(obs.end[i]), int(obs.start[i]), i))
    index = np.array(order)
    flows = len(layout.flows)
    position = {r: at for at, r in enumerate(layout.reporters)}
    parts = np.zeros((len(order), flows), dtype=np.int64)
    z_col = np.zeros((len(order), 2 * flows), dtype=np.int64)
    has_bias = np.zeros((len(order), flows), dtype=np.int64)
    for g, i in enumerate(order):
        r, start, single = int(obs.reporter[i]), int(obs.start[i]), obs.start[i] == obs.end[i]
        for f in layout.parts(int(obs.flow[i])):
            parts[g, f] = 1
            z_col[g, 2 * f] = (
                layout.flows[f].log_flow
                if single
                else next(life.state for life in layout.lives[r, f] if life.start == start)
            )
            if single and (r, f) in layout.bias:
                z_col[g, 2 * f + 1] = layout.bias[r, f]
                has_bias[g, f] = 1
    value = obs.value_usd_bn[index]
    base = obs.reporter[index] == layout.reporters[0]
    count_error = np.where(base, priors.COUNT_ERROR_SD, priors.OTHER_COUNT_ERROR_SD)
    return Reading(
        first=gate_int(obs.start[index] - layout.start),
        last=gate_int(obs.end[index] - layout.start),
        reporter=gate_int([position[int(r)] for r in obs.reporter[index]]),
        parts=parts,
        log_value=gate(np.log(value)),
        variance=gate(count_error**2 + (obs.resolution_usd_bn[index] / value) ** 2 / 12),
        z_col=z_col,
        has_bias=has_bias,
        curvature=np.zeros(len(order)),
    )


def first_path(layout: Layout, levels: FloatArray) -> Path:
    """A flat path at the log levels (flows) of the first figures."""
    n = layout.end - layout.start + 1
    flows = len(layout.flows)
    return Path(np.tile(levels, (n, 1)), np.zeros((n, len(layout.reporters), flows)), np.ones((n, flows)), np.ones(n))


def observe(layout: Layout, reading: Reading, ops: Operations, a0: FloatArray, P0: FloatArray, path: Path) -> System:
    """The System whose observations are the panel's figures, linearised about ``path``.

    ``ops`` may reach beyond the record; months after it have no observations.
    """
    n = len(path.log_flow)
    val, scale = ops.val.copy(), ops.scale.copy()
    for f, k in enumerate(ops.irregular_operations):
        scale[:n, k] *= path.irregular_weight[:, f]
    scale[:n] *= np.where(is_shock(ops.var_of[:n]), path.unrest[:, None], 1.0)
    x = path.log_flow[:, None, :] + path.bias
    log_sum, mean = tangents(gate(x), reading.first, reading.last, reading.reporter, reading.parts)
    z_val = np.zeros(reading.z_col.shape)
    single = reading.first == reading.last
    rows = np.arange(len(log_sum))
    for f in range(len(layout.flows)):
        share = np.where(single, np.exp(x[reading.last, reading.reporter, f] - log_sum), 0.0)
        z_val[:, 2 * f] = reading.parts[:, f] * share
        z_val[:, 2 * f + 1] = reading.has_bias[:, f] * share
    for (r, f), lives in layout.lives.items():
        position = layout.reporters.index(r)
        for life in lives:
            first, last = life.start - layout.start, life.end - layout.start
            entry = ops.cumulator_entries[r, f, life.state]
            top = float(x[first : last + 1, position, f].max())
            weights = np.exp(x[first : last + 1, position, f] - top)
            val[first + 1 : last + 1, entry] = 1.0
            val[first : last + 1, entry + 1] = weights
            if (r, f) in layout.bias:
                val[first : last + 1, entry + 2] = weights
            fed = rows[(reading.first == first) & ~single & (reading.reporter == position) & (reading.parts[:, f] == 1)]
            z_val[fed, 2 * f] = np.exp(top - log_sum[fed])
    obs_ptr = np.searchsorted(reading.last, np.arange(len(val) + 1), side="left")
    return prior_system(ops, a0, P0)._replace(
        val=val,
        scale=scale,
        obs_ptr=gate_int(obs_ptr),
        z_col=reading.z_col,
        z_val=z_val,
        H=reading.variance,
        y=reading.log_value - reading.curvature - log_sum + mean,
    )


def mode_path(
    layout: Layout,
    reading: Reading,
    ops: Operations,
    a0: FloatArray,
    P0: FloatArray,
    coef: FloatArray,
    var: FloatArray,
    path: Path,
    *,
    turns: int = 30,
    tolerance: float = 1e-8,
) -> tuple[Path, int]:
    """Repeat linearising and smoothing until the log flows move less than ``tolerance``; returns the turns used."""
    for turn in range(turns):
        states, noise = smoothed_states(observe(layout, reading, ops, a0, P0, path), coef, var)
        fresh = path_of(layout, ops, states, noise, var, path.unrest)
        moved = float(np.abs(fresh.log_flow - path.log_flow).max())
        path = fresh
        if moved < tolerance:
            return path, turn + 1
    return path, turns


def path_of(
    layout: Layout, ops: Operations, states: FloatArray, noise: FloatArray, var: FloatArray, unrest: FloatArray
) -> Path:
    """The path that smoothed states (n, m) and noise (n, k) describe; the unrest (n) is handed on."""
    n = len(states)
    log_flow = np.column_stack([states[:, flow.log_flow] for flow in layout.flows])
    bias = np.zeros((n, len(layout.reporters), len(layout.flows)))
    for (r, f), state in layout.bias.items():
        bias[:, layout.reporters.index(r), f] = states[:, state]
    weight = np.empty((n, len(layout.flows)))
    df = priors.IRREGULAR_DF
    for f, k in enumerate(ops.irregular_operations):
        variance = ops.scale[:n, k] * var[ops.var_of[:n, k]]
        weight[:, f] = (df + noise[:, k] ** 2 / variance) / (df + 1.0)
    return Path(log_flow, bias, weight, unrest)
