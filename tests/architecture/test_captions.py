"""Every file says in its first line what it is, and stays small enough to be one idea."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

LONGEST_FILE = 400
FOLDERS = ("forecast", "api", "benchmarks", "fixtures", "tests")
ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_file_has_a_caption_and_one_idea(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    if source.name == "__init__.py" and not text.strip() and "tests" in source.parts:
        return
    assert docstring, "the file needs a docstring; its first line is the caption"
    caption = docstring.splitlines()[0]
    assert 10 <= len(caption) <= 120, f"a caption is one line of meaning: {caption!r}"
    assert len(text.splitlines()) <= LONGEST_FILE, "more than one idea in a file?"
