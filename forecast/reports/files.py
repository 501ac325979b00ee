"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from forecast.errors import InputError, SchemaError


def refuse_unwritable(path: Path, *, pointer: str) -> None:
    """Refuse, before anything is computed, a file whose folder is not there or not writable.

    Raises:
        SchemaError: saying which.
    """
    if not path.parent.is_dir():
        raise SchemaError(f"The folder {str(path.parent)!r} is not there; make it first.", pointer=pointer)
    if path.exists() and not path.is_file():
        raise SchemaError(f"{str(path)!r} is no plain file; choose another.", pointer=pointer)
    if not os.access(path.parent, os.W_OK):
        raise SchemaError(f"The folder {str(path.parent)!r} cannot be written into; choose another.", pointer=pointer)


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Write all the files: all of them beside their places first, then each is moved into its own.

    Raises:
        InputError: a file cannot be written; no half of any is left.
    """
    partial = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    try:
        for path, content in files.items():
            partial[path].write_bytes(content)
        for path, beside in partial.items():
            beside.replace(path)
    except OSError as error:
        raise InputError(f"{', '.join(map(str, files))} cannot be written: {error.strerror or error}.") from None
    finally:
        for beside in partial.values():
            beside.unlink(missing_ok=True)
