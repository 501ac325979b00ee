"""Every kernel has a twin test that calls it, and is compiled once for all that the flagship asks of it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
KERNELS = HERE.parents[1] / "forecast" / "kernels"
DECORATORS = {"kernel", "parallel_kernel"}

FLAGSHIP = """
import json, sys
from datetime import date
from forecast.question import Question
from forecast.workflow import ask
ask(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=64, scenarios=("baseline", "oil-slump")))
ask(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=64, reporter="RUS"))
modules = [m for name, m in sys.modules.items() if name.startswith("forecast.kernels.")]
print(json.dumps({
    name: len(function.signatures)
    for module in modules for name, function in vars(module).items()
    if hasattr(function, "signatures") and not name.startswith("_")
}))
"""


def functions(source: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    yield from (node for node in tree.body if isinstance(node, ast.FunctionDef))


def kernels() -> dict[str, ast.FunctionDef]:
    """Every compiled function by name; those with a leading underscore are parts of the one in their file."""
    return {
        function.name: function
        for source in sorted(KERNELS.rglob("*.py"))
        for function in functions(source)
        if {node.id for node in function.decorator_list if isinstance(node, ast.Name)} & DECORATORS
        and not function.name.startswith("_")
    }


def called_from_outside() -> set[str]:
    """Kernels that forecast imports above the kernels' floor."""
    sources = (path for path in KERNELS.parent.rglob("*.py") if not path.is_relative_to(KERNELS))
    return {
        alias.name
        for source in sources
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("forecast.kernels.")
        for alias in node.names
    } & set(kernels())


def calls(node: ast.AST) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            yield inner


@pytest.mark.parametrize("name", kernels())
def test_a_twin_test_named_after_it_calls_the_kernel(name: str) -> None:
    tests = [test for source in HERE.rglob("test_*.py") for test in functions(source) if test.name.startswith("test_")]
    calling = [test.name for test in tests if any(call.func.id == name for call in calls(test))]
    assert any(name in test for test in calling), f"no test in tests/twins is named after {name} and calls it"


@pytest.mark.parametrize("name", kernels())
def test_no_kernel_hands_a_literal_to_another(name: str) -> None:
    """Numba types a literal argument by its value and compiles the callee again for it."""
    for call in calls(kernels()[name]):
        if call.func.id in kernels():
            given = [node for node in call.args if isinstance(node, ast.Constant)]
            assert not given, f"{name} hands {ast.unparse(given[0])} to {call.func.id}"


def test_each_kernel_is_compiled_once_for_the_flagship() -> None:
    """Two scenarios by one count and one by the other, in a process of their own."""
    run = subprocess.run(
        [sys.executable, "-c", FLAGSHIP], cwd=HERE.parents[1], capture_output=True, text=True, check=True
    )
    compiled = json.loads(run.stdout)
    assert set(compiled) <= set(kernels())
    assert {name for name, count in compiled.items() if count > 1} == set()
    from_outside = called_from_outside()
    assert len(from_outside) >= 6
    assert {name for name in from_outside if compiled[name] != 1} == set()
