"""The flagship story: the notebook runs from first cell to last, its numbers fit, and the script says the same."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

PATHS = "1000"
PATHS_VARIABLE, CHARTS_VARIABLE = "TRADEWIND_STORY_PATHS", "TRADEWIND_STORY_CHARTS"
MOST_CELLS = 18


@dataclass(frozen=True)
class Told:
    """What the notebook's cells left behind: their names, what they printed, and the files where they ran."""

    names: dict[str, Any]
    text: str
    files: tuple[str, ...]

    def in_2019(self, comparison: str) -> dict[str, float]:
        """P(2019) by scenario of a Comparison."""
        return {scenario.name: scenario.targets[1].probability for scenario in self.names[comparison].scenarios}


@pytest.fixture(scope="module")
def notebook(root: Path) -> dict[str, Any]:
    text = (root / "fixtures" / "story" / "october_2018.ipynb").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def told(notebook: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """All code cells in one namespace, in order, in an empty folder; a cell that raises fails every test."""
    here = tmp_path_factory.mktemp("story")
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.chdir(here)
        patch.setenv(PATHS_VARIABLE, PATHS)
        patch.delenv(CHARTS_VARIABLE, raising=False)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), cell["id"], "exec", dont_inherit=True), names)
    return Told(names, printed.getvalue(), tuple(path.name for path in here.iterdir()))


def test_the_notebook_is_what_the_program_makes_of_the_script(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    program = importlib.import_module("notebook")
    script = program.SCRIPT.read_text(encoding="utf-8")
    made = program.notebook_text(script)
    committed = program.SCRIPT.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert committed == made, "make it anew: python fixtures/build/notebook.py"
    with pytest.raises(ValueError, match="comments only"):
        program.notebook_text("# %% [markdown]\nprint('no prose')\n")


def test_the_notebook_is_short_and_holds_no_outputs(notebook: dict[str, Any]) -> None:
    cells = notebook["cells"]
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len(cells) <= MOST_CELLS
    assert cells[0]["cell_type"] == "markdown"
    assert {cell["cell_type"] for cell in cells} == {"markdown", "code"}
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"]) for cell in cells)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert all("".join(cell["source"]).strip() for cell in cells)


@pytest.mark.slow
def test_chances_move_as_the_scenarios_say(told: Told) -> None:
    chance = told.in_2019("what_if")
    assert chance["oil-slump-and-crisis"] < min(chance["oil-slump"], chance["global-crisis"])
    assert max(chance["oil-slump"], chance["global-crisis"]) < chance["baseline"]
    assert chance["baseline"] < chance["sanctions-2022"]
    own = told.in_2019("own")
    assert own["mild-crisis"] < own["trade-war"] < own["baseline"] == chance["baseline"]
    assert "The file and the sum say the same: True" in told.text


@pytest.mark.slow
def test_the_two_counts_differ(told: Told) -> None:
    china, russia = (told.names["answers"][reporter].scenarios[0].targets[0] for reporter in ("CHN", "RUS"))
    assert russia.probability < china.probability
    assert "+20.7%" in told.text
    assert "+31.5%" in told.text


@pytest.mark.slow
def test_the_mixture_lies_between_its_members_by_their_odds(told: Told) -> None:
    *members, mixture = told.names["mixture"].scenarios
    assert mixture.name == "mixture"
    for i, target in enumerate(mixture.targets):
        each = [member.targets[i].probability for member in members]
        assert min(each) < target.probability < max(each)
        weighed = sum(odds * chance for odds, chance in zip((0.6, 0.25, 0.15), each, strict=True))
        assert target.probability == pytest.approx(weighed, abs=1e-12)
    for scenario in (*members, mixture):
        first, second, both = scenario.targets
        assert first.probability * second.probability <= both.probability <= second.probability


@pytest.mark.slow
def test_what_would_make_it_fail_fits_the_scenarios(told: Told) -> None:
    stressed, chance = told.names["stressed"], told.in_2019("what_if")
    crossing = stressed.break_even.crossings[0]
    assert chance["oil-slump"] < 0.5 < stressed.break_even.chance_today
    assert 45.0 < crossing.price_usd < stressed.break_even.today_usd
    assert crossing.rises
    assert stressed.chance == chance["baseline"]
    assert 0.0 < stressed.least_crisis.severity < stressed.least_crisis.most
    by_price = stressed.map.chance
    assert all(row[0] >= row[-1] for row in by_price), "a crisis takes from the chance"
    assert all(cheap[0] <= dear[0] for cheap, dear in pairwise(by_price)), "dear oil adds to it"
    assert f"{crossing.price_usd:.1f}" in told.text


@pytest.mark.slow
def test_the_parts_of_every_explanation_add_up(told: Told) -> None:
    for name in ("why", "news"):
        explanation = told.names[name]
        assert len(explanation.parts) >= 2
        for what in ("probability", "mean", "median"):
            whole = getattr(explanation.after.amounts, what) - getattr(explanation.before.amounts, what)
            parts = sum(getattr(part.effect, what) for part in explanation.parts)
            assert parts == pytest.approx(whole, abs=1e-9), (name, what)
        assert explanation.paragraph.split()[0] in told.text
    assert told.names["of_mean"] > 10.0, "common shocks make a difference of sums ten times less noisy"


@pytest.mark.slow
def test_what_really_happened_is_told_last(told: Told) -> None:
    assert told.text.rstrip().endswith("What really happened: 107.1 in 2018 and 110.9 in 2019.")
    assert told.files == (), "nothing is written unless a folder is named"


@pytest.mark.slow
def test_the_script_says_what_the_notebook_says_and_draws_where_it_is_told(
    told: Told, root: Path, tmp_path: Path
) -> None:
    charts, here = tmp_path / "charts", tmp_path / "here"
    charts.mkdir()
    here.mkdir()
    script = root / "fixtures" / "story" / "october_2018.py"
    given = os.environ | {PATHS_VARIABLE: PATHS, CHARTS_VARIABLE: str(charts), "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, script], cwd=here, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == told.text
    assert not list(here.iterdir())
    assert sorted(path.name for path in charts.iterdir()) == ["fan.svg", "map.svg", "waterfall.svg"]
    assert all(path.read_bytes().startswith(b"<svg") for path in charts.iterdir())
