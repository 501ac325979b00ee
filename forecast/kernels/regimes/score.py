"""Log-likelihood of a switching autoregression with its gradient, by Fisher's identity.

The gradient of log f(y) is the mean, given all figures, of the gradient of log f(y, regimes): with the smoothed
probabilities w of each pair (S_t, h_t-1) it is a weighted sum over residuals, and one backward pass gives all of it.
Probabilities are plain where nothing comes near underflow, and logarithms elsewhere.
The ergodic start depends on the transition probabilities too; its part goes through the fundamental matrix.

Source: Fisher 1925; Hamilton 1990, "Analysis of time series subject to changes in regime", Journal of Econometrics 45,
appendix (score of the transition probabilities, the start included).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.regimes.chain import ergodic_pull
from forecast.kernels.regimes.hamilton import (
    MEAN,
    Switching,
    check_figures,
    hamilton_filter,
    history_length,
    log_start,
    regime_offsets,
)
from forecast.kernels.regimes.kim import kim_step
from forecast.kernels.regimes.scaled import scaled_back, scaled_forward
from forecast.kernels.status import OK, OUT_OF_RANGE


class Score(NamedTuple):
    """Log-likelihood and its gradient.

    d_log_P (k, k): by log P[i, j], with all P[0] free of each other (a row's constraint is for the caller); the
    ergodic start included. d_mu (k), d_phi (k, p), d_log_sigma2 (k). status: OK, or why all is NaN.
    """

    loglik: float
    d_log_P: FloatArray
    d_mu: FloatArray
    d_phi: FloatArray
    d_log_sigma2: FloatArray
    status: int


@kernel
def regime_score(y: FloatArray, model: Switching) -> Score:
    """Log-likelihood of ``y`` (n) with its gradient, for transition probabilities that do not change (P (1, k, k))."""
    k = model.mu.shape[0]
    p = model.phi.shape[1]
    n = y.shape[0]
    d_log_P = np.full((k, k), np.nan)
    d_mu = np.full(k, np.nan)
    d_phi = np.full((k, p), np.nan)
    d_log_sigma2 = np.full(k, np.nan)
    status = check_figures(y, model)
    H = k ** history_length(model) if status == OK else 1
    start = np.empty(k)
    log_history = np.empty(H)
    if status == OK:
        status = OUT_OF_RANGE if model.P.shape[0] > 1 else log_start(model, start, log_history)
    if status != OK:
        return Score(np.nan, d_log_P, d_mu, d_phi, d_log_sigma2, status)
    m = n - p
    laws = np.empty((m + 1, H))
    weights = np.empty((m, k, H))
    sums = np.empty(m)
    loglik = scaled_forward(y, model, log_history, laws, weights, sums)
    plain = not math.isnan(loglik)
    if not plain:
        known = hamilton_filter(y, model)
        if known.status != OK:
            return Score(np.nan, d_log_P, d_mu, d_phi, d_log_sigma2, known.status)
        loglik, laws, weights, sums = known.loglik, known.log_history, known.log_pairs, known.contributions
    for i in range(k):
        d_mu[i] = 0.0
        d_log_sigma2[i] = 0.0
        for j in range(k):
            d_log_P[i, j] = 0.0
        for j in range(p):
            d_phi[i, j] = 0.0
    older = H // k
    offsets = regime_offsets(model)
    d_offset = np.zeros((k, H))
    joint = np.empty((k, H))
    ahead = np.ones(H) if plain else np.zeros(H)
    behind = np.empty(H)
    for i in range(m - 1, -1, -1):
        t = i + p
        if plain:
            scaled_back(laws[i], weights[i], sums[i], ahead, joint, behind)
        else:
            kim_step(laws[i], weights[i], sums[i], ahead, joint, behind)
        for s in range(k):
            for before in range(k):
                total = 0.0
                for h in range(before * older, (before + 1) * older):
                    total += joint[s, h]
                d_log_P[before, s] += total
            if math.isnan(y[t]):
                continue
            base = y[t]
            for j in range(p):
                base -= model.phi[s, j] * y[t - 1 - j]
            precision = 1.0 / model.sigma2[s]
            pull = 0.0
            spread = 0.0
            for h in range(H):
                r = base + offsets[s, h]
                share = joint[s, h] * r * precision
                d_offset[s, h] -= share
                pull += share
                spread += share * r - joint[s, h]
            d_log_sigma2[s] += 0.5 * spread
            for j in range(p):
                d_phi[s, j] += pull * y[t - 1 - j]
        for h in range(H):
            ahead[h] = behind[h]
    for s in range(k):
        for h in range(H):
            d_mu[s] -= d_offset[s, h]
            if model.form == MEAN:
                rest = h
                for j in range(p - 1, -1, -1):
                    d_phi[s, j] += d_offset[s, h] * model.mu[rest % k]
                    d_mu[rest % k] += d_offset[s, h] * model.phi[s, j]
                    rest //= k
    for h in range(H):
        ahead[h] = laws[0, h] * ahead[h] if plain else math.exp(laws[0, h] + ahead[h])
    status = _add_start(model, ahead, start, d_log_P)
    return Score(loglik, d_log_P, d_mu, d_phi, d_log_sigma2, status)


@kernel
def _add_start(model: Switching, first: FloatArray, law: FloatArray, out: FloatArray) -> int:
    """Add to ``out`` (k, k) what the law of the first history owes to P; first (k^q): Pr(that history | all)."""
    k = model.mu.shape[0]
    u = np.zeros(k)
    for h in range(first.shape[0]):
        newer = h % k
        if law[newer] > 0.0:
            u[newer] += first[h] / law[newer]
        rest = h // k
        for _ in range(history_length(model) - 1):
            out[newer, rest % k] += first[h]
            newer = rest % k
            rest //= k
    if model.initial.shape[0] > 0:
        return OK
    v = np.empty(k)
    status = ergodic_pull(model.P[0], law, u, v)
    if status == OK:
        for i in range(k):
            for j in range(k):
                out[i, j] += law[i] * v[j] * model.P[0, i, j]
    return status
