"""fit_bvar(): what it picks, which episodes it may know, and draws that do not explode."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.models.bvar.aligned import Aligned, align
from forecast.models.bvar.draws import EXPLOSIVE
from forecast.models.bvar.fitted import FittedBvar, fit_bvar, lags_for
from forecast.models.regressors import lunar_shares
from forecast.panel import Driver
from forecast.series import Series
from tests.unit.models.bvar.cases import START, background, episode, world


@cache
def columns() -> Aligned:
    flow, oil, _ = world(2, 160)
    return align((flow,), {"oil": oil})


@cache
def fitted() -> FittedBvar:
    return fit_bvar(columns(), seed=7)


def test_lags_follow_the_months_at_hand() -> None:
    assert [lags_for(months) for months in (36, 60, 103, 104, 500)] == [4, 7, 12, 13, 13]


def test_no_draw_explodes_and_those_refused_are_counted() -> None:
    fit = fitted()
    assert fit.lags == 13
    assert len(fit.coefficients) + fit.refused == fit.drawn
    for B in fit.coefficients[::20]:
        companion = np.hstack([B[12:], np.eye(26, 24)])
        assert np.abs(np.linalg.eigvals(companion)).max() <= EXPLOSIVE + 1e-9
    assert 0.1 < fit.accepted < 0.5


def test_draws_spread_around_the_posterior_mean_at_the_mode() -> None:
    fit = fitted()
    own = fit.coefficients[:, 12, 0]
    assert 0.2 < np.median(own) < 1.4
    S = fit.roots @ fit.roots.transpose(0, 2, 1)
    assert np.sqrt(np.median(S[:, 1, 1])) == pytest.approx(0.08, rel=0.2), "oil's steps were drawn with sd .08"
    assert len(np.unique(own)) == len(own)


def test_the_same_seed_gives_the_same_bits() -> None:
    again, other = fit_bvar(columns(), seed=7), fit_bvar(columns(), seed=8)
    np.testing.assert_array_equal(again.coefficients, fitted().coefficients)
    np.testing.assert_array_equal(again.roots, fitted().roots)
    assert other.coefficients[0, 0, 0] != fitted().coefficients[0, 0, 0]


def test_units_of_the_flow_leave_the_coefficients_alone() -> None:
    flow, oil, _ = world(2, 160)
    in_bn = fit_bvar(align((replace(flow, values=flow.values / 1000.0),), {"oil": oil}), seed=7)
    np.testing.assert_allclose(in_bn.coefficients, fitted().coefficients, rtol=1e-4, atol=1e-5)


def test_only_episodes_begun_and_known_are_scaled() -> None:
    origin = START + 159
    known, unknown = episode(START + 60), replace(episode(START + 80), known=date(2030, 1, 1))
    to_come, before = episode(origin + 1), episode(START + 5)
    fit = fit_bvar(columns(), seed=1, episodes=(before, known, unknown, to_come))
    assert fit.episodes == (known,)
    assert fit.scales.shape == (1, 4)


def test_a_season_and_a_holiday_are_taken_when_they_are_there_and_only_then() -> None:
    days = background().lunar_new_year
    rng = np.random.default_rng(0)
    at = np.arange(180)
    noise = Driver("oil", START, np.exp(np.cumsum(0.05 * rng.normal(size=180))))
    seasonal = Series("s", START, 1, np.exp(5 + 0.1 * rng.normal(size=180) + 0.4 * np.where(at % 12 == 3, 1.0, 0.0)))
    flat = Series("s", START, 1, np.exp(5 + np.cumsum(0.1 * rng.normal(size=180))))
    assert fit_bvar(align((seasonal,), {"oil": noise}), seed=1).terms.season_sd >= 0.5
    moved = 0.8 * lunar_shares(days, START, START + 179)[:, 1] + 0.02 * rng.normal(size=180)
    lunar = replace(flat, values=np.exp(5 + moved))
    assert fit_bvar(align((lunar,), {"oil": noise}), seed=1, lunar_new_year=days).terms.lunar_sd == 2.0
    plain = fit_bvar(align((flat,), {"oil": noise}), seed=1, lunar_new_year=days).terms
    assert plain.season_sd == 0.125
    assert plain.lunar_new_year is None


def test_too_few_months_in_common() -> None:
    flow, oil, _ = world(2, 160)
    whole = align((flow,), {"oil": oil})
    short = replace(whole, values=np.where(np.arange(160)[:, None] < 30, whole.values, np.nan))
    with pytest.raises(GapError, match="found 30"):
        fit_bvar(short, seed=1)
