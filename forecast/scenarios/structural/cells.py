"""Pins of sums as the single months and flows that they add up, and what is said when they cannot be met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels.status import INFEASIBLE, NON_FINITE, OK, SINGULAR
from forecast.months import Span, format_month
from forecast.scenarios.common import SumPin

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PinnedCells:
    """cell (c): month x flows + flow of what any pin adds up, months from the first ahead.

    ptr (q + 1), part (entries): pin j adds up the cells part[ptr[j]], .., part[ptr[j + 1] - 1]. target (1 or p, q).
    """

    cell: IntArray
    ptr: IntArray
    part: IntArray
    target: FloatArray


def pinned_cells(sums: Sequence[SumPin], first: int, months: int, flows: tuple[str, ...]) -> PinnedCells:
    """The cells of some pins, of ``months`` months from ``first`` on.

    Raises:
        ScenarioError: a pin speaks of months that are known or beyond the last one drawn, or of no finite value.
    """
    k = len(flows)
    parts: list[IntArray] = []
    for pin in sums:
        begin, stop = pin.span.start - first, pin.span.end + 1 - first
        if begin < 0 or stop > months:
            raise ScenarioError(
                f"The scenario pins {pin_name(pin, flows)}, but its paths run from {format_month(first)} to "
                f"{format_month(first + months - 1)}; pin months between these."
            )
        if not np.isfinite(pin.log_total).all():
            raise ScenarioError(f"The scenario pins {pin_name(pin, flows)} to no positive number; give USD bn above 0.")
        parts.append((np.arange(begin, stop)[:, None] * k + np.array(sorted(pin.flows))).ravel())
    _refuse_overfull(sums, [frozenset(part.tolist()) for part in parts], flows)
    cell, part = np.unique(np.concatenate(parts), return_inverse=True)
    paths = max(len(pin.log_total) for pin in sums)
    return PinnedCells(
        cell=cell.astype(np.int64),
        ptr=np.cumsum([0, *(len(one) for one in parts)], dtype=np.int64),
        part=part.astype(np.int64).ravel(),
        target=np.column_stack([np.broadcast_to(pin.log_total, paths) for pin in sums]),
    )


def _refuse_overfull(sums: Sequence[SumPin], holds: list[frozenset[int]], flows: tuple[str, ...]) -> None:
    """No sum may be pinned to less than parts of it that do not overlap."""
    by_size = sorted(range(len(sums)), key=lambda j: -len(holds[j]))
    for j, whole in enumerate(holds):
        left, inside = whole, []
        for i in by_size:
            if holds[i] < whole and holds[i] <= left:
                left = left - holds[i]
                inside.append(i)
        total = sum(np.exp(sums[i].log_total) for i in inside)
        if inside and left and (total >= np.exp(sums[j].log_total)).any():
            named = " and ".join(pin_name(sums[i], flows) for i in sorted(inside)[:3])
            raise ScenarioError(
                f"{_opening(pin_name(sums[j], flows))} cannot be met: {named}{' ...' if len(inside) > 3 else ''} alone "
                "would exceed it; pin the whole to more, or its parts to less."
            )


def pin_name(pin: SumPin, flows: tuple[str, ...]) -> str:
    """ "exports in 2018-10", "turnover over 2019"."""
    names = [flows[f] for f in sorted(pin.flows)]
    what = names[0] if len(names) == 1 else ("turnover" if len(names) == len(flows) == 2 else " and ".join(names))
    return f"{what} {'in' if pin.span.length == 1 else 'over'} {Span(pin.span.start, pin.span.end)}"


def refuse_unmet(found: IntArray, sums: Sequence[SumPin], flows: tuple[str, ...], adjust: tuple[str, ...]) -> None:
    """Say which pin could not be met, and why, where a path (p, 3: status, rank, pin) failed.

    Raises:
        ScenarioError: one did.
    """
    failed = np.flatnonzero(found[:, 0] != OK)
    if not len(failed):
        return
    status, rank, j = (int(value) for value in found[failed[0]])
    name, share = pin_name(sums[j], flows), f"rank {rank} of {len(sums)}"
    who = f"only the shocks of {' and '.join(adjust)} may adjust, and they" if adjust else "the shocks that may adjust"
    if status == SINGULAR:
        raise ScenarioError(f"{_opening(name)} cannot be met: {who} cannot move it ({share}); let other shocks adjust.")
    if status == INFEASIBLE:
        why = f"{who} leave it no room beside them" if adjust else "they settle it, to another value"
        raise ScenarioError(
            f"{_opening(name)} cannot be met together with the pins before it: {why} ({share}); leave one out or "
            "bring them in line."
        )
    far = "is no finite number"
    if status != NON_FINITE:
        others = " together with the other pins" if len(sums) > 1 else ""
        far = f"lies too far from some of the paths{others}"
    ease = "pin a value nearer to the forecast" + (" or let other shocks adjust" if adjust else "")
    raise ScenarioError(f"{_opening(name)} cannot be met: what is asked {far}; {ease}.")


def _opening(name: str) -> str:
    return f"The pin of {name}"
