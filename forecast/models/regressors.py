"""What moves a flow besides its own past: the oil price, the partner's currency and Lunar New Year."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast.kernels._jit import gate
from forecast.months import month_of
from forecast.panel import Driver

FloatArray = NDArray[np.float64]

OIL_LAGS = (
    (0, 2),
    (3, 6),
    (7, 12),
)  #: groups of lags in months; each is one regressor, the mean of log oil over the group
DEEPEST_OIL_LAG = OIL_LAGS[-1][1]
LUNAR_WINDOWS = ((-20, -1), (0, 25))  #: days before, and from, New Year's day
LUNAR_COUNTRIES = frozenset({"CHN", "HKG", "MAC", "TWN", "SGP", "VNM", "KOR", "MYS"})
_GAP_MONTHS = 24
_GAP_LIMIT = 0.5


def oil_regressors(log_oil: FloatArray) -> FloatArray:
    """Means of log oil over the groups of OIL_LAGS.

    log_oil (..., DEEPEST_OIL_LAG + n): the price, relative to any base, from DEEPEST_OIL_LAG months before.
    Returns (..., n, groups).
    """
    n = log_oil.shape[-1] - DEEPEST_OIL_LAG
    groups = []
    for first, last in OIL_LAGS:
        lagged = [log_oil[..., DEEPEST_OIL_LAG - lag : DEEPEST_OIL_LAG - lag + n] for lag in range(first, last + 1)]
        groups.append(np.mean(lagged, axis=0))
    return gate(np.stack(groups, axis=-1))


def currency_gap(fx: Driver, start: int, end: int) -> FloatArray:
    """How weak a currency is: log rate one month earlier, less its mean over the 24 months up to then.

    The result (end - start + 1) is softly limited to half a log point either way, so that years of
    hyperinflation do not drown the rest. Months beyond the record take the last rate as lasting: the gap closes
    as the mean catches up. Months with under a year of record before them have no gap (0).
    """
    log_rate = np.log(fx.values)
    gaps = np.zeros(end - start + 1)
    for i in range(len(gaps)):
        last = start + i - 1 - fx.start
        window = np.arange(max(0, last - _GAP_MONTHS + 1), last + 1)
        if len(window) >= _GAP_MONTHS // 2:
            seen = log_rate[np.minimum(window, len(log_rate) - 1)]
            gaps[i] = seen[-1] - seen.mean()
    return _GAP_LIMIT * np.tanh(gaps / _GAP_LIMIT)


def lunar_shares(lunar_new_year: NDArray[np.int64], start: int, end: int) -> FloatArray:
    """Share of each of LUNAR_WINDOWS that falls in each month, less that calendar month's long-run mean.

    The mean is taken over all years of ``lunar_new_year``, never over the sample. Returns (months, windows).
    """
    low, centred = _centred_shares(lunar_new_year.tobytes())
    return gate(centred[start - low : end - low + 1])


@lru_cache(maxsize=4)
def _centred_shares(days: bytes) -> tuple[int, FloatArray]:
    """First month and centred shares (months, windows) of all years; the days as bytes of int64 ordinals."""
    new_years = [date.fromordinal(int(day)) for day in np.frombuffer(days, dtype=np.int64)]
    low, high = 12 * new_years[0].year, 12 * new_years[-1].year + 11
    shares = np.zeros((high - low + 1, len(LUNAR_WINDOWS)))
    for day in new_years:
        for w, (first, last) in enumerate(LUNAR_WINDOWS):
            for offset in range(first, last + 1):
                m = month_of(day + timedelta(days=offset))
                if low <= m <= high:
                    shares[m - low, w] += 1.0 / (last - first + 1)
    by_year = shares.reshape(-1, 12, len(LUNAR_WINDOWS))
    return low, (by_year - by_year[1:-1].mean(axis=0)).reshape(-1, len(LUNAR_WINDOWS))
