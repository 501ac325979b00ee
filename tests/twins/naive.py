"""Naive twins of the random numbers and tangents: whole Python integers, the standard library and scipy, no tricks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def philox_words(counter: int, key: int) -> list[int]:
    """Four 32-bit words from a 128-bit counter under a 64-bit key; Salmon et al. 2011, s3.3."""
    x = [counter >> shift & 0xFFFFFFFF for shift in (0, 32, 64, 96)]
    k = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * x[0], 1 << 32)
        high1, low1 = divmod(0xCD9E8D57 * x[2], 1 << 32)
        x = [high1 ^ x[1] ^ k[0], low1, high0 ^ x[3] ^ k[1], low0]
        k = [(k[0] + 0x9E3779B9) % (1 << 32), (k[1] + 0xBB67AE85) % (1 << 32)]
    return x


def uniforms(key: int, path: int, size: int) -> FloatArray:
    """The first ``size`` uniforms of a path: block number and path make the counter."""
    words = [word for block in range((size + 3) // 4) for word in philox_words(block | path << 64, key)]
    return np.array([(word + 0.5) / 2**32 for word in words[:size]])


def normals(key: int, path: int, size: int) -> FloatArray:
    """Box & Muller 1958 on pairs of the same uniforms: real and imaginary part of one complex number."""
    u = uniforms(key, path, size + size % 2).reshape(-1, 2)
    turned = np.sqrt(-2.0 * np.log(u[:, 0])) * np.exp(2j * math.pi * u[:, 1])
    return np.column_stack([turned.real, turned.imag]).ravel()[:size]


def student_variate(u: float, v: float, df: float) -> float:
    """Bailey 1994 by bisection: the radius that a bivariate t exceeds with probability u, turned by the angle v."""

    def exceeded(radius: float) -> float:
        return (1.0 + radius**2 / df) ** (-0.5 * df)

    low, high = 0.0, 1.0
    while exceeded(high) > u:
        high *= 2.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if exceeded(middle) > u else (low, middle)
    return low * math.cos(2.0 * math.pi * v)


def tangent(x: FloatArray, parts: IntArray) -> tuple[float, float]:
    """Log sum exp and softmax mean of the chosen columns of x (months, flows)."""
    chosen = x[:, parts == 1].ravel()
    return float(logsumexp(chosen)), float(softmax(chosen) @ chosen)
