"""Deterministic terms: a season that spares no month, and windows around Lunar New Year."""

from __future__ import annotations

import numpy as np

from forecast.models.bvar.terms import Terms, lunar_days_for, terms_of
from forecast.models.regressors import lunar_shares
from forecast.months import month
from tests.unit.models.bvar.cases import START, background

DIFFUSE = 1e7


def test_season_repeats_sums_to_zero_and_has_the_asked_spread_in_every_month() -> None:
    got = terms_of(Terms(0.5), START + 3, 36)
    assert got.shape == (36, 12)
    np.testing.assert_array_equal(got[:, 0], 1.0)
    waves = got[:, 1:]
    np.testing.assert_allclose(waves[:12], waves[12:24], atol=1e-12)
    np.testing.assert_allclose(waves[:12].sum(axis=0), 0.0, atol=1e-12)
    assert np.linalg.matrix_rank(waves[:12] / np.abs(waves).max()) == 11
    np.testing.assert_allclose(DIFFUSE * (waves**2).sum(axis=1), 0.5**2)


def test_months_are_those_of_the_calendar_wherever_the_window_opens() -> None:
    whole = terms_of(Terms(1.0), START, 40)
    np.testing.assert_allclose(terms_of(Terms(1.0), START + 17, 5), whole[17:22], atol=1e-15)


def test_lunar_windows_come_last() -> None:
    days = background().lunar_new_year
    got = terms_of(Terms(1.0, 2.0, days), START, 24)
    assert got.shape == (24, 14)
    np.testing.assert_allclose(got[:, 12:] * np.sqrt(DIFFUSE), 2.0 * lunar_shares(days, START, START + 23))


def test_days_of_lunar_new_year_are_used_only_where_they_span_the_months() -> None:
    days = background().lunar_new_year
    assert lunar_days_for(days, month(1980, 1), month(2039, 12)) is days
    assert lunar_days_for(days, month(1979, 12), month(2039, 12)) is None
    assert lunar_days_for(days, month(1980, 1), month(2040, 1)) is None
    assert lunar_days_for(None, month(1980, 1), month(2000, 1)) is None
