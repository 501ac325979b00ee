"""Target and Joint: what is asked of the paths, as text and as fields."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forecast.errors import SchemaError
from forecast.months import Span, format_month
from forecast.units import usd_bn

YEAR_TO_DATE = "year-to-date"
PERCENT = "%"  #: the unit of a mark in per cent of the last twelve months known
LONGEST_TRAIL = 60  #: months

_TRAILING = re.compile(r"trailing-([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Target:
    """P(flow summed over the span >= at_least), or <= at_most; exactly one of the two is given.

    span: a fixed Span; "trailing-12" (or another number), the sum of the last so many months; "year-to-date", the sum
    since January. A sum that moves along may reach the mark in any month forecast.
    unit: currency and scale, or "%" for a share of the last twelve months known.
    by: last month in which the mark may be reached; None is the end of the span, or of the forecast.
    reporter: by whose count, None for the question's. name: for people, empty for the target's own words.
    """

    flow: str
    at_least: float | None
    span: Span | str
    unit: str = "USD bn"
    at_most: float | None = None
    by: int | None = None
    reporter: str | None = None
    name: str = ""

    @property
    def mark(self) -> float:
        """The amount to reach, or not to exceed, in ``unit``.

        Raises:
            SchemaError: none or both are given.
        """
        given = [amount for amount in (self.at_least, self.at_most) if amount is not None]
        if len(given) != 1:
            raise SchemaError("A target has exactly one of at_least and at_most.")
        return given[0]

    def mark_usd_bn(self, last_twelve_usd_bn: float) -> float:
        """The mark in USD bn, where the last twelve months known came to ``last_twelve_usd_bn``.

        Raises:
            UnitError: the unit cannot be read.
        """
        return self.mark / 100.0 * last_twelve_usd_bn if self.unit == PERCENT else usd_bn(self.mark, self.unit)


@dataclass(frozen=True, slots=True)
class Joint:
    """Several targets on the same paths: ``kind`` "all" when each must be reached, "any" when one is enough."""

    kind: str
    parts: tuple[Target | Joint, ...]
    name: str = ""


def months_trailed(span: str) -> int | None:
    """The number of months in "trailing-12"; None for other words, 0 and more than LONGEST_TRAIL."""
    found = _TRAILING.fullmatch(span)
    return int(found[1]) if found and int(found[1]) <= LONGEST_TRAIL else None


def target_text(asked: Target | Joint) -> str:
    """A target as it is written in the shell: "turnover >= 100 USD bn in 2018"."""
    if isinstance(asked, Joint):
        word = " and " if asked.kind == "all" else " or "
        texts = (target_text(part) for part in asked.parts)
        nested = [isinstance(part, Joint) for part in asked.parts]
        return word.join(f"({text})" if inner else text for text, inner in zip(texts, nested, strict=True))
    sign = ">=" if asked.at_most is None else "<="
    unit = PERCENT if asked.unit == PERCENT else f" {asked.unit}"
    text = f"{asked.flow} {sign} {_number(asked.mark)}{unit} {'in' if isinstance(asked.span, Span) else 'over'} "
    text += str(asked.span)
    text += f" by {format_month(asked.by)}" if asked.by is not None else ""
    return text + (f" counted by {asked.reporter}" if asked.reporter else "")


def target_fields(asked: Target | Joint) -> dict[str, object]:
    """A target as it would be written in JSON; what was not given is left out, but for the unit."""
    named: dict[str, object] = {"name": asked.name} if asked.name else {}
    if isinstance(asked, Joint):
        return {asked.kind: [target_fields(part) for part in asked.parts]} | named
    mark: dict[str, object] = {"at_least": asked.at_least} if asked.at_most is None else {"at_most": asked.at_most}
    fields: dict[str, object] = {"flow": asked.flow} | mark | {"unit": asked.unit, "span": str(asked.span)}
    if asked.by is not None:
        fields["by"] = format_month(asked.by)
    if asked.reporter is not None:
        fields["reporter"] = asked.reporter
    return fields | named


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")
