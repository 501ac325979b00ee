"""Crises over the paths of any forecaster: the mixture, its moments, and nothing counted twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from forecast.errors import InputError
from forecast.models.crises.hazard import NEVER, Hazard
from forecast.models.crises.kinds import KINDS
from forecast.models.crises.overlay import (
    CrisisLaw,
    Held,
    draw_crises,
    held_by,
    law_known_by,
    lay_crises,
    log_spreads,
    with_crises,
)
from forecast.models.task import Ahead, Task
from forecast.months import month
from forecast.series import Series
from tests.unit.models.crises.records import ORIGIN, record, task

LAW = law_known_by(ORIGIN)
BY_NAME = {kind.name: kind for kind in KINDS}
AT_ONCE = Hazard(1e9, 1.0)  #: a crisis begins in the first month


def own_paths(paths: int = 20_000, horizon: int = 24, sd: float = 0.06) -> np.ndarray:
    """Log random walks about 10."""
    steps = np.random.default_rng(3).normal(0.0, sd, (paths, horizon))
    return 10.0 * np.exp(np.cumsum(steps, axis=1))


def test_hazard_of_the_paths() -> None:
    n = 20_000
    start = draw_crises(LAW, 36, n, 1).start
    for months in (1, 12, 36):
        expected = 1.0 - (LAW.hazard.years / (LAW.hazard.years + months / 12.0)) ** LAW.hazard.shape
        share = float(((start > ORIGIN) & (start <= ORIGIN + months)).mean())
        assert abs(share - expected) < 5.0 * np.sqrt(expected * (1.0 - expected) / n)


def test_probability_is_the_sum_over_crisis_and_none() -> None:
    laid = lay_crises(own_paths(), LAW, 5)
    hit = laid.paths[:, 12:].sum(axis=1) >= 118.0
    crisis = laid.crisis_start >= 0
    weight = float(crisis.mean())
    assert 0.1 < weight < 0.4
    parts = weight * hit[crisis].mean() + (1.0 - weight) * hit[~crisis].mean()
    assert parts == pytest.approx(float(hit.mean()), abs=1e-14)
    assert hit[crisis].mean() < hit[~crisis].mean() - 0.05


def test_paths_are_untouched_before_and_without_a_crisis() -> None:
    own = own_paths(2000)
    laid = lay_crises(own, LAW, 5)
    calm = laid.crisis_start < 0
    np.testing.assert_array_equal(laid.paths[calm], own[calm])
    for i in np.flatnonzero(~calm)[:50]:
        before = laid.crisis_start[i] - (ORIGIN + 1)
        np.testing.assert_array_equal(laid.paths[i, :before], own[i, :before])
        assert laid.paths[i, before] != own[i, before]


def test_without_hazard_or_kinds_the_paths_come_back_to_the_bit() -> None:
    own = own_paths(500)
    for law in (replace(LAW, hazard=NEVER), replace(LAW, kinds=())):
        laid = lay_crises(own, law, 5, held=Held(0.5, 1.0))
        np.testing.assert_array_equal(laid.paths, own)
        assert (laid.crisis_start == -1).all()


@pytest.mark.parametrize("name", ["1998", "2008-09", "2020"])
def test_depth_length_and_recovery_have_the_spread_that_was_measured(name: str) -> None:
    kind, n = BY_NAME[name], 8000
    effect = draw_crises(CrisisLaw(ORIGIN, AT_ONCE, (kind,)), 120, n, 2).log_effect
    deepest = np.abs(effect).max(axis=1) * np.sign(effect[np.arange(n), np.abs(effect).argmax(axis=1)])
    # The month of the trough may lie between two months, where the deepest figure is a little less than the depth.
    assert deepest.mean() == pytest.approx(kind.depth_log, abs=5.0 * kind.depth_log_sd / np.sqrt(n) + 0.02)
    assert deepest.std() == pytest.approx(kind.depth_log_sd, rel=0.08)
    reached = np.abs(effect).argmax(axis=1) + 1.0
    assert np.median(reached) == pytest.approx(kind.months_to_trough, abs=1.0)
    assert kind.length_log_sd is not None
    if kind.recovered_share is None:
        return
    at = np.abs(effect).argmax(axis=1)
    sound = (at + 24 < 120) & (np.abs(deepest) > 0.05)
    won = 1.0 - effect[np.flatnonzero(sound), at[sound] + 24] / deepest[sound]
    draws = stats.norm(kind.recovered_share, kind.recovered_share_sd).ppf((np.arange(20_000) + 0.5) / 20_000)
    assert won.mean() == pytest.approx(np.clip(draws, 0.0, 0.98).mean(), abs=0.03)


def test_kinds_are_equally_likely() -> None:
    law = CrisisLaw(ORIGIN, AT_ONCE, tuple(replace(kind, depth_log_sd=0.0) for kind in LAW.kinds))
    effect = draw_crises(law, 120, 4000, 3).log_effect.min(axis=1)
    for kind in law.kinds:
        share = float(np.mean(np.abs(effect - kind.depth_log) < 0.012))
        assert abs(share - 1.0 / len(law.kinds)) < 5.0 * np.sqrt(0.25 * 0.75 / 4000) + 0.02, kind.name


def test_a_record_that_holds_crises_keeps_mean_and_variance() -> None:
    """With all of it held the bands have the width that they had; with none they widen by the crises' own."""
    own = own_paths(20_000)
    effect = draw_crises(LAW, 24, 20_000, 1).log_effect
    held = np.log(lay_crises(own, LAW, 9, held=Held(1.0, 1.0)).paths)
    free = np.log(lay_crises(own, LAW, 9).paths)
    before = np.log(own)
    for h in (5, 11, 23):
        assert held[:, h].var() == pytest.approx(before[:, h].var(), rel=0.04)
        assert held[:, h].mean() == pytest.approx(before[:, h].mean(), abs=5.0 * before[:, h].std() / 141.0)
        assert free[:, h].var() == pytest.approx(before[:, h].var() + effect[:, h].var(), rel=0.04)
        assert free[:, h].mean() == pytest.approx(before[:, h].mean() + effect[:, h].mean(), abs=0.01)
    assert stats.skew(held[:, 23]) < -0.02


def test_bands_narrower_than_the_crises_shrink_to_half_at_most() -> None:
    own = own_paths(4000, sd=1e-4)
    laid = lay_crises(own, LAW, 9, held=Held(0.0, 1.0))
    calm = laid.crisis_start < 0
    assert log_spreads(laid.paths[calm])[23] == pytest.approx(0.5 * log_spreads(own[calm])[23], rel=0.02)


def test_what_a_record_holds() -> None:
    assert held_by(record(60), LAW) == Held(0.0, 0.0), "none began in 2013-10 to 2018-09"
    long = held_by(record(480), LAW)
    assert 0.8 < long.variance <= 1.0
    assert long.mean == pytest.approx(0.5 * long.variance)
    assert held_by(record(480), replace(LAW, hazard=NEVER)) == Held(0.0, 0.0)


def test_a_crisis_under_way_goes_on_in_every_path() -> None:
    origin = month(2008, 12)
    laid = lay_crises(np.full((4000, 12), 10.0), law_known_by(origin, news=True), 5)
    assert (laid.crisis_start == month(2008, 9)).all()
    effect = np.log(laid.paths / 10.0).mean(axis=0)
    assert effect[0] < 0.0
    assert effect[11] < effect[2] < effect[0], "it goes on falling from where it stands"
    assert effect[11] > -0.25
    assert law_known_by(origin).running is None, "a backtest draws it by the hazard alone unless asked"


def test_spans_of_several_months_take_the_mean_of_their_months() -> None:
    monthly = draw_crises(LAW, 36, 300, 4)
    yearly = draw_crises(LAW, 3, 300, 4, step=12)
    np.testing.assert_array_equal(yearly.start, monthly.start)
    whole = np.log(np.exp(monthly.log_effect).reshape(300, 3, 12).mean(axis=2))
    np.testing.assert_allclose(yearly.log_effect, whole, rtol=1e-12, atol=1e-15)


def test_seeds_and_more_paths() -> None:
    few, many, other = draw_crises(LAW, 24, 100, 4), draw_crises(LAW, 24, 400, 4), draw_crises(LAW, 24, 100, 5)
    np.testing.assert_array_equal(many.log_effect[:100], few.log_effect)
    np.testing.assert_array_equal(many.start[:100], few.start)
    assert (other.log_effect != few.log_effect).any()


def test_zero_stays_zero_and_bad_paths_are_refused() -> None:
    own = own_paths(200)
    own[::2, 20:] = 0.0
    laid = lay_crises(own, LAW, 5, held=Held(0.5, 1.0))
    np.testing.assert_array_equal(laid.paths == 0.0, own == 0.0)
    for bad in (np.array([1.0, 2.0]), np.array([[1.0, -1.0]]), np.array([[np.nan]])):
        with pytest.raises(InputError, match="finite"):
            lay_crises(bad, LAW, 5)
    with pytest.raises(InputError, match="between 0 and 1"):
        lay_crises(own, LAW, 5, held=Held(0.0, 1.2))


def walk(asked: Task) -> Ahead:
    """A forecaster for the tests: a log random walk whose paths append."""
    steps = np.random.default_rng(asked.seed).normal(0.0, 0.05, (asked.paths, asked.horizon))
    point = np.full(asked.horizon, asked.series.values[-1])
    return Ahead(point * np.exp(np.cumsum(steps, axis=1)), point, "a walk")


def test_any_forecaster_becomes_the_mixture() -> None:
    found = with_crises(walk)(task())
    assert found.paths.shape == (400, 12)
    assert not found.paths.flags.writeable
    assert found.said.startswith("a walk; a crisis begins in 10% of the paths")
    assert "like one of 4 measured" in found.said
    np.testing.assert_allclose(found.point / walk(task()).point, 1.0, atol=0.05)
    np.testing.assert_array_equal(with_crises(walk)(task(paths=1000)).paths[:400], found.paths)
    np.testing.assert_array_equal(with_crises(walk)(task(paths=1000)).point, found.point)


def test_before_any_crisis_was_measured_nothing_is_laid() -> None:
    early = Series("early", month(1970, 1), 1, record(120).values)
    asked = task(early)
    found = with_crises(walk)(asked)
    np.testing.assert_array_equal(found.paths, walk(asked).paths)
    assert found.said == "a walk; no crisis measured yet"
