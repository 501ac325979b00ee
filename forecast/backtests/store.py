"""Where finished units are kept, so that an interrupted backtest goes on: one SQLite file, one row a unit.

A row appears whole or not at all. Its key is the hash of all that its result follows from (`unit.identity`), so
figures, options or a program that have changed are computed anew and never mixed up with what was kept.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import msgspec

from forecast.backtests.unit import Result
from forecast.errors import SchemaError
from forecast.version import __version__

_MARK = 0x54574254  #: of SQLite files that are ours ("TWBT")
_FORM = 1  #: of the rows
_WAIT_S = 30.0
_POINTER = "/store"


class Store:
    """An open store; `open_store` makes one."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def get(self, key: str) -> Result | None:
        """What was kept under a key.

        Raises:
            SchemaError: the file is damaged.
        """
        with _in_words(self._path):
            row = self._connection.execute("SELECT digest, body FROM unit WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        digest, body = row
        try:
            if isinstance(body, bytes) and hashlib.sha256(body).hexdigest() == digest:
                return msgspec.json.decode(body, type=Result)
        except msgspec.MsgspecError:
            pass
        raise _damaged(self._path, "a row does not hold what was written into it")

    def put(self, key: str, result: Result) -> None:
        """Keep a result; it is on disk when this returns.

        Raises:
            SchemaError: the file cannot be written.
        """
        body = msgspec.json.encode(result)
        row = (key, hashlib.sha256(body).hexdigest(), body)
        with _in_words(self._path), self._connection:
            self._connection.execute("INSERT OR REPLACE INTO unit VALUES (?, ?, ?)", row)

    def __len__(self) -> int:
        with _in_words(self._path):
            return int(self._connection.execute("SELECT count(*) FROM unit").fetchone()[0])


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Open a store, or make one where there is no file yet.

    Raises:
        SchemaError: the file is no store, is damaged, is one of another version, or cannot be opened.
    """
    if not path.parent.is_dir():
        raise SchemaError(f"The folder {str(path.parent)!r} is not there; make it first.", pointer=_POINTER)
    if path.exists() and not path.is_file():
        raise SchemaError(f"{str(path)!r} is no plain file; name a file to keep results in.", pointer=_POINTER)
    with _in_words(path):
        connection = sqlite3.connect(path, timeout=_WAIT_S)
    try:
        with _in_words(path):
            _prepare(path, connection)
        yield Store(path, connection)
    finally:
        connection.close()


@cache
def code_digest() -> str:
    """Version and a hash of the program: an edited model does not find what it said before."""
    package = Path(__file__).resolve().parents[1]
    total = hashlib.sha256(__version__.encode())
    for source in sorted(package.rglob("*.py")):
        inside = source.relative_to(package)
        if inside.parts[0] not in ("cli", "reports"):
            total.update(inside.as_posix().encode())
            total.update(source.read_bytes())
    return total.hexdigest()


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    form = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if mark == 0 and not tables:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS unit (key TEXT PRIMARY KEY, digest TEXT NOT NULL, body BLOB NOT NULL)"
            )
            connection.execute(f"PRAGMA application_id = {_MARK}")
            connection.execute(f"PRAGMA user_version = {_FORM}")
        return
    if mark != _MARK or "unit" not in tables:
        raise SchemaError(
            f"{str(path)!r} is a database of another program; name another file to keep results in.", pointer=_POINTER
        )
    if form != _FORM:
        raise SchemaError(
            f"{str(path)!r} was written by another Tradewind (form {form}, here {_FORM}); name another file.",
            pointer=_POINTER,
        )


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SchemaError(f"The store {str(path)!r} cannot be used: {error}.", pointer=_POINTER) from None
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from None


def _damaged(path: Path, why: str) -> SchemaError:
    return SchemaError(
        f"{str(path)!r} is no store of Tradewind, or is damaged ({why}); name another file, or delete it.",
        pointer=_POINTER,
    )
