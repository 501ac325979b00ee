"""Hyperparameters of the prior: their own prior, the mode by quasi-Newton search, and a random walk around it.

lambda ~ Gamma with mode and standard deviation (.2, .4), mu and delta ~ Gamma (1, 1), psi ~ IG(.02^2, .02^2).

Source: Giannone, Lenza & Primiceri 2015, section III.C and appendix B; Roberts, Gelman & Gilks 1997 for the step.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.kernels._cholesky import upper_factor, upper_inverse
from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels._threads import spread
from forecast.kernels.bvar.data import VarMoments
from forecast.kernels.bvar.posterior import bvar_posterior
from forecast.kernels.quasi_newton import EVALUATE, advance, begin
from forecast.kernels.random import fill_normals, fill_uniforms
from forecast.kernels.status import OK, SINGULAR

_TOLERANCE, _ITERATIONS, _LONGEST = 1e-8, 300, 1.0
_ASKED_ACCEPTANCE = 0.25
_STEP = 1e-4
_NO_GRADIENT = 0


class HyperMode(NamedTuple):
    """theta at the mode (3 + n), the log posterior there, minus its Hessian (3 + n, 3 + n), status.

    Numbers not in use (mu, delta) stay where they started, with a one on the diagonal of the Hessian.
    """

    theta: FloatArray
    value: float
    information: FloatArray
    status: int


@kernel
def gamma_shape_scale(mode: float, sd: float) -> tuple[float, float]:
    """Shape and scale of the Gamma law with this mode and standard deviation."""
    ratio = (mode / sd) ** 2
    shape = 0.5 * (2.0 + ratio + math.sqrt((4.0 + ratio) * ratio))
    return shape, sd / math.sqrt(shape)


@kernel
def hyper_log_density(
    data: VarMoments,
    theta: FloatArray,
    use: IntArray,
    decay: float,
    modes: FloatArray,
    sds: FloatArray,
    psi: FloatArray,
    gradient: FloatArray,
) -> tuple[float, int]:
    """Log marginal likelihood plus log prior of exp(theta), up to no constant; gradient in theta; status.

    modes, sds (3): Gamma priors of lambda, mu, delta. psi (2): inverse Gamma shape and scale of each psi. The density
    is that of lambda, mu, delta, psi themselves, not of their logs. gradient: (3 + n) or none.
    """
    posterior = bvar_posterior(data, theta, use, decay, gradient)
    value = posterior.log_marginal
    if posterior.status != OK:
        return value, posterior.status
    wanted = gradient.shape[0] > 0
    for i in range(3):
        if i == 0 or use[i - 1] != 0:
            shape, scale = gamma_shape_scale(modes[i], sds[i])
            x = math.exp(theta[i])
            value += (shape - 1.0) * theta[i] - x / scale - shape * math.log(scale) - math.lgamma(shape)
            if wanted:
                gradient[i] += shape - 1.0 - x / scale
    for i in range(3, theta.shape[0]):
        x = psi[1] * math.exp(-theta[i])
        value += psi[0] * math.log(psi[1]) - (psi[0] + 1.0) * theta[i] - x - math.lgamma(psi[0])
        if wanted:
            gradient[i] += x - psi[0] - 1.0
    return value, OK


@kernel
def hyper_mode(
    data: VarMoments,
    theta: FloatArray,
    use: IntArray,
    decay: float,
    modes: FloatArray,
    sds: FloatArray,
    psi: FloatArray,
) -> HyperMode:
    """Maximise the log density of the hyperparameters from ``theta`` (3 + n) by BFGS with the analytic gradient.

    The Hessian comes from central differences of the gradient.
    """
    n = theta.shape[0]
    search = begin(theta, _TOLERANCE, _ITERATIONS, _LONGEST)
    while True:
        value, status = hyper_log_density(data, search.x, use, decay, modes, sds, psi, search.g)
        for i in range(n):
            search.g[i] = -search.g[i]
        if advance(search, -value if status == OK else np.inf) != EVALUATE:
            break
    best, trial = np.empty(n), np.empty(n)
    for i in range(n):
        best[i], trial[i] = search.best[i], search.best[i]
    information = np.zeros((n, n))
    g, height = np.zeros(n), 0.0
    # First at the mode itself, then a step up and a step down of each number.
    for turn in range(1 + 2 * n):
        i, up = (turn - 1) // 2, turn % 2 == 1
        if turn > 0:
            if i in (1, 2) and use[i - 1] == 0:
                continue
            trial[i] = best[i] + (_STEP if up else -_STEP)
        value, status = hyper_log_density(data, trial, use, decay, modes, sds, psi, g)
        if turn == 0:
            height = value
            if status != OK:
                return HyperMode(best, height, information, status)
            continue
        trial[i] = best[i]
        for j in range(n):
            change = (-0.25 if up else 0.25) / _STEP * g[j]
            information[i, j] += change
            information[j, i] += change
    for i in range(2):
        if use[i] == 0:
            information[i + 1, i + 1] = 1.0
    return HyperMode(best, height, information, search.counts[2])


@kernel
def _walks(
    first_chain: int,
    last_chain: int,
    key: int,
    burn: int,
    data: VarMoments,
    theta: FloatArray,
    first: float,
    V: FloatArray,
    use: IntArray,
    decay: float,
    modes: FloatArray,
    sds: FloatArray,
    psi: FloatArray,
    out: FloatArray,
    accepted: FloatArray,
) -> None:
    """Walk chains first to last - 1 from theta, of log density ``first``; the shares of steps taken after burning."""
    steps, n = out.shape[1], out.shape[2]
    none, z, u = np.empty(_NO_GRADIENT), np.empty(n), np.empty(1)
    here, trial = np.empty(n), np.empty(n)
    for chain in range(first_chain, last_chain):
        value = first
        for i in range(n):
            here[i] = theta[i]
            value += theta[i]
        log_size = math.log(2.38 / math.sqrt(n))
        taken = 0.0
        for s in range(burn + steps):
            turn = (chain << 32) + 2 * s
            fill_normals(key, turn, z)
            fill_uniforms(key, turn + 1, u)
            size, jacobian = math.exp(log_size), 0.0
            for i in range(n):
                trial[i] = here[i]
                if i not in (1, 2) or use[i - 1] != 0:
                    for j in range(i, n):
                        trial[i] += size * V[i, j] * z[j]
                jacobian += trial[i]
            density, status = hyper_log_density(data, trial, use, decay, modes, sds, psi, none)
            gain = density + jacobian - value
            if status == OK and math.log(u[0]) < gain:
                for i in range(n):
                    here[i] = trial[i]
                value = density + jacobian
                taken += 1.0 if s >= burn else 0.0
            if s < burn:
                # Robbins & Monro 1951, with steps that fade.
                chance = math.exp(min(gain, 0.0)) if status == OK else 0.0
                log_size += (chance - _ASKED_ACCEPTANCE) / (1.0 + s) ** 0.6
            else:
                for i in range(n):
                    out[chain, s - burn, i] = here[i]
        accepted[chain] = taken / max(steps, 1)


def hyper_metropolis(
    key: int,
    chains: int,
    steps: int,
    burn: int,
    data: VarMoments,
    theta: FloatArray,
    information: FloatArray,
    use: IntArray,
    decay: float,
    modes: FloatArray,
    sds: FloatArray,
    psi: FloatArray,
) -> tuple[FloatArray, FloatArray, int]:
    """Random-walk Metropolis over theta: draws (chains, steps, 3 + n), acceptance after the burn-in (chains), status.

    Every chain starts at ``theta``, steps with the inverse of ``information`` (minus the Hessian at the mode) times a
    size that is tuned to 25 % acceptance over ``burn`` steps and then held. The law is that of theta, so the
    Jacobian of the logs is included. Chain c depends on the key and c alone. SINGULAR when ``information`` is not
    positive: then take another start.
    """
    n = theta.shape[0]
    out = np.zeros((chains, steps, n))
    accepted = np.zeros(chains)
    U = np.zeros((n, n))
    if upper_factor(information, U) != OK:
        return out, accepted, SINGULAR
    V = upper_inverse(U)
    none = np.empty(_NO_GRADIENT)
    first, status = hyper_log_density(data, theta, use, decay, modes, sds, psi, none)
    if status != OK:
        return out, accepted, status
    spread(_walks, chains, key, burn, data, theta, first, V, use, decay, modes, sds, psi, out, accepted)
    return out, accepted, OK
