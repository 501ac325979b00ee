"""`tradewind explain` and `tradewind scenarios compare`, by their own options."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forecast.cli import comparing, explaining
from forecast.cli.parser import parse_options
from forecast.errors import InputError, NotFoundError

TARGET = "turnover >= 110 in 2019"
FEW = ["--as-of", "2018-10-12", "--paths", "300", "--quiet"]


def explain(*arguments: str) -> None:
    explaining.run_explain(parse_options(["explain", *arguments, *FEW]))


def compare(*arguments: str) -> None:
    comparing.run_compare(parse_options(["scenarios", "compare", *arguments, *FEW]))


def test_two_scenarios_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    explain("CHN-RUS", "--target", TARGET, "--scenario", "oil-slump", "--format", "json")
    found = json.loads(capsys.readouterr().out)
    assert (found["before"]["name"], found["after"]["name"]) == ("baseline", "oil-slump")
    parts = sum(part["effect"]["probability"] for part in found["parts"])
    ends = found["after"]["amounts"]["probability"] - found["before"]["amounts"]["probability"]
    assert parts == pytest.approx(ends, abs=1e-9)


def test_two_counts_into_files(tmp_path: Path) -> None:
    output, chart = tmp_path / "counts.md", tmp_path / "counts.svg"
    explain("CHN-RUS", "--target", TARGET, "--reporters", "--output", str(output), "--chart", str(chart))
    assert "| what is published |" in output.read_text(encoding="utf-8")
    assert chart.read_bytes().startswith(b"<svg")


@pytest.mark.parametrize(
    ("arguments", "pointer"),
    [
        (["CHN-RUS", "--target", TARGET], "/scenarios"),
        (["CHN-RUS", "--scenario", "oil-slump"], "/targets"),
        (["CHN-RUS", "--target", TARGET, "--since", "2018-01-01", "--reporters"], "/since"),
        (["CHN-RUS", "--target", TARGET, "--since", "yesterday"], "/since"),
        (["CHN-RUS", "--target", TARGET, "--reporters", "--reporter", "CHN"], "/reporter"),
        (["CHN-RUS", "--target", TARGET, "--scenario", "a", "--scenario", "b", "--scenario", "c"], "/scenarios"),
        (["CHN-RUS", "--target", TARGET, "--scenario", "oil-slump", "--most", "none"], "/most"),
        (["--target", TARGET, "--scenario", "oil-slump"], "/pair"),
        (["CHN-RUS", "--target", "turnover 100", "--scenario", "oil-slump"], "/targets"),
    ],
)
def test_what_cannot_be_explained_is_refused(arguments: list[str], pointer: str) -> None:
    with pytest.raises(InputError) as found:
        explain(*arguments)
    assert found.value.pointer == pointer


def test_an_unknown_scenario_is_named() -> None:
    with pytest.raises(NotFoundError, match="oil-slum'"):
        explain("CHN-RUS", "--target", TARGET, "--scenario", "oil-slum")


def test_compare_prints_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    compare("CHN-RUS", "baseline", "oil-slump", "--target", TARGET)
    text = capsys.readouterr().out
    assert "Turnover of at least 110 bn USD in 2019" in text
    assert "against first" in text
    assert max(map(len, text.splitlines())) <= 100


def test_compare_takes_the_pair_by_its_option(tmp_path: Path) -> None:
    output = tmp_path / "compared.csv"
    compare("baseline", "oil-slump", "--pair", "CHN-RUS", "--output", str(output))
    assert output.read_text(encoding="utf-8").startswith("scenario,what,flow,year")


@pytest.mark.parametrize(
    ("arguments", "pointer"),
    [
        (["CHN-RUS", "baseline"], "/scenarios"),
        (["baseline", "oil-slump"], "/pair"),
        (["CHN-RUS", "baseline", "oil-slump", "--pair", "CHN-USA"], "/pair"),
        (["CHN-RUS", "baseline", "oil-slump", "--target", "much"], "/targets/0"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: list[str], pointer: str) -> None:
    with pytest.raises(InputError) as found:
        compare(*arguments)
    assert found.value.pointer == pointer
