"""Vector autoregressions beside numpy: closed-form draws, two Gibbs samplers with conditional forecasts, evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.contest import Contest, Growth
from forecast.kernels._threads import threads
from forecast.kernels.bvar.data import VarMoments, var_moments, var_rows
from forecast.kernels.bvar.draws import niw_draws
from forecast.kernels.bvar.forecast import forecast_draws
from forecast.kernels.bvar.gibbs import conditional_gibbs
from forecast.kernels.bvar.posterior import Posterior, bvar_posterior
from forecast.kernels.bvar.stochastic import VolatilityPrior, VolatilityState, volatility_gibbs

Array = NDArray[np.float64]
BOTH, NONE = np.array([1, 1]), np.empty(0)
MONTHS, HORIZON = 300, 24


class Case(NamedTuple):
    y: Array
    terms: Array
    data: VarMoments
    theta: Array
    posterior: Posterior
    past: Array
    ahead: Array
    pins: Array


def case(n: int, p: int, h: int = HORIZON) -> Case:
    """Wandering log levels of n variables; the first one is pinned to a line over the horizon."""
    rng = np.random.default_rng(7)
    y = np.zeros((MONTHS + p, n))
    for t in range(1, len(y)):
        y[t] = 0.97 * y[t - 1] + 0.1 * rng.standard_normal(n)
    terms, theta = np.ones((len(y), 1)), np.log(np.concatenate([[0.2, 1.0, 1.0], np.full(n, 0.01)]))
    data = var_moments(y, terms, np.ones(len(y)), np.ones(n), p)
    pins = np.full((h, n), np.nan)
    pins[:, 0] = np.linspace(y[-1, 0], y[-1, 0] + 0.3, h)
    past = np.ascontiguousarray(y[::-1][:p])
    return Case(y, terms, data, theta, bvar_posterior(data, theta, BOTH, 2.0, NONE), past, np.ones((h, 1)), pins)


def apart(ours: Array, theirs: Array, steps: int) -> str:
    """How many standard errors two chains' means lie apart, from batches of steps."""
    means = [x[: len(x) // steps * steps].reshape(-1, steps, *x.shape[1:]).mean(axis=1) for x in (ours, theirs)]
    error = np.sqrt(sum(x.var(axis=0, ddof=1) / len(x) for x in means))
    gap = np.abs(means[0].mean(axis=0) - means[1].mean(axis=0)) / error
    worst = float(gap.max())
    assert worst < 6.0, worst
    return f"means within {worst:.1f} standard errors over {gap.size} numbers"


def closed_form(count: int) -> Contest:
    from benchmarks.kernels import peers_bvar as peers

    P = case(6, 12).posterior
    draws = 2000

    def ours() -> Array:
        with threads(count):
            return niw_draws(1, draws, P.B, P.U, P.Psi, P.d)[0]

    rng = np.random.default_rng(1)
    return Contest(
        f"2,000 closed-form draws, 6 variables, 12 lags, {count} thread{'s' * (count > 1)}",
        ours,
        {
            "numpy, batched": lambda: peers.niw_batched(rng, draws, P.B, P.U, P.Psi, P.d),
            "numpy, loop": lambda: peers.niw_loop(rng, draws, P.B, P.U, P.Psi, P.d),
        },
        lambda: apart(ours(), peers.niw_batched(rng, draws, P.B, P.U, P.Psi, P.d)[0], 20),
        {"numpy, batched": 3.0} if count > 1 else {},
        threads=count,
    )


def gibbs_with_pins() -> Contest:
    from benchmarks.kernels import peers_bvar as peers

    c = case(6, 12)
    P = c.posterior
    rng = np.random.default_rng(1)
    precision = P.U.T @ P.U

    def ours(keep: int = 200) -> Array:
        with threads(1):
            return conditional_gibbs(1, 1, keep, 0, P.B, P.U, P.Psi, P.d, c.ahead, c.past, c.pins)[0][0]

    def theirs(keep: int = 200) -> Array:
        return peers.gibbs(rng, keep, P.B, precision, P.Psi, P.d, c.ahead, c.past, c.pins)[1]

    return Contest(
        "200 Gibbs steps with a conditional forecast of 24 months, 6 variables, 12 lags",
        ours,
        {"numpy": theirs},
        lambda: apart(ours(3000)[500:, :, 1:], theirs(1500)[300:, :, 1:], 60),
        {"numpy": 10.0},
    )


def stochastic(n: int, p: int) -> Contest:
    from benchmarks.kernels import peers_bvar as peers

    c = case(n, p)
    T, k = MONTHS, 1 + n * p
    X, Y = np.empty((T, k)), np.empty((T, n))
    var_rows(c.y, c.terms, np.ones(len(c.y)), p, X, Y)
    b, V = np.zeros((k, n)), np.full((k, n), 10.0)
    b[1 : 1 + n] = np.eye(n)
    for lag in range(p):
        V[1 + lag * n : 1 + (lag + 1) * n] = 0.04 / (lag + 1) ** 2
    m0 = np.full(n, np.log(0.01))
    prior = VolatilityPrior(b, V, 10.0, m0, 1.0, 10.0, 0.1)
    start = VolatilityState(b.copy(), np.eye(n), np.tile(m0[:, None], (1, T)), np.full(n, 0.01))
    rng = np.random.default_rng(1)

    def ours(keep: int = 30) -> tuple[Array, Array]:
        with threads(1):
            kept, paths, _ = volatility_gibbs(1, 1, keep, 0, X, Y, prior, start, c.ahead, c.past, c.pins)
        return kept.B[0], paths[0]

    def theirs(keep: int = 30) -> tuple[Array, Array]:
        kept, _, paths = peers.volatility_gibbs(
            rng, keep, X, Y, b, V, 10.0, m0, 1.0, (10.0, 0.1), c.ahead, c.past, c.pins
        )
        return kept, paths

    return Contest(
        f"30 Gibbs steps with stochastic volatility and a conditional forecast, {n} variables, {p} lags",
        ours,
        {"numpy": theirs},
        lambda: apart(ours(2000)[0][200:], theirs(700)[0][100:], 60),
    )


def evidence() -> Contest:
    from benchmarks.kernels import peers_bvar as peers

    c = case(6, 12)

    def agreement() -> str:
        gap = abs(c.posterior.log_marginal - peers.log_marginal(c.y, c.terms, c.theta, 12))
        assert gap < 1e-5, gap
        return f"log marginal likelihoods to {gap:.0e}"

    return Contest(
        "log marginal likelihood of Giannone, Lenza & Primiceri, 6 variables, 12 lags",
        lambda: bvar_posterior(c.data, c.theta, BOTH, 2.0, NONE),
        {"numpy": lambda: peers.log_marginal(c.y, c.terms, c.theta, 12)},
        agreement,
        repeat=20,
    )


def contests() -> Iterator[Contest]:
    yield closed_form(1)
    yield closed_form(2)
    yield gibbs_with_pins()
    yield stochastic(3, 13)
    yield stochastic(6, 12)
    yield evidence()


def growths() -> Iterator[Growth]:
    P = case(6, 12).posterior
    yield Growth(
        "closed-form draws", "draws", (500, 1000, 2000, 4000), lambda m: lambda: niw_draws(1, m, P.B, P.U, P.Psi, P.d)
    )

    def ahead(h: int) -> object:
        c = case(6, 12, h)
        B, C, _ = niw_draws(1, 200, P.B, P.U, P.Psi, P.d)
        return lambda: forecast_draws(1, 200, B, C, c.ahead, c.past, np.ones(h), c.pins[None], np.inf)

    yield Growth("conditional forecast of 200 draws", "months", (6, 12, 24, 48), ahead)
