"""Shifts: per cents, shares, amounts, steps and what is drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.months import month
from forecast.scenarios.conditions.kinds import Shift
from tests.unit.scenarios.effects.cases import FIRST, effect, laid, levels


def test_a_per_cent_comes_in_equal_steps_and_ends_at_once() -> None:
    shift = Shift("imports", percent=30.0, over_months=3, start=FIRST + 2, until=FIRST + 6)
    found = np.expm1(effect(shift)[:, :, 1])
    expected = np.zeros(30)
    expected[2:7] = [0.1, 0.2, 0.3, 0.3, 0.3]
    assert found == pytest.approx(np.tile(expected, (5, 1)), abs=1e-14)


def test_the_other_flow_is_left_alone_bit_by_bit() -> None:
    assert not effect(Shift("imports", percent=30.0, sd=5.0))[:, :, 0].any()


def test_a_share_moves_that_part_only() -> None:
    assert np.exp(effect(Shift("exports", percent=-50.0, share=0.2))[0, 5, 0]) == pytest.approx(0.9)


def test_a_start_left_out_is_the_first_month_and_next_january_is_january() -> None:
    assert (effect(Shift("exports", percent=5.0))[0, :, 0] > 0).all()
    january = effect(Shift("exports", percent=5.0, start="next-january"))[0, :, 0]
    assert np.flatnonzero(january)[0] == month(2019, 1) - FIRST


def test_amounts_add_up_to_what_was_said_in_every_twelve_months() -> None:
    paths = levels()
    moved = paths * np.exp(effect(Shift("exports", usd_bn_a_year=6.0, start="next-january"), on=paths))
    gained = (moved - paths)[:, :, 0]
    assert gained[:, :3] == pytest.approx(0.0, abs=1e-12)
    for at in (3, 8, 15):
        assert gained[:, at : at + 12].sum(axis=1) == pytest.approx(6.0, rel=1e-12)


def test_an_amount_of_turnover_is_shared_in_proportion() -> None:
    paths = levels()
    moved = paths * np.exp(effect(Shift("turnover", usd_bn_a_year=-6.0), on=paths))
    assert (paths - moved).sum(axis=2) == pytest.approx(0.5, rel=1e-12)
    assert (moved / paths)[:, :, 0] == pytest.approx((moved / paths)[:, :, 1], rel=1e-14)


def test_amounts_are_what_was_said_whatever_else_moves_the_flow() -> None:
    paths = levels()
    less, more = Shift("exports", percent=-40.0), Shift("turnover", usd_bn_a_year=12.0)
    both, one = (np.exp(effect(*conditions, on=paths)) * paths for conditions in ((less, more), (less,)))
    assert (both - one).sum(axis=2) == pytest.approx(1.0, rel=1e-12)
    assert effect(more, less, on=paths) == pytest.approx(effect(less, more, on=paths), abs=1e-15)


def test_more_than_there_is_leaves_a_hundredth_and_says_so() -> None:
    paths = levels(paths=4)  # months of 3 to 6 bn and more
    found = laid(Shift("exports", usd_bn_a_year=-60.0), on=paths)
    assert found.log_effect is not None
    assert found.log_effect[0, :, 0] == pytest.approx(np.log(0.01))
    assert any("in some month of" in sentence for sentence in found.warnings)
    total = laid(Shift("exports", percent=-100.0), on=paths)
    assert total.log_effect is not None
    assert total.log_effect[:, :, 0] == pytest.approx(np.log(0.01))
    assert any("100.0% of the paths" in sentence for sentence in total.warnings)


def test_a_part_cannot_lose_more_than_itself() -> None:
    found = laid(Shift("exports", percent=-99.0, sd=20.0, share=0.3), on=levels(paths=400))
    assert found.log_effect is not None
    assert np.exp(found.log_effect[:, :, 0]).min() == pytest.approx(0.7)
    assert any("outside its share" in sentence for sentence in found.warnings)


def test_draws_have_the_mean_and_sd_that_were_said() -> None:
    paths = 4000
    found = np.expm1(effect(Shift("exports", percent=10.0, sd=4.0), on=levels(paths=paths, months=2))[:, 1, 0])
    assert found.mean() == pytest.approx(0.10, abs=5 * 0.04 / np.sqrt(paths))
    assert found.std() == pytest.approx(0.04, abs=5 * 0.04 / np.sqrt(2 * paths))


def test_two_shifts_of_a_flow_are_drawn_apart_and_the_same_again_with_another_condition_before() -> None:
    paths = levels(paths=500, months=2)
    soy, meat = (Shift("imports", percent=10.0, sd=4.0, share=0.5, group=g) for g in ("soybeans", "meat"))
    alone, other = effect(soy, on=paths)[:, 0, 1], effect(meat, on=paths)[:, 0, 1]
    assert abs(np.corrcoef(alone, other)[0, 1]) < 5 / np.sqrt(500)
    assert effect(meat, soy, on=paths)[:, 0, 1] == pytest.approx(alone + other, abs=1e-15)


def test_a_group_has_the_share_that_was_published_by_the_day() -> None:
    found = laid(Shift("imports", percent=-100.0, group="crude-oil"), as_of=date(2019, 3, 1))
    assert found.log_effect is not None
    assert np.exp(found.log_effect[0, 0, 1]) == pytest.approx(1.0 - 20.566257 / 42.116091, abs=1e-6)  # year 2017
    with pytest.raises(ScenarioError, match="No composition of this pair") as caught:
        laid(Shift("imports", percent=-100.0, group="crude-oil"), pair="USA-MEX")
    assert caught.value.pointer == "/conditions/0/group"
    given = laid(Shift("imports", percent=-100.0, group="crude-oil", share=0.4), pair="USA-MEX").log_effect
    assert given is not None
    assert np.exp(given[0, 0, 1]) == pytest.approx(0.6)


def test_a_shift_says_exactly_one_size() -> None:
    for wrong in (Shift("exports"), Shift("exports", percent=1.0, usd_bn_a_year=1.0)):
        with pytest.raises(ScenarioError, match="exactly one"):
            laid(wrong)
