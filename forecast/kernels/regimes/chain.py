"""Long-run law of a Markov chain of regimes, and how it answers to the transition probabilities.

Source: Grassmann, Taksar & Heyman 1985, "Regenerative analysis and steady state distributions for Markov chains";
Kemeny & Snell 1960, "Finite Markov Chains", section 4.3 (fundamental matrix).
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.status import OK, OUT_OF_RANGE, SINGULAR

_ROW_SUM = 1e-8


@kernel
def ergodic_law(P: FloatArray, law: FloatArray) -> int:
    """Fill ``law`` (k) with pi = pi P by elimination of states without subtractions; a status.

    P (k, k): P[i, j] = Pr(S_t = j | S_t-1 = i), rows sum to one (else OUT_OF_RANGE). SINGULAR: no one long-run law.
    """
    k = P.shape[0]
    for i in range(k):
        total = 0.0
        for j in range(k):
            if not P[i, j] >= 0.0:
                return OUT_OF_RANGE
            total += P[i, j]
        if not abs(total - 1.0) <= _ROW_SUM:
            return OUT_OF_RANGE
    A = P.copy()
    for m in range(k - 1, 0, -1):
        out = 0.0
        for j in range(m):
            out += A[m, j]
        if out <= 0.0:
            return SINGULAR
        for i in range(m):
            A[i, m] /= out
        for i in range(m):
            for j in range(m):
                A[i, j] += A[i, m] * A[m, j]
    law[0] = 1.0
    total = 1.0
    for m in range(1, k):
        law[m] = 0.0
        for i in range(m):
            law[m] += law[i] * A[i, m]
        total += law[m]
    for m in range(k):
        law[m] /= total
    return OK


@kernel
def ergodic_pull(P: FloatArray, law: FloatArray, u: FloatArray, v: FloatArray) -> int:
    """Fill ``v`` (k) so that sum u d pi = sum_ij pi_i v_j dP_ij, from d pi = pi dP (I - P + 1 pi)^-1; a status.

    u (k): derivative of a figure by the law. SINGULAR: the chain falls apart into separate ones.
    """
    k = P.shape[0]
    A = np.empty((k, k))
    for i in range(k):
        v[i] = u[i]
        for j in range(k):
            A[i, j] = law[j] - P[i, j]
        A[i, i] += 1.0
    for c in range(k):
        top = c
        for i in range(c + 1, k):
            if abs(A[i, c]) > abs(A[top, c]):
                top = i
        if not abs(A[top, c]) > 1e-300:
            return SINGULAR
        if top != c:
            for j in range(k):
                A[c, j], A[top, j] = A[top, j], A[c, j]
            v[c], v[top] = v[top], v[c]
        for i in range(c + 1, k):
            ratio = A[i, c] / A[c, c]
            for j in range(c, k):
                A[i, j] -= ratio * A[c, j]
            v[i] -= ratio * v[c]
    for c in range(k - 1, -1, -1):
        for j in range(c + 1, k):
            v[c] -= A[c, j] * v[j]
        v[c] /= A[c, c]
    return OK
