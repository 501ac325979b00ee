"""Crises laid over the paths: how often, how deep, how they end."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.months import month
from forecast.scenarios.conditions.kinds import Crisis
from forecast.scenarios.crisis_paths import CrisisPaths, crisis_paths, find_episode
from tests.exact.cases import FLAGSHIP_DAY, background

FIRST, MONTHS, PATHS = month(2018, 10), 60, 20_000


def drawn(
    *crises: Crisis, as_of: date = FLAGSHIP_DAY, first: int = FIRST, seed: int = 1, hazard: float | None = None
) -> CrisisPaths:
    """By hazard, or crises of a scenario alone unless a hazard is given beside them."""
    if hazard is None:
        hazard = 0.0 if crises else 1.0
    return crisis_paths(
        background(), as_of=as_of, first=first, months=MONTHS, paths=PATHS, seed=seed, crises=crises, hazard=hazard
    )


def test_hazard_carries_what_is_not_known_of_the_rate() -> None:
    """Four starts in 39 years: the rate is Gamma(4, 39), not 4 / 39."""
    assert background().crises_a_year(FLAGSHIP_DAY) == 4 / 39
    found = drawn()
    for months in (1, 3, 12, 36, 60):
        expected = 1 - (39 / (39 + months / 12)) ** 4
        share = ((found.start >= 0) & (found.start < FIRST + months)).mean()
        assert abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / PATHS), months
    assert set(np.unique(found.start)) <= {-1, *range(FIRST, FIRST + MONTHS)}


def test_paths_without_a_crisis_are_untouched_and_others_only_from_its_start() -> None:
    found = drawn()
    assert (found.log_effect[found.start < 0] == 0).all()
    at = np.where(found.start < 0, MONTHS, found.start - FIRST)
    before = np.arange(MONTHS)[None, :] < at[:, None]
    assert (found.log_effect[before] == 0).all()
    some = found.start >= 0
    assert (found.log_effect[np.flatnonzero(some), at[some]] != 0).all()


def test_hazard_draws_only_from_what_had_been_measured() -> None:
    """The mean effect, months after the start, is the average over the episodes measured by the day."""
    found = drawn()
    chosen = np.flatnonzero((found.start >= 0) & (found.start < FIRST + 30))
    after = found.log_effect[chosen, found.start[chosen] - FIRST + 24]
    each = []
    for e in background().measured_by(FLAGSHIP_DAY):
        each.append(e.depth_log * 0.5 ** (max(25 - e.months_to_trough, 0) / e.months_to_half))
    assert len(each) == 4
    assert after.mean() == pytest.approx(np.mean(each), abs=5 * after.std() / np.sqrt(len(after)))


def test_a_named_crisis_falls_to_its_trough_and_recovers_by_half_lives() -> None:
    episode = find_episode(background(), "2008-09")
    found = drawn(Crisis("2008-09", month(2019, 1)))
    at, trough = month(2019, 1) - FIRST, round(episode.months_to_trough)
    assert (found.start == month(2019, 1)).all()
    mean = found.log_effect.mean(axis=0)
    assert (mean[:at] == 0).all()
    depth = mean[at + trough - 1]
    error = episode.depth_log_sd / np.sqrt(PATHS)
    assert depth == pytest.approx(episode.depth_log, abs=5 * error)
    assert found.log_effect[:, at + trough - 1].std() == pytest.approx(episode.depth_log_sd, rel=0.03)
    np.testing.assert_allclose(mean[at : at + trough], depth * np.arange(1, trough + 1) / trough, rtol=1e-9)
    later = mean[at + trough - 1 :]
    assert (np.diff(later) > 0).all(), "made good month by month"
    np.testing.assert_allclose(later / depth, 0.5 ** (np.arange(len(later)) / episode.months_to_half), rtol=1e-9)


def test_severity_scales() -> None:
    one, half, none = (drawn(Crisis("2008-09", severity=s)).log_effect for s in (1.0, 0.5, 0.0))
    np.testing.assert_allclose(half, 0.5 * one, rtol=1e-12)
    assert (none == 0).all()


def test_what_was_not_made_good_stays() -> None:
    lasting = drawn(Crisis("1998")).log_effect
    trough = round(find_episode(background(), "1998").months_to_trough)
    np.testing.assert_allclose(lasting[:, trough:], np.repeat(lasting[:, trough : trough + 1], MONTHS - trough, axis=1))


def test_a_crisis_under_way_goes_on_from_where_it_stands() -> None:
    """As of January 2009: in every path, as what is left of one of the episodes measured until then."""
    day, first = date(2009, 1, 31), month(2009, 1)
    found = drawn(as_of=day, first=first)
    assert (found.start == month(2008, 9)).all()
    passed, expected = first - month(2008, 9), []
    for e in background().measured_by(day):
        fall = [e.depth_log * min(k / e.months_to_trough, 1.0) for k in (passed, passed + 12)]
        made_good = 0.5 ** (max(passed + 12 - e.months_to_trough, 0) / e.months_to_half)
        expected.append(fall[1] * made_good - fall[0])
    effect = found.log_effect[:, 11]
    assert effect.mean() == pytest.approx(np.mean(expected), abs=5 * effect.std() / np.sqrt(PATHS))
    assert effect.mean() < -0.05
    assert np.abs(found.log_effect[:, 0]).mean() < np.abs(effect).mean(), "it goes on falling, it does not jump"


def test_default_start_is_the_month_after_the_day_of_knowledge() -> None:
    assert (drawn(Crisis("typical")).start == month(2018, 11)).all()
    assert (drawn(Crisis("typical", start="next-january")).start == month(2019, 1)).all()
    late_record = drawn(Crisis("typical"), as_of=FLAGSHIP_DAY, first=month(2019, 6))
    assert (late_record.start == month(2019, 6)).all()


def test_bad_starts_and_names() -> None:
    with pytest.raises(ScenarioError, match="2018-09"):
        drawn(Crisis("typical", start=month(2018, 9)))
    with pytest.raises(ScenarioError, match="Did you mean") as caught:
        drawn(Crisis("2008"))
    assert "typical" in caught.value.allowed


def test_a_crisis_beyond_the_horizon_leaves_the_hazard() -> None:
    later = drawn(Crisis("typical", start=FIRST + MONTHS))
    np.testing.assert_array_equal(later.log_effect, drawn(hazard=0.0).log_effect)
    both = drawn(Crisis("typical", start=FIRST + MONTHS), hazard=1.0)
    np.testing.assert_array_equal(both.log_effect, drawn().log_effect)


def test_several_crises_add_up_and_share_their_depth() -> None:
    first, second = Crisis("2020", month(2019, 1)), Crisis("1998", month(2020, 6), severity=0.5)
    both = drawn(second, first)
    np.testing.assert_allclose(both.log_effect, drawn(first).log_effect + drawn(second).log_effect, rtol=1e-12)
    assert (both.start == month(2019, 1)).all()


def test_a_stated_length_stretches_the_fall() -> None:
    usual, long = (drawn(Crisis("2008-09", length_months=months)).log_effect for months in (None, 20.0))
    assert (usual[:, 2] / long[:, 2]).max() > 1.5
    assert long.mean(axis=0).argmin() == 20, "the twentieth month from November 2018"
    np.testing.assert_allclose(long.min(axis=1), usual.min(axis=1), rtol=0.03)


@pytest.mark.parametrize("multiplier", [0.5, 3.0])
def test_the_hazard_multiplies_the_rate_with_what_is_not_known_of_it(multiplier: float) -> None:
    share = (drawn(hazard=multiplier).start >= 0).mean()
    expected = 1 - (39 / (39 + 5 * multiplier)) ** 4
    assert abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / PATHS)
    np.testing.assert_array_equal(drawn(hazard=1.0).log_effect, drawn().log_effect)


def test_no_hazard_no_crisis() -> None:
    none = drawn(hazard=0.0)
    assert (none.start == -1).all()
    assert not none.log_effect.any()


def test_the_hazard_stays_before_and_after_a_crisis_of_the_scenario() -> None:
    """Those that would begin during its fall give way; the others come on top, as in the baseline."""
    named, usual = Crisis("2008-09", month(2020, 1)), drawn()
    both, alone = drawn(named, hazard=1.0), drawn(named)
    length = find_episode(background(), "2008-09").months_to_trough
    during = (usual.start >= month(2020, 1)) & (usual.start < month(2020, 1) + length)
    assert during.any()
    expected = alone.log_effect + np.where(during[:, None], 0.0, usual.log_effect)
    np.testing.assert_allclose(both.log_effect, expected, atol=1e-12)
    before = (usual.start >= 0) & (usual.start < month(2020, 1))
    np.testing.assert_array_equal(both.start, np.where(before, usual.start, month(2020, 1)))


def test_a_crisis_under_way_is_a_fact_that_no_hazard_ends_and_others_come_on_top() -> None:
    day, first = date(2009, 1, 31), month(2009, 1)
    running = drawn(as_of=day, first=first)
    for hazard in (0.0, 20.0):
        np.testing.assert_array_equal(drawn(as_of=day, first=first, hazard=hazard).log_effect, running.log_effect)
    second = drawn(Crisis("1998", month(2010, 6)), as_of=day, first=first)
    alone = drawn(Crisis("1998", month(2010, 6)), as_of=date(2008, 1, 31), first=first)
    np.testing.assert_allclose(second.log_effect, running.log_effect + alone.log_effect, atol=1e-12)
    np.testing.assert_array_equal(second.start, running.start)


def test_seeds() -> None:
    np.testing.assert_array_equal(drawn().start, drawn().start)
    assert (drawn(seed=2).start != drawn().start).any()
