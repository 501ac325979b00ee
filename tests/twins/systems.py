"""Systems to test on: written by hand from lists, cut to a window, or random with every awkward part at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.sparse.system import System

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Operation(NamedTuple):
    """alpha[row] <- sum of factor * coefficient * alpha[col] over entries + N(0, scale * var[variance]).

    entries: (col, factor, number of the coefficient). All but the last may vary by month, as arrays (n).
    """

    row: ArrayLike
    entries: Sequence[tuple[ArrayLike, ArrayLike, int]]
    variance: ArrayLike = 0
    scale: ArrayLike = 1.0


class Seen(NamedTuple):
    """y = sum of factor * alpha[state] over terms + N(0, H), in one month."""

    month: int
    terms: Sequence[tuple[int, float]]
    H: float
    y: float


class Case(NamedTuple):
    """A System with the coefficients and variances that drive it."""

    system: System
    coef: FloatArray
    var: FloatArray


def build_system(a0: ArrayLike, P0: ArrayLike, n: int, ops: Sequence[Operation], seen: Sequence[Seen]) -> System:
    """A System of n months from lists; the observations may come in any order."""

    def columns(parts: Sequence[ArrayLike]) -> FloatArray:
        return np.column_stack([np.broadcast_to(np.asarray(part, dtype=np.float64), n) for part in parts])

    entries = [entry for op in ops for entry in op.entries]
    seen = sorted(seen, key=lambda one: one.month)
    width = max([len(one.terms) for one in seen], default=1)
    z_col = np.zeros((len(seen), width), dtype=np.int64)
    z_val = np.zeros((len(seen), width))
    for i, one in enumerate(seen):
        for j, (state, factor) in enumerate(one.terms):
            z_col[i, j], z_val[i, j] = state, factor
    return System(
        a0=gate(a0),
        P0=gate(P0),
        row=gate_int(columns([op.row for op in ops])),
        ptr=gate_int(np.cumsum([0, *(len(op.entries) for op in ops)])),
        col=gate_int(columns([entry[0] for entry in entries])),
        val=gate(columns([entry[1] for entry in entries])),
        coef_of=gate_int([entry[2] for entry in entries]),
        var_of=gate_int(columns([op.variance for op in ops])),
        scale=gate(columns([op.scale for op in ops])),
        obs_ptr=gate_int(np.searchsorted([one.month for one in seen], np.arange(n + 1), side="left")),
        z_col=z_col,
        z_val=z_val,
        H=gate([one.H for one in seen]),
        y=gate([one.y for one in seen]),
    )


def window(s: System, start: int, stop: int, a: FloatArray, P: FloatArray) -> System:
    """Months start to stop - 1 of a System as one of its own, from the moments of the states before them."""
    first, last = s.obs_ptr[start], s.obs_ptr[stop]
    by_month = {name: gate_int(getattr(s, name)[start:stop]) for name in ("row", "col", "var_of")}
    by_figure = {name: gate(getattr(s, name)[first:last]) for name in ("z_val", "H", "y")}
    return s._replace(
        a0=a,
        P0=P,
        val=gate(s.val[start:stop]),
        scale=gate(s.scale[start:stop]),
        obs_ptr=gate_int(s.obs_ptr[start : stop + 1] - first),
        z_col=gate_int(s.z_col[first:last]),
        **by_month,
        **by_figure,
    )


def random_case(seed: int, *, unseen_tail: int = 0) -> Case:
    """Rows, columns and factors that change by month, noiseless and empty operations, a cumulator, gaps, a singular P0.

    unseen_tail: further months without observations.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 12)) + unseen_tail
    m, k = int(rng.integers(3, 8)), int(rng.integers(2, 7))
    ops = [
        Operation(
            row=rng.integers(0, m - 1, n),
            entries=[
                (rng.integers(0, m, n), rng.uniform(-1, 1, n) * (rng.random(n) > 0.2), int(rng.integers(0, 3)))
                for _ in range(rng.integers(0, 4))
            ],
            variance=rng.integers(0, 4, n),
            scale=rng.uniform(0.2, 1.5, n) * (rng.random(n) > 0.2),
        )
        for _ in range(k)
    ]
    total = m - 1  # the cumulator, begun anew about every third month
    ops.append(Operation(total, [(total, 1.0 * (rng.random(n) > 0.35), 0), (0, rng.uniform(0.2, 1, n), 0)]))
    seen = [
        Seen(t, [(int(rng.integers(0, m)), float(rng.normal())) for _ in range(rng.integers(1, 4))], *figure)
        for t in range(n - unseen_tail)
        for figure in zip(rng.uniform(0.05, 1, 4), rng.normal(0, 2, rng.integers(0, 4)), strict=False)
    ]
    A = rng.normal(size=(m, max(m - 2, 1)))
    A[rng.integers(0, m)] = 0.0
    system = build_system(rng.normal(size=m), A @ A.T, n, ops, seen)
    return Case(system, gate([1.0, *rng.uniform(-1, 1, 2)]), gate([0.0, *rng.uniform(0.1, 1, 3)]))
