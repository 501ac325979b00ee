"""Starts that depend on the date of knowledge: the first month ahead, or the next January."""

from __future__ import annotations

from typing import Literal

Start = int | Literal["next-january"] | None


def first_month(start: Start, first: int) -> int:
    """The month meant by ``start`` when ``first`` is the first month after the date of knowledge."""
    if start is None:
        return first
    if start == "next-january":
        return first + (-first) % 12
    return start
