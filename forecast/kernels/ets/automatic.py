"""Choice of an exponential smoothing model by information criterion, for one series or many side by side.

Every admissible model is fitted; none is passed over on a guess, so the choice is the best of all that were allowed.

Source: Hyndman, Koehler, Snyder & Grose 2002, section 3.2; Hyndman, Koehler, Ord & Snyder 2008, section 7.1 (AIC,
BIC, and AIC corrected for small samples, in which the variance counts as a parameter too).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.kernels._jit import FloatArray, IntArray, gate, gate_int
from forecast.kernels.ets.fit import AICC, BIC, STARTS, EtsFit, EtsRows, ets_fit_rows, ets_row
from forecast.kernels.ets.forms import FORMS, ets_admissible
from forecast.kernels.status import OUT_OF_RANGE


class EtsChoices(NamedTuple):
    """The chosen models of N series, one a row; the columns are those of ``EtsFit``, and the criterion.

    form (N), smoothing (N, 4), first and last (N, 2 + m), loglik, sigma2, criterion (N), status (N).
    """

    form: IntArray
    smoothing: FloatArray
    first: FloatArray
    last: FloatArray
    loglik: FloatArray
    sigma2: FloatArray
    criterion: FloatArray
    status: IntArray


def ets_choose(
    y: FloatArray, m: int, criterion: int = AICC, growth: bool = False, starts: int = STARTS
) -> tuple[EtsFit, FloatArray]:
    """The best admissible model of a series, and the criterion of each form (30), infinite where it was not fitted.

    y (n): the series, NaN in gaps. m: months in a season, 1 for none. criterion: AICC, AIC or BIC. growth: whether
    multiplicative trends may be chosen. starts: as in ``ets_fit``.
    Where the criterion is infinite for all (fewer than five figures), simple smoothing (ANN) is taken. A model that
    reproduces the series exactly wins, the smallest of them, with status SINGULAR. If none can be fitted, the status
    is that of ANN; OUT_OF_RANGE: no such season or criterion.
    """
    figures = gate(y)
    rows = _best_rows(figures, np.array([0, len(figures)]), m, criterion, growth, starts)
    return ets_row(rows, 0), rows.values[0]


def ets_choose_many(
    series: FloatArray, ptr: IntArray, m: int, criterion: int = AICC, growth: bool = False, starts: int = STARTS
) -> EtsChoices:
    """The best admissible model of each of N series, spread over threads.

    series: all figures, one series after the other, NaN in gaps. ptr (N + 1): series i is series[ptr[i]:ptr[i + 1]];
    where it falls or leaves the series, the status is OUT_OF_RANGE. m, criterion, growth, starts: as in
    ``ets_choose``.
    """
    rows = _best_rows(gate(series), gate_int(ptr), m, criterion, growth, starts)
    form, status = rows.counts[:, 0].copy(), rows.counts[:, 4].copy()
    loglik, _, sigma2, value = rows.numbers.T.copy()
    return EtsChoices(form, rows.smoothing, rows.first, rows.last, loglik, sigma2, value, status)


def _best_rows(series: FloatArray, ptr: IntArray, m: int, criterion: int, growth: bool, starts: int) -> EtsRows:
    forms = [form for form in range(FORMS) if form == 0 or ets_admissible(form, m, True, growth)]
    if m >= 1 and AICC <= criterion <= BIC:
        return ets_fit_rows(series, ptr, m, np.array(forms), criterion, starts)
    refused = ets_fit_rows(np.empty(0), np.zeros(len(ptr), np.int64), max(m, 1), np.array([0]), AICC, starts)
    refused.counts[:, 4] = OUT_OF_RANGE
    return refused
