"""The matrices of a linear Gaussian state space, in the letters of Durbin & Koopman.

    y[t] = d[t] + Z[t] alpha[t] + eps[t],              eps[t] ~ N(0, H[t])
    alpha[t+1] = c[t] + T[t] alpha[t] + R[t] eta[t],   eta[t] ~ N(0, Q[t])
    alpha[0] ~ N(a1, P1 + kappa P1_inf),               kappa -> infinity

Source: Durbin & Koopman 2012, "Time Series Analysis by State Space Methods", s3.1, s5.1, s6.2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from forecast.kernels._jit import FloatArray, gate, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR

_LARGEST = 1.7976931348623157e308


class StateSpace(NamedTuple):
    """System of p series and m states over n time points; a leading length of 1 means the same at all of them.

    Z (n or 1, p, m), d (n or 1, p), H (n or 1, p, p): observations. T (n or 1, m, m), c (n or 1, m),
    R (n or 1, m, r), Q (n or 1, r, r): transition from t to t + 1. a1 (m), P1 (m, m), P1_inf (m, m): start; P1_inf is
    zero but for the diffuse directions (1 on the diagonal for a state without a prior).
    """

    Z: FloatArray
    d: FloatArray
    H: FloatArray
    T: FloatArray
    c: FloatArray
    R: FloatArray
    Q: FloatArray
    a1: FloatArray
    P1: FloatArray
    P1_inf: FloatArray


class StateSpaceBatch(NamedTuple):
    """Many systems: the matrices of `StateSpace`, each with a further leading axis of draws, or 1 if all share it."""

    Z: FloatArray
    d: FloatArray
    H: FloatArray
    T: FloatArray
    c: FloatArray
    R: FloatArray
    Q: FloatArray
    a1: FloatArray
    P1: FloatArray
    P1_inf: FloatArray


def state_space_batch(s: StateSpace, **varied: ArrayLike) -> StateSpaceBatch:
    """One system for all, but for the named matrices, which come with a leading axis of draws (``Q=(draws, 1, r, r)``).

    With nothing varied it is a batch of one system, for many sets of series.
    """
    shared = {name: matrix[None] for name, matrix in s._asdict().items()}
    return StateSpaceBatch(**(shared | {name: gate(matrices) for name, matrices in varied.items()}))


def _leading(values: ArrayLike, ndim: int) -> FloatArray:
    array = gate(values)
    return array if array.ndim == ndim else array[None]


def state_space(
    Z: ArrayLike,
    H: ArrayLike,
    T: ArrayLike,
    R: ArrayLike,
    Q: ArrayLike,
    *,
    a1: ArrayLike | None = None,
    P1: ArrayLike | None = None,
    P1_inf: ArrayLike | None = None,
    d: ArrayLike | None = None,
    c: ArrayLike | None = None,
) -> StateSpace:
    """A StateSpace from plain matrices; one dimension less than there means that the matrix never changes.

    Without P1 and P1_inf every state is diffuse; with one of them the other is zero. a1, d and c are zero unless given.
    """
    design = _leading(Z, 3)
    p, m = design.shape[1:]
    nothing = np.zeros((m, m))
    everything = np.eye(m) if P1 is None else nothing
    return StateSpace(
        Z=design,
        d=_leading(np.zeros(p) if d is None else d, 2),
        H=_leading(H, 3),
        T=_leading(T, 3),
        c=_leading(np.zeros(m) if c is None else c, 2),
        R=_leading(R, 3),
        Q=_leading(Q, 3),
        a1=gate(np.zeros(m) if a1 is None else a1),
        P1=gate(nothing if P1 is None else P1),
        P1_inf=gate(everything if P1_inf is None else P1_inf),
    )


@kernel
def _fits(n: int, leading: int, rows: int, columns: int, want_rows: int, want_columns: int) -> bool:
    return (leading == n or leading == 1) and rows == want_rows and columns == want_columns


@kernel
def _all_finite(values: FloatArray) -> bool:
    """No NaN, no infinity; counted without a branch."""
    bad = 0
    for x in values.flat:
        bad += not abs(x) <= _LARGEST
    return bad == 0


@kernel
def statespace_check(y: FloatArray, s: StateSpace) -> int:
    """Status of the input: OUT_OF_RANGE for shapes that do not fit, NON_FINITE, SINGULAR for a negative variance.

    y (n, p): NaN is a gap, an infinity is not finite.
    """
    n, p = y.shape
    m, r = s.a1.shape[0], s.Q.shape[1]
    fits = _fits(n, s.Z.shape[0], s.Z.shape[1], s.Z.shape[2], p, m)
    fits = fits and _fits(n, s.d.shape[0], s.d.shape[1], p, p, p)
    fits = fits and _fits(n, s.H.shape[0], s.H.shape[1], s.H.shape[2], p, p)
    fits = fits and _fits(n, s.T.shape[0], s.T.shape[1], s.T.shape[2], m, m)
    fits = fits and _fits(n, s.c.shape[0], s.c.shape[1], m, m, m)
    fits = fits and _fits(n, s.R.shape[0], s.R.shape[1], s.R.shape[2], m, r)
    fits = fits and _fits(n, s.Q.shape[0], s.Q.shape[1], s.Q.shape[2], r, r)
    fits = fits and _fits(m, m, s.P1.shape[0], s.P1.shape[1], m, m)
    fits = fits and _fits(m, m, s.P1_inf.shape[0], s.P1_inf.shape[1], m, m)
    if not fits or m == 0 or p == 0 or n == 0:
        return OUT_OF_RANGE
    finite = _all_finite(s.Z) and _all_finite(s.H) and _all_finite(s.T) and _all_finite(s.R) and _all_finite(s.Q)
    finite = finite and _all_finite(s.d) and _all_finite(s.c) and _all_finite(s.P1) and _all_finite(s.P1_inf)
    for i in range(m):
        finite = finite and math.isfinite(s.a1[i])
    for t in range(n):
        for k in range(p):
            finite = finite and not math.isinf(y[t, k])
    if not finite:
        return NON_FINITE
    lowest = 0.0
    for i in range(m):
        lowest = min(lowest, s.P1[i, i], s.P1_inf[i, i])
    for t in range(s.H.shape[0]):
        for k in range(p):
            lowest = min(lowest, s.H[t, k, k])
    for t in range(s.Q.shape[0]):
        for k in range(r):
            lowest = min(lowest, s.Q[t, k, k])
    return OK if lowest >= 0.0 else SINGULAR
