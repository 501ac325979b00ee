"""The general linear Gaussian state space beside statsmodels on the same matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contest import Contest, Growth
from forecast.kernels._jit import gate, gate_int
from forecast.kernels._threads import threads
from forecast.kernels.statespace.backward import statespace_backward
from forecast.kernels.statespace.batch import statespace_loglik, statespace_logliks
from forecast.kernels.statespace.disturbance import statespace_disturbances
from forecast.kernels.statespace.filter import statespace_filter
from forecast.kernels.statespace.model import StateSpace, state_space, state_space_batch
from forecast.kernels.statespace.simulation import statespace_draws
from forecast.kernels.statespace.smoother import statespace_smooth
from forecast.kernels.statespace.univariate import univariate_form

Array = NDArray[np.float64]
DRAWS = 64


@cache
def structural(n: int, gaps: float) -> tuple[Array, StateSpace]:
    """Level, slope, season of 12 and irregular, 13 states, all diffuse."""
    rng = np.random.default_rng(1)
    T = np.zeros((13, 13))
    T[0, 0] = T[0, 1] = T[1, 1] = 1.0
    T[2, 2:] = -1.0
    T[np.arange(3, 13), np.arange(2, 12)] = 1.0
    Z = np.zeros((1, 13))
    Z[0, [0, 2]] = 1.0
    s = state_space(Z, [[0.05]], T, np.eye(13)[:, :3], np.diag([0.01, 0.0001, 0.002]))
    y = np.cumsum(0.1 * rng.normal(size=n)) + np.sin(np.arange(n) * np.pi / 6) + 0.2 * rng.normal(size=n)
    y[rng.uniform(size=n) < gaps] = np.nan
    return gate(y[:, None]), s


@cache
def factors(n: int) -> tuple[Array, StateSpace]:
    """Six series on two autoregressive factors with correlated errors, a fifth of the figures missing."""
    rng = np.random.default_rng(2)
    root = 0.3 * rng.normal(size=(6, 6))
    T = np.zeros((4, 4))
    T[:2, :2], T[:2, 2:], T[2:, :2] = [[0.6, 0.1], [0.0, 0.5]], [[0.2, 0.0], [0.1, 0.2]], np.eye(2)
    Z = np.hstack([rng.normal(size=(6, 2)), np.zeros((6, 2))])
    s = state_space(Z, root @ root.T + 0.1 * np.eye(6), T, np.eye(4)[:, :2], np.eye(2), P1=2.0 * np.eye(4))
    y = rng.normal(size=(n, 6))
    y[rng.uniform(size=y.shape) < 0.2] = np.nan
    return gate(y), s


def peer_of(y: Array, s: StateSpace) -> Any:
    """statsmodels' exact filter and smoothers on the same matrices."""
    from statsmodels.tsa.statespace.initialization import Initialization
    from statsmodels.tsa.statespace.simulation_smoother import SimulationSmoother

    p, m = s.Z.shape[1:]
    peer = SimulationSmoother(k_endog=p, k_states=m, k_posdef=s.Q.shape[1], tolerance=0, loglikelihood_burn=0)
    peer.bind(np.asfortranarray(y.T))
    names = {"design": s.Z, "obs_cov": s.H, "transition": s.T, "selection": s.R, "state_cov": s.Q}
    for name, matrix in names.items():
        peer[name] = matrix[0]
    known = {"constant": s.a1, "stationary_cov": s.P1}
    peer.initialize(Initialization(m, "diffuse") if s.P1_inf.any() else Initialization(m, "known", **known))
    return peer


def smoothed(y: Array, s: StateSpace) -> tuple[Array, Array]:
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    return statespace_smooth(u, f, statespace_backward(u, f))


def disturbances(y: Array, s: StateSpace) -> Any:
    u, _ = univariate_form(y, s)
    return statespace_disturbances(s, u, statespace_backward(u, statespace_filter(u, s)))


def draws(y: Array, s: StateSpace, paths: int, keep: NDArray[np.int64]) -> Array:
    u, _ = univariate_form(y, s)
    return statespace_draws(y, s, u, statespace_filter(u, s), 1, paths, 0, keep)[0]


def likelihood(name: str, y: Array, s: StateSpace, at_least: float) -> Contest:
    peer = peer_of(y, s)

    def agreement() -> str:
        ours, theirs = statespace_loglik(y, s)[0], peer.loglike()
        assert abs(ours - theirs) < 1e-8 * abs(theirs), (ours, theirs)
        return f"log-likelihoods to {abs(ours / theirs - 1.0):.0e}"

    return Contest(
        work=f"log-likelihood, {name}",
        ours=lambda: statespace_loglik(y, s),
        peers={"statsmodels": lambda: peer.loglike()},
        agreement=agreement,
        at_least={"statsmodels": at_least},
        repeat=20,
    )


def smoothing(y: Array, s: StateSpace) -> Iterator[Contest]:
    peer = peer_of(y, s)

    def states_agree() -> str:
        off = np.abs(smoothed(y, s)[0] - peer.smooth().smoothed_state.T).max()
        assert off < 1e-8, off
        return f"smoothed states to {off:.0e}"

    def shocks_agree() -> str:
        found = peer.smooth()
        off = np.abs(disturbances(y, s).eta - found.smoothed_state_disturbance.T).max()
        assert off < 1e-8, off
        return f"smoothed shocks to {off:.0e}"

    size = f"structural model, 13 states, {len(y)} months with gaps"
    from statsmodels.tsa.statespace.kalman_smoother import (
        SMOOTHER_DISTURBANCE,
        SMOOTHER_DISTURBANCE_COV,
        SMOOTHER_STATE,
        SMOOTHER_STATE_COV,
    )

    states, shocks = SMOOTHER_STATE | SMOOTHER_STATE_COV, SMOOTHER_DISTURBANCE | SMOOTHER_DISTURBANCE_COV
    yield Contest(
        work=f"smoothed states and covariances, {size}",
        ours=lambda: smoothed(y, s),
        peers={"statsmodels": lambda: peer.smooth(smoother_output=states)},
        agreement=states_agree,
        at_least={"statsmodels": 5.0},
        repeat=5,
    )
    yield Contest(
        work=f"smoothed disturbances and covariances, {size}",
        ours=lambda: disturbances(y, s),
        peers={"statsmodels": lambda: peer.smooth(smoother_output=shocks)},
        agreement=shocks_agree,
        at_least={"statsmodels": 5.0},
        repeat=5,
    )


def simulation(y: Array, s: StateSpace) -> Contest:
    from statsmodels.tsa.statespace.simulation_smoother import SIMULATION_STATE

    simulator = peer_of(y, s).simulation_smoother(simulation_output=SIMULATION_STATE)
    keep = gate_int(np.arange(13))

    def theirs() -> Array:
        found = np.empty((DRAWS, len(y), 13))
        for i in range(DRAWS):
            simulator.simulate(random_state=i)
            found[i] = simulator.simulated_state.T
        return found

    def agreement() -> str:
        mean, V = smoothed(y, s)
        level, sd = mean[:, 0], np.sqrt(V[:, 0, 0])
        level_drawn, many = draws(y, s, 4000, keep)[:, :, 0], theirs()[:, :, 0]
        off = np.abs(level_drawn.mean(axis=0) - level) / sd * np.sqrt(4000)
        assert off.max() < 5, off.max()
        assert (np.abs(many.mean(axis=0) - level) / sd * np.sqrt(DRAWS)).max() < 5
        return f"both have the smoothed mean; ours within {off.max():.1f} standard errors over {len(y)} months"

    def ours() -> Array:
        with threads(1):
            return draws(y, s, DRAWS, keep)

    return Contest(
        work=f"{DRAWS} simulation smoother draws, structural model, 13 states, {len(y)} months with gaps",
        ours=ours,
        peers={"statsmodels": theirs},
        agreement=agreement,
        at_least={"statsmodels": 50.0},
        repeat=1,
    )


def batch(y: Array, s: StateSpace) -> Contest:
    many = 32
    scale = np.linspace(0.5, 2.0, many)
    systems = state_space_batch(s, Q=s.Q[None] * scale[:, None, None, None])
    peer = peer_of(y, s)

    def theirs() -> Array:
        found = np.empty(many)
        for i in range(many):
            peer["state_cov"] = s.Q[0] * scale[i]
            found[i] = peer.loglike()
        return found

    def agreement() -> str:
        off = np.abs(statespace_logliks(y[None], systems)[0] / theirs() - 1.0).max()
        assert off < 1e-8, off
        return f"log-likelihoods to {off:.0e}"

    return Contest(
        work=f"log-likelihoods of {many} parameter draws, structural model, {len(y)} months",
        ours=lambda: statespace_logliks(y[None], systems),
        peers={"statsmodels": theirs},
        agreement=agreement,
        at_least={"statsmodels": 5.0},
        threads=2,
    )


def contests() -> Iterator[Contest]:
    yield likelihood("structural model, 13 diffuse states, 300 months", *structural(300, 0.0), 5.0)
    yield likelihood("structural model, 13 diffuse states, 300 months with gaps", *structural(300, 0.2), 12.0)
    yield likelihood("6 series, 2 factors, correlated errors, 300 months with gaps", *factors(300), 5.0)
    yield from smoothing(*structural(300, 0.2))
    yield simulation(*structural(300, 0.2))
    yield batch(*structural(300, 0.0))


def growths() -> Iterator[Growth]:
    def by_months(work: Callable[[Array, StateSpace], object]) -> Callable[[int], Callable[[], object]]:
        def at(n: int) -> Callable[[], object]:
            y, s = structural(n, 0.1)
            return lambda: work(y, s)

        return at

    def by_draws(paths: int) -> Callable[[], object]:
        y, s = structural(300, 0.1)
        keep = gate_int([0])
        return lambda: draws(y, s, paths, keep)

    yield Growth(
        "log-likelihood, structural model, 13 states", "months", (100, 300, 1000, 3000), by_months(statespace_loglik)
    )
    yield Growth("smoothed states, structural model, 13 states", "months", (100, 300, 1000), by_months(smoothed))
    yield Growth("simulation smoother, structural model, 300 months", "draws", (16, 64, 256, 1024), by_draws)
