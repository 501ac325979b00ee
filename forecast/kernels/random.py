"""Counter-based random numbers: the i-th number of a path depends on the key, the path and i alone.

So the same seed gives the same bits on any number of threads, more paths only append, and two scenarios meet
the same shocks.

Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox4x32-10);
Box & Muller 1958; Bailey 1994, "Polar generation of random variates with the t-distribution".
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_UNIT = 1.0 / 4294967296.0


@kernel
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Ten rounds of Philox4x32: a counter of four 32-bit words under a key of two becomes four random words."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _SHIFT) ^ c1 ^ k0, p1 & _LOW, (p0 >> _SHIFT) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@kernel
def fill_uniforms(key: int, path: int, out: FloatArray) -> None:
    """Fill ``out`` with uniforms of the open interval (0, 1) of one path under a 64-bit key."""
    k0 = np.uint64(key) & _LOW
    k1 = np.uint64(key) >> _SHIFT
    p0 = np.uint64(path) & _LOW
    p1 = np.uint64(path) >> _SHIFT
    for block in range((out.shape[0] + 3) // 4):
        words = philox(np.uint64(block), np.uint64(0), p0, p1, k0, k1)
        for j in range(min(4, out.shape[0] - 4 * block)):
            out[4 * block + j] = (np.float64(words[j]) + 0.5) * _UNIT


@kernel
def fill_normals(key: int, path: int, out: FloatArray) -> None:
    """Fill ``out`` with independent N(0, 1) of one path under a 64-bit key."""
    k0 = np.uint64(key) & _LOW
    k1 = np.uint64(key) >> _SHIFT
    p0 = np.uint64(path) & _LOW
    p1 = np.uint64(path) >> _SHIFT
    size = out.shape[0]
    for block in range((size + 3) // 4):
        words = philox(np.uint64(block), np.uint64(0), p0, p1, k0, k1)
        for half in range(2):
            at = 4 * block + 2 * half
            if at < size:
                radius = math.sqrt(-2.0 * math.log((np.float64(words[2 * half]) + 0.5) * _UNIT))
                angle = 2.0 * math.pi * (np.float64(words[2 * half + 1]) + 0.5) * _UNIT
                out[at] = radius * math.cos(angle)
                if at + 1 < size:
                    out[at + 1] = radius * math.sin(angle)


@kernel
def student(u: float, v: float, df: float) -> float:
    """A Student-t variate with ``df`` degrees of freedom from two uniforms (Bailey 1994)."""
    return math.cos(2.0 * math.pi * v) * math.sqrt(df * (u ** (-2.0 / df) - 1.0))


@kernel
def draw_normals(key: int, paths: int, size: int) -> FloatArray:
    """Independent N(0, 1) for paths 0, 1, ...; (paths, size)."""
    out = np.empty((paths, size))
    for p in range(paths):
        fill_normals(key, p, out[p])
    return out


@kernel
def draw_uniforms(key: int, paths: int, size: int) -> FloatArray:
    """Independent uniforms of (0, 1) for paths 0, 1, ...; (paths, size)."""
    out = np.empty((paths, size))
    for p in range(paths):
        fill_uniforms(key, p, out[p])
    return out
