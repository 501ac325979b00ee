"""The one decorator for compiled kernels, and the one gate for the arrays that enter them.

Kernels are compiled on first use and kept in a folder named by a hash of all kernel sources: numba notices an
edit in a kernel's own file, not in a callee in another file, and would go on with the old answer.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> Path:
    digest = hashlib.sha256(sys.version.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    base = os.environ.get("TRADEWIND_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(base) / "tradewind" / f"kernels-{digest.hexdigest()[:16]}"


os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache_folder()))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numba as nb  # noqa: E402  (numba reads its settings on import)
import numpy as np  # noqa: E402
from numpy.typing import ArrayLike, NDArray  # noqa: E402


def kernel(function: F) -> F:
    """Compile for one thread: cached, the interpreter lock released, numpy's rules for division."""
    return cast(F, nb.njit(cache=True, nogil=True, error_model="numpy")(function))


def parallel_kernel(function: F) -> F:
    """Compile with ``prange`` spread over threads; each turn may write only its own cells."""
    return cast(F, nb.njit(cache=True, nogil=True, error_model="numpy", parallel=True)(function))


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
