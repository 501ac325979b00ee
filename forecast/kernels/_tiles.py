"""Products of matrices by tiles of eight rows and eight columns that stay in registers, the heart of all factors.

One tile takes eight numbers of F and eight of M for sixty-four multiplications, where a sum of scaled rows takes two
loads and a store for each few. Compilers do not find this form by themselves, so its code is written down here. The
multiplications are fused with the additions and come in a fixed order: the same bits everywhere.

Source: Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication"; IEEE 754-2019, 5.4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba as nb
from numba.core import cgutils
from numba.extending import intrinsic

from forecast.kernels._jit import FloatArray

# Neither has types: numba's helpers for writing code, and the code's own language.
_helpers = cast(Any, cgutils)
ir = _helpers.ir

TILE = 8
"""Rows and columns of a tile; arrays that hold results are padded to a multiple."""

_CHAINS = 4

_Tile = Callable[[FloatArray, int, int, FloatArray, int, FloatArray, int, int, int], None]


def _code(negative: bool, rows: int) -> Any:
    """Type and code of a tile of ``rows`` rows."""
    double = ir.DoubleType()
    vector = ir.VectorType(double, TILE)
    zeros = ir.Constant(vector, [0.0] * TILE)
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), TILE), None)

    def tile(typing_context: Any, C: Any, i: Any, j: Any, F: Any, f: Any, M: Any, m: Any, first: Any, last: Any) -> Any:
        number = nb.intp
        signature = nb.void(C, number, number, F, number, M, number, number, number)

        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            c_at, i_at, j_at, f_at, f_first, m_at, m_first, start, end = arguments

            def cells(place: int, value: Any) -> tuple[Any, Any]:
                array = context.make_array(signature.args[place])(context, builder, value)
                return array.data, _helpers.unpack_tuple(builder, array.shape)[1]

            (c_data, c_width), (f_data, f_width), (m_data, m_width) = (
                cells(place, value) for place, value in ((0, c_at), (3, f_at), (5, m_at))
            )
            fused = _helpers.get_or_insert_function(
                builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{TILE}f64"
            )

            def place_of(data: Any, width: Any, row: Any, column: Any) -> Any:
                return builder.gep(data, [builder.add(builder.mul(row, width), column)])

            def wide(data: Any, width: Any, row: Any, column: Any) -> Any:
                return builder.bitcast(place_of(data, width, row, column), vector.as_pointer())

            chains = 1 if rows > 1 else _CHAINS
            targets = [
                wide(c_data, c_width, builder.add(i_at, ir.Constant(i_at.type, row)), j_at) for row in range(rows)
            ]
            sums = [_helpers.alloca_once(builder, vector) for _ in range(rows * chains)]
            for place, own in enumerate(sums):
                builder.store(builder.load(targets[place], align=8) if place < rows else zeros, own)

            def step(turn: Any, own_sums: Any) -> None:
                right = builder.load(wide(m_data, m_width, turn, m_first), align=8)
                left = place_of(f_data, f_width, turn, f_first)
                for row, own in enumerate(own_sums):
                    factor = builder.load(builder.gep(left, [ir.Constant(i_at.type, row)]))
                    if negative:
                        factor = builder.fneg(factor)
                    one = builder.insert_element(ir.Constant(vector, ir.Undefined), factor, ir.IntType(32)(0))
                    spread = builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), lanes)
                    builder.store(builder.call(fused, [spread, right, builder.load(own)]), own)

            # One row alone would wait for each sum; several sums side by side do not.
            size = ir.Constant(start.type, chains)
            rounds = builder.sdiv(builder.sub(end, start), size)
            cut = builder.add(start, builder.mul(rounds, size))
            with _helpers.for_range_slice(builder, start, cut, size, start.type) as (turn, _):
                for chain in range(chains):
                    step(builder.add(turn, ir.Constant(start.type, chain)), sums[chain * rows : (chain + 1) * rows])
            if chains > 1:
                with _helpers.for_range_slice(builder, cut, end, ir.Constant(start.type, 1), start.type) as (turn, _):
                    step(turn, sums[:rows])
            for place, target in enumerate(targets):
                total = builder.load(sums[place])
                for chain in range(1, chains):
                    total = builder.fadd(total, builder.load(sums[place + chain * rows]))
                builder.store(total, target, align=8)
            return context.get_dummy_value()

        return signature, emit

    return tile


def _plain(sign: float, rows: int) -> _Tile:
    """Where kernels run as plain Python; the last bits may differ."""

    def tile(
        C: FloatArray, i: int, j: int, F: FloatArray, f: int, M: FloatArray, m: int, first: int, last: int
    ) -> None:
        flat, width = F.reshape(-1), F.shape[1]
        for row in range(rows):
            for r in range(first, last):
                C[i + row, j : j + TILE] += sign * flat[r * width + f + row] * M[r, m : m + TILE]

    return tile


_PLAIN = bool(vars(nb.config).get("DISABLE_JIT"))


def _made(negative: bool, rows: int) -> _Tile:
    return _plain(-1.0 if negative else 1.0, rows) if _PLAIN else cast(_Tile, intrinsic(_code(negative, rows)))


add_tile = _made(negative=False, rows=TILE)
"""Add sum over r = first .. last - 1 of F[r, f + a] M[r, m + c] to C[i + a, j + c], for a, c < TILE; ranges unchecked.

All three are stored by rows without gaps; a column beyond the row of F or M is the next row's."""

take_tile = _made(negative=True, rows=TILE)
"""As ``add_tile``, but the products are taken off."""

add_row_tile = _made(negative=False, rows=1)
"""As ``add_tile`` for one row, a = 0."""

take_row_tile = _made(negative=True, rows=1)
"""As ``take_tile`` for one row, a = 0."""
