"""Automatic ARIMA: choice of orders by stepwise and exhaustive search, beside statsforecast and statsmodels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from benchmarks.contest import Action, Contest, Growth
from benchmarks.series import SEASON, monthly, simulated
from forecast.kernels._jit import FloatArray, gate, gate_int
from forecast.kernels.arima.fit import arima_fit
from forecast.kernels.order_selection.exhaustive import arima_exhaustive
from forecast.kernels.order_selection.plan import SEARCH_LIMITS
from forecast.kernels.order_selection.seasonal_strength import seasonal_differences
from forecast.kernels.order_selection.stepwise import arima_stepwise_many
from forecast.kernels.order_selection.stl import stl_decompose
from forecast.kernels.order_selection.unit_roots import difference, first_differences
from forecast.kernels.random import draw_normals

LIMITS = gate_int(SEARCH_LIMITS)
# p, q to 2, P, Q to 1, d = D = 1, no constant: 36 models.
ALL_36 = gate_int([2, 2, 1, 1, 6, 1, 1, 1, 1, 0, 94])
Series = list[FloatArray]


def airline(months: int) -> FloatArray:
    """An airline model: differenced once and over the season, moving averages .4 and .5."""
    e = draw_normals(1976, 1, months + SEASON + 1)[0]
    shocks = e[1:] - 0.4 * e[:-1]
    w = shocks[SEASON:] - 0.5 * shocks[:-SEASON]
    for lag in (1, SEASON):
        for t in range(lag, months):
            w[t] += w[t - lag]
    return gate(w)


def side_by_side(series: Series) -> FloatArray:
    """One row a series, gaps in front of the shorter ones."""
    n = max(map(len, series))
    return gate([np.concatenate([np.full(n - len(y), np.nan), y]) for y in series])


def exact_aicc(y: FloatArray, order: list[int]) -> float:
    """AICc of an order by one likelihood for all: exact, at its maximum."""
    return float(arima_fit(y, gate(np.zeros((len(y), 0))), gate_int(order), 0).numbers[3])


def order_of(model: dict[str, object]) -> list[int]:
    """Orders as statsforecast notes them: p, q, P, Q, s, d, D; and whether there is a mean or drift."""
    p, q, P, Q, s, d, D = model["arma"]
    constant = any(name in ("intercept", "drift") for name in model["coef"])
    return [int(v) for v in (p, d, q, P, D, Q, s, constant)]


def automatic(count: int) -> Contest:
    """The whole automatic choice, many series at a time."""
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import AutoARIMA

    kind, series = monthly(count)
    Y = side_by_side(series)
    days = pd.date_range("2000-01-01", periods=Y.shape[1], freq="MS")
    frame = pd.concat(
        [pd.DataFrame({"unique_id": f"{i:03}", "ds": days[: len(y)], "y": y}) for i, y in enumerate(series)]
    )

    def ours() -> object:
        return arima_stepwise_many(Y, SEASON, LIMITS, 0)

    def statsforecast() -> StatsForecast:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return StatsForecast(models=[AutoARIMA(season_length=SEASON)], freq="MS", n_jobs=2).fit(frame)

    def agreement() -> str:
        found, theirs = arima_stepwise_many(Y, SEASON, LIMITS, 0), statsforecast().fitted_[:, 0]
        gaps, same = [], 0
        for i, y in enumerate(series):
            mine, other = [int(v) for v in found.order[i]], order_of(theirs[i].model_)
            same += mine == other
            if (mine[1], mine[4]) == (other[1], other[4]):
                gaps.append(exact_aicc(y, mine) - exact_aicc(y, other))
        # Where d or D differ, and theirs can (see `differences`), the criteria cannot be compared.
        assert len(gaps) >= 0.75 * count, "differences disagree"
        assert np.median(gaps) <= 1e-6, f"AICc worse by {np.median(gaps)}"
        better, worse = int(np.sum(np.array(gaps) < -0.01)), int(np.sum(np.array(gaps) > 0.01))
        aicc = f"exact AICc lower {better}, higher {worse}, median {np.median(gaps):.2f}"
        return f"same order {same} of {count}, same d and D {len(gaps)}; {aicc}"

    return Contest(
        work=f"automatic ARIMA, {count} {kind}, 2 threads",
        ours=ours,
        peers={"statsforecast": statsforecast},
        agreement=agreement,
        at_least={"statsforecast": 50.0},
        rounds=1,
        threads=2,
    )


def exhaustive() -> Contest:
    """All of 36 models of one series, each by exact maximum likelihood."""
    from statsforecast.arima import auto_arima_f

    y = airline(132)
    X = gate(np.zeros((len(y), 0)))

    def statsforecast() -> dict[str, object]:
        most = {"max_p": 2, "max_q": 2, "max_P": 1, "max_Q": 1, "max_order": 6}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = auto_arima_f(y, d=1, D=1, period=SEASON, stepwise=False, approximation=False, **most)
        return dict(found)

    def agreement() -> str:
        found = arima_exhaustive(y, X, SEASON, ALL_36, 0)
        mine, other = [int(v) for v in found.order], order_of(statsforecast())
        assert found.counts[4] == 36
        gap = exact_aicc(y, mine) - exact_aicc(y, other)
        assert gap <= 0.01, f"{mine} against {other}: AICc worse by {gap}"
        return f"{mine} against {other}, exact AICc lower by {-gap:.3f}"

    return Contest(
        work=f"exhaustive ARIMA search, 36 models, {len(y)} months",
        ours=lambda: arima_exhaustive(y, X, SEASON, ALL_36, 0),
        peers={"statsforecast": statsforecast},
        agreement=agreement,
        at_least={"statsforecast": 30.0},
        rounds=5,
    )


def differences() -> Contest:
    """How often to difference: strength of the season and KPSS."""
    from statsforecast.arima import diff, ndiffs, nsdiffs

    kind, series = monthly(24)

    def ours() -> list[tuple[int, int]]:
        out = []
        for y in series:
            D = seasonal_differences(y, SEASON, 1)
            out.append((first_differences(difference(y, SEASON) if D else y, 2), D))
        return out

    def statsforecast() -> list[tuple[int, int]]:
        out = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for y in series:
                D = nsdiffs(y, period=SEASON)
                out.append((ndiffs(diff(y, SEASON, D) if D else y), D))
        return out

    def agreement() -> str:
        same = sum(a == b for a, b in zip(ours(), statsforecast(), strict=True))
        # Theirs leaves out a figure too many after each first difference, which can tip a test.
        assert same >= 22, f"only {same} of 24 agree"
        return f"{same} of 24 agree"

    return Contest(
        work=f"d and D of 24 {kind}",
        ours=ours,
        peers={"statsforecast": statsforecast},
        agreement=agreement,
        at_least={"statsforecast": 5.0},
    )


def decomposition() -> Contest:
    """STL of ten years of months, the inner loop twice."""
    from statsmodels.tsa.seasonal import STL

    y = simulated(4, 120)[3]
    windows, degrees = gate_int([11, 21, 13]), gate_int([0, 1, 1])

    def statsmodels() -> object:
        return STL(y, period=SEASON, seasonal=11, trend=21, low_pass=13, seasonal_deg=0).fit(inner_iter=2, outer_iter=0)

    def agreement() -> str:
        found = stl_decompose(y, SEASON, windows, degrees, 2)
        gap = float(np.abs(found.seasonal - statsmodels().seasonal).max())
        assert gap < 1e-9, gap
        return f"season to {gap:.0e}"

    return Contest(
        work="STL, 120 months",
        ours=lambda: stl_decompose(y, SEASON, windows, degrees, 2),
        peers={"statsmodels": statsmodels},
        agreement=agreement,
        at_least={"statsmodels": 2.0},
        repeat=50,
    )


def contests() -> Iterator[Contest]:
    """Automatic ARIMA beside its peers."""
    yield automatic(16)
    yield exhaustive()
    yield differences()
    yield decomposition()


def growths() -> Iterator[Growth]:
    """Cost by the number of series."""

    def at(size: int) -> Action:
        Y = gate(np.stack(simulated(size)))
        return lambda: arima_stepwise_many(Y, SEASON, LIMITS, 0)

    yield Growth("automatic ARIMA, 132 months", "series", (1, 4, 16, 64), at)
