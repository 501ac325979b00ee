"""Every kernel has a twin test that calls it, and is compiled once for all that the flagship asks of it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KERNELS = ROOT / "forecast" / "kernels"
DECORATORS = {"kernel"}

FLAGSHIP = """
import json, sys
from datetime import date
from forecast.question import Question
from forecast.workflow import ask
ask(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=64, scenarios=("baseline", "oil-slump")))
ask(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=64, reporter="RUS"))
modules = [m for name, m in sys.modules.items() if name.startswith("forecast.kernels.")]
print(json.dumps({
    f"{function.__module__}.{function.__name__}": len(function.signatures)
    for module in modules for function in vars(module).values() if hasattr(function, "signatures")
}))
"""


@cache
def tree(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"))


def functions(source: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in tree(source).body if isinstance(node, ast.FunctionDef))


def is_kernel(function: ast.FunctionDef) -> bool:
    return bool({node.id for node in function.decorator_list if isinstance(node, ast.Name)} & DECORATORS)


@cache
def kernels() -> dict[str, ast.FunctionDef]:
    """Every compiled function by its full name."""
    return {
        ".".join([*source.relative_to(ROOT).with_suffix("").parts, function.name]): function
        for source in sorted(KERNELS.rglob("*.py"))
        for function in functions(source)
        if is_kernel(function)
    }


PUBLIC = [name for name in kernels() if not name.rpartition(".")[2].startswith("_")]


def imported(source: Path) -> dict[str, str]:
    """What names of kernel modules a file knows, and what it calls them."""
    return {
        f"{node.module}.{alias.name}": alias.asname or alias.name
        for node in ast.walk(tree(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("forecast.kernels")
        for alias in node.names
    }


def calls(node: ast.AST) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            yield inner


@pytest.mark.parametrize("name", PUBLIC)
def test_a_twin_test_named_after_it_calls_the_kernel(name: str) -> None:
    short = name.rpartition(".")[2]
    calling = [
        test.name
        for source in HERE.rglob("test_*.py")
        if (here := imported(source).get(name))
        for test in functions(source)
        if test.name.startswith("test_") and any(call.func.id == here for call in calls(test))
    ]
    assert any(short in test for test in calling), f"no test in tests/twins is named after {name} and calls it"


@pytest.mark.parametrize("source", sorted(KERNELS.rglob("*.py")), ids=lambda path: path.relative_to(KERNELS).as_posix())
def test_no_kernel_hands_a_literal_to_another(source: Path) -> None:
    """Numba types a literal integer by its value and compiles the callee again for it."""
    here = {f.name for f in functions(source) if is_kernel(f)}
    here |= {known for name, known in imported(source).items() if name in kernels()}
    for function in filter(is_kernel, functions(source)):
        for call in calls(function):
            given = [arg for arg in call.args if isinstance(arg, ast.Constant)]
            assert not (given and call.func.id in here), (
                f"{function.name} hands {ast.unparse(given[0])} to {call.func.id}"
            )


def called_from_outside() -> set[str]:
    """Kernels that forecast imports above the kernels' floor."""
    above = (path for path in KERNELS.parent.rglob("*.py") if not path.is_relative_to(KERNELS))
    return {name for source in above for name in imported(source)} & set(kernels())


def test_each_kernel_is_compiled_once_for_the_flagship() -> None:
    """Two scenarios by one count and one by the other, in a process of their own."""
    run = subprocess.run([sys.executable, "-c", FLAGSHIP], cwd=ROOT, capture_output=True, text=True, check=True)
    compiled = json.loads(run.stdout)
    assert set(compiled) <= set(kernels())
    assert {name for name, count in compiled.items() if count > 1} == set()
    from_outside = called_from_outside()
    assert len(from_outside) >= 6
    assert {name for name in from_outside & set(compiled) if compiled[name] != 1} == set()
