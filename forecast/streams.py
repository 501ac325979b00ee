"""Seed + purpose -> key of a stream of random numbers; the only source of chance.

The key and the number of a path determine every random number of that path (`forecast.kernels.random`).
"""

from __future__ import annotations

import hashlib


def stream_key(seed: int, purpose: str) -> int:
    """A 63-bit key for one purpose under a seed; other purposes and seeds give unrelated streams."""
    digest = hashlib.sha256(f"{seed}\x1f{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
