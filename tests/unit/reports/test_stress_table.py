"""Reverse stress in words, tables and rows."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console

from forecast.errors import SchemaError
from forecast.evaluation.stressed import LeastCrisis, Stress
from forecast.reports.stress_table import COLUMNS, print_stress, stress_frame, stress_markdown, write_stress
from forecast.reports.stress_words import crisis_words, finding, no_crossing_words, path_words
from tests.unit.reports.stressed import NEAR, break_even, crossing, stress_map, stressed

TWO_PRICES = break_even(crossing(8.21), crossing(70.0, rises=False))
NO_CRISIS = LeastCrisis("typical", "2018-11", None, None, None, 0.893, 5.0, 0.61)


def printed(stress: Stress, width: int = 100) -> str:
    text = io.StringIO()
    print_stress(stress, Console(file=text, width=width, color_system=None))
    return text.getvalue()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "a coin toss at 54 USD a barrel"),
        ({"alpha": 0.3}, "a chance of 30% at 54 USD a barrel"),
        (
            {"break_even": break_even(crossing(8.21), crossing(70.0, rises=False))},
            "a coin toss at 8.2 and 70 USD a barrel",
        ),
        ({"break_even": break_even()}, "more likely than not at any oil price"),
        ({"break_even": break_even(), "alpha": 0.9}, "below 90% at any oil price"),
    ],
)
def test_the_finding_is_one_line(changes: dict[str, object], words: str) -> None:
    assert finding(stressed(**changes)) == f"Turnover of at least 100 bn USD in 2019: {words}"


def test_no_crossing_says_which_side_and_both_ends() -> None:
    text = no_crossing_words(stressed(break_even=break_even()))
    assert text == (
        "No flat oil price makes it a coin toss: the chance stays above 50%, at <0.1% with oil at 1 USD a barrel and "
        "at >99.9% with oil at 1,000."
    )


def test_a_path_stands_beside_the_flat_price() -> None:
    found = stressed()
    assert path_words(found) == (
        "Squared distance 2.5 over 15 months (score 0.69, further 6%); that of the nearest flat price is 22.6 "
        "(score 0.94, further <0.1%)."
    )
    assert path_words(stressed(least_path=None)) == "No oil path was found that makes it a coin toss."
    path = found.least_path
    assert path is not None
    alone = type(path)(path.month, path.price_usd, path.chance, NEAR, None)
    assert "no flat price gets there" in path_words(stressed(least_path=alone))


def test_a_crisis_has_its_range_or_what_it_would_do() -> None:
    assert crisis_words(stressed()) == (
        "A crisis like 2008-09 that begins in November 2018 makes it a coin toss at 0.90 times the depth measured "
        "(0.87 to 0.92); without it the chance is 89%."
    )
    assert crisis_words(stressed(least_crisis=NO_CRISIS)) == (
        "An average crisis that begins in November 2018 never makes it a coin toss: the chance stays above 50%, at 89% "
        "without it and at 61% with one 5 times as deep."
    )
    opened = LeastCrisis("2020", "2018-11", 4.9, 4.7, None, 0.893, 5.0, 0.499)
    assert "(4.70 to over 5)" in crisis_words(stressed(least_crisis=opened))


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("cells", [(5, 3), (21, 11), (60, 40), (1, 1)])
def test_the_terminal_is_never_overrun(width: int, cells: tuple[int, int]) -> None:
    text = printed(stressed(map=stress_map(*cells), alpha=0.3, warnings=("The record is short.",)), width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    assert "Note: The record is short." in text
    assert text.rstrip().splitlines()[-1].endswith("(Monte Carlo error 0.3pp).")
    assert ("cells are in --format csv" in text) == (cells == (60, 40))


def test_cells_from_alpha_on_are_marked() -> None:
    lines = [line.split() for line in printed(stressed()).splitlines()]
    assert ["30", "30", "10", "<1"] in lines
    assert ["60", "60*", "40", "20"] in lines
    assert ["120", ">99*", ">99*", "80*"] in lines


def test_markdown_holds_every_answer() -> None:
    text = stress_markdown(stressed(warnings=("The record is short.",)))
    assert text.startswith("## Turnover of at least 100 bn USD in 2019: a coin toss at 54 USD a barrel\n")
    assert "| 54.4 | 53.9 to 54.9 | dearer oil | <0.1% | 0.94 |" in text
    assert "| USD a barrel | Oct 2018 | Jan 2019 | Apr 2019 | Jul 2019 | Oct 2019 | Dec 2019 |" in text
    assert "| USD | 0 | 1 | 2 |" in text
    assert r"| 60 | 60\* | 40 | 20 |" in text
    assert text.endswith("The record is short.\n")


def test_rows_hold_every_cell_and_answer() -> None:
    found = stressed()
    frame = stress_frame(found)
    assert tuple(frame.columns) == COLUMNS
    counts = dict(frame["row"].value_counts().iter_rows())
    singles = ("base", "today", "lowest", "highest", "break-even", "crisis", "calm", "worst")
    assert counts == {"map": 15, "path": 15} | dict.fromkeys(singles, 1)
    rows = list(csv.DictReader(io.StringIO(write_stress(found, "csv").decode())))
    cells = [row for row in rows if row["row"] == "map"]
    chances = [chance for row in found.map.chance for chance in row]
    assert [float(row["chance"]) for row in cells] == pytest.approx(chances)
    (flat,) = [row for row in rows if row["row"] == "break-even"]
    assert (float(flat["price_usd"]), float(flat["q"]), flat["dof"]) == (54.4, 22.6, "15")


def test_json_reads_back_and_other_formats_are_refused() -> None:
    told = json.loads(write_stress(stressed(), "json"))
    assert told["break_even"]["crossings"][0]["price_usd"] == 54.4
    assert len(told["map"]["chance"]) == 5
    with pytest.raises(SchemaError):
        write_stress(stressed(), "yaml")
