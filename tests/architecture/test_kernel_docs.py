"""docs/kernels.md names every family of kernels, and only functions that are there; its example runs."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import numpy as np


def rows(root: Path) -> list[list[str]]:
    """The cells of the table, header left out."""
    lines = (root / "docs" / "kernels.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]


def named(cell: str) -> list[str]:
    return re.findall(r"`([\w./]+)`", cell)


def test_functions_that_the_table_names_are_there(root: Path) -> None:
    wrong = []
    for places, _, functions in rows(root):
        where = [place.removesuffix(".py").rstrip("/") for place in named(places)]
        for function in named(functions):
            modules, _, name = function.rpartition(".")
            candidates = [f"forecast.kernels.{place}{'.' + modules if modules else ''}" for place in where]
            found = [module for module in candidates if hasattr(_imported(module), name)]
            if len(found) != 1:
                wrong.append(function)
    assert not wrong


def test_every_family_is_in_the_table(root: Path) -> None:
    kernels = root / "forecast" / "kernels"
    families = {path.parent.name + "/" for path in kernels.glob("*/__init__.py")}
    assert families <= {place for cells in rows(root) for place in named(cells[0])}


def test_the_example_runs(root: Path) -> None:
    text = (root / "docs" / "kernels.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example
    names: dict[str, object] = {}
    exec(example[1], names)
    draws = names["draws"]
    assert isinstance(draws, np.ndarray)
    assert draws.shape == (1000, 144, 4)
    assert np.isfinite(draws).all()


def _imported(module: str) -> object:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        return None
