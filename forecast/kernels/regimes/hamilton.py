"""Hamilton's filter for a Markov-switching autoregression, in logarithms throughout.

Mean form (k regimes, p lags): y_t - mu[S_t] = sum_j phi[S_t, j] (y_t-j - mu[S_t-j]) + sigma[S_t] e_t.
Intercept form:                y_t = mu[S_t] + sum_j phi[S_t, j] y_t-j + sigma[S_t] e_t.

What is followed is the history h_t = (S_t, ..., S_t-q+1), q = max(p, 1) in the mean form and 1 in the intercept form:
a Markov chain of k^q states, numbered with S_t as the leading digit. A step weighs the k^(q+1) pairs (S_t, h_t-1).
The residual of a pair is y_t - sum_j phi[S_t, j] y_t-j + offset, and the offsets do not depend on t. Probabilities are
kept as logarithms, so a figure thousands of standard deviations out, or an absorbing regime, takes nothing to zero.

Source: Hamilton 1989, "A new approach to the economic analysis of nonstationary time series and the business cycle",
Econometrica 57, section 4; Hamilton 1994, "Time Series Analysis", section 22.4; transition probabilities that change
with time: Filardo 1994, Journal of Business & Economic Statistics 12.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.regimes.chain import ergodic_law
from forecast.kernels.status import NON_FINITE, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

MEAN = 0
"""The autoregression is in deviations from the mean of the regime that each lag stood in (Hamilton 1989)."""

INTERCEPT = 1
"""The regime shifts the intercept; lags enter as they are."""

_LOG_2PI = math.log(2.0 * math.pi)
_MOST_PAIRS = 65536
_ROW_SUM = 1e-8


class Switching(NamedTuple):
    """A Markov-switching autoregression with k regimes and p lags.

    P (1 or n, k, k): P[t, i, j] = Pr(S_t = j | S_t-1 = i); one for all months, or the one into month t of y.
    mu (k): means or intercepts. phi (k, p): autoregression by regime. sigma2 (k): variances of the shocks.
    initial (k): law of the oldest regime that the first figure depends on; (0): the ergodic law of P[0].
    form: MEAN or INTERCEPT.
    """

    P: FloatArray
    mu: FloatArray
    phi: FloatArray
    sigma2: FloatArray
    initial: FloatArray
    form: int


class Filtered(NamedTuple):
    """What the filter knows after each figure; m = n - p figures are explained, the first p are given.

    loglik: sum of ``contributions`` (m), log f(y_t | y_t-1, ...). filtered, predicted (m, k): Pr(S_t | y_t, ...) and
    Pr(S_t | y_t-1, ...). log_history (m + 1, k^q): log Pr(h_t | y_t, ...), row 0 before the first figure.
    log_pairs (m, k, k^q): log f(y_t, S_t | h_t-1). start (k): law of the oldest regime.
    status: OK, or why all is NaN: NON_FINITE, SINGULAR (a variance, or no ergodic law), OUT_OF_RANGE, TOO_SHORT.
    """

    loglik: float
    contributions: FloatArray
    filtered: FloatArray
    predicted: FloatArray
    log_history: FloatArray
    log_pairs: FloatArray
    start: FloatArray
    status: int


@kernel
def log_prob(x: float) -> float:
    """Logarithm of a probability or of a sum of weights, -inf for zero."""
    return math.log(x) if x > 0.0 else -math.inf


@kernel
def history_length(model: Switching) -> int:
    """Number q of regimes that have to be remembered."""
    if model.form == INTERCEPT:
        return 1
    lags: int = model.phi.shape[1]
    return max(lags, 1)


@kernel
def check_switching(n: int, model: Switching) -> int:
    """Whether shapes, probabilities and variances can be filtered over ``n`` figures; a status."""
    k = model.mu.shape[0]
    p = model.phi.shape[1]
    if k < 1 or (model.form != MEAN and model.form != INTERCEPT):
        return OUT_OF_RANGE
    months = model.P.shape[0]
    if model.P.shape[1] != k or model.P.shape[2] != k or (months != 1 and months != n):
        return OUT_OF_RANGE
    if model.phi.shape[0] != k or model.sigma2.shape[0] != k:
        return OUT_OF_RANGE
    if model.initial.shape[0] != 0 and model.initial.shape[0] != k:
        return OUT_OF_RANGE
    if (history_length(model) + 1) * math.log(k) > math.log(_MOST_PAIRS) + 1e-9:
        return OUT_OF_RANGE
    if n <= p:
        return TOO_SHORT
    for s in range(k):
        if not math.isfinite(model.mu[s]) or not math.isfinite(model.sigma2[s]):
            return NON_FINITE
        if model.sigma2[s] <= 0.0:
            return SINGULAR
        for j in range(p):
            if not math.isfinite(model.phi[s, j]):
                return NON_FINITE
    for t in range(months):
        for i in range(k):
            total = 0.0
            for j in range(k):
                if not model.P[t, i, j] >= 0.0:
                    return OUT_OF_RANGE
                total += model.P[t, i, j]
            if not abs(total - 1.0) <= _ROW_SUM:
                return OUT_OF_RANGE
    return OK


@kernel
def check_figures(y: FloatArray, model: Switching) -> int:
    """Whether ``y`` (n) can be filtered by this model: its status, or that of the figures."""
    status = check_switching(y.shape[0], model)
    if status != OK:
        return status
    seen = 0
    for t in range(y.shape[0]):
        if math.isinf(y[t]) or (math.isnan(y[t]) and model.phi.shape[1] > 0):
            return NON_FINITE
        if not math.isnan(y[t]):
            seen += 1
    return OK if seen > 0 else TOO_SHORT


@kernel
def regime_offsets(model: Switching) -> FloatArray:
    """Constant part (k, k^q) of each pair's residual: -mu[S_t], in the mean form plus sum_j phi[S_t, j] mu[S_t-j]."""
    k = model.mu.shape[0]
    q = history_length(model)
    offsets = np.empty((k, k**q))
    for s in range(k):
        for h in range(k**q):
            total = -model.mu[s]
            if model.form == MEAN:
                rest = h
                for j in range(model.phi.shape[1] - 1, -1, -1):
                    total += model.phi[s, j] * model.mu[rest % k]
                    rest //= k
            offsets[s, h] = total
    return offsets


@kernel
def log_start(model: Switching, law: FloatArray, start: FloatArray) -> int:
    """Fill ``law`` (k) with the law of the oldest regime and ``start`` (k^q) with log Pr(history); a status."""
    k = model.mu.shape[0]
    status = OK
    if model.initial.shape[0] == 0:
        status = ergodic_law(model.P[0], law)
    else:
        total = 0.0
        for s in range(k):
            law[s] = model.initial[s]
            if not law[s] >= 0.0:
                return OUT_OF_RANGE
            total += law[s]
        if not abs(total - 1.0) <= _ROW_SUM:
            return OUT_OF_RANGE
    for h in range(start.shape[0]):
        newer = h % k
        total = log_prob(law[newer])
        rest = h // k
        for step in range(1, history_length(model)):
            total += log_prob(model.P[step if model.P.shape[0] > 1 else 0, newer, rest % k])
            newer = rest % k
            rest //= k
        start[h] = total
    return status


@kernel
def fill_moves(P: FloatArray, out: FloatArray) -> None:
    """Fill ``out`` (k, k^q) with log Pr(S_t | history before)."""
    k, H = out.shape
    for s in range(k):
        for h in range(H):
            out[s, h] = log_prob(P[h // (H // k), s])


@kernel
def fill_scales(sigma2: FloatArray, out: FloatArray) -> None:
    """Fill ``out`` (k, 2) with -log sqrt(2 pi sigma2) and 1 / (2 sigma2)."""
    for s in range(sigma2.shape[0]):
        out[s, 0] = -0.5 * (_LOG_2PI + math.log(sigma2[s]))
        out[s, 1] = 0.5 / sigma2[s]


@kernel
def fill_pairs(
    y: FloatArray,
    t: int,
    phi: FloatArray,
    offsets: FloatArray,
    moves: FloatArray,
    scales: FloatArray,
    out: FloatArray,
) -> None:
    """Fill ``out`` (k, k^q) with log f(y_t, S_t | history before); a gap says nothing of y_t."""
    k, H = out.shape
    gap = math.isnan(y[t])
    for s in range(k):
        base = y[t]
        for j in range(phi.shape[1]):
            base -= phi[s, j] * y[t - 1 - j]
        for h in range(H):
            r = base + offsets[s, h]
            out[s, h] = moves[s, h] if gap else moves[s, h] + scales[s, 0] - scales[s, 1] * r * r


@kernel
def _step(before: FloatArray, pairs: FloatArray, after: FloatArray, filtered: FloatArray) -> float:
    """Log density of one figure; ``after`` (k^q) becomes the log law of the history, ``filtered`` (k) that of S_t."""
    k, H = pairs.shape
    top = -np.inf
    at = 0
    for s in range(k):
        for h in range(0, H, k):
            high = before[h] + pairs[s, h]
            highest = h
            for i in range(h + 1, h + k):
                x = before[i] + pairs[s, i]
                if x > high:
                    high = x
                    highest = i
            if high > -np.inf:
                total = 1.0
                for i in range(h, highest):
                    total += math.exp(before[i] + pairs[s, i] - high)
                for i in range(highest + 1, h + k):
                    total += math.exp(before[i] + pairs[s, i] - high)
                high += math.log(total)
            after[at] = high
            at += 1
            top = max(top, high)
    if not math.isfinite(top):
        return -np.inf
    total = 0.0
    for s in range(k):
        filtered[s] = 0.0
        for h in range(s * (H // k), (s + 1) * (H // k)):
            filtered[s] += math.exp(after[h] - top)
        total += filtered[s]
    c = top + math.log(total)
    for s in range(k):
        filtered[s] /= total
    for h in range(H):
        after[h] -= c
    return c


@kernel
def hamilton_filter(y: FloatArray, model: Switching) -> Filtered:
    """Log-likelihood, filtered and predicted regime probabilities of ``y`` (n).

    NaN is a gap if p = 0: the chain moves on and nothing is learned. With lags a gap would need the law of the missing
    figure, which grows without end; then the status is NON_FINITE.
    """
    n = y.shape[0]
    k = model.mu.shape[0]
    p = model.phi.shape[1]
    status = check_figures(y, model)
    m = max(n - p, 0)
    H = k ** history_length(model) if status == OK else 1
    contributions = np.full(m, np.nan)
    filtered = np.full((m, k), np.nan)
    predicted = np.full((m, k), np.nan)
    log_history = np.full((m + 1, H), np.nan)
    log_pairs = np.full((m, k, H), np.nan)
    start = np.full(k, np.nan)
    if status == OK:
        status = log_start(model, start, log_history[0])
    if status != OK:
        return Filtered(np.nan, contributions, filtered, predicted, log_history, log_pairs, start, status)
    offsets = regime_offsets(model)
    older = H // k
    moves = np.empty((k, H))
    scales = np.empty((k, 2))
    fill_scales(model.sigma2, scales)
    varying = model.P.shape[0] > 1
    before = np.zeros(k)
    for h in range(H):
        before[h // older] += math.exp(log_history[0, h])
    loglik = 0.0
    for i in range(m):
        t = i + p
        at = t if varying else 0
        if i == 0 or varying:
            fill_moves(model.P[at], moves)
        fill_pairs(y, t, model.phi, offsets, moves, scales, log_pairs[i])
        contributions[i] = _step(log_history[i], log_pairs[i], log_history[i + 1], filtered[i])
        loglik += contributions[i]
        for s in range(k):
            predicted[i, s] = 0.0
        for j in range(k):
            for s in range(k):
                predicted[i, s] += (filtered[i - 1, j] if i > 0 else before[j]) * model.P[at, j, s]
    if not math.isfinite(loglik):
        status = NON_FINITE
        loglik = np.nan
        for i in range(m):
            contributions[i] = np.nan
            for s in range(k):
                filtered[i, s], predicted[i, s] = np.nan, np.nan
            for h in range(H):
                log_history[i, h] = np.nan
    return Filtered(loglik, contributions, filtered, predicted, log_history, log_pairs, start, status)
