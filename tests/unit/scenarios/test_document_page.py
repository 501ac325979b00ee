"""The page on scenario documents is the one of the table, and names every field."""

from __future__ import annotations

from pathlib import Path

from forecast.scenarios.conditions.table import EVENT, KINDS
from forecast.scenarios.document_page import document_page


def test_the_page_in_docs_is_made_from_the_table(root: Path) -> None:
    assert (root / "docs" / "scenarios.md").read_text(encoding="utf-8") == document_page(), "run: make readme"


def test_every_field_has_a_row_of_its_kind() -> None:
    page = document_page()
    for name, kind in (*KINDS.items(), ("event", EVENT)):
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == list(kind.fields)
