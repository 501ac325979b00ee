"""Where compiled kernels are kept: in a folder named by what they were compiled from.

Numba notices an edit in a kernel's own file, not in a callee in another file, and would go on with the old answer.
Here the folder's name is a digest of the kernel's file and of every kernel file that it imports, so an edit recompiles
what stands on it and nothing else, and two copies of the same sources share their kernels.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

KERNELS = Path(__file__).resolve().parent
_ROOT = KERNELS.parents[1]
_IMPORT = re.compile(r"^\s*from (forecast\.kernels[\w.]*) import (\([^)]*\)|[^#\n]+)", re.MULTILINE)


def cache_folder() -> Path:
    """The folder that holds all compiled kernels of this user: TRADEWIND_CACHE_DIR, or the user's cache folder."""
    base = os.environ.get("TRADEWIND_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(base) / "tradewind" / "kernels"


@functools.cache
def _imports(source: Path) -> frozenset[Path]:
    """The kernel files that one imports; ``from package import module`` is followed as well."""
    found: set[Path] = set()
    for module, names in _IMPORT.findall(source.read_text(encoding="utf-8")):
        at = _ROOT.joinpath(*module.split("."))
        parts = [at.with_suffix(".py"), at / "__init__.py", *(at / f"{name}.py" for name in re.findall(r"\w+", names))]
        found.update(part for part in parts if part.is_file())
    return frozenset(found)


@functools.cache
def digest(source: Path) -> str:
    """What a kernel file was compiled from: itself, all that it imports, and the interpreter."""
    seen: set[Path] = set()
    ahead = [source]
    while ahead:
        file = ahead.pop()
        if file not in seen:
            seen.add(file)
            ahead += _imports(file)
    total = hashlib.sha256(sys.version.encode())
    for file in sorted(seen):
        total.update(file.relative_to(_ROOT).as_posix().encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:20]


class Locator:
    """Numba's question where to keep a function, answered for kernels; other functions are left to numba."""

    def __init__(self, function: Callable[..., Any], source: Path) -> None:
        self._py_file = str(source)
        self._line = function.__code__.co_firstlineno
        self._digest = digest(source)
        self._folder = cache_folder() / f"{source.stem}-{self._digest}"

    @classmethod
    def from_function(cls, function: Callable[..., Any], source: str) -> Locator | None:
        """A locator for a kernel whose folder can be written; otherwise None."""
        path = Path(source).resolve()
        if not path.is_relative_to(KERNELS):
            return None
        self = cls(function, path)
        try:
            self.ensure_cache_path()
        except OSError:
            return None
        return self

    def ensure_cache_path(self) -> None:
        """Make the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self._folder, os.W_OK):
            raise PermissionError(self._folder)

    def get_cache_path(self) -> str:
        """The folder of this function's file."""
        return str(self._folder)

    def get_source_stamp(self) -> str:
        """What must not change while a compiled kernel is good."""
        return self._digest

    def get_disambiguator(self) -> str:
        """Tells functions of one name and file apart."""
        return str(self._line)
