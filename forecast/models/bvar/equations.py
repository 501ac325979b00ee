"""The autoregression equation by equation: so lags of a variable itself and of others may be shrunk differently.

With errors R of the prior mean and Sigma = A^-1 D A^-1', equation i regresses R_i on x and on R_1 .. R_{i-1}. Under the
inverse-Wishart law of Sigma and the same prior variances in every equation this is the Minnesota prior of Giannone,
Lenza & Primiceri, number for number; here the lags of other variables have tightnesses of their own: lambda_f in the
equations of flows, lambda_d in those of drivers, which one pair hardly moves. Each equation is conjugate: with the
precision W of the prior, P = Z'Z + W, b = P^-1 Z'R_i, S = R_i'R_i - b'P b,

    log p_i = log G((T+v)/2) - log G(v/2) - T/2 log pi + 1/2 log |W| - 1/2 log |P| + v/2 log psi - (T+v)/2 log(psi + S)

with v = i + 2 and psi = psi_i. Beliefs about unit roots are extra rows; the likelihood of the months is that of all
rows less that of the extra rows, found from matrices of their own small number. Flows come first, so that their
equations hold lags alone.

Source: Giannone, Lenza & Primiceri 2015; Chan 2022, "Asymmetric conjugate priors for large Bayesian VARs"; the gradient
is derived here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from forecast.models.bvar.weighted import Rows

FloatArray = NDArray[np.float64]

DECAY = 2.0  #: of the prior variance with the lag
TIGHTNESS = 5  #: places of lambda, lambda_f, lambda_d, mu, delta before those of psi
_DIFFUSE = 1e-7  # precision of a deterministic term


@dataclass(frozen=True, slots=True)
class Equation:
    """U (q, q): upper factor of P. b (q): posterior mean. size: psi + S. degrees: T + v."""

    U: FloatArray
    b: FloatArray
    size: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Beliefs:
    """The extra rows' part: H^-1 (r, r) of H = I + Z W^-1 Z', the errors H^-1 R_i (r), size, degrees."""

    inverse: FloatArray
    errors: FloatArray
    size: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Likelihood:
    """value: log marginal likelihood of the scaled rows, without their Jacobian. equations: the posterior.

    beliefs: the equations of the extra rows alone. extra (n + 1, k + n): those rows. precisions: W of each equation.
    """

    value: float
    equations: tuple[Equation, ...]
    beliefs: tuple[Beliefs, ...]
    extra: FloatArray
    precisions: tuple[FloatArray, ...]


def precisions(rows: Rows, theta: FloatArray) -> tuple[FloatArray, ...]:
    """Diagonal (k + i) of W of each equation i; theta (5 + n) = log (lambda, lambda_f, lambda_d, mu, delta, psi)."""
    n = len(rows.own)
    psi = np.exp(theta[TIGHTNESS:])
    lags = (np.arange(1.0, rows.lags + 1.0) ** DECAY)[:, None] * psi
    own, in_flows, in_drivers = np.exp(-2.0 * theta[:3])
    terms = np.full(rows.both.shape[1] - n - n * rows.lags, _DIFFUSE)
    out = []
    for i in range(n):
        here = lags * (in_flows if i < rows.flows else in_drivers)
        here[:, i] = lags[:, i] * own
        out.append(np.concatenate([terms, here.ravel(), psi[:i]]))
    return tuple(out)


def belief_rows(rows: Rows, theta: FloatArray) -> FloatArray:
    """Extra rows (n + 1, k + n): sums of coefficients, divided by mu, and the single unit root, by delta."""
    n, k = len(rows.own), rows.both.shape[1] - len(rows.own)
    m = k - n * rows.lags
    extra = np.zeros((n + 1, k + n))
    each = np.vstack([np.diag(rows.start), rows.start])
    extra[:, m:k] = np.tile(each, rows.lags)
    extra[:, k:] = each * (1.0 - rows.own)
    extra[n, :m] = rows.terms
    extra[:n] *= np.exp(-theta[3])
    extra[n] *= np.exp(-theta[4])
    return extra


def likelihood(rows: Rows, gram: FloatArray, theta: FloatArray) -> Likelihood:
    """Log marginal likelihood of rows with the moments ``gram``, and the posterior.

    Raises:
        numpy.linalg.LinAlgError: a precision is not positive in the numbers of the machine.
    """
    n = len(rows.own)
    k = len(gram) - n
    extra, W = belief_rows(rows, theta), precisions(rows, theta)
    G = gram + extra.T @ extra
    r, T = len(extra), len(rows.at) + len(extra)
    value, fits, beliefs = 0.0, [], []
    for i, w in enumerate(W):
        v, log_psi = i + 3.0, float(theta[TIGHTNESS + i])
        U = np.array(G[: k + i, : k + i], order="F")
        U.ravel(order="K")[:: k + i + 1] += w
        U, failed = lapack.dpotrf(U, lower=0, clean=1, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError(f"the precision of equation {i} is not positive")
        half = lapack.dtrtrs(U, G[: k + i, k + i], lower=0, trans=1)[0]
        b = lapack.dtrtrs(U, half, lower=0)[0]
        size = math.exp(log_psi) + max(float(G[k + i, k + i] - half @ half), 0.0)
        value += _density(T, v, log_psi, size) + 0.5 * float(np.log(w).sum()) - float(np.log(U.diagonal()).sum())
        fits.append(Equation(U, b, size, T + v))
        z = extra[:, : k + i]
        H = np.eye(r) + (z / w) @ z.T
        inverse = np.asarray(np.linalg.inv(H), dtype=np.float64)
        errors = inverse @ extra[:, k + i]
        size = math.exp(log_psi) + float(extra[:, k + i] @ errors)
        value -= _density(r, v, log_psi, size) - 0.5 * float(np.linalg.slogdet(H)[1])
        beliefs.append(Beliefs(inverse, errors, size, r + v))
    return Likelihood(value, tuple(fits), tuple(beliefs), extra, W)


def _density(count: int, v: float, log_psi: float, size: float) -> float:
    """What is not a determinant in the log density of ``count`` responses of one equation."""
    front = math.lgamma(0.5 * (count + v)) - math.lgamma(0.5 * v) - 0.5 * count * math.log(math.pi)
    return front + 0.5 * v * log_psi - 0.5 * (count + v) * math.log(size)


def gradient_of(rows: Rows, theta: FloatArray, found: Likelihood) -> FloatArray:
    """Gradient (5 + n) of the log marginal likelihood in theta."""
    n = len(rows.own)
    k = found.extra.shape[1] - n
    m = k - n * rows.lags
    out = np.zeros(len(theta))
    for i, (fit, belief, w) in enumerate(zip(found.equations, found.beliefs, found.precisions, strict=True)):
        z = found.extra[:, : k + i]
        V = lapack.dtrtri(fit.U)[0]
        odds, belief_odds = fit.degrees / fit.size, belief.degrees / belief.size
        # In log W: 1/2 - W/2 (diagonal of P^-1 + odds b^2), of all rows less that of the extra rows.
        slope = -0.5 * w * ((V * V).sum(axis=1) + odds * fit.b**2)
        slope += 0.5 - 0.5 * ((belief.inverse @ z) * z).sum(axis=0) / w
        slope += 0.5 * belief_odds * (belief.errors @ z) ** 2 / w
        by_variable = slope[m:k].reshape(rows.lags, n).sum(axis=0)
        out[0] -= 2.0 * by_variable[i]
        out[1 if i < rows.flows else 2] -= 2.0 * (by_variable.sum() - by_variable[i])
        out[TIGHTNESS:] += by_variable
        out[TIGHTNESS : TIGHTNESS + i] += slope[k:]
        out[TIGHTNESS + i] += 0.5 * math.exp(theta[TIGHTNESS + i]) * (belief_odds - odds)
        divided = _row_slopes(fit, found.extra, k, i)
        divided -= 1.0 - belief.inverse.diagonal() + belief_odds * belief.errors**2
        out[3] += divided[:n].sum()
        out[4] += divided[n]
    return out


def slopes_of(rows: Rows, log_scale: FloatArray, found: Likelihood, chosen: NDArray[np.bool_]) -> FloatArray:
    """Slopes (chosen rows) of the log marginal likelihood, Jacobian included, in the log scales of those rows."""
    k = rows.both.shape[1] - len(rows.own)
    data = rows.both[chosen] * np.exp(-log_scale[chosen])[:, None]
    out = np.full(len(data), -float(len(rows.own)))
    for i, fit in enumerate(found.equations):
        out += _row_slopes(fit, data, k, i)
    return out


def _row_slopes(fit: Equation, both: FloatArray, k: int, i: int) -> FloatArray:
    """Slope of an equation's log density in the log divisor of each row, before the Jacobian."""
    z = both[:, : k + i]
    e = both[:, k + i] - z @ fit.b
    half = lapack.dtrtrs(fit.U, z.T, lower=0, trans=1)[0]
    return np.asarray((half * half).sum(axis=0) + fit.degrees / fit.size * e**2)
