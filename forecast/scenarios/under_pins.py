"""What pinned flows say of crises: paths whose crisis leaves less to be made up for are the likelier ones.

Every path is made to meet the pins, whatever crisis it holds; a crisis that the pins contradict takes a larger move of
everything else. By Bayes, a path then weighs as much as the pins were likely, given its crisis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.scenarios.common import CommonDraws, JointPaths, SumPin

FloatArray = NDArray[np.float64]


def without_effects(
    common: CommonDraws, sums: tuple[SumPin, ...], paths: JointPaths, offset: FloatArray
) -> tuple[SumPin, ...]:
    """Sums as they would have to be before crises and other effects, path by path: what the law speaks of.

    sums: of one value each. paths: the flows before effects, whose median months share a sum. offset (1 or p, h, k).
    """
    first = common.record_end + 1
    median = np.exp(np.median(paths.flows, axis=0))
    found = []
    for pin in sums:
        months = slice(pin.span.start - first, pin.span.end + 1 - first)
        part = median[months][:, list(pin.flows)]
        effect = np.exp(offset[:, months][:, :, list(pin.flows)])
        lift = np.log((part * effect).sum(axis=(1, 2)) / part.sum())
        found.append(SumPin(pin.flows, pin.span, pin.log_total - lift))
    return tuple(found)


def likelihood_weights(common: CommonDraws, oil: FloatArray, sums: tuple[SumPin, ...]) -> FloatArray | None:
    """Weights (p), adding up to 1, by how likely pins are without their effects; None where all are alike.

    oil (months): pinned log price, NaN where free. sums: from `without_effects`.
    """
    q, _ = common.law.distance(oil, sums)
    distance = np.asarray(q)
    if distance.ndim == 0 or not np.ptp(distance):
        return None
    weights = np.exp(-0.5 * (distance - distance.min()))
    return np.asarray(weights / weights.sum())
