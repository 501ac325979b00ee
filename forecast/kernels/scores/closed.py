"""CRPS and log score of normal, log-normal and Student-t densities in closed form.

With z = (y - mu) / sigma, phi and Phi of the standard normal, f and F of the standard t:
    normal      sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))
    log-normal  y (2 Phi(w) - 1) - 2 exp(mu + sigma^2 / 2) (Phi(w - sigma) + Phi(sigma / sqrt(2)) - 1), w of log y
    Student-t   sigma (z (2 F(z) - 1) + 2 f(z) (nu + z^2) / (nu - 1)
                       - 2 sqrt(nu) / (nu - 1) B(1/2, nu - 1/2) / B(1/2, nu/2)^2)

Source: Gneiting & Raftery 2007, eq. 21; Baran & Lerch 2015, "Log-normal distribution based EMOS models for
probabilistic wind-speed forecasting", eq. 5; Jordan, Krueger & Lerch 2019, "Evaluating probabilistic forecasts
with scoringRules", appendix A; DLMF 8.17.22 (continued fraction of the incomplete beta function), 5.11.13.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE

_ROOT_HALF = math.sqrt(0.5)
_ROOT_2_PI = math.sqrt(2.0 * math.pi)
_ROOT_PI = math.sqrt(math.pi)
_HALF = 0.5
_TINY = 1e-300
_TERMS = 10000
_LARGE = 30.0


@kernel
def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z * _ROOT_HALF)


@kernel
def _scale_status(mu: float, sigma: float, y: float) -> int:
    """NON_FINITE for a number that is not, OUT_OF_RANGE for a scale that is not positive."""
    if not (math.isfinite(mu) and math.isfinite(sigma) and math.isfinite(y)):
        return NON_FINITE
    return OK if sigma > 0.0 else OUT_OF_RANGE


@kernel
def _fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of the incomplete beta function, x < (a + 1) / (a + b + 2); Lentz's way."""
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    h = d
    for k in range(1, _TERMS):
        top = k * (b - k) * x / ((a + 2.0 * k - 1.0) * (a + 2.0 * k))
        d = 1.0 + top * d
        c = 1.0 + top / c
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = c if abs(c) > _TINY else _TINY
        h *= d * c
        top = -(a + k) * (a + b + k) * x / ((a + 2.0 * k) * (a + 2.0 * k + 1.0))
        d = 1.0 + top * d
        c = 1.0 + top / c
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = c if abs(c) > _TINY else _TINY
        step = d * c
        h *= step
        if abs(step - 1.0) < 1e-16:
            break
    return h


@kernel
def _log_beta_half(b: float) -> float:
    """Logarithm of B(1/2, b), b > 0; for large b by a series, where lgamma would cancel."""
    if b < _LARGE:
        return 0.5 * math.log(math.pi) + math.lgamma(b) - math.lgamma(b + 0.5)
    z = 1.0 / (b * b)
    series = (-0.125 + z * (1.0 / 192.0 + z * (-1.0 / 640.0 + z * 17.0 / 14336.0))) / b
    return 0.5 * math.log(math.pi / b) - series


@kernel
def student_tail(z: float, nu: float) -> float:
    """P(T > z) of the standard Student-t with nu > 0 degrees of freedom."""
    y = z * z / (nu + z * z)
    if y == 0.0:
        return 0.5
    x = nu / (nu + z * z)
    half = 0.5 * nu
    front = math.exp(half * math.log1p(-y) + 0.5 * math.log(y) - _log_beta_half(half)) if y < 1.0 else 0.0
    if x < (half + 1.0) / (half + 2.5):
        both = front * _fraction(half, _HALF, x) / half
    else:
        both = 1.0 - front * _fraction(_HALF, half, y) / 0.5
    return 0.5 * both if z >= 0.0 else 1.0 - 0.5 * both


@kernel
def crps_normal(mu: FloatArray, sigma: FloatArray, y: FloatArray) -> tuple[FloatArray, IntArray]:
    """CRPS of N(mu, sigma^2) against y; all (n), in the unit of y. statuses: see ``_scale_status``; then NaN."""
    scores = np.full(y.shape[0], np.nan)
    statuses = np.zeros(y.shape[0], np.int64)
    for i in range(y.shape[0]):
        statuses[i] = _scale_status(mu[i], sigma[i], y[i])
        if statuses[i] == OK:
            z = (y[i] - mu[i]) / sigma[i]
            density = math.exp(-0.5 * z * z) / _ROOT_2_PI
            scores[i] = sigma[i] * (z * math.erf(z * _ROOT_HALF) + 2.0 * density - 1.0 / _ROOT_PI)
    return scores, statuses


@kernel
def crps_lognormal(mu: FloatArray, sigma: FloatArray, y: FloatArray) -> tuple[FloatArray, IntArray]:
    """CRPS of exp(N(mu, sigma^2)) against y; all (n), mu and sigma of the logarithm. statuses as ``crps_normal``."""
    scores = np.full(y.shape[0], np.nan)
    statuses = np.zeros(y.shape[0], np.int64)
    for i in range(y.shape[0]):
        statuses[i] = _scale_status(mu[i], sigma[i], y[i])
        if statuses[i] == OK:
            mean = math.exp(mu[i] + 0.5 * sigma[i] * sigma[i])
            below, tilted = 0.0, 0.0
            if y[i] > 0.0:
                w = (math.log(y[i]) - mu[i]) / sigma[i]
                below = _normal_cdf(w)
                tilted = _normal_cdf(w - sigma[i])
            upper = 0.5 * math.erfc(0.5 * sigma[i])
            scores[i] = y[i] * (2.0 * below - 1.0) - 2.0 * mean * (tilted - upper)
            if not math.isfinite(scores[i]):
                statuses[i] = OUT_OF_RANGE
                scores[i] = np.nan
    return scores, statuses


@kernel
def crps_student(mu: FloatArray, sigma: FloatArray, nu: FloatArray, y: FloatArray) -> tuple[FloatArray, IntArray]:
    """CRPS of mu + sigma T, T Student-t with nu > 1 degrees of freedom, against y; all (n).

    statuses: NON_FINITE, or OUT_OF_RANGE for sigma <= 0 or nu <= 1 (the mean does not exist); such a score is NaN.
    """
    scores = np.full(y.shape[0], np.nan)
    statuses = np.zeros(y.shape[0], np.int64)
    for i in range(y.shape[0]):
        statuses[i] = _scale_status(mu[i], sigma[i], y[i])
        v = nu[i]
        if not math.isfinite(v):
            statuses[i] = NON_FINITE
        elif statuses[i] == OK and v <= 1.0:
            statuses[i] = OUT_OF_RANGE
        if statuses[i] == OK:
            z = (y[i] - mu[i]) / sigma[i]
            log_beta = _log_beta_half(0.5 * v)
            density = math.exp(-0.5 * (v + 1.0) * math.log1p(z * z / v) - log_beta) / math.sqrt(v)
            spread = 2.0 * math.sqrt(v) / (v - 1.0) * math.exp(_log_beta_half(v - 0.5) - 2.0 * log_beta)
            inside = 1.0 - 2.0 * student_tail(z, v)
            scores[i] = sigma[i] * (z * inside + 2.0 * density * (v + z * z) / (v - 1.0) - spread)
    return scores, statuses


@kernel
def log_score_normal(mu: FloatArray, sigma: FloatArray, y: FloatArray) -> tuple[FloatArray, IntArray]:
    """-log density of N(mu, sigma^2) at y; all (n). statuses as ``crps_normal``."""
    scores = np.full(y.shape[0], np.nan)
    statuses = np.zeros(y.shape[0], np.int64)
    for i in range(y.shape[0]):
        statuses[i] = _scale_status(mu[i], sigma[i], y[i])
        if statuses[i] == OK:
            z = (y[i] - mu[i]) / sigma[i]
            scores[i] = 0.5 * z * z + math.log(sigma[i] * _ROOT_2_PI)
    return scores, statuses
