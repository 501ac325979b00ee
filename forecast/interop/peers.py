"""PEERS: what an analyst would take from statsmodels, with the orders that its examples take, as forecasters.

Monthly and quarterly records get a season, annual ones none. Nothing here imports statsmodels before it is asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError
from forecast.interop.forecaster import (
    Brought,
    as_forecaster,
    bring_back,
    driver_columns,
    fitted_quietly,
    last_stretch,
)
from forecast.interop.law import add_up, condition, draw, state_space_law, theta_law, var_law
from forecast.interop.oil import oil_ahead, oil_columns
from forecast.models.task import Ahead, Forecaster, Task
from forecast.models.univariate.record import all_positive, figures_of
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

_FEWEST = 10
_CYCLES = 3  #: whole years that a seasonal model needs
_QUIETLY: dict[str, Any] = {"disp": False, "maxiter": 200, "cov_type": "none"}
_MOST_LAGS = {1: 6, 3: 4, 12: 2}  #: of a vector autoregression, by months in a span


def sarimax(task: Task) -> Ahead:
    """SARIMAX: the airline model, with the oil price as regressors where they lower Akaike's criterion.

    Oil to come is what the task gives of it, else a random walk drawn path by path. Annual records: ARIMA(0,1,1) with
    drift.

    Raises:
        GapError: too few figures.
        ConvergenceError: statsmodels could not fit it.
    """
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    brought, y, logs = _prepare(task, "statsmodels-sarimax", gaps=True)
    s = task.series.season
    orders: dict[str, Any] = {"order": (0, 1, 1), "trend": "c"}
    if s > 1:
        orders = {"order": (0, 1, 1), "seasonal_order": (0, 1, 1, s)}

    def fit(table: FloatArray, exog: FloatArray | None) -> tuple[Any, tuple[str, ...]]:
        def build(figures: FloatArray) -> Any:
            model = SARIMAX(figures, exog=exog, **orders)
            if np.isnan(figures).any():
                return model.fit(**_QUIETLY)
            # The same likelihood of the differences in half the states.
            search = SARIMAX(figures, exog=exog, simple_differencing=True, **orders)
            return model.filter(search.fit(**_QUIETLY).params, cov_type="none")

        return fitted_quietly(replace(brought, build=build), task, table)

    results, notes = fit(y, None)
    what = f"SARIMAX(0,1,1)(0,1,1)[{s}]" if s > 1 else "SARIMAX(0,1,1) with drift"
    known = oil_columns(task)
    if known is not None and known.first <= len(y) // 3:
        shorter, _ = fit(y[known.first :], None) if known.first else (results, ())
        moved, more = fit(y[known.first :], known.columns[known.first :])
        if moved.aic < shorter.aic:
            groups = known.columns.shape[1]
            law = state_space_law(moved, task.horizon, np.zeros((task.horizon, groups)))
            slopes = np.asarray(moved.params)[[list(moved.param_names).index(f"x{i + 1}") for i in range(groups)]]
            key = stream_key(task.seed, brought.name)
            central, ahead = oil_ahead(task, known, stream_key(task.seed, f"{brought.name} oil"))
            point, paths = law.mean[:, 0] + central @ slopes, draw(law, key, task.paths) + ahead @ slopes
            given = "oil price given" if task.given.get("oil") else "oil price as regressor"
            return bring_back(task, brought.name, what, point, paths, logs=logs, notes=(given, *more))
    law = state_space_law(results, task.horizon)
    key = stream_key(task.seed, brought.name)
    return bring_back(task, brought.name, what, law.mean[:, 0], draw(law, key, task.paths), logs=logs, notes=notes)


def unobserved_components(task: Task) -> Ahead:
    """UnobservedComponents: local linear trend, stochastic season, irregular.

    Raises:
        GapError: too few figures.
        ConvergenceError: statsmodels could not fit it.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    brought, y, logs = _prepare(task, "statsmodels-unobserved-components", gaps=True)
    season = {"seasonal": task.series.season} if task.series.season > 1 else {}

    def build(figures: FloatArray) -> Any:
        return UnobservedComponents(figures, level="lltrend", **season).fit(**_QUIETLY)

    results, notes = fitted_quietly(replace(brought, build=build), task, y)
    what = f"local linear trend{' and season' if season else ''}"
    law = state_space_law(results, task.horizon)
    key = stream_key(task.seed, brought.name)
    return bring_back(task, brought.name, what, law.mean[:, 0], draw(law, key, task.paths), logs=logs, notes=notes)


def ets_model(task: Task) -> Ahead:
    """ETSModel: additive error, damped trend, additive season (of logarithms: multiplicative ones).

    Raises:
        GapError: too few figures since the last gap.
        ConvergenceError: statsmodels could not fit it.
    """
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    s = task.series.season

    def build(figures: FloatArray) -> Any:
        season = {"seasonal": "add", "seasonal_periods": s} if s > 1 else {}
        return ETSModel(figures, error="add", trend="add", damped_trend=True, **season)

    return as_forecaster(build, name="statsmodels-ets", gaps=False, fewest=_fewest(s))(task)


def theta_model(task: Task) -> Ahead:
    """ThetaModel: season taken out if there is one, simple smoothing and half the trend.

    Raises:
        GapError: too few figures since the last gap.
        ConvergenceError: statsmodels could not fit it.
    """
    from statsmodels.tsa.forecasting.theta import ThetaModel

    brought, y, logs = _prepare(task, "statsmodels-theta", gaps=False)
    s = task.series.season

    def build(figures: FloatArray) -> Any:
        model = ThetaModel(figures, period=s if s > 1 else None, deseasonalize=s > 1, method="additive")
        return model.fit()

    results, notes = fitted_quietly(replace(brought, build=build), task, y)
    law = theta_law(results, task.horizon)
    key = stream_key(task.seed, brought.name)
    return bring_back(
        task, brought.name, "ThetaModel", law.mean[:, 0], draw(law, key, task.paths), logs=logs, notes=notes
    )


def vector_autoregression(task: Task) -> Ahead:
    """VAR of the changes of flow and drivers with a fixed season, lags by Akaike's criterion.

    What the task gives of the drivers' course is met by every path: the joint law is conditioned on it.

    Raises:
        GapError: too few figures since the last gap, or no driver known up to the end of the record.
        ConvergenceError: statsmodels could not fit it.
    """
    from statsmodels.tsa.vector_ar.var_model import VAR

    brought, y, logs = _prepare(task, "statsmodels-var", gaps=False)
    skipped = len(task.series) - len(y)
    known = _usable_drivers(task, skipped, brought.fewest)
    if not known:
        raise GapError(
            f"{brought.name} needs a driver beside {task.series.name}, such as oil, known over the record; the task "
            f"brings {', '.join(task.known) or 'none'}."
        )
    table = np.column_stack([y, *(column[skipped:] for column, _ in known.values())])
    first = int(np.argmax(~np.isnan(table).any(axis=1)))
    table = table[first:]
    s, h = task.series.season, task.horizon
    places = (skipped + first + 1 + np.arange(len(table) - 1 + h)) % s
    seasons = (places[:, None] == np.arange(1, s)) - 1.0 / s if s > 1 else None
    room = (len(table) // 3 - s) // table.shape[1]
    most = max(1, min(_MOST_LAGS[task.series.step], room))

    def build(changes: FloatArray) -> Any:
        model = VAR(changes, exog=None if seasons is None else seasons[: len(changes)])
        found = model.fit(maxlags=most, ic="aic")
        return found if found.k_ar > 0 else model.fit(1)

    results, notes = fitted_quietly(replace(brought, build=build), task, np.diff(table, axis=0))
    law = var_law(results, h, None if seasons is None else seasons[len(table) - 1 :])
    pins = np.column_stack([np.full(h, np.nan), *(ahead for _, ahead in known.values())])
    law = condition(add_up(law, table[-1]), pins)
    said = (f"with {' and '.join(known)}", *notes)
    paths = draw(law, stream_key(task.seed, brought.name), task.paths)
    return bring_back(task, brought.name, f"VAR({results.k_ar})", law.mean[:, 0], paths, logs=logs, notes=said)


def _usable_drivers(task: Task, skipped: int, fewest: int) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Columns of the drivers that are known for enough of the record, and that move."""
    usable = {}
    for name in task.known:
        try:
            column, ahead = driver_columns(task, name)
        except GapError:
            continue
        seen = column[skipped:]
        seen = seen[~np.isnan(seen)]
        if len(seen) >= fewest and np.ptp(seen) > 0.0:
            usable[name] = column, ahead
    return usable


def _prepare(task: Task, name: str, *, gaps: bool) -> tuple[Brought, FloatArray, bool]:
    """How the model is fed, the record on its scale, and whether that is logarithms."""
    brought = Brought(_nothing, name, (), False, gaps, _fewest(task.series.season))
    values = figures_of(task, name, brought.fewest)
    logs = all_positive(values)
    return brought, last_stretch(task, brought, np.log(values) if logs else values)[0], logs


def _fewest(season: int) -> int:
    return max(_FEWEST, _CYCLES * season if season > 1 else 0)


def _nothing(figures: FloatArray) -> Any:
    return figures


PEERS: dict[str, Forecaster] = {
    "statsmodels-sarimax": sarimax,
    "statsmodels-ets": ets_model,
    "statsmodels-unobserved-components": unobserved_components,
    "statsmodels-var": vector_autoregression,
    "statsmodels-theta": theta_model,
}
"""Forecasters of statsmodels by the names under which a backtest asks for them."""
