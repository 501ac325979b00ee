"""Currency and scale; the only place where money is converted.

Everything inside Tradewind is in billions of current US dollars (``_usd_bn``). Other currencies, volumes and
constant prices are refused rather than guessed at.
"""

from __future__ import annotations

import re

from forecast.errors import UnitError

UNITS = ("USD bn", "USD mn", "USD th", "USD")  #: the units accepted, as written in tables and questions

_PER_USD_BN = {"bn": 1.0, "mn": 1e3, "th": 1e6, "": 1e9}
_SCALES = {
    "bn": "bn",
    "billion": "bn",
    "billions": "bn",
    "bln": "bn",
    "mn": "mn",
    "million": "mn",
    "millions": "mn",
    "mln": "mn",
    "th": "th",
    "thousand": "th",
    "thousands": "th",
    "ths": "th",
}
_DOLLARS = {"usd", "us$", "$", "dollar", "dollars"}
_WORD = re.compile(r"us\$|\$|[^\s$,;/()]+")


def canonical_unit(unit: str, *, pointer: str = "") -> str:
    """The spelling of ``UNITS`` for a unit such as "bn USD", "billion USD", "USD million" or "$bn".

    Raises:
        UnitError: the unit is none of these.
    """
    words = _WORD.findall(unit.strip().lower())
    scales = [_SCALES[word] for word in words if word in _SCALES]
    dollars = [word for word in words if word in _DOLLARS]
    if len(dollars) == 1 and len(scales) <= 1 and len(dollars) + len(scales) == len(words):
        return " ".join(["USD", *scales])
    raise UnitError(
        f"The unit {unit!r} cannot be read; write one of {', '.join(UNITS)} (current US dollars).",
        pointer=pointer,
        allowed=UNITS,
    )


def usd_bn(value: float, unit: str, *, pointer: str = "") -> float:
    """A sum of money, or its rounding step, in billions of US dollars: 84070 "USD mn" is 84.07.

    Raises:
        UnitError: the unit cannot be read.
    """
    return value / _PER_USD_BN[canonical_unit(unit, pointer=pointer).partition(" ")[2]]
