"""Gibbs sampler of a vector autoregression with stochastic volatility, equation by equation.

y_t = B'x_t + A^-1 L_t^1/2 e_t, A unit lower triangular, L_t diagonal with logs that walk. The coefficients of equation
j are drawn from the errors of all equations i >= j in which they appear; taking those of equation j alone, as was done
for some years, samples from another law.

Source: Carriero, Chan, Clark & Marcellino 2022, "Corrigendum to: Large Bayesian vector autoregressions with stochastic
volatility and non-conjugate priors"; Cogley & Sargent 2005 and Primiceri 2005 for A and the volatilities.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._cholesky import add_gram, solve_transposed, solve_upper, upper_factor
from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.bvar.forecast import deterministic_steps
from forecast.kernels.bvar.variates import gamma_variate
from forecast.kernels.bvar.volatility import draw_log_volatility
from forecast.kernels.conditioning.pinned import pinned_path
from forecast.kernels.elementary import lane_exp
from forecast.kernels.random import fill_normals, fill_uniforms
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR

_LEAST_STEP = 1e-12


class VolatilityPrior(NamedTuple):
    """Independent priors. Coefficients: mean b, variance V, both (k, n). Rows of A: N(0, a) below the diagonal.

    First log-volatility of each variable: mean m0 (n), variance v0. Variance of its steps: IG(shape, rate).
    """

    b: FloatArray
    V: FloatArray
    a: float
    m0: FloatArray
    v0: float
    shape: float
    rate: float


class VolatilityState(NamedTuple):
    """One state of the chain: B (k, n), A (n, n) unit lower, log_volatility (n, T), phi (n)."""

    B: FloatArray
    A: FloatArray
    log_volatility: FloatArray
    phi: FloatArray


@kernel
def _draw_normal(U: FloatArray, rhs: FloatArray, z: FloatArray) -> int:
    """Replace rhs (1, k) by a draw of N(P^-1 rhs, P^-1), the upper triangle of P in U."""
    if upper_factor(U, U) != OK:
        return SINGULAR
    solve_transposed(U, rhs)
    for i in range(rhs.shape[1]):
        rhs[0, i] += z[i]
    solve_upper(U, rhs)
    return OK


class VolatilityRows(NamedTuple):
    """The sample: rows X (T, k), the same on its side XT (k, T), left-hand sides YT (n, T)."""

    X: FloatArray
    XT: FloatArray
    YT: FloatArray


@kernel
def _subtract_fit(XT: FloatArray, B: FloatArray, j: int, out: FloatArray) -> None:
    """Take the fit of column j off out (T)."""
    for x in range(XT.shape[0]):
        f = B[x, j]
        for t in range(out.shape[0]):
            out[t] -= f * XT[x, t]


@kernel
def _draw_coefficients(
    rows: VolatilityRows,
    prior: VolatilityPrior,
    state: VolatilityState,
    weight: FloatArray,
    R: FloatArray,
    e: FloatArray,
    z: FloatArray,
) -> int:
    """Draw B column by column; R and e = A R (n, T) are kept up to date; weight = exp(-h) (n, T)."""
    X, XT, YT = rows.X, rows.XT, rows.YT
    T, k = X.shape
    B, A = state.B, state.A
    n = B.shape[1]
    U, rhs, w, g, fit = np.empty((k, k)), np.empty((1, k)), np.empty(T), np.empty(T), np.empty(T)
    for j in range(n):
        for t in range(T):
            fit[t], w[t], g[t] = YT[j, t] - R[j, t], 0.0, 0.0
        for i in range(j, n):
            a = A[i, j]
            for t in range(T):
                free = e[i, t] + a * fit[t]
                e[i, t] = free
                w[t] += a * a * weight[i, t]
                g[t] += a * weight[i, t] * free
        for x in range(k):
            for y in range(x, k):
                U[x, y] = 0.0
            U[x, x] = 1.0 / prior.V[x, j]
            rhs[0, x] = prior.b[x, j] / prior.V[x, j]
        add_gram(X, w, U)
        for t in range(T):
            f = g[t]
            for x in range(k):
                rhs[0, x] += X[t, x] * f
        if _draw_normal(U, rhs, z[j * k : (j + 1) * k]) != OK:
            return SINGULAR
        for x in range(k):
            B[x, j] = rhs[0, x]
        for t in range(T):
            R[j, t] = YT[j, t]
        _subtract_fit(XT, B, j, R[j])
        for i in range(j, n):
            a = A[i, j]
            for t in range(T):
                e[i, t] -= a * (YT[j, t] - R[j, t])
    return OK


@kernel
def _draw_rows(R: FloatArray, prior: VolatilityPrior, state: VolatilityState, weight: FloatArray, z: FloatArray) -> int:
    """Draw the rows of A: minus the regression of each error on those before it; R (n, T)."""
    n, T = R.shape
    at = 0
    for i in range(1, n):
        U, rhs = np.zeros((i, i)), np.zeros((1, i))
        for x in range(i):
            U[x, x] = 1.0 / prior.a
            for t in range(T):
                f = R[x, t] * weight[i, t]
                rhs[0, x] -= f * R[i, t]
                for v in range(x, i):
                    U[x, v] += f * R[v, t]
        if _draw_normal(U, rhs, z[at : at + i]) != OK:
            return SINGULAR
        for x in range(i):
            state.A[i, x] = rhs[0, x]
        at += i
    return OK


@kernel
def volatility_sweep(key: int, turn: int, rows: VolatilityRows, prior: VolatilityPrior, state: VolatilityState) -> int:
    """One sweep over B, A, the log-volatilities and the variances of their steps; ``state`` is replaced; status.

    Chance comes from key and turn; turns differ by 1. SINGULAR: a precision was not positive; NON_FINITE: the
    volatilities ran away. Then the state is not to be used.
    """
    T, k = rows.X.shape
    n = rows.YT.shape[0]
    B, A, h = state.B, state.A, state.log_volatility
    corner = n * (n - 1) // 2
    z, u = np.empty(k * n + corner + n * T), np.empty(n * T)
    fill_normals(key, 2 * turn, z)
    fill_uniforms(key, 2 * turn + 1, u)
    weight, R, e = np.empty((n, T)), np.empty((n, T)), np.zeros((n, T))
    for i in range(n):
        for t in range(T):
            weight[i, t] = lane_exp(-h[i, t])
            R[i, t] = rows.YT[i, t]
        _subtract_fit(rows.XT, B, i, R[i])
    _structural(A, R, e)
    if _draw_coefficients(rows, prior, state, weight, R, e, z[: k * n]) != OK:
        return SINGULAR
    if _draw_rows(R, prior, state, weight, z[k * n : k * n + corner]) != OK:
        return SINGULAR
    _structural(A, R, e)
    for i in range(n):
        at = k * n + corner + i * T
        draw_log_volatility(
            e[i], state.phi[i], prior.m0[i], prior.v0, u[i * T : (i + 1) * T], z[at : at + T], h[i]
        )  # fmt: skip
        squares = 0.0
        for t in range(1, T):
            squares += (h[i, t] - h[i, t - 1]) ** 2
        rate = prior.rate + 0.5 * squares
        state.phi[i] = max(rate / gamma_variate(key, 2 * turn, i, prior.shape + 0.5 * (T - 1)), _LEAST_STEP)
        if not (math.isfinite(h[i, 0]) and math.isfinite(h[i, T - 1]) and math.isfinite(state.phi[i])):
            return NON_FINITE
    return OK


@kernel
def _structural(A: FloatArray, R: FloatArray, e: FloatArray) -> None:
    n, T = R.shape
    for i in range(n):
        for t in range(T):
            e[i, t] = R[i, t]
        for x in range(i):
            for t in range(T):
                e[i, t] += A[i, x] * R[x, t]


@kernel
def volatility_future(
    key: int, path: int, state: VolatilityState, terms: FloatArray, past: FloatArray, pins: FloatArray, out: FloatArray
) -> int:
    """Write one path (h, n) that follows a state: log-volatilities walk on, pins (h, n; NaN: free) are met; status.

    terms (h, m), past (p, n; newest first). The pins move the shocks of the path, not the coefficients.
    """
    h, n = pins.shape
    m = terms.shape[1]
    T = state.log_volatility.shape[1]
    z = np.empty(2 * h * n)
    fill_normals(key, path, z)
    inverse, root, steps, e = np.zeros((n, n)), np.empty((h, n, n)), np.empty((h, n)), np.empty((h, n))
    for i in range(n):
        inverse[i, i] = 1.0
        for x in range(i):
            for j in range(x + 1):
                inverse[i, j] -= state.A[i, x] * inverse[x, j]
    for j in range(n):
        level, size = state.log_volatility[j, T - 1], math.sqrt(state.phi[j])
        for t in range(h):
            level += size * z[t * n + j]
            sd = math.exp(0.5 * level)
            e[t, j] = z[(h + t) * n + j]
            for i in range(n):
                root[t, i, j] = inverse[i, j] * sd
    deterministic_steps(terms, state.B, steps)
    status, _ = pinned_path(state.B[m:], steps, past, root, pins, e, out)
    for t in range(h):
        for i in range(n):
            if not math.isfinite(out[t, i]):
                return NON_FINITE
    return status


@kernel
def volatility_chain(
    first: int,
    last: int,
    key: int,
    burn: int,
    rows: VolatilityRows,
    prior: VolatilityPrior,
    start: VolatilityState,
    terms: FloatArray,
    past: FloatArray,
    pins: FloatArray,
    kept: VolatilityState,
    paths: FloatArray,
    status: IntArray,
) -> None:
    """Run chains first to last - 1 from ``start``; write the states kept, by chain and step, and a path from each."""
    keep = paths.shape[1]
    (k, n), T = start.B.shape, start.log_volatility.shape[1]
    state = VolatilityState(np.empty((k, n)), np.empty((n, n)), np.empty((n, T)), np.empty(n))
    for c in range(first, last):
        for i in range(n):
            for x in range(k):
                state.B[x, i] = start.B[x, i]
            for x in range(n):
                state.A[i, x] = start.A[i, x]
            for t in range(T):
                state.log_volatility[i, t] = start.log_volatility[i, t]
            state.phi[i] = start.phi[i]
        for turn in range(burn + keep):
            step = (c << 31) + turn
            status[c] = volatility_sweep(key, step, rows, prior, state)
            if status[c] == OK and turn >= burn:
                at = turn - burn
                # One bit above the sweeps' own turns, so no number is used twice.
                status[c] = volatility_future(key, step | (1 << 61), state, terms, past, pins, paths[c, at])
                for i in range(n):
                    for x in range(k):
                        kept.B[c, at, x, i] = state.B[x, i]
                    for x in range(n):
                        kept.A[c, at, i, x] = state.A[i, x]
                    for t in range(T):
                        kept.log_volatility[c, at, i, t] = state.log_volatility[i, t]
                    kept.phi[c, at, i] = state.phi[i]
            if status[c] != OK:
                break


def volatility_gibbs(
    key: int,
    chains: int,
    keep: int,
    burn: int,
    X: FloatArray,
    Y: FloatArray,
    prior: VolatilityPrior,
    start: VolatilityState,
    terms: FloatArray,
    past: FloatArray,
    pins: FloatArray,
) -> tuple[VolatilityState, FloatArray, IntArray]:
    """States (chains, keep, ..) and a path (chains, keep, h, n) from each; status by chain.

    X (T, k), Y (T, n), terms (h, m), past (p, n; newest first), pins (h, n; NaN: free). Chain c depends on the key and
    c alone; a chain that could not go on has its status, and zeros from there.
    """
    T, k = X.shape
    n, h = Y.shape[1], pins.shape[0]
    kept = VolatilityState(
        np.zeros((chains, keep, k, n)), np.zeros((chains, keep, n, n)), np.zeros((chains, keep, n, T)),
        np.zeros((chains, keep, n)),
    )  # fmt: skip
    paths, status = np.zeros((chains, keep, h, n)), np.full(chains, OUT_OF_RANGE)
    fits = Y.shape[0] == T and start.B.shape == (k, n) and start.A.shape == (n, n) and prior.b.shape == (k, n)
    fits = fits and start.log_volatility.shape == (n, T) and start.phi.shape == (n,) and prior.m0.shape == (n,)
    fits = fits and terms.shape == (h, k - n * past.shape[0]) and past.shape[1:] == (n,) and pins.shape == (h, n)
    fits = fits and T > 1 and past.shape[0] > 0 and prior.V.shape == (k, n)
    if fits and not all(np.isfinite(part).all() for part in (X, Y, terms, past, *start, *prior)):
        status[:] = NON_FINITE
    elif fits and (prior.V > 0.0).all() and min(prior.a, prior.v0, prior.shape, prior.rate, *start.phi) > 0.0:
        rows = VolatilityRows(X, np.ascontiguousarray(X.T), np.ascontiguousarray(Y.T))
        spread(volatility_chain, chains, key, burn, rows, prior, start, terms, past, pins, kept, paths, status)
    return kept, paths, status
