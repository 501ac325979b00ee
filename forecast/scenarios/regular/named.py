"""common_of(): the models of single months by their names, ready for scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.models.catalogue import forecaster_named
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.regular.flows_ahead import each_flow
from forecast.scenarios.regular.record_draws import Asked, common_of_records
from forecast.series import Series


def common_of(
    records: Mapping[str, Series], asked: Asked, response: NDArray[np.float64] | None = None
) -> tuple[CommonDraws, str]:
    """The common draws of ``asked.model`` for monthly records by flow, and what was fitted.

    response (p, k, groups): see `common_of_records`; the Bayesian VAR (loaded when it is asked for) has its own.

    Raises:
        GapError: a record is not monthly, or too short for the model.
        SchemaError: there is no such model.
    """
    if asked.model == "bvar":
        home: Any = import_module("forecast.scenarios.regular.var_draws")
        found: tuple[CommonDraws, str] = home.common_of_var(records, asked)
        return found
    return common_of_records(each_flow(forecaster_named(asked.model, asked.background)), records, asked, response)
