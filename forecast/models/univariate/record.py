"""What every member does with a record: look it over, choose a scale for its errors, hand over paths that hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError, InputError, NumericalError
from forecast.kernels._jit import gate
from forecast.models.task import Ahead, Task
from forecast.months import format_month
from forecast.series import Series

FloatArray = NDArray[np.float64]

WIDEST = 1.0  #: largest standard deviation of a logarithm: a factor of e either way
WIDEST_YEARS = 3  #: years ahead at which it may be reached, as far as forecasts go
_SMALLEST_SHARE = 1e-12
_MOST_GAPS = 24  # an exact likelihood takes time that grows with their square


def figures_of(task: Task, member: str, fewest: int) -> FloatArray:
    """The figures (n) of a task's record, NaN in gaps, after a look at everything that could go wrong.

    fewest: figures that the member needs, gaps not counted.

    Raises:
        InputError: no month to forecast, no path to draw, or a figure that no trade can have.
        GapError: fewer figures than needed; the message says how many of each.
    """
    series = task.series
    if task.horizon < 1 or task.paths < 1:
        raise InputError(
            f"A forecast needs a horizon and a number of paths of at least 1; found {task.horizon} and {task.paths}."
        )
    values = gate(series.values)
    wrong = np.flatnonzero(np.isinf(values) | (values < 0.0))
    if len(wrong):
        at = format_month(series.start + series.step * int(wrong[0]))
        raise InputError(
            f"{series.name} has {values[wrong[0]]:g} at {at}; a flow is a finite figure of at least 0, "
            "and a month without one is left empty."
        )
    found = int(np.count_nonzero(~np.isnan(values)))
    if found < fewest:
        raise too_short(series, member, fewest)
    return values


def too_short(series: Series, member: str, fewest: int) -> GapError:
    """The error of a record that holds less than a member needs."""
    found = int(np.count_nonzero(~np.isnan(series.values)))
    if found < fewest:
        return GapError(
            f"{series.name} has {found} figures; {member} needs at least {fewest}. "
            "Give a longer record or another model."
        )
    return GapError(
        f"{series.name} has {found} figures, but its gaps leave fewer than the {fewest} in a row that {member} "
        "needs, or no figure for some month of the year. Fill the gaps, give a longer record or another model."
    )


def broken(series: Series, member: str, status: int) -> NumericalError:
    """The error of numbers that broke inside."""
    return NumericalError(f"{member} broke on {series.name} (status {status}); please report the record.")


def relative_is_likelier(absolute: FloatArray, relative: FloatArray, figures: FloatArray, widest: float) -> bool:
    """Whether errors of the logarithms make a record likelier than errors in its own unit, both being normal.

    absolute, relative (k): errors of the same figures (k), which are positive. The density of the logarithms is
    brought to the unit of the record by its Jacobian, the product of 1 / figure. widest: largest standard deviation
    of the logarithm at which it may be taken; beyond, a normal law of the logarithm promises absurd heights.

    Source: Box & Cox 1964, "An analysis of transformations", Journal of the Royal Statistical Society B 26, s3.
    """
    own, logs = float(np.mean(absolute**2)), float(np.mean(relative**2))
    floor = _SMALLEST_SHARE * float(np.mean(figures)) ** 2
    if own <= floor or logs <= _SMALLEST_SHARE:
        return False
    if logs > widest**2:
        return False
    return float(np.log(logs) + 2.0 * np.mean(np.log(figures))) < float(np.log(own))


def all_positive(values: FloatArray) -> bool:
    """Whether every figure is above zero, as a logarithm needs."""
    return bool(np.nanmin(values) > 0.0)


def bridged(values: FloatArray, season: int) -> FloatArray:
    """The figures (n) with many gaps filled, for what would take too long or fail with them; others as they are.

    A gap between figures of the same month a year before and after takes their mean, another one lies on the straight
    line between its neighbours.
    """
    gaps = np.flatnonzero(np.isnan(values))
    if len(gaps) <= _MOST_GAPS:
        return values
    seen = np.flatnonzero(~np.isnan(values))
    filled = np.interp(np.arange(len(values)), seen, values[seen])
    inside = gaps[(gaps >= season) & (gaps < len(values) - season)]
    years = 0.5 * (values[inside - season] + values[inside + season])
    filled[inside] = np.where(np.isnan(years), filled[inside], years)
    return filled


def hand_over(series: Series, member: str, paths: FloatArray, point: FloatArray, said: str) -> Ahead:
    """Read-only paths (p, h) and point (h), cut at zero.

    Raises:
        NumericalError: a number that is not finite.
    """
    if not (np.isfinite(paths).all() and np.isfinite(point).all()):
        raise NumericalError(f"{member} gave a number that is not finite for {series.name}; please report the record.")
    kept, central = np.maximum(paths, 0.0), np.maximum(point, 0.0)
    kept.flags.writeable = False
    central.flags.writeable = False
    return Ahead(kept, central, said)
