"""`tradewind diagnose`: tests on standard output, files whole, mistakes in one voice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.cli import main

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run the command in this process: status, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(("diagnose", *arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A monthly table of five years, as a user would bring it."""
    rows = [
        f"{2012 + i // 12}-{i % 12 + 1:02d},{flow},{2 + 0.02 * i + 0.3 * (i * 7 % 12) + 0.1 * (i * i % 5):.3f},USD bn"
        for i in range(60)
        for flow in ("exports", "imports")
    ]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["month,flow,value,unit", *rows]) + "\n")
    return path


def test_table_of_the_user_by_a_univariate_model(shell: Shell, table: Path, tmp_path: Path) -> None:
    svg = tmp_path / "residuals.svg"
    status, out, err = shell(
        str(table), "--pair", "AAA-BBB", "--model", "drift", "--flow", "exports", "--chart", str(svg)
    )
    assert status == 0
    assert "In short" in out
    assert "Ljung-Box" in out
    assert "written" in err
    assert svg.read_text().startswith("<svg")
    status, out, err = shell(
        str(table), "--pair", "AAA-BBB", "--model", "drift", "--flow", "exports", "--format", "json", "--quiet"
    )
    assert (status, err) == (0, "")
    read = json.loads(out)
    assert (read["model"], read["figures"], len(read["checks"])) == ("drift", 59, 4)


def test_pair_that_travels_with_tradewind_into_a_file(shell: Shell, tmp_path: Path) -> None:
    written = tmp_path / "tests.md"
    status, out, err = shell("CHN-RUS", "--as-of", "2018-10-12", "--output", str(written), "--quiet")
    assert (status, out, err) == (0, "", "")
    assert "residuals of structural" in written.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name the pair"),
        (("CHN-RUS", "--model", "etz"), "Did you mean 'ets'"),
        (("CHN-RUS", "--flow", "expots"), "Did you mean 'exports'"),
        (("CHN-RUS", "--reporter", "USA"), "--reporter"),
        (("CHN-RUS", "--as-of", "yesterday"), "--as-of"),
        (("CHN-RUS", "--chart", "x.pdf"), "--chart"),
        (("CHN-RUS", "--output", "nowhere/x.md"), "--output"),
        (("DEU-FRA",), "DEU-FRA"),
    ],
)
def test_mistakes_are_told_in_one_voice(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = shell(*arguments, "--quiet")
    assert (status, out) == (2, "")
    assert err.startswith("tradewind: error: ")
    assert words in err
