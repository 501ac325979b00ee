"""Exact innovations of an ARMA series without gaps: Chandrasekhar recursion, filter of columns, reverse sweep.

The state a_t (m) forecasts y_t, y_{t+1}, ... as far as the past reaches; y_t = a_{t,0} + v_t, var v_t = F_t,
a_{t+1} = T a_t + G_t v_t / F_t with T the companion of phi. As the start is stationary, F and G change by a term of
rank one, so they move on with one more vector U in O(m) operations instead of O(m^2):
c = U_0/F; F <- F - c U_0; G <- G - c T U; U <- T U - c G, starting from U = G.

Source: Morf, Sidhu & Kailath 1974, IEEE Trans. Automatic Control 19; Pearlman 1980, Biometrika 67; Melard 1984,
Applied Statistics 33 (AS 197).
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import OK, SINGULAR

_STEADY = 1e-10
"""F and G move by the square of U/F: below this they stand still in double precision."""

_LOOK_EVERY = 16


@kernel
def chandrasekhar_gains(
    phi: FloatArray, ar_lags: IntArray, F: FloatArray, G: FloatArray, U: FloatArray
) -> tuple[int, int]:
    """Fill F (n), G (n, m), U (n, m+1) from F[0], G[0]; returns the last row of G that was needed, and a status.

    From that row on F and G are steady. The last column of U stays zero. Status: SINGULAR when F is not positive.
    """
    n, m = G.shape
    f = F[0]
    for i in range(m):
        U[0, i] = G[0, i]
    for t in range(n):
        F[t] = f
        if not f > 0.0:
            return t, SINGULAR
        if t == n - 1:
            break
        if t % _LOOK_EVERY == 0:
            top = 0.0
            for i in range(m):
                top = max(top, abs(U[t, i]))
            if top <= _STEADY * f:
                for rest in range(t, n):
                    F[rest] = f
                return t, OK
        first = U[t, 0]
        c = first / f
        now_g, now_u, next_g, next_u = G[t], U[t], G[t + 1], U[t + 1]
        for i in range(m):
            g = now_g[i]
            u = now_u[i + 1]
            next_g[i] = g - c * u
            next_u[i] = u - c * g
        for lag in ar_lags:
            add = phi[lag - 1] * first
            next_g[lag - 1] -= c * add
            next_u[lag - 1] += add
        f -= c * first
    return n - 1, OK


@kernel
def chandrasekhar_innovations(
    w: FloatArray,
    first: int,
    phi: FloatArray,
    ar_lags: IntArray,
    weight: FloatArray,
    G: FloatArray,
    steady: int,
    v: FloatArray,
    a: FloatArray,
) -> None:
    """Innovations v (n) of one column ``w`` (n) that is zero before ``first``.

    weight (1/F), G, steady: from ``chandrasekhar_gains``; they may have more rows. a (m+1) holds the state after
    the last row in its first m cells.
    """
    n = w.shape[0]
    m = G.shape[1]
    for i in range(m + 1):
        a[i] = 0.0
    for t in range(first):
        v[t] = 0.0
    for t in range(first, n):
        ahead = a[0]
        error = w[t] - ahead
        v[t] = error
        e = error * weight[t]
        gain = G[min(t, steady)]
        for i in range(m):
            a[i] = a[i + 1] + gain[i] * e
        for lag in ar_lags:
            a[lag - 1] += phi[lag - 1] * ahead


@kernel
def chandrasekhar_adjoint(
    W: FloatArray,
    V: FloatArray,
    V_bar: FloatArray,
    first: IntArray,
    phi: FloatArray,
    ar_lags: IntArray,
    F: FloatArray,
    G: FloatArray,
    U: FloatArray,
    steady: int,
    F_bars: FloatArray,
    phi_bar: FloatArray,
    G_bar: FloatArray,
) -> float:
    """Reverse sweep: derivative by F[0] is returned, by G[0] fills G_bar (m), by phi is added to phi_bar (m).

    W, V (c, n): columns and their innovations, zero before first (c). V_bar (c, n): derivative by V. F_bars (n):
    derivative by F_t as far as it does not pass through V. The derivatives by U and by the states do not move along
    with the shift: they lie in rows t + i, so each step writes one new cell.
    """
    n, m = G.shape
    count = W.shape[0]
    behind = np.zeros((count, n + m + 1))
    U_bar = np.zeros(n + m + 1)
    main = behind[0]
    for i in range(m):
        G_bar[i] = 0.0
    F_bar = 0.0
    for t in range(n - 1, -1, -1):
        weight = 1.0 / F[t]
        row = min(t, steady)
        g, u = G[row], U[row]
        ahead = u[0] if t < steady else 0.0
        c = ahead * weight
        c_bar = -F_bar * ahead
        for lag in ar_lags:
            c_bar -= phi[lag - 1] * ahead * G_bar[lag - 1]
        e = V[0, t] * weight
        e_bar, by_g, by_u = 0.0, 0.0, 0.0
        # Slices counted from zero: no index can be negative, which spares a check of each.
        later, U_later, u_next = main[t + 1 :], U_bar[t + 1 :], u[1:]
        for i in range(m):
            gb, ub, ab = G_bar[i], U_later[i], later[i]
            by_u += u_next[i] * gb
            by_g += g[i] * ub
            e_bar += ab * g[i]
            G_bar[i] = gb - c * ub + ab * e
            U_later[i] = ub - c * gb
        total = -V_bar[0, t] - e_bar * weight
        lost = W[0, t] - V[0, t]
        through = 0.0
        for lag in ar_lags:
            ub, ab = U_bar[t + lag], main[t + lag]
            through += phi[lag - 1] * ub
            total += phi[lag - 1] * ab
            phi_bar[lag - 1] += ub * ahead + ab * lost
        main[t] = total
        if t < steady:
            c_bar -= by_g + by_u
            U_bar[t] = through - c * F_bar + c_bar * weight
            F_bar -= c_bar * c * weight
        F_bar += F_bars[t] - e_bar * e * weight
        for j in range(1, count):
            if t >= first[j]:
                F_bar += _reverse_column(
                    t, weight, W[j, t], V[j, t], V_bar[j, t], phi, ar_lags, g, behind[j], phi_bar, G_bar
                )
    # U starts as a copy of G.
    for i in range(m):
        G_bar[i] += U_bar[i]
    return F_bar


@kernel
def _reverse_column(
    t: int,
    weight: float,
    w: float,
    v: float,
    v_bar: float,
    phi: FloatArray,
    ar_lags: IntArray,
    g: FloatArray,
    behind: FloatArray,
    phi_bar: FloatArray,
    G_bar: FloatArray,
) -> float:
    """One step of one more column backwards; returns what it adds to the derivative by F_t."""
    e = v * weight
    e_bar = 0.0
    later = behind[t + 1 :]
    for i in range(g.shape[0]):
        ab = later[i]
        e_bar += ab * g[i]
        G_bar[i] += ab * e
    total = -v_bar - e_bar * weight
    for lag in ar_lags:
        total += phi[lag - 1] * behind[t + lag]
        phi_bar[lag - 1] += behind[t + lag] * (w - v)
    behind[t] = total
    added: float = -e_bar * e * weight
    return added
