"""Basic structural model: likelihoods, fits and draws against statsmodels and simdkalman."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from benchmarks.contest import Action, Contest, Growth
from forecast.kernels._jit import FloatArray
from forecast.kernels._threads import threads
from forecast.kernels.random import draw_normals
from forecast.kernels.structural.draws import structural_draws
from forecast.kernels.structural.fit import structural_fit
from forecast.kernels.structural.gradient import structural_gradient
from forecast.kernels.structural.lanes import structural_lanes_loglik
from forecast.kernels.structural.reduced_form import structural_reduced_loglik
from forecast.kernels.structural.ring import structural_ring_loglik
from forecast.kernels.structural.smoother import structural_smooth

_VARIANCES = np.array([0.5, 0.2, 0.001, 0.02])
_FREE = np.ones(4, np.int64)
_SEASONS = 12


def _series(n: int, seed: int = 1) -> FloatArray:
    """A series drawn from the model."""
    z = draw_normals(seed, 4, n)
    season = list(draw_normals(seed + 1, 1, _SEASONS - 1)[0])
    sd = np.sqrt(_VARIANCES)
    level, slope, y = 0.0, 0.0, np.empty(n)
    for t in range(n):
        y[t] = level + season[-1] + sd[0] * z[0, t]
        level += slope + sd[1] * z[1, t]
        slope += sd[2] * z[2, t]
        season = [*season[1:], -sum(season) + sd[3] * z[3, t]]
    return y


def _gappy(n: int) -> FloatArray:
    y = _series(n)
    y[::17] = np.nan
    return y


def _close(ours: float, theirs: float, tolerance: float) -> str:
    assert abs(ours - theirs) < tolerance, f"{ours} against {theirs}"
    return f"log-likelihoods to {abs(ours - theirs):.0e}"


def _likelihood(work: str, y: FloatArray, at_least: float, gaps: bool) -> Contest:
    import statsmodels.api as sm

    model = sm.tsa.UnobservedComponents(y, "lltrend", seasonal=_SEASONS, use_exact_diffuse=True)
    kernel = structural_ring_loglik if gaps else structural_reduced_loglik

    def theirs() -> float:
        return float(model.loglike(_VARIANCES))

    def agreement() -> str:
        """With statsmodels' steady state switched off, which is exact to 1e-8 only; timed as a user has it."""
        model.ssm.tolerance, usual = 0.0, model.ssm.tolerance
        exact = theirs()
        model.ssm.tolerance = usual
        return _close(ours(), exact, 1e-8)

    def ours() -> float:
        return float(kernel(y, _SEASONS, 1, _VARIANCES)[0])

    return Contest(
        work=work,
        ours=ours,
        peers={"statsmodels": theirs, "simdkalman (filter from a wide start)": _simdkalman(y)},
        agreement=agreement,
        at_least={"statsmodels": at_least},
        repeat=100,
    )


def _simdkalman(y: FloatArray) -> Action:
    """Its filter knows no diffuse start: the same work from a wide one, so its number differs in its constant."""
    import simdkalman

    m = _SEASONS + 1
    T = np.zeros((m, m))
    T[0, :2], T[1, 1], T[2, 2:] = 1.0, 1.0, -1.0
    T[3:, 2:-1] = np.eye(_SEASONS - 2)
    Q = np.diag([*_VARIANCES[1:], *[0.0] * (_SEASONS - 2)])
    Z = np.zeros((1, m))
    Z[0, [0, 2]] = 1.0
    model = simdkalman.KalmanFilter(T, Q, Z, np.array([[_VARIANCES[0]]]))

    def run() -> object:
        return model.compute(
            y[None], 0, initial_value=np.zeros(m), initial_covariance=1e6 * np.eye(m), filtered=True, smoothed=False,
            log_likelihood=True,
        )  # fmt: skip

    return run


def _fit(gaps: bool) -> Contest:
    import statsmodels.api as sm

    y = _gappy(300) if gaps else _series(300)
    exact = sm.tsa.UnobservedComponents(y, "lltrend", seasonal=_SEASONS, use_exact_diffuse=True)

    def theirs() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(exact.fit(disp=False).llf)

    def ours() -> float:
        return float(structural_fit(y, _SEASONS, 1, _FREE).sums[0])

    def agreement() -> str:
        found, best = ours(), theirs()
        assert found >= best - 1e-6, f"{found} under {best}"
        return f"log-likelihood higher by {found - best:.1e}"

    return Contest(
        work=f"basic structural model, full fit, n = 300{', with gaps' if gaps else ''}",
        ours=ours,
        peers={"statsmodels": theirs},
        agreement=agreement,
        at_least={"statsmodels": 100.0 if gaps else 400.0},
        repeat=10,
        rounds=5,
    )


def _draw() -> Contest:
    """A hundred draws in one call against a hundred of statsmodels' simulation smoother, its gains kept as well."""
    import statsmodels.api as sm
    from statsmodels.tsa.statespace.simulation_smoother import SIMULATION_STATE

    y, count = _series(300), 112
    model = sm.tsa.UnobservedComponents(y, "lltrend", seasonal=_SEASONS, use_exact_diffuse=True)
    model.update(_VARIANCES)
    simulator = model.simulation_smoother(simulation_output=SIMULATION_STATE)

    def theirs() -> FloatArray:
        drawn = np.empty((count, y.size))
        for d in range(count):
            simulator.simulate()
            drawn[d] = simulator.simulated_state[0]
        return drawn

    def ours() -> FloatArray:
        with threads(1):
            return structural_draws(y, _SEASONS, 1, _VARIANCES, 7, count)[0]

    def agreement() -> str:
        smoothed, _ = structural_smooth(y, _SEASONS, 1, _VARIANCES)
        error = np.sqrt(smoothed.variance[:, 0] / count)
        worst = 0.0
        for level in (ours()[:, :, 0], theirs()):
            worst = max(worst, float(np.abs((level.mean(axis=0) - smoothed.mean[:, 0]) / error).max()))
        assert worst < 5.0, worst
        return f"means of the levels within {worst:.1f} standard errors of the smoother"

    return Contest(
        work="basic structural model, simulation smoother, 112 draws, n = 300",
        ours=ours,
        peers={"statsmodels": theirs},
        agreement=agreement,
        at_least={"statsmodels": 50.0},
        repeat=5,
        rounds=5,
    )


def _lanes() -> Contest:
    """Sixty-four parameter draws on one series, in lanes and one by one."""
    Y, count = _series(300)[None].copy(), 64
    of = np.zeros(count, np.int64)
    variances = np.exp(0.5 * draw_normals(3, count, 4)) * _VARIANCES

    def ours() -> FloatArray:
        with threads(1):
            return structural_lanes_loglik(Y, of, _SEASONS, 1, variances)[0]

    def single() -> FloatArray:
        return np.array([structural_reduced_loglik(Y[0], _SEASONS, 1, row)[0] for row in variances])

    def agreement() -> str:
        gap = float(np.abs(ours() - single()).max())
        assert gap < 1e-8
        return f"log-likelihoods to {gap:.0e}"

    return Contest(
        work="basic structural model, log-likelihood at 64 sets of variances, n = 300",
        ours=ours,
        peers={"one at a time": single},
        agreement=agreement,
        repeat=20,
    )


def contests() -> Iterator[Contest]:
    """Rows of the table."""
    yield _likelihood("basic structural model, log-likelihood, n = 300", _series(300), 120.0, gaps=False)
    yield _likelihood("basic structural model, log-likelihood, n = 300, with gaps", _gappy(300), 12.0, gaps=True)
    yield _lanes()
    yield _fit(gaps=False)
    yield _fit(gaps=True)
    yield _draw()


def growths() -> Iterator[Growth]:
    """Costs at growing sizes."""

    def likelihood(n: int) -> Action:
        y = _series(n)
        return lambda: structural_reduced_loglik(y, _SEASONS, 1, _VARIANCES)

    def gaps(n: int) -> Action:
        y = _gappy(n)
        return lambda: structural_ring_loglik(y, _SEASONS, 1, _VARIANCES)

    def gradient(n: int) -> Action:
        y = _series(n)
        return lambda: structural_gradient(y, _SEASONS, 1, _VARIANCES)

    def draws(count: int) -> Action:
        y = _series(300)
        return lambda: structural_draws(y, _SEASONS, 1, _VARIANCES, 7, count)

    def lanes(count: int) -> Action:
        Y = np.array([_series(300, seed) for seed in range(count)])
        of, variances = np.arange(count), np.tile(_VARIANCES, (count, 1))
        return lambda: structural_lanes_loglik(Y, of, _SEASONS, 1, variances)

    months = (100, 200, 400, 800, 1600)
    yield Growth("basic structural model, log-likelihood", "months", months, likelihood)
    yield Growth("basic structural model, log-likelihood with gaps", "months", months, gaps)
    yield Growth("basic structural model, gradient", "months", months, gradient)
    yield Growth("basic structural model, draws", "draws", (16, 64, 256, 1024), draws)
    yield Growth("basic structural model, log-likelihoods", "series", (8, 32, 128, 512), lanes)
