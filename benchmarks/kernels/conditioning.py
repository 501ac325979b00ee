"""Conditional forecasts beside dense numpy: Kalman route, and entropic tilting beside scipy's minimiser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.contest import Contest, Growth
from forecast.kernels.conditioning.smoother import pinned_moments
from forecast.kernels.conditioning.tilting import tilt

Array = NDArray[np.float64]


def case(n: int, p: int, h: int) -> tuple[Array, Array, Array, Array, Array]:
    """Lags, deterministic steps, past, error covariance and pins of one variable."""
    rng = np.random.default_rng(3)
    lags = rng.normal(size=(p * n, n)) * 0.3 / (p * np.sqrt(n))
    lags[:n] += 0.6 * np.eye(n)
    half = rng.normal(size=(n, n)) * 0.3 + np.eye(n)
    pins = np.full((h, n), np.nan)
    pins[:, 0] = 1.0
    return lags, rng.normal(size=(h, n)) * 0.1, rng.normal(size=(p, n)), half @ half.T, pins


def kalman(n: int, p: int, h: int) -> Contest:
    from benchmarks.kernels.peers_bvar import conditional_dense

    given = case(n, p, h)
    noise = np.zeros((h, n))

    def agreement() -> str:
        mean, sd, _, _ = pinned_moments(*given, noise)
        dense = conditional_dense(*given)
        gap = max(np.abs(mean - dense[0]).max(), np.abs(sd**2 - dense[1] ** 2).max())
        assert gap < 1e-9, gap
        return f"means and variances to {gap:.0e}"

    return Contest(
        f"conditional mean and width, {n} variables, {p} lags, {h} months, one pinned",
        lambda: pinned_moments(*given, noise),
        {"numpy, dense": lambda: conditional_dense(*given)},
        agreement,
        repeat=5,
    )


def tilting() -> Contest:
    from scipy import optimize, special

    G = np.random.default_rng(4).normal(size=(10_000, 3))
    targets = np.array([0.3, -0.2, 0.1])
    z = G - targets

    def theirs() -> Array:
        found = optimize.minimize(
            lambda x: special.logsumexp(z @ x), np.zeros(3), jac=lambda x: special.softmax(z @ x) @ z, method="BFGS"
        )
        return np.asarray(special.softmax(z @ found.x))

    def agreement() -> str:
        gap = float(np.abs(tilt(G, targets).weights - theirs()).max() * len(G))
        assert gap < 1e-3, gap
        return f"weights to {gap:.0e} of an equal one"

    return Contest(
        "entropic tilting of 10,000 paths to three means",
        lambda: tilt(G, targets),
        {"scipy BFGS": theirs},
        agreement,
    )


def contests() -> Iterator[Contest]:
    yield kalman(3, 4, 36)
    yield kalman(6, 12, 120)
    yield tilting()


def growths() -> Iterator[Growth]:
    def at(h: int) -> Callable[[], object]:
        given = case(3, 4, h)
        return lambda: pinned_moments(*given, np.zeros((h, 3)))

    yield Growth("conditional mean and width by the Kalman route", "months", (12, 24, 48, 96, 192), at)
