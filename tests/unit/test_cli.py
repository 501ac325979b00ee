"""The command line: the answer alone on standard output, mistakes in one voice, files whole or not at all."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import forecast
from forecast.cli import main
from forecast.cli.asking import read_question, subject
from forecast.cli.flagship import QUESTION
from forecast.cli.parser import parse_options
from forecast.cli.places import place
from forecast.errors import ModelError, NumericalError

ASK = ("forecast", "CHN-RUS", "--as-of", "2018-10-12", "--through", "2018-12", "--paths", "200")
TARGET = ("--target", "turnover >= 100 in 2018")
Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command in this process: status, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A monthly table of three years, as a user would bring it."""
    rows = [
        f"{year}-{month:02d},{flow},{1 + 0.1 * month + 0.05 * year % 1 + 0.3 * (flow == 'exports'):.3f},USD bn"
        for year in (2015, 2016, 2017)
        for month in range(1, 13)
        for flow in ("exports", "imports")
    ]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["month,flow,value,unit", *rows]) + "\n")
    return path


def asked(**fields: object) -> forecast.Question:
    return forecast.parse_question(
        {"pair": "CHN-RUS", "as_of": "2018-10-12", "through": "2018-12", "paths": 200} | fields
    )


# ---- help, and what it loads ------------------------------------------------------------------------


def test_help_names_every_command(shell: Shell) -> None:
    status, out, err = shell("--help")
    assert (status, err) == (0, "")
    for command in ("forecast", "flagship", "replay", "backtest", "diagnose", "scenarios", "pairs", "serve"):
        assert f"\n    {command}" in out
        status, of_command, _ = shell(command, "--help")
        assert status == 0
        assert of_command.startswith(f"usage: tradewind {command}")


def test_version(shell: Shell) -> None:
    assert shell("--version") == (0, f"tradewind {forecast.__version__}\n", "")


def test_help_waits_for_no_compiler_and_no_frames() -> None:
    code = (
        "import sys; from forecast.cli import main; main(['--help']);"
        "print([n for n in ('numba', 'numpy', 'polars', 'rich', 'scipy', 'vl_convert') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# ---- mistakes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND; see tradewind --help"),
        (["forcast"], "invalid choice: 'forcast'"),
        (["forecast", "CHN-RUS", "--sed", "3"], "unrecognized arguments: --sed 3"),
        (["forecast"], "Name a pair, for example CHN-RUS"),
        (["forecast", "chn-rus"], "the pair: 'chn-rus' is no pair"),
        (["forecast", "CHN-RUS", "--pair", "CHN-USA"], "Two pairs are named"),
        (["forecast", "CHN-DEU"], "No figures of the pair 'CHN-DEU'"),
        ([*ASK, *TARGET, "--target", "foo"], "--target 2: 'foo' is no target"),
        ([*ASK, "--target", "turnover >= 100 in 20x8"], "--target 1: '20x8' is not a span"),
        ([*ASK, "--target", "turnover >= 100 in 2021"], "--target 1: The span 2021 reaches beyond"),
        ([*ASK, "--target", "turnover >= 100 EUR in 2018"], "--target 1: "),
        ([*ASK, "--as-of", "2018-13-01"], "--as-of: '2018-13-01' is no day"),
        ([*ASK, "--through", "2018"], "--through: '2018' is not a month"),
        ([*ASK, "--through", "2018-01"], "--through: 'through' is 2018-01"),
        ([*ASK, "--reporter", "DEU"], "--reporter: 'DEU' is no reporter"),
        ([*ASK, "--levels", "50,eighty"], "--levels: A level is a whole number of per cent"),
        ([*ASK, "--seed", "1.5"], "--seed: 'seed' must be a whole number; found '1.5'"),
        ([*ASK, "--paths", "3"], "--paths: 'paths' must lie between 100 and"),
        (
            [*ASK, "--scenario", "oil-slumb"],
            "--scenario 1: There is no scenario 'oil-slumb'. Did you mean 'oil-slump'?",
        ),
        ([*ASK, "--scenario", "none.toml"], "--scenario 1: The scenario file none.toml cannot be read"),
        ([*ASK, "--question", "none.json"], "The question none.json cannot be read"),
        ([*ASK, "--format", "xls"], "invalid choice: 'xls'"),
        ([*ASK, "--chart", "fan.pdf"], "--chart: A chart's file ends in .svg or .png"),
        ([*ASK, "--chart", "nowhere/fan.svg"], "--chart: The folder 'nowhere' is not there"),
        ([*ASK, "--output", "nowhere/answer.json"], "--output: The folder 'nowhere' is not there"),
        ([*ASK, "--output", "."], "--output: '.' is no plain file"),
        (["forecast", "none.csv"], "Name the pair of the table with --pair"),
        (["forecast", "none.csv", "--pair", "AAA-BBB"], "There is no file 'none.csv'"),
        (["replay", "CHN-RUS", "--from", "2003"], "required: --to"),
        (["replay", "CHN-RUS", "--from", "03", "--to", "2004"], "--from: '03' is no year"),
        (["replay", "CHN-RUS", "--from", "2004", "--to", "2003"], "swap the years"),
        (["replay", "CHN-RUS", "--from", "2003", "--to", "2004", "--reporter", "USA"], "--reporter: 'USA'"),
        (["replay", "--from", "2003", "--to", "2004"], "Name the pair"),
        (["scenarios", "show", "nope"], "There is no scenario 'nope'"),
        (["serve", "--port", "http"], "--port: 'http' is no port"),
        (["serve", "--host", "0.0.0.0"], "--host: '0.0.0.0' is not a loopback address"),
    ],
)
def test_a_mistake_is_named_and_leaves_two(shell: Shell, arguments: list[str], message: str) -> None:
    status, out, err = shell(*arguments)
    assert status == 2
    assert out == ""
    complaint = next(line for line in err.splitlines() if line.startswith("tradewind: error: "))
    assert message in complaint
    assert "Traceback" not in err


def test_allowed_words_are_listed_when_the_message_does_not(shell: Shell) -> None:
    _, _, err = shell(*ASK, "--scenario", "oil-slumb")
    assert err.splitlines()[-1] == f"  allowed: {', '.join(forecast.scenario_names())}"
    _, _, err = shell(*ASK, "--reporter", "DEU")
    assert "allowed" not in err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("month,flow", "mounth,flow"), "mounth"),
        (("USD bn", "EUR bn"), "Row 1"),
        (("2016-03,exports,", "2016-03,exports,-"), "Row 29"),
    ],
)
def test_a_bad_table_is_refused_by_its_row(shell: Shell, table: Path, change: tuple[str, str], message: str) -> None:
    chart = table.with_name("fan.svg")
    table.write_text(table.read_text().replace(*change, 1))
    status, out, err = shell("forecast", str(table), "--pair", "AAA-BBB", "--paths", "200", "--chart", str(chart))
    assert (status, out) == (2, "")
    assert message in err
    assert not chart.exists()


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (ModelError("cannot speak"), 1, "tradewind: error: cannot speak"),
        (NumericalError("broke"), 1, "tradewind: error: broke"),
        (ZeroDivisionError("1/0"), 1, "a defect of Tradewind, please report it: ZeroDivisionError: 1/0"),
        (KeyboardInterrupt(), 130, "tradewind: interrupted"),
    ],
)
def test_other_ends_have_their_own_status(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, raised: BaseException, status: int, said: str
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr("forecast.cli.listing.run_pairs", fail)
    found, out, err = shell("pairs")
    assert (found, out) == (status, "")
    assert said in err
    assert "Traceback" not in err


def test_a_reader_who_leaves_is_no_error(root: Path) -> None:
    script = f"{sys.executable} -m forecast scenarios show realised-oil | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("0", "141")
    assert done.stderr == ""


def test_places_are_options() -> None:
    assert place("/targets/1/span") == "--target 2"
    assert place("/scenarios/0/conditions/1/hold") == "--scenario 1, /conditions/1/hold"
    assert place("/as_of") == "--as-of"
    assert place("row 7") == "row 7"
    assert place("/unit") == ""
    assert place("") == ""


# ---- answers ----------------------------------------------------------------------------------------


def test_json_is_that_of_the_library(shell: Shell) -> None:
    scenarios = ("--scenario", "baseline", "--scenario", "oil-slump")
    status, out, err = shell(*ASK, *TARGET, *scenarios, "--levels", "80, 50", "--seed", "3", "--format", "json")
    question = asked(targets=["turnover >= 100 in 2018"], scenarios=["baseline", "oil-slump"], levels=[50, 80], seed=3)
    assert status == 0
    assert out.encode() == forecast.answer_json(forecast.ask(question)) + b"\n"
    assert err.startswith("tradewind: reading the figures\n")


def test_quiet_means_quiet(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "answer.csv"
    assert shell(*ASK, "--quiet", "--output", str(path)) == (0, "", "")
    assert path.read_bytes() == forecast.write_answer(forecast.ask(asked()), "csv")


def test_the_question_is_read_as_over_http(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "question.json"
    path.write_text(json.dumps(QUESTION))
    options = parse_options(["forecast", "--question", str(path), "--paths", "200", "--through", "2018-12"])
    assert read_question(options, None).targets == forecast.parse_question(QUESTION).targets
    assert read_question(options, None).through == asked().through
    path.write_text('{"pair": "CHN-RUS", "sed": 3}')
    assert "Unknown field 'sed'. Did you mean 'seed'?" in shell("forecast", "--question", str(path))[2]


def test_a_scenario_file_is_called_by_its_name(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(shell("scenarios", "show", "oil-slump")[1].replace('"oil-slump"', '"cheap-oil"'))
    both = ("--scenario", str(path), "--scenario", "oil-slump")
    _, out, _ = shell(*ASK, *both, "--format", "json")
    answer = json.loads(out)
    mine, named = answer["question"]["scenarios"]
    assert (mine["name"], mine["conditions"][0]["ramp_to"], named) == ("cheap-oil", 45.0, "oil-slump")
    assert answer["scenarios"][0]["flows"] == answer["scenarios"][1]["flows"]
    path.write_text(path.read_text().replace("ramp_to = 45", "ramp_to = -45"))
    status, _, err = shell(*ASK, *both)
    assert status == 2
    assert "--scenario 1, /conditions/0/ramp_to: 'ramp_to' must lie between" in err
    path.write_text('name = "oil-slump"')
    assert "--scenario 2: Two scenarios are called 'oil-slump'" in shell(*ASK, *both)[2]


def test_csv_and_parquet_hold_the_same(shell: Shell, tmp_path: Path) -> None:
    parquet = tmp_path / "answer.parquet"
    assert shell(*ASK, *TARGET, "--output", str(parquet))[0] == 0
    frame = pl.read_parquet(parquet)
    _, out, _ = shell(*ASK, *TARGET, "--format", "csv")
    assert pl.read_csv(io.StringIO(out), schema=frame.schema).equals(frame)
    assert frame.equals(forecast.answer_frame(forecast.ask(asked(targets=["turnover >= 100 in 2018"]))))


def test_parquet_is_not_for_a_terminal(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([*ASK, "--format", "parquet"]) == 0
    assert capsysbinary.readouterr().out[:4] == b"PAR1"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main([*ASK, "--format", "parquet"]) == 2
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert b"name a file with --output FILE" in err


def test_the_table_ends_with_the_answer_in_short(shell: Shell, tmp_path: Path) -> None:
    status, out, _ = shell(*ASK, *TARGET)
    assert status == 0
    assert out.isascii()
    assert max(map(len, out.splitlines())) <= 100
    details, _, short = out.partition("In short\n")
    assert "Turnover by month, baseline" in details
    assert "Turnover of at least 100 bn USD in 2018:" in short
    path = tmp_path / "answer.txt"
    assert shell(*ASK, *TARGET, "--output", str(path), "--format", "brief")[1] == ""
    brief = path.read_text()
    assert brief.endswith(short)
    assert "by month" not in brief


def test_charts_and_answer_are_written_together(shell: Shell, tmp_path: Path) -> None:
    svg, png, answer = tmp_path / "fan.svg", tmp_path / "fan.png", tmp_path / "answer.json"
    status, out, err = shell(*ASK, *TARGET, "--chart", str(svg), "--chart", str(png), "--output", str(answer))
    assert (status, out) == (0, "")
    assert svg.read_bytes().startswith(b"<svg")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert json.loads(answer.read_text())["origin"] == "2018-09"
    assert err.splitlines()[-1] == f"tradewind: written: {svg}, {png}, {answer}"
    assert sorted(tmp_path.iterdir()) == sorted([svg, png, answer])


def test_a_chart_that_fails_leaves_nothing(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise NumericalError("no picture")

    monkeypatch.setattr("forecast.reports.charts.render", fail)
    answer = tmp_path / "answer.json"
    answer.write_text("old")
    assert shell(*ASK, "--output", str(answer), "--chart", str(tmp_path / "fan.svg"))[0] == 1
    assert answer.read_text() == "old"
    assert list(tmp_path.iterdir()) == [answer]


def test_a_table_of_ones_own(shell: Shell, table: Path) -> None:
    status, out, _ = shell(*("forecast", str(table), "--pair", "AAA-BBB", "--paths", "200", "--format", "json"))
    assert status == 0
    answer = json.loads(out)
    assert answer["origin"] == "2017-12"
    assert answer["question"]["pair"] == "AAA-BBB"
    assert set(answer["scenarios"][0]["flows"]) == {"exports", "imports", "turnover"}


# ---- the other commands -----------------------------------------------------------------------------


def test_flagship_prints_both_counts_and_draws(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecast.cli.flagship.QUESTION", QUESTION | {"paths": 200, "scenarios": ["baseline"]})
    status, out, err = shell("flagship", "--out", str(tmp_path / "new" / "out"), "--format", "brief")
    assert status == 0
    assert "By China's count, turnover will come to" in out
    assert "By Russia's count, turnover will come to" in out
    drawn = {path.name for path in (tmp_path / "new" / "out").iterdir()}
    assert drawn == {"flagship.svg", "flagship.png", "flagship-rus.svg", "flagship-rus.png"}
    assert "China's count: reading the figures" in err


def test_flagship_asks_the_question_of_october_2018() -> None:
    question = forecast.parse_question(QUESTION)
    assert question.scenarios == ("baseline", "oil-slump", "global-crisis")
    assert [(t.flow, t.mark_usd_bn(None), str(t.span)) for t in question.targets] == [
        ("turnover", 100.0, "2018"),
        ("turnover", 100.0, "2019"),
    ]
    assert question.levels == (50, 80, 95)


def test_replay_of_two_years(shell: Shell, tmp_path: Path) -> None:
    range_ = ("replay", "CHN-RUS", "--from", "2014", "--to", "2015", "--paths", "200")
    status, out, err = shell(*range_, "--format", "json")
    assert status == 0
    read = json.loads(out)
    assert [origin["year"] for origin in read["origins"]] == [2014, 2015]
    assert err.splitlines()[1].startswith("tradewind: 2 of 2: 2015, as known on 2015-")
    path = tmp_path / "replay.csv"
    assert shell(*range_, "--quiet", "--output", str(path)) == (0, "", "")
    frame = pl.read_csv(path)
    for score in read["scores"]:
        errors = frame.filter(forecaster=score["forecaster"])["log_error"]
        assert (errors**2).mean() == pytest.approx(score["log_rmse"] ** 2)


def test_scenarios_and_pairs_are_listed(shell: Shell) -> None:
    _, out, _ = shell("scenarios", "list")
    assert [line.split()[0] for line in out.splitlines()] == list(forecast.scenario_names())
    assert "ramp_to = 45" in shell("scenarios", "show", "oil-slump")[1]
    assert 'name = "baseline"' in shell("scenarios", "show", "baseline")[1]
    _, out, _ = shell("pairs")
    assert [line.split()[0] for line in out.splitlines()] == list(forecast.fixture_pairs())


def test_serve_hands_over_to_the_service(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, int]] = []
    monkeypatch.setattr("api.serve.serve", lambda host, port: called.append((host, port)))
    assert shell("serve", "--port", "8123")[0] == 0
    assert called == [("127.0.0.1", 8123)]


def test_commands_of_the_readme_can_be_read(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('name = "mine"\n', encoding="utf-8")
    text = (root / "README.md").read_text(encoding="utf-8")
    lines = [line.split(" > ")[0] for line in text.splitlines() if line.startswith("    tradewind ")]
    commands = [shlex.split(line, comments=True)[1:] for line in lines]
    commands += [shlex.split(found)[1:] for found in re.findall(r"`(tradewind [^`>]+)[`>]", text)]
    assert len(commands) >= 6
    for command in commands:
        options = parse_options(command)
        if options.command == "forecast" and options.question is None:
            table, pair = subject(options)
            assert read_question(options, pair).pair == ("AAA-BBB" if table else "CHN-RUS")
