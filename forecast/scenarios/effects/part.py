"""Part: what one condition does to some flows: a factor on their months, and an amount that is added to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.months import format_month
from forecast.scenarios.relative import Start, first_month

FloatArray = NDArray[np.float64]

LEAST = 0.01  #: of a month always stays: a flow cannot be less than nothing


@dataclass(frozen=True, slots=True)
class Part:
    """flows: positions. log_factor, amount_usd_bn (1 or p, h): on each of them, and to their sum, month by month."""

    flows: tuple[int, ...]
    log_factor: FloatArray
    amount_usd_bn: FloatArray
    warnings: tuple[str, ...] = ()


def flow_positions(flow: str, drawn: tuple[str, ...], *, pointer: str = "") -> tuple[int, ...]:
    """Positions of a flow among those that are drawn; of turnover those of exports and imports where both are.

    Raises:
        ScenarioError: the flow is not drawn, nor the sum of those that are.
    """
    if flow in drawn:
        return (drawn.index(flow),)
    if flow == "turnover" and set(drawn) == {"exports", "imports"}:
        return tuple(range(len(drawn)))
    can = (*drawn, "turnover") if len(drawn) == 2 else drawn
    raise ScenarioError(
        f"The model draws {' and '.join(drawn)} of this pair, so a condition on {flow} cannot be laid over it; it can "
        f"be on: {', '.join(can)}.",
        pointer=f"{pointer}/flow",
        allowed=can,
    )


def steps(
    start: Start, over_months: int, until: int | None, *, first: int, months: int, pointer: str = ""
) -> FloatArray:
    """The part of a change in force in each month from ``first`` on (months): 0, equal steps, 1, and 0 after its end.

    Raises:
        ScenarioError: it begins in months that are known, or ends before it begins.
    """
    begins = first_month(start, first)
    if begins < first:
        raise ScenarioError(
            f"The condition begins in {format_month(begins)}, but figures are known up to {format_month(first - 1)}; "
            f"begin in {format_month(first)} or later.",
            pointer=f"{pointer}/start",
        )
    if until is not None and until < begins:
        raise ScenarioError(
            f"The condition ends in {format_month(until)}, before it begins in {format_month(begins)}; move one of "
            "them.",
            pointer=f"{pointer}/until",
        )
    at = np.arange(first, first + months)
    done = np.clip((at - begins + 1.0) / max(over_months, 1), 0.0, 1.0)
    return np.where(at > until, 0.0, done) if until is not None else done


def part_log(share: float, effect: FloatArray) -> FloatArray:
    """Log factor of a flow when ``share`` of it (0 to 1) is multiplied by 1 + ``effect``."""
    return np.log1p(np.maximum(share * effect, LEAST - 1.0))
