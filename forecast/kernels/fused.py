"""a b + c rounded once, asked for by name: a third fewer instructions in polynomials, and the same bits everywhere.

Compilers may fuse only where they are allowed to change results; here the fused form is the definition. Processors
without the instruction compute it in software, slowly and with the same bits.

Source: IEEE 754-2019, s5.4.1 (fusedMultiplyAdd).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba as nb
from numba.extending import intrinsic


def _fused(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """Type and code of ``fma``."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return nb.float64(nb.float64, nb.float64, nb.float64), emit


def _separate(a: float, b: float, c: float) -> float:
    """Where kernels run as plain Python; the last bit may differ."""
    return a * b + c


_PLAIN = bool(vars(nb.config).get("DISABLE_JIT"))

fma = cast(Callable[[float, float, float], float], _separate if _PLAIN else intrinsic(_fused))
