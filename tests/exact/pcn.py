"""Sampling the exact posterior of the log flows, whose figures are logs of sums of exponentials, not their tangents.

The reference measure is the linearised Gaussian posterior; the target's density over it is the exact likelihood of
the published sums over the linearised one. A plain preconditioned Crank-Nicolson step has to be tiny here (acceptance
.25 at step .1); the same rotation with the gradient of that ratio takes long steps. Without the gradient a single
rotation is the plain step. Hyperparameters are fixed at the posterior mode.

Source: Cotter, Roberts, Stuart & White 2013, "MCMC methods for functions"; Beskos, Pinski, Sanz-Serna & Stuart 2011,
"Hybrid Monte Carlo on Hilbert spaces".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.sparse.system import System
from forecast.models.structural.fitted import Fitted
from tests.exact.cases import at_mode
from tests.twins.dense import write_out

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Posterior:
    """x: log flows and biases of the last ``months`` of the record, one month after the other.

    Reference: x = centre + root @ eta, eta ~ N(0, I), given all figures by their tangents, these moved by ``curvature``
    (figures), the mean of log sum less tangent, so that the reference lies where the target does.
    linear, shipped: centre and curvature of the linearised posterior as the model has it. term_of, flow_at, bias_at
    (terms): figure, position in x of the log flow and of the bias (-1 for none) of each term of the sums inside the
    stretch; starts: first term of each figure. weight: of each term at the point of linearisation ``x0``, whose log
    sums are ``log_sum0``. log_value, variance: of the figures.
    """

    months: int
    centre: FloatArray
    linear: FloatArray
    root: FloatArray
    term_of: IntArray
    starts: IntArray
    flow_at: IntArray
    bias_at: IntArray
    log_value: FloatArray
    variance: FloatArray
    x0: FloatArray
    log_sum0: FloatArray
    weight: FloatArray
    curvature: FloatArray
    shipped: FloatArray


@dataclass(frozen=True, slots=True)
class Ahead:
    """Log flows of the months after the record given x: mean + slope @ (x - x_mean) + shocks (shocks, months, f)."""

    mean: FloatArray
    slope: FloatArray
    x_mean: FloatArray
    shocks: FloatArray


def terms(p: Posterior, x: FloatArray) -> FloatArray:
    return np.asarray(x[p.flow_at] + np.where(p.bias_at >= 0, x[p.bias_at], 0.0))


def log_sums(p: Posterior, x: FloatArray) -> FloatArray:
    each = terms(p, x)
    top = np.maximum.reduceat(each, p.starts)
    return np.asarray(top + np.log(np.add.reduceat(np.exp(each - top[p.term_of]), p.starts)))


def tangent(p: Posterior, x: FloatArray) -> FloatArray:
    return np.asarray(p.log_sum0 + np.add.reduceat(p.weight * (terms(p, x) - terms(p, p.x0)), p.starts))


def minus_log_ratio(p: Posterior, x: FloatArray) -> tuple[float, FloatArray]:
    """Minus the log of the target's density over the reference, and its gradient (x)."""
    exact = log_sums(p, x)
    off = p.log_value - exact
    linear_off = p.log_value - p.curvature - tangent(p, x)
    value = float(((off**2 - linear_off**2) / (2.0 * p.variance)).sum())
    share = np.exp(terms(p, x) - exact[p.term_of])
    slope = -(off / p.variance)[p.term_of] * share + (linear_off / p.variance)[p.term_of] * p.weight
    gradient = np.bincount(p.flow_at, slope, len(x))
    biased = p.bias_at >= 0
    return value, gradient + np.bincount(p.bias_at[biased], slope[biased], len(x))


def sample(p: Posterior, draws: int, seed: int, *, angle: float = 0.14, turns: int = 10) -> tuple[FloatArray, float]:
    """Draws (draws, x) of the exact posterior after a tenth of burn-in, and the share of proposals taken."""
    rng = np.random.default_rng(seed)
    cos, sin = np.cos(angle), np.sin(angle)
    eta = rng.standard_normal(p.root.shape[1])
    value, gradient = minus_log_ratio(p, p.centre + p.root @ eta)
    kept, taken = [], 0
    for _ in range(draws + draws // 10):
        speed = rng.standard_normal(len(eta))
        before = value + 0.5 * (eta @ eta + speed @ speed)
        at, at_value, at_gradient = eta, value, gradient
        for _ in range(turns):
            speed = speed - 0.5 * angle * (p.root.T @ at_gradient)
            at, speed = cos * at + sin * speed, cos * speed - sin * at
            at_value, at_gradient = minus_log_ratio(p, p.centre + p.root @ at)
            speed = speed - 0.5 * angle * (p.root.T @ at_gradient)
        if np.log(rng.uniform()) < before - at_value - 0.5 * (at @ at + speed @ speed):
            eta, value, gradient, taken = at, at_value, at_gradient, taken + 1
        kept.append(p.centre + p.root @ eta)
    return np.array(kept[draws // 10 :]), taken / (draws + draws // 10)


def linearised(p: Posterior, draws: int, seed: int) -> FloatArray:
    """Draws (draws, x) of the linearised posterior, in pairs that mirror each other."""
    moved = np.random.default_rng(seed).standard_normal((draws // 2, p.root.shape[1])) @ p.root.T
    return np.asarray(p.linear + np.concatenate([moved, -moved]))


def posterior(fitted: Fitted, through: int, *, months: int, seed: int, shocks: int = 100) -> tuple[Posterior, Ahead]:
    """The exact posterior of the last ``months`` of the record; figures that begin earlier enter by their tangents."""
    layout, reading = fitted.layout, fitted.reading
    system, coef, var = at_mode(fitted, through)
    flows = [states.log_flow for states in layout.flows]
    pairs = list(layout.bias)
    states = [*flows, *(layout.bias[pair] for pair in pairs)]
    n, width = layout.end - layout.start + 1, len(states)
    first = n - months
    figures = write_out(system, coef, var, range(0))
    law = write_out(_read_every_month(system, states), coef, var, range(0))
    inside = np.arange(first * width, n * width)
    later = (np.arange(n, len(system.val))[:, None] * width + np.arange(len(flows))).ravel()

    cross = law.A[inside] @ figures.A.T
    gain = np.linalg.solve(figures.V, cross.T).T
    covariance = law.V[np.ix_(inside, inside)] - gain @ cross.T
    linear = law.mu[inside] + gain @ (system.y - figures.mu)
    eigenvalue, vector = np.linalg.eigh(covariance)
    good = eigenvalue > 1e-12 * eigenvalue[-1]
    root = np.ascontiguousarray(vector[:, good] * np.sqrt(eigenvalue[good]))

    term_of, flow_at, bias_at = [], [], []
    exact = np.flatnonzero((reading.first >= first) & (reading.first < reading.last))
    for g, i in enumerate(exact):
        for f in np.flatnonzero(reading.parts[i]):
            pair = (layout.reporters[reading.reporter[i]], int(f))
            for t in range(reading.first[i] - first, reading.last[i] - first + 1):
                term_of.append(g)
                flow_at.append(t * width + f)
                bias_at.append(t * width + len(flows) + pairs.index(pair) if pair in pairs else -1)
    biases = [fitted.path.bias[first:, layout.reporters.index(r), f] for r, f in pairs]
    start = np.column_stack([fitted.path.log_flow[first:], *biases]).ravel()
    p = Posterior(
        months=months,
        centre=linear,
        linear=linear,
        root=root,
        term_of=np.array(term_of),
        starts=np.searchsorted(term_of, np.arange(len(exact))),
        flow_at=np.array(flow_at),
        bias_at=np.array(bias_at),
        log_value=reading.log_value[exact],
        variance=reading.variance[exact],
        x0=start,
        log_sum0=np.zeros(len(exact)),
        weight=np.zeros(len(term_of)),
        curvature=reading.curvature[exact],
        shipped=reading.curvature[exact],
    )
    log_sum0 = log_sums(p, start)
    p = replace(p, log_sum0=log_sum0, weight=np.exp(terms(p, start) - log_sum0[p.term_of]))
    return _recentred(p, gain[:, exact], seed), _ahead(law.mu, law.V, inside, later, len(flows), shocks, seed)


def _recentred(p: Posterior, gain: FloatArray, seed: int) -> Posterior:
    """Move the tangents by the mean curvature under the reference itself."""
    eta = np.random.default_rng(seed).standard_normal((300, p.root.shape[1]))
    for _ in range(3):
        draws = p.centre + eta @ p.root.T
        curvature = np.mean([log_sums(p, x) - tangent(p, x) for x in draws], axis=0)
        p = replace(p, curvature=curvature, centre=p.linear - gain @ (curvature - p.shipped))
    return p


def _ahead(
    mean: FloatArray, covariance: FloatArray, inside: IntArray, later: IntArray, flows: int, shocks: int, seed: int
) -> Ahead:
    value, vector = np.linalg.eigh(covariance[np.ix_(inside, inside)])
    good = value > 1e-11 * value[-1]
    cross = covariance[np.ix_(later, inside)]
    slope = (cross @ vector[:, good] / value[good]) @ vector[:, good].T
    rest, turn = np.linalg.eigh(covariance[np.ix_(later, later)] - slope @ cross.T)
    noise = np.random.default_rng(seed).standard_normal((shocks, len(rest))) @ (turn * np.sqrt(np.maximum(rest, 0.0))).T
    return Ahead(mean[later], slope, mean[inside], noise.reshape(shocks, -1, flows))


def turnover(p: Posterior, ahead: Ahead, x: FloatArray, flows: int) -> tuple[FloatArray, FloatArray]:
    """Turnover of the record's months (draws, months), and of those ahead (draws, shocks, months)."""
    known = np.exp(x.reshape(len(x), p.months, -1)[:, :, :flows]).sum(axis=2)
    mean = (ahead.mean + (x - ahead.x_mean) @ ahead.slope.T).reshape(len(x), 1, -1, flows)
    return known, np.exp(mean + ahead.shocks).sum(axis=3)


def _read_every_month(s: System, states: list[int]) -> System:
    """The same System, observed through single states, every month, without error."""
    n, each = len(s.val), len(states)
    return s._replace(
        obs_ptr=each * np.arange(n + 1),
        z_col=np.tile(states, n)[:, None],
        z_val=np.ones((n * each, 1)),
        H=np.zeros(n * each),
        y=np.zeros(n * each),
    )
