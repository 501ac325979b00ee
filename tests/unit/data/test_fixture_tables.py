"""The committed figures: complete, sourced, dated by rule, and what a rebuild gives."""

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from forecast.data.fixtures import fixture_path

ROOT = Path(__file__).resolve().parents[3]
RAW = ROOT.parent / "shared" / "data"
COMPILED = sorted(
    path.relative_to(ROOT / "fixtures").as_posix()
    for path in [*(ROOT / "fixtures" / "pairs").rglob("*.csv"), *(ROOT / "fixtures" / "drivers").glob("*.csv")]
    if path.name != "currencies.csv"
)


def rows(*parts: str) -> list[dict[str, str]]:
    with fixture_path(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def press(**wanted: str) -> list[dict[str, str]]:
    return [row for row in rows("pairs", "CHN-RUS", "press.csv") if all(row[k] == v for k, v in wanted.items())]


@pytest.mark.parametrize("name", [name for name in COMPILED if name.startswith("pairs/")])
def test_every_figure_has_unit_reporter_source_and_a_day_after_its_span(name: str) -> None:
    for row in rows(*name.split("/")):
        assert row["source"]
        assert row["unit"] in ("USD", "USD mn", "USD bn")
        assert row["reporter"] in ("CHN", "RUS")
        assert date.fromisoformat(row["published"]).isoformat()[:7] > row["span_end"]


def test_annual_totals_by_both_reporters_are_complete() -> None:
    years = {
        reporter: sorted(
            {int(r["span_start"][:4]) for r in rows("pairs", "CHN-RUS", "annual.csv") if r["reporter"] == reporter}
        )
        for reporter in ("CHN", "RUS")
    }
    assert years == {"CHN": list(range(1992, 2021)), "RUS": list(range(1992, 2025))}


def test_only_estimates_of_russia_are_left_out_of_the_annual_table() -> None:
    marked = [row for row in rows("pairs", "CHN-RUS", "annual.csv") if row["left_out"]]
    assert {(row["reporter"], row["span_start"][:4]) for row in marked} == {
        ("RUS", y) for y in ("2022", "2023", "2024")
    }


def test_months_are_complete_and_dated_by_the_rule() -> None:
    months = {(row["span_start"], row["flow"]): row["published"] for row in rows("pairs", "CHN-RUS", "monthly.csv")}
    both = [f"{y}-{m:02d}" for y in range(2017, 2025) for m in range(1, 13)]
    later = [f"2025-{m:02d}" for m in range(1, 13)] + [f"2026-{m:02d}" for m in range(1, 6)]
    assert sorted(month for month, flow in months if flow == "exports") == both
    assert sorted(month for month, flow in months if flow == "imports") == both + later
    assert months["2018-08", "exports"] == "2018-09-20"
    assert months["2018-12", "exports"] == "2019-01-20"
    assert months["2019-01", "exports"] == "2019-02-20"
    assert months["2020-01", "exports"] == months["2020-02", "exports"] == "2020-03-20"


def test_the_first_prints_of_the_flagship_day() -> None:
    prints = {row["flow"]: row for row in press(span_start="2018-01", span_end="2018-09")}
    assert {flow: float(row["value"]) for flow, row in prints.items()} == {"turnover": 77, "exports": 35, "imports": 42}
    assert {(row["resolution"], row["published"]) for row in prints.values()} == {("1", "2018-10-12")}
    (august,) = press(span_start="2018-01", span_end="2018-08", flow="turnover")
    assert (august["value"], august["resolution"], august["published"]) == ("67.51", "0.01", "2018-09-08")


def test_a_page_is_no_older_than_the_latest_span_it_quotes() -> None:
    assert {row["published"] for row in press(span_start="2008-01")} == {"2009-10-20"}
    assert {row["published"] for row in press(span_start="2013-01")} == {"2014-07-20"}
    assert {row["published"] for row in press(span_start="2016-05", span_end="2016-05")} == {"2017-06-30"}


def test_what_is_left_out_of_the_prints() -> None:
    reasons = [row["left_out"] for row in press() if row["left_out"]]
    assert reasons.count("converted from yuan by the newspaper") == 6
    assert reasons.count("the page swaps the two flows") == 2
    assert {row["flow"] for row in press(left_out="the page swaps the two flows")} == {"exports", "imports"}
    late = press(left_out="quoted after the statistic was known")
    assert len(reasons) == 8 + len(late)
    known = {
        (r["span_start"], r["span_end"], r["reporter"]): r["published"]
        for name in ("annual.csv", "monthly.csv")
        for r in rows("pairs", "CHN-RUS", name)
    }
    assert all(known[row["span_start"], row["span_end"], row["reporter"]] < row["published"] for row in late)


def test_drivers_are_known_on_a_day_of_the_next_month() -> None:
    for name in COMPILED:
        if name.startswith("drivers/"):
            day = "15" if name == "drivers/activity.csv" else "05"
            for row in rows(*name.split("/")):
                year, number = int(row["month"][:4]), int(row["month"][5:])
                assert row["published"] == f"{year + number // 12}-{number % 12 + 1:02d}-{day}"


@pytest.mark.shared
@pytest.mark.skipif(not RAW.is_dir(), reason="the folder of raw figures is not beside the repository")
def test_a_rebuild_gives_the_committed_bytes(tmp_path: Path) -> None:
    program = ROOT / "fixtures" / "build" / "compile.py"
    subprocess.run([sys.executable, program, RAW, "--out", tmp_path], check=True, capture_output=True)
    rebuilt = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.csv"))
    assert rebuilt == COMPILED
    for name in rebuilt:
        assert (tmp_path / name).read_bytes() == (ROOT / "fixtures" / name).read_bytes(), name
