"""The law of the shocks, and of the path, when linear combinations of the future are restricted.

With y = b + M e, the restriction C y ~ N(f, Omega) is D e ~ N(r, Omega) with D = C M and r = f - C b, and

    E e = D'(DD')^-1 r,   Var e = I - D'(DD')^-1 D + D'(DD')^-1 Omega (DD')^-1 D.

Omega = 0 pins, Omega = DD' leaves the width as it was. Shocks that may not adjust keep their law N(0, I); the others
make up for what they do. A noisy measurement of C y, rather than a stated law of it, is one more shock per row.

Source: Antolin-Diaz, Petrella & Rubio-Ramirez 2021, "Structural scenario analysis with SVARs", equations 8-12;
Waggoner & Zha 1999 for Omega = 0.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels._threads import spread
from forecast.kernels.conditioning.restrictions import restriction_factor
from forecast.kernels.random import fill_normals
from forecast.kernels.status import INFEASIBLE, NON_FINITE, OK, OUT_OF_RANGE


class ShockLaw(NamedTuple):
    """Mean (m) and covariance (m, m) of the shocks; q = r'(DD')^-1 r; rank of D; status; the row that contradicts."""

    mean: FloatArray
    covariance: FloatArray
    q: float
    rank: int
    status: int
    culprit: int


class Restricted(NamedTuple):
    """Restrictions ready for draws: e_A = Q'w + Q'X v + (I - Q'Q) x_A, where v are shocks that keep their law.

    Q (rank, a), w (rank), X (rank, o + q): adjusting shocks ``moves`` (a), others ``stays`` (o), then the q shocks of
    Omega.
    """

    Q: FloatArray
    w: FloatArray
    X: FloatArray
    moves: IntArray
    stays: IntArray
    status: int
    culprit: int


@kernel
def restrict_shocks(D: FloatArray, r: FloatArray, omega: FloatArray, adjusts: IntArray) -> Restricted:
    """Bring D e ~ N(r, omega) to orthonormal rows over the shocks that may adjust.

    D (q, m), r (q), omega (q, q) semidefinite, adjusts (m): 1 where the shock may adjust, 0 where it keeps N(0, 1).
    A row that no adjusting shock can meet, or that contradicts those before it, gives INFEASIBLE and its index.
    """
    q, m = D.shape
    a = 0
    for e in range(m):
        a += 1 if adjusts[e] != 0 else 0
    moves = np.empty(a, np.int64)
    stays = np.empty(m - a, np.int64)
    i, o = 0, 0
    for e in range(m):
        if adjusts[e] != 0:
            moves[i] = e
            i += 1
        else:
            stays[o] = e
            o += 1
    Q = np.zeros((q, a))
    W = np.zeros((q, 1 + o + q))
    part = np.empty((q, a))
    extra = np.zeros((q, 1 + o + q))
    scale = np.empty(q)
    reach = np.empty(q, np.int64)
    finite = True
    allowed = True
    root = semidefinite_root(omega)
    for j in range(q):
        size = 0.0
        for e in range(m):
            size += D[j, e] * D[j, e]
        scale[j], reach[j] = math.sqrt(size), a
        for i in range(a):
            part[j, i] = D[j, moves[i]]
        extra[j, 0] = r[j]
        for i in range(o):
            extra[j, 1 + i] = -D[j, stays[i]]
        for i in range(q):
            extra[j, 1 + o + i] = root[j, i]
            finite = finite and math.isfinite(omega[j, i])
            built = 0.0
            for v in range(q):
                built += root[j, v] * root[i, v]
            allowed = allowed and abs(built - omega[j, i]) <= 1e-8 * (abs(omega[j, j]) + abs(omega[i, i]))
        finite = finite and math.isfinite(size) and math.isfinite(r[j])
    rank, culprit, status = q, -1, OUT_OF_RANGE if finite else NON_FINITE
    if finite and allowed:
        rank, culprit = restriction_factor(part, reach, scale, extra, Q, W)
        status = OK if culprit < 0 else INFEASIBLE
    w, X = np.empty(rank), np.empty((rank, o + q))
    for i in range(rank):
        w[i] = W[i, 0]
        for v in range(o + q):
            X[i, v] = W[i, 1 + v]
    return Restricted(Q[:rank], w, X, moves, stays, status, culprit)


@kernel
def shock_law(D: FloatArray, r: FloatArray, omega: FloatArray, adjusts: IntArray) -> ShockLaw:
    """Mean and covariance of the shocks e ~ N(0, I) of m cells given D e ~ N(r, omega); arguments as in restricting.

    Where the status is not OK the law is that without restrictions.
    """
    m = D.shape[1]
    R = restrict_shocks(D, r, omega, adjusts)
    rank, a = R.Q.shape
    o = R.stays.shape[0]
    mean = np.zeros(m)
    V = np.zeros((m, m))
    for e in range(m):
        V[e, e] = 1.0
    if R.status != OK:
        return ShockLaw(mean, V, 0.0, rank, R.status, R.culprit)
    q = 0.0
    inner = np.zeros((rank, rank))
    for i in range(rank):
        q += R.w[i] * R.w[i]
        inner[i, i] = -1.0
        for j in range(rank):
            for v in range(R.X.shape[1]):
                inner[i, j] += R.X[i, v] * R.X[j, v]
    for x in range(a):
        for i in range(rank):
            mean[R.moves[x]] += R.Q[i, x] * R.w[i]
            carried = 0.0
            for j in range(rank):
                carried += R.Q[j, x] * inner[j, i]
            for y in range(a):
                V[R.moves[x], R.moves[y]] += carried * R.Q[i, y]
            for y in range(o):
                V[R.moves[x], R.stays[y]] += R.Q[i, x] * R.X[i, y]
        for y in range(o):
            V[R.stays[y], R.moves[x]] = V[R.moves[x], R.stays[y]]
    return ShockLaw(mean, V, q, rank, OK, -1)


@kernel
def conditional_moments(
    b: FloatArray, M: FloatArray, mean: FloatArray, covariance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean b + M mean and standard deviations of y = b + M e, each (k), from the law of e."""
    k, m = M.shape
    path, sd = np.empty(k), np.empty(k)
    carried = np.empty(m)
    for i in range(k):
        for e in range(m):
            carried[e] = 0.0
        path[i] = b[i]
        for e in range(m):
            path[i] += M[i, e] * mean[e]
            if M[i, e] != 0.0:
                for v in range(m):
                    carried[v] += M[i, e] * covariance[e, v]
        variance = 0.0
        for e in range(m):
            variance += carried[e] * M[i, e]
        sd[i] = math.sqrt(max(variance, 0.0))
    return path, sd


@kernel
def restricted_block(
    first: int,
    last: int,
    key: int,
    b: FloatArray,
    M: FloatArray,
    R: Restricted,
    out: FloatArray,
) -> None:
    """Write draws first to last - 1 of y = b + M e into out (draws, k), given restrictions with status OK."""
    k, m = M.shape
    rank, a = R.Q.shape
    o = R.stays.shape[0]
    z = np.empty(m + R.X.shape[1] - o)
    for d in range(first, last):
        fill_normals(key, d, z)
        for i in range(rank):
            short = R.w[i]
            for v in range(o):
                short += R.X[i, v] * z[R.stays[v]]
            for v in range(o, R.X.shape[1]):
                short += R.X[i, v] * z[m + v - o]
            # Rows are orthonormal, so each can be met in turn without spoiling those before it.
            for x in range(a):
                short -= R.Q[i, x] * z[R.moves[x]]
            for x in range(a):
                z[R.moves[x]] += R.Q[i, x] * short
        for i in range(k):
            total = b[i]
            for e in range(m):
                total += M[i, e] * z[e]
            out[d, i] = total


def draw_restricted(key: int, draws: int, b: FloatArray, M: FloatArray, R: Restricted) -> FloatArray:
    """Draws (draws, k) of y = b + M e given restrictions that have been brought to rows; zero unless they are OK.

    Draw i depends on the key and i alone.
    """
    out = np.zeros((draws, b.shape[0]))
    if R.status == OK:
        spread(restricted_block, draws, key, b, M, R, out)
    return out
