"""Composition: shares by hand, by the day of knowledge, and from the other side."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.errors import ScenarioError
from forecast.models.composition import Composition, group_share

VALUES = {
    ("exports", 2017, "all"): 40.0, ("exports", 2017, "toys"): 4.0,
    ("imports", 2017, "all"): 60.0, ("imports", 2017, "toys"): 0.0,
    ("exports", 2018, "all"): 50.0, ("exports", 2018, "toys"): 10.0,
    ("imports", 2018, "all"): 50.0, ("imports", 2018, "toys"): 5.0,
}  # fmt: skip
SMALL = Composition(VALUES, {2017: date(2019, 3, 1), 2018: date(2020, 3, 1)})


def test_the_latest_year_published_by_the_day() -> None:
    assert group_share(SMALL, "exports", "toys", date(2020, 2, 29)) == 0.1
    assert group_share(SMALL, "exports", "toys", date(2020, 3, 1)) == 0.2
    assert group_share(SMALL, "turnover", "toys", date(2020, 3, 1)) == pytest.approx(0.15)


def test_from_the_other_side_exports_are_imports() -> None:
    assert group_share(SMALL.mirrored(), "imports", "toys", date(2020, 3, 1)) == 0.2


def test_nothing_published_yet_no_such_group_and_no_composition_ask_for_a_share() -> None:
    for composition, group, day in (
        (SMALL, "toys", date(2019, 2, 28)),
        (SMALL, "soybeans", date(2020, 3, 1)),
        (None, "toys", date(2020, 3, 1)),
    ):
        with pytest.raises(ScenarioError, match="'share'") as caught:
            group_share(composition, "exports", group, day, pointer="/conditions/3")
        assert caught.value.pointer == "/conditions/3/group"
