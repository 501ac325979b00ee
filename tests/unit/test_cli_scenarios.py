"""`tradewind scenarios`: list, show, check and schema, as they are printed."""

from __future__ import annotations

import json
import tomllib
from argparse import Namespace
from pathlib import Path

import pytest

from forecast.cli.scenarios import run_scenarios
from forecast.data.scenario_files import scenario_names
from forecast.errors import NotFoundError, SchemaError
from forecast.scenarios.document_schema import document_schema

Capture = pytest.CaptureFixture[str]


def said(capsys: Capture, action: str, **options: object) -> str:
    run_scenarios(Namespace(action=action, **options))
    return capsys.readouterr().out


def test_list_names_all(capsys: Capture) -> None:
    lines = said(capsys, "list").splitlines()
    assert [line.split()[0] for line in lines] == list(scenario_names())
    assert all(len(line.split()) > 2 for line in lines)


@pytest.mark.parametrize("name", ["baseline", "oil-slump", "sanctions-2022"])
def test_show_gives_a_file_to_start_from(capsys: Capture, name: str) -> None:
    assert tomllib.loads(said(capsys, "show", name=name))["name"] == name


def test_show_of_a_file_reads_it_first(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text('{"conditions": []}')
    assert json.loads(said(capsys, "show", name=str(path))) == {"conditions": []}
    path.write_text('{"conditions": 5}')
    with pytest.raises(SchemaError):
        run_scenarios(Namespace(action="show", name=str(path)))
    with pytest.raises(NotFoundError):
        run_scenarios(Namespace(action="show", name="nope"))


def test_check_says_what_each_file_says(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "other"\ntitle = "T"\nodds = 0.4\n[[conditions]]\nkind = "path"\nramp_to = 45\nover_months = 6'
    )
    assert said(capsys, "check", files=[str(path), "baseline", "pandemic-month"]).splitlines() == [
        f"{path} (other), with odds of 0.4: T",
        "  Brent ramps to 45 USD over 6 months from the first month ahead, with its own width.",
        "baseline: No condition: the oil price and crises by their own odds",
        "  No condition: the plain forecast.",
        "pandemic-month: A pandemic begins in the first month ahead",
        "  A crisis of the 2020 kind begins in the first month ahead.",
    ]


def test_check_names_every_mistake_of_every_file(capsys: Capture, tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one.toml", "two.json", "three.toml"))
    one.write_text('title = 5\n[[conditions]]\nkind = "path"\nhold = "x"\nwidth = "wide"')
    two.write_text("{")
    three.write_text("version = 1")
    with pytest.raises(SchemaError) as caught:
        run_scenarios(Namespace(action="check", files=[str(one), str(two), str(three), "gone.toml"]))
    assert caught.value.message == "5 mistakes in 3 of 4 files."
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == f"{three}: three"
    lines = err.splitlines()
    assert [line.split(": ")[1] for line in lines[:3]] == ["/title", "/conditions/0/width", "/conditions/0/hold"]
    assert lines[3].startswith(f"{two}: The scenario file {two} is not JSON")
    assert lines[4].startswith("gone.toml: The scenario file gone.toml cannot be read")


def test_check_of_all_that_travel(capsys: Capture) -> None:
    out = said(capsys, "check", files=list(scenario_names()))
    assert capsys.readouterr().err == ""
    assert len(out.splitlines()) >= 2 * len(scenario_names())


def test_schema_is_printed_as_json(capsys: Capture) -> None:
    assert json.loads(said(capsys, "schema")) == json.loads(json.dumps(document_schema()))
