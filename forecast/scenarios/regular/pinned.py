"""What a scenario pins, as cells and sums among the cells of a draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.months import Span
from forecast.scenarios.common import Pins, SumPin
from forecast.scenarios.regular.meeting import Sum

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def sums_of(
    pins: tuple[SumPin, ...], first: int, months: int, flows: tuple[str, ...], before: int = 0, columns: int = 0
) -> tuple[Sum, ...]:
    """The sums as cells, those of single cells first.

    ``before`` other cells come first, then ``months`` from ``first`` on, each with its flows side by side, and other
    variables after them where there are more ``columns`` than flows.

    Raises:
        ScenarioError: a span outside these months, or one flow of one month pinned to different values.
    """
    whole, width = Span(first, first + months - 1), max(columns, len(flows))
    found: list[Sum] = []
    single: dict[int, Sum] = {}
    for pin in pins:
        name = f"{' and '.join(flows[f] for f in pin.flows)} of {pin.span}"
        if pin.span.start < whole.start or pin.span.end > whole.end:
            raise ScenarioError(f"{name} cannot be pinned here; the months drawn are {whole}.")
        if not np.isfinite(pin.log_total).all():
            raise ScenarioError(f"{name} can be pinned to a value above zero only, beyond what is known of it.")
        at = np.arange(pin.span.start - first, pin.span.end - first + 1)
        cells = before + (at[:, None] * width + np.array(pin.flows)[None, :]).ravel()
        one = Sum(cells, np.asarray(pin.log_total, dtype=np.float64), name)
        if len(cells) > 1:
            found.append(one)
        elif not (single.setdefault(int(cells[0]), one).log_total == one.log_total).all():
            raise ScenarioError(f"{name} is pinned twice, to different values.")
    return (*single.values(), *found)


def single_cells(sums: tuple[Sum, ...]) -> IntArray:
    """Cells that are pinned by themselves."""
    return np.array([one.cells[0] for one in sums if len(one.cells) == 1], dtype=np.int64)


def refuse_drivers(pins: Pins, model: str) -> None:
    """A model of records alone reads no currency and no activity.

    Raises:
        ScenarioError: one of them is pinned.
    """
    named = sorted(name for name, values in pins.drivers.items() if not np.isnan(values).all())
    if named:
        raise ScenarioError(
            f"The model {model!r} reads no driver {named[0]!r}; the Bayesian VAR does where it has a record.",
            pointer="/model",
        )
