"""The answer on its way out: to standard output, or into files that appear whole or not at all."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from forecast.errors import SchemaError

if TYPE_CHECKING:
    from rich.console import Console

_WIDEST = 120  #: longer lines are hard to follow
_PIPED = 100  #: width where there is no terminal

_SUFFIXES = {".json": "json", ".csv": "csv", ".parquet": "parquet", ".md": "markdown"}


def format_of(given: str | None, output: Path | None, formats: tuple[str, ...]) -> str:
    """The format asked for, else the one that the suffix of the file names, else "table".

    Raises:
        SchemaError: a format that is not for a terminal would go to one.
    """
    by_suffix = _SUFFIXES.get(output.suffix.lower(), "table") if output else "table"
    format_ = given or (by_suffix if by_suffix in formats else "table")
    if format_ == "parquet" and output is None and sys.stdout.isatty():
        raise SchemaError("Parquet is not for a terminal; name a file with --output FILE.", pointer="/format")
    return format_


def deliver(
    content: bytes, write: Callable[[Console], None], output: Path | None, charts: dict[Path, bytes], *, quiet: bool
) -> None:
    """Hand out an answer: charts and ``output`` into files, all of them or none, else the answer to standard output.

    content: the answer in its format; empty where it is what ``write`` prints.
    """
    from forecast.reports.files import write_whole

    files = dict(charts)
    if output:
        files[output] = content or as_text(write)
    write_whole(files)
    if files and not quiet:
        print(f"tradewind: written: {', '.join(map(str, files))}", file=sys.stderr)
    if output is None and content:
        send(content)
    elif output is None:
        show(write)


def show(write: Callable[[Console], None]) -> None:
    """Let ``write`` print to standard output: in colour and as wide as it is where that is a terminal."""
    from rich.console import Console

    console = Console()
    if console.is_terminal:
        write(Console(width=min(console.width, _WIDEST)))
    else:
        send(as_text(write))


def as_text(write: Callable[[Console], None]) -> bytes:
    """What ``write`` prints, as plain text."""
    from rich.console import Console

    text = io.StringIO()
    write(Console(file=text, width=_PIPED, color_system=None, force_terminal=False))
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()).encode()


def send(content: bytes) -> None:
    """Bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
