"""The gate for arrays."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int


def read_only(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values


AWKWARD = {
    "list": [[1, 2], [3, 4]],
    "integers": np.array([[1, 2], [3, 4]]),
    "column order": np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]),
    "every other": np.array([[1.0, 0.0, 2.0, 0.0], [3.0, 0.0, 4.0, 0.0]])[:, ::2],
    "read-only": read_only(np.array([[1.0, 2.0], [3.0, 4.0]])),
    "single precision": np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32),
}


@pytest.mark.parametrize("kind", AWKWARD)
@pytest.mark.parametrize(("through", "dtype"), [(gate, np.float64), (gate_int, np.int64)])
def test_gate_lets_one_layout_through(kind: str, through: object, dtype: type) -> None:
    array = through(AWKWARD[kind])  # type: ignore[operator]
    assert array.dtype == dtype
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.tolist() == [[1, 2], [3, 4]]


def test_gate_does_not_copy_what_fits_and_does_not_touch_what_does_not() -> None:
    fits = np.ones((2, 3))
    assert gate(fits) is fits
    frozen = read_only(np.ones(3))
    gate(frozen)[0] = 5.0
    assert frozen[0] == 1.0
