"""A table from anywhere (CSV, Parquet, polars) as columns of text, each row keeping its number."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from forecast.errors import NotFoundError, SchemaError

_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?")


@dataclass(frozen=True, slots=True)
class RawTable:
    """Text as it was given.

    name: file name, or "the table".
    header: column names in lower case.
    rows: (row number, one text a column); the first row below the header is row 1.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(table: str | Path | pl.DataFrame) -> RawTable:
    """Read a table; delimiter (comma, semicolon or tab) and a byte order mark are recognised.

    Raises:
        NotFoundError: there is no such file.
        SchemaError: the file is no table, is empty, or a row has too many or too few fields.
    """
    if isinstance(table, pl.DataFrame):
        return _from_frame("the table", table)
    path = Path(table)
    if not path.is_file():
        raise NotFoundError(f"There is no file {str(table)!r}; give the path of a CSV or Parquet table.")
    content = path.read_bytes()
    if content[:4] == b"PAR1":
        try:
            return _from_frame(path.name, pl.read_parquet(io.BytesIO(content)))
        except pl.exceptions.PolarsError as error:
            raise SchemaError(f"{path.name} cannot be read as Parquet: {error}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemaError(f"{path.name} is not UTF-8 text (byte {error.start}); save it as CSV in UTF-8.") from None
    return _from_csv(path.name, text)


def _from_csv(name: str, text: str) -> RawTable:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    header: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    number = 0
    try:
        for fields in reader:
            number += bool(header)
            if not any(field.strip() for field in fields):
                continue
            if not header:
                header = _header(name, tuple(fields))
            elif len(fields) != len(header):
                raise SchemaError(
                    f"Row {number} has {len(fields)} fields where the header has {len(header)}. "
                    "Quote texts that hold the delimiter, and write numbers with a decimal point, without a comma.",
                    pointer=f"row {number}",
                )
            else:
                rows.append((number, tuple(field.strip() for field in fields)))
    except csv.Error as error:
        raise SchemaError(f"Row {number + 1} of {name} is broken: {error}.", pointer=f"row {number + 1}") from None
    if not rows:
        raise SchemaError(f"{name} holds no rows; give a header and at least one figure.")
    return RawTable(name, header, tuple(rows))


def _from_frame(name: str, frame: pl.DataFrame) -> RawTable:
    header = _header(name, tuple(frame.columns))
    if frame.is_empty():
        raise SchemaError(f"{name} holds no rows; give at least one figure.")
    rows = (tuple(_text(cell) for cell in row) for row in frame.iter_rows())
    return RawTable(name, header, tuple(enumerate(rows, start=1)))


def _header(name: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    header = tuple(column.strip().lower().replace(" ", "_") for column in columns)
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise SchemaError(f"{name} has the column {twice[0]!r} more than once; keep one.", pointer=f"/{twice[0]}")
    return header


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):  # a datetime is one too
        text = cell.isoformat()
    else:
        text = repr(cell) if isinstance(cell, float) else str(cell).strip()
    midnight = _MIDNIGHT.fullmatch(text)
    return midnight[1] if midnight else text
