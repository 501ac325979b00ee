"""`tradewind stress`: its forms, its files, and every mistake before anything is computed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from forecast import prepared
from forecast.cli import main
from tests.exact.cases import PAIR, frame, monthly_flows, spans_of

TARGET = ["--target", "turnover >= 105 in 2019"]
FEW = ["--as-of", "2018-10-12", "--paths", "300", "--quiet"]
SMALL = ["--oil", "40:90:3", "--severities", "0,1"]


def test_a_table_for_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stress", "CHN-RUS", *TARGET, *FEW, *SMALL]) == 0
    text = capsys.readouterr().out
    assert "In short" in text
    assert "Turnover of at least 105 bn USD in 2019" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_map_has_the_cells_asked_for_and_files_come_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, chart, picture = tmp_path / "map.csv", tmp_path / "map.svg", tmp_path / "map.png"
    files = ["--output", str(output), "--chart", str(chart), "--chart", str(picture)]
    options = ["--base", "no-crisis-oil-holds", "--start", "next-january", "--episode", "2020", "--alpha", "0.4"]
    assert main(["stress", "CHN-RUS", *TARGET, *FEW, *SMALL, *options, *files]) == 0
    assert capsys.readouterr().out == ""
    rows = [row for row in csv.DictReader(io.StringIO(output.read_text(encoding="utf-8"))) if row["row"] == "map"]
    assert [float(row["price_usd"]) for row in rows] == [40.0, 40.0, 60.0, 60.0, 90.0, 90.0]
    assert [float(row["severity"]) for row in rows] == [0.0, 1.0] * 3
    assert {row["month"] for row in rows} == {"2019-01"}
    assert chart.read_bytes().startswith(b"<svg")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_table_of_one_s_own_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "own.csv"
    frame(spans_of(monthly_flows(), 1)).write_csv(table)
    asked = ["--pair", PAIR, "--as-of", "2018-01-31", "--model", "ets", "--target", "exports >= 14 in 2018"]
    assert main(["stress", str(table), *asked, "--paths", "200", "--quiet", *SMALL, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["model"], found["pair"], found["target"]) == ("ets", PAIR, "exports >= 14 USD bn in 2018")
    assert found["map"]["severity"] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--target"),
        (["--target", "turnover 100"], "--target: 'turnover 100' is no target"),
        ([*TARGET, "--alpha", "0"], "--alpha: "),
        ([*TARGET, "--alpha", "1"], "--alpha: "),
        ([*TARGET, "--alpha", "half"], "--alpha: "),
        ([*TARGET, "--alpha", "nan"], "--alpha: "),
        ([*TARGET, "--oil", "cheap"], "--oil: Write from:to:number"),
        ([*TARGET, "--oil", ""], "--oil: Write from:to:number"),
        ([*TARGET, "--oil", "30:60"], "--oil: Write from:to:number"),
        ([*TARGET, "--oil", "30:60:1"], "--oil: Write from:to:number"),
        ([*TARGET, "--oil", "30:60:2.5"], "--oil: Write from:to:number"),
        ([*TARGET, "--oil", "30,inf"], "--oil: Write from:to:number"),
        ([*TARGET, "--oil", "60,30"], "--oil: The numbers must rise"),
        ([*TARGET, "--oil", "30,30"], "--oil: The numbers must rise"),
        ([*TARGET, "--oil", "60:30:4"], "--oil: The numbers must rise"),
        ([*TARGET, "--oil", "0.5,30"], "--oil: 0.5 is out of range; give 1 to 1000"),
        ([*TARGET, "--oil", "30:2000:5"], "--oil: 2000 is out of range"),
        ([*TARGET, "--oil", "30:60:61"], "--oil: At most 60"),
        ([*TARGET, "--severities=-1,1"], "--severities: -1 is out of range; give 0 to 5"),
        ([*TARGET, "--severities", "0:6:3"], "--severities: 6 is out of range"),
        ([*TARGET, "--severities", "2:0:3"], "--severities: The numbers must rise"),
        ([*TARGET, "--episode", "1929"], "--episode: There is no crisis episode '1929'"),
        ([*TARGET, "--start", "soon"], "--start: 'soon' is no start of a crisis"),
        ([*TARGET, "--start", "2019-13"], "--start: "),
        ([*TARGET, "--base", "no-such-base"], "--base: There is no scenario"),
        ([*TARGET, "--base", "no-such-file.toml"], "no-such-file.toml"),
        ([*TARGET, "--chart", "map.pdf"], "--chart: "),
        ([*TARGET, "--chart", "no-such-folder/map.svg"], "--chart: "),
        ([*TARGET, "--output", "map.svg", "--chart", "map.svg"], "--output: "),
        ([*TARGET, "--seed", "x"], "--seed"),
        ([*TARGET, "--through", "later"], "--through"),
    ],
)
def test_every_mistake_is_told_before_anything_is_computed(
    options: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr(prepared, "prepare", refuse)
    monkeypatch.chdir(tmp_path)
    assert main(["stress", "CHN-RUS", "--as-of", "2018-10-12", *options]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("tradewind: error: ")
    assert words in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([*TARGET, "--start", "2018-01"], "--start: The crisis begins in 2018-01, but figures are known up to 2018-09"),
        (["--target", "turnover >= 100 in 2031"], "--target: The span 2031 reaches beyond the horizon"),
        (["--target", "turnover >= 100 in 2019 counted by RUS"], "--target: "),
    ],
)
def test_what_the_figures_do_not_allow_is_refused(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    output = tmp_path / "map.csv"
    assert main(["stress", "CHN-RUS", *FEW, *options, "--output", str(output)]) == 2
    assert words in capsys.readouterr().err
    assert not output.exists()


def test_without_a_pair_the_pair_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stress", *TARGET]) == 2
    assert "Name the pair" in capsys.readouterr().err
