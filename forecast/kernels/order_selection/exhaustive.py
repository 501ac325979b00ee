"""All orders of a seasonal ARIMA model up to given sizes, each fitted by exact maximum likelihood.

Source: Hyndman & Khandakar 2008, "Automatic time series forecasting: the forecast package for R", s3.2 (the search that
their stepwise one stands in for).
"""

from __future__ import annotations

from forecast.kernels._jit import FloatArray, IntArray, kernel
from forecast.kernels.order_selection.candidate import AICC, BIC
from forecast.kernels.order_selection.plan import arima_plan
from forecast.kernels.order_selection.selection import (
    ArimaSelection,
    close_search,
    open_search,
    try_order,
    without_search,
)
from forecast.kernels.status import OK, OUT_OF_RANGE


@kernel
def arima_exhaustive(y: FloatArray, X: FloatArray, s: int, limits: IntArray, criterion: int) -> ArimaSelection:
    """Like ``arima_stepwise``, but of all orders with p + q + P + Q <= limits[4], with and without a constant.

    The number of models is not limited. Small models come first, so that larger ones start near their maximum.
    """
    plan = arima_plan(y, X, s, limits)
    if criterion < AICC or criterion > BIC:
        plan.counts[0] = OUT_OF_RANGE
    if plan.counts[0] != OK:
        return without_search(X, plan)
    search = open_search(y, X, plan, criterion)
    most = plan.most
    total = min(limits[4], most[0] + most[1] + most[2] + most[3])
    for size in range(total + 1):
        for p in range(min(most[0], size) + 1):
            for q in range(min(most[1], size - p) + 1):
                for P in range(min(most[2], size - p - q) + 1):
                    for constant in range(plan.order[7], -1, -1):
                        try_order(search, p, q, P, size - p - q - P, constant)
    return close_search(search)
