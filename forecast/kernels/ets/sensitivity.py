"""What each unknown of exponential smoothing does to the forecasts, and the curvature that follows from it.

The tangents of all unknowns run through the series side by side, so that the inner loop is over unknowns and needs no
branch. Their cross products are the Gauss-Newton part of the Hessian of the negative log-likelihood; it gives the
search its scale and the parameters their standard errors.

Source: Nocedal & Wright 2006, "Numerical Optimization", section 10.3 (Gauss-Newton); the recursion is that of
`recursion`, differentiated line by line.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.ets.forms import ets_parts


@kernel
def ets_information(
    y: FloatArray,
    form: int,
    m: int,
    smoothing: FloatArray,
    squares: float,
    observed: int,
    trace: FloatArray,
    seeds: FloatArray,
    information: FloatArray,
) -> None:
    """Write the Gauss-Newton Hessian (k, k) of the negative log-likelihood: observed / squares * sum_t row_t' row_t.

    row_t (k) is the derivative of the error of month t: of the forecast, times (1 + r) / f when errors are relative.
    y (n), form, m, smoothing (4): as in ``ets_pass``, which must have run and left trace (n, TRACE), squares and
    observed. seeds (6 + m, k): derivatives of alpha, beta, gamma, phi and the first states in the unknowns.
    """
    error, trend, season = ets_parts(form)
    n, k = y.shape[0], seeds.shape[1]
    alpha = smoothing[0]
    beta = smoothing[1] if trend > 0 else 0.0
    gamma = smoothing[2] if season > 0 else 0.0
    damped = trend == 2 or trend == 4
    phi = smoothing[3] if damped else 1.0
    places = m if season > 0 else 1
    # Zeros fill the lanes up to a multiple of 4, so that the compiler needs no loop for a remainder.
    width = 4 * ((k + 3) // 4)
    lanes, fixed, cross = np.zeros((3 + places, width)), np.zeros((4, width)), np.zeros((k, width))
    for i in range(k):
        for j in range(4):
            fixed[j, i] = seeds[j, i]
        lanes[0, i] = seeds[4, i]
        lanes[1, i] = seeds[5, i] if trend > 0 else 0.0
        for j in range(places):
            lanes[3 + j, i] = seeds[6 + j, i] if season > 0 else 0.0
    place = 0
    for t in range(n):
        eps, b, s, q, r, level = trace[t, 0], trace[t, 1], trace[t, 2], trace[t, 3], trace[t, 4], trace[t, 5]
        seen = y[t] == y[t]
        # Derivatives of q in level and growth, of the growth that is carried on, and of both in phi.
        q_level, q_growth, carried, q_phi, b_phi = 1.0, phi, phi, 0.0, 0.0
        b_eps, b_level = 1.0, 0.0
        if trend < 3:
            if damped:
                q_phi = b / phi
                b_phi = b / phi
        else:
            g = q / level
            carried = phi * g / b
            b_phi = g * math.log(b) if damped else 0.0
            q_level, q_growth, q_phi = g, level * carried, level * b_phi
            b_eps = 1.0 / level
            b_level = -beta * eps / (level * level)
        f_q, f_s, eps_s, delta_q, delta, f = 1.0, 1.0, -1.0, -1.0, eps, q + s
        if season == 2:
            f_q, f_s, eps_s, delta_q = s, q, -y[t] / (s * s), -y[t] / (q * q)
            delta, f = y[t] / q - s, q * s
        scale = (1.0 + r) / f if error == 1 else 1.0
        if not seen:
            for i in range(width):
                d_phi = fixed[3, i]
                d_q = q_level * lanes[0, i] + q_growth * lanes[1, i] + q_phi * d_phi
                lanes[1, i] = carried * lanes[1, i] + b_phi * d_phi
                lanes[0, i] = d_q
        else:
            for i in range(width):
                d_phi = fixed[3, i]
                d_s = lanes[3 + place, i]
                d_q = q_level * lanes[0, i] + q_growth * lanes[1, i] + q_phi * d_phi
                d_eps = eps_s * d_s - d_q
                lanes[2, i] = scale * (f_q * d_q + f_s * d_s)
                lanes[1, i] = (
                    carried * lanes[1, i]
                    + b_phi * d_phi
                    + b_eps * (beta * d_eps + eps * fixed[1, i])
                    + b_level * lanes[0, i]
                )
                lanes[0, i] = d_q + alpha * d_eps + eps * fixed[0, i]
                lanes[3 + place, i] = d_s + gamma * (delta_q * d_q - d_s) + delta * fixed[2, i]
            for i in range(k):
                row = lanes[2, i]
                for j in range(4 * ((i + 4) // 4)):
                    cross[i, j] += row * lanes[2, j]
        place += 1
        if place == places:
            place = 0
    weight = float(observed) / squares
    for i in range(k):
        for j in range(i + 1):
            information[i, j] = weight * cross[i, j]
            information[j, i] = information[i, j]
