"""Where the figures that travel with Tradewind lie: inside the installed package, or in a checkout beside it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def fixture_path(*parts: str) -> Path:
    """A file or folder of fixtures, for example ``fixture_path("drivers", "brent.csv")``.

    An installed package carries them as ``forecast/_fixtures``; a checkout has them as ``fixtures`` beside
    ``forecast``. Whether the path exists is for the caller to ask.
    """
    package = Path(str(files("forecast")))
    inside = package / "_fixtures"
    return (inside if inside.is_dir() else package.parent / "fixtures").joinpath(*parts)
