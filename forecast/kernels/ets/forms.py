"""The thirty exponential smoothing models as small integers: error, trend and season, and what each asks of a series.

A form is ``15 * error + 3 * trend + season``: error A, M = 0, 1; trend N, A, Ad, M, Md = 0..4; season N, A, M = 0..2.

Source: Hyndman, Koehler, Snyder & Grose 2002, "A state space framework for automatic forecasting using exponential
smoothing methods", table 1; Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with Exponential Smoothing", tables 2.2
and 2.3, section 2.8.1 (models that are numerically unstable are left out).
"""

from __future__ import annotations

from forecast.kernels._jit import kernel

FORMS = 30
"""How many forms there are; they count from 0."""

ADDITIVE = 1
MULTIPLICATIVE = 2
"""Kinds of season; 0 is none."""

_ERRORS = ("A", "M")
_TRENDS = ("N", "A", "Ad", "M", "Md")
_SEASONS = ("N", "A", "M")

NAMES = tuple(error + trend + season for error in _ERRORS for trend in _TRENDS for season in _SEASONS)
"""The name of each form, "ANN" to "MMdM"."""


def ets_form(name: str) -> int:
    """The form of a name such as "AAA", "MAdM" or "ANN"; -1 for a name that is none."""
    return NAMES.index(name) if name in NAMES else -1


@kernel
def ets_parts(form: int) -> tuple[int, int, int]:
    """Error (0 additive, 1 multiplicative), trend (0..4: N, A, Ad, M, Md) and season (0..2: N, A, M) of a form."""
    return form // 15, (form % 15) // 3, form % 3


@kernel
def ets_unknowns(form: int, m: int) -> int:
    """Free parameters of a form with ``m`` months in a season, without the variance.

    alpha, the first level; beta and the first growth with a trend; phi when it is damped; gamma and m - 1 first
    seasons with a season, of which the last one follows because they add up to 0 (additive) or m (multiplicative).
    """
    _, trend, season = ets_parts(form)
    count = 2
    if trend > 0:
        count += 2
    if trend == 2 or trend == 4:
        count += 1
    if season > 0:
        count += m
    return count


def ets_admissible(form: int, m: int, positive: bool, growth: bool) -> bool:
    """Whether automatic choice may look at a form.

    m: months in a season; with fewer than 2 there is none. positive: all figures are above zero, which anything
    multiplicative needs. growth: whether multiplicative trends are wanted (they grow or die exponentially).
    Left out always, since their variance can be infinite or their recursion divide by numbers near zero (Hyndman et
    al. 2008, s2.8.1): additive errors with a multiplicative trend or season, and MMA, MMdA.
    """
    if form < 0 or form >= FORMS:
        return False
    error, trend, season = ets_parts(form)
    multiplicative = error == 1 or trend >= 3 or season == 2
    if (season > 0 and m < 2) or (multiplicative and not positive) or (trend >= 3 and not growth):
        return False
    if error == 0:
        return trend < 3 and season < 2
    return not (trend >= 3 and season == 1)
