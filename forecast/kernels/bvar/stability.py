"""Spectral radius of a vector autoregression: the growth factor of its slowest root, to tell explosive draws.

A block of vectors is pushed through the companion matrix and made orthonormal again, which turns it towards the roots
of largest modulus, complex pairs included; the radius of the small matrix that is left comes from squaring it.

Source: Golub & Van Loan 2013, 7.3.2 (orthogonal iteration); Gelfand 1941 for the radius from powers.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel

_MOST_ROUNDS = 80
_PAIRS_A_ROUND = 3
_SQUARINGS = 36
_TOLERANCE = 1e-11


@kernel
def _radius_from_powers(H: FloatArray) -> float:
    """Spectral radius of a small matrix as the limit of |H^(2^m)|^(1 / 2^m); H is overwritten."""
    b = H.shape[0]
    log_size, share = 0.0, 1.0
    square = np.empty((b, b))
    for _ in range(_SQUARINGS):
        top = 0.0
        for i in range(b):
            for j in range(b):
                top = max(top, abs(H[i, j]))
        if not (top > 1e-290 and math.isfinite(top)):
            return 0.0 if top <= 1e-290 else math.inf
        log_size += share * math.log(top)
        share *= 0.5
        for i in range(b):
            for j in range(b):
                H[i, j] /= top
                square[i, j] = 0.0
        for i in range(b):
            for x in range(b):
                f = H[i, x]
                for j in range(b):
                    square[i, j] += f * H[x, j]
        for i in range(b):
            for j in range(b):
                H[i, j] = square[i, j]
    return math.exp(log_size)


@kernel
def _orthonormal(Q: FloatArray) -> None:
    """Make the rows of Q (b, s) orthonormal, in order; a row that vanishes is left zero."""
    b, s = Q.shape
    for i in range(b):
        for _ in range(2):
            for j in range(i):
                dot = 0.0
                for x in range(s):
                    dot += Q[i, x] * Q[j, x]
                for x in range(s):
                    Q[i, x] -= dot * Q[j, x]
        size = 0.0
        for x in range(s):
            size += Q[i, x] * Q[i, x]
        f = 1.0 / math.sqrt(size) if size > 1e-280 else 0.0
        for x in range(s):
            Q[i, x] *= f


@kernel
def _push(lags: FloatArray, Q: FloatArray, image: FloatArray) -> None:
    """Write the companion matrix times the rows of Q (b, s)."""
    s, n = lags.shape
    for i in range(Q.shape[0]):
        for j in range(n):
            image[i, j] = 0.0
        for x in range(s):
            f = Q[i, x]
            for j in range(n):
                image[i, j] += f * lags[x, j]
        for x in range(n, s):
            image[i, x] = Q[i, x - n]


@kernel
def companion_radius(lags: FloatArray) -> float:
    """Largest modulus of the roots of lags (p n, n); below one the autoregression is stable. inf if not finite.

    Exact to rounding where a block of n + 2 holds the leading roots; the rounds end when the radius stands still.
    """
    s, n = lags.shape
    for x in range(s):
        for i in range(n):
            if not math.isfinite(lags[x, i]):
                return math.inf
    b = min(s, n + 2)
    Q, image = np.zeros((b, s)), np.zeros((b, s))
    for i in range(b):
        for x in range(s):
            # Any start with no symmetry of its own will do.
            Q[i, x] = math.sin(1.0 + 1.3 * i + 2.1 * x + 0.7 * i * x)
    _orthonormal(Q)
    H = np.empty((b, b))
    radius, calm = -1.0, 0
    for _ in range(_MOST_ROUNDS):
        _push(lags, Q, image)
        for i in range(b):
            for j in range(b):
                H[i, j] = 0.0
                for x in range(s):
                    H[i, j] += image[i, x] * Q[j, x]
        for _ in range(_PAIRS_A_ROUND):
            _push(lags, image, Q)
            _push(lags, Q, image)
        for i in range(b):
            for x in range(s):
                Q[i, x] = image[i, x]
        _orthonormal(Q)
        before = radius
        radius = _radius_from_powers(H)
        if abs(radius - before) <= _TOLERANCE * radius or b == s:
            calm += 1
            if calm == 2 or b == s:
                break
        else:
            calm = 0
    return radius
