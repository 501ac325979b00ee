"""Counter-based random numbers: the i-th number of a path depends on the key, the path and i alone.

So the same seed gives the same bits on any number of threads, more paths only append, and two scenarios meet
the same shocks. One path at a time or neighbouring paths side by side in lanes, the bits are the same, as the
compiler may not reorder or fuse what is written here.

Words and numbers take a loop each, words in the place of the numbers: so both become SIMD code.

Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox4x32-10);
Box & Muller 1958; Bailey 1994, "Polar generation of random variates with the t-distribution".
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.elementary import lane_log, lane_turn

WordArray = NDArray[np.uint64]

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_NOTHING, _ONE, _TWO, _THREE, _FOUR = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_UNIT = 1.0 / 4294967296.0
_ROUNDS = 10


@kernel
def _round(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]:
    """One round: the counter mixed, the key moved on."""
    p0 = _M0 * c0
    p1 = _M1 * c2
    c0, c1, c2, c3 = (p1 >> _SHIFT) ^ c1 ^ k0, p1 & _LOW, (p0 >> _SHIFT) ^ c3 ^ k1, p0 & _LOW
    return c0, c1, c2, c3, (k0 + _W0) & _LOW, (k1 + _W1) & _LOW


@kernel
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Ten rounds of Philox4x32: a counter of four 32-bit words under a key of two becomes four random words."""
    for _ in range(_ROUNDS):
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


@kernel
def uniform_of(word: np.uint64) -> float:
    """The middle of the word's place among 2^32 in the open interval (0, 1)."""
    return (np.float64(np.int64(word)) + 0.5) * _UNIT


@kernel
def normal_pair(radius: np.uint64, angle: np.uint64) -> tuple[float, float]:
    """Two independent N(0, 1) from two words (Box & Muller), to 5e-15."""
    r = math.sqrt(-2.0 * lane_log(uniform_of(radius)))
    c, s = lane_turn(angle)
    return r * c, r * s


@kernel
def _fill_words(key: int, path: int, words: WordArray) -> None:
    """Fill ``words`` (n) with those of the path, 32 bits in each; words n - n % 4, ... are left for ``_last_words``."""
    k0, k1 = np.uint64(key) & _LOW, np.uint64(key) >> _SHIFT
    p0, p1 = np.uint64(path) & _LOW, np.uint64(path) >> _SHIFT
    for block in range(words.shape[0] // 4):
        # A call of ``philox`` is too long to be taken into the loop.
        c0, c1, c2, c3, a0, a1 = np.uint64(block), _NOTHING, p0, p1, k0, k1
        for _ in range(_ROUNDS):
            c0, c1, c2, c3, a0, a1 = _round(c0, c1, c2, c3, a0, a1)
        at = _FOUR * np.uint64(block)
        words[at] = c0
        words[at + _ONE] = c1
        words[at + _TWO] = c2
        words[at + _THREE] = c3


@kernel
def _last_words(key: int, path: int, size: int) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The words of the block that ``size`` numbers leave unfinished."""
    path_low, path_high = np.uint64(path) & _LOW, np.uint64(path) >> _SHIFT
    block = np.uint64(size // 4)
    return philox(block, _NOTHING, path_low, path_high, np.uint64(key) & _LOW, np.uint64(key) >> _SHIFT)


@kernel
def fill_uniforms(key: int, path: int, out: FloatArray) -> None:
    """Fill ``out`` with uniforms of the open interval (0, 1) of one path under a 64-bit key."""
    size = out.shape[0]
    words = out.view(np.uint64)
    _fill_words(key, path, words)
    whole = size - size % 4
    for i in range(whole):
        out[i] = uniform_of(words[i])
    if whole < size:
        last = _last_words(key, path, size)
        for i in range(size - whole):
            out[whole + i] = uniform_of(last[i])


@kernel
def fill_normals(key: int, path: int, out: FloatArray) -> None:
    """Fill ``out`` with independent N(0, 1) of one path under a 64-bit key."""
    size = out.shape[0]
    words = out.view(np.uint64)
    _fill_words(key, path, words)
    whole = size - size % 4
    for pair in range(whole // 2):
        at = _TWO * np.uint64(pair)
        out[at], out[at + _ONE] = normal_pair(words[at], words[at + _ONE])
    if whole < size:
        w0, w1, w2, w3 = _last_words(key, path, size)
        a, b = normal_pair(w0, w1)
        out[whole] = a
        if whole + 1 < size:
            out[whole + 1] = b
        if whole + 2 < size:
            out[whole + 2] = normal_pair(w2, w3)[0]


@kernel
def lane_words(key: int, path: int, block: int, words: WordArray) -> None:
    """Random words 4 block ... 4 block + 3 of the paths path, path + 1, ...; words (4, lanes), 32 bits in each."""
    k0, k1 = np.uint64(key) & _LOW, np.uint64(key) >> _SHIFT
    at = np.uint64(block)
    for lane in range(words.shape[1]):
        p = np.uint64(path + lane)
        c0, c1, c2, c3, a0, a1 = at, _NOTHING, p & _LOW, p >> _SHIFT, k0, k1
        for _ in range(_ROUNDS):
            c0, c1, c2, c3, a0, a1 = _round(c0, c1, c2, c3, a0, a1)
        words[0, lane] = c0
        words[1, lane] = c1
        words[2, lane] = c2
        words[3, lane] = c3


@kernel
def lane_normals(key: int, path: int, size: int, words: WordArray, out: FloatArray) -> None:
    """Independent N(0, 1), ``size`` for each of the paths path, path + 1, ...; the numbers of ``fill_normals``.

    words (4, lanes): scratch. out (size rounded up to fours, or more; lanes): rows from ``size`` on are scratch.
    """
    for block in range((size + 3) // 4):
        lane_words(key, path, block, words)
        for half in range(2):
            at = 4 * block + 2 * half
            for lane in range(words.shape[1]):
                a, b = normal_pair(words[2 * half, lane], words[2 * half + 1, lane])
                out[at, lane] = a
                out[at + 1, lane] = b


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
