"""Operations of a System over its months, collected one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.sparse.system import System

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations of a System over months ``start`` to ``start + n - 1``, before any observation.

    driver_of (l): which oil regressor fills the entry, -1 for none; so that a path can bring its own oil price.
    cumulator_entries: for each cumulator's (reporter, flow position, state) its operation's first entry.
    """

    start: int
    row: NDArray[np.int64]
    ptr: NDArray[np.int64]
    col: NDArray[np.int64]
    val: FloatArray
    coef_of: NDArray[np.int64]
    var_of: NDArray[np.int64]
    scale: FloatArray
    driver_of: NDArray[np.int64]
    cumulator_entries: dict[tuple[int, int, int], int]
    irregular_operations: tuple[int, ...]


class Builder:
    """Collects operations; every argument may be one value, or one for each of the n months."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.rows: list[ArrayLike] = []
        self.ptr = [0]
        self.cols: list[ArrayLike] = []
        self.vals: list[ArrayLike] = []
        self.coef: list[int] = []
        self.driver: list[int] = []
        self.var: list[ArrayLike] = []
        self.scale: list[ArrayLike] = []

    def add(
        self,
        row: ArrayLike,
        entries: Sequence[tuple[ArrayLike, ArrayLike]],
        var: ArrayLike,
        scale: ArrayLike,
        coef: int = 0,
    ) -> int:
        """Add an operation and return the position of its first entry.

        It replaces state ``row`` by the sum of the (state, factor) ``entries``, all times coefficient number ``coef``,
        and adds noise of variance number ``var`` times ``scale``.
        """
        first = self.ptr[-1]
        self.rows.append(row)
        for col, val in entries:
            self.cols.append(col)
            self.vals.append(val)
            self.coef.append(coef)
            self.driver.append(-1)
        self.ptr.append(first + len(entries))
        self.var.append(var)
        self.scale.append(scale)
        return first

    def finish(self, start: int, cumulators: dict[tuple[int, int, int], int], irregular: tuple[int, ...]) -> Operations:
        """The collected operations of the months from ``start`` on."""

        def columns(parts: list[ArrayLike]) -> FloatArray:
            return np.column_stack([np.broadcast_to(np.asarray(part, dtype=np.float64), self.n) for part in parts])

        return Operations(
            start=start,
            row=gate_int(columns(self.rows)),
            ptr=gate_int(self.ptr),
            col=gate_int(columns(self.cols)),
            val=gate(columns(self.vals)),
            coef_of=gate_int(self.coef),
            var_of=gate_int(columns(self.var)),
            scale=gate(columns(self.scale)),
            driver_of=gate_int(self.driver),
            cumulator_entries=cumulators,
            irregular_operations=irregular,
        )


def prior_system(ops: Operations, a0: FloatArray, P0: FloatArray) -> System:
    """The System without observations."""
    return System(
        a0=gate(a0),
        P0=gate(P0),
        row=ops.row,
        ptr=ops.ptr,
        col=ops.col,
        val=ops.val,
        coef_of=ops.coef_of,
        var_of=ops.var_of,
        scale=ops.scale,
        obs_ptr=np.zeros(len(ops.val) + 1, dtype=np.int64),
        z_col=np.zeros((0, 1), dtype=np.int64),
        z_val=np.zeros((0, 1)),
        H=np.zeros(0),
        y=np.zeros(0),
    )
