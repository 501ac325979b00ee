"""The forecaster of regimes: what it says of calm and falling records, its paths, and what it refuses."""

from __future__ import annotations

import re

import numpy as np
import pytest

from forecast.errors import GapError, InputError
from forecast.models.crises.oil_part import elasticity_prior, oil_part
from forecast.models.crises.regimes import LONGEST_YEARS, last_years, log_record, regime_paths, regimes, season_of
from forecast.models.task import Task
from forecast.panel import Driver
from forecast.series import Series
from tests.unit.models.crises.records import ORIGIN, record, task


def crisis_now(said: str) -> int:
    found = re.search(r"P\(crisis now\) (\d+)%", said)
    assert found, said
    return int(found[1])


def test_a_fall_under_way_is_told_from_calm() -> None:
    calm, falling = (regimes(task(record(fall=fall, falling=7))) for fall in (0.0, 0.07))
    assert crisis_now(calm.said) <= 15
    assert crisis_now(falling.said) >= 85
    assert re.match(r"calm growth \d+\.\d% a year, in a crisis -\d+% over \d+ months", calm.said)


def test_density_is_the_mixture_of_the_two_regimes() -> None:
    asked = task(paths=4000)
    found, ahead = regime_paths(asked, 4000), regimes(asked)
    np.testing.assert_array_equal(np.exp(found.log_paths), ahead.paths)
    year = ahead.paths.sum(axis=1)
    hit = year >= np.median(year)
    crisis = (found.regimes == 0).any(axis=1)
    weight = float(crisis.mean())
    assert 0.03 < weight < 0.6
    parts = weight * hit[crisis].mean() + (1.0 - weight) * hit[~crisis].mean()
    assert parts == pytest.approx(float(hit.mean()), abs=1e-14)
    assert hit[crisis].mean() < hit[~crisis].mean() - 0.1


def test_calm_paths_grow_as_the_record_does_and_keep_its_season() -> None:
    series = record(240, season=0.2)
    ahead = regimes(task(series, 24, 4000))
    logs = np.log(ahead.point)
    growth = (logs[12:] - logs[:12]).mean()
    assert 0.0 < growth < 0.1
    place = (240 + np.arange(12)) % 12
    true = 0.2 * np.sin(2.0 * np.pi * place / 12)
    flat = logs[:12] - np.linspace(0.0, growth * 11 / 12, 12)
    np.testing.assert_allclose(flat - flat.mean(), true - true.mean(), atol=0.05)


def test_bands_widen_and_cover_the_noise() -> None:
    low, high = np.quantile(regimes(task(horizon=24, paths=4000)).paths, [0.1, 0.9], axis=0)
    width = np.log(high / low)
    assert width[23] > width[11] > width[0]
    assert width[0] > 2.0 * 1.28 * 0.04


@pytest.mark.parametrize(("step", "spans"), [(3, 60), (12, 30)])
def test_quarters_and_years(step: int, spans: int) -> None:
    ahead = regimes(task(record(spans, step), 5, 1000))
    assert ahead.paths.shape == (1000, 5)
    last = record(spans, step).values[-1]
    assert 0.6 * last < ahead.point[-1] < 2.0 * last


def test_gaps_and_zeros_are_borne() -> None:
    whole = record()
    broken = whole.values.copy()
    broken[[20, 21, 90]] = np.nan
    broken[100] = 0.0
    ahead = regimes(task(Series("gaps", whole.start, 1, broken)))
    assert np.isfinite(ahead.paths).all()
    np.testing.assert_allclose(ahead.point, regimes(task()).point, rtol=0.15)


def test_gaps_are_bridged_between_their_neighbours_season_apart() -> None:
    whole = record(120, season=0.3)
    broken = whole.values.copy()
    broken[60:63] = np.nan
    bridged = log_record(Series("gaps", whole.start, 1, broken))
    np.testing.assert_allclose(bridged[60:63], np.log(whole.values[60:63]), atol=0.25)
    seen = ~np.isnan(broken)
    np.testing.assert_allclose(bridged[seen], np.log(broken[seen]), rtol=1e-12)


def test_a_long_gap_cuts_the_record() -> None:
    """Bridged by a line it would pass for years of perfect calm."""
    whole = record()
    broken = whole.values.copy()
    broken[60:70] = np.nan
    cut = last_years(Series("broken", whole.start, 1, broken))
    assert (cut.start, cut.origin, len(cut)) == (whole.start + 70, whole.origin, 110)
    assert crisis_now(regimes(task(Series("broken", whole.start, 1, broken))).said) < 30


def test_only_the_last_years_are_read() -> None:
    long = record(12 * (LONGEST_YEARS + 10))
    assert len(last_years(long)) == 12 * LONGEST_YEARS
    assert last_years(long).origin == long.origin
    other = long.values.copy()
    other[: 12 * 9] *= 7.0
    a, b = (regimes(task(Series("long", long.start, 1, values))) for values in (long.values, other))
    np.testing.assert_array_equal(a.paths, b.paths)


def test_season_is_that_of_the_record_and_none_where_there_is_none() -> None:
    at = np.arange(180)
    pattern = 0.2 * np.sin(2.0 * np.pi * at / 12)
    noise = np.random.default_rng(5).normal(0.0, 0.03, 180)
    np.testing.assert_allclose(season_of(0.004 * at + pattern + noise, 12), pattern[:12], atol=0.03)
    assert np.abs(season_of(0.004 * at + noise, 12)).max() < 0.03
    assert (season_of(np.arange(20.0), 12) == 0.0).all()
    assert (season_of(np.arange(20.0), 1) == 0.0).all()


def test_seeds_and_more_paths() -> None:
    few, many = regimes(task(paths=100)), regimes(task(paths=1000))
    np.testing.assert_array_equal(many.paths[:100], few.paths)
    np.testing.assert_array_equal(many.point, few.point)
    assert (regimes(task(paths=100, seed=8)).paths != few.paths).any()
    assert not few.paths.flags.writeable
    assert not few.point.flags.writeable


def test_what_is_refused() -> None:
    with pytest.raises(GapError, match="30 figures above 0 after its last long gap; regimes needs 36"):
        regimes(task(record(30)))
    idle = record().values.copy()
    idle[::4] = 0.0
    with pytest.raises(GapError, match="45 gaps and zeros in 180 spans"):
        regimes(task(Series("idle", 0, 1, idle)))
    wrong = record().values.copy()
    wrong[5] = -1.0
    with pytest.raises(InputError, match="negative"):
        regimes(task(Series("wrong", 0, 1, wrong)))
    with pytest.raises(InputError, match="at least 1"):
        regimes(task(horizon=0))
    with pytest.raises(InputError, match="at least 1"):
        regimes(task(paths=0))


def test_a_record_that_never_moves() -> None:
    ahead = regimes(task(Series("still", 0, 1, np.full(120, 5.0))))
    assert np.isfinite(ahead.paths).all()
    np.testing.assert_allclose(ahead.point[0], 5.0, rtol=0.05)


def oil_price(origin: int, months: int = 300) -> Driver:
    steps = np.random.default_rng(8).normal(0.0, 0.09, months)
    return Driver("oil", origin + 1 - months, 60.0 * np.exp(np.cumsum(steps)))


def with_oil(elasticity: float) -> tuple[Series, Driver]:
    """A record that the mean oil price of this and the two months before moves by so much."""
    base, oil = record(240), oil_price(ORIGIN)
    logs = np.log(oil.values)
    recent = np.convolve(logs, np.ones(3) / 3.0, mode="valid")[-len(base) :]
    return Series("oil pair", base.start, 1, base.values * np.exp(elasticity * recent)), oil


def test_what_oil_explains_is_taken_off_and_comes_back_as_given() -> None:
    series, oil = with_oil(0.8)
    known = {"oil": oil}
    course = oil_part(last_years(series), np.diff(np.log(series.values)), Task(series, 12, known=known), 8)
    assert course is not None
    assert course.mean[0] == pytest.approx(0.8, abs=4.0 * np.sqrt((course.factor[0] ** 2).sum()))
    assert course.mean[0] > 0.6
    free = regimes(Task(series, 12, 400, known=known))
    half, same = (
        regimes(Task(series, 12, 400, known=known, given={"oil": Driver("oil", ORIGIN + 1, np.full(12, price))}))
        for price in (oil.values[-1] / 2.0, oil.values[-1])
    )
    assert np.log(half.point[11] / same.point[11]) == pytest.approx(course.mean.sum() * np.log(0.5), abs=0.12)
    width = [float(np.diff(np.quantile(np.log(a.paths[:, 11]), [0.1, 0.9]))[0]) for a in (free, same)]
    assert width[0] > 1.1 * width[1], "the price's own density is in the bands until it is given"
    assert "net of oil" in free.said
    many = regimes(Task(series, 12, 1000, known=known))
    np.testing.assert_array_equal(many.paths[:400], free.paths)


def test_a_fall_that_oil_explains_is_no_crisis() -> None:
    """Oil falls by half over the last months and takes the record with it: net of oil nothing happened."""
    series, oil = with_oil(0.9)
    logs = np.log(oil.values)
    fall = np.concatenate([np.zeros(len(logs) - 8), -0.2 * np.arange(1.0, 9.0)])
    recent = np.convolve(fall, np.ones(3) / 3.0, mode="valid")[-len(series) :]
    fallen = Series("oil pair", series.start, 1, series.values * np.exp(0.9 * recent))
    told = Driver("oil", oil.start, np.exp(logs + fall))
    blind, seeing = regimes(Task(fallen, 12, 200)), regimes(Task(fallen, 12, 200, known={"oil": told}))
    assert crisis_now(blind.said) > 50
    assert crisis_now(seeing.said) < 30


def test_prior_of_elasticities_spans_both_kinds_of_pairs() -> None:
    mean, sd = elasticity_prior()
    assert mean[0] == pytest.approx((0.15 + 0.43) / 2.0)
    assert sd[0] == pytest.approx(np.sqrt((0.08**2 + 0.17**2) / 2.0 + 0.14**2))
