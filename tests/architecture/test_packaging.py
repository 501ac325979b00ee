"""What is installed: the locks are whole and name no address, and the wheel carries the figures but no program."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; (?P<marker>[^\\]+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(path: Path) -> dict[str, str]:
    """Package names and versions of a lock."""
    found = (PIN.fullmatch(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {pin["name"]: pin["version"] for pin in found if pin}


def required(project: dict[str, Any], *extras: str) -> set[str]:
    """Names of what pyproject.toml asks for."""
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in lines}


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_pins_and_hashes_alone(root: Path, lock: str) -> None:
    lines = (root / lock).read_text(encoding="utf-8").splitlines()
    strange = [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))]
    assert not strange
    after_pin = [following for line, following in pairwise(lines) if PIN.fullmatch(line)]
    assert all(HASH.fullmatch(line) for line in after_pin)
    assert PIN.fullmatch(lines[-1]) is None


def test_locks_hold_what_the_project_asks_for(root: Path, pyproject: dict[str, Any]) -> None:
    run, dev, bench = (pins(root / lock) for lock in LOCKS)
    assert required(pyproject["project"]) | {"hatchling"} <= set(run)
    assert required(pyproject["project"], "dev") <= set(dev)
    peers = re.findall(r"^[a-z]+", (root / "requirements-bench.in").read_text(encoding="utf-8"), re.MULTILINE)
    assert required(pyproject["project"]) | {"hatchling", *peers} <= set(bench)


def test_development_runs_on_the_same_versions(root: Path) -> None:
    run, dev, bench = (pins(root / lock) for lock in LOCKS)
    assert run.items() <= dev.items()
    apart = {name for name in run.keys() & bench.keys() if run[name] != bench[name]}
    assert apart <= {"pandas"}, "a peer holds pandas back, and nothing else"


def test_wheel_carries_the_figures_and_no_program(root: Path) -> None:
    inside = {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}
    figures = {path for path in inside if path.startswith("forecast/_fixtures/")}
    assert {"forecast/__init__.py", "forecast/__main__.py"} <= inside
    assert {path.rsplit(".", 1)[-1] for path in figures} >= {"csv", "toml"}
    assert not {path for path in figures if path.endswith(".py")}
    assert {path.split("/")[0] for path in inside} == {"forecast", "api"}
