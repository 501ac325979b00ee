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
    kernels = sorted((root / "forecast" / "kernels").glob("*.py"))
    strangers = {source.name: sorted(imported_packages(source) - allowed) for source in kernels}
    assert kernels
    assert not {name: found for name, found in strangers.items() if found}


def test_kernel_cache_is_ours_whichever_module_comes_first(root: Path, tmp_path: Path) -> None:
    """Numba reads its cache folder once, on its first import; beside the sources it would keep stale callers."""
    seen = {}
    for source in sorted((root / "forecast" / "kernels").glob("*.py")):
        if "numba" not in imported_packages(source):
            continue
        program = f"import forecast.kernels.{source.stem}, numba; print(numba.config.CACHE_DIR)"
        environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
        run = subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env=environment | {"TRADEWIND_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        seen[source.stem] = Path(run.stdout.strip())
    assert seen
    assert not {name: str(folder) for name, folder in seen.items() if not folder.is_relative_to(tmp_path)}
