"""Theta models month by month: the straight line in use, the smoothed level, and squared errors for many alpha at once.

With w = 1 - 1/theta, a month's expectation is mu_t = l_t-1 + w (p_t A_t + c_t B_t): l is simple exponential smoothing
of y, p_t = (1 - alpha)^(t-1) and c_t = (1 - (1 - alpha)^t) / alpha carry the theta line through the same smoothing, and
A + B t is the least-squares line: of all figures (STM, OTM) or of those before t (DSTM, DOTM). l_0 enters as l_0 p_t.
So mu_t is linear in l_0 and w: for each alpha the best of both is a 2 x 2 solve, and only alpha is searched.

A gap leaves level and line as they were and the trend runs on: p stays, c grows by one. That is y_t := mu_t for a line
that is fixed; for one that moves it is learned from the figures that are there.

Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016, International Journal of Forecasting 32, equations
4-8 (OTM) and section 3 (DOTM); Golub & Pereyra 1973 (variable projection). theta = 2 with a fixed line is simple
exponential smoothing with drift B/2: Hyndman & Billah 2003, International Journal of Forecasting 19.
"""

from __future__ import annotations

import math

from forecast.kernels._jit import FloatArray, kernel

LANES = 16
"""How many alpha go side by side."""

_MOST = 1.0 - 1e-10
_DEPENDENT = 1e-12


@kernel
def theta_lines(y: FloatArray, dynamic: bool, lines: FloatArray, moments: FloatArray) -> None:
    """Fill ``lines`` (n, 2) with intercept and slope of the line that each month is expected from.

    y (n): from its first figure on, NaN is a gap; months count from 1. dynamic: the line through the figures before,
    0 before the first; else the line through all. ``moments`` (5): figures seen, means of t and y, sums of squares of t
    and of products about them, at the end.
    """
    n = y.shape[0]
    for i in range(5):
        moments[i] = 0.0
    for t in range(n):
        lines[t, 1] = moments[4] / moments[3] if moments[3] > 0.0 else 0.0
        lines[t, 0] = moments[2] - lines[t, 1] * moments[1]
        learn_line(float(t + 1), y[t], moments)
    if not dynamic:
        slope = moments[4] / moments[3] if moments[3] > 0.0 else 0.0
        for t in range(n):
            lines[t, 1] = slope
            lines[t, 0] = moments[2] - slope * moments[1]


@kernel
def learn_line(t: float, x: float, moments: FloatArray) -> None:
    """Add the figure ``x`` of month ``t`` to the moments of a least-squares line; NaN adds nothing."""
    if math.isnan(x):
        return
    moments[0] += 1.0
    dt = t - moments[1]
    dx = x - moments[2]
    moments[1] += dt / moments[0]
    moments[2] += dx / moments[0]
    moments[3] += dt * (t - moments[1])
    moments[4] += dt * (x - moments[2])


@kernel
def theta_sums(y: FloatArray, lines: FloatArray, alphas: FloatArray, skipped: int, work: FloatArray) -> None:
    """Sums of products of r = y - s, p and d = p A + c B after the first ``skipped`` figures, for LANES alpha.

    s is the level that starts at y[0]. work (10 LANES): blocks 0-5 become rr, rp, rd, pp, pd, dd; 6-8 s, p, c at the
    end; 9 alpha. One block of memory, so that the lanes go through vector registers.
    """
    for j in range(LANES):
        for i in range(6):
            work[i * LANES + j] = 0.0
        work[6 * LANES + j] = y[0]
        work[7 * LANES + j] = 1.0
        work[8 * LANES + j] = 1.0
        work[9 * LANES + j] = alphas[j]
    seen = 0
    for t in range(y.shape[0]):
        x = y[t]
        if math.isnan(x):
            for j in range(LANES):
                work[8 * LANES + j] += 1.0
            continue
        A = lines[t, 0]
        B = lines[t, 1]
        seen += 1
        counted = 1.0 if seen > skipped else 0.0
        for j in range(LANES):
            r = x - work[6 * LANES + j]
            p = work[7 * LANES + j]
            c = work[8 * LANES + j]
            d = p * A + c * B
            work[j] += counted * r * r
            work[LANES + j] += counted * r * p
            work[2 * LANES + j] += counted * r * d
            work[3 * LANES + j] += counted * p * p
            work[4 * LANES + j] += counted * p * d
            work[5 * LANES + j] += counted * d * d
            alpha = work[9 * LANES + j]
            work[6 * LANES + j] += alpha * r
            work[7 * LANES + j] = p - alpha * p
            work[8 * LANES + j] = 1.0 + c - alpha * c


@kernel
def best_weights(work: FloatArray, j: int, free: bool, out: FloatArray) -> float:
    """Least squared error of lane ``j`` of ``theta_sums``; ``out`` (2) is l_0 - y[0] and w = 1 - 1/theta.

    free: w anywhere in [0, 1); else theta = 2, w = 1/2.
    """
    rr, rp, rd = work[j], work[LANES + j], work[2 * LANES + j]
    pp, pd, dd = work[3 * LANES + j], work[4 * LANES + j], work[5 * LANES + j]
    w = 0.5
    if free:
        det = pp * dd - pd * pd
        if det > _DEPENDENT * pp * dd:
            w = (pp * rd - pd * rp) / det
        w = min(max(w, 0.0), _MOST)
    start = (rp - w * pd) / pp if pp > 1e-280 else 0.0
    out[0] = start
    out[1] = w
    sse: float = rr - 2.0 * (start * rp + w * rd) + start * start * pp + 2.0 * start * w * pd + w * w * dd
    return sse


@kernel
def theta_residuals(
    y: FloatArray, lines: FloatArray, alpha: float, w: float, level: float, e: FloatArray, state: FloatArray
) -> None:
    """Fill ``e`` (n) with y - mu, NaN in gaps, and ``state`` (3) with l, p, c for the month after the last.

    level: l_0.
    """
    state[0] = level
    state[1] = 1.0
    state[2] = 1.0
    for t in range(y.shape[0]):
        e[t] = y[t] - state[0] - w * (state[1] * lines[t, 0] + state[2] * lines[t, 1])
        if math.isnan(y[t]):
            state[2] += 1.0
        else:
            state[0] += alpha * (y[t] - state[0])
            state[1] -= alpha * state[1]
            state[2] = 1.0 + (1.0 - alpha) * state[2]


@kernel
def theta_walk(
    t: float,
    state: FloatArray,
    moments: FloatArray,
    line: FloatArray,
    dynamic: bool,
    alpha: float,
    w: float,
    shocks: FloatArray,
    out: FloatArray,
) -> None:
    """Fill ``out`` (h) with y = mu + shock from month ``t`` on (1 is the first month of the series).

    state (3), moments (5), line (2): as after the last figure; they are not changed. A line that moves goes on
    learning, from the figures of the path. Shocks of zero give the point forecast.
    """
    known = moments.copy()
    level, p, c = state[0], state[1], state[2]
    A, B = line[0], line[1]
    for i in range(out.shape[0]):
        if dynamic:
            B = known[4] / known[3] if known[3] > 0.0 else 0.0
            A = known[2] - B * known[1]
        x = level + w * (p * A + c * B) + shocks[i]
        out[i] = x
        level += alpha * (x - level)
        p -= alpha * p
        c = 1.0 + (1.0 - alpha) * c
        if dynamic:
            learn_line(t + i, x, known)
