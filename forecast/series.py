"""Series: one regular record of one flow, a figure for every step of months; read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """Sums of a flow over consecutive spans of equal length.

    name: what it is, for messages: "CHN-RUS turnover by CHN's count". start: first month of the first span. step:
    months in a span (1, 3 or 12). values (n): figures, never negative, in any unit; NaN is a gap. The first and the
    last are figures.
    """

    name: str
    start: int
    step: int
    values: FloatArray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def season(self) -> int:
        """Figures in a year: 12, 4 or 1."""
        return 12 // self.step

    @property
    def origin(self) -> int:
        """Last month of the last span."""
        return self.start + self.step * len(self.values) - 1

    def until(self, origin: int) -> Series:
        """The record as it stood when ``origin`` was the last month known: later spans are left out."""
        return self.cut((origin + 1 - self.start) // self.step)

    def cut(self, count: int) -> Series:
        """The first ``count`` figures, less gaps at their end."""
        kept = self.values[: max(count, 0)]
        seen = np.flatnonzero(~np.isnan(kept))
        kept = kept[: seen[-1] + 1] if len(seen) else kept[:0]
        kept.flags.writeable = False
        return Series(self.name, self.start, self.step, kept)
