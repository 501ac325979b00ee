"""`tradewind backtest`: options to a card, files whole, mistakes in one voice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.cli import main
from forecast.cli.progress import counted
from forecast.reports.score_card_files import read_score_card
from tests.exact.cases import PAIR, frame, monthly_flows, spans_of

Shell = Callable[..., tuple[int, str, str]]
WHAT = ("--origins", "2013-12..2015-12/12", "--horizons", "1,12", "--models", "drift", "--paths", "100")


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command in this process: status, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(("backtest", *arguments))
        return (status, *capsys.readouterr())

    return run


@pytest.fixture
def ask(tmp_path: Path) -> tuple[str, ...]:
    """A monthly table of ten years, and what is asked about it."""
    path = tmp_path / "mine.csv"
    frame(spans_of(monthly_flows(), 1)).write_csv(path)
    return (str(path), "--pair", PAIR, "--workers", "1", *WHAT)


def test_a_table_on_the_terminal(shell: Shell, ask: tuple[str, ...]) -> None:
    status, out, err = shell(*ask, "--target", "turnover >= 25", "--target", "turnover >= 105%")
    assert status == 0
    assert out.startswith("Turnover between Poland and Czechia by Poland's count, bn USD a month\n")
    assert "turnover >= 105%" in out
    assert "tradewind: 6 of 6: 2015-12, seasonal-naive" in err
    assert shell(*ask, "--quiet")[2] == ""


def test_files_and_resuming(shell: Shell, ask: tuple[str, ...], tmp_path: Path) -> None:
    chart, store = tmp_path / "card.svg", tmp_path / "kept.sqlite"
    files = ("--chart", str(chart), "--store", str(store))
    status, out, err = shell(*ask, *files, "--output", str(tmp_path / "card.json"))
    assert (status, out) == (0, "")
    assert chart.read_bytes().startswith(b"<svg")
    card = read_score_card((tmp_path / "card.json").read_bytes())
    assert (card.pair, card.horizons, len(card.cases)) == (PAIR, (1, 12), 12)
    status, out, err = shell(*ask, "--resume", str(store), "--format", "json")
    assert "6 of 6 from the store" in err
    assert read_score_card(out.encode()) == card
    status, out, _ = shell(*ask, "--format", "csv", "--quiet")
    assert out.splitlines()[0].startswith("model,origin,known_on,horizon,outcome")
    status, out, _ = shell(*ask, "--format", "markdown", "--quiet")
    assert out.startswith("## Turnover between Poland and Czechia")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (("--origins", "1990"), "--origins: The origin"),
        (("--origins", "2013-12,2018"), "--origins: The origin 2018-12 lies outside the record"),
        (("--origins", "x"), "--origins 1: 'x' is not a month"),
        (("--horizons", "1,60"), "--horizons: No origin has an outcome 60 months later"),
        (("--horizons", "0"), "--horizons 1: A horizon"),
        (("--models", "drift,etz"), "--models 2: There is no model 'etz'. Did you mean 'ets'?"),
        (("--peers", "prophet"), "--peers 1: There is no model 'prophet'"),
        (("--target", "turnover >= 3 in 2018"), "--target 1: A backtest asks the same at every origin"),
        (("--target", "exports >= 3"), "--target: The target 'exports >= 3' speaks of exports"),
        (("--flow", "trade"), "'trade' is no flow"),
        (("--step", "week"), "--step: 'week' is no step"),
        (("--given-oil",), "--given-oil: None of drift, seasonal-naive reads the oil price"),
        (("--reporter", "DEU"), "--reporter: 'DEU' is no country"),
        (("--paths", "5"), "--paths: 'paths' must lie between 100"),
        (("--workers", "0"), "--workers: 'workers' must lie between 1"),
        (("--workers", "two"), "--workers: 'two' is no number"),
        (("--store", "nowhere/s"), "--store: The folder 'nowhere' is not there"),
        (("--chart", "card.pdf"), "--chart: A chart's file ends in"),
        (("--output", "nowhere/card.json"), "--output: The folder 'nowhere' is not there"),
    ],
)
def test_a_mistake_is_named_and_leaves_two(
    shell: Shell, ask: tuple[str, ...], changed: tuple[str, ...], message: str
) -> None:
    status, out, err = shell(*ask, *changed)
    assert (status, out) == (2, "")
    assert message in next(line for line in err.splitlines() if line.startswith("tradewind: error: "))
    assert "Traceback" not in err


def test_a_pair_must_be_named(shell: Shell, ask: tuple[str, ...]) -> None:
    for arguments in ((), (ask[0],), ("chn-rus",), ("CHN-RUS", "--pair", "CHN-USA")):
        status, _, err = shell(*arguments)
        assert status == 2
        assert "pair" in err


def test_a_count_prints_a_line_for_every_twentieth_part(capsys: pytest.CaptureFixture[str]) -> None:
    with counted(quiet=False) as tell:
        tell(0, 0, "reading")
        for done in range(101):
            tell(done, 100, f"unit {done}")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "tradewind: reading"
    assert len(lines) == 21
    assert lines[-1] == "tradewind: 100 of 100: unit 100"
