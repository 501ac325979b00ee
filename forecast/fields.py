"""Reading fields of a mapping that a person wrote: JSON, TOML or keyword arguments, with one voice for mistakes."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Mapping

from forecast.errors import SchemaError

_LARGEST = 10**300  #: whole numbers beyond it cannot be told as a float, nor printed in a line


def suggest(word: str, allowed: Collection[str]) -> str:
    """A sentence naming the nearest allowed word, or all of them when none is near."""
    near = difflib.get_close_matches(word.lower(), allowed, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else f"Expected one of: {', '.join(sorted(allowed))}."


def refuse_unknown(given: Mapping[str, object], allowed: Collection[str], *, pointer: str = "") -> None:
    """Refuse fields that nobody reads.

    Raises:
        SchemaError: at the first unknown field, with a suggestion.
    """
    for name in given:
        if name not in allowed:
            raise SchemaError(
                f"Unknown field {name!r}. {suggest(str(name), allowed)}",
                pointer=f"{pointer}/{name}",
                allowed=tuple(sorted(allowed)),
            )


def text_field(given: Mapping[str, object], name: str, default: str | None, *, pointer: str = "") -> str:
    """A field that holds text; ``default`` None makes it required.

    Raises:
        SchemaError: missing, or not text.
    """
    value = given.get(name, default)
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value is None:
        raise SchemaError(f"The field {name!r} is missing.", pointer=f"{pointer}/{name}")
    raise SchemaError(f"{name!r} must be text; found {value!r}.", pointer=f"{pointer}/{name}")


def number_field(
    given: Mapping[str, object],
    name: str,
    default: float | None,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    pointer: str = "",
) -> float:
    """A finite number between ``low`` and ``high``; ``default`` None makes it required.

    Raises:
        SchemaError: missing, not a number, not finite or out of range.
    """
    value = given.get(name, default)
    where = f"{pointer}/{name}"
    if value is None:
        raise SchemaError(f"The field {name!r} is missing.", pointer=where)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        raise SchemaError(f"{name!r} must be a finite number; found a whole number too large to use.", pointer=where)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SchemaError(f"{name!r} must be a finite number; found {value!r}.", pointer=where)
    if not low <= value <= high:
        raise SchemaError(f"{name!r} must lie between {low:g} and {high:g}; found {value:g}.", pointer=where)
    return float(value)


def integer_field(
    given: Mapping[str, object], name: str, default: int | None, *, low: int, high: int, pointer: str = ""
) -> int:
    """A whole number between ``low`` and ``high``; ``default`` None makes it required.

    Raises:
        SchemaError: missing, not whole or out of range.
    """
    value = given.get(name, default)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise SchemaError(f"{name!r} must be a whole number; found {value!r}.", pointer=f"{pointer}/{name}")
    return int(number_field(given, name, default, low=low, high=high, pointer=pointer))


def choice_field(
    given: Mapping[str, object], name: str, default: str | None, allowed: Collection[str], *, pointer: str = ""
) -> str:
    """A field that holds one of a few words; ``default`` None makes it required.

    Raises:
        SchemaError: missing or another word.
    """
    value = text_field(given, name, default, pointer=pointer)
    if value not in allowed:
        raise SchemaError(
            f"{value!r} is no {name}. {suggest(value, allowed)}",
            pointer=f"{pointer}/{name}",
            allowed=tuple(sorted(allowed)),
        )
    return value
