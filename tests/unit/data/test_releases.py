"""What was known of one kind of figure on one day and of another kind on another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from forecast.data.assemble import load_panel
from forecast.data.releases import driver_days, figure_days, panel_known

EARLY, LATE = date(2018, 9, 6), date(2018, 10, 12)


def test_days_lie_after_the_first_and_up_to_the_last() -> None:
    days = figure_days("CHN-RUS", EARLY, LATE)
    assert days == tuple(sorted(set(days)))
    assert LATE in days
    assert EARLY not in days
    assert all(EARLY < day <= LATE for day in days)
    assert figure_days("RUS-CHN", EARLY, LATE) == days


def test_every_day_on_which_the_panel_changes_is_named() -> None:
    days = figure_days("CHN-RUS", EARLY, LATE)
    before = load_panel("CHN-RUS", as_of=EARLY).observations.value_usd_bn
    for day in days:
        eve = load_panel("CHN-RUS", as_of=date.fromordinal(day.toordinal() - 1)).observations.value_usd_bn
        assert before.tolist() == eve.tolist()  # nothing came between
        before = load_panel("CHN-RUS", as_of=day).observations.value_usd_bn


def test_drivers_come_out_month_by_month() -> None:
    assert driver_days(("oil",), EARLY, LATE) == (date(2018, 10, 5),)
    assert driver_days((), EARLY, LATE) == ()


def test_panels_of_two_days() -> None:
    mixed = panel_known("CHN-RUS", figures=EARLY, drivers=LATE, as_of=EARLY)
    early, late = load_panel("CHN-RUS", as_of=EARLY), load_panel("CHN-RUS", as_of=LATE)
    assert mixed.observations.value_usd_bn.tolist() == early.observations.value_usd_bn.tolist()
    assert mixed.oil.end == late.oil.end > early.oil.end
    assert mixed.fx["RUS"].end == late.fx["RUS"].end
    assert len({mixed.data_sha256, early.data_sha256, late.data_sha256}) == 3
    assert panel_known("CHN-RUS", figures=LATE, drivers=LATE, as_of=LATE).data_sha256 == late.data_sha256


def test_days_of_a_table_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = ("month,flow,value,unit,published", "2018-01,exports,2.0,USD bn,2018-02-20")
    path.write_text("\n".join([*rows, "2018-02,exports,2.1,USD bn,2018-03-21"]) + "\n")
    assert figure_days("AAA-BBB", date(2018, 2, 20), date(2018, 12, 31), path) == (date(2018, 3, 21),)
