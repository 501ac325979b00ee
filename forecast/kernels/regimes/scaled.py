"""The filter and smoother in scaled probabilities: no logarithms where nothing comes near underflow.

The weights of each month are divided by their largest, the laws by their sum, and only the sums become logarithms. A
history whose probability falls under 1e-250 might be lost although later figures would bring it back; then the pass
says so and the one in logarithms has to be taken.

Source: Hamilton 1994, "Time Series Analysis", section 22.4; scaling: Rabiner 1989, Proceedings of the IEEE 77, s. V.A.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.regimes.hamilton import Switching, fill_moves, fill_pairs, fill_scales, regime_offsets

_NEAR_UNDERFLOW = 1e-250


@kernel
def scaled_forward(
    y: FloatArray, model: Switching, log_start: FloatArray, laws: FloatArray, weights: FloatArray, sums: FloatArray
) -> float:
    """Log-likelihood of ``y`` (n) for a model that was checked, P (1, k, k); NaN where logarithms are needed.

    log_start (k^q): log law of the first history. laws (m + 1, k^q): of the history after each figure. weights (m, k,
    k^q): f(y_t, S_t | h_t-1) over the largest of its month. sums (m): of law and weight, each month.
    """
    m, k, H = weights.shape
    offsets = regime_offsets(model)
    moves = np.empty((k, H))
    fill_moves(model.P[0], moves)
    scales = np.empty((k, 2))
    fill_scales(model.sigma2, scales)
    for h in range(H):
        laws[0, h] = math.exp(log_start[h])
        if not laws[0, h] > _NEAR_UNDERFLOW:
            return np.nan
    loglik = 0.0
    for i in range(m):
        fill_pairs(y, i + model.phi.shape[1], model.phi, offsets, moves, scales, weights[i])
        top = -np.inf
        for s in range(k):
            for h in range(H):
                top = max(top, weights[i, s, h])
        if not math.isfinite(top):
            return np.nan
        total = 0.0
        at = 0
        for s in range(k):
            for g in range(0, H, k):
                mass = 0.0
                for h in range(g, g + k):
                    weights[i, s, h] = math.exp(weights[i, s, h] - top)
                    mass += laws[i, h] * weights[i, s, h]
                laws[i + 1, at] = mass
                total += mass
                at += 1
        if not total > _NEAR_UNDERFLOW:
            return np.nan
        for h in range(H):
            laws[i + 1, h] /= total
            if not laws[i + 1, h] > _NEAR_UNDERFLOW:
                return np.nan
        sums[i] = total
        loglik += top + math.log(total)
    return loglik


@kernel
def scaled_back(
    law: FloatArray, weights: FloatArray, total: float, ahead: FloatArray, joint: FloatArray, behind: FloatArray
) -> None:
    """One month back, as ``kim_step`` but ``ahead`` and ``behind`` (k^q) are ratios Pr(h | all) / Pr(h | to then)."""
    k, H = weights.shape
    older = H // k
    scale = 1.0 / total
    for g in range(older):
        for h in range(g * k, g * k + k):
            behind[h] = 0.0
            for s in range(k):
                x = weights[s, h] * ahead[s * older + g] * scale
                joint[s, h] = law[h] * x
                behind[h] += x
