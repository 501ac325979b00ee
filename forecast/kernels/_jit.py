"""The one decorator for compiled kernels, and the one gate for the arrays that enter them.

Kernels are compiled on first use and kept (`_cache`); later processes load them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_LOCATORS = (
    "forecast.kernels._cache.Locator,InTreeCacheLocator,UserWideCacheLocator,IPythonCacheLocator,ZipCacheLocator"
)
os.environ.setdefault("NUMBA_CACHE_LOCATOR_CLASSES", _LOCATORS)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numba as nb  # noqa: E402  (numba reads its settings on import)
import numpy as np  # noqa: E402
from numpy.typing import ArrayLike, NDArray  # noqa: E402

# Numba may have been imported before it was told.
setattr(nb.config, "CACHE_LOCATOR_CLASSES", os.environ["NUMBA_CACHE_LOCATOR_CLASSES"])  # noqa: B010

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def kernel(function: F) -> F:
    """Compile for one thread: cached, the interpreter lock released, numpy's rules for division."""
    return cast(F, nb.njit(cache=True, nogil=True, error_model="numpy")(function))


def gate(values: ArrayLike) -> NDArray[np.float64]:
    """A C-contiguous, writable float64 array, so that each kernel compiles once.

    Read-only views (polars gives them) and other layouts would make numba compile again.
    """
    array = np.ascontiguousarray(values, dtype=np.float64)
    return array if array.flags.writeable else array.copy()


def gate_int(values: ArrayLike) -> NDArray[np.int64]:
    """A C-contiguous, writable int64 array."""
    array = np.ascontiguousarray(values, dtype=np.int64)
    return array if array.flags.writeable else array.copy()
