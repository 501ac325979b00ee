"""The gate for arrays and the folder of compiled kernels."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from forecast.kernels import _jit
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


def test_compiled_kernels_are_kept_by_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRADEWIND_CACHE_DIR", str(tmp_path))
    folder = _jit._cache_folder()
    assert folder.parent == tmp_path / "tradewind"
    assert folder.name.startswith("kernels-")
    assert folder == _jit._cache_folder(), "the same sources, the same folder"
    monkeypatch.setattr(_jit.sys, "version", "another interpreter")
    assert folder != _jit._cache_folder()


def test_the_user_s_cache_folder_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TRADEWIND_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert _jit._cache_folder().parent == tmp_path / "cache" / "tradewind"
    assert os.environ["NUMBA_CACHE_DIR"], "numba was told before it was imported"
