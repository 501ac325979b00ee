"""The forecasters of a regular record by the names under which a question asks for them."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from forecast.errors import SchemaError
from forecast.fields import suggest
from forecast.models.background import Background
from forecast.models.task import Forecaster

_HOMES = {
    "pool": "pool.pool",
    "bvar": "bvar.forecaster",
    "regimes": "crises.regimes",
    "local-level": "univariate.local_level",
    "airline": "univariate.airline",
    "arima": "univariate.arima",
    "ets": "univariate.ets",
    "theta": "univariate.theta",
    "drift": "univariate.naive",
    "seasonal-naive": "univariate.naive",
}

REGULAR_MODELS = tuple(_HOMES)


def forecaster_named(name: str, background: Background | None = None) -> Forecaster:
    """The forecaster of that name; its module (and what it compiles) is loaded when it is first asked for.

    background: for those that know moving holidays and past crises; without it they do without.

    Raises:
        SchemaError: there is none.
    """
    if name not in _HOMES:
        raise SchemaError(
            f"There is no model {name!r}. {suggest(name, REGULAR_MODELS)}", pointer="/model", allowed=REGULAR_MODELS
        )
    home: Any = import_module(f"forecast.models.{_HOMES[name]}")
    found: Any = getattr(home, name.replace("-", "_"))
    forecaster: Forecaster = found
    if background is None:
        return forecaster
    match name:
        case "airline":
            forecaster = partial(found, lunar_new_year=background.lunar_new_year)
        case "bvar":
            forecaster = partial(found, background=background)
        case "pool":
            forecaster = partial(found, members={**home.POOLED, "airline": forecaster_named("airline", background)})
    return forecaster
