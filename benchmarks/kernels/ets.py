"""Exponential smoothing beside statsforecast and statsmodels: one fit, the choice among models, futures."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator

import numpy as np

from benchmarks.contest import Contest, Growth
from benchmarks.series import monthly, simulated
from forecast.kernels.ets.automatic import ets_choose_many
from forecast.kernels.ets.fit import AICC, STARTS, ets_fit
from forecast.kernels.ets.forms import ets_form
from forecast.kernels.ets.paths import ets_paths
from forecast.kernels.ets.recursion import ets_filter

M = 12
HORIZON = 36
NORMAL = np.empty(0)
KINDS = {"N": None, "A": "add", "M": "mul"}


def fitting(name: str, count: int, ratio: float) -> Contest:
    from statsforecast.ets import ets_f
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    source, series = monthly(count)
    form = ets_form(name)

    def ours() -> list[float]:
        return [ets_fit(y, form, M, STARTS).loglik for y in series]

    def statsforecast() -> list[dict[str, object]]:
        return [ets_f(y, m=M, model=name[0] + name[1] + name[-1], damped="d" in name) for y in series]

    def statsmodels() -> list[float]:
        found = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for y in series:
                trend, season = KINDS[name[1]], KINDS[name[-1]]
                model = ETSModel(
                    y, error=KINDS[name[0]], trend=trend, damped_trend="d" in name, seasonal=season, seasonal_periods=M
                )
                found.append(float(model.fit(disp=False).llf))
        return found

    def agreement() -> str:
        above, apart = [], 0.0
        for y, theirs in zip(series, statsforecast(), strict=True):
            given = list(np.asarray(theirs["par"]))
            smoothing = np.nan_to_num(np.array(given[:4]))
            level, growth, *seasons = given[4:] if name[1] != "N" else [given[4], 0.0, *given[5:]]
            n = len(y)
            known = float(theirs["loglik"]) - 0.5 * n * (math.log(2.0 * math.pi / n) + 1.0)
            at = ets_filter(y, form, M, smoothing, np.r_[level, growth, seasons[::-1]])
            apart = max(apart, abs(at.loglik - known))
            above.append(ets_fit(y, form, M, STARTS).loglik - known)
        assert apart < 1e-4, f"the likelihood of the same parameters differs by {apart}"
        assert np.median(above) > 0.0, "the peer's optimum is the higher one"
        worse = sum(value < -1e-3 for value in above)
        assert worse <= 0.03 * len(above), f"the peer's optimum is higher for {worse} of {len(above)} series"
        return (
            f"log-likelihood of the peer's parameters to {apart:.0e}; optimum above statsforecast's by "
            f"{np.median(above):.1f} in the median, {max(above):.0f} at most, below for {worse} of {len(above)}"
        )

    return Contest(
        work=f"maximum likelihood of {name}, {count} {source}",
        ours=ours,
        peers={"statsforecast": statsforecast, "statsmodels": statsmodels},
        agreement=agreement,
        at_least={"statsforecast": ratio, "statsmodels": 5.0},
        repeat=4,
        rounds=3,
    )


def choosing(count: int) -> Contest:
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.ets import ets_f
    from statsforecast.models import AutoETS

    source, series = monthly(count)
    flat, ptr = np.concatenate(series), np.cumsum([0] + [len(y) for y in series]).astype(np.int64)
    names = np.repeat(np.arange(count), np.diff(ptr))
    frame = pd.DataFrame({"unique_id": names, "ds": np.concatenate([np.arange(len(y)) for y in series]), "y": flat})
    peer = StatsForecast(models=[AutoETS(season_length=M)], freq=1, n_jobs=2)

    def ours() -> object:
        return ets_choose_many(flat, ptr, M, AICC, False, STARTS)

    def agreement() -> str:
        found, gain = ets_choose_many(flat, ptr, M, AICC, False, STARTS), []
        for i in range(0, count, max(1, count // 20)):
            n = len(series[i])
            theirs = ets_f(series[i], m=M)
            gain.append(float(theirs["aicc"]) + n * (math.log(2.0 * math.pi / n) + 1.0) - found.criterion[i])
        assert (found.status == 0).all()
        assert np.median(gain) >= 0.0, "AICc is worse in the median"
        return f"AICc below statsforecast's by {np.median(gain):.1f} in the median, {min(gain):.2f} at least"

    return Contest(
        work=f"choice among 15 models by AICc, {count} {source}, 2 threads",
        ours=ours,
        peers={"statsforecast, 2 processes": lambda: peer.forecast(df=frame, h=HORIZON)},
        agreement=agreement,
        at_least={"statsforecast, 2 processes": 30.0},
        rounds=1,
        threads=2,
    )


def simulating(name: str, paths: int) -> Contest:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y = simulated(1)[0]
    fitted = ets_fit(y, ets_form(name), M, STARTS)
    sigma = math.sqrt(fitted.squares / fitted.observed)
    trend, season = KINDS[name[1]], KINDS[name[-1]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ETSModel(
            y, error=KINDS[name[0]], trend=trend, damped_trend="d" in name, seasonal=season, seasonal_periods=M
        )
        given = dict(zip(("smoothing_level", "smoothing_trend", "smoothing_seasonal"), fitted.smoothing, strict=False))
        if "d" in name:
            given["damping_trend"] = fitted.smoothing[3]
        given |= {"initial_level": fitted.first[0], "initial_trend": fitted.first[1]}
        given |= {f"initial_seasonal.{j}": fitted.first[1 + M - j] for j in range(M)}
        twin = model.smooth(np.array([given[key] for key in model.param_names]))

    def ours() -> np.ndarray:
        return ets_paths(fitted.form, M, fitted.smoothing, fitted.last, sigma, NORMAL, 5, paths, HORIZON)[0]

    def statsmodels() -> np.ndarray:
        shocks = np.random.default_rng(5)
        return np.asarray(twin.simulate(HORIZON, repetitions=paths, anchor="end", rng=shocks))

    def agreement() -> str:
        one, other = ours(), statsmodels().T
        apart = np.abs(one.mean(axis=0) - other.mean(axis=0)) / np.sqrt(2.0 * one.var(axis=0) / paths)
        assert apart.max() < 5.0, "the means of the paths differ"
        return (
            f"means of paths to {apart.max():.1f} standard errors, spreads to {np.ptp(one.std(0) / other.std(0)):.2f}"
        )

    return Contest(
        work=f"{paths} paths of {HORIZON} months, {name}, 2 threads",
        ours=ours,
        peers={"statsmodels": statsmodels},
        agreement=agreement,
        at_least={},
        repeat=4,
        rounds=5,
        threads=2,
    )


def contests() -> Iterator[Contest]:
    yield fitting("AAA", 30, 60.0)
    yield fitting("MAdM", 30, 40.0)
    yield choosing(60)
    yield simulating("AAA", 5000)


def growths() -> Iterator[Growth]:
    longest = simulated(1, 1920)[0]
    yield Growth(
        "fit of AAA",
        "months",
        (60, 120, 240, 480, 960, 1920),
        lambda n: lambda: ets_fit(longest[:n], ets_form("AAA"), M, STARTS),
    )
    several = simulated(160)
    flat, ptr = np.concatenate(several), np.cumsum([0] + [len(y) for y in several]).astype(np.int64)
    yield Growth(
        "choice among 15 models",
        "series",
        (10, 20, 40, 80, 160),
        lambda n: lambda: ets_choose_many(flat, ptr[: n + 1].copy(), M, AICC, False, STARTS),
    )
    fitted = ets_fit(several[1], ets_form("MAM"), M, STARTS)
    sigma = math.sqrt(fitted.sigma2)
    yield Growth(
        "paths of 36 months",
        "paths",
        (1000, 4000, 16000, 64000),
        lambda n: lambda: ets_paths(fitted.form, M, fitted.smoothing, fitted.last, sigma, NORMAL, 5, n, HORIZON),
    )
