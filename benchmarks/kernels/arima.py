"""Seasonal ARIMA beside statsmodels and statsforecast: likelihood, with gaps, in lanes, gradient, full fit, growth."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from benchmarks.contest import Action, Contest, Growth
from forecast.kernels._jit import FloatArray, gate, gate_int
from forecast.kernels.arima.fit import arima_fit, arima_fit_many
from forecast.kernels.arima.likelihood import arima_loglik
from forecast.kernels.arima.whole_series import arima_loglik_lanes
from forecast.kernels.random import draw_normals

ORDER = gate_int([1, 1, 1, 0, 1, 1, 12, 0])
COEF = gate([0.5, -0.4, -0.55])
LANES = 256


def series(seed: int, n: int) -> FloatArray:
    """A path of (1-.5L)(1-L)(1-L^12) y = (1-.4L)(1-.55L^12) e."""
    e = draw_normals(seed, 1, n + 100)[0]
    w = e.copy()
    w[13:] = e[13:] - 0.4 * e[12:-1] - 0.55 * e[1:-12] + 0.22 * e[:-13]
    for t in range(1, len(w)):
        w[t] += 0.5 * w[t - 1]
    for lag in (1, 12):
        for t in range(lag, len(w)):
            w[t] += w[t - lag]
    return gate(w[100:] - w[100])


def contests() -> Iterator[Contest]:
    """Likelihood whole, with gaps, in lanes; full fit."""
    import statsmodels.api as sm

    n = 300
    y, none = series(1, n), np.zeros((n, 0))
    gapped = y.copy()
    gapped[[20, 47, 90, 91, 92, 140, 141, 200, 250, 251]] = np.nan

    def model(values: FloatArray, **options: object) -> object:
        return sm.tsa.SARIMAX(values, order=(1, 1, 1), seasonal_order=(0, 1, 1, 12), **options)

    def exact(values: FloatArray) -> str:
        ours, sigma2, _ = arima_loglik(values, none, ORDER, COEF)
        reference = model(values, use_exact_diffuse=True)
        reference.ssm.tolerance = 0.0
        theirs = reference.loglike(np.r_[COEF, sigma2]) + 6.5 * np.log(2 * np.pi)
        assert abs(ours - theirs) < 1e-8 * abs(theirs)
        return f"log-likelihoods to {abs(ours - theirs):.0e}"

    parameters = np.r_[COEF, 1.0]
    whole, simple, holes = model(y), model(y, simple_differencing=True), model(gapped)
    yield Contest(
        work="log-likelihood, ARIMA(1,1,1)(0,1,1)12, n = 300, no gaps",
        ours=lambda: arima_loglik(y, none, ORDER, COEF),
        peers={
            "statsmodels": lambda: whole.loglike(parameters),
            "statsmodels, simple differencing": lambda: simple.loglike(parameters),
        },
        agreement=lambda: exact(y),
        at_least={"statsmodels": 300.0},
        repeat=200,
    )
    yield Contest(
        work="the same with 10 gaps",
        ours=lambda: arima_loglik(gapped, none, ORDER, COEF),
        peers={"statsmodels": lambda: holes.loglike(parameters)},
        agreement=lambda: exact(gapped),
        at_least={"statsmodels": 12.0},
        repeat=50,
    )
    draws = COEF + 0.05 * draw_normals(3, LANES, 3)

    def lanes_agree() -> str:
        found = arima_loglik_lanes(y[None].copy(), ORDER, draws)[0]
        worst = max(abs(found[i] - arima_loglik(y, none, ORDER, draws[i])[0]) for i in range(LANES))
        assert worst < 1e-8
        return f"{exact(y)}; lanes to {worst:.0e}"

    row = y[None].copy()
    yield Contest(
        work=f"log-likelihood of {LANES} draws of the coefficients",
        ours=lambda: arima_loglik_lanes(row, ORDER, draws),
        peers={"statsmodels": lambda: [whole.loglike(np.r_[draw, 1.0]) for draw in draws]},
        agreement=lanes_agree,
        at_least={"statsmodels": 300.0},
        repeat=5,
        rounds=3,
    )
    yield from _fits(y, none)


def _fits(y: FloatArray, none: FloatArray) -> Iterator[Contest]:
    import statsmodels.api as sm
    from statsforecast.arima import arima as their_arima

    def by_statsmodels() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return sm.tsa.SARIMAX(y, order=(1, 1, 1), seasonal_order=(0, 1, 1, 12)).fit(disp=0)

    def by_statsforecast() -> dict[str, float]:
        seasonal = {"order": (0, 1, 1), "period": 12}
        found: dict[str, float] = their_arima(y, order=(1, 1, 1), seasonal=seasonal, method="CSS-ML")
        return found

    def agreement() -> str:
        ours = arima_fit(y, none, ORDER, 0).numbers[0]
        first = by_statsmodels()
        coefficients = gate(first.params[:3])
        second = by_statsforecast()["loglik"]
        theirs = arima_loglik(y, none, ORDER, coefficients)[0]
        assert ours >= theirs - 1e-6
        assert ours >= second - 1e-6
        return (
            f"log-likelihood {ours:.6f}; {ours - theirs:.1e} above statsmodels, {ours - second:.1e} above statsforecast"
        )

    yield Contest(
        work="full maximum-likelihood fit of ARIMA(1,1,1)(0,1,1)12, n = 300",
        ours=lambda: arima_fit(y, none, ORDER, 0),
        peers={"statsmodels": by_statsmodels, "statsforecast": by_statsforecast},
        agreement=agreement,
        at_least={"statsmodels": 400.0, "statsforecast": 80.0},
        repeat=10,
        rounds=5,
    )


def growths() -> Iterator[Growth]:
    """Likelihood and fit by months; fits by series."""

    def likelihood(n: int) -> Action:
        y, none = series(1, n), np.zeros((n, 0))
        return lambda: arima_loglik(y, none, ORDER, COEF)

    def estimate(n: int) -> Action:
        y, none = series(1, n), np.zeros((n, 0))
        return lambda: arima_fit(y, none, ORDER, 0)

    def many(count: int) -> Action:
        Y = np.vstack([series(seed, 120) for seed in range(count)])
        return lambda: arima_fit_many(Y, ORDER, 0)

    yield Growth("log-likelihood of ARIMA(1,1,1)(0,1,1)12", "months", (100, 300, 1000, 3000, 10000), likelihood)
    yield Growth("fit of ARIMA(1,1,1)(0,1,1)12", "months", (100, 300, 1000, 3000), estimate)
    yield Growth("fits of ARIMA(1,1,1)(0,1,1)12 on 120 months", "series", (1, 4, 16, 64), many)
