"""simulate_bvar(): joint paths of all variables, with whatever is known of the future met exactly.

Months after the last in which all variables are known are simulated too, with what is known of them as pins: so a
driver published late, or a flow that one country counts earlier, is filled in by the model and not by a guess.

Source: Waggoner & Zha 1999, section II, all pins at once; Banbura, Giannone & Lenza 2015 for the ragged edge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, NumericalError, ScenarioError
from forecast.kernels._jit import gate
from forecast.kernels.bvar.forecast import forecast_draws
from forecast.kernels.status import INFEASIBLE, OK
from forecast.models.bvar.fitted import FittedBvar
from forecast.models.bvar.terms import lunar_days_for, terms_of
from forecast.months import format_month
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]


def simulate_bvar(
    fitted: FittedBvar, horizon: int, paths: int, seed: int, given: FloatArray | None = None
) -> FloatArray:
    """Joint paths (paths, horizon, n) of all variables in the months after the last in which all flows are known.

    given (horizon, n): values that every path meets exactly, NaN where free, in the units of the columns; what is free
    follows from all of them jointly. Values already known beyond the first month are pins as well. Path i stands on
    draw i modulo the number of draws: the same seed gives the same bits, more paths only append.

    The coefficients come from the record alone; the pins do not move them.

    Raises:
        GapError: the horizon goes beyond the days of Lunar New Year that are known.
        ScenarioError: the values given cannot be met together.
        NumericalError: a path is not finite.
    """
    aligned = fitted.aligned
    n = len(aligned.names)
    ahead = aligned.origin - fitted.settled
    pins = np.full((ahead + horizon, n), np.nan)
    known = aligned.values[fitted.settled - aligned.start + 1 :][: len(pins)]
    pins[: len(known)] = known
    if given is not None:
        future = np.asarray(given, dtype=np.float64)
        if future.shape != (horizon, n):
            raise ScenarioError(f"Values given have the shape {future.shape}; expected {(horizon, n)}.")
        pins[ahead:] = np.where(np.isnan(pins[ahead:]), future, pins[ahead:])
    days, end = fitted.terms.lunar_new_year, aligned.origin + horizon
    if days is not None and lunar_days_for(days, fitted.settled, end) is None:
        raise GapError(f"The horizon ends in {format_month(end)}; the days of Lunar New Year are not known as far.")
    last = fitted.settled - aligned.start + 1
    out, _, status = forecast_draws(
        stream_key(seed, "bvar paths"),
        paths,
        gate(fitted.coefficients),
        gate(fitted.roots),
        terms_of(fitted.terms, fitted.settled + 1, len(pins)),
        np.ascontiguousarray((aligned.values[last - fitted.lags : last] - fitted.base)[::-1]),
        fitted.scale(fitted.settled + 1, len(pins)),
        (pins - fitted.base)[None],
        np.inf,
    )
    if (status == INFEASIBLE).any():
        raise ScenarioError(
            f"The values given for {', '.join(aligned.names)} cannot be met together by the Bayesian VAR."
        )
    if (status != OK).any():
        raise NumericalError(f"{int((status != OK).sum())} paths of the Bayesian VAR are not finite.")
    out += fitted.base
    met = ~np.isnan(pins)
    out[:, met] = pins[met]  # to the last bit: the correction of the shocks leaves rounding
    return np.ascontiguousarray(out[:, ahead:])
