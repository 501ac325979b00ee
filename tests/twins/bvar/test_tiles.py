"""Tiles against matrix products of numpy."""

from __future__ import annotations

import numba as nb
import numpy as np
import pytest

from forecast.kernels._tiles import TILE, add_row_tile, add_tile, take_row_tile, take_tile
from tests.twins.bvar.naive import Array


@nb.njit
def every_tile(kind: int, C: Array, i: int, j: int, F: Array, f: int, M: Array, m: int, first: int, last: int) -> None:
    if kind == 0:
        add_tile(C, i, j, F, f, M, m, first, last)
    elif kind == 1:
        take_tile(C, i, j, F, f, M, m, first, last)
    elif kind == 2:
        add_row_tile(C, i, j, F, f, M, m, first, last)
    else:
        take_row_tile(C, i, j, F, f, M, m, first, last)


@pytest.mark.parametrize("kind", range(4))
@pytest.mark.parametrize("seed", range(25))
def test_a_tile_is_a_matrix_product(kind: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = 1 if kind > 1 else TILE
    i, j, f, m, first = (int(x) for x in rng.integers(0, 9, size=5))
    last = first + seed % 12
    C, F, M = (rng.normal(size=(30, 8 + int(rng.integers(9, 14)))) for _ in range(3))
    expected = C.copy()
    product = F[first:last, f : f + rows].T @ M[first:last, m : m + TILE]
    expected[i : i + rows, j : j + TILE] += product if kind % 2 == 0 else -product
    every_tile(kind, C, i, j, F, f, M, m, first, last)
    np.testing.assert_allclose(C, expected, rtol=1e-12, atol=1e-12)
