"""The targets of a backtest: twelve months' sums that reach a mark, the same at every origin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forecast.errors import SchemaError, UnitError
from forecast.panel import FLOWS
from forecast.units import usd_bn

_MARK = re.compile(
    r"\s*(?P<flow>[a-z]+)?\s*>=\s*(?P<amount>[0-9]+(\.[0-9]+)?|\.[0-9]+)\s*(?P<unit>%|[A-Za-z$][A-Za-z$ ]*?)?"
    r"(\s+(?P<over>(in|over)\s+\S+))?\s*"
)
_WHOLE = "over trailing-12"
_LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Mark:
    """The sum of the twelve months up to each horizon is at least ``amount``.

    flow: as named, None where the target named none. relative: the amount is a share of the last twelve months known
    at the origin, not a sum in the unit of the record.
    """

    text: str
    flow: str | None
    amount: float
    relative: bool

    def at(self, last_twelve: float) -> float:
        """The mark in the unit of the record, where the last twelve months known came to ``last_twelve``."""
        return self.amount * last_twelve if self.relative else self.amount


NO_FALL = Mark(">= 100%", None, 1.0, True)  #: judged when no target is asked


def parse_mark(text: str, flow: str | None = None, *, pointer: str = "") -> Mark:
    """Read "turnover >= 100", "exports >= 4500 USD mn", or "turnover >= 110%" of the last twelve months known.

    The twelve months are those that end at each horizon, so that a target may be met at any origin.

    Raises:
        SchemaError: another form, another flow than the one that is judged, or a span that does not move along.
        UnitError: an unknown unit.
    """
    found = _MARK.fullmatch(text)
    if not found:
        raise SchemaError(
            f"{text!r} is no target of a backtest; write 'turnover >= 100', or 'turnover >= 110%' of the last twelve "
            "months known.",
            pointer=pointer,
        )
    if found["over"] and found["over"].split() != _WHOLE.split():
        raise SchemaError(
            f"A backtest asks the same at every origin, so its target names no span; found {found['over']!r}. "
            f"Leave it out: the twelve months up to each horizon are meant ('{_WHOLE}').",
            pointer=pointer,
        )
    named = found["flow"]
    if named is not None and named not in FLOWS:
        raise SchemaError(f"{named!r} is no flow; expected one of {', '.join(FLOWS)}.", pointer=pointer, allowed=FLOWS)
    if named is not None and flow is not None and named != flow:
        raise SchemaError(
            f"The target speaks of {named}, but {flow} is judged; ask for --flow {named} or another target.",
            pointer=pointer,
        )
    amount, unit = float(found["amount"]), (found["unit"] or "").strip()
    if not 0.0 < amount <= _LARGEST:
        raise SchemaError(f"A target's mark is a positive amount; found {found['amount']!r}.", pointer=pointer)
    relative = unit == "%"
    said = " ".join(part for part in (named, ">=", f"{amount:.10g}{'%' if relative else ''}") if part)
    if relative or not unit:
        return Mark(said, named, amount / 100.0 if relative else amount, relative)
    try:
        return Mark(f"{said} {unit}", named, usd_bn(amount, unit), False)
    except UnitError as error:
        raise UnitError(error.message, pointer=pointer, allowed=error.allowed) from None
