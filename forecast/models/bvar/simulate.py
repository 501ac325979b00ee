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
    n = len(fitted.aligned.names)
    ahead = fitted.aligned.origin - fitted.settled
    pins = np.full((1, ahead + horizon, n), np.nan)
    if given is not None:
        future = np.asarray(given, dtype=np.float64)
        if future.shape != (horizon, n):
            raise ScenarioError(f"Values given have the shape {future.shape}; expected {(horizon, n)}.")
        pins[0, ahead:] = future
    return np.ascontiguousarray(simulate_from_settled(fitted, paths, seed, pins)[:, ahead:])


def simulate_from_settled(fitted: FittedBvar, paths: int, seed: int, given: FloatArray) -> FloatArray:
    """Joint paths (paths, months, n) from the month after the last in which all variables are known.

    given (1 or paths, months, n): as in `simulate_bvar`, one set of values for all paths or one for each. A value that
    is known goes before one that is given. The free shocks of a path are the same whatever is given.

    Raises:
        GapError, ScenarioError, NumericalError: as `simulate_bvar`.
    """
    aligned = fitted.aligned
    sets, months, n = given.shape
    if n != len(aligned.names) or sets not in (1, paths):
        raise ScenarioError(
            f"Values given have the shape {given.shape}; expected 1 or {paths} sets of {len(aligned.names)} columns."
        )
    known = np.full((months, n), np.nan)
    behind = aligned.values[fitted.settled - aligned.start + 1 :][:months]
    known[: len(behind)] = behind
    pins = np.where(np.isnan(known), given, known)
    days, end = fitted.terms.lunar_new_year, fitted.settled + months
    if days is not None and lunar_days_for(days, fitted.settled, end) is None:
        raise GapError(f"The horizon ends in {format_month(end)}; the days of Lunar New Year are not known as far.")
    last = fitted.settled - aligned.start + 1
    out, _, status = forecast_draws(
        stream_key(seed, "bvar paths"),
        paths,
        gate(fitted.coefficients),
        gate(fitted.roots),
        terms_of(fitted.terms, fitted.settled + 1, months),
        np.ascontiguousarray((aligned.values[last - fitted.lags : last] - fitted.base)[::-1]),
        fitted.scale(fitted.settled + 1, months),
        gate(pins - fitted.base),
        np.inf,
    )
    if (status == INFEASIBLE).any():
        raise ScenarioError(
            f"The values given for {', '.join(aligned.names)} cannot be met together by the Bayesian VAR."
        )
    if (status != OK).any():
        raise NumericalError(f"{int((status != OK).sum())} paths of the Bayesian VAR are not finite.")
    out += fitted.base
    # To the last bit, since the correction of the shocks leaves rounding.
    return np.asarray(np.where(np.isnan(pins), out, pins))
