"""The environment, read once.

TRADEWIND_QUEUE          questions that may wait behind the one being computed (20)
TRADEWIND_TIME_LIMIT_S   seconds after which a waiting client is sent away (120)
TRADEWIND_KEPT_MIB       memory for answers that are kept, in MiB (64)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BODY_LIMIT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may turn.

    Args:
        queue: questions that may wait behind the running one; one more is answered 503.
        time_limit_s: how long a client may wait; the computation goes on and its answer is kept.
        kept_bytes: total size of the answers that are kept.
    """

    queue: int = 20
    time_limit_s: int = 120
    kept_bytes: int = 64 << 20


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables.

    Raises:
        ValueError: a variable of ours is no whole number in its range.
    """
    return Settings(
        queue=_whole(environment, "TRADEWIND_QUEUE", 20, low=0, high=10_000),
        time_limit_s=_whole(environment, "TRADEWIND_TIME_LIMIT_S", 120, low=1, high=3600),
        kept_bytes=_whole(environment, "TRADEWIND_KEPT_MIB", 64, low=0, high=65_536) << 20,
    )


def _whole(environment: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    text = environment.get(name, "").strip() or str(default)
    if text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high:
        return int(text)
    raise ValueError(f"{name} must be a whole number from {low} to {high}; found {text!r}.")
