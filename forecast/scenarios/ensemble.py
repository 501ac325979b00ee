"""Ensemble: paths x months x series, joint draws of everything asked; read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_ROUNDING = 1e-10  #: share by which a pinned sum may miss its mark and still have met it


def meets_floor(sums: FloatArray, mark: float) -> NDArray[np.bool_]:
    """Whether sums are at least a mark, up to rounding: a path that is pinned to the mark reaches it."""
    return np.asarray(sums >= mark * (1.0 - _ROUNDING))


def meets_ceiling(sums: FloatArray, mark: float) -> NDArray[np.bool_]:
    """Whether sums are at most a mark, up to rounding."""
    return np.asarray(sums <= mark * (1.0 + _ROUNDING))


@dataclass(frozen=True, slots=True)
class Ensemble:
    """One set of joint paths by one reporter's count.

    start: month of the first column. origin: last month known by this reporter's count; columns up to it hold the
    published figures where these say it exactly, draws given the data where not.
    flows: names (k). values_usd_bn (p, h, k). oil_usd (p, h).
    crisis_start (p): month in which the path's crisis begins, -1 for none.
    draw (p): which posterior draw of the parameters each path belongs to.
    weights (p): of each path, adding up to 1; None when all count alike.
    stratum (p): which member of a mixture each path belongs to; None when there is one.
    """

    start: int
    origin: int
    flows: tuple[str, ...]
    values_usd_bn: FloatArray
    oil_usd: FloatArray
    crisis_start: NDArray[np.int64]
    draw: NDArray[np.int64]
    weights: FloatArray | None = None
    stratum: NDArray[np.int64] | None = None

    @property
    def end(self) -> int:
        """Month of the last column."""
        return self.start + int(self.values_usd_bn.shape[1]) - 1

    def flow(self, name: str) -> FloatArray:
        """Paths (p, h) of one flow, USD bn a month."""
        return self.values_usd_bn[:, :, self.flows.index(name)]
