"""The version of the installed distribution."""

from __future__ import annotations

from importlib import metadata

try:
    __version__ = metadata.version("tradewind")
except metadata.PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
