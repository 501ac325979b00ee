"""The Kalman route to conditional forecasts: a vector autoregression over the horizon with future values observed.

The state is (y_t, .., y_{t-p+1}), known at the origin; what is pinned is observed without error, a noisy reading with
its variance. Values of a month are taken one by one, so no matrix is inverted, and the cost grows with the horizon
and not with its cube. P holds nothing but zeros for the months known at the origin, which are skipped.

Source: Banbura, Giannone & Lenza 2015, "Conditional forecasts and scenario analysis with vector autoregressions for
large cross-sections"; Durbin & Koopman 2012, chapters 4.4-4.9 and 6.4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel

_ZERO_VARIANCE = 1e-11
_CONTRADICTS = 1e-7


class PinGains(NamedTuple):
    """Gains of all readings: they depend on what is read and how well, not on the values.

    K (h, n, p n): covariance of the state with a reading, over F. F (h, n): variance of a reading before it is seen;
    0 where nothing is read, -1 where it was known from others. P (h, p n, p n): covariance of the state given all
    months before; slack (n): by how much a value known from others may differ.
    """

    K: FloatArray
    F: FloatArray
    P: FloatArray
    slack: FloatArray


@kernel
def pin_gains(lags: FloatArray, S: FloatArray, pins: FloatArray, noise: FloatArray) -> PinGains:
    """Filter gains for pins (h, n; NaN: free) read with variances ``noise`` (h, n).

    lags (p n, n), S (n, n): covariance of the errors of a month.
    """
    h, n = pins.shape
    s = lags.shape[0]
    K = np.zeros((h, n, s))
    F = np.zeros((h, n))
    Ps = np.zeros((h, s, s))
    P = np.zeros((s, s))
    top = np.empty((n, s))
    slack = np.empty(n)
    for i in range(n):
        slack[i] = _CONTRADICTS * math.sqrt(max(S[i, i], 0.0))
    for t in range(h):
        w = min(t * n, s)
        if t > 0:
            _covariance_ahead(lags, P, w, top)
        w = min(w + n, s)
        for i in range(n):
            for j in range(n):
                P[i, j] += S[i, j]
        for i in range(w):
            for j in range(w):
                Ps[t, i, j] = P[i, j]
        for i in range(n):
            if math.isnan(pins[t, i]):
                continue
            variance = P[i, i] + noise[t, i]
            if not variance > _ZERO_VARIANCE * (S[i, i] + noise[t, i]):
                F[t, i] = -1.0
                continue
            F[t, i] = variance
            for j in range(w):
                K[t, i, j] = P[j, i] / variance
            for j in range(w):
                f = K[t, i, j] * variance
                for x in range(w):
                    P[j, x] -= f * K[t, i, x]
    return PinGains(K, F, Ps, slack)


@kernel
def _covariance_ahead(lags: FloatArray, P: FloatArray, w: int, top: FloatArray) -> None:
    """Replace P by T P T', where only the first w states are uncertain."""
    s, n = lags.shape
    for i in range(n):
        for j in range(w):
            top[i, j] = 0.0
        for x in range(w):
            f = lags[x, i]
            for j in range(w):
                top[i, j] += f * P[x, j]
    kept = min(w, s - n)
    for back in range(kept):
        i = kept - 1 - back
        for b in range(kept):
            j = kept - 1 - b
            P[n + i, n + j] = P[i, j]
    for i in range(n):
        for j in range(kept):
            P[i, n + j] = top[i, j]
            P[n + j, i] = top[i, j]
        for j in range(n):
            total = 0.0
            for x in range(w):
                total += top[i, x] * lags[x, j]
            P[i, j] = total


@kernel
def pin_residuals(lags: FloatArray, gains: PinGains, missed: FloatArray, v: FloatArray) -> int:
    """Write the innovations v (h, n) of readings that miss the free path by ``missed`` (h, n).

    -1, or the first pin (t n + i) that contradicts those before it.
    """
    h, n = missed.shape
    s = lags.shape[0]
    a = np.zeros(s)
    ahead = np.empty(n)
    for t in range(h):
        for i in range(n):
            ahead[i] = 0.0
        for x in range(s):
            f = a[x]
            for i in range(n):
                ahead[i] += f * lags[x, i]
        for back in range(s - n):
            a[s - 1 - back] = a[s - 1 - back - n]
        for i in range(n):
            a[i] = ahead[i]
        for i in range(n):
            v[t, i] = 0.0
            if gains.F[t, i] > 0.0:
                v[t, i] = missed[t, i] - a[i]
                for x in range(s):
                    a[x] += gains.K[t, i, x] * v[t, i]
            elif gains.F[t, i] < 0.0 and not abs(missed[t, i] - a[i]) <= gains.slack[i] + 1e-9 * abs(missed[t, i]):
                culprit: int = t * n + i
                return culprit
    return -1


@kernel
def pin_corrections(lags: FloatArray, S: FloatArray, gains: PinGains, v: FloatArray, u: FloatArray) -> None:
    """Write the expected errors u (h, n) of the months given the innovations v (h, n), by the backward recursion."""
    h, n = v.shape
    s = lags.shape[0]
    r = np.zeros(s)
    for back in range(h):
        t = h - 1 - back
        for turn in range(n):
            i = n - 1 - turn
            if gains.F[t, i] > 0.0:
                total = v[t, i] / gains.F[t, i]
                for x in range(s):
                    total -= gains.K[t, i, x] * r[x]
                r[i] += total
        for i in range(n):
            u[t, i] = 0.0
            for x in range(n):
                u[t, i] += S[i, x] * r[x]
        if t > 0:
            _pull_back(lags, r)


@kernel
def _pull_back(lags: FloatArray, r: FloatArray) -> None:
    """Replace r by T'r."""
    s, n = lags.shape
    top = np.empty(n)
    for i in range(n):
        top[i] = r[i]
    for x in range(s):
        total = r[x + n] if x + n < s else 0.0
        for i in range(n):
            total += lags[x, i] * top[i]
        r[x] = total


@kernel
def pin_variances(lags: FloatArray, gains: PinGains) -> FloatArray:
    """Variances (h, n) of the path given all readings, from the backward recursion of N = Var r."""
    h, n = gains.F.shape
    s = lags.shape[0]
    N = np.zeros((s, s))
    g = np.empty(s)
    half = np.empty((s, n))
    out = np.empty((h, n))
    for back in range(h):
        t = h - 1 - back
        w = min((t + 1) * n, s)
        for turn in range(n):
            i = n - 1 - turn
            if gains.F[t, i] > 0.0:
                both = 1.0 / gains.F[t, i]
                for x in range(s):
                    total = 0.0
                    for y in range(w):
                        total += N[x, y] * gains.K[t, i, y]
                    g[x] = total
                for x in range(w):
                    both += g[x] * gains.K[t, i, x]
                for x in range(s):
                    N[i, x] -= g[x]
                    N[x, i] -= g[x]
                N[i, i] += both
        P = gains.P[t]
        for i in range(n):
            spread = P[i, i]
            for x in range(w):
                total = 0.0
                for y in range(w):
                    total += N[x, y] * P[y, i]
                spread -= P[x, i] * total
            out[t, i] = max(spread, 0.0)
        if t == 0:
            break
        # N becomes T'N T; the columns first, then the rows.
        for x in range(s):
            for i in range(n):
                half[x, i] = N[x, i]
            for y in range(s):
                total = N[x, y + n] if y + n < s else 0.0
                for i in range(n):
                    total += half[x, i] * lags[y, i]
                N[x, y] = total
        for y in range(s):
            for i in range(n):
                half[y, i] = N[i, y]
        for x in range(s):
            for y in range(s):
                total = N[x + n, y] if x + n < s else 0.0
                for i in range(n):
                    total += half[y, i] * lags[x, i]
                N[x, y] = total
    return out
