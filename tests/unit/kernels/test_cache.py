"""Compiled kernels are kept by what they were compiled from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forecast.kernels import _cache


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    _cache._imports.cache_clear()
    _cache.digest.cache_clear()
    yield
    _cache._imports.cache_clear()
    _cache.digest.cache_clear()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three kernel files: `top` stands on `base`, `other` on nothing."""
    kernels = tmp_path / "forecast" / "kernels"
    kernels.mkdir(parents=True)
    (kernels / "top.py").write_text("from forecast.kernels.base import (\n    add,\n)\n")
    (kernels / "base.py").write_text("from forecast.kernels import deep\n")
    (kernels / "deep.py").write_text("")
    (kernels / "other.py").write_text("import numpy\n")
    monkeypatch.setattr(_cache, "_ROOT", tmp_path)
    return kernels


def digests(tree: Path) -> dict[str, str]:
    forget_all = (_cache._imports.cache_clear, _cache.digest.cache_clear)
    for clear in forget_all:
        clear()
    return {path.stem: _cache.digest(path) for path in tree.glob("*.py")}


def test_an_edit_of_a_callee_in_another_file_gives_its_callers_a_new_folder(tree: Path) -> None:
    before = digests(tree)
    (tree / "deep.py").write_text("x = 1\n")
    after = digests(tree)
    assert {name for name in before if before[name] != after[name]} == {"top", "base", "deep"}
    assert digests(tree) == after, "the same sources, the same folders"


def test_another_interpreter_compiles_anew(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests(tree)
    monkeypatch.setattr(_cache.sys, "version", "another interpreter")
    assert not set(before.values()) & set(digests(tree).values())


def test_the_user_s_cache_folder_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TRADEWIND_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert _cache.cache_folder() == tmp_path / "cache" / "tradewind" / "kernels"
    monkeypatch.setenv("TRADEWIND_CACHE_DIR", str(tmp_path / "mine"))
    assert _cache.cache_folder() == tmp_path / "mine" / "tradewind" / "kernels"


def test_functions_that_are_no_kernels_are_left_to_numba() -> None:
    assert _cache.Locator.from_function(test_functions_that_are_no_kernels_are_left_to_numba, __file__) is None


def test_a_folder_that_cannot_be_made_is_left_to_numba(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TRADEWIND_CACHE_DIR", str(tmp_path / "file"))
    source = str(_cache.KERNELS / "random.py")
    assert _cache.Locator.from_function(_cache.cache_folder, source) is None
