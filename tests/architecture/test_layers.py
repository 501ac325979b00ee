"""The floors of the house: the import contracts of pyproject.toml hold, and what they cannot say."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter import cli


def imported_packages(source: Path) -> set[str]:
    """Top-level names of everything a file imports, lazily or not; "forecast.x" keeps two parts."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        found |= {".".join(name.split(".")[: 2 if name.startswith("forecast") else 1]) for name in names}
    return found


def test_import_contracts_are_kept(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    status = cli.lint_imports(config_filename="pyproject.toml", cache_dir=str(tmp_path))
    assert status == 0, capsys.readouterr().out


def test_kernels_import_nothing_but_numpy_and_numba(root: Path) -> None:
    allowed = {"numpy", "numba", "forecast.kernels", *sys.stdlib_module_names}
    kernels = sorted((root / "forecast" / "kernels").rglob("*.py"))
    strangers = {source.name: sorted(imported_packages(source) - allowed) for source in kernels}
    assert kernels
    assert not {name: found for name, found in strangers.items() if found}


def test_kernels_keep_their_compiled_code_whichever_module_comes_first(root: Path, tmp_path: Path) -> None:
    """Beside the sources, or named by one file alone, numba would keep stale callers."""
    for first in ("numba", "forecast.kernels.random"):
        program = f"""
import {first}
from forecast.kernels.random import draw_normals
draw_normals(1, 2, 3)
"""
        folder = tmp_path / first
        environment = os.environ | {"TRADEWIND_CACHE_DIR": str(folder)}
        environment.pop("NUMBA_CACHE_LOCATOR_CLASSES", None)
        subprocess.run([sys.executable, "-c", program], cwd=root, env=environment, check=True)
        assert list(folder.glob("tradewind/kernels/random-*/*.nbc")), f"nothing kept when {first} was imported first"
