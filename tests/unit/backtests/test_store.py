"""The store: what was put is got, to the bit; anything else is refused in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from forecast.backtests.store import open_store
from forecast.backtests.unit import Result, Said
from forecast.errors import SchemaError
from forecast.evaluation.score_card import Case

CASE = Case(
    *("ets", "2008-12", "2009-01-25", 12, 0.1 + 0.2, 1 / 3, 2e-308, {"50": 1.0}, {"50": 1e17}, 0.7, 5e-324),
    *(None, 0.1, None, 1.0, 2.0, 0.0, 1.0),
)
RESULT = Result((Said(False, "ETS(A,N,N) \u2265", "", False, (CASE,), ()), Said(True, "", "too short", False, (), ())))


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        assert len(store) == 0
        assert store.get("a") is None
        store.put("a", RESULT)
        store.put("b", Result(()))
    with open_store(path) as store:
        assert len(store) == 2
        assert store.get("a") == RESULT
        assert store.get("c") is None


def test_two_open_stores_share_a_file(tmp_path: Path) -> None:
    with open_store(tmp_path / "s") as one, open_store(tmp_path / "s") as other:
        one.put("a", RESULT)
        other.put("a", RESULT)
        assert other.get("a") == RESULT


def refusal(path: Path) -> str:
    with pytest.raises(SchemaError) as caught, open_store(path) as store:
        store.get("a")
    assert caught.value.pointer == "/store"
    return caught.value.message


def test_files_that_are_no_store(tmp_path: Path) -> None:
    text = tmp_path / "figures.csv"
    text.write_text("month,flow,value,unit\n" * 200)
    assert "no store" in refusal(text)
    assert text.read_text().startswith("month"), "left as it was"
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    assert "another program" in refusal(other)
    assert "no plain file" in refusal(tmp_path)
    assert "make it first" in refusal(tmp_path / "nowhere" / "s.sqlite")


def test_a_store_of_another_form(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with open_store(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "form 99" in refusal(path)


def test_a_damaged_row_and_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with open_store(path) as store:
        store.put("a", RESULT)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE unit SET body = replace(body, '2008', '2009')")
    connection.close()
    assert "damaged" in refusal(path)
    content = bytearray(path.read_bytes())
    content[100 : len(content)] = bytes(len(content) - 100)
    path.write_bytes(content)
    assert "damaged" in refusal(path) or "another program" in refusal(path)


def test_a_write_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with open_store(path) as store:
        store.put("a", RESULT)
        store._connection.execute("CREATE TRIGGER full AFTER INSERT ON unit BEGIN SELECT RAISE(ABORT, 'full'); END")
        with pytest.raises(SchemaError, match="full"):
            store.put("b", RESULT)
    with open_store(path) as store:
        assert store.get("a") == RESULT
        assert len(store) == 1
