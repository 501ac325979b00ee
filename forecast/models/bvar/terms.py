"""Deterministic terms of a month: a constant, the season, and the windows around Lunar New Year.

The season is carried by sines and cosines, which treat all months alike. How far the effects of a month, and of a
window, may go is a choice among a few sizes that the record itself makes by its marginal likelihood (`fitted`): oil and
exchange rates have no season, and thirty free coefficients for it would be noise. The constant is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.models.regressors import lunar_shares
from forecast.months import month_of

FloatArray = NDArray[np.float64]

SEASON_SDS = (0.125, 0.25, 0.5, 1.0, 2.0)  #: prior sd of a month's effect, in sds of the error; the choice
LUNAR_SDS = (0.5, 2.0)  #: of a window's whole effect, where it is used
_DIFFUSE_SD = float(np.sqrt(1e7))  # of a term of size one, in the prior of forecast.kernels.bvar.prior
_WAVES = 11


@dataclass(frozen=True, slots=True)
class Terms:
    """season_sd, lunar_sd: prior standard deviations as above; without days of Lunar New Year there are no windows."""

    season_sd: float
    lunar_sd: float = 0.0
    lunar_new_year: NDArray[np.int64] | None = None


def terms_of(terms: Terms, start: int, months: int) -> FloatArray:
    """Terms (months, m) of the months from ``start``: m = 12, or 14 with Lunar New Year."""
    at = start + np.arange(months)
    angle = 2.0 * np.pi / 12.0 * np.outer(at, np.arange(1, 7))
    # Each column has mean square one over a year; the sixth sine is zero in every month.
    waves = np.hstack([np.sqrt(2.0) * np.cos(angle[:, :5]), np.sqrt(2.0) * np.sin(angle[:, :5]), np.cos(angle[:, 5:])])
    columns = [np.ones((months, 1)), waves * (terms.season_sd / np.sqrt(_WAVES) / _DIFFUSE_SD)]
    if terms.lunar_new_year is not None:
        shares = lunar_shares(terms.lunar_new_year, start, start + months - 1)
        columns.append(shares * (terms.lunar_sd / _DIFFUSE_SD))
    return np.ascontiguousarray(np.hstack(columns))


def lunar_days_for(lunar_new_year: NDArray[np.int64] | None, start: int, end: int) -> NDArray[np.int64] | None:
    """The days of Lunar New Year, or None where they do not span the months ``start`` to ``end``."""
    if lunar_new_year is None or not len(lunar_new_year):
        return None
    first, last = (month_of(date.fromordinal(int(lunar_new_year[i]))) for i in (0, -1))
    return lunar_new_year if first // 12 <= start // 12 and end // 12 <= last // 12 else None
