"""Exact stationary start of an ARMA recursion: variance of y and its covariance with the next state, and the reverse.

The autocovariances rho of 1/phi(L) e come from stepping the Levinson recursion down from phi and up again, O(p^2);
those of y are theta(L) theta(1/L) applied to rho.

Source: Brockwell & Davis 1991, "Time Series: Theory and Methods", s3.3 and s8.2; Durbin & Koopman 2012, s3.4.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import OK, UNSTABLE

_LARGEST_VARIANCE = 1e11
"""Rounding grows with the variance of y over that of its shocks: above this, fewer than five digits are left."""


@kernel
def _levinson(phi: FloatArray, p: int, count: int) -> tuple[FloatArray, FloatArray, bool]:
    """Rows k = 1..p of Levinson's coefficients and autocovariances rho (count) of 1/phi(L) e with var e = 1."""
    rows = np.zeros((p + 1, p + 1))
    rho = np.zeros(count)
    variance = 1.0
    for j in range(1, p + 1):
        rows[p, j] = phi[j - 1]
    for k in range(p, 0, -1):
        r = rows[k, k]
        left = 1.0 - r * r
        if not left > 0.0:
            return rows, rho, False
        variance /= left
        for j in range(1, k):
            rows[k - 1, j] = (rows[k, j] + r * rows[k, k - j]) / left
    rho[0] = variance
    for k in range(1, count):
        total = 0.0
        row = min(k, p)
        for j in range(1, row + 1):
            total += rows[row, j] * rho[k - j]
        rho[k] = total
    return rows, rho, True


@kernel
def _weights(phi: FloatArray, theta: FloatArray, ar_lags: IntArray, count: int) -> FloatArray:
    """psi_0 .. psi_{count-1} of theta(L)/phi(L)."""
    psi = np.zeros(count)
    for k in range(count):
        total = 1.0 if k == 0 else 0.0
        if 0 < k <= theta.shape[0]:
            total = theta[k - 1]
        for lag in ar_lags:
            if lag > k:
                break
            total += phi[lag - 1] * psi[k - lag]
        psi[k] = total
    return psi


@kernel
def stationary_start(
    phi: FloatArray, theta: FloatArray, ar_lags: IntArray, ma_lags: IntArray, G: FloatArray
) -> tuple[float, int]:
    """Variance of y in units of the shocks' variance, and a status; G (m) is filled.

    phi, theta (m): lags 1..m. ar_lags, ma_lags: where they may differ from zero.
    G_i = Cov(a_{t+1,i}, y_t), a_{t+1,i} = sum_{j>i} phi_j y_{t+1+i-j} + theta_j e_{t+1+i-j} the state that forecasts y.
    Status: UNSTABLE when a root of phi lies on or inside the unit circle or the variance exceeds 1e11.
    """
    m = phi.shape[0]
    p = ar_lags[-1] if ar_lags.shape[0] > 0 else 0
    q = ma_lags[-1] if ma_lags.shape[0] > 0 else 0
    for i in range(m):
        G[i] = 0.0
    psi = _weights(phi, theta, ar_lags, q)
    for lag in ma_lags:
        for i in range(lag):
            G[i] += theta[lag - 1] * psi[lag - 1 - i]
    if p == 0:
        variance = 1.0
        for lag in ma_lags:
            variance += theta[lag - 1] * theta[lag - 1]
        return variance, OK
    _, rho, stable = _levinson(phi, p, p + q + 1)
    if not stable or not rho[0] < _LARGEST_VARIANCE:
        return 1.0, UNSTABLE
    gamma = np.zeros(p)
    for k in range(p):
        gamma[k] = rho[k]
        for lag in ma_lags:
            gamma[k] += theta[lag - 1] * (rho[k + lag] + rho[abs(k - lag)])
            for other in ma_lags:
                gamma[k] += theta[lag - 1] * theta[other - 1] * rho[abs(k + lag - other)]
    for lag in ar_lags:
        for i in range(lag):
            G[i] += phi[lag - 1] * gamma[lag - 1 - i]
    return gamma[0], OK if gamma[0] > 0.0 else UNSTABLE


@kernel
def stationary_start_adjoint(
    phi: FloatArray,
    theta: FloatArray,
    ar_lags: IntArray,
    ma_lags: IntArray,
    F_bar: float,
    G_bar: FloatArray,
    phi_bar: FloatArray,
    theta_bar: FloatArray,
) -> None:
    """Add to phi_bar, theta_bar (m) what the derivatives F_bar by the variance and G_bar (m) by G come to."""
    p = ar_lags[-1] if ar_lags.shape[0] > 0 else 0
    q = ma_lags[-1] if ma_lags.shape[0] > 0 else 0
    psi = _weights(phi, theta, ar_lags, q)
    psi_bar = np.zeros(q)
    for lag in ma_lags:
        for i in range(lag):
            theta_bar[lag - 1] += G_bar[i] * psi[lag - 1 - i]
            psi_bar[lag - 1 - i] += G_bar[i] * theta[lag - 1]
    for k in range(q - 1, 0, -1):
        theta_bar[k - 1] += psi_bar[k]
        for lag in ar_lags:
            if lag > k:
                break
            phi_bar[lag - 1] += psi_bar[k] * psi[k - lag]
            psi_bar[k - lag] += psi_bar[k] * phi[lag - 1]
    if p == 0:
        for lag in ma_lags:
            theta_bar[lag - 1] += 2.0 * F_bar * theta[lag - 1]
        return
    rows, rho, _ = _levinson(phi, p, p + q + 1)
    gamma = np.zeros(p)
    gamma_bar = np.zeros(p)
    for k in range(p):
        gamma[k] = rho[k]
        for lag in ma_lags:
            gamma[k] += theta[lag - 1] * (rho[k + lag] + rho[abs(k - lag)])
            for other in ma_lags:
                gamma[k] += theta[lag - 1] * theta[other - 1] * rho[abs(k + lag - other)]
    gamma_bar[0] = F_bar
    for lag in ar_lags:
        for i in range(lag):
            phi_bar[lag - 1] += G_bar[i] * gamma[lag - 1 - i]
            gamma_bar[lag - 1 - i] += G_bar[i] * phi[lag - 1]
    rho_bar = np.zeros(p + q + 1)
    for k in range(p):
        bar = gamma_bar[k]
        rho_bar[k] += bar
        for lag in ma_lags:
            weight = theta[lag - 1]
            theta_bar[lag - 1] += bar * (rho[k + lag] + rho[abs(k - lag)])
            rho_bar[k + lag] += bar * weight
            rho_bar[abs(k - lag)] += bar * weight
            for other in ma_lags:
                at = abs(k + lag - other)
                theta_bar[lag - 1] += bar * theta[other - 1] * rho[at]
                theta_bar[other - 1] += bar * weight * rho[at]
                rho_bar[at] += bar * weight * theta[other - 1]
    _levinson_adjoint(rows, rho, rho_bar, phi_bar)


@kernel
def _levinson_adjoint(rows: FloatArray, rho: FloatArray, rho_bar: FloatArray, phi_bar: FloatArray) -> None:
    p = rows.shape[0] - 1
    bars = np.zeros((p + 1, p + 1))
    for k in range(rho.shape[0] - 1, 0, -1):
        row = min(k, p)
        bar = rho_bar[k]
        for j in range(1, row + 1):
            bars[row, j] += bar * rho[k - j]
            rho_bar[k - j] += bar * rows[row, j]
    for k in range(1, p + 1):
        r = rows[k, k]
        left = 1.0 - r * r
        r_bar = 2.0 * r * rho_bar[0] * rho[0] / left
        for j in range(1, k):
            bar = bars[k - 1, j] / left
            bars[k, j] += bar
            bars[k, k - j] += bar * r
            r_bar += bar * (rows[k, k - j] + 2.0 * r * rows[k - 1, j])
        bars[k, k] += r_bar
    for j in range(1, p + 1):
        phi_bar[j - 1] += bars[p, j]
