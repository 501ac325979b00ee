"""Switching autoregressions beside statsmodels: filter and smoother, fit, and paths, which it does not have."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.contest import Contest, Growth
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.kernels.regimes.estimate import RegimeShape, fit_regimes
from forecast.kernels.regimes.hamilton import MEAN, Switching, hamilton_filter
from forecast.kernels.regimes.kim import kim_smoother
from forecast.kernels.regimes.simulate import simulate_regimes
from forecast.kernels.status import OK


def model(k: int, p: int) -> Switching:
    """Regimes half a unit apart that last ten months."""
    P = np.full((1, k, k), 0.1 / (k - 1))
    P[0][np.diag_indices(k)] = 0.9
    phi = np.tile(np.array([0.2, -0.05, -0.1, -0.1])[:p], (k, 1))
    return Switching(P, np.arange(k) - 0.5, phi, np.full(k, 0.6), np.empty(0), MEAN)


def series(n: int, k: int = 2) -> np.ndarray:
    """Growth rates of an economy that falls now and then, of GNP's length and kind."""
    stay = draw_uniforms(5, 1, n)[0] < 0.9
    regime = np.cumsum(~stay) % k
    return 1.4 * regime - 0.3 + 0.75 * draw_normals(5, 1, n)[0]


def smoothing(k: int, p: int, n: int) -> Contest:
    from statsmodels.tsa.regime_switching.markov_autoregression import MarkovAutoregression

    y, ours = series(n, k), model(k, p)
    theirs = MarkovAutoregression(y, k, p, switching_ar=False)
    params = np.concatenate([ours.P[0].T[:-1].ravel(), ours.mu, ours.sigma2[:1], ours.phi[0]])

    def agreement() -> str:
        known, result = hamilton_filter(y, ours), theirs.smooth(params)
        apart = np.abs(kim_smoother(known).smoothed - result.smoothed_marginal_probabilities).max()
        assert known.status == OK
        assert abs(known.loglik - result.llf) < 1e-8
        assert apart < 1e-9
        return f"log-likelihoods to {abs(known.loglik - result.llf):.0e}, probabilities to {apart:.0e}"

    return Contest(
        work=f"Markov switching: filter and smoother, {k} regimes, {p} lags in mean form, n = {n}",
        ours=lambda: kim_smoother(hamilton_filter(y, ours)),
        peers={"statsmodels": lambda: theirs.smooth(params)},
        agreement=agreement,
        at_least={"statsmodels": 5.0},
        repeat=20,
    )


def fitting(k: int, p: int, n: int, starts: int) -> Contest:
    from statsmodels.tsa.regime_switching.markov_autoregression import MarkovAutoregression

    y = series(n, k)
    shape = RegimeShape(k, p, MEAN, False, False)

    def theirs(tried: int) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = MarkovAutoregression(y, k, p, switching_ar=False).fit(disp=False, search_reps=tried)
        return float(fit.llf)

    def agreement() -> str:
        ours, peer = fit_regimes(y, shape, starts, 1), theirs(0)
        assert ours.status == OK
        assert ours.loglik > peer - 1e-4
        return f"log-likelihood {ours.loglik:.4f} from {starts} starts against {peer:.4f} from one"

    return Contest(
        work=f"Markov switching: maximum likelihood, {k} regimes, {p} lags, n = {n}; ours from {starts} starts",
        ours=lambda: fit_regimes(y, shape, starts, 1),
        peers={"statsmodels, one start": lambda: theirs(0), f"statsmodels, {starts} starts": lambda: theirs(starts)},
        agreement=agreement,
        at_least={f"statsmodels, {starts} starts": 5.0},
        rounds=3,
    )


def contests() -> Iterator[Contest]:
    yield smoothing(2, 4, 135)
    yield smoothing(3, 1, 400)
    yield fitting(2, 4, 135, 10)
    yield fitting(2, 1, 300, 10)


def growths() -> Iterator[Growth]:
    def paths(size: int) -> Callable[[], object]:
        y, ours = series(135), model(2, 4)
        return lambda: simulate_regimes(y, ours, 36, size, 1)

    def months(size: int) -> Callable[[], object]:
        y, ours = series(size), model(2, 4)
        return lambda: hamilton_filter(y, ours)

    yield Growth("Markov switching: 36 months ahead, 2 regimes, 4 lags", "paths", (1_000, 10_000, 100_000), paths)
    yield Growth("Markov switching: filter, 2 regimes, 4 lags", "months", (100, 400, 1_600), months)
